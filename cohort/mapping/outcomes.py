"""An endpoint's times and events by patient, from the uploaded columns a mapping names, and what does not fit."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow.compute as pc

from cohort.dictionary import LONGEST_TIME
from cohort.mapping import cells
from cohort.mapping.patients import Patients, repair_code
from cohort.mapping.roles import DAYS_A_MONTH, MONTHS, ORIGINS, EndpointMap, Mapping, MappingError, Value
from cohort.mapping.words import DEATH, PARTS_OF_OS, words_of
from cohort.readers.raw import RawColumn
from cohort.readers.text import collapse_space
from cohort.statistics import kaplan_meier, life_table, median_survival
from cohort.statistics.life_table import CENSORED, COMPETING, EVENT, TIE_TOLERANCE

Cells = tuple[np.ndarray, np.ndarray]
"""Where values were read: columns and rows in the table, each shape (n,)."""

ABSENT = -1
"""Kind of a patient the endpoint is not reported for."""


@dataclass(frozen=True, eq=False)
class Outcomes:
    """Everybody's outcome on one endpoint.

    Attributes
    ----------
    time : float array, shape (n,), in months; NaN where there is none
    kind : int array, shape (n,): 0 censored, 1 the event, 2 a competing event, -1 not reported
    label : object array, shape (n,): what the event or the reason for censoring is called, "" where kind is -1
    time_cell, kind_cell : where time (the date that ends it) and kind were read
    problems : patients who do not fit, bool arrays of shape (n,) by code; see :data:`PROBLEMS`
    as_read : float array, shape (n,), in months: ``time`` before anybody was left out
    """

    time: np.ndarray
    kind: np.ndarray
    label: np.ndarray
    time_cell: Cells
    kind_cell: Cells
    problems: dict[str, np.ndarray] = field(default_factory=dict)
    as_read: np.ndarray = field(default_factory=lambda: np.zeros(0))

    @property
    def reported(self) -> np.ndarray:
        """Patients with a time and a known status."""
        return self.kind != ABSENT

    def counts(self) -> tuple[int, int, int]:
        """Patients, events and competing events."""
        return int(self.reported.sum()), int((self.kind == EVENT).sum()), int((self.kind == COMPETING).sum())

    def median(self, kind: np.ndarray | None = None) -> float | None:
        """Kaplan–Meier median in months, None where it is not reached; ``kind`` replaces the coding.

        Competing events are censored here: for an endpoint with any it is no estimate of anything.
        """
        kind = self.kind if kind is None else kind
        usable = self.reported & (self.time >= 0)
        if not usable.any():
            return None
        curve = kaplan_meier(life_table(self.time[usable], kind[usable]), "log-log")
        return median_survival(curve)["median"].to_pylist()[0]


PROBLEMS = {
    "negative": "0 or more",
    "too_long": f"up to {LONGEST_TIME:g} months, a hundred years, in the unit that the endpoint names",
    "event_without_time": "a time beside the event",
    "time_without_status": "a status beside the time",
    "unknown_status": "one of the values named as event, competing or censored",
    "unread_date": "a date that can be read where something happened",
}
"""Ways an outcome does not fit, and what is allowed."""


def outcomes(patients: Patients, endpoint: EndpointMap) -> Outcomes:
    """Read one endpoint.

    Patients whose time or status is missing are not reported for it. A patient with a negative time, or one of more
    than a hundred years, stays in until the repair "leave_out:code:negative" or "leave_out:code:too_long" is accepted;
    one whose date of an event cannot be read counts as without that event until "leave_out:unread:table:column" is.

    Raises
    ------
    MappingError
        The endpoint names neither a time nor dates, or a column that the upload does not have.
    """
    if repair_code("swap", endpoint.code) in patients.accepted:
        endpoint = swapped(endpoint)
    if not endpoint.time and not (endpoint.start_date and (endpoint.event_dates or endpoint.last_contact_date)):
        raise MappingError(f"Endpoint {endpoint.code!r} has no time. Name a column of times, or two of dates.")
    if not endpoint.status and not endpoint.event_dates:
        raise MappingError(f"Endpoint {endpoint.code!r} has no event. Name a column of its status or of its date.")
    kind, label, kind_cell, stated = _by_status(patients, endpoint) if endpoint.status else _by_date(patients, endpoint)
    time, time_cell = _times(patients, endpoint, kind)
    known = np.isfinite(time)
    problems = {
        "negative": known & (time < 0),
        "too_long": known & (time > LONGEST_TIME),
        "event_without_time": ~known & (kind > CENSORED),
        "time_without_status": known & ~stated,
        "unknown_status": stated & (kind == ABSENT),
        "unread_date": np.zeros(len(known), dtype=bool),
    }
    as_read = np.where(kind == ABSENT, np.nan, time)
    left_out = ~known
    for impossible in ("negative", "too_long"):
        if repair_code("leave_out", endpoint.code, impossible) in patients.accepted:
            left_out |= problems[impossible]
    for name, who in unread_events(patients, endpoint).items():
        problems["unread_date"] |= who
        if repair_code("leave_out", "unread", endpoint.table, name) in patients.accepted:
            left_out |= who
    kind = np.where(left_out, ABSENT, kind)
    label = np.where(kind == ABSENT, "", label)
    return Outcomes(np.where(kind == ABSENT, np.nan, time), kind, label, time_cell, kind_cell, problems, as_read)


def all_outcomes(patients: Patients) -> dict[str, Outcomes]:
    """Every endpoint of the mapping, by code, with those that outlast overall survival under "after_os".

    Times are compared as read: whom one repair leaves out, another one still finds, whatever is accepted first.
    """
    found = {e.code: outcomes(patients, e) for e in patients.mapping.endpoints}
    origin = {e.code: (e.origin or patients.mapping.origin, e.start_date) for e in patients.mapping.endpoints}
    for code, late in found.items():
        if "os" not in found or code.rstrip("_0123456789") not in PARTS_OF_OS or origin[code] != origin["os"]:
            continue
        with np.errstate(invalid="ignore"):
            after = late.as_read > found["os"].as_read * (1 + TIE_TOLERANCE)
        late.problems["after_os"] = after
        if repair_code("leave_out", code, "after_os") in patients.accepted:
            found[code] = replace(
                late,
                time=np.where(after, np.nan, late.time),
                kind=np.where(after, ABSENT, late.kind),
                label=np.where(after, "", late.label),
            )
    return found


def unread_events(patients: Patients, endpoint: EndpointMap) -> dict[str, np.ndarray]:
    """Patients of whom it is not known whether and when something happened, as its date cannot be read.

    By column, bool arrays of shape (n,); columns without any are left out. Where a status says what happened, the
    dates do not; and a death that cannot be read takes nothing from a relapse that can, which came before it.
    """
    if endpoint.status:
        return {}
    names = (*endpoint.event_dates, *endpoint.competing_dates)
    found = {name: patients.unread(endpoint.table, name, endpoint.where) for name in names}
    if any(who.any() for who in found.values()):
        happened = _by_date(patients, endpoint)[0] > CENSORED
        found = {n: who & ~happened if is_death(patients.raw(endpoint.table, n)) else who for n, who in found.items()}
    return {name: who for name, who in found.items() if who.any()}


def is_death(column: RawColumn) -> bool:
    """Whether a column of dates tells of a death, by its name and label."""
    return bool(DEATH.search(f"{words_of(column.name)} {words_of(column.label)}"))


def time_zero(mapping: Mapping, endpoint: EndpointMap) -> str:
    """What an endpoint's months are counted from, in words: its own time zero, else the mapping's."""
    return ORIGINS[endpoint.origin or mapping.origin]


def swapped(endpoint: EndpointMap) -> EndpointMap:
    """The endpoint with event and censored exchanged; a label that is not the cell's own text goes with the meaning."""

    def meaning(values: tuple[Value, ...], other: tuple[Value, ...]) -> tuple[Value, ...]:
        return tuple(v if v.label in v.value or not other else Value(v.value, other[0].label) for v in values)

    event, censored = meaning(endpoint.censored, endpoint.event), meaning(endpoint.event, endpoint.censored)
    return replace(endpoint, event=event, censored=censored)


