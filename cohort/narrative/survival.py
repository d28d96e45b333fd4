"""Sentences computed from the same objects as the drawing: answers, captions, alternative text, cautions.

Wording is neutral and names the estimand; nothing here says "benefit", "better" or "worse".
"""

from __future__ import annotations

import numpy as np

from cohort.guards import GUARDS
from cohort.narrative.labels import in_sentence
from cohort.options import INTERVAL_LABELS
from cohort.results.survival import SurvivalResult
from cohort.view import CohortView
from cohort.wording import (
    NOT_ESTIMABLE,
    NOT_REACHED,
    in_months,
    listed,
    missing,
    months,
    months_interval,
    percent,
    percent_interval,
    plural,
    sentence_case,
)


def headline_month(view: CohortView) -> float:
    """The landmark the opening sentence speaks of: 24 months where the registry has it, else its first."""
    landmarks = view.endpoint.landmarks
    return 24 if 24 in landmarks else landmarks[0]


def group_label(view: CohortView, code: str) -> str:
    """A group's label as printed."""
    return next(g.label for g in view.groups if g.code == code)


def survival_sentence(result: SurvivalResult) -> str:
    """The answer of the survival page in one or two sentences."""
    view, month = result.view, headline_month(result.view)
    total = int(view.in_view.sum())
    if not total:
        return "No patient matches this selection, so there is no curve to draw."
    endpoint = view.endpoint
    if view.by is None:
        opening = f"{view.events} of {plural(total, 'patient')} {endpoint.event_label}"
        return f"{opening}; {_estimate_words(result, result.landmark_rows[month][view.groups[0].code], total, month)}."
    people = result.person_rows
    present = [g for g in view.groups if people.get(g.code, {}).get("n", 0)]
    if not present:
        return f"Nobody in view has a reported value of {view.by_label}, so there is no curve to draw."
    counts = listed([f"{people[g.code]['n_event']} of {people[g.code]['n']} ({g.label})" for g in present])
    at = result.landmark_rows[month]
    shares = listed([f"{g.label} {_short_estimate(at[g.code], result.estimate, people[g.code]['n'])}" for g in present])
    what = f"{sentence_case(_quantity(result))} at {view.estimand.when(month)} (95 % CI)"
    return f"{view.by_label}: {counts} {endpoint.event_label}. {what}: {shares}."


def _quantity(result: SurvivalResult) -> str:
    if result.estimate == "incidence":
        return "estimated cumulative incidence"
    return f"Kaplan–Meier estimate of {in_sentence(result.view.endpoint.short)}"


def _short_estimate(row: dict, estimate: str, n: int) -> str:
    if missing(row[estimate]):
        return NOT_ESTIMABLE
    return f"{percent(row[estimate], n)} ({percent_interval(row['lower'], row['upper'], n)})"


def _estimate_words(result: SurvivalResult, row: dict, n: int, month: float) -> str:
    value = row[result.estimate]
    if missing(value):
        return f"no estimate at {result.view.estimand.when(month)}: {_how_it_ended(result)}"
    interval = percent_interval(row["lower"], row["upper"], n)
    limits = f"95 % CI {interval.removesuffix(' %')}" if interval != NOT_ESTIMABLE else "95 % CI not estimable"
    quantity = _quantity(result)
    when = result.view.estimand.when(month)
    return f"{quantity} at {when} {percent(value, n)} ({limits}), {row['n_risk']} still at risk"


def _how_it_ended(result: SurvivalResult) -> str:
    """Why there is no estimate: nobody followed that long, or everybody followed that long had had an event."""
    out, view = result.view.outcome, result.view
    last = float(out.time[view.in_view].max())
    ended = view.in_view & (out.time == last) & (out.kind > 0)
    if not ended.any():
        return f"no patient was followed longer than {in_months(last)}"
    what = view.definition.events.get(str(out.event[ended][0]), "the event")
    return f"the last patient followed had the event ({what}) at {in_months(last)}"


def population_words(view: CohortView) -> str:
    """Who the figure is about: "5 of 19 patients: ELN 2022 risk adverse"."""
    who = f"{view.n} of {plural(view.cohort.n, 'patient')}"
    return f"{who}: {view.selection.describe(view.definition)}"


