"""Text cells to typed Arrow columns. What does not fit stops the reading and names the cell."""

from __future__ import annotations

import pyarrow as pa

from cohort.dictionary import NOT_REPORTED, Variable
from cohort.errors import CohortFolderError

SET_SEPARATOR = ";"

TABLES = {
    "endpoints": {"patient_id": pa.string(), "endpoint": pa.string(), "time_lo": pa.float64(), "time_hi": pa.float64(),
                  "event": pa.string(), "reason": pa.string()},
    "mutations": {"patient_id": pa.string(), "gene": pa.string(), "class": pa.string(), "raw": pa.string()},
    "mrd": {"patient_id": pa.string(), "assay": pa.string(), "call": pa.string(), "value_pct": pa.float64(),
            "unit": pa.string(), "raw": pa.string()},
    "courses": {"patient_id": pa.string(), "order": pa.int64(), "token_raw": pa.string(), "n": pa.int64(),
                "drugs": pa.string(), "defined": pa.string(), "note": pa.string()},
    "ae_aggregate": {"term": pa.string(), "grade_band": pa.string(), "k": pa.int64(), "n": pa.int64(),
                     "pct_printed": pa.float64(), "scale": pa.string(), "quote": pa.string()},
    "ae_events": {"patient_id": pa.string(), "term": pa.string(), "grade": pa.int64(), "onset_month": pa.float64(),
                  "serious": pa.string(), "related": pa.string()},
    "provenance": {"patient_id": pa.string(), "table": pa.string(), "variable": pa.string(), "value": pa.string(),
                   "source": pa.string(), "row": pa.string(), "column": pa.string(), "line": pa.string(),
                   "raw": pa.string(), "rule": pa.string()},
    "claims": dict.fromkeys(("id", "where", "claim", "kind", "check", "crude", "follows", "follows_if", "needs",
                             "recomputed", "sentence", "reply"), pa.string()),
}  # fmt: skip
"""Columns each optional table must have, and the type of each."""


def column_values(table: pa.Table, name: str, file: str) -> list[str | None]:
    if name not in table.column_names:
        raise CohortFolderError(
            "a column is missing",
            file=file,
            column=name,
            seen=", ".join(table.column_names),
            remedy="Add the column or take it out of cohort.toml.",
        )
    return table[name].to_pylist()


def typed_values(values: list[str | None], variable: Variable, column: str, file: str) -> pa.Array:
    codes = [level.code for level in variable.levels]
    if variable.kind == "number":
        return numbers_of(values, column, file, variable.bounds)
    if variable.kind == "set":
        sets = [[] if v is None else [part.strip() for part in v.split(SET_SEPARATOR)] for v in values]
        for row, members in enumerate(sets, 1):
            for member in members:
                if member not in codes:
                    raise _not_allowed(file, row, column, member, codes)
        return pa.array(sets, type=pa.list_(pa.string()))
    for row, value in enumerate(values, 1):
        if value is not None and value not in codes:
            raise _not_allowed(file, row, column, value, codes)
    index = {code: i for i, code in enumerate(codes)}
    indices = pa.array([index[NOT_REPORTED if v is None else v] for v in values], type=pa.int32())
    return pa.DictionaryArray.from_arrays(indices, pa.array(codes, type=pa.string()))


def _not_allowed(file: str, row: int, column: str, seen: str, codes: list[str]) -> CohortFolderError:
    return CohortFolderError(
        "not a level of this variable",
        file=file,
        row=row,
        column=column,
        seen=seen,
        allowed=", ".join(codes),
        remedy="Correct the cell, or add the level to cohort.toml.",
    )


def numbers_of(values: list[str | None], column: str, file: str, bounds: tuple[float, float] | None = None) -> pa.Array:
    numbers: list[float | None] = []
    allowed = f"{bounds[0]:g} to {bounds[1]:g}, or an empty cell" if bounds else "a finite number, or an empty cell"
    for row, value in enumerate(values, 1):
        try:
            number = None if value is None else float(value)
        except ValueError:
            raise CohortFolderError(
                "not a number", file=file, row=row, column=column, seen=value, allowed=allowed
            ) from None
        low, high = bounds or (float("-1e300"), float("1e300"))
        if number is not None and not low <= number <= high:
            raise CohortFolderError(
                "outside the limits",
                file=file,
                row=row,
                column=column,
                seen=value,
                allowed=allowed,
                remedy="Correct the cell, or widen bounds in cohort.toml.",
            )
        numbers.append(number)
    return pa.array(numbers, type=pa.float64())


def typed_table(table: pa.Table, columns: dict[str, pa.DataType], file: str, ids: set[str]) -> pa.Table:
    arrays = []
    for name, kind in columns.items():
        values = column_values(table, name, file)
        if kind == pa.string():
            arrays.append(pa.array(values, type=kind))
        elif kind == pa.int64():
            arrays.append(_whole(numbers_of(values, name, file), name, file))
        else:
            arrays.append(numbers_of(values, name, file))
    for row, patient in enumerate(column_values(table, "patient_id", file) if "patient_id" in columns else [], 1):
        if patient not in ids:
            raise CohortFolderError(
                "a patient who is not in the patient table",
                file=file,
                row=row,
                column="patient_id",
                seen=patient or "",
                allowed="an id of patients.csv",
            )
    return pa.Table.from_arrays(arrays, names=list(columns))


def _whole(numbers: pa.Array, column: str, file: str) -> pa.Array:
    for row, value in enumerate(numbers.to_pylist(), 1):
        if value is not None and value != int(value):
            raise CohortFolderError("not a whole number", file=file, row=row, column=column, seen=value)
    return numbers.cast(pa.int64())
