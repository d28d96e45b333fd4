"""Dates before they are accepted: cells that are none, a relapse after death, patients whom no date lets in."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cohort.mapping import cells
from cohort.mapping.findings import Finding, Repair, found_at
from cohort.mapping.outcomes import all_outcomes, is_death, unread_events
from cohort.mapping.patients import Patients, repair_code
from cohort.mapping.propose_columns import looks_private
from cohort.mapping.roles import EndpointMap
from cohort.readers.raw import RawColumn, RawTable
from cohort.wording import listed, plural

_WITHOUT = {
    "event_date": "as without this event",
    "start_date": "as without a start, and is left out",
    "last_contact_date": "as without a last contact",
}
"""What becomes of a patient whose date is not read, by the part it plays in an endpoint."""


def date_findings(patients: Patients) -> Iterator[Finding]:
    """Findings about dates, those that the reader could not make out first."""
    in_use = {use.table for use in (*patients.mapping.tables, patients.mapping.event_table) if use is not None}
    for table in (t for t in patients.upload.tables if t.name in in_use):
        for column in table.columns:
            if column.unread:
                yield _unread(patients, table, column)
            if column.doubt and not looks_private(column, {}):
                what = f"{table.name}: {column.doubt}."
                remedy = "If an endpoint needs these dates, write them so and hand the file in again."
                yield Finding("note", "dates_as_text", what, table.name, column.name, remedy=remedy)
    yield from _relapse_after_death(patients)
    yield from _left_out(patients)


# ---- what the reader could not make out ----------------------------------------------------------------------------
def _unread(patients: Patients, table: RawTable, column: RawColumn) -> Finding:
    """Cells of a column of dates that are none. They matter wherever the column ends or begins a time."""
    used = [e for e in patients.mapping.endpoints if e.table == table.name and column.name in e.columns]
    n = len(column.unread)
    what = "this cell is not read as a date and counts" if n == 1 else f"{n} cells are not read as dates and count"
    where = f" in {listed([e.label for e in used])}" if used else ""
    remedy, repair = "Correct the file and hand it in again.", None
    parts = dict.fromkeys(_WITHOUT[r] for e in used if (r := e.columns[column.name]) in _WITHOUT)
    if parts:
        where += f"; such a patient counts {' and '.join(parts)}"
    whom = [(e.label, who) for e in used if (who := unread_events(patients, e).get(column.name)) is not None]
    if whom:
        n = int(np.logical_or.reduce([who for _, who in whom]).sum())
        words = f"leave {'this patient' if n == 1 else 'these patients'} out of {listed([label for label, _ in whom])}"
        repair = Repair(repair_code("leave_out", "unread", table.name, column.name), words)
        remedy += f" Proposed: {words}, as it is not known whether and when it happened."
    return found_at(
        "repair" if used else "note",
        "unread_date",
        f"{what} as empty{where}",
        table=table.name,
        column=column.name,
        rows=[table.first_row + row for row, _ in column.unread],
        seen=() if looks_private(column, {}) else [cell for _, cell in column.unread],
        allowed="one day, as YYYY-MM-DD or dd.mm.yyyy, or an empty cell",
        repair=repair,
        remedy=remedy,
    )


# ---- what contradicts itself ---------------------------------------------------------------------------------------
def _relapse_after_death(patients: Patients) -> Iterator[Finding]:
    """Events dated after a death, once for each two columns."""
    pairs: dict[tuple, list[EndpointMap]] = {}
    for endpoint in patients.mapping.endpoints:
        names = (*endpoint.event_dates, *endpoint.competing_dates)
        deaths = [n for n in names if is_death(patients.raw(endpoint.table, n))]
        for pair in ((event, death) for event in names for death in deaths if event not in deaths):
            pairs.setdefault((endpoint.table, endpoint.where, *pair), []).append(endpoint)
    for (table, where, event, death), endpoints in pairs.items():
        column = patients.column(table, event, where)
        days, died = cells.dates(column.values), cells.dates(patients.column(table, death, where).values)
        after = np.flatnonzero(days > died)
        if len(after):
            yield found_at(
                "note",
                "event_after_death",
                f"dated after the patient's {death!r}; in {listed([e.label for e in endpoints])} the death counts, as "
                "the earlier of the two",
                table=table,
                column=event,
                rows=[patients.file_row(table, column.index[i]) for i in after],
                seen=[f"{days[i]}, {death} {died[i]}" for i in after],
                allowed=f"not after {death}",
                remedy="Correct whichever date is wrong in the file and hand it in again.",
            )


# ---- who is left out -----------------------------------------------------------------------------------------------
def _left_out(patients: Patients) -> Iterator[Finding]:
    """Patients whom an endpoint by dates does not count for want of a date, said once where it is the same for several.

    Those that something else is found about, such as an event before its start, are not repeated.
    """
    found = all_outcomes(patients)
    lacking: dict[tuple, list[EndpointMap]] = {}
    for endpoint in patients.mapping.endpoints:
        outcome = found[endpoint.code]
        if endpoint.time or not outcome.reported.any():
            continue
        silent = ~outcome.reported & ~np.any(list(outcome.problems.values()), axis=0)
        begun = ~np.isnat(cells.dates(patients.column(endpoint.table, endpoint.start_date, endpoint.where).values))
        row = _first_row(patients, endpoint)
        for code, who in (
            ("no_row", silent & (row < 0)),
            ("no_start_date", silent & (row >= 0) & ~begun),
            ("no_last_contact", silent & (row >= 0) & begun),
        ):
            if who.any():
                column = {"no_row": "", "no_start_date": endpoint.start_date}.get(code, endpoint.last_contact_date)
                ends = code == "no_last_contact" and not endpoint.status
                key = (code, ends, endpoint.table, column, tuple(np.flatnonzero(who)), tuple(row[who]))
                lacking.setdefault(key, []).append(endpoint)
    for (code, ends, table, column, who, rows), endpoints in lacking.items():
        n, labels = len(who), listed([e.label for e in endpoints])
        if code == "no_row":
            what = f"no row for {plural(n, 'patient')}, left out of {labels}"
            remedy = "Add a row for each if the dates are known."
            seen = [patients.shown_ids[i] for i in who]
            yield found_at("note", code, what, table=table, seen=seen, allowed="a row for each patient", remedy=remedy)
            continue
        what = "no start date" if code == "no_start_date" else "no last contact date"
        known = dict(patients.raw(table, column).unread) if column else {}
        yield found_at(
            "note",
            code,
            f"{'no event and ' if ends else ''}{what} for {plural(n, 'patient')}, left out of {labels}",
            table=table,
            column=column,
            rows=[patients.file_row(table, r) for r in rows],
            seen=[known.get(r, "empty") for r in rows],
            allowed="a date" if code == "no_start_date" else "the date when the patient was last known to be alive",
            remedy=("Fill in the date in the file" if column else "Name the column of last contact dates")
            + ", or leave it so: these patients are then not counted.",
        )


def _first_row(patients: Patients, endpoint: EndpointMap) -> np.ndarray:
    """The first row of each patient in the endpoint's table, -1 for none: int array, shape (n,)."""
    place = patients.positions(endpoint.table)
    usable = place >= 0
    if endpoint.where is not None:
        usable = usable & patients.matches(endpoint.table, endpoint.where)
    rows = np.flatnonzero(usable)
    first = np.full(len(patients.ids), -1)
    first[place[rows][::-1]] = rows[::-1]
    return first