def follow_up_words(result: SurvivalResult) -> str:
    """Median follow-up of the selection, reverse Kaplan–Meier, for the line under the title."""
    rows = result.follow_up_rows
    if not rows:
        return "no patient"
    clock = f"median follow-up, {_decapitalised(result.view.endpoint.origin_label)},"
    if result.view.by is None:
        row = rows.get(result.view.groups[0].code)
        reached = in_months(row["reverse_km_median"]) if row else NOT_REACHED
        return f"{clock} {reached} (reverse Kaplan–Meier)"
    each = listed(
        [f"{g.label} {months(rows[g.code]['reverse_km_median'])}" for g in result.view.groups if g.code in rows]
    )
    return f"{clock} in months (reverse Kaplan–Meier): {each}"


def _decapitalised(text: str) -> str:
    return (text[:1].lower() + text[1:]).removeprefix("months ")


def survival_subtitle(result: SurvivalResult) -> str:
    """The line under the figure's title: n, events, follow-up, data cut."""
    view = result.view
    cut = f"; data cut {view.definition.data_cut}" if view.definition.data_cut else ""
    return f"{population_words(view)}; {plural(view.events, 'event')}; {follow_up_words(result)}{cut}"


def interval_name(result: SurvivalResult) -> str:
    """The interval method as named on the figure."""
    if result.estimate == "incidence":
        name = result.curve.schema.metadata[b"interval"].decode()
        return INTERVAL_LABELS.get(name, name)
    return INTERVAL_LABELS[result.view.options.interval]


def survival_caption(result: SurvivalResult) -> str:
    """Definition and methods of the figure in the style a journal accepts."""
    view, endpoint = result.view, result.view.endpoint
    if result.estimate == "incidence":
        method = (
            "Aalen–Johansen estimate of the first event; pointwise 95 % confidence intervals (complementary "
            "log-log; beta product while the incidence is 0 and in groups without a competing event)."
            if endpoint.competing
            else "No competing event is recorded on this clock, so this equals 1 − Kaplan–Meier: patients who leave "
            "for another reason are censored, which can overstate the incidence. Pointwise 95 % confidence intervals "
            f"({interval_name(result)})."
        )
    else:
        method = f"Kaplan–Meier estimate; band: pointwise 95 % confidence interval, {interval_name(result)} method."
    table = (
        "Under the axis: patients at risk (observed to that month or longer), events and censored patients before it."
    )
    few = f"† Fewer than {GUARDS.few_at_risk} patients at risk at that month."
    fade = f"Faded: one more event would move the curve by more than {GUARDS.one_more_event * 100:.0f} points."
    synthetic = " SYNTHETIC data, made by a script." if view.definition.kind == "synthetic" else ""
    return f"{endpoint.label}. {endpoint.definition} {method} {table} {fade} {few}{synthetic}"


def survival_alt(result: SurvivalResult) -> str:
    """Alternative text of the survival figure, from its numbers."""
    view = result.view
    total = int(view.in_view.sum())
    if not total:
        return f"{view.endpoint.short}: no patient matches the selection."
    kind = "Cumulative incidence curve" if result.estimate == "incidence" else "Kaplan–Meier curve"
    lead = f"{kind}, {view.endpoint.short}, {plural(total, 'patient')}, {plural(view.events, 'event')}"
    if view.by is not None:
        lead += f", by {view.by_label}"
    people = result.person_rows
    pieces = []
    for g in view.groups:
        n = people.get(g.code, {}).get("n", 0)
        if not n:
            continue
        at = []
        for month in view.endpoint.landmarks:
            row = result.landmark_rows[month][g.code]
            if not missing(row[result.estimate]):
                at.append(
                    f"{view.estimand.when(month)} {_short_estimate(row, result.estimate, n)}, {row['n_risk']} at risk"
                )
        name = "" if view.by is None else f"{g.label} (n = {n}): "
        pieces.append(name + ("; ".join(at) or "no estimate at the listed months"))
    medians = (
        [r for r in result.medians.to_pylist() if people.get(r["group"], {}).get("n")]
        if result.medians.num_columns > 1
        else []
    )
    tail = "; ".join(
        f"median{'' if view.by is None else ' ' + group_label(view, r['group'])} {months(r['median'])}" for r in medians
    )  # fmt: skip
    return f"{lead}. {'. '.join(pieces)}." + (f" {sentence_case(tail)}." if tail else "")


