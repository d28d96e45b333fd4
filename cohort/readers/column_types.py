"""Columns of text cells to numbers, dates or truth values, where every cell says the same; else they stay text.

Nothing is guessed: a column is typed only if all its cells fit, and what was understood, or why a column stays text, is
returned as codes of :data:`REASONS`. Only dates may leave a few cells unread, each returned with its place: one
"ca. 03/2019" must neither pass for a day nor cost the column. Work is done once a distinct cell.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cohort.readers.date_forms import DOUBTS, DateForms
from cohort.readers.date_forms import REASONS as DATE_REASONS

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
    "beside": "words beside numbers or dates are read as not reported in {columns} (seen: {seen})",
    "thousands": "{columns} kept as text: the comma may be decimal or separate thousands (seen: {seen})",
    "no number": "{columns} kept as text: not every cell is a plain number (seen: {seen})",
    **DATE_REASONS,
    **DOUBTS,
}
"""Code of what was understood: the sentence, with the columns and one cell."""

_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$"
_WHOLE = r"^[+-]?\d+$"
_COMMA = r"^[+-]?\d+,\d+$"
_THOUSANDS = r"^[+-]?[1-9]\d{0,2},\d{3}$"
_CODE = r"^([+-]?0\d+|[+-]?\d{16,})$"  # "007" is an id, and so is what a float cannot hold exactly


@dataclass(frozen=True, eq=False)
class Typed:
    """Values with the words that were read as missing, what was understood, and what could not be.

    Attributes
    ----------
    values : int64, float64, bool, date32, or string with the cells as they were (space around them too)
    missing : words read as missing
    said : codes of :data:`REASONS`, each with one cell
    unread : cells of a column of dates that are none, each with its place, counted from 0; null in ``values``
    """

    values: pa.Array
    missing: tuple[str, ...] = ()
    said: tuple[tuple[str, str], ...] = ()
    unread: tuple[tuple[int, str], ...] = ()


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
    """
    if isinstance(cells, pa.ChunkedArray):
        cells = cells.combine_chunks()
    encoded = cells.dictionary_encode()
    trimmed = pc.utf8_trim_whitespace(encoded.dictionary)
    absent = pc.is_in(trimmed, pa.array(sorted({*missing, ""}), pa.string()))
    words = tuple(w for w in trimmed.filter(absent).to_pylist() if w)
    nothing = pa.scalar(None, pa.string())
    plain = pc.replace_substring(pc.if_else(absent, nothing, trimmed), "\u2212", "-")
    count = np.bincount(encoded.indices.drop_null().to_numpy(), minlength=len(plain))
    dates = DateForms(plain, count)
    found = _Form(None) if text else _form(plain, dates, comma)
    if found is None:
        beside = pc.is_in(pc.utf8_lower(plain), pa.array(MISSING_BESIDE_NUMBERS))
        rest = pc.if_else(beside, nothing, plain)
        said = plain.filter(beside).to_pylist()
        dates = DateForms(rest, count) if said else dates
        if rest.null_count < len(rest):
            found = _form(rest, dates, comma) if said else None
            if found is None and dates.nearly_all_dates:
                found = _Form(dates.values, dates.understood, dates.unread)
            if found and found.typed and said:
                words, found = (*words, *said), _Form(found.values, (*found.said, ("beside", said[0])), found.unread)
        found = found or _why_text(plain, dates)
    values = found.values if found.typed else pc.if_else(absent, nothing, encoded.dictionary)
    return Typed(values.take(encoded.indices), words, found.said, _placed(found.unread, encoded))


@dataclass(frozen=True, eq=False)
class _Form:
    """What the distinct cells are, ``values`` None if they stay text; which of them are not read, shape (n,)."""

    values: pa.Array | None
    said: tuple[tuple[str, str], ...] = ()
    unread: np.ndarray | None = None

    @property
    def typed(self) -> bool:
        return self.values is not None


def _placed(unread: np.ndarray | None, encoded: pa.DictionaryArray) -> tuple[tuple[int, str], ...]:
    """The rows that hold a distinct cell which is not read, and the cell."""
    if unread is None or not unread.any():
        return ()
    held = pa.array(unread).take(encoded.indices).fill_null(False).to_numpy(zero_copy_only=False)
    rows = np.flatnonzero(held)
    return tuple(zip(rows.tolist(), encoded.take(pa.array(rows)).cast(pa.string()).to_pylist(), strict=True))


def _all(mask: pa.Array) -> bool:
    return pc.all(mask, skip_nulls=True).as_py()


def _first(cells: pa.Array, mask: pa.Array) -> str:
    return cells.filter(mask.fill_null(False))[0].as_py()


def _form(cells: pa.Array, dates: DateForms, comma: bool) -> _Form | None:
    """Type of the distinct cells, None if they have no form in common."""
    if cells.null_count == len(cells):
        return _Form(cells)
    truth = pc.utf8_lower(cells)
    if _all(pc.is_in(truth, pa.array(["true", "false"]), skip_nulls=False).filter(cells.is_valid())):
        return _Form(pc.equal(truth, "true"))
    if (numbers := _numbers(cells, comma)) is not None:
        return numbers
    return _Form(dates.values, dates.understood) if dates.all_dates else None


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
        return _Form(None, (("thousands", seen),))
    bare = pc.replace_substring_regex(pc.replace_substring(cells, ",", "."), r"^\+", "")
    return _Form(bare.cast(pa.float64()), (("comma", seen),))


def _finite(cells: pa.Array) -> _Form:
    values = cells.cast(pa.float64())
    huge = pc.invert(pc.is_finite(values))
    return _Form(None, (("no number", _first(cells, huge)),)) if pc.any(huge).as_py() else _Form(values)


def _why_text(cells: pa.Array, dates: DateForms) -> _Form:
    """Why a column stays text, where at least half of its distinct cells are numbers or dates."""
    code, seen = dates.doubt
    if code:
        return _Form(None, ((code, seen),))
    number = pc.match_substring_regex(cells, _NUMBER)
    if (pc.sum(number).as_py() or 0) >= max((len(cells) - cells.null_count) / 2, 1):
        other = pc.invert(number)
        return _Form(None, (("no number", _first(cells, other if pc.any(other).as_py() else number)),))
    return _Form(None)
