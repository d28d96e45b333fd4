"""Disclosure control: what has to be hidden before numbers about few people leave a cohort.

The threshold is set by the owner of the data. 11 is the rule of the US Centers for Medicare & Medicaid Services: no
cell of 1 to 10, nor any value from which one can be derived; 0 may be shown (ResDAC, CMS cell size suppression policy,
2024). Published open data are shown as they are. A threshold stops nobody who is determined: it is the custom of the
field, not a proof.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyarrow as pa
from scipy.sparse.csgraph import dijkstra

from cohort.dictionary import CohortDefinition
from cohort.statistics.life_table import grouped_table, read_rows

_MASKED_ALREADY = 1e-6
"""Price of a cell that is masked anyway: nearly nothing, and fewer such cells are still better."""


@dataclass(frozen=True)
class Policy:
    """What may leave. A policy with threshold 1 hides nothing.

    Attributes
    ----------
    threshold : the smallest number of patients a cell may show, 0 apart
    rounded_curves : whether every step of a curve must rest on ``threshold`` patients
    listing : whether rows of single patients (listing, swimmer, profile, files of the cohort) may be shown
    """

    threshold: int = 11
    rounded_curves: bool = True
    listing: bool = False

    @property
    def hides(self) -> bool:
        """Whether anything is hidden."""
        return self.threshold > 1 or self.rounded_curves or not self.listing


UPLOAD = Policy()
"""For data somebody handed in."""

OPEN = Policy(threshold=1, rounded_curves=False, listing=True)
"""For data anybody can read elsewhere."""


def policy_for(definition: CohortDefinition) -> Policy:
    """OPEN for cohorts that call themselves published or synthetic, UPLOAD for the others.

    Ask this of the program's own cohorts only; whatever ``cohort.toml`` says, an upload is an upload.
    """
    return OPEN if definition.kind in ("published", "synthetic") else UPLOAD


# ---- tables of counts ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Masked:
    """Which counts of a two-way table are masked: bool arrays; one sign stands for all of them.

    Attributes
    ----------
    cells : shape (rows, columns)
    row_totals, column_totals : shapes (rows,) and (columns,)
    total : whether the grand total is masked
    """

    cells: np.ndarray
    row_totals: np.ndarray
    column_totals: np.ndarray
    total: bool

    @property
    def n(self) -> int:
        """Number of masked counts, totals included."""
        return int(self.cells.sum() + self.row_totals.sum() + self.column_totals.sum() + self.total)


def small_cells(counts: np.ndarray, threshold: int) -> Masked:
    """Mask small counts, and others so that no small one follows from the totals.

    Primary suppression masks every count from 1 to ``threshold`` - 1, totals too. Secondary suppression then finds
    for each of them the cheapest cycle of masked counts along which 1 patient can be moved: with 1 more (or less) in
    the small cell, 1 less (or more) in another of its row, and so on until every total that is shown holds again.
    So at least two tables agree with what is shown, and the small count is not determined, even for a reader who knows
    that zeros are never masked. Moving through a count costs that count: what is lost is as little as it can be for
    each cell alone, not for all together.

    Parameters
    ----------
    counts : int array, shape (rows, columns), 0 or more, patients counted once each
        The reader is taken to know the row totals, column totals and grand total unless they are masked. A list with
        its total is a table of one row whose column totals nobody needs: pass shape (n,).
    threshold : int
        The smallest count that may be shown, 0 apart.

    Returns
    -------
    Masked
        For a list ``cells`` has shape (1, n) and ``column_totals`` says the same as ``cells``.

    Raises
    ------
    ValueError
        A negative count, or more than two dimensions.

    Notes
    -----
    Cycles in the graph of rows and columns: Gusfield D. SIAM J Comput 1988;17:552–571; Cox LH. J Am Stat Assoc
    1995;90:1453–1462. Tables that share counts are protected one by one here: hide what is masked in any of them in
    all of them.
    """
    counts = np.asarray(counts)
    if counts.ndim > 2 or (counts < 0).any():
        raise ValueError(f"counts of shape {counts.shape} are not allowed: a list or a table of counts, 0 or more")
    one_row = counts.ndim == 1
    table = np.atleast_2d(counts).astype(np.int64)
    table = np.vstack([table, table.sum(axis=0)])
    table = np.hstack([table, table.sum(axis=1, keepdims=True)])
    masked = (table > 0) & (table < threshold)
    free = np.zeros_like(masked)
    free[-1, :-1] = one_row  # the column totals of a list repeat its cells
    for cell in np.argwhere(masked):
        for along in _cheapest_cycle(table, masked | free, tuple(cell)):
            masked[along] = True
    if one_row:
        masked[-1] = masked[0]  # the grand total is the row's
    return Masked(masked[:-1, :-1], masked[:-1, -1], masked[-1, :-1], bool(masked[-1, -1]))


def _cheapest_cycle(table: np.ndarray, hidden: np.ndarray, cell: tuple[int, int]) -> list[tuple[int, int]]:
    """Cells along which 1 can be moved through ``cell`` with every sum kept, zeros untouched and no other made zero.

    With totals written as negative numbers (the grand total as a positive one) every row and column sums to 0. Steps
    from a row to a column add 1 to their cell, steps from a column to a row take 1 away.
    """
    rows, columns = table.shape
    sign = np.ones_like(table)
    sign[-1], sign[:, -1] = -1, -1
    sign[-1, -1] = 1
    price = np.where(hidden, _MASKED_ALREADY, table).astype(float)
    usable = table > 0
    spare = table > 1
    add = usable & ((sign > 0) | spare)
    take = usable & ((sign < 0) | spare)
    add[cell] = take[cell] = False
    graph = np.zeros((rows + columns, rows + columns))  # nodes: rows, then columns; 0 is no step
    graph[:rows, rows:] = np.where(add, price, 0)
    graph[rows:, :rows] = np.where(take, price, 0).T
    i, j = cell
    found = []
    if sign[cell] > 0 or spare[cell]:
        found.append(_path(graph, rows + j, i))  # 1 more here, then back from the column to the row
    if sign[cell] < 0 or spare[cell]:
        found.append(_path(graph, i, rows + j))
    _, nodes = min(found)
    return [(min(a, b), max(a, b) - rows) for a, b in pairwise(nodes)]


def _path(graph: np.ndarray, start: int, end: int) -> tuple[float, list[int]]:
    """Price and nodes of the cheapest path."""
    price, before = dijkstra(graph, indices=start, return_predecessors=True)
    nodes = [end]
    while nodes[-1] != start and np.isfinite(price[end]):
        nodes.append(int(before[nodes[-1]]))
    return float(price[end]), nodes[::-1]


# ---- curves ----------------------------------------------------------------------------------------------------------


def rounded_curve(table: pa.Table, threshold: int) -> pa.Table:
    """A life table in which at least ``threshold`` patients leave at every time, by event or censoring.

    Neighbouring times are merged, from the first on, until enough patients leave; the merged row stands at the last of
    its times, and what remains at the end joins the last row. Nobody is invented or lost: events, competing events and
    censored patients of a group add up to the same numbers, and everything that is computed from a life table can be
    computed from this one. A group of fewer than ``threshold`` patients keeps no row.

    What it does to S(t): the curve drops later, and never lies below the Kaplan–Meier estimate. Inside a merged span it
    stays at its old height; at the end of the span it falls to 1 - d/n of it, with everybody at risk from the span's
    start. That is the estimate where nobody is censored in between, and lies above it otherwise, the more the more are
    censored. Medians are never earlier. A cumulative incidence starts later too, and may end higher or lower. With few
    patients a single step may be left, so this is for data that must not be shown as they are, never for analysis.

    Two things stay visible: the time of a step is a time of at least one patient, and how many of those who leave at
    it had the event follows from its height and can be below ``threshold``. Mask tables of events with
    :func:`small_cells`.

    Parameters
    ----------
    table : life table (see ``cohort.statistics.life_table``)
    threshold : int, 1 or more

    Returns
    -------
    pyarrow.Table
        A life table of the same columns. Schema metadata ``n`` has no entry for a group without a row.

    Raises
    ------
    ValueError
        Delayed entry: who enters would have to be merged too.

    Notes
    -----
    The rule is that of SACRO (``survival_safe_threshold``); OpenSAFELY instead rounds cumulative counts to midpoints,
    which changes the numbers of events.
    """
    if "n_entry" in table.column_names:
        raise ValueError("a life table with delayed entry cannot be rounded: merge the entries first")
    rows = read_rows(table)
    leaving = ("n_event", "n_competing", "n_censor")
    total = np.cumsum(sum(rows[name] for name in leaving))
    first, last = [], []
    for start, end in zip(rows.starts, rows.ends, strict=True):
        ends = _span_ends(total[start:end] - (total[start - 1] if start else 0), threshold)
        first += [start, *(start + 1 + e for e in ends[:-1])][: len(ends)]
        last += [start + e for e in ends]
    first, last = np.array(first, dtype=np.int64), np.array(last, dtype=np.int64)
    columns = {"time": rows["time"][last], "n_risk": rows["n_risk"][first]}
    for name in leaving:
        up_to = np.concatenate([[0], np.cumsum(rows[name])])
        columns[name] = up_to[last + 1] - up_to[first]
    shown = {rows.levels[code].as_py() for code in rows.code[last]}
    n = json.loads(table.schema.metadata[b"n"])
    metadata = {**table.schema.metadata, b"n": json.dumps({k: v for k, v in n.items() if k in shown})}
    return grouped_table(rows.code[last], rows.levels, columns, metadata)


def _span_ends(left: np.ndarray, threshold: int) -> list[int]:
    """Last row of each span, given how many have left by each row; the rest joins the last span."""
    ends: list[int] = []
    gone = 0
    while (end := int(np.searchsorted(left, gone + threshold))) < len(left):
        ends.append(end)
        gone = left[end]
    if ends:
        ends[-1] = len(left) - 1
    return ends