def estimates_table(result: SurvivalResult) -> list[dict[str, str]]:
    """The table beside the figure, one row a group, every cell as printed."""
    view = result.view
    people, medians, follow = result.person_rows, result.median_rows, result.follow_up_rows
    what = "Incidence" if result.estimate == "incidence" else "Estimate"
    medians_by = interval_name(result)
    rows = []
    for g in view.groups:
        person = people.get(g.code)
        n = person["n"] if person else 0
        row = {"Group": g.label, "Patients": str(n), "Events": str(person["n_event"]) if n else "0"}
        if _competes(view):
            row[COMPETING] = str(_ended(view, g.code, 2))
        row["Censored"] = str(_ended(view, g.code, 0))
        for month in view.endpoint.landmarks:
            at = result.landmark_rows[month].get(g.code) if n else None
            row[f"{what} at {view.estimand.when(month)} (95 % CI, {interval_name(result)})"] = (
                "no patient" if at is None
                else NOT_ESTIMABLE if missing(at[result.estimate])
                else _short_estimate(at, result.estimate, n) + (" †" if at["n_risk"] < GUARDS.few_at_risk else "")
            )  # fmt: skip
            row[_at_risk(view, month)] = str(at["n_risk"]) if at else "0"
        if result.estimate == "survival":
            m = medians.get(g.code) if n else None
            row[f"Median, months (95 % CI, {medians_by})"] = (
                f"{months(m['median'])} ({months_interval(m['lower'], m['upper'])})" if m else "no patient"
            )
        row["Person-years"] = f"{person['person_time'] / 12:.1f}" if n else "0"
        row["Events per 100 person-years (95 % CI, exact Poisson)"] = (
            f"{person['rate']:.1f} ({person['lower']:.1f}–{person['upper']:.1f})"
            if n and not missing(person["rate"])
            else "no patient"
        )
        f = follow.get(g.code) if n else None
        row["Follow-up, months: reverse KM (95 % CI, log-log)"] = (
            f"{months(f['reverse_km_median'])} ({months_interval(f['lower'], f['upper'])})" if f else "no patient"
        )
        row["Follow-up, months: naive median (range)"] = (
            f"{months(f['naive_median'])} ({months(f['min'])}–{months(f['max'])})" if f else "no patient"
        )
        rows.append(row)
    return rows


def _at_risk(view: CohortView, month: float) -> str:
    return f"At risk at {view.estimand.when(month)}"


COMPETING = "Competing events"
"""Row of the table of estimates; there is one where anybody of the cohort has such an event."""


def _competes(view: CohortView) -> bool:
    return bool((view.outcome.kind == 2).any())


def _ended(view: CohortView, code: str, kind: int) -> int:
    """Patients of a group whose time ends with an event (1), a competing event (2) or neither (0)."""
    place = [g.code for g in view.groups].index(code)
    return int((view.in_view & (view.group_of == place) & (view.outcome.kind == kind)).sum())


def estimates_opened(view: CohortView) -> dict[str, tuple[str, float | None]]:
    """Rows of the table of estimates whose numbers open their patients: what each counts, and at which month."""
    counted = {"Patients": ("n", None), "Events": ("event", None), "Censored": ("censored", None)}
    counted |= {COMPETING: ("competing", None)} if _competes(view) else {}
    return counted | {_at_risk(view, month): ("risk", month) for month in view.endpoint.landmarks}


def group_totals(view: CohortView) -> dict[str, int]:
    """Patients in view a group, by code; groups that nobody has count 0."""
    counts = np.bincount(view.group_of[view.in_view & (view.group_of >= 0)], minlength=len(view.groups))
    return {g.code: int(c) for g, c in zip(view.groups, counts, strict=True)}
