"""Cells of an uploaded column as text, numbers or dates, and the repairs that may be applied to them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cohort.readers.text import close_hyphens, collapse_space, fold_confusables, level_key

_NUMBER = re.compile(r"[<>≤≥~]?=? ?([+-]?\d+(?:[.,]\d+)?(?:e[+-]?\d+)?) ?([^\d]{0,15})", re.IGNORECASE)


def text(values: pa.Array) -> pa.Array:
    """Cells as text, null where there is nothing: whole numbers without a decimal point, dates as YYYY-MM-DD."""
    if pa.types.is_floating(values.type):
        values = pc.if_else(pc.is_finite(values), values, pa.scalar(None, values.type))
    values = pc.cast(values, pa.string())
    return pc.if_else(pc.equal(pc.utf8_trim_whitespace(values), ""), pa.scalar(None, pa.string()), values)


def numbers(values: pa.Array, lenient: bool = False) -> np.ndarray:
    """Cells as numbers, NaN where a cell is empty or no number: float array, shape (n,).

    ``lenient`` also reads a number beside a unit or a "<" ("< 0.01 %" is 0.01, the limit itself) and a decimal comma.
    """
    if pa.types.is_string(values.type):
        encoded = values.dictionary_encode()
        read = [number_in(t, lenient) for t in encoded.dictionary.to_pylist()]
        found = np.array([*read, np.nan], dtype=float)[encoded.indices.fill_null(len(read)).to_numpy()]
    elif pa.types.is_date(values.type):
        found = np.full(len(values), np.nan)
    else:
        found = pc.cast(values, pa.float64(), safe=False).to_numpy(zero_copy_only=False)
    return np.where(np.isfinite(found), found, np.nan)


def number_in(cell: str, lenient: bool = False) -> float:
    """The number a cell of text holds, NaN if none."""
    try:
        return float(cell) if "_" not in cell else np.nan
    except ValueError:
        match = _NUMBER.fullmatch(cell.strip().replace("\u2212", "-")) if lenient else None
        return float(match[1].replace(",", ".")) if match else np.nan


def dates(values: pa.Array) -> np.ndarray:
    """Cells as days, NaT where a cell is empty or no date: datetime64[D] array, shape (n,)."""
    if not pa.types.is_date(values.type):
        return np.full(len(values), np.datetime64("NaT", "D"))
    return pc.cast(values, pa.date32()).to_numpy(zero_copy_only=False).astype("datetime64[D]")


def counted(values: pa.Array) -> dict[str, int]:
    """Distinct cells as text with how often each occurs, in order of appearance."""
    found = text(values).drop_null().value_counts()
    return dict(zip(found.field(0).to_pylist(), found.field(1).to_pylist(), strict=True))


def spellings(found: dict[str, int], preferred: Iterable[str] = ()) -> dict[str, str]:
    """Each spelling and the one it is read as.

    Spellings that differ in case, space, hyphens or look-alike letters only are one value. It is spelled as in
    ``preferred``, else in plain letters, else as most cells do, else as it comes first.
    """
    known = {level_key(p): p for p in reversed(list(preferred))}
    alike: dict[str, list[str]] = {}
    for spelling in found:
        alike.setdefault(level_key(spelling), []).append(spelling)
    return {
        spelling: known.get(key) or max(group, key=lambda s: (_is_plain(s), found[s]))
        for key, group in alike.items()
        for spelling in group
    }


def _is_plain(spelling: str) -> bool:
    return spelling == close_hyphens(fold_confusables(collapse_space(spelling)))


def replaced(values: pa.Array, by: dict[str, str | None]) -> pa.Array:
    """Text cells with each value replaced by what it stands for."""
    encoded = values.dictionary_encode()
    table = pa.array([by.get(t, t) for t in encoded.dictionary.to_pylist()], pa.string())
    return table.take(encoded.indices)


def members(found: Counter[str] | dict[str, int], separator: str) -> Counter[str]:
    """Members of sets written in cells, with how many cells hold each."""
    out: Counter[str] = Counter()
    for cell, n in found.items():
        for member in set(split(cell, separator)):
            out[member] += n
    return out


def split(cell: str, separator: str) -> list[str]:
    """Members of one cell, each once, in order."""
    return list(dict.fromkeys(part.strip() for part in cell.split(separator) if part.strip()))