def _by_status(patients: Patients, endpoint: EndpointMap) -> tuple[np.ndarray, np.ndarray, Cells, np.ndarray]:
    """Kind and label by patient, where they were read, and whether anything is stated."""
    column = patients.column(endpoint.table, endpoint.status, endpoint.where)
    meant = (*endpoint.event, *endpoint.competing, *endpoint.censored)
    status = patients.folded(endpoint.table, endpoint.status, column.values, meant)
    n = len(patients.ids)
    kind, label = np.full(n, ABSENT), np.full(n, "", dtype=object)
    for code, values in ((CENSORED, endpoint.censored), (COMPETING, endpoint.competing), (EVENT, endpoint.event)):
        for value in values:
            held = pc.equal(status, value.value).fill_null(False).to_numpy(zero_copy_only=False)
            kind[held], label[held] = code, value.label
    for name, which in ((endpoint.event_text, kind > CENSORED), (endpoint.censor_reason, kind == CENSORED)):
        if name:
            said = cells.text(patients.column(endpoint.table, name, endpoint.where).values)
            said = np.array(said.to_pylist(), dtype=object)
            label = np.where(which & (said != None), said, label)  # noqa: E711 - elementwise
    stated = status.is_valid().to_numpy(zero_copy_only=False)
    return kind, label, (np.full(n, endpoint.status, dtype=object), column.index), stated


