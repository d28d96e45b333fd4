"""Several comparisons at once: what each p is worth among its neighbours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from cohort.statistics.life_table import CENSORED, EVENT, life_table
from cohort.statistics.permutation import (
    MAX_EXACT,
    SEED,
    allocations,
    block_rows,
    membership,
    number_of_allocations,
    reaching,
    statistics_of,
)
from cohort.statistics.risk_sets import risk_sets


def holm(p: Sequence[float] | np.ndarray) -> np.ndarray:
    """Holm's step-down adjustment; valid whatever the dependence of the tests.

    Parameters
    ----------
    p : float array, shape (tests,)
        NaN is a test that is not defined: it stays NaN and is not counted.

    Returns
    -------
    float array, shape (tests,)

    Notes
    -----
    Holm S. Scand J Stat 1979;6:65–70; R ``p.adjust(method = "holm")``.
    """
    p = np.asarray(p, dtype=float)
    adjusted, known = np.full(p.shape, np.nan), np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    steps = np.arange(len(order), 0, -1) * p[order]
    adjusted[order] = np.minimum(1, np.maximum.accumulate(steps))
    return adjusted


def chance_of_false_positive(looks: int, alpha: float = 0.05) -> float:
    """Chance that at least one of several independent comparisons, none of them real, falls below ``alpha``."""
    if looks < 0 or not 0 <= alpha <= 1:
        raise ValueError(f"looks {looks!r} and alpha {alpha!r} are not allowed: 0 or more, and between 0 and 1")
    return 1 - (1 - alpha) ** looks


ALPHA = 0.05
"""The p that :attr:`MinP.chance` counts to."""


@dataclass(frozen=True, eq=False)
class MinP:
    """Permutation p of several factors and the same adjusted for having looked at all of them.

    Attributes
    ----------
    raw, adjusted : float arrays, shape (factors,)
        NaN where a factor has no defined statistic; such a factor is not counted.
    raw_standard_error, adjusted_standard_error : float arrays, shape (factors,)
        Monte Carlo standard errors, 0 where ``raw`` is exact. That of ``adjusted`` holds both what the draws leave
        open about the smallest p and, where ``raw`` itself is from the draws, what that error moves.
    chance : float
        Share of the draws, in which no factor has to do with the outcome, whose smallest raw p is below ``ALPHA``.
    draws, seed : int
    """

    raw: np.ndarray
    adjusted: np.ndarray
    raw_standard_error: np.ndarray
    adjusted_standard_error: np.ndarray
    chance: float
    draws: int
    seed: int


def min_p(
    time: np.ndarray,
    kind: np.ndarray,
    factors: Sequence[np.ndarray],
    k: Sequence[int],
    *,
    max_exact: int = MAX_EXACT,
    draws: int = 10_000,
    seed: int = SEED,
    progress: Callable[[float], None] | None = None,
) -> MinP:
    """Single-step min-p: adjust the log-rank tests of several groupings of the same patients on one outcome.

    Each draw deals the outcomes (time and kind together) to the patients anew, whose factors stay as they are, so the
    adjustment knows how the factors depend on each other: two that are nearly the same cost little more than one.

    Parameters
    ----------
    time, kind : arrays, shape (n,)
        As for ``permutation_log_rank``.
    factors : sequence of int arrays, shape (n,)
        Group of each patient by factor, 0 to k - 1; -1 leaves the patient out of that factor only.
    k : sequence of int
        Number of groups of each factor.
    max_exact : int
        The distribution of a factor with up to this many allocations is listed, and its raw p is exact; that of
        another is taken from the draws. Draws alone would part by chance the equal p of two factors, of which small
        cohorts have many.
    draws : int
        Random deals, beside the outcomes as they are.
    progress : callable, optional
        Told the share done, 0 to 1, now and then.

    Returns
    -------
    MinP
        A raw p is the share of allocations, or of the B draws and the data, whose studentised k-sample statistic is
        as large. If no one is left out it is that of ``permutation_log_rank``; else they differ a little, because
        here the outcomes of those left out are dealt too. The adjusted p is the share of the B draws and the data
        whose smallest raw p, over the factors, is no larger. Its standard error is that of this share, and half its
        change from one standard error of the raw p below to one above, added in squares.

    Raises
    ------
    ValueError
        A value that ``life_table`` refuses.

    Notes
    -----
    Westfall PH, Young SS. Resampling-Based Multiple Testing. Wiley 1993, section 2.3. Draws' own p by ranking among
    the draws: Ge Y, Dudoit S, Speed TP. Test 2003;12:1–77.
    """
    time, event = np.asarray(time, dtype=float), np.asarray(kind) == EVENT
    outcome = np.where(event, EVENT, CENSORED)
    factors = [(np.asarray(factor), groups) for factor, groups in zip(factors, k, strict=True)]
    for factor, groups in factors:
        life_table(time, outcome, factor, [str(i) for i in range(groups)])  # checks its arguments
    member = membership(time, event, risk_sets(life_table(time, outcome)).time)
    observed = [statistics_of(factor[None, :], groups, member, "log-rank") for factor, groups in factors]
    defined = np.array([scores.df[0] > 0 for scores in observed], dtype=bool)
    tested = [factors[i] for i in np.flatnonzero(defined)]
    values = np.empty((len(tested), draws + 1))
    values[:, 0] = [observed[i].statistic[0] for i in np.flatnonzero(defined)]
    random, rows = np.random.default_rng(seed), block_rows(max(k, default=1), member)
    told = progress or (lambda share: None)
    for start in range(1, draws + 1, rows):
        stop = min(start + rows, draws + 1)
        deal = random.permuted(np.tile(np.arange(len(time)), (stop - start, 1)), axis=1)
        for i, (factor, groups) in enumerate(tested):
            values[i, start:stop] = statistics_of(factor[deal], groups, member, "log-rank").statistic
        told(0.5 * (stop - 1) / draws)
    p, listed = np.empty_like(values), np.empty(len(tested), dtype=bool)
    for i, (factor, groups) in enumerate(tested):
        p[i], listed[i] = _share_as_large(values[i], factor, groups, member, max_exact)
        told(0.5 * (1 + (i + 1) / len(tested)))
    raw, adjusted, raw_error = np.full((3, len(factors)), np.nan)
    raw[defined] = p[:, 0]
    least, own = p.min(axis=0, initial=1), p[:, 0]
    smallest = np.sort(-least)

    def adjust(p: np.ndarray) -> np.ndarray:
        # Looking at more never lowers a p; with an exact raw p the draws could seem to
        return np.maximum(p, reaching(smallest, -p) / (draws + 1))

    adjusted[defined] = adjust(own)
    raw_error[defined] = error = np.where(listed, 0, np.sqrt(own * (1 - own) / draws))
    moved = np.zeros(len(factors))
    moved[defined] = (adjust(np.minimum(own + error, 1)) - adjust(np.maximum(own - error, 0))) / 2
    adjusted_error = np.hypot(np.sqrt(adjusted * (1 - adjusted) / draws), moved)
    return MinP(raw, adjusted, raw_error, adjusted_error, float((least[1:] < ALPHA).mean()), draws, seed)


def _share_as_large(
    values: np.ndarray, factor: np.ndarray, groups: int, member: np.ndarray, max_exact: int
) -> tuple[np.ndarray, bool]:
    """Share of all allocations, or of ``values`` if those are too many, as large as each value; whether it was all."""
    codes, sizes = np.unique(factor, return_counts=True)
    order = np.argsort(sizes)
    codes, sizes = codes[order], sizes[order].tolist()
    listed = number_of_allocations(sizes) <= max_exact
    if listed:
        blocks = allocations(sizes, block_rows(groups, member))
        every = [statistics_of(codes[labels], groups, member, "log-rank").statistic for labels in blocks]
    reference = np.sort(np.concatenate(every) if listed else values)
    return reaching(reference, values) / len(reference), listed
