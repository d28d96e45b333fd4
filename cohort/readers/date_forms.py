"""Dates as people write them: which form each cell of a column has, which day it names, and what is no date.

A cell is a date on its own where it can mean one day only: YYYY-MM-DD, dd.mm.yyyy, 01JAN2020. With slashes or hyphens
("03/04/2020") the column has to show which part is the day; where it does not, or shows both, no such cell is read.
Years of two digits are never read. Cells are the distinct ones, each with the number of times it occurs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

MOSTLY = 0.8
"""Share of the filled cells that must be dates for a column to be read as dates without the others."""
FEWEST = 3
"""Dates there must be for it."""

REASONS = {
    "time": "the time of day is left out in {columns} (seen: {seen})",
    "month first": "dates are read with the month first in {columns} (seen: {seen})",
    "forms": "dates written in more than one form are read in {columns} (seen: {seen})",
}
"""Code of what was understood: the sentence, with the columns and one cell of each kind."""

DOUBTS = {
    "order": "{columns} kept as text: day and month cannot be told apart, use YYYY-MM-DD (seen: {seen})",
    "both orders": "{columns} kept as text: some dates have the day first and some the month, use YYYY-MM-DD (seen: "
    "{seen})",
    "exchanged": "{columns} kept as text: only days up to 12 are stored as dates, as where a spreadsheet program has "
    "exchanged day and month; use YYYY-MM-DD (seen: {seen})",
    "short year": "{columns} kept as text: the year has two digits, write it with four, as in 2021-08-23 (seen: "
    "{seen})",
    "no date": "{columns} kept as text: not every cell is a date; use YYYY-MM-DD, and leave empty what is not known "
    "(seen: {seen})",
}
"""The same for why a column of dates stays text; the cells are among those that stand in the way."""

_TIME = r"(?P<time>(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?[AaPp][Mm])?(?:Z|[+-]\d{2}:?\d{2})?)?)$"
_ISO = r"^(?P<y>[12]\d{3})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})" + _TIME
_DOTTED = r"^(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>[12]\d{3})" + _TIME
_NAMED = r"^(?P<d>\d{1,2})[- ]?(?P<m>[A-Za-z]{3})[- ]?(?P<y>[12]\d{3})" + _TIME
_SLASHED = r"^(?P<a>\d{1,2})[/-](?P<b>\d{1,2})[/-](?P<y>[12]\d{3})" + _TIME
_SLASHED_SHORT = r"^(?P<a>\d{1,2})[/-](?P<b>\d{1,2})[/-](?P<y>\d{2})" + _TIME
_SHORT_YEAR = r"^(?:\d{1,2}[./-]\d{1,2}[./-]\d{2}|\d{1,2}[- ]?[A-Za-z]{3}[- ]?\d{2})" + _TIME
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS_A_YEAR = 12


@dataclass(frozen=True, eq=False)
class DateForms:
    """The distinct cells of a column seen as dates.

    Attributes
    ----------
    cells : string array, shape (n,), null where there is nothing
    count : int array, shape (n,): how often each occurs
    """

    cells: pa.Array
    count: np.ndarray

    @property
    def all_dates(self) -> bool:
        """Whether every filled cell is a date."""
        return bool(self._filled.any()) and not self.unread.any()

    @property
    def nearly_all_dates(self) -> bool:
        """Whether so many are that the few others may be left unread, each named to the owner."""
        dates = self.count[self._read].sum()
        return not self._exchanged and dates >= max(FEWEST, MOSTLY * self.count[self._filled].sum())

    @cached_property
    def unread(self) -> np.ndarray:
        """Filled cells that are not read as dates: bool array, shape (n,)."""
        return self._filled & ~self._read

    @property
    def values(self) -> pa.Array:
        """The days: date32 array, null where a cell is no date."""
        return pa.array(self._days, pa.date32(), mask=~self._read)

    @property
    def understood(self) -> tuple[tuple[str, str], ...]:
        """What was understood of the cells that are read: codes of :data:`REASONS` and cells."""
        said = []
        if self._order == "month first":
            said.append(("month first", self._first(self._read & self._slashed)))
        if (timed := self._read & self._timed).any():
            said.append(("time", self._first(timed)))
        kinds = [mask for mask in self._forms if (mask & self._read).any()]
        if len(kinds) > 1:
            said.append(("forms", ", ".join(self._first(mask & self._read) for mask in kinds)))
        return tuple(said)

    @property
    def doubt(self) -> tuple[str, str]:
        """Why the column stays text, where half of its distinct cells look like dates: a code of :data:`DOUBTS` and a
        cell; what most cells suffer from is named. Two empty strings where they do not."""
        short = self._filled & _matches(self.cells, _SHORT_YEAR)
        alike = short | np.any(self._forms, axis=0)
        if not alike.any() or 2 * alike.sum() < self._filled.sum():
            return "", ""
        if self._exchanged:
            return "exchanged", self._first(self._left_as_text)
        doubtful = self.unread & self._slashed if self._order in ("order", "both orders") else np.zeros_like(short)
        found = {self._order: doubtful, "short year": short, "no date": self.unread & ~short & ~doubtful}
        code = max(found, key=lambda c: self.count[found[c]].sum())
        if code == "both orders":
            return code, ", ".join(self._first(self._slashed & (p > _MONTHS_A_YEAR)) for p in self._parts[3][:2])
        return code, self._first(found[code])

    def _first(self, mask: np.ndarray) -> str:
        return self.cells[int(np.flatnonzero(mask)[0])].as_py()

    # ---- each cell -------------------------------------------------------------------------------------------------

    @cached_property
    def _filled(self) -> np.ndarray:
        return self.cells.is_valid().to_numpy(zero_copy_only=False)

    @cached_property
    def _parts(self) -> list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]]:
        """By form: day, month and year as written (the first two in their order with slashes), whether the cell has
        this form, and whether a time of day stands behind it."""
        return [_taken_apart(self.cells, p) for p in (_ISO, _DOTTED, _NAMED, _SLASHED)]

    @cached_property
    def _forms(self) -> list[np.ndarray]:
        return [held for *_, held, _ in self._parts]

    @property
    def _slashed(self) -> np.ndarray:
        return self._forms[3]

    @property
    def _timed(self) -> np.ndarray:
        return np.any([timed for *_, timed in self._parts], axis=0)

    @cached_property
    def _order(self) -> str:
        """What the cells with slashes say of their order: "" for the day first, or a code. A day that can only be read
        one way shows it; any cell that can only be read the other way takes that back."""
        first, second, year, held, _ = self._parts[3]
        if not held.any():
            return ""
        day_first, month_first = (
            held & (day > _MONTHS_A_YEAR) & (day <= 31) & (month <= _MONTHS_A_YEAR)
            for day, month in ((first, second), (second, first))
        )
        if day_first.any() and month_first.any():
            return "both orders"
        if (day_first & _real(year, second, first)).any():
            return ""
        return "month first" if (month_first & _real(year, first, second)).any() else "order"

    @cached_property
    def _left_as_text(self) -> np.ndarray:
        """Cells that a spreadsheet program has left as text where it took the month for the day: it makes dates of
        those in which both are possible, wrongly, so that these are all it leaves. Elsewhere none: shape (n,)."""
        day, _, _, stored, _ = self._parts[0]
        either, text = np.zeros((2, len(self.cells)), bool)
        for first, second, _, held, _ in (self._parts[3], _taken_apart(self.cells, _SLASHED_SHORT)):
            either |= held & (first <= _MONTHS_A_YEAR) & (second <= _MONTHS_A_YEAR)
            text |= held
        return text & (stored.any() and not either.any() and bool((day[stored] <= _MONTHS_A_YEAR).all()))

    @property
    def _exchanged(self) -> bool:
        return bool(self._left_as_text.any())

    @cached_property
    def _dated(self) -> tuple[np.ndarray, np.ndarray]:
        """Days since 1970-01-01 and whether the cell is read, each of shape (n,)."""
        days, read = np.zeros(len(self.cells), np.int32), np.zeros(len(self.cells), bool)
        for form, (day, month, year, held, _) in enumerate(self._parts):
            if form == 3 and (self._exchanged or self._order in ("order", "both orders")):
                continue
            if form == 3 and self._order == "month first":
                day, month = month, day
            real = held & _real(year, month, day)
            days[real] = _day(year[real], month[real], day[real]).astype(np.int64)
            read |= real
        return days, read

    @property
    def _days(self) -> np.ndarray:
        return self._dated[0]

    @property
    def _read(self) -> np.ndarray:
        return self._dated[1]


def _matches(cells: pa.Array, pattern: str) -> np.ndarray:
    return pc.match_substring_regex(cells, pattern).fill_null(False).to_numpy(zero_copy_only=False)


def _taken_apart(cells: pa.Array, pattern: str) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    parts = pc.extract_regex(cells, pattern)
    held = parts.is_valid().to_numpy(zero_copy_only=False)
    part = {field.name: parts.field(i) for i, field in enumerate(parts.type)}
    if pattern is _NAMED:
        month = pc.add(pc.index_in(pc.utf8_lower(part["m"]), pa.array(_MONTHS)), pa.scalar(1, pa.int32()))
        part["m"] = month.cast(pa.string())
    day, month, year = (
        pc.if_else(parts.is_valid(), part[name], pa.scalar(None, pa.string()))
        .cast(pa.int64())
        .fill_null(0)
        .to_numpy(zero_copy_only=False)
        for name in (("a", "b", "y") if "a" in part else ("d", "m", "y"))
    )
    timed = pc.greater(pc.utf8_length(part["time"]), 0).fill_null(False).to_numpy(zero_copy_only=False)
    return day, month, year, held, held & timed


def _month(year: np.ndarray, month: np.ndarray) -> np.ndarray:
    return ((year - 1970) * 12 + month - 1).astype("datetime64[M]")


def _day(year: np.ndarray, month: np.ndarray, day: np.ndarray) -> np.ndarray:
    return _month(year, month).astype("datetime64[D]") + (day - 1)


def _real(year: np.ndarray, month: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Whether there is such a day: bool array."""
    begins = _month(year, month)
    length = ((begins + 1).astype("datetime64[D]") - begins.astype("datetime64[D]")).astype(int)
    return (month >= 1) & (month <= 12) & (day >= 1) & (day <= length)
