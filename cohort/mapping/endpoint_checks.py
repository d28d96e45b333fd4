"""Endpoints before they are accepted: events and medians, impossible times, and a status coded the other way round."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from cohort.mapping import adam, cells
from cohort.mapping.findings import Finding, Repair, found_at
from cohort.mapping.outcomes import PROBLEMS, Outcomes, all_outcomes, swapped
from cohort.mapping.patients import Patients, repair_code
from cohort.mapping.propose_columns import says_event, says_no_event
from cohort.mapping.propose_endpoints import stated_unit
from cohort.mapping.roles import EndpointMap, Value
from cohort.mapping.words import CENSOR_NAME, DEATH, words_of
from cohort.statistics.life_table import CENSORED, EVENT
from cohort.wording import months, plural

MOSTLY_EVENTS = 0.9
"""Share of patients with the event above which the coding is questioned, if the longest times are events too."""
LAST_TIMES = 10
"""Number of longest times looked at for it."""


@dataclass(frozen=True)
class EndpointSummary:
    """What an endpoint amounts to: patients, events, competing events, Kaplan–Meier median in months.

    The median is None where it is not reached, and where there are competing events.
    """

    code: str
    label: str
    n: int
    events: int
    competing: int
    median: float | None


def endpoint_summaries(patients: Patients) -> tuple[EndpointSummary, ...]:
    """Every endpoint in a line, as it would be with the accepted repairs."""
    out = []
    for code, outcome in all_outcomes(patients).items():
        label = next(e.label for e in patients.mapping.endpoints if e.code == code)
        n, events, competing = outcome.counts()
        out.append(EndpointSummary(code, label, n, events, competing, None if competing else outcome.median()))
    return tuple(out)


def endpoint_findings(patients: Patients) -> Iterator[Finding]:
    """Findings about the endpoints."""
    found = all_outcomes(patients)
    if not any(o.reported.any() for o in found.values()):
        remedy = "Name a column of times and one of the status, or dates of the start, the event and the last contact."
        yield Finding("stop", "no_endpoint", "No endpoint has a patient with a time and a status.", remedy=remedy)
    for endpoint in patients.mapping.endpoints:
        outcome = found[endpoint.code]
        yield from _amounts_to(endpoint, outcome)
        if not outcome.reported.any():
            continue
        yield from _problems(patients, endpoint, outcome)
        yield from _coding(patients, endpoint, outcome)
        yield from _unit(patients, endpoint)
        yield from _after_death(patients, endpoint)
    if any(not e.origin for e in patients.mapping.endpoints) and patients.mapping.origin == "start":
        yield Finding("note", "origin", "The files do not say from when time is counted; say so, as the axis names it.")


def _amounts_to(endpoint: EndpointMap, outcome: Outcomes) -> Iterator[Finding]:
    n, events, competing = outcome.counts()
    if not n:
        said = "no patient has a time and a status; it is left out"
    else:
        also = plural(competing, "competing event") if competing else f"median {_median(outcome)}"
        said = f"{plural(n, 'patient')}, {plural(events, 'event')}, {also}"
    yield Finding("note", "endpoint", f"{endpoint.label}: {said}.", endpoint.table, endpoint.status or endpoint.time)


def _median(outcome: Outcomes, kind: np.ndarray | None = None) -> str:
    value = outcome.median(kind)
    return months(value) + ("" if value is None else " months")


def _problems(patients: Patients, endpoint: EndpointMap, outcome: Outcomes) -> Iterator[Finding]:
    """Patients whose time and status do not fit each other."""
    said = {
        "negative": ("stop", "a negative time"),
        "too_long": ("stop", "a time of more than a hundred years"),
        "event_without_time": ("stop", "an event without a time"),
        "unknown_status": ("stop", "a status that has not been given a meaning"),
        "time_without_status": ("note", "a time without a status; left out of this endpoint"),
        "after_os": ("repair", "a time longer than that of overall survival"),
    }
    allowed = PROBLEMS | {"after_os": "not longer than overall survival, which is counted from the same time zero"}
    for code, who in outcome.problems.items():
        if not who.any() or code not in said:  # cells that are not read are said with their column
            continue
        severity, what = said[code]
        column, index = outcome.kind_cell if code in ("event_without_time", "unknown_status") else outcome.time_cell
        repair = None
        if severity != "note":
            words = f"leave {'this patient' if who.sum() == 1 else 'these patients'} out of {endpoint.label}"
            repair = Repair(repair_code("leave_out", endpoint.code, code), words)
        names = [c for c in dict.fromkeys(column[who]) if c]
        at = {c: cells.text(patients.column(endpoint.table, c, endpoint.where).values).to_pylist() for c in names}
        places = [i for i in np.flatnonzero(who) if index[i] >= 0]
        yield found_at(
            severity,
            code,
            f"{endpoint.label}: {what}",
            table=endpoint.table,
            column=names[0] if len(names) == 1 else "",
            rows=[patients.file_row(endpoint.table, index[i]) for i in places],
            seen=[at[column[i]][i] or "" for i in places],
            allowed=allowed[code],
            repair=repair,
        )


# ---- is the status coded the other way round? ----------------------------------------------------------------------
def _coding(patients: Patients, endpoint: EndpointMap, outcome: Outcomes) -> Iterator[Finding]:
    """At most one finding: what contradicts the coding, and what either coding would mean."""
    if not endpoint.status or not endpoint.event:
        return
    code, confirm = (repair_code(action, endpoint.code) for action in ("swap", "confirm"))
    done = code in patients.accepted
    severity, doubt = _doubt(patients, swapped(endpoint) if done else endpoint, outcome)
    if not doubt or confirm in patients.accepted:
        return
    repair = None if done else Repair(code, f"exchange event and censored in {endpoint.label}")
    yield found_at(
        severity,
        "coding",
        f"{endpoint.label}: {doubt}; {_consequence(outcome)}",
        table=endpoint.table,
        column=endpoint.status,
        repair=repair,
        remedy=f"{'Take the exchange back' if done else f'Proposed: {repair.words}'}, or confirm the coding.",
        confirm=confirm,
    )


def _doubt(patients: Patients, endpoint: EndpointMap, outcome: Outcomes) -> tuple[str, str]:
    """Severity, and what speaks against the coding; "" if nothing does."""
    name = words_of(endpoint.status)
    if name == "cnsr" and any(v.value != "0" for v in endpoint.event):
        return "stop", "in CNSR 0 is the event and 1 or more is censored (CDISC ADaM), here it is the other way round"
    labels = patients.raw(endpoint.table, endpoint.status).levels
    for values, contradicts, what in (
        (endpoint.event, _denies, "is counted as the event"),
        (endpoint.censored, _tells_of_death, "is counted as censored"),
    ):
        for value in values:
            said = f"{value.value} {labels.get(value.value, '')}"
            if contradicts(said):
                return "stop", f"{said.strip()!r} {what}"
    for column in (endpoint.event_text, endpoint.censor_reason):
        if column and (said := _contradicted_by(patients, endpoint, outcome, column)):
            return "stop", said
    n, events, _ = outcome.counts()
    order = np.argsort(np.where(outcome.reported, outcome.time, -np.inf), kind="stable")[::-1][: min(LAST_TIMES, n)]
    if n >= LAST_TIMES and events > MOSTLY_EVENTS * n and (outcome.kind[order] == EVENT).all():
        return "note", "nearly everybody has the event, those followed longest too"
    if name != "cnsr" and CENSOR_NAME.search(name) and not any(says_event(v.value) for v in endpoint.event):
        return "note", "a column of this name is found coded either way"
    return "", ""


def _denies(said: str) -> bool:
    return says_no_event(said) and not says_event(said)


def _tells_of_death(said: str) -> bool:
    return says_event(said) and bool(DEATH.search(words_of(said)))


def _contradicted_by(patients: Patients, endpoint: EndpointMap, outcome: Outcomes, column: str) -> str:
    """Whether most descriptions of the events say that there was none, or those of the censored that there was one."""
    text = cells.text(patients.column(endpoint.table, column, endpoint.where).values).to_pylist()
    for kind, contradicts, what in ((EVENT, _denies, "events"), (CENSORED, _tells_of_death, "censored patients")):
        told = [t for t, k in zip(text, outcome.kind, strict=True) if k == kind and t is not None]
        against = [t for t in told if contradicts(t)]
        if against and 2 * len(against) > len(told):
            return f"{column} of {len(against)} of {len(told)} {what} reads {against[0][:40]!r} or the like"
    return ""


def _consequence(outcome: Outcomes) -> str:
    """What the coding and its opposite mean for the number of events and the median."""
    n, events, _ = outcome.counts()
    opposite = np.select([outcome.kind == EVENT, outcome.kind == CENSORED], [CENSORED, EVENT], outcome.kind)
    return (
        f"with this coding {events} of {n} patients have the event and the median is {_median(outcome)}; with the "
        f"opposite {int((opposite == EVENT).sum())} have it and the median is {_median(outcome, opposite)}"
    )


# ---- units and dates -----------------------------------------------------------------------------------------------
def _unit(patients: Patients, endpoint: EndpointMap) -> Iterator[Finding]:
    if endpoint.competing and len((*endpoint.event, *endpoint.competing, *endpoint.censored)) > 2:
        said = [f"{_values(v)} {what}" for v, what in _meanings(endpoint) if v]
        what = f"{endpoint.label}: more than two values; {', '.join(said)}. Check this against the codebook"
        yield found_at("note", "values", what, table=endpoint.table, column=endpoint.status)
    if not endpoint.time:
        return
    table = patients.raw(endpoint.table)
    stated = adam.states_unit(table, endpoint) if endpoint.where else stated_unit(table.column(endpoint.time))
    if not stated:
        longest = np.nanmax(patients.numbers(endpoint.table, endpoint.time, endpoint.where).values)
        what = (
            f"{endpoint.label}: the unit of time is not stated; {endpoint.unit} are assumed, the longest is {longest:g}"
        )
        yield found_at("note", "unit", what, table=endpoint.table, column=endpoint.time)


def _meanings(endpoint: EndpointMap) -> tuple[tuple[tuple[Value, ...], str], ...]:
    return (endpoint.event, "is the event"), (endpoint.competing, "competes"), (endpoint.censored, "is censored")


def _values(values: tuple[Value, ...]) -> str:
    return " or ".join(v.value for v in values)


def _after_death(patients: Patients, endpoint: EndpointMap) -> Iterator[Finding]:
    """Contacts dated after a death."""
    if not endpoint.last_contact_date:
        return
    last = patients.column(endpoint.table, endpoint.last_contact_date, endpoint.where)
    for name in (n for n in endpoint.event_dates if DEATH.search(words_of(n)) and endpoint.code == "os"):
        death = cells.dates(patients.column(endpoint.table, name, endpoint.where).values)
        after = np.flatnonzero(cells.dates(last.values) > death)
        if len(after):
            yield found_at(
                "note",
                "after_death",
                f"the last contact is after the date in {name!r}; the time ends with that date",
                table=endpoint.table,
                column=endpoint.last_contact_date,
                rows=[patients.file_row(endpoint.table, last.index[i]) for i in after],
                seen=[str(d) for d in cells.dates(last.values)[after]],
                allowed=f"not after {name}",
            )
