"""Tables as files. Text that a spreadsheet would run as a formula is disarmed."""

from __future__ import annotations

import csv
import io

import pyarrow as pa

from cohort.exports.printable import disarmed


def csv_bytes(table: pa.Table | list[dict]) -> bytes:
    """A table as UTF-8 CSV with a byte-order mark, so that spreadsheets read it as UTF-8.

    String cells that begin like a formula get a leading apostrophe (OWASP ASVS 5, 1.2.10); numbers are untouched.
    """
    rows = table.to_pylist() if isinstance(table, pa.Table) else table
    names = table.column_names if isinstance(table, pa.Table) else list(rows[0]) if rows else []
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([_safe(n) for n in names])
    writer.writerows([_safe(row[n]) for n in names] for row in rows)
    return ("\ufeff" + out.getvalue()).encode("utf-8")


def _safe(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, str):
        return disarmed(value)
    return ";".join(map(str, value)) if isinstance(value, list) else value
