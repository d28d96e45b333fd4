"""Excel workbooks (.xlsx, .xlsm): every sheet that holds a table is one.

Cells come as the values Excel stored: a formula is never computed, its last result is read. Merged cells hold their
value in every cell they cover. A heading merged over several columns goes before the names under it ("OS" over "time"
gives "OS time"). What a workbook says of its own size is not believed: rows are counted as they are read.
"""

from __future__ import annotations

import datetime
import io
import itertools
import re
import warnings
import zipfile

import pyarrow as pa

from cohort.errors import UploadError
from cohort.readers.archive import open_zip
from cohort.readers.limits import LIMITS, UploadLimits
from cohort.readers.raw import RawTable
from cohort.readers.text_table import clean_name, header_row, text_table

_LAST_ROW = 1_048_576
_HEAD = 30
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_NO_RESULT = re.compile(rb"(?:</f>|<f\s[^>]*/>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>")

Merge = tuple[int, int, int, int]
"""First row, first column, last row, last column, counted from 0."""


def read_excel(file: str, data: bytes, notes: list[str], limits: UploadLimits = LIMITS) -> list[RawTable]:
    """Read every sheet that holds a table.

    Parameters
    ----------
    file, data : name and bytes
    notes : what was understood is added here, one sentence each

    Returns
    -------
    list of RawTable
        Named as the file, and as "file: sheet" where there are several.

    Raises
    ------
    UploadError
        Not a workbook, too large, or no sheet holds a table.
    """
    import openpyxl

    with open_zip(file, data, limits) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and validations that do not matter here
        try:
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
            sheets = [(clean_name(s.title), *_sheet(file, s, archive, limits)) for s in book.worksheets]
        except (UploadError, MemoryError):
            raise
        except Exception as problem:  # openpyxl raises whatever its parts raise when a part is damaged
            raise UploadError(
                f"not a workbook that can be read ({str(problem)[:80] or type(problem).__name__})",
                file=file,
                remedy="Save it again as .xlsx, or the sheet as CSV.",
            ) from None
    filled = [(title, rows, merges, lacking) for title, rows, merges, lacking in sheets if rows]
    tables, refused = [], []
    for title, rows, merges, lacking in filled:
        name = file if len(filled) == 1 else f"{file}: {title}"
        said: list[str] = []
        try:
            tables.append(_table(name, rows, merges, said, limits))
        except UploadError as problem:
            refused.append(problem)
            continue
        notes += said
        if lacking:
            notes.append(
                f"{name}: formula cells without a stored result: {lacking}; they are read as empty. Open and save the "
                "file in a spreadsheet program to store the results."
            )
    if not tables:
        raise refused[0] if refused else UploadError("every sheet is empty", file=file, remedy="Fill in a sheet.")
    notes += [f"Left out: {problem}" for problem in refused]
    return tables


def _sheet(
    file: str, sheet, archive: zipfile.ZipFile, limits: UploadLimits
) -> tuple[list[list[str | None]], list[Merge], int]:
    """Cells of one sheet as text, rows of equal length, with its merged cells and its formulas without a result."""
    sheet.reset_dimensions()
    rows: list[list[str | None]] = []
    cells = last = 0
    for row in itertools.islice(sheet.iter_rows(min_row=1, min_col=1, values_only=True), _LAST_ROW):
        texts = [_text(v) for v in row] if any(v is not None for v in row) else []
        while texts and not texts[-1]:
            texts.pop()
        rows.append(texts)
        if texts:
            last, cells = len(rows), cells + len(texts)
            limits.check_table(file, last, len(texts))
            limits.check_cells(file, cells)
    del rows[last:]
    width = max(map(len, rows), default=0)
    limits.check_table(file, last, width)
    for texts in rows:
        texts += [None] * (width - len(texts))
    xml = archive.read(sheet._worksheet_path)  # openpyxl's streaming reader does not tell what is merged
    merges = []
    for first, top, end, bottom in _MERGED.findall(xml):
        box = (int(top) - 1, _column(first), int(bottom) - 1, _column(end))
        if box[0] < last and box[1] < width:
            merges.append((box[0], box[1], min(box[2], last - 1), min(box[3], width - 1)))
    return rows, merges, len(_NO_RESULT.findall(xml))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ", "seconds")
    return str(value)


def _table(file: str, rows: list[list[str | None]], merges: list[Merge], notes: list[str], limits: UploadLimits):
    groups = _merged(rows, merges)
    head = [["" if i in groups else c or "" for c in row] for i, row in enumerate(rows[:_HEAD])]
    index = header_row(head, file)
    groups = sorted(i for i in groups if i < index)
    header = [
        " ".join(dict.fromkeys(filter(None, (clean_name(rows[i][c] or "") for i in (*groups, index)))))
        for c in range(len(rows[index]))
    ]
    if len([c for c in header if c]) < 2:
        raise UploadError(
            "one column only", file=file, seen=header[0], remedy="Hand in a table with a time and a status column."
        )
    if groups:
        notes.append(f"{file}: headings over several columns stand before the names under them.")
    if above := index - len(groups):
        notes.append(f"{file}: rows above the column names left out: {above}.")
    below = rows[index + 1 :]
    columns = [pa.array(cells, pa.string()) for cells in zip(*below, strict=True)] or [pa.array([], pa.string())] * len(
        header
    )
    return text_table(file, header, columns, index + 2, notes)


def _merged(rows: list[list[str | None]], merges: list[Merge]) -> set[int]:
    """Give every merged cell its value, and say which of the first rows hold headings over several columns.

    A merged cell that is alone in its row and begins at the left is a title, and stays one cell.
    """
    groups = set()
    for top, left, bottom, right in merges:
        if right > left and left == 0 and sum(bool(c) for c in rows[top]) == 1:
            continue
        if right > left and top < _HEAD:
            groups.add(top)
        for row in rows[top : bottom + 1]:
            row[left : right + 1] = [rows[top][left]] * (right - left + 1)
    return groups
