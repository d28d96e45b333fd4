"""What a file holds before anybody has said what it means: tables of columns with the labels their format carries.

Every foreign format is read into this one shape. Nothing is interpreted here beyond what the format itself declares
(value labels, units, missing codes); roles are given in the mapping step.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa


@dataclass(frozen=True, eq=False)
class RawColumn:
    """One column as read.

    Attributes
    ----------
    name : as printed in the file, unique within its table
    values : Arrow array of string, float64, int64, bool or date32; null where the cell is empty or declared missing
    label, unit : what the format says beside the name (SPSS variable label, cBioPortal header, ADaM label), or ""
    levels : value code -> label in the format's order, where the format carries value labels
    missing : codes the format declares as missing (already null in ``values``)
    unread : cells of a column of dates that are no date and null in ``values``: (row, counted from 0, and the cell)
    doubt : why a column that seems to hold dates stays text, in a sentence without its end; "" elsewhere
    """

    name: str
    values: pa.Array
    label: str = ""
    unit: str = ""
    levels: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    unread: tuple[tuple[int, str], ...] = ()
    doubt: str = ""


@dataclass(frozen=True, eq=False)
class RawTable:
    """One table of a file: ``name`` is the file or sheet, ``first_row`` the file's row number of the first data row."""

    name: str
    columns: tuple[RawColumn, ...]
    first_row: int = 2

    @property
    def rows(self) -> int:
        """Number of data rows."""
        return len(self.columns[0].values) if self.columns else 0

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in file order."""
        return tuple(c.name for c in self.columns)

    def column(self, name: str) -> RawColumn:
        """The column with this name. Raises KeyError."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name!r}; it has {', '.join(self.names)}")


@dataclass(frozen=True, eq=False)
class Upload:
    """Everything that was handed in together.

    Attributes
    ----------
    format : "csv", "excel", "parquet", "feather", "arrow", "spss", "stata", "sas", "xpt", "adam", "cbioportal",
        "redcap" or "folder" (our own layout; then ``files`` holds its files and ``tables`` is empty)
    notes : what was understood about the files, one sentence each (delimiter, encoding, sheets, rows left out)
    digest : SHA-256 of all files, name and content
    files : our own layout's files by name
    """

    format: str
    tables: tuple[RawTable, ...]
    notes: tuple[str, ...] = ()
    digest: str = ""
    files: Mapping[str, bytes] = field(default_factory=dict)

    def table(self, name: str) -> RawTable:
        """The table with this name. Raises KeyError."""
        for table in self.tables:
            if table.name == name:
                return table
        raise KeyError(f"there is no table {name!r}; there are {', '.join(t.name for t in self.tables)}")
