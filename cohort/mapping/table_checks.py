"""Rows, patients, ids and joins of an upload; columns left out to protect people."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from cohort.mapping import cells
from cohort.mapping.build_events import event_rows, grade_of, yes_no
from cohort.mapping.findings import Finding, Repair, found_at
from cohort.mapping.patients import Patients, repair_code
from cohort.mapping.roles import VARIABLE_ROLES, TableUse
from cohort.mapping.words import words_of
from cohort.readers.raw import RawTable
from cohort.wording import listed, plural

PLAIN_ANSWERS = ("yes", "no", "y", "n")


def table_findings(patients: Patients) -> Iterator[Finding]:
    """Findings about whole tables."""
    base = patients.raw(patients.base.table)
    n = len(patients.ids)
    yield Finding("note", "read", f"{base.name}: {plural(base.rows, 'row')}, {plural(n, 'patient')}.", base.name)
    if not n:
        yield found_at("stop", "no_patient", "no row has a patient id", table=base.name, column=patients.base.id)
        return
    for use in patients.mapping.tables:
        yield from _repeated(patients, use)
    used = {c.table for c in patients.mapping.columns}
    for table in patients.upload.tables:
        if table.name not in used:
            what = "is not joined to the patients and is left out"
            yield Finding("note", "left_out", f"{table.name}: {plural(table.rows, 'row')}; it {what}.", table.name)
    yield from _adverse_events(patients)
    yield from _private(patients)


def _repeated(patients: Patients, use: TableUse) -> Iterator[Finding]:
    """Rows without a patient, of nobody in the cohort, or of a patient who has several."""
    table = patients.raw(use.table)
    place = patients.positions(use.table)
    nobody = np.flatnonzero(place < 0)
    if len(nobody):
        what = "no patient id" if use is patients.base else "no patient of the cohort"
        rows = nobody + table.first_row
        yield found_at(
            "note", "nobody", f"{what} in {plural(len(nobody), 'row')}; left out", table=use.table, rows=rows
        )
    count = np.bincount(place[place >= 0], minlength=len(patients.ids))
    several = int((count > 1).sum())
    if not several:
        return
    who = f"{plural(several, 'patient')} with several rows"
    if use.rule == "fill":
        what = f"{who}; in each column the first cell that is filled counts"
        yield found_at("note", "several", what, table=use.table, column=use.id)
    elif use.rule == "first":
        if not any(e.where and e.table == use.table for e in patients.mapping.endpoints):
            yield found_at("note", "several", f"{who}; the first row of each counts", table=use.table, column=use.id)
    else:
        yield from _duplicates(patients, use, table, place, count)


def _duplicates(
    patients: Patients, use: TableUse, table: RawTable, place: np.ndarray, count: np.ndarray
) -> Iterator[Finding]:
    texts = [cells.text(c.values).to_pylist() for c in table.columns if c.name != use.id]
    same, differ = [], []
    for patient in np.flatnonzero(count > 1):
        rows = np.flatnonzero(place == patient)
        told = {tuple(t[i] for t in texts) for i in rows}
        (same if len(told) == 1 else differ).append(rows)
    for code, groups, severity, what in (
        ("repeated_row", same, "note", "the same row twice or more; it counts once"),
        ("repeated_id", differ, "stop", "a patient id in several rows that differ"),
    ):
        if not groups:
            continue
        repair = Repair(repair_code("first", use.table), "count the first row of each patient")
        yield found_at(
            severity,
            code,
            what,
            table=use.table,
            column=use.id,
            rows=np.concatenate(groups) + table.first_row,
            seen=[patients.ids[place[g[0]]] for g in groups],
            allowed="one row a patient" if severity == "stop" else "",
            repair=repair if severity == "stop" else None,
        )


def _adverse_events(patients: Patients) -> Iterator[Finding]:
    use, roles = patients.mapping.event_table, patients.mapping.adverse_events
    if use is None:
        return
    table = patients.raw(use.table)
    if not use.id:
        yield found_at("stop", "no_id", "the adverse events have no column of patient ids", table=use.table)
        return
    kept, nobody = event_rows(patients), int((patients.positions(use.table) < 0).sum())
    flagged = f" marked {roles['ae_flag'].column} = Y" if "ae_flag" in roles else ""
    said = f"{use.table}: {plural(table.rows, 'row')}, {plural(int(kept.sum()), 'adverse event')}{flagged}"
    who = f"; {nobody} of nobody in the cohort, left out" if nobody else ""
    yield Finding("note", "adverse_events", f"{said}{who}.", use.table)
    for role, word in (("ae_related", "related"), ("ae_serious", "serious")):
        if role in roles:
            yield from _read_as(patients, role, word)
    if "ae_grade" in roles:
        column = roles["ae_grade"].column
        text = cells.text(patients.raw(use.table, column).values).to_pylist()
        bad = [i for i, t in enumerate(text) if kept[i] and t is not None and grade_of(t) is None]
        if bad:
            yield found_at(
                "note",
                "grade",
                "not a grade; these events count as not graded",
                table=use.table,
                column=column,
                rows=[table.first_row + i for i in bad],
                seen=[text[i] for i in bad],
                allowed="1 to 5, or mild, moderate, severe, life-threatening, fatal",
            )


def _read_as(patients: Patients, role: str, word: str) -> Iterator[Finding]:
    """Which words of a column are taken as yes and which as no, unless they are plain."""
    column = patients.mapping.adverse_events[role].column
    use = patients.mapping.event_table
    found = list(cells.counted(patients.raw(use.table, column).values.filter(pa.array(event_rows(patients)))))
    if all(words_of(t) in PLAIN_ANSWERS for t in found):
        return
    meant = {t: yes_no(t) for t in found}
    said = [
        f"{listed([t for t in found if meant[t] == answer])} {words}"
        for answer, words in (("yes", f"as {word}"), ("no", f"as not {word}"), (None, "as not stated"))
        if answer in meant.values()
    ]
    what = f"read {'; '.join(said)}. Check this against the codebook"
    yield found_at("note", "read_as", what, table=use.table, column=column)


def _private(patients: Patients) -> Iterator[Finding]:
    columns = [c for c in patients.mapping.columns if c.private]
    left_out = [f"{c.column} ({c.reason.removeprefix('looks like ')})" for c in columns if c.role == "skip"]
    if left_out:
        yield Finding("note", "private", f"Left out because they may identify a person: {listed(left_out)}.")
    kept = [c.column for c in columns if c.role in VARIABLE_ROLES]
    if kept:
        yield Finding("note", "private_kept", f"Kept although they may identify a person: {listed(kept)}.")
    if patients.mapping.running_ids:
        yield Finding(
            "note", "running_ids", "The patient ids are replaced by running numbers in the order of the file."
        )
