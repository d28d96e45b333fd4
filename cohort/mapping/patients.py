"""Uploaded rows brought together by patient, each value with the row it came from."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cohort.mapping import cells
from cohort.mapping.roles import ColumnRole, Mapping, MappingError, TableUse, Value
from cohort.mapping.words import AGE, AGE_LIMITS, words_of
from cohort.readers.raw import RawColumn, RawTable, Upload
from cohort.readers.text import collapse_space


def repair_code(action: str, *what: str) -> str:
    """Code of a repair: what is done, and to what."""
    return ":".join((action, *what))


@dataclass(frozen=True, eq=False)
class PatientColumn:
    """One column by patient: values as read, and the row each is in, counted from 0; -1 where there is none."""

    values: pa.Array | np.ndarray
    index: np.ndarray


@dataclass(frozen=True, eq=False)
class Patients:
    """The patients of an upload under a mapping. ``accepted`` holds the codes of the repairs to apply."""

    upload: Upload
    mapping: Mapping
    accepted: Collection[str] = ()
    _kept: dict = field(default_factory=dict, repr=False)

    def raw(self, table: str, column: str | None = None) -> RawTable | RawColumn:
        """A table, or a column of one, by name. Raises MappingError where the upload does not have it."""
        try:
            found = self.upload.table(table)
            return found if column is None else found.column(column)
        except KeyError as unknown:
            raise MappingError(f"The mapping does not fit these files: {unknown.args[0]}.") from None

    def file_row(self, table: str, index: int) -> int:
        """Row number in the file of a table's row."""
        return int(self.raw(table).first_row + index)

    @cached_property
    def base(self) -> TableUse:
        """The table that says who is in the cohort."""
        if not self.mapping.tables:
            raise MappingError("No table holds the patients. Name the table with one row a patient.")
        return self.mapping.tables[0]

    @cached_property
    def ids(self) -> list[str]:
        """Patients as uploaded, in order of their first row."""
        rows = self.raw(self.base.table).rows
        if not self.base.id:
            return [str(i) for i in range(1, rows + 1)]
        return list(dict.fromkeys(i for i in self._ids(self.base).to_pylist() if i is not None))

    @cached_property
    def shown_ids(self) -> list[str]:
        """Patients as the cohort calls them."""
        return [str(i) for i in range(1, len(self.ids) + 1)] if self.mapping.running_ids else self.ids

    def _ids(self, use: TableUse) -> pa.Array:
        read = cells.text(self.raw(use.table, use.id).values)
        return cells.replaced(read, {t: collapse_space(t) or None for t in pc.unique(read).to_pylist() if t})

    def use(self, table: str) -> TableUse:
        """How a table is joined. Raises MappingError where it is not among the patients' tables."""
        for use in (*self.mapping.tables, self.mapping.event_table):
            if use is not None and use.table == table:
                return use
        raise MappingError(f"Table {table!r} is not joined to the patients. Name its column of patient ids.")

    def positions(self, table: str) -> np.ndarray:
        """Place of each row's patient in :attr:`ids`, -1 for nobody: int array, shape (rows,)."""
        return self._once(("positions", table), lambda: self._find(self.use(table)))

    def _find(self, use: TableUse) -> np.ndarray:
        if not use.id:
            if use.table != self.base.table:
                raise MappingError(f"Table {use.table!r} has no column of patient ids. Name it, or skip its columns.")
            return np.arange(len(self.ids))
        return pc.index_in(self._ids(use), pa.array(self.ids, pa.string())).fill_null(-1).to_numpy()

    def _once(self, key: tuple, build: Callable[[], Any]) -> Any:
        """An answer that is computed at most once."""
        if key not in self._kept:
            self._kept[key] = build()
        return self._kept[key]

    def column(self, table: str, name: str, where: tuple[str, str] | None = None) -> PatientColumn:
        """One column by patient: the first row of each, or the first that is filled where the table says so."""
        return self._once(("column", table, name, where), lambda: self._column(table, name, where))

    def _column(self, table: str, name: str, where: tuple[str, str] | None) -> PatientColumn:
        values, position = self.raw(table, name).values, self.positions(table)
        usable = position >= 0
        if where is not None:
            usable = usable & self.matches(table, where)
        if self.use(table).rule == "fill":
            usable = usable & cells.text(values).is_valid().to_numpy(zero_copy_only=False)
        rows = np.flatnonzero(usable)
        index = np.full(len(self.ids), -1)
        index[position[rows][::-1]] = rows[::-1]  # written backwards, so that the first row stays
        return PatientColumn(values.take(pa.array(index, pa.int64(), mask=index < 0)), index)

    def unread(self, table: str, name: str, where: tuple[str, str] | None = None) -> np.ndarray:
        """Patients with a cell of this column that the reader could not make out, and none that it could.

        Bool array, shape (n,).
        """
        found = np.zeros(len(self.ids), dtype=bool)
        rows = np.array([row for row, _ in self.raw(table, name).unread], dtype=int)
        if where is not None:
            rows = rows[self.matches(table, where)[rows]]
        place = self.positions(table)[rows]
        found[place[place >= 0]] = True
        return found & ~self.column(table, name, where).values.is_valid().to_numpy(zero_copy_only=False)

    def matches(self, table: str, where: tuple[str, str]) -> np.ndarray:
        """Rows in which a column holds a value: bool array, shape (rows,)."""
        held = pc.equal(cells.text(self.raw(table, where[0]).values), where[1])
        return held.fill_null(False).to_numpy(zero_copy_only=False)

    # ---- with repairs ----------------------------------------------------------------------------------------------

    def texts(self, role: ColumnRole) -> PatientColumn:
        """Cells of a coded column as text, spellings read as one where that was accepted."""
        column = self.column(role.table, role.column)
        if repair_code("fold", role.table, role.column) in self.accepted:
            return PatientColumn(self.folded(role.table, role.column, column.values, role.levels), column.index)
        return PatientColumn(cells.text(column.values), column.index)

    def folded(self, table: str, column: str, values: pa.Array, levels: tuple[Value, ...]) -> pa.Array:
        """Cells as text, each spelling of a value read as the one in ``levels``, or as the plainest."""
        found = cells.counted(self.raw(table, column).values)
        return cells.replaced(cells.text(values), cells.spellings(found, [v.value for v in levels]))

    def numbers(self, table: str, column: str, where: tuple[str, str] | None = None) -> PatientColumn:
        """Cells of a number column, NaN where there is none; units read and impossible ages emptied as accepted."""
        found = self.column(table, column, where)
        numbers = cells.numbers(found.values, repair_code("number", table, column) in self.accepted)
        if repair_code("empty", table, column) in self.accepted:
            numbers = np.where(impossible_age(self.raw(table, column), numbers), np.nan, numbers)
        return PatientColumn(numbers, found.index)


def impossible_age(column: RawColumn, numbers: np.ndarray) -> np.ndarray:
    """Which numbers of a column of ages are no age: bool array, shape (n,)."""
    if not AGE.search(words_of(column.name)):
        return np.zeros(len(numbers), dtype=bool)
    return (numbers < AGE_LIMITS[0]) | (numbers > AGE_LIMITS[1])
