"""Delimited text: comma, semicolon, tab or pipe.

Encoding: a byte order mark decides; else UTF-8 if the bytes are; else UTF-16 if every other byte is zero; else GB 18030
if all of at least four other letters are pairs of GB 2312; else Windows-1252. The choice is noted, so that a wrong one
is seen. A row with more or fewer cells than the header is refused with its number, never shifted (SECURITY.md 0.5).
"""

from __future__ import annotations

import codecs
import csv
import io
import itertools
from collections import Counter
from collections.abc import Collection, Iterable, Iterator

import pyarrow as pa

from cohort.errors import UploadError
from cohort.readers.column_types import MISSING
from cohort.readers.limits import LIMITS, UploadLimits
from cohort.readers.raw import RawTable
from cohort.readers.text_table import header_row, text_table

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NAMES = {"utf-8": "UTF-8", "gb18030": "GB 18030", "cp1252": "Windows-1252"}
_HEAD = 50


def decoded(data: bytes, file: str) -> tuple[str, str]:
    """Text of a file and the name of its encoding.

    Raises
    ------
    UploadError
        The bytes are no text.
    """
    mark, encoding = next(((m, e) for m, e in _BYTE_ORDER_MARKS if data.startswith(m)), (b"", ""))
    encoding = encoding or _encoding(data)
    try:
        text = data[len(mark) :].decode(encoding)
    except UnicodeDecodeError as problem:
        raise _no_text(file, f"byte {problem.start + 1} does not belong to {encoding.upper()}") from None
    if "\0" in text:
        raise _no_text(file, "a NUL character")
    return text.replace("\r\n", "\n").replace("\r", "\n"), _NAMES.get(encoding, encoding.upper())


def _encoding(data: bytes) -> str:
    head = data[:4096]
    if len(head) > 3 and head[1::2].count(0) * 2 > len(head[1::2]):
        return "utf-16-le"
    if len(head) > 3 and head[0::2].count(0) * 2 > len(head[0::2]):
        return "utf-16-be"
    for encoding in ("utf-8", "gb2312"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "utf-8" or sum(not c.isascii() for c in text) >= 4:
            return "utf-8" if encoding == "utf-8" else "gb18030"
    return "cp1252"


def _no_text(file: str, seen: str) -> UploadError:
    return UploadError(
        "not a text file",
        file=file,
        seen=seen,
        allowed="CSV or tab-separated text in UTF-8, UTF-16 or Windows-1252",
        remedy="Save it as CSV in UTF-8, or hand in the original file.",
    )


def delimiter(text: str, file: str) -> str:
    """The delimiter that gives most of the first rows the same number of cells.

    Raises
    ------
    UploadError
        There is one column only, whatever the delimiter.
    """
    best = (0.0, 0, "")
    for candidate in DELIMITERS:
        rows = itertools.islice(csv.reader(io.StringIO(text), delimiter=candidate), _HEAD)
        try:
            widths = [len(row) for row in rows if any(c.strip() for c in row)]
        except csv.Error:  # a cell without end: not this delimiter
            continue
        width, n = max(Counter(widths).items(), key=lambda item: (item[0] > 1, item[1], item[0]), default=(0, 0))
        if width > 1:
            best = max(best, (n / len(widths), width, candidate))
    if not best[1]:
        raise UploadError(
            "one column only: no comma, semicolon, tab or vertical bar separates cells",
            file=file,
            seen=text.strip().partition("\n")[0][:60],
            remedy="Hand in a table with at least a time and a status column.",
        )
    return best[2]


def _told(rows: Iterable[list[str]], file: str, before: int) -> Iterator[list[str]]:
    """Rows as they are read, with a refusal where the quotes do not match or a cell is beyond 131,072 characters."""
    number = 0
    try:
        for number, row in enumerate(rows, 1):  # noqa: B007 - names the last row that was read
            yield row
    except csv.Error as problem:
        raise UploadError(
            f"this row is not well formed ({problem})",
            file=file,
            row=before + number + 1,
            allowed="cells with a delimiter, a quote or a line break in double quotes, and a quote doubled",
            remedy="Mend that row, or export the table again.",
        ) from None


def read_delimited(
    file: str,
    data: bytes,
    notes: list[str],
    *,
    missing: Collection[str] = MISSING,
    text_columns: Collection[str] = (),
    quotes: bool = True,
    before: int = 0,
    limits: UploadLimits = LIMITS,
) -> RawTable:
    """Read one delimited file.

    Parameters
    ----------
    file, data : name and bytes
    notes : what was understood is added here, one sentence each
    missing : words that say that there is no value
    text_columns : columns that the format declares as text
    quotes : whether double quotes hold cells together, as in CSV
    before : rows of the file above these bytes

    Raises
    ------
    UploadError
        Not text, one column only, no row of names, a row of another length, or too large.
    """
    text, encoding = decoded(data, file)
    separator = delimiter(text, file)
    quoting = csv.QUOTE_MINIMAL if quotes else csv.QUOTE_NONE
    rows = _told(csv.reader(io.StringIO(text), delimiter=separator, strict=True, quoting=quoting), file, before)
    head = []
    for row in itertools.islice(rows, _HEAD):
        limits.check_table(file, 0, len(row))
        head.append(row)
    above = header_row(head, file, before)
    header = head[above]
    first_row = before + above + 2
    columns = _columns(itertools.chain(head[above + 1 :], rows), len(header), first_row, file, limits)
    notes.append(f"{file}: cells separated by {DELIMITERS[separator]}, {encoding}.")
    if above:
        notes.append(f"{file}: rows above the column names left out: {above}.")
    return text_table(file, header, columns, first_row, notes, missing, separator == ";", text_columns)


def _columns(rows: Iterable[list[str]], width: int, first_row: int, file: str, limits: UploadLimits) -> list[pa.Array]:
    held, blank = [], [""] * width
    for number, row in enumerate(rows, first_row):
        if len(row) != width and row:
            raise UploadError(
                f"this row has {len(row)} cells, there are {width} column names",
                file=file,
                row=number,
                seen=", ".join(row)[:80],
                allowed="the same number of cells in every row, quotes around a cell that holds the delimiter",
                remedy="Mend that row.",
            )
        held.append(row or blank)
        limits.check_table(file, len(held), width)
    return [pa.array(cells, pa.string()) for cells in zip(*held, strict=True)] or [pa.array([], pa.string())] * width
