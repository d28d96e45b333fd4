"""Columns of text cells to numbers, dates or truth values, where every cell says the same; else they stay text.

Nothing is guessed: a column is typed only if all its cells fit one form, and what was understood, or why a column stays
text, is returned as a code of :data:`REASONS`. Work is done once a distinct cell, so cost depends on these.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

MISSING = (
    "", "NA", "N/A", "n/a", "#N/A", "NaN", "nan", "NULL", "null", ".", "Inf", "-Inf", "inf", "-inf",
    "#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!",
    "[Not Available]", "[Not Applicable]", "[Not Evaluated]", "[Unknown]", "[Pending]", "[Discrepancy]", "[Null]",
)  # fmt: skip
"""Cells that say that there is no value: R, SAS and SQL exports, spreadsheet errors, TCGA. Letter for letter."""

MISSING_BESIDE_NUMBERS = ("unknown", "not reported", "not done", "not known", "missing", "nd", "-", "–", "—", "?")
"""Cells, in any case, that say so only where every other cell is a number or a date; elsewhere they may be a level."""

REASONS = {
    "comma": "a decimal comma is read in {columns} (seen: {seen})",
    "time": "the time of day is left out in {columns} (seen: {seen})",
    "month first": "dates are read with the month first in {columns} (seen: {seen})",
    "beside": "words beside numbers or dates are read as not reported in {columns} (seen: {seen})",
    "thousands": "{columns} kept as text: the comma may be decimal or separate thousands (seen: {seen})",
    "order": "{columns} kept as text: day and month cannot be told apart, use YYYY-MM-DD (seen: {seen})",
    "no date": "{columns} kept as text: not every cell is a date of the same form (seen: {seen})",
    "no number": "{columns} kept as text: not every cell is a plain number (seen: {seen})",
}
"""Code of what was understood: the sentence, with the columns and one cell."""

_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$"
_WHOLE = r"^[+-]?\d+$"
_COMMA = r"^[+-]?\d+,\d+$"
_THOUSANDS = r"^[+-]?[1-9]\d{0,2},\d{3}$"
_CODE = r"^([+-]?0\d+|[+-]?\d{16,})$"  # "007" is an id, and so is what a float cannot hold exactly

_TIME = r"(?P<time>(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?[AaPp][Mm])?(?:Z|[+-]\d{2}:?\d{2})?)?)$"
_ISO = r"^(?P<y>[12]\d{3})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})" + _TIME
_DOTTED = r"^(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>[12]\d{3})" + _TIME
_NAMED = r"^(?P<d>\d{1,2})[- ]?(?P<m>[A-Za-z]{3})[- ]?(?P<y>[12]\d{3})" + _TIME
_SLASHED = r"^(?P<a>\d{1,2})[/-](?P<b>\d{1,2})[/-](?P<y>[12]\d{3})" + _TIME
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True, eq=False)
class Typed:
    """Values with the words that were read as missing, and what was understood: a code of REASONS and one cell."""

    values: pa.Array
    missing: tuple[str, ...] = ()
    reason: str = ""
    seen: str = ""


def typed(cells: pa.Array, missing: Collection[str] = MISSING, comma: bool = False, text: bool = False) -> Typed:
    """Type one column.

    Parameters
    ----------
    cells : string array, shape (n,), null or "" where a cell is empty
    missing : words that say that there is no value, letter for letter
    comma : "1,234" is one and a bit, as the file separates its cells by semicolons
    text : the file declares the column as text, so it stays text

    Returns
    -------
    Typed
        ``values`` is int64, float64, bool, date32, or string with the cells as they were (space around them too).
    """
    if isinstance(cells, pa.ChunkedArray):
        cells = cells.combine_chunks()
    encoded = cells.dictionary_encode()
    trimmed = pc.utf8_trim_whitespace(encoded.dictionary)
    absent = pc.is_in(trimmed, pa.array(sorted({*missing, ""}), pa.string()))
    words = tuple(w for w in trimmed.filter(absent).to_pylist() if w)
    nothing = pa.scalar(None, pa.string())
    plain = pc.replace_substring(pc.if_else(absent, nothing, trimmed), "\u2212", "-")
    found = _Form(None) if text else _form(plain, comma)
    if found is None:
        beside = pc.is_in(pc.utf8_lower(plain), pa.array(MISSING_BESIDE_NUMBERS))
        rest = pc.if_else(beside, nothing, plain)
        if pc.any(beside).as_py() and rest.null_count < len(rest) and (found := _form(rest, comma)) and found.typed:
            said = plain.filter(beside).to_pylist()
            words, found = (*words, *said), _Form(found.values, found.reason or "beside", found.seen or said[0])
    if found is None:
        found = _why_text(plain)
    values = found.values if found.typed else pc.if_else(absent, nothing, encoded.dictionary)
    return Typed(values.take(encoded.indices), words, found.reason, found.seen)


@dataclass(frozen=True, eq=False)
class _Form:
    """What the distinct cells are, ``values`` None if they stay text for a stated reason."""

    values: pa.Array | None
    reason: str = ""
    seen: str = ""

    @property
    def typed(self) -> bool:
        return self.values is not None


def _all(mask: pa.Array) -> bool:
    return pc.all(mask, skip_nulls=True).as_py()


def _first(cells: pa.Array, mask: pa.Array) -> str:
    return cells.filter(mask.fill_null(False))[0].as_py()


def _form(cells: pa.Array, comma: bool) -> _Form | None:
    """Type of the distinct cells, None if they have no form in common."""
    if cells.null_count == len(cells):
        return _Form(cells)
    truth = pc.utf8_lower(cells)
    if _all(pc.is_in(truth, pa.array(["true", "false"]), skip_nulls=False).filter(cells.is_valid())):
        return _Form(pc.equal(truth, "true"))
    return _numbers(cells, comma) or _dates(cells)


def _numbers(cells: pa.Array, comma: bool) -> _Form | None:
    if pc.any(pc.match_substring_regex(cells, _CODE)).as_py():
        codes = pc.match_substring_regex(cells, _WHOLE)
        return _Form(None) if _all(codes) else None
    number = pc.match_substring_regex(cells, _NUMBER)
    if _all(number):
        bare = pc.replace_substring_regex(cells, r"^\+", "")
        if _all(pc.match_substring_regex(bare, _WHOLE)):
            return _Form(bare.cast(pa.int64()))
        return _finite(bare)
    decimal = pc.match_substring_regex(cells, _COMMA)
    if not _all(pc.or_(decimal, pc.match_substring_regex(cells, _WHOLE))):
        return None
    seen = _first(cells, decimal)
    if not comma and _all(pc.match_substring_regex(cells.filter(decimal), _THOUSANDS)):
        return _Form(None, "thousands", seen)
    bare = pc.replace_substring_regex(pc.replace_substring(cells, ",", "."), r"^\+", "")
    return _Form(bare.cast(pa.float64()), "comma", seen)


def _finite(cells: pa.Array) -> _Form:
    values = cells.cast(pa.float64())
    huge = pc.invert(pc.is_finite(values))
    return _Form(None, "no number", _first(cells, huge)) if pc.any(huge).as_py() else _Form(values)


def _dates(cells: pa.Array) -> _Form | None:
    for pattern in (_ISO, _DOTTED, _NAMED, _SLASHED):
        parts = pc.extract_regex(cells, pattern)
        if parts.null_count == cells.null_count:
            break
    else:
        return None
    part = {field.name: parts.field(i) for i, field in enumerate(parts.type)}
    present, reason = cells.is_valid(), ""
    if "a" in part:
        first, second = (pc.max(part[k].filter(present).cast(pa.int32())).as_py() for k in ("a", "b"))
        if first <= 12 and second <= 12:
            return _Form(None, "order", _first(cells, present))
        month_first = second > 12
        part["m"], part["d"] = (part["a"], part["b"]) if month_first else (part["b"], part["a"])
        reason = "month first" if month_first else ""
    elif pattern is _NAMED:
        index = pc.index_in(pc.utf8_lower(part["m"]), pa.array(_MONTHS))
        part["m"] = pc.add(index, pa.scalar(1, pa.int32())).cast(pa.string()).fill_null("0")
    day, month = (pc.utf8_lpad(part[k], 2, "0") for k in ("d", "m"))
    text = pc.if_else(present, pc.binary_join_element_wise(part["y"], month, day, "-"), pa.scalar(None, pa.string()))
    try:
        values = text.cast(pa.date32())
    except pa.ArrowInvalid:
        return _Form(None, "no date", _no_day(cells, text))
    timed = pc.greater(pc.utf8_length(part["time"]), 0)
    if pc.any(timed).as_py():
        return _Form(values, reason or "time", _first(cells, timed))
    return _Form(values, reason, _first(cells, present) if reason else "")


def _no_day(cells: pa.Array, text: pa.Array) -> str:
    """The first cell that names a day which does not exist."""
    for cell, day in zip(cells.to_pylist(), text.to_pylist(), strict=True):
        try:
            pa.scalar(day, pa.string()).cast(pa.date32())
        except pa.ArrowInvalid:
            return cell
    return ""


def _why_text(cells: pa.Array) -> _Form:
    """Why a column stays text, where at least half of its distinct cells are numbers or dates."""
    shapes = [pc.match_substring_regex(cells, p) for p in (_ISO, _DOTTED, _NAMED, _SLASHED)]
    date = pc.or_(pc.or_(shapes[0], shapes[1]), pc.or_(shapes[2], shapes[3]))
    number = pc.match_substring_regex(cells, _NUMBER)
    half = (len(cells) - cells.null_count) / 2
    for reason, shape in (("no date", date), ("no number", number)):
        if (pc.sum(shape).as_py() or 0) >= max(half, 1):
            other = pc.invert(shape)
            return _Form(None, reason, _first(cells, other if pc.any(other).as_py() else shape))
    return _Form(None)
