"""A published curve as a small CSV file, its label, source and question in comment lines above the columns.

::

    # label: Placebo, example trial
    # citation: Author A. Journal 2020;1:2–3. doi:10.0000/example
    # endpoint: os
    # origin: diagnosis
    # population: 40 adults with the disease, randomised to placebo
    time,survival,n_risk
    0,100,40
    6,85.0,

The first row is time 0 and says by 1 or 100 whether shares or percentages follow. Nothing is interpolated or mended.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import pyarrow as pa

from cohort.comparator import Comparator
from cohort.dictionary import CohortDefinition
from cohort.errors import CohortFolderError

HEADER = ("label", "citation", "endpoint", "origin", "population")
"""What the comment lines must say, each once."""

LABEL_LENGTH = 40
"""Letters of a label that the figure has room for."""

COLUMNS = (("time", "survival"), ("time", "survival", "n_risk"))


def read_comparator(data: bytes, file: str, definition: CohortDefinition) -> Comparator:
    """Read a published curve.

    Parameters
    ----------
    data : the file's bytes, UTF-8
    file : its name, for messages
    definition : the cohort's data dictionary: the curve names one of its survival endpoints

    Raises
    ------
    CohortFolderError
        One sentence: the row, the value seen, what is allowed. Rows count from 1 below the column names.
    """
    try:
        lines = data.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise CohortFolderError("not UTF-8 text", file=file, remedy="Save it as CSV UTF-8.") from None
    said = _header([line for line in lines if line.startswith("#")], file)
    _check_header(said, file, definition)
    table = _table(list(csv.reader(line for line in lines if line.strip() and not line.startswith("#"))), file)
    return Comparator(
        said["label"], said["citation"], said["endpoint"], table, said["origin"], said["population"], file
    )


def _header(lines: list[str], file: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in lines:
        name, _, text = (part.strip() for part in line.lstrip("#").partition(":"))
        if name not in HEADER or name in found or not text:
            raise CohortFolderError(
                "a comment line is not “# name: text”, or says the same twice",
                file=file,
                seen=line,
                allowed=f"each once: {', '.join(HEADER)}",
            )
        found[name] = text
    missing = [name for name in HEADER if name not in found]
    if missing:
        raise CohortFolderError(
            f"the comment lines do not give {missing[0]}", file=file, remedy=f"Add a line “# {missing[0]}: …”."
        )
    return found


def _check_header(said: dict[str, str], file: str, definition: CohortDefinition) -> None:
    if len(said["label"]) > LABEL_LENGTH:
        raise CohortFolderError(
            "the label is too long for the figure", file=file, seen=said["label"], allowed=f"{LABEL_LENGTH} letters"
        )
    codes = [e.code for e in definition.endpoints if e.kind == "survival"]
    if said["endpoint"] not in codes:
        raise CohortFolderError(
            "not a survival endpoint of this cohort", file=file, seen=said["endpoint"], allowed=", ".join(codes)
        )
    origins = list(dict.fromkeys(e.origin for e in definition.endpoints))
    if said["origin"] not in origins:
        raise CohortFolderError(
            "not a time zero of this cohort", file=file, seen=said["origin"], allowed=", ".join(origins)
        )


def _table(rows: list[list[str]], file: str) -> pa.Table:
    names = tuple(name.strip() for name in rows[0]) if rows else ()
    if names not in COLUMNS:
        raise CohortFolderError(
            "the columns are not those of a published curve",
            file=file,
            seen=", ".join(names),
            allowed=" or ".join(", ".join(c) for c in COLUMNS),
        )
    for row, cells in enumerate(rows[1:], 1):
        if len(cells) != len(names):
            raise CohortFolderError(
                "a row has another number of cells", file=file, row=row, seen=len(cells), allowed=str(len(names))
            )
    if len(rows) < 3:
        raise CohortFolderError("a curve needs two rows or more", file=file, seen=len(rows) - 1)
    cells = dict(zip(names, zip(*rows[1:], strict=True), strict=True))
    time, survival = (_numbers(cells[name], name, file) for name in ("time", "survival"))
    at_risk = _numbers(cells.get("n_risk", [""] * len(time)), "n_risk", file, may_be_empty=True)
    whole = survival[0]
    if time[0] != 0 or whole not in (1, 100):
        raise CohortFolderError(
            "the first row is not where every curve starts",
            file=file,
            row=1,
            seen=f"{time[0]:g}, {whole:g}",
            allowed="time 0 with survival 1, or 100 where percentages follow",
        )
    _check(time, "time", file, lambda now, before: now > before, "later than the row above, each time once")
    _check(survival, "survival", file, lambda now, before: 0 <= now <= before, "0 or more, never above the row above")
    known = [(row, n) for row, n in enumerate(at_risk, 1) if n is not None]
    for (_, before), (row, n) in pairwise([(0, math.inf), *known]):
        if n != int(n) or not 0 <= n <= before:
            raise _not_allowed(file, row, "n_risk", n, "a whole number, 0 or more, never above an earlier row")
    return pa.table(
        {
            "time": pa.array(time, pa.float64()),
            "survival": pa.array([value / whole for value in survival], pa.float64()),
            "n_risk": pa.array([None if n is None else int(n) for n in at_risk], pa.int64()),
        }
    )


def _numbers(cells: Sequence[str], column: str, file: str, may_be_empty: bool = False) -> list[float | None]:
    found: list[float | None] = []
    for row, cell in enumerate(cells, 1):
        text = cell.strip()
        try:
            value = None if may_be_empty and not text else float(text)
        except ValueError:
            value = math.nan
        if value is not None and not math.isfinite(value):
            raise _not_allowed(file, row, column, cell, "a number" + (" or an empty cell" if may_be_empty else ""))
        found.append(value)
    return found


def _check(values: list[float], column: str, file: str, allows: Callable[[float, float], bool], words: str) -> None:
    for row, (before, now) in enumerate(pairwise(values), 2):
        if not allows(now, before):
            raise _not_allowed(file, row, column, f"{now:g}", words)


def _not_allowed(file: str, row: int, column: str, seen: object, allowed: str) -> CohortFolderError:
    return CohortFolderError("not allowed here", file=file, row=row, column=column, seen=seen, allowed=allowed)
