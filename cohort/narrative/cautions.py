"""What to keep in mind about a figure, in plain words, most important first."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cohort.estimand import happening_noun
from cohort.guards import GUARDS
from cohort.results.survival import SurvivalResult
from cohort.view import CohortView
from cohort.wording import in_months, listed, missing, months, plural, sentence_case


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
    found: list[Caution] = [Caution("composed", note) for note in view.estimand.notes]
    found += _censored_events(view)
    found += _time_zero(view)
    found += _ascertainment(view)
    found += _small(result)
    found += _follow_up_gap(result)
    found += registry_cautions(view, without=("G3",))  # G3 is computed instead, where it applies
    return _with_a_why(found)


def _with_a_why(found: list[Caution]) -> tuple[Caution, ...]:
    """The first one with a reason of its own: it is the only one whose text stands apart from its why."""
    if found and not found[0].why:
        source = "asked for, and not possible here" if found[0].code == "composed" else "from the cohort's dictionary"
        found[0] = replace(found[0], why=f"{sentence_case(source)}.")
    return tuple(found)


def _censored_events(view: CohortView) -> list[Caution]:
    """An event that the registry counts or lets compete, censored by the reader: that is rarely uninformative."""
    base = view.definition.endpoint(view.options.endpoint)
    taken_out = (set(base.event) | set(base.competing)) - set(view.endpoint.event) - set(view.endpoint.competing)
    if not taken_out:
        return []
    what = listed([happening_noun(view.cohort, code) for code in sorted(taken_out)])
    return [
        Caution(
            "informative",
            f"Patients leave the risk set at {what}, as if what follows it were like what follows any other leaving.",
            "Censoring at an event that makes the outcome more likely is informative: the curve then describes nobody. "
            "The cumulative incidence with that event as competing needs no such assumption (choose it in the "
            "definition).",
        )
    ]


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


def registry_cautions(view: CohortView, without: tuple[str, ...] = ()) -> list[Caution]:
    """What the cohort's own dictionary says about this endpoint, as far as the definition in view leaves it true.

    A caveat of the dictionary may name what ends it: ``unless = "deaths.counted"``.
    """
    known = {c["id"]: c for c in view.definition.caveats}
    return [
        Caution(code, known[code]["text"])
        for code in view.endpoint.warnings
        if code in known
        and code not in without
        and view.estimand.treatment.isdisjoint(known[code].get("unless", "").split(","))
    ]


def _ascertainment(view: CohortView) -> list[Caution]:
    """G3: relapse was looked for with a more sensitive assay in some groups."""
    if view.by is None or "G3" not in view.endpoint.warnings:
        return []
    assays = next((v for v in view.definition.variables if v.name == "mrd_assays"), None)
    if assays is None or view.by.name == assays.name:
        return []
    member = view.cohort.membership(assays)[-1]
    share, words = [], []
    for i, g in enumerate(view.groups):
        inside = view.in_view & (view.group_of == i)
        if inside.any():
            share.append(float(member[inside].mean()))
            words.append(f"{int(member[inside].sum())} of {int(inside.sum())} ({g.label})")
    if len(set(share)) < 2:
        return []
    return [
        Caution(
            "G3",
            f"Assays differ between groups: a fusion transcript was measured before maintenance in {listed(words)}.",
            "The event includes molecular relapse. If transcripts were also monitored later, molecular relapse could "
            "be found in these patients that flow would miss; a difference in relapse may be one in testing. "
            "No serial results are printed.",
        )
    ]


def _small(result: SurvivalResult) -> list[Caution]:
    view = result.view
    sizes = {g.label: int((view.in_view & (view.group_of == i)).sum()) for i, g in enumerate(view.groups)}
    small = [f"{label} {n}" for label, n in sizes.items() if 0 < n < GUARDS.small_group]
    found = []
    if small:
        if view.by is not None:
            text = f"Very few patients ({listed(small)}): read these curves as individual courses, not as rates."
        elif view.n == 1:
            text = "Only 1 patient selected: this is one patient's course, not a rate."
        else:
            text = f"Only {view.n} patients selected: read the curve as individual courses, not as a rate."
        found.append(
            Caution(
                "N1",
                text,
                f"With fewer than {GUARDS.small_group} patients one event moves the curve by at least 25 points while "
                "all are at risk. The interval says how little is known.",
            )
        )
    return found + _faded(result)


def _faded(result: SurvivalResult) -> list[Caution]:
    """N3: from where one more event would move the estimate by more than the guard allows."""
    view = result.view
    fades = {c: t for c, t in result.fade_from.items() if t < result.axis[0]}
    if not fades:
        return []
    incidence = result.estimate == "incidence"
    what = f"{'raise' if incidence else 'lower'} the curve by more than {GUARDS.one_more_event * 100:.0f} points"
    if view.by is None:
        start = next(iter(fades.values()))
        text = (
            f"Few patients remain after {in_months(start)}: one more event would {what}."
            if start > 0
            else f"With {plural(view.n, 'patient')}, one more event at any time would {what}."
        )
    else:
        labels = {g.code: g.label for g in view.groups}
        where = listed([f"{labels[c]} {'throughout' if t == 0 else f'from {in_months(t)}'}" for c, t in fades.items()])
        text = f"Where a curve is faded one more event would {what}: {where}."
    share = "the share still free of any first event" if incidence else "S(t)"
    return [
        Caution(
            "N3", text, f"What one more event would do is {share} divided by the number still at risk (Gebski 2018)."
        )
    ]


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
    rows = result.follow_up_rows
    reached = [r["reverse_km_median"] for r in rows.values() if not missing(r["reverse_km_median"])]
    if len(reached) < 2 or max(reached) <= GUARDS.follow_up_ratio * max(min(reached), 1e-9):
        return []
    every = listed(
        [f"{g.label} {months(rows[g.code]['reverse_km_median'])}" for g in result.view.groups if g.code in rows]
    )
    return [
        Caution(
            "T4",
            f"Follow-up differs between groups (reverse Kaplan–Meier median, months: {every}).",
            "Groups followed for different lengths of time are censored differently; late parts are not comparable.",
        )
    ]
