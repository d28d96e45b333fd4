"""Rows of text, as a delimited file or a sheet holds them, to one table: column names found, empty rows left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cohort.errors import UploadError
from cohort.readers.column_types import MISSING, REASONS, typed
from cohort.readers.date_forms import DOUBTS
from cohort.readers.raw import RawColumn, RawTable
from cohort.readers.text import collapse_space

NAME_LENGTH = 120
_SHOWN = 4
_UNREAD_SHOWN = 5
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_NUMERIC = re.compile(r"[+-]?[\d.,]+")


def clean_name(text: str) -> str:
    """A name in one line of visible characters, cut at 120."""
    return collapse_space(_CONTROL.sub(" ", text))[:NAME_LENGTH]


def header_row(rows: Sequence[Sequence[str]], file: str, before: int = 0) -> int:
    """Index of the row that holds the column names.

    Rows above it may only be titles: empty, or with one filled cell where the table has more than two columns.

    Parameters
    ----------
    rows : the first rows, each with its cells as text
    before : rows of the file above these

    Raises
    ------
    UploadError
        No row names the columns, or what stands above the table is more than titles.
    """
    usual = Counter(len(row) for row in rows if any(c.strip() for c in row)).most_common(1)
    same = [row for row in rows if usual and len(row) == usual[0][0]]
    width = sum(any(c.strip() for c in column) for column in zip(*same, strict=True))
    for index, row in enumerate(rows):
        filled = [c for c in row if c.strip()]
        if not filled or (len(filled) == 1 and width > 2) or (len(row) == 1 and width == 2):
            continue
        if len(filled) * 2 < width:
            raise UploadError(
                f"this row is neither a title nor the column names: it has {len(filled)} filled cells, the table below "
                f"has {width} columns",
                file=file,
                row=before + index + 1,
                seen=filled[0],
                allowed="one row with a name for each column",
                remedy="Take out the rows above the column names, and give every column a name.",
            )
        if all(_NUMERIC.fullmatch(c.strip()) for c in filled):
            raise UploadError(
                "there is no row of column names: the first row holds numbers",
                file=file,
                row=before + index + 1,
                seen=", ".join(filled[:_SHOWN]),
                remedy="Put a row with the names of the columns above the values.",
            )
        return index
    raise UploadError(
        "there is no row of column names", file=file, remedy="Hand in a table with a row of names on top."
    )


def named(header: Sequence[str], file: str, notes: list[str]) -> list[str]:
    """Column names, each once: an empty one is called by its place, a repeated one gets a number; both are noted."""
    names, unnamed, repeated = [], [], []
    for place, text in enumerate(header):
        name = stem = clean_name(text) or f"column {place + 1}"
        if not clean_name(text):
            unnamed.append(name)
        number = 1
        while name in names:
            number += 1
            name = f"{stem} ({number})"
        if number > 1:
            repeated.append(name)
        names.append(name)
    if unnamed:
        notes.append(f"{file}: columns without a name are called {listed(unnamed)}.")
    if repeated:
        notes.append(f"{file}: column names that occur twice are told apart as {listed(repeated)}.")
    return names


def text_table(
    file: str,
    header: Sequence[str],
    columns: Sequence[pa.Array],
    first_row: int,
    notes: list[str],
    missing: Collection[str] = MISSING,
    comma: bool = False,
    text: Collection[str] = (),
) -> RawTable:
    """One table of typed columns.

    Parameters
    ----------
    file : name of the file or sheet
    header : column names as printed; columns without name and cells are left out
    columns : string arrays, each of shape (rows,)
    first_row : the file's number of the first of these rows
    notes : what was understood is added here, one sentence each
    missing, comma : see :func:`cohort.readers.column_types.typed`
    text : names of columns that stay text

    Raises
    ------
    UploadError
        There is no row of values.
    """
    filled = [_filled(c) for c in columns]
    used = [i for i, f in enumerate(filled) if f.any() or (i < len(header) and header[i].strip())]
    columns, filled = [columns[i] for i in used], [filled[i] for i in used]
    header = [header[i] if i < len(header) else "" for i in used]
    per_row = np.sum(filled, axis=0, dtype=np.int64) if filled else np.zeros(0, np.int64)
    keep = _rows_of_values(per_row, len(columns), file, first_row, notes)
    if not keep.any():
        raise UploadError(
            "there are column names but no row of values", file=file, remedy="Add the rows, one a patient."
        )
    start = int(np.flatnonzero(keep)[0])
    if not keep.all():
        columns = [c.filter(pa.array(keep)) for c in columns]
    names = named(header, file, notes)
    return RawTable(
        file, _typed_columns(file, names, columns, notes, missing, comma, text, first_row + start), first_row + start
    )


def _typed_columns(
    file: str,
    names: Sequence[str],
    columns: Sequence[pa.Array],
    notes: list[str],
    missing: Collection[str],
    comma: bool,
    text: Collection[str],
    first_row: int,
) -> tuple[RawColumn, ...]:
    """Columns typed one by one; what was understood is noted once for all columns it holds for."""
    made, said, absent = [], {}, Counter()
    for name, cells in zip(names, columns, strict=True):
        found = typed(cells, missing, comma, name in text)
        doubt = "; ".join(_sentence(code, [name], seen) for code, seen in found.said if code in DOUBTS)
        made.append(RawColumn(name, found.values, missing=found.missing, unread=found.unread, doubt=doubt))
        absent.update(found.missing)
        for code, seen in found.said:
            said.setdefault(code, []).append((name, seen))
    if absent:
        words = ", ".join(f"{w!r}" for w, _ in absent.most_common(_SHOWN))
        notes.append(f"{file}: {words} {'is' if len(absent) == 1 else 'are'} read as not reported.")
    for reason, found in said.items():
        notes.append(f"{file}: {_sentence(reason, [n for n, _ in found], found[0][1])}.")
    for column in (c for c in made if c.unread):
        n = len(column.unread)
        shown = ", ".join(f"row {first_row + i} {cell[:40]!r}" for i, cell in column.unread[:_UNREAD_SHOWN])
        more = f" and {n - _UNREAD_SHOWN} more" if n > _UNREAD_SHOWN else ""
        what = "1 cell is not, and counts" if n == 1 else f"{n} cells are not, and count"
        notes.append(f"{file}: '{column.name}' is read as dates; {what} as empty ({shown}{more}).")
    return tuple(made)


def _sentence(reason: str, names: Sequence[str], seen: str) -> str:
    return REASONS[reason].format(columns=listed(names), seen=repr(seen[:60]))


def listed(names: Sequence[str]) -> str:
    """Names in quotes, the first four and how many more."""
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(f"'{n}'" for n in names[:_SHOWN]) + more


def _filled(cells: pa.Array) -> np.ndarray:
    there = pc.greater(pc.utf8_length(pc.utf8_trim_whitespace(cells)), 0).fill_null(False)
    return there.to_numpy(zero_copy_only=False)


def _rows_of_values(per_row: np.ndarray, width: int, file: str, first_row: int, notes: list[str]) -> np.ndarray:
    """Which rows hold values: not the empty ones, and not lines of text below the table and a gap."""
    rows = np.flatnonzero(per_row)
    end = len(rows)
    while width > 2 and end and per_row[rows[end - 1]] == 1:
        end -= 1
    while end < len(rows) and (end == 0 or rows[end] == rows[end - 1] + 1):
        end += 1  # no gap: still the table
    if end < len(rows):
        n, at = len(rows) - end, first_row + rows[end]
        notes.append(f"{file}: lines of text below the table left out: {n}, from row {at}.")
    if end and (empty := int(rows[end - 1] - rows[0] + 1 - end)):
        notes.append(f"{file}: empty rows between the rows left out: {empty}; rows are counted without them.")
    keep = np.zeros(len(per_row), dtype=bool)
    keep[rows[:end]] = True
    return keep
