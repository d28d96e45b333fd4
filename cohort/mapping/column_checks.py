"""Cells of single columns: gaps, spellings, look-alike letters, numbers beside units, impossible ages."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from cohort.mapping import cells
from cohort.mapping.findings import Finding, Repair, found_at
from cohort.mapping.patients import Patients, impossible_age, repair_code
from cohort.mapping.roles import ColumnRole, Value
from cohort.mapping.words import AGE_LIMITS
from cohort.readers.text import collapse_space, fold_confusables
from cohort.wording import listed

_MOST_GAPS = 5


def column_findings(patients: Patients) -> Iterator[Finding]:
    """Findings about the cells of the columns in use."""
    variables = patients.mapping.variables
    if not variables:
        yield Finding("note", "no_variable", "No column is used as a filter: the cohort can be drawn, not divided.")
    yield from _gaps(patients, variables)
    for role in variables:
        if role.members:
            continue
        if role.kind == "number":
            yield from _numbers(patients, role.table, role.column)
            yield from _ages(patients, role)
        elif not role.separator:
            yield from _spellings(patients, role.table, role.column, role.levels)
    seen = set()
    for endpoint in patients.mapping.endpoints:
        meant = (*endpoint.event, *endpoint.competing, *endpoint.censored)
        if endpoint.status and (endpoint.table, endpoint.status) not in seen:
            yield from _spellings(patients, endpoint.table, endpoint.status, meant, status=True)
        if endpoint.time and (endpoint.table, endpoint.time) not in seen:
            yield from _numbers(patients, endpoint.table, endpoint.time)
        seen |= {(endpoint.table, endpoint.status), (endpoint.table, endpoint.time)}


def missing(patients: Patients) -> dict[str, int]:
    """Patients without a value in the cohort as it would be made, by column in use; columns without gaps are left out.

    That is an empty cell and, where a number is meant, a cell that is not read as one with the accepted repairs.
    """
    out = {}
    for role in patients.mapping.variables:
        gaps = int(_absent(patients, role).sum())
        if gaps:
            out[role.column] = gaps
    return out


def _absent(patients: Patients, role: ColumnRole) -> np.ndarray:
    """Patients a column holds no value for: bool array, shape (n,)."""
    if role.members:
        boxes = [cells.text(patients.column(role.table, m.value).values) for m in role.members]
        return np.all([b.is_null().to_numpy(zero_copy_only=False) for b in boxes], axis=0)
    if role.kind == "number":
        return np.isnan(patients.numbers(role.table, role.column).values)
    text = patients.texts(role).values.to_pylist()
    if role.kind == "set" and role.separator:
        return np.array([t is None or not cells.split(t, role.separator) for t in text], dtype=bool)
    return np.array([t is None for t in text], dtype=bool)


def _gaps(patients: Patients, variables: tuple[ColumnRole, ...]) -> Iterator[Finding]:
    gaps = sorted(missing(patients).items(), key=lambda item: -item[1])
    if gaps:
        n = len(patients.ids)
        most = listed([f"{name} ({k} of {n})" for name, k in gaps[:_MOST_GAPS]])
        said = f"{len(gaps)} of {len(variables)} columns in use have patients without a value; most: {most}."
        yield Finding("note", "missing", said, seen=tuple(f"{name}: {k}" for name, k in gaps))


def _spellings(
    patients: Patients, table: str, column: str, levels: tuple[Value, ...], status: bool = False
) -> Iterator[Finding]:
    """Spellings of one value; those of a status are always read as one, as a patient cannot be left without it."""
    raw = patients.raw(table, column)
    if not pa.types.is_string(raw.values.type):
        return
    found = cells.counted(raw.values)
    text = None
    for spelling, meant in cells.spellings(found, [v.value for v in levels]).items():
        if spelling == meant:
            continue
        text = np.array(cells.text(raw.values).to_pylist(), dtype=object) if text is None else text
        repair = Repair(repair_code("fold", table, column), f"read all spellings of a value in {column!r} as one")
        yield found_at(
            "note" if status else "repair",
            "spelling",
            f"another spelling of {meant!r} ({_difference(spelling, meant)}){', and read as it' if status else ''}",
            table=table,
            column=column,
            rows=np.flatnonzero(text == spelling) + patients.raw(table).first_row,
            seen=[spelling],
            allowed=meant,
            repair=None if status else repair,
        )


def _difference(spelling: str, meant: str) -> str:
    """What parts two spellings of one value, in words."""
    folded = [c for c in spelling if c.isalpha() and not c.isascii() and fold_confusables(c) != c]
    if folded and fold_confusables(spelling) != spelling:
        letters = dict.fromkeys(
            f"{c} is U+{ord(c):04X}, {unicodedata.name(c, 'without a name').capitalize()}" for c in folded
        )
        return "; ".join(letters)
    if collapse_space(spelling) == collapse_space(meant):
        return "space"
    return (
        "case" if collapse_space(spelling).casefold() == collapse_space(meant).casefold() else "case, space or hyphens"
    )


def _numbers(patients: Patients, table: str, column: str) -> Iterator[Finding]:
    raw, first = patients.raw(table, column), patients.raw(table).first_row
    if not pa.types.is_string(raw.values.type):
        return
    strict, lenient = cells.numbers(raw.values), cells.numbers(raw.values, lenient=True)
    text = np.array(cells.text(raw.values).to_pylist(), dtype=object)
    filled = text != None  # noqa: E711 - elementwise
    beside = filled & np.isnan(strict) & np.isfinite(lenient)
    if beside.any():
        example = next(t for t in text[beside])
        words = f"read the number alone ({example!r} as {cells.number_in(example, lenient=True):g})"
        yield found_at(
            "repair",
            "number",
            "a number beside something else; not reported as it stands",
            table=table,
            column=column,
            rows=np.flatnonzero(beside) + first,
            seen=text[beside],
            allowed="a number alone",
            repair=Repair(repair_code("number", table, column), words),
        )
    other = filled & np.isnan(lenient)
    if other.any():
        yield found_at(
            "note",
            "not_a_number",
            "not a number; counts as not reported",
            table=table,
            column=column,
            rows=np.flatnonzero(other) + first,
            seen=text[other],
            allowed="a number, or an empty cell",
        )


def _ages(patients: Patients, role: ColumnRole) -> Iterator[Finding]:
    raw = patients.raw(role.table, role.column)
    numbers = cells.numbers(raw.values, lenient=True)
    bad = impossible_age(raw, numbers)
    if bad.any():
        yield found_at(
            "repair",
            "age",
            "no age in years",
            table=role.table,
            column=role.column,
            rows=np.flatnonzero(bad) + patients.raw(role.table).first_row,
            seen=[f"{v:g}" for v in numbers[bad]],
            allowed=f"{AGE_LIMITS[0]} to {AGE_LIMITS[1]}",
            repair=Repair(repair_code("empty", role.table, role.column), "count it as not reported"),
        )