def _by_date(patients: Patients, endpoint: EndpointMap) -> tuple[np.ndarray, np.ndarray, Cells, np.ndarray]:
    """The same where a date says that something happened: the earliest counts."""
    names = (*endpoint.event_dates, *endpoint.competing_dates)
    columns = [patients.column(endpoint.table, name, endpoint.where) for name in names]
    found = np.array([cells.dates(c.values) for c in columns])
    first = np.where(np.isnat(found), np.datetime64("9999-12-31"), found).argmin(axis=0)
    n = np.arange(len(patients.ids))
    seen = ~np.isnat(found[first, n])
    kind = np.where(seen, np.where(first < len(endpoint.event_dates), EVENT, COMPETING), CENSORED)
    words = np.array([_happening(patients.raw(endpoint.table, name)) for name in names], dtype=object)
    index = np.array([c.index for c in columns])
    stated = seen
    if endpoint.last_contact_date:
        last = patients.column(endpoint.table, endpoint.last_contact_date, endpoint.where)
        stated = seen | ~np.isnat(cells.dates(last.values))
        cell = np.where(seen, np.array(names, dtype=object)[first], endpoint.last_contact_date)
        where = np.where(seen, index[first, n], last.index)
    else:
        cell, where = np.array(names, dtype=object)[first], index[first, n]
    kind = np.where(stated, kind, ABSENT)
    return kind, np.where(seen, words[first], "censored"), (cell, where), stated


def _happening(column: RawColumn) -> str:
    """What a column of dates tells of: "death" for "Date of death"."""
    said = re.sub(r"\b(dates?|of|dt|day)\b", " ", words_of(column.label or column.name))
    return collapse_space(said) or column.name


def _times(patients: Patients, endpoint: EndpointMap, kind: np.ndarray) -> tuple[np.ndarray, Cells]:
    """Times in months, and where they were read."""
    n = len(patients.ids)
    if endpoint.time:
        column = patients.numbers(endpoint.table, endpoint.time, endpoint.where)
        return column.values * MONTHS[endpoint.unit], (np.full(n, endpoint.time, dtype=object), column.index)

    def day(name: str) -> tuple[np.ndarray, np.ndarray]:
        column = patients.column(endpoint.table, name, endpoint.where)
        return cells.dates(column.values), column.index

    start, _ = day(endpoint.start_date)
    end, cell, index = np.full(n, np.datetime64("NaT", "D")), np.full(n, "", dtype=object), np.full(n, -1)
    if endpoint.last_contact_date:
        end, index = day(endpoint.last_contact_date)
        cell[:] = endpoint.last_contact_date
    for name in (*endpoint.event_dates, *endpoint.competing_dates)[::-1]:
        date, rows = day(name)
        ends = ~np.isnat(date) & (kind > CENSORED)
        sooner = ends & ~((cell != endpoint.last_contact_date) & (end < date))
        end, cell, index = np.where(sooner, date, end), np.where(sooner, name, cell), np.where(sooner, rows, index)
    days = (end - start).astype(float)
    return np.where(np.isnat(end) | np.isnat(start), np.nan, days / DAYS_A_MONTH), (cell, index)
