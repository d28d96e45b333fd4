"""Words where times are only known between limits: every estimate is a pair of bounds, and who leaves them open."""

from __future__ import annotations

from cohort.narrative.cautions import Caution, registry_cautions
from cohort.narrative.labels import in_sentence
from cohort.narrative.survival import headline_month, population_words
from cohort.options import INTERVAL_LABELS
from cohort.results.envelope import EnvelopeResult
from cohort.wording import (
    NOT_ESTIMABLE,
    in_months,
    listed,
    missing,
    months,
    percent_interval,
    plural,
    sentence_case,
)

COUNTS = {"Patients": "n", "Events": "event"}
"""Rows of the table of bounds whose numbers open their patients, and what each counts."""


def envelope_sentence(result: EnvelopeResult) -> str:
    """The answer of the page: counts, and the bounds at the headline month."""
    view, month = result.view, headline_month(result.view)
    total = int(view.in_view.sum())
    if not total:
        return "No patient matches this selection, so there is no curve to draw."
    present = [g for g in view.groups if result.people[g.code][0]]
    what = f"the Kaplan–Meier estimate of {in_sentence(view.endpoint.short)}"
    if view.by is None:
        n, d = result.people[present[0].code]
        at = f"{what} at {in_months(month)} is {_between(result, present[0].code, month)}"
        return f"{d} of {plural(n, 'patient')} {view.endpoint.event_label}; {at}."
    counts = listed([f"{result.people[g.code][1]} of {result.people[g.code][0]} ({g.label})" for g in present])
    each = listed([f"{g.label} {_between(result, g.code, month)}" for g in present])
    return (
        f"{view.by_label}: {counts} {view.endpoint.event_label}. {sentence_case(what)} at {in_months(month)}: {each}."
    )


def _between(result: EnvelopeResult, code: str, month: float) -> str:
    row, n = result.landmark_rows.get((code, month)), result.people[code][0]
    if row is None or missing(row["survival_low"]):
        return NOT_ESTIMABLE
    return _bounds(row, n, "between {} and {} %")


def _bounds(row: dict, n: int, form: str) -> str:
    """Both bounds in the form given; one figure where they print alike."""
    low, high = (f"{100 * row[edge]:.{0 if n < 100 else 1}f}" for edge in ("survival_low", "survival_high"))
    return f"{low} %" if low == high else form.format(low, high)


def open_words(result: EnvelopeResult) -> str:
    """Who leaves the curve open: "patient 17", "9 patients (2, 5, …)"."""
    ids = [str(i) for i in result.view.cohort.ids[result.uncertain]]
    if not ids:
        return "no patient of this selection"
    if len(ids) == 1:
        return f"patient {ids[0]}"
    shown = ", ".join(ids[:20]) + ("…" if len(ids) > 20 else "")
    return f"{len(ids)} patients ({shown})"


def envelope_cautions(result: EnvelopeResult) -> tuple[Caution, ...]:
    """Why it is an envelope, then what the dictionary says of the endpoint."""
    view = result.view
    found = [
        Caution(
            "bounds",
            f"An envelope, not a line: the tables fix a time only between limits for {open_words(result)}.",
            f"{view.endpoint.definition} Every curve that these limits allow lies between the lines. No test, median "
            "follow-up or ratio is computed from it.",
        ),
        *_limits(result),
        *_alone(result),
    ]
    return (*found, *registry_cautions(view))


def _limits(result: EnvelopeResult) -> list[Caution]:
    """Delayed entry has limits of its own."""
    return [Caution("late", note, _WHY_LOG_LOG)] if (note := _limits_note(result)) else []


_WHY_LOG_LOG = (
    "A patient who enters late was not at risk before, so the exact distribution that beta product limits rest on does "
    "not hold. A log-log limit has no width where the estimate is 100 % or 0 %."
)


def _limits_note(result: EnvelopeResult) -> str:
    if result.interval == result.view.options.interval:
        return ""
    return (
        f"{sentence_case(INTERVAL_LABELS[result.view.options.interval])} limits are not defined where patients enter "
        f"late; {INTERVAL_LABELS[result.interval]} limits are given, which are not estimable where a bound is 100 %."
    )


