"""What a file is, by its first bytes and never by its name."""

from __future__ import annotations

from cohort.errors import UploadError
from cohort.readers import arrow_files, statistical
from cohort.readers.archive import is_workbook, is_zip

_REFUSED = (
    (b"\xd0\xcf\x11\xe0", "an Excel file of before 2007 (.xls), or one with a password", "Save it as .xlsx."),
    (b"%PDF", "a PDF", "Hand in the table as CSV or Excel."),
    (b"\x1f\x8b", "compressed by gzip, as R's .rds and .RData are", "Save the table as CSV, or use .zip."),
    (b"Rar!", "a .rar archive", "Use .zip."),
    (b"7z\xbc\xaf", "a .7z archive", "Use .zip."),
    (b"\x89PNG", "a picture", "Hand in the table as CSV or Excel."),
    (b"\xff\xd8\xff", "a picture", "Hand in the table as CSV or Excel."),
    (b"SQLite format 3", "a database", "Export the table as CSV."),
    (b"\x80\x04\x95", "a Python pickle, which may run code", "Save the table as CSV or Parquet."),
    (b"\x80\x05\x95", "a Python pickle, which may run code", "Save the table as CSV or Parquet."),
    (arrow_files.FEATHER_1, "Feather version 1", "Save it as Feather version 2 or Parquet."),
)
_READ = (
    (arrow_files.PARQUET, "parquet"),
    (arrow_files.IPC_FILE, "arrow"),
    (arrow_files.IPC_STREAM, "arrow"),
    (statistical.SAV, "spss"),
    (statistical.SAS7BDAT, "sas"),
    (statistical.XPT, "xpt"),
)
_MARKUP = ((b"<", "a web page or XML"), (b"{", "JSON"), (b"[{", "JSON"), (b"[[", "JSON"))
FORMATS = "CSV and other delimited text, Excel (.xlsx), Parquet, Feather, Arrow, SPSS, Stata, SAS, or a .zip of these"


def content_kind(file: str, data: bytes) -> str:
    """Kind of a file.

    Returns
    -------
    str
        "zip", "excel", "parquet", "feather", "arrow", "spss", "stata", "sas", "xpt", or "text" for everything else:
        whether that is a table shows when it is read.

    Raises
    ------
    UploadError
        A kind that is known and not read.
    """
    if is_zip(data):
        return _zip_kind(file, data)
    for begin, what, remedy in _REFUSED:
        if data.startswith(begin):
            raise UploadError(f"the file is {what}", file=file, allowed=FORMATS, remedy=remedy)
    for begin, kind in _READ:
        if data.startswith(begin):
            named_feather = kind == "arrow" and file.lower().endswith((".feather", ".ftr"))
            return "feather" if named_feather else kind
    if statistical.is_stata(data):
        return "stata"
    begin = data[:200].removeprefix(b"\xef\xbb\xbf").lstrip()
    for mark, what in _MARKUP:
        if begin.startswith(mark):
            raise UploadError(f"the file is {what}", file=file, allowed=FORMATS, remedy="Export the table as CSV.")
    return "text"


def _zip_kind(file: str, data: bytes) -> str:
    if not is_workbook(data):
        return "zip"
    if b"xl/workbook.xml" in data:
        return "excel"
    raise UploadError(
        "the file is a document, or a spreadsheet of another kind (.xlsb, .ods)",
        file=file,
        allowed=FORMATS,
        remedy="Save the sheet as .xlsx or CSV.",
    )
