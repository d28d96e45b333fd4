"""Comparison of survival between groups: the log-rank family from the life table, and every pair of groups."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pyarrow as pa
from scipy.special import chdtrc

from cohort.statistics.life_table import grouped_table, read_rows
from cohort.statistics.multiplicity import holm
from cohort.statistics.permutation import MAX_EXACT, SEED, PermutationTest, permutation_log_rank
from cohort.statistics.risk_sets import risk_sets
from cohort.statistics.scores import WEIGHTS, studentised

WEIGHT_LABELS = dict(
    zip(WEIGHTS, ("Log-rank", "Gehan–Breslow", "Tarone–Ware", "Peto–Peto", "Fleming–Harrington (0, 1)"), strict=True)
)
"""Names of ``WEIGHTS`` for display."""


@dataclass(frozen=True, eq=False)
class LogRank:
    """A (weighted) log-rank test.

    Attributes
    ----------
    groups : pyarrow.Table
        One row per non-empty group: ``group``, ``n``, ``observed`` and ``expected`` events (unweighted), ``score``
        (weighted sum of observed less expected) and its ``variance``.
    statistic : float or None
        Chi-square; None where the statistic has no variance, as without events.
    df : int
        Groups - 1, less one for every group that nobody is at risk in at any event; 0 where ``statistic`` is None.
    p : float or None
        From the chi-square distribution: unreliable with few events or unequal groups, see ``permutation_log_rank``.
    weight : str
    """

    groups: pa.Table
    statistic: float | None
    df: int
    p: float | None
    weight: str


def log_rank(table: pa.Table, weight: str = "log-rank") -> LogRank:
    """Asymptotic log-rank test of equal survival, or a weighted relative, between all groups of a life table.

    Competing events count as censored, so hazards of the event of interest are compared. Delayed entry is allowed.

    Parameters
    ----------
    table : life table
    weight : one of ``WEIGHTS``
        Of the n at risk in all groups together: "log-rank" 1; "gehan" n; "tarone-ware" √n; "peto" the pooled
        Kaplan–Meier estimate just before t, R's ``survdiff(rho = 1)``; "late" one minus that.

    Raises
    ------
    ValueError
        ``weight`` is not one of these.

    Notes
    -----
    Mantel N. Cancer Chemother Rep 1966;50:163–170; weights as in ``studentised``. R: ``survival::survdiff``.
    """
    counts = risk_sets(table)
    scores = studentised(counts.n_risk, counts.n_event, weight)
    rows = read_rows(table)
    leaving = rows["n_event"] + rows["n_competing"] + rows["n_censor"]
    columns = {
        "n": np.bincount(rows.code, leaving, minlength=len(rows.levels)).astype(np.int64)[counts.code],
        "observed": counts.n_event.sum(axis=1),
        "expected": scores.expected,
        "score": scores.score,
        "variance": scores.covariance.diagonal(),
    }
    groups = grouped_table(counts.code, rows.levels, columns, table.schema.metadata)
    statistic, df = float(scores.statistic), int(scores.df)
    if not df:
        return LogRank(groups, None, 0, None, weight)
    return LogRank(groups, statistic, df, float(chdtrc(df, statistic)), weight)


@dataclass(frozen=True, eq=False)
class Pairwise:
    """Tests of every pair of groups: the groups' indices, the test of each pair, and Holm's p (NaN: not defined)."""

    pairs: tuple[tuple[int, int], ...]
    tests: tuple[PermutationTest, ...]
    adjusted: np.ndarray


def pairwise(
    time: np.ndarray,
    kind: np.ndarray,
    group: np.ndarray,
    k: int,
    *,
    weight: str = "log-rank",
    max_exact: int = MAX_EXACT,
    draws: int = 100_000,
    seed: int = SEED,
    progress: Callable[[float], None] | None = None,
) -> Pairwise:
    """``permutation_log_rank`` of every pair of the ``k`` groups, each on its own patients, with Holm's adjustment.

    The k-sample test answers whether the groups differ at all; this only says which, and costs power for each pair.
    Parameters are those of ``permutation_log_rank``.
    """
    group = np.asarray(group)
    pairs = tuple(combinations(range(k), 2))
    tests = []
    for done, (first, second) in enumerate(pairs):
        two = np.select([group == first, group == second], [0, 1], -1)
        test = permutation_log_rank(time, kind, two, 2, weight=weight, max_exact=max_exact, draws=draws, seed=seed)
        tests.append(test)
        if progress is not None:
            progress((done + 1) / len(pairs))
    return Pairwise(pairs, tuple(tests), holm([np.nan if test.p is None else test.p for test in tests]))
