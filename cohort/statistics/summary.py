"""Table 1: who the patients are, by variable, level and group; and how much of it is reported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from cohort.dictionary import NOT_REPORTED, CohortDefinition, Variable
from cohort.statistics.life_table import nullable

TOTAL = "__total__"
"""Group of the column that holds everybody; it comes before the groups."""

_SUMMARY = ("median", "q1", "q3", "min", "max")
_PROBABILITIES = np.array([0.5, 0.25, 0.75, 0.0, 1.0])


@dataclass(frozen=True, eq=False)
class Characteristics:
    """The rows of Table 1 and who is in each: what a patient table says before anybody is selected.

    A redraw needs only :func:`table_one`; reading costs more and depends on the cohort alone, so keep the result.

    Attributes
    ----------
    rows : ((variable, part, level), …); ``part`` is "level", "summary" or "missing", ``level`` None but for "level"
    member : float array, shape (rows, N): 1 where the patient counts in the row (a "summary" counts who has a value)
    reported : float array, shape (rows, N): 1 where the patient has a value of the row's variable
    values : float array by number variable, shape (N,); NaN where not reported
    """

    rows: tuple[tuple[str, str, str | None], ...]
    member: np.ndarray
    reported: np.ndarray
    values: Mapping[str, np.ndarray]

    @classmethod
    def read(
        cls,
        patients: pa.Table,
        definition: CohortDefinition,
        cutoffs: Mapping[str, str] | None = None,
        variables: Sequence[Variable] | None = None,
    ) -> Characteristics:
        """Read them from the whole patient table.

        Parameters
        ----------
        patients : pa.Table, N rows
        definition : the data dictionary the table was read with
        cutoffs : cut-off code by variable name, where it is not the variable's first
        variables : default ``definition.filters``, that is baseline and treatment, never outcomes

        Returns
        -------
        Characteristics
            Rows in the order of the dictionary. A row "missing" ends a variable that anybody lacks: an empty cell, an
            empty set, a number that is null. A level such as "none reported" is a value.
        """
        rows: list[tuple[str, str, str | None]] = []
        member: list[np.ndarray] = []
        reported: list[np.ndarray] = []
        values: dict[str, np.ndarray] = {}
        for variable in definition.filters if variables is None else variables:
            column = patients[variable.column((cutoffs or {}).get(variable.name))]
            if variable.kind == "number":
                values[variable.name] = column.to_numpy()
                known = ~np.isnan(values[variable.name])
                parts = [((variable.name, "summary", None), known)]
            else:
                codes = [level.code for level in variable.levels]
                inside = _members_of_set(column, codes) if variable.kind == "set" else _members(column, codes)
                keep = [i for i, code in enumerate(codes) if code != NOT_REPORTED]
                known = inside[keep].any(axis=0)
                parts = [((variable.name, "level", codes[i]), inside[i]) for i in keep]
            if not known.all():
                parts.append(((variable.name, "missing", None), ~known))
            rows += [row for row, _ in parts]
            member += [who for _, who in parts]
            reported += [known] * len(parts)
        shape = (len(rows), patients.num_rows)
        # float32 counts exactly to 16 million and is multiplied fast
        return cls(
            tuple(rows),
            np.array(member, dtype=np.float32).reshape(shape),
            np.array(reported, dtype=np.float32).reshape(shape),
            values,
        )


def table_one(
    patients: pa.Table,
    definition: CohortDefinition,
    mask: np.ndarray,
    by: Variable | None = None,
    cutoffs: Mapping[str, str] | None = None,
    characteristics: Characteristics | None = None,
) -> pa.Table:
    """Describe the patients in ``mask`` by every baseline and treatment variable, together and by group.

    Parameters
    ----------
    patients : pa.Table, N rows
        The whole patient table: which rows exist does not depend on the mask, so columns of two calls line up.
    definition : the data dictionary the table was read with
    mask : bool array, shape (N,)
    by : category that makes the groups; it is left out of the rows
    cutoffs : cut-off code by variable name, where it is not the variable's first
    characteristics : read before with the same patients and cut-offs, to save time

    Returns
    -------
    pyarrow.Table
        One row a variable, part, level and group, :data:`TOTAL` before the groups:

        - ``variable``, ``part``, ``level``, ``group``: as in :class:`Characteristics`.
        - ``n``, ``of``, ``share``: patients of the level among those of the group with a value; for "summary" those
          with a value and for "missing" those without, among everybody in the group. ``share`` is null where ``of``
          is 0.
        - ``median``, ``q1``, ``q3``, ``min``, ``max`` of a number, in its unit; null elsewhere and where nobody has
          a value.

    Notes
    -----
    Quartiles are linear interpolations of the order statistics: type 7 of Hyndman RJ, Fan Y. The American Statistician
    1996;50:361–365, the default of R's ``quantile`` and of numpy. No test and no standardised difference is computed:
    groups are described, not compared.
    """
    cutoffs = cutoffs or {}
    found = characteristics or Characteristics.read(patients, definition, cutoffs)
    names, inside = _groups(patients, np.asarray(mask, dtype=bool), by, cutoffs)
    kept = [i for i, row in enumerate(found.rows) if by is None or row[0] != by.name]
    rows = [found.rows[i] for i in kept]
    weights = inside.T.astype(np.float32)
    counted, known = found.member[kept] @ weights, found.reported[kept] @ weights
    is_level = np.array([part == "level" for _, part, _ in rows], dtype=bool)
    of = np.where(is_level[:, None], known, inside.sum(axis=1))
    summary = np.full((len(rows), len(names), len(_SUMMARY)), np.nan)
    for i, (name, part, _) in enumerate(rows):
        if part == "summary":
            summary[i] = _summaries(found.values[name], inside)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(of > 0, counted / of, np.nan)
    columns = {
        name: pa.array([row[k] for row in rows for _ in names], pa.string())
        for k, name in enumerate(("variable", "part", "level"))
    }
    columns["group"] = pa.array(names * len(rows), pa.string())
    columns |= {
        "n": counted.ravel().astype(np.int64),
        "of": of.ravel().astype(np.int64),
        "share": nullable(share.ravel()),
    }
    columns |= {name: nullable(summary[..., k].ravel()) for k, name in enumerate(_SUMMARY)}
    return pa.table(columns)


def completeness(characteristics: Characteristics, mask: np.ndarray) -> pa.Table:
    """How many of the patients in ``mask`` have a value: ``variable``, ``n``, ``of``, one row a variable."""
    first: dict[str, int] = {}
    for i, (name, _, _) in enumerate(characteristics.rows):
        first.setdefault(name, i)
    n = characteristics.reported[list(first.values())] @ np.asarray(mask, dtype=np.float32)
    return pa.table(
        {
            "variable": pa.array(list(first), pa.string()),
            "n": n.astype(np.int64),
            "of": np.full(len(first), int(np.sum(mask)), dtype=np.int64),
        }
    )


def _groups(
    patients: pa.Table, mask: np.ndarray, by: Variable | None, cutoffs: Mapping[str, str]
) -> tuple[list[str], np.ndarray]:
    """Names of the columns and who is in each: bool array, shape (columns, N)."""
    if by is None:
        return [TOTAL], mask[None]
    codes = [level.code for level in by.levels]
    return [TOTAL, *codes], np.vstack([mask, _members(patients[by.column(cutoffs.get(by.name))], codes) & mask])


def _members(column: pa.ChunkedArray, codes: Sequence[str]) -> np.ndarray:
    """Who is in which level of a category: bool array, shape (levels, N)."""
    values = column.combine_chunks()
    known = values.dictionary.to_pylist()
    place = np.array([known.index(c) if c in known else -2 for c in codes], dtype=np.int64)
    return place[:, None] == values.indices.fill_null(-1).to_numpy()


def _members_of_set(column: pa.ChunkedArray, codes: Sequence[str]) -> np.ndarray:
    """Who has which member of a set: bool array, shape (levels, N)."""
    values = column.combine_chunks()
    member = np.zeros((len(codes), len(values)), dtype=bool)
    who, what = values.value_parent_indices().to_numpy(), values.flatten().to_pylist()
    place = {code: i for i, code in enumerate(codes)}
    member[[place[code] for code in what], who] = True
    return member


def _summaries(values: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Median, quartiles and range of each group: float array, shape (groups, 5); NaN where nobody has a value."""
    order = np.argsort(values)  # NaN last
    ordered, who = values[order], (inside & ~np.isnan(values))[:, order]
    found = np.full((len(inside), len(_PROBABILITIES)), np.nan)
    for i, mine in enumerate(who):
        x = ordered[mine]
        if len(x):
            position = (len(x) - 1) * _PROBABILITIES
            below = position.astype(np.int64)
            above = np.minimum(below + 1, len(x) - 1)
            found[i] = x[below] + (position - below) * (x[above] - x[below])
    return found
