"""Several files as one, and cells letter for letter."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest a zip can hold: the same selection gives the same bytes at any time


def zip_bytes(files: Mapping[str, bytes]) -> bytes:
    """Files by name as a .zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def verbatim_csv(columns: Mapping[str, Sequence]) -> bytes:
    """Columns as UTF-8 CSV that reads back to the same text; an empty cell where there is no value.

    Unlike :func:`cohort.exports.table.csv_bytes`, which is for people and spreadsheets, nothing is put before a cell
    that begins like a formula: a program that reads the file gets what was there, and only that.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([cell_text(v) for v in row] for row in zip(*columns.values(), strict=True))
    return out.getvalue().encode("utf-8")


def cell_text(value: object) -> str:
    """One value as text: the shortest number that reads back the same, members of a set separated by ";"."""
    if value is None:
        return ""
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    return ";".join(value) if isinstance(value, list) else str(value)
