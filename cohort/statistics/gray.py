"""Gray's test: does the cumulative incidence of the event of interest differ between groups?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from scipy.special import chdtrc

from cohort.statistics.life_table import COMPETING, EVENT, grouped_table, life_table, read_rows
from cohort.statistics.permutation import (
    MAX_EXACT,
    SEED,
    PermutationTest,
    block_rows,
    membership,
    number_of_allocations,
    permuted,
)
from cohort.statistics.scores import Scores, quadratic_form
from cohort.statistics.survival import number_at_risk


@dataclass(frozen=True, eq=False)
class GrayTest:
    """Gray's test of equal cumulative incidence.

    Attributes
    ----------
    statistic : float or None
        Chi-square; None where the statistic has no variance, as without the event of interest.
    df : int
        Groups - 1, less one for every group that nobody is at risk in at any event; 0 where ``statistic`` is None.
    p : float or None
        From the chi-square distribution: unreliable with few events or unequal groups, see ``permutation_gray``.
    groups : pyarrow.Table
        One row per non-empty group: ``group``, ``n``, ``observed`` and ``expected`` events of interest (unweighted),
        ``score`` (weighted sum of observed less expected) and its ``variance``.
    """

    statistic: float | None
    df: int
    p: float | None
    groups: pa.Table


def gray_test(table: pa.Table, rho: float = 0.0) -> GrayTest:
    """Gray's k-sample test of equal cumulative incidence of the event of interest, between all groups of a life table.

    Unlike the log-rank test it compares what is seen, incidence in the presence of the competing events, and not the
    hazard of the event alone.

    Parameters
    ----------
    table : life table, without delayed entry
        ``n_event`` is the event of interest and ``n_competing`` all that compete with it.
    rho : float
        Weight (1 - F)^rho, F the pooled incidence just before each event: above 0 early differences count more.

    Raises
    ------
    ValueError
        A life table with delayed entry, for which the test is not defined here.

    Notes
    -----
    Gray RJ. Ann Stat 1988;16:1141–1154; equal to R ``cmprsk::cuminc(...)$Tests``, which gives statistic -1 where some
    group is never at risk at an event (here that group is left out) or where there is no variance (here None).
    """
    if "n_entry" in table.column_names:
        raise ValueError("Gray's test is not defined here for delayed entry: leave entry out")
    rows = read_rows(table)
    leaving = rows["n_event"] + rows["n_competing"] + rows["n_censor"]
    code, _, counts = _counts(table)
    scores = gray_scores(*counts, rho)
    columns = {
        "n": np.bincount(rows.code, leaving, minlength=len(rows.levels)).astype(np.int64)[code],
        "observed": counts[1].sum(axis=1),
        "expected": scores.expected,
        "score": scores.score,
        "variance": scores.covariance.diagonal(),
    }
    groups = grouped_table(code, rows.levels, columns, table.schema.metadata)
    statistic, df = float(scores.statistic), int(scores.df)
    if not df:
        return GrayTest(None, 0, None, groups)
    return GrayTest(statistic, df, float(chdtrc(df, statistic)), groups)


def _counts(table: pa.Table) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Levels of the non-empty groups, times with an event of either kind, and counts of shape (3, groups, times).

    The counts are at risk, with the event of interest and with a competing event.
    """
    rows = read_rows(table)
    time = np.unique(rows["time"][rows["n_event"] + rows["n_competing"] > 0])
    before = read_rows(number_at_risk(table, [*time, np.inf]))  # up to infinity is after the last time too
    shape = (len(rows.starts), len(time) + 1)
    n_risk, *gone = (before[name].reshape(shape) for name in ("n_risk", "n_event", "n_competing"))
    return rows.code[rows.starts], time, np.array([n_risk[:, :-1], *(np.diff(n, axis=1) for n in gone)])