def _alone(result: EnvelopeResult) -> list[Caution]:
    """Bounds that fall at an event which may meet a risk set of one: that one patient decides them."""
    labels = {g.code: g.label for g in result.view.groups}
    falls = [
        in_months(time) if result.view.by is None else f"{labels[code]} at {in_months(time)}"
        for code, time in result.falls_alone
    ]
    if not falls:
        return []
    return [
        Caution(
            "alone",
            f"The lower bound falls with as few as one patient at risk: {listed(falls)}.",
            "With one patient at risk an event takes the curve to 0 % for good, whoever is followed afterwards.",
        )
    ]


def envelope_band(result: EnvelopeResult) -> str:
    """What the shading is, for the figure."""
    return f"Between the lines: where the curve can lie. Around: 95 % CI over all, {INTERVAL_LABELS[result.interval]}"


def envelope_caption(result: EnvelopeResult) -> str:
    """Definition and method in the style a journal accepts."""
    endpoint = result.view.endpoint
    partial = (result.envelope.schema.metadata or {}).get(b"search") == b"partial"
    searched = " The search over event times was partial: the envelope is at least this wide." if partial else ""
    limits = f" {note}" if (note := _limits_note(result)) else ""
    return (
        f"{endpoint.label}. {endpoint.definition} Envelope of the Kaplan–Meier estimates over every combination of "
        "times within their limits (between the lines); around: lowest and highest pointwise 95 % limit "
        f"({INTERVAL_LABELS[result.interval]}).{limits}{searched} Under the axis: fewest and most patients at "
        "risk, with an event and censored before the month."
    )


def envelope_subtitle(result: EnvelopeResult) -> str:
    """The line under the figure's title."""
    events = sum(d for _, d in result.people.values())
    return f"{population_words(result.view)}; {plural(events, 'event')}; open: {open_words(result)}"


def envelope_alt(result: EnvelopeResult) -> str:
    """Alternative text from the numbers."""
    view = result.view
    pieces = []
    for g in view.groups:
        n, d = result.people[g.code]
        if n:
            at = [f"{in_months(m)} {_between(result, g.code, m)}" for m in view.endpoint.landmarks
                  if (g.code, m) in result.landmark_rows]  # fmt: skip
            name = "" if view.by is None else f"{g.label}: "
            pieces.append(f"{name}{plural(n, 'patient')}, {plural(d, 'event')}; {'; '.join(at)}")
    return f"Envelope of Kaplan–Meier curves, {view.endpoint.short}. {'. '.join(pieces)}."


def envelope_table(result: EnvelopeResult) -> list[dict[str, str]]:
    """Bounds as printed, one row a quantity and one column a group."""
    view = result.view
    rows = [
        {"": "Patients", **{g.label: str(result.people[g.code][0]) for g in view.groups}},
        {"": "Events", **{g.label: str(result.people[g.code][1]) for g in view.groups}},
    ]
    for month in view.endpoint.landmarks:
        name = f"Bounds at {in_months(month)} (lowest and highest 95 % limit)"
        rows.append({"": name, **{g.label: _cell(result, g.code, month) for g in view.groups}})
    rows.append({"": "Median, months, earliest to latest", **{g.label: _median(result, g.code) for g in view.groups}})
    return rows


def _cell(result: EnvelopeResult, code: str, month: float) -> str:
    n, row = result.people[code][0], result.landmark_rows.get((code, month))
    if not n:
        return "no patient"
    if row is None or missing(row["survival_low"]):
        return NOT_ESTIMABLE
    return f"{_bounds(row, n, '{}–{} %')} ({percent_interval(row['lower'], row['upper'], n)})"


def _median(result: EnvelopeResult, code: str) -> str:
    if not result.people[code][0]:
        return "no patient"
    low, high = result.medians[code]
    return months(low) if low == high else f"{months(low)} to {months(high)}"
