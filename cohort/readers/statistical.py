"""SPSS (.sav, .zsav), Stata (.dta) and SAS (.sas7bdat, .xpt) through ReadStat (pyreadstat), with their labels.

Value labels become levels, in the order of the file; values declared as missing become null, and are listed. A number
column without fractions is int64, so that its codes read "1" and not "1.0". Dates keep the day only.
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cohort.errors import UploadError
from cohort.readers.limits import LIMITS, UploadLimits
from cohort.readers.raw import RawColumn, RawTable
from cohort.readers.text_table import clean_name, listed, named

SAV = (b"$FL2", b"$FL3")
XPT = (b"HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!", b"HEADER RECORD*******LIBV8   HEADER RECORD!!!!!!!")
SAS7BDAT = bytes(12) + bytes.fromhex("c2ea8160b31411cfbd92080009c7318c181f1011")
STATA = b"<stata_dta>"
_STATA_VERSIONS = range(104, 116)  # before 117 the first byte is the version, the second the byte order


def is_stata(data: bytes) -> bool:
    """Whether bytes begin like a .dta file."""
    old = len(data) > 4 and data[0] in _STATA_VERSIONS and data[1] in (1, 2) and data[2] == 1 and data[3] == 0
    return data.startswith(STATA) or old


def read_statistical(file: str, data: bytes, kind: str, notes: list[str], limits: UploadLimits = LIMITS) -> RawTable:
    """Read one file of a statistics package.

    Parameters
    ----------
    file, data : name and bytes
    kind : "spss", "stata", "sas" or "xpt"
    notes : what was understood is added here, one sentence each

    Raises
    ------
    UploadError
        Damaged, too large, or without rows.
    """
    import pyreadstat

    readers = {
        "spss": lambda source, **how: pyreadstat.read_sav(source, user_missing=True, **how),
        "stata": pyreadstat.read_dta,
        "sas": pyreadstat.read_sas7bdat,
        "xpt": pyreadstat.read_xport,
    }
    held, meta = _read(file, data, readers[kind], limits)
    names = named([name or "" for name in meta.column_names], file, notes)
    columns = tuple(_column(n, old, held[old], meta) for n, old in zip(names, meta.column_names, strict=True))
    if not columns or not len(columns[0].values):
        raise UploadError("there is no column or no row of values", file=file, remedy="Hand in the whole table.")
    if declared := [c.name for c in columns if c.missing]:
        notes.append(f"{file}: values declared as missing are not reported in {listed(declared)}.")
    if labelled := [c.name for c in columns if c.levels]:
        notes.append(f"{file}: value labels are kept in {listed(labelled)}.")
    return RawTable(file, columns, first_row=1)


def _read(file: str, data: bytes, read: Callable, limits: UploadLimits) -> tuple[Mapping[str, Any], Any]:
    try:
        _, meta = read(io.BytesIO(data), metadataonly=True)
        limits.check_table(file, max(meta.number_rows or 0, 0), len(meta.column_names))
        most = min(limits.rows, limits.cells // max(len(meta.column_names), 1)) + 1
        held, meta = read(io.BytesIO(data), output_format="dict", row_limit=most)
    except (UploadError, MemoryError):
        raise
    except Exception as problem:  # ReadStat's errors, and what Python raises on dates beyond its calendar
        raise UploadError(
            f"the file is damaged or of a kind that cannot be read ({str(problem)[:100] or type(problem).__name__})",
            file=file,
            remedy="Save it again, or hand in the table as CSV.",
        ) from None
    limits.check_table(file, max((len(v) for v in held.values()), default=0), len(held))
    return held, meta


def _column(name: str, old: str, values: Any, meta: Any) -> RawColumn:
    if (meta.readstat_variable_types or {}).get(old) == "float":
        values = as_typed(np.array([np.nan if v is None else v for v in values], dtype=np.float32))
    array = _array(values)
    codes: tuple[str, ...] = ()
    ranges = (getattr(meta, "missing_ranges", None) or {}).get(old, [])
    if ranges:
        array, codes = _declared_missing(array, ranges)
    labels = (meta.variable_value_labels or {}).get(old, {})
    levels = {_code(k): clean_name(str(v)) for k, v in labels.items()}
    return RawColumn(
        name,
        array,
        label=clean_name((meta.column_names_to_labels or {}).get(old) or ""),
        levels={k: v for k, v in levels.items() if k not in codes},
        missing=codes,
    )


def as_typed(single: np.ndarray) -> np.ndarray:
    """Numbers kept in single precision as they were typed: 5.1, where widening alone gives 5.099999904632568.

    The shortest decimal that stands for the number, which has as many digits as single precision can hold.
    """
    return single.astype(np.float32).astype("U32").astype(float)


def _array(values: Any) -> pa.Array:
    """Values as ReadStat gives them, as string, float64, int64 or date32."""
    values = np.asarray(values)
    if values.dtype.kind == "O" and all(c is None or isinstance(c, int | float) for c in values):
        values = values.astype(float)  # numbers with gaps
    if values.dtype.kind in "fiu":
        numbers = values.astype(float)
        known = np.isfinite(numbers)
        whole = known.any() and not (numbers[known] % 1).any() and np.abs(numbers[known]).max() < 2**53
        if whole:
            return pa.array(np.where(known, numbers, 0).astype(np.int64), mask=~known)
        return pa.array(numbers, mask=~known)
    if values.dtype.kind == "M":
        return pa.array(values.astype("datetime64[D]"))
    cells = values.tolist()
    if all(c is None or isinstance(c, datetime.date) or _is_nothing(c) for c in cells):
        days = [c.date() if isinstance(c, datetime.datetime) else None if _is_nothing(c) else c for c in cells]
        if any(d is not None for d in days):
            return pa.array(days, pa.date32())
    texts = pa.array([None if c is None or _is_nothing(c) else _code(c) for c in cells], pa.string())
    return pc.if_else(pc.equal(pc.utf8_trim_whitespace(texts), ""), pa.scalar(None, pa.string()), texts)


def _is_nothing(value: object) -> bool:
    return isinstance(value, float) and value != value


def _code(value: object) -> str:
    """A value as the text that stands for it: 1.0 is "1"."""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value)


def _declared_missing(values: pa.Array, ranges: list[dict[str, Any]]) -> tuple[pa.Array, tuple[str, ...]]:
    """Values with those in a declared range or list emptied, and which of them occur."""
    hit = pa.array(np.zeros(len(values), dtype=bool))
    for entry in ranges:
        low, high = entry["lo"], entry["hi"]
        if pa.types.is_string(values.type) == isinstance(low, str):
            within = pc.and_(pc.greater_equal(values, low), pc.less_equal(values, high))
            hit = pc.or_(hit, within.fill_null(False))
    codes = tuple(_code(v) for v in pc.unique(values.filter(hit)).to_pylist())
    return pc.if_else(hit, pa.scalar(None, values.type), values), codes
