"""What to keep in mind about a figure, in plain words, most important first."""

from __future__ import annotations

from dataclasses import dataclass

from cohort.guards import GUARDS
from cohort.survival_result import SurvivalResult
from cohort.view import CohortView
from cohort.wording import listed, missing, months, plural


@dataclass(frozen=True)
class Caution:
    """One line near the figure: what to keep in mind, and why."""

    code: str
    text: str
    why: str = ""


def survival_cautions(result: SurvivalResult) -> tuple[Caution, ...]:
    """What to keep in mind about this figure, most important first."""
    view = result.view
    if not view.in_view.any():
        return ()
    found: list[Caution] = []
    found += _time_zero(view)
    found += _ascertainment(view)
    found += _small(result)
    found += _follow_up_gap(result)
    found += _registry(view)
    return tuple(found)


def _time_zero(view: CohortView) -> list[Caution]:
    """G2: groups known only after the clock started."""
    if view.by is None or view.by.known_at == "diagnosis" or view.endpoint.origin != "diagnosis":
        return []
    return [
        Caution(
            "G2",
            f"{view.by.label} is known only after diagnosis: patients had to live long enough to be classified.",
            "Groups defined after time zero carry guarantee time (Giobbie-Hurder 2013). Choose an endpoint that "
            "starts at maintenance to compare them from the moment they are known.",
        )
    ]


def _registry(view: CohortView) -> list[Caution]:
    """What the cohort's own dictionary says about this endpoint. G3 is computed instead, where it applies."""
    texts = {c["id"]: c["text"] for c in view.definition.caveats}
    return [Caution(w, texts[w]) for w in view.endpoint.warnings if w in texts and w != "G3"]


def _ascertainment(view: CohortView) -> list[Caution]:
    """G3: relapse was looked for with a more sensitive assay in some groups."""
    if view.by is None or "G3" not in view.endpoint.warnings:
        return []
    assays = next((v for v in view.definition.variables if v.name == "mrd_assays"), None)
    if assays is None or view.by.name == assays.name:
        return []
    member = view.cohort.membership(assays)[-1]
    share = []
    for i, g in enumerate(view.groups):
        inside = view.in_view & (view.group_of == i)
        if inside.any():
            share.append((g.label, float(member[inside].mean())))
    if len({s for _, s in share}) < 2:
        return []
    more = listed([label for label, s in share if s == max(x for _, x in share)])
    return [
        Caution(
            "G3",
            f"Relapse was looked for more closely in the group {more}, where patients were also followed by a "
            "fusion-transcript assay.",
            "The event includes molecular relapse. A group with a transcript to measure can have molecular relapses "
            "that could not be seen in the others, so a difference in relapse may be a difference in testing.",
        )
    ]


def _small(result: SurvivalResult) -> list[Caution]:
    view = result.view
    sizes = {g.label: int((view.in_view & (view.group_of == i)).sum()) for i, g in enumerate(view.groups)}
    small = [f"{label} {n}" for label, n in sizes.items() if 0 < n < GUARDS.small_group]
    found = []
    if small:
        what = (
            f"Very few patients ({listed(small)})"
            if view.by is not None
            else f"Only {plural(view.n, 'patient')} selected"
        )
        found.append(
            Caution(
                "N1",
                f"{what}: read the curve as individual patients, not as a rate.",
                f"Below {GUARDS.small_group} patients one event moves the curve by 20 points or more. The interval "
                "says how little is known.",
            )
        )
    faded = {c: t for c, t in result.fade_from.items() if t < result.axis[0]}
    if faded:
        when = (
            f"after {months(next(iter(faded.values())))} months"
            if view.by is None
            else "where a curve is faded"
        )  # fmt: skip
        found.append(
            Caution(
                "N3",
                f"Few patients remain {when}: one more event would lower the curve by more than "
                f"{GUARDS.one_more_event * 100:.0f} points.",
                "The drop one more event would cause is S(t) divided by the number still at risk (Gebski 2018).",
            )
        )
    return found


def alias_sentence(view: CohortView) -> str:
    """Which other filters select exactly the same patients, "" where none does."""
    if not view.aliases:
        return ""
    more = f" and {len(view.aliases) - 5} more" if len(view.aliases) > 5 else ""
    who = "This patient" if view.n == 1 else f"These {view.n} patients"
    return (
        f"{who} would also be selected by: {'; '.join(view.aliases[:5])}{more}. "
        "What is seen here cannot be told apart from these in this cohort."
    )


def _follow_up_gap(result: SurvivalResult) -> list[Caution]:
    if result.view.by is None:
        return []
    labels = {g.code: g.label for g in result.view.groups}
    found = [
        (labels[r["group"]], r["reverse_km_median"])
        for r in result.follow_up_rows.values()
        if not missing(r["reverse_km_median"])
    ]
    values = [m for _, m in found]
    if len(values) < 2 or max(values) <= GUARDS.follow_up_ratio * max(min(values), 1e-9):
        return []
    return [
        Caution(
            "T4",
            f"Follow-up differs between groups (reverse Kaplan–Meier median, months: "
            f"{listed([f'{label} {months(m)}' for label, m in found])}).",
            "Groups followed for different lengths of time are censored differently; late parts are not comparable.",
        )
    ]