def gray_scores(n_risk: np.ndarray, n_event: np.ndarray, n_competing: np.ndarray, rho: float = 0.0) -> Scores:
    """Gray's k-sample statistic from counts by group and time, for many allocations at once.

    Parameters
    ----------
    n_risk, n_event, n_competing : arrays, shape (..., groups, times)
        At risk, with the event of interest and with a competing event, at each distinct time with either, in order.

    Notes
    -----
    Gray's notation, at time t: group k has Y_k at risk, S_k free of any event and incidence F_k before t; h_k = Y_k/S_k
    is its size had nobody left, R_k = h_k (1 - F_k) its risk set for the subdistribution hazard. The score sums
    L (d_k - R_k d/R), with L = (1 - F)^rho and pooled dF = d/h. It is linear in the groups' own martingales, and the
    covariance sums the products of their coefficients:

    - event of interest in group r: a_kr = L (1[k = r] - h_k/h) h_r + (1 - (1 - F)/S_r) C_kr, variance dF/h_r;
    - competing event in group r: b_kr = -(1 - F)/S_r C_kr, variance S_r² d2_r/Y_r², that of its own incidence,

    where F and S_r are taken just after t and C_kr is the sum over later times of L (1[k = r] - h_k/h) h_r dF/(1 - F).
    When d patients of Y have the event at once the variance shrinks by 1 - (d - 1)/(Y - 1), with Y = h S_r for the
    pooled incidence: the pooled patients, brought to the stage group r has reached. In a group of very few survivors
    that can be negative; a covariance that is not positive gives no statistic.
    """
    n_risk, n_event, n_competing = (np.asarray(n, dtype=float) for n in (n_risk, n_event, n_competing))
    present = np.maximum(n_risk, 1)
    free = np.cumprod(1 - (n_event + n_competing) / present, axis=-1)
    free_before = _before(free, 1.0)
    incidence = _before(np.cumsum(free_before * n_event / present, axis=-1), 0.0)
    size = np.divide(n_risk, free_before, out=np.zeros_like(free), where=n_risk > 0)
    all_size = np.maximum(size.sum(axis=-2), 1)  # nobody at risk at a time without events: the terms are 0
    events = n_event.sum(axis=-2)
    rises = events / all_size
    escape = 1 - np.cumsum(rises, axis=-1)
    escape_before = _before(escape, 1.0)
    weight = np.maximum(escape_before, 0.0) ** rho
    at_risk = size * (1 - incidence)
    by_chance = _share(at_risk, at_risk.sum(axis=-2)[..., None, :]) * events[..., None, :]
    score = ((n_event - by_chance) * weight[..., None, :]).sum(axis=-1)
    # Coefficients have shape (..., k, r, times): the effect on the score of group k of a patient of group r
    same = np.eye(size.shape[-2])[:, :, None]
    own = weight[..., None, None, :] * (same - (size / all_size[..., None, :])[..., :, None, :]) * size[..., None, :, :]
    later = own * _share(rises, escape_before)[..., None, None, :]
    later = later.sum(axis=-1, keepdims=True) - np.cumsum(later, axis=-1)
    ratio = _share(np.broadcast_to(escape[..., None, :], free.shape), free)[..., None, :, :]
    pooled = all_size[..., None, :] * free_before
    of_event = _share(rises[..., None, :] * _tied(events[..., None, :], pooled), size)
    of_competing = free_before**2 * n_competing / present**2 * _tied(n_competing, present)
    covariance = _products(own + (1 - ratio) * later, of_event) + _products(ratio * later, of_competing)
    least = 1e-12 * (weight**2 * events).sum(axis=-1)  # variances below this are 0 but for rounding
    # The scores sum to 0, so the last group adds nothing to a generalised inverse
    statistic, df = quadratic_form(score[..., :-1], covariance[..., :-1, :-1], least)
    return Scores(by_chance.sum(axis=-1), score, covariance, statistic, df)


