"""What a single column most likely is: a filter, a number, a set, an outcome, or nothing to use."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

import numpy as np
import pyarrow as pa

from cohort.mapping import cells
from cohort.mapping.meanings import says_event, says_no_event
from cohort.mapping.roles import ColumnRole, Value
from cohort.mapping.words import (
    AFTER,
    AGE_BAND,
    BEFORE_MAINTENANCE,
    EMAIL,
    HAPPENED,
    ID,
    NUMBERING,
    ORDERS,
    OUTCOME,
    PHONE,
    PRIVATE,
    PROGNOSTIC,
    ROMAN,
    STAGE,
    TREATMENT,
    words_of,
)
from cohort.readers.raw import RawColumn, RawTable
from cohort.readers.text import level_key

MAX_LEVELS = 12
"""Different values up to which a column of text is proposed as a filter."""
FEW_CODES = 5
"""Different digits up to which a column is read as codes rather than as a quantity."""
MOSTLY = 0.8
"""Share of cells that must be numbers, or hold a separator, for a column of text to be read so."""
LONG_TEXT = 30
"""Mean length in characters from which text is free text; twice that where few cells differ."""
SEPARATORS = (";", "|", ", ")


def column_role(table: RawTable, column: RawColumn) -> ColumnRole:
    """Propose what one column of a patient table is used for.

    Returns
    -------
    ColumnRole
        "filter", "treatment", "outcome" or "skip"; the reason says why where it is skipped. Columns that look like
        something that identifies a person, and free text, are skipped.
    """
    found = cells.counted(column.values)
    label = column.label if column.label != column.name else ""
    base = {"table": table.name, "column": column.name, "label": label, "unit": column.unit}
    private = looks_private(column, found) or _record_number(column, found)
    if private:
        return ColumnRole(**base, role="skip", private=True, reason=f"looks like {private}")
    if len(found) <= MAX_LEVELS and len(set(cells.spellings(found).values())) < 2:
        what = "only one value" if found else "no value"
        return ColumnRole(**base, role="skip", reason=f"{what}: it cannot part the patients")
    if pa.types.is_date(column.values.type):
        return ColumnRole(**base, role="skip", reason="a date; no endpoint uses it")
    shape = _shape(column, found)
    if shape["kind"] == "skip":
        return ColumnRole(**base, role="skip", reason=shape["reason"])
    name = f"{words_of(column.name)} {words_of(label)}".strip()
    return ColumnRole(
        **base, **shape, role=_role(name, found if shape["kind"] == "category" else ()), known_at=_known_at(name)
    )


def looks_private(column: RawColumn, found: dict[str, int]) -> str:
    """What a column looks like that may identify a person, "" if nothing. Labels count as much as names."""
    for name in (words_of(column.name), words_of(column.label)):
        for what, pattern in PRIVATE.items():
            if pattern.search(name):
                return what
    if column.levels or not pa.types.is_string(column.values.type) or not found:
        return ""
    for what, pattern in (("an e-mail address", EMAIL), ("a telephone number", PHONE)):
        if 2 * sum(n for t, n in found.items() if pattern.fullmatch(t.strip())) > sum(found.values()):
            return what
    length = sum(len(t) * n for t, n in found.items()) / sum(found.values())
    return "free text" if length > (LONG_TEXT if len(found) > MAX_LEVELS else 2 * LONG_TEXT) else ""


def _record_number(column: RawColumn, found: dict[str, int]) -> str:
    """Whether a column numbers its rows, as record numbers do."""
    name = words_of(column.name)
    numbers_rows = len(found) > FEW_CODES and max(found.values()) == 1 and NUMBERING.search(name)
    is_id = len(found) > MAX_LEVELS and any(re.fullmatch(pattern, name) for pattern in ID)
    return "a record number" if numbers_rows or is_id else ""


def _shape(column: RawColumn, found: dict[str, int]) -> dict:
    """Kind, levels and separator of a column."""
    if column.levels:
        return {"kind": "category", "levels": levels(found, column.levels)}
    numbers = cells.numbers(column.values, lenient=True)
    bands = not np.isfinite(cells.numbers(column.values)).any() and len(found) <= MAX_LEVELS  # "18-64", "> 64"
    if np.isfinite(numbers).sum() >= MOSTLY * sum(found.values()) and not bands:
        distinct = np.unique(numbers[np.isfinite(numbers)])
        codes = len(distinct) <= FEW_CODES and bool(np.isin(distinct, range(10)).all())
        return {"kind": "category", "levels": levels(found)} if codes else {"kind": "number"}
    for separator in SEPARATORS:
        within = cells.members(found, separator)
        parted = sum(n for t, n in found.items() if separator in t)
        if parted and len(within) < len(found) and len(within) <= 40 and max(within.values()) > 1:
            return {"kind": "set", "levels": levels(within), "separator": separator}
    if len(found) <= 4 * MAX_LEVELS and len(set(cells.spellings(found).values())) <= MAX_LEVELS:
        return {"kind": "category", "levels": levels(found)}
    return {"kind": "skip", "reason": f"{len(found)} different values: too many for a filter"}


def levels(found: dict[str, int], labelled: dict[str, str] | None = None) -> tuple[Value, ...]:
    """Levels of a column in display order.

    The order is the format's where it labels its values; else a recognised one (low < high, stages, grades, age
    bands, numbers, no < yes); else the alphabet, so that it does not depend on the rows.
    """
    labelled = dict(labelled or {})
    values = list(cells.spellings(found, labelled).values())
    rest = ordered(v for v in dict.fromkeys(values) if v not in labelled)
    return (*(Value(v, str(t) or v) for v, t in labelled.items() if v in values), *(Value(v, v.strip()) for v in rest))


def ordered(values: Iterable[str]) -> list[str]:
    """Values in the order a clinician reads them."""
    values = list(values)
    keys = [words_of(v.replace("ı", "i")) for v in values]
    for order in ORDERS:
        if set(keys) <= set(order):
            return [v for _, v in sorted(zip([order.index(k) for k in keys], values, strict=True))]
    for rank in (_number_rank, _stage_rank, _band_rank):
        ranks = [rank(v) for v in values]
        if all(r is not None for r in ranks):
            return [v for _, v in sorted(zip(ranks, values, strict=True))]
    return sorted(values, key=level_key)


def _number_rank(value: str) -> tuple | None:
    number = cells.number_in(value)
    return None if math.isnan(number) else (number,)


def _stage_rank(value: str) -> tuple | None:
    match = STAGE.fullmatch(words_of(value))
    return None if match is None else (ROMAN.get(match[1]) or float(match[1]), match[2])


def _band_rank(value: str) -> tuple | None:
    match = AGE_BAND.fullmatch(level_key(value))
    if match is None:
        return None
    return float(match[2]), {"<": -1, "≤": -1, "<=": -1, "under": -1, None: 0}.get(match[1], 1)


def _role(name: str, found: Iterable[str]) -> str:
    vital = any(says_event(t) and HAPPENED.search(words_of(t)) for t in found) and any(map(says_no_event, found))
    if (OUTCOME.search(name) or vital) and not PROGNOSTIC.search(name):
        return "outcome"
    return "treatment" if TREATMENT.search(name) else "filter"


def _known_at(name: str) -> str:
    if AFTER.search(name):
        return "after"
    return "maintenance" if BEFORE_MAINTENANCE.search(name) else "diagnosis"