def _before(values: np.ndarray, first: float) -> np.ndarray:
    """The values just before each time."""
    return np.concatenate([np.full_like(values[..., :1], first), values[..., :-1]], axis=-1)


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """``part / whole``, 0 where ``whole`` is not above 0 but for rounding: nobody is left."""
    shape = np.broadcast_shapes(part.shape, whole.shape)
    return np.divide(part, whole, out=np.zeros(shape), where=whole > 1e-12)


def _tied(n_event: np.ndarray, n_risk: np.ndarray) -> np.ndarray:
    """Share of the variance that is left when several have the event at once."""
    together = np.maximum(n_event - 1, 0)
    return 1 - np.divide(
        together,
        n_risk - 1,
        out=np.zeros(np.broadcast_shapes(together.shape, n_risk.shape)),
        where=(together > 0) & (n_risk > 1),
    )


def _products(coefficient: np.ndarray, variance: np.ndarray) -> np.ndarray:
    """Sum over groups r and times of coefficient_kr coefficient_lr variance_r, shape (..., k, l)."""
    width = coefficient.shape[-2] * coefficient.shape[-1]
    flat = coefficient.reshape(*coefficient.shape[:-2], width)
    weighted = flat * variance.reshape(*variance.shape[:-2], 1, width)
    return weighted @ flat.swapaxes(-1, -2)


def permutation_gray(
    time: np.ndarray,
    kind: np.ndarray,
    group: np.ndarray,
    k: int,
    *,
    draws: int = 20_000,
    seed: int = SEED,
    max_exact: int = MAX_EXACT,
    progress: Callable[[float], None] | None = None,
) -> PermutationTest:
    """Test equal cumulative incidence by permuting the group labels, with Gray's statistic (rho 0).

    Exact at any size if incidence and censoring are alike in the groups; dividing by the variance of each allocation
    keeps the test close to its size where censoring differs.

    Parameters
    ----------
    time : float array, shape (n,)
        As for ``life_table``, which also decides which times tie.
    kind : int array, shape (n,)
        0 censored, 1 the event of interest, 2 a competing event.
    group : int array, shape (n,)
        0 to k - 1; -1 leaves the patient out. Groups without patients are left out.
    draws, seed, max_exact : int
        Up to ``max_exact`` allocations all are listed; beyond, ``draws`` of them are drawn at random from ``seed``.
    progress : callable, optional
        Told the share done, 0 to 1, now and then.

    Returns
    -------
    PermutationTest
        ``weight`` is "gray". Not ``defined`` with fewer than two groups or without the event of interest. Allocations
        without a defined statistic have statistic 0.

    Notes
    -----
    Statistic: Gray RJ. Ann Stat 1988;16:1141–1154. Phipson B, Smyth GK. Stat Appl Genet Mol Biol 2010;9:39 (the + 1 in
    a Monte Carlo p).
    """
    code, at, counts = _counts(life_table(time, kind, group, [str(i) for i in range(k)]))
    inside = np.asarray(group) >= 0
    sizes = np.bincount(np.asarray(group)[inside].astype(np.int64), minlength=k)[code].tolist()
    ways = number_of_allocations(sizes)
    exact = ways <= max_exact
    observed = gray_scores(*counts)
    if not observed.df:
        return PermutationTest(None, None, ways, 0, exact, None, None, seed, "gray")
    time, kind = np.asarray(time, dtype=float)[inside], np.asarray(kind)[inside]
    others = membership(time, kind == COMPETING, at)[:, len(at) :]
    member = np.hstack([membership(time, kind == EVENT, at), others])

    def of_block(labels: np.ndarray) -> np.ndarray:
        belongs = (labels[:, None, :] == np.arange(len(sizes))[:, None]).astype(np.float32)
        dealt = (belongs @ member).reshape(len(labels), len(sizes), 3, -1)
        return gray_scores(*np.moveaxis(dealt, 2, 0)).statistic

    rows = block_rows(len(sizes) ** 2, member)
    return permuted(float(observed.statistic), sizes, rows, of_block, "gray", max_exact, draws, seed, progress)
