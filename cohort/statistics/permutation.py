"""Permutation tests with the studentised log-rank statistic and its weighted relatives."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, combinations

import numpy as np
import pyarrow as pa

from cohort.statistics.life_table import CENSORED, EVENT, life_table, read_rows

SEED = 20251698

STATISTIC_TOLERANCE = 1e-9
"""Statistics closer than this share of their value (of 1, where they are smaller) are tied: rounding parts them."""

_RANK_TOLERANCE = 1e-12  # eigenvalues of the covariance below this share of the information are 0 but for rounding
_BLOCK = 500_000  # counts held at once, some 50 MB with everything made from them


def _survival_before(n_risk: np.ndarray, n_event: np.ndarray) -> np.ndarray:
    """Pooled Kaplan–Meier estimate just before each time."""
    after = np.cumprod(1 - n_event / n_risk, axis=-1)
    return np.concatenate([np.ones_like(after[..., :1]), after[..., :-1]], axis=-1)


WEIGHTS: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "log-rank": lambda n_risk, n_event: np.ones_like(n_risk),
    "gehan": lambda n_risk, n_event: n_risk,
    "tarone-ware": lambda n_risk, n_event: np.sqrt(n_risk),
    "peto": _survival_before,
    "late": lambda n_risk, n_event: 1 - _survival_before(n_risk, n_event),
}
"""Weight of each event time, from the numbers at risk and with the event in all groups together."""


@dataclass(frozen=True, eq=False)
class Scores:
    """The weighted log-rank statistic of one or many allocations; leading axes are those of the counts.

    Attributes
    ----------
    expected, score : float arrays, shape (..., groups)
        Expected number of events, unweighted; weighted sum of observed less expected.
    covariance : float array, shape (..., groups, groups)
        Hypergeometric covariance of the scores, given who is at risk and how many have the event.
    statistic : float array, shape (...)
        score' covariance⁻ score with a generalised inverse; 0 where the covariance is 0.
    df : int array, shape (...)
        Rank of the covariance, groups - 1 unless some group is never at risk at an event; 0: no statistic is defined.
    """

    expected: np.ndarray
    score: np.ndarray
    covariance: np.ndarray
    statistic: np.ndarray
    df: np.ndarray


def studentised(n_risk: np.ndarray, n_event: np.ndarray, weight: str = "log-rank") -> Scores:
    """The k-sample statistic with one of the ``WEIGHTS``, for many allocations at once.

    Parameters
    ----------
    n_risk, n_event : arrays, shape (..., groups, times)
        At risk and with the event at each distinct event time, in order of time.

    Notes
    -----
    Mantel N. Cancer Chemother Rep 1966;50:163–170. Weights: Tarone RE, Ware J. Biometrika 1977;64:156–160; Harrington
    DP, Fleming TR. Biometrika 1982;69:553–566.
    """
    if weight not in WEIGHTS:
        raise ValueError(f"weight {weight!r} is not allowed: one of {', '.join(WEIGHTS)}")
    events = n_event.sum(axis=-2)
    at_risk = np.maximum(n_risk.sum(axis=-2), 1)  # nobody is left at a time without events: the terms are 0
    by_time = WEIGHTS[weight](at_risk, events)
    share = n_risk / at_risk[..., None, :]
    by_chance = events[..., None, :] * share
    score = ((n_event - by_chance) @ by_time[..., None])[..., 0]
    information = by_time**2 * events * (at_risk - events) / np.maximum(at_risk - 1, 1)
    within = share * information[..., None, :]
    covariance = -within @ share.swapaxes(-1, -2)
    group = np.arange(share.shape[-2])
    covariance[..., group, group] += within.sum(axis=-1)
    least = _RANK_TOLERANCE * information.sum(axis=-1)
    # The scores sum to 0, so the last group adds nothing to a generalised inverse
    statistic, df = _quadratic_form(score[..., :-1], covariance[..., :-1, :-1], least)
    return Scores(by_chance.sum(axis=-1), score, covariance, statistic, df)


def _quadratic_form(score: np.ndarray, covariance: np.ndarray, least: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """score' covariance⁻ score and the rank; eigenvalues up to ``least`` count as 0."""
    if score.shape[-1] == 1:
        values, along = covariance[..., 0], score
    else:
        values, vectors = np.linalg.eigh(covariance)
        along = (score[..., None, :] @ vectors)[..., 0, :]
    kept = values > least[..., None]
    return (kept * along**2 / np.where(kept, values, 1)).sum(axis=-1), kept.sum(axis=-1)


@dataclass(frozen=True, eq=False)
class RiskSets:
    """Counts by non-empty group (``code``: index of its level) and distinct event time, shape (groups, times)."""

    code: np.ndarray
    time: np.ndarray
    n_risk: np.ndarray
    n_event: np.ndarray


def risk_sets(table: pa.Table) -> RiskSets:
    """A life table's counts at the times at which anyone of any group has the event."""
    rows = read_rows(table)
    time = np.unique(rows["time"][rows["n_event"] > 0])
    n_risk, n_event = np.zeros((2, len(rows.starts), len(time)))
    for i, (start, end) in enumerate(zip(rows.starts, rows.ends, strict=True)):
        own = rows["time"][start:end]
        following = own.searchsorted(time)  # nobody comes or goes between t and the group's next row
        seen = following < end - start
        n_risk[i, seen] = rows["n_risk"][start + following[seen]]
        at = seen & (own[np.minimum(following, end - start - 1)] == time)
        n_event[i, at] = rows["n_event"][start + following[at]]
    return RiskSets(rows.code[rows.starts], time, n_risk, n_event)


def membership(time: np.ndarray, event: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Who is at risk (first half of the columns) and who has the event at each time, shape (n, 2 * times), as 0 and 1.

    ``at`` are the distinct event times of a life table of the same patients: the first of those that tie.
    """
    reached = at.searchsorted(time, side="right")
    column = np.arange(len(at))
    risk = column < reached[:, None]
    own = event[:, None] & (column == reached[:, None] - 1)
    return np.hstack([risk, own]).astype(np.float32)  # small whole numbers: single precision counts them exactly


def statistics_of(labels: np.ndarray, groups: int, member: np.ndarray, weight: str) -> Scores:
    """:func:`studentised` for each row of ``labels``, shape (allocations, n), given :func:`membership`."""
    belongs = (labels[:, None, :] == np.arange(groups)[:, None]).astype(np.float32)
    counts = (belongs.reshape(-1, labels.shape[1]) @ member).reshape(len(labels), groups, 2, -1).astype(float)
    return studentised(counts[:, :, 0], counts[:, :, 1], weight)


def block_rows(groups: int, member: np.ndarray) -> int:
    """Allocations to work on at once, so that memory does not grow with their number."""
    return max(1, _BLOCK // (groups * sum(member.shape)))


def number_of_allocations(sizes: Sequence[int]) -> int:
    """Distinct ways of dealing sum(sizes) patients into groups of these sizes."""
    return math.factorial(sum(sizes)) // math.prod(math.factorial(size) for size in sizes)


def allocations(sizes: Sequence[int], rows: int) -> Iterator[np.ndarray]:
    """List the :func:`number_of_allocations` ways, ``rows`` at a time.

    Each block holds the group of each patient, shape (up to rows, sum(sizes)). The largest group must come last: the
    others' members are listed.
    """
    n, total, ways, lists = sum(sizes), 1, [], []
    for left, size in zip(n - np.cumsum([0, *sizes[:-2]]), sizes[:-1], strict=True):
        ways.append(math.comb(left, size))
        flat = np.fromiter(chain.from_iterable(combinations(range(left), size)), np.int16, ways[-1] * size)
        lists.append(flat.reshape(-1, size))
        total *= ways[-1]
    for start in range(0, total, rows):
        number = np.arange(start, min(start + rows, total))
        labels = np.full((len(number), n), len(sizes) - 1, dtype=np.int16)
        free = np.broadcast_to(np.arange(n), labels.shape)
        for group, (count, members) in enumerate(zip(ways, lists, strict=True)):
            number, chosen = number // count, members[number % count]
            np.put_along_axis(labels, np.take_along_axis(free, chosen, axis=1), group, axis=1)
            taken = np.zeros(free.shape, dtype=bool)
            np.put_along_axis(taken, chosen, True, axis=1)
            free = free[~taken].reshape(len(free), -1)
        yield labels


def reaching(values: np.ndarray, statistic: np.ndarray | float) -> np.ndarray | int:
    """How many of the sorted ``values`` are as large as ``statistic``, or tied with it."""
    tolerance = STATISTIC_TOLERANCE * np.maximum(1, statistic)
    return len(values) - np.searchsorted(values, statistic - tolerance)


@dataclass(frozen=True)
class PermutationTest:
    """A permutation test. Where no statistic is defined, every number that would follow from one is None.

    Attributes
    ----------
    statistic : float or None
        Studentised (weighted) log-rank statistic of the groups as they are; for two groups (O - E)²/V.
    p : float or None
        Share of the allocations whose statistic is as large; by Monte Carlo (b + 1)/(B + 1), with B draws.
    allocations : int
        Number of distinct allocations of the patients to groups of these sizes.
    used : int
        Allocations looked at: all of them if ``exact``, else the draws.
    standard_error : float or None
        Monte Carlo standard error of ``p``; 0 if ``exact``.
    smallest : float or None
        The smallest p that these sizes, times and events can give: the share of allocations with the largest
        statistic. By Monte Carlo the same of the draws, with the + 1; never below 1/(B + 1).
    """

    statistic: float | None
    p: float | None
    allocations: int
    used: int
    exact: bool
    standard_error: float | None
    smallest: float | None
    seed: int
    weight: str

    @property
    def defined(self) -> bool:
        """Whether there is a test: two groups, an event, and some variance of the statistic."""
        return self.p is not None


def permutation_log_rank(
    time: np.ndarray,
    kind: np.ndarray,
    group: np.ndarray,
    k: int,
    *,
    weight: str = "log-rank",
    max_exact: int = 200_000,
    draws: int = 100_000,
    seed: int = SEED,
    progress: Callable[[float], None] | None = None,
) -> PermutationTest:
    """Test equal survival by permuting the group labels, with the studentised k-sample log-rank statistic.

    Exact at any size if survival and censoring are alike in the groups, and asymptotically valid if only survival is:
    dividing by the variance of each allocation is what the plain permutation test of O - E lacks.

    Parameters
    ----------
    time : float array, shape (n,)
        As for ``life_table``, which also decides which times tie.
    kind : int array, shape (n,)
        1 is the event, anything else (a competing event too) is censored.
    group : int array, shape (n,)
        0 to k - 1; -1 leaves the patient out. Groups without patients are left out.
    weight : one of ``WEIGHTS``
    max_exact : int
        Up to this many allocations all are listed; beyond, ``draws`` of them are drawn at random from ``seed``.
    progress : callable, optional
        Told the share done, 0 to 1, now and then.

    Returns
    -------
    PermutationTest
        Not ``defined`` with fewer than two groups, without events, or if nobody outside one group is ever at risk at
        an event. Allocations without a defined statistic have statistic 0.

    Notes
    -----
    Neuhaus G. Ann Stat 1993;21:1760–1779; Ditzhaus M, Friedrich S. arXiv:1807.05504 (studentised permutation). Phipson
    B, Smyth GK. Stat Appl Genet Mol Biol 2010;9:39 (the + 1 in a Monte Carlo p).
    """
    event = np.asarray(kind) == EVENT
    counts = risk_sets(life_table(time, np.where(event, EVENT, CENSORED), group, [str(i) for i in range(k)]))
    inside = np.asarray(group) >= 0
    sizes = np.bincount(np.asarray(group)[inside].astype(np.int64), minlength=k)[counts.code].tolist()
    ways = number_of_allocations(sizes)
    exact = ways <= max_exact
    observed = studentised(counts.n_risk, counts.n_event, weight)
    if not observed.df:
        return PermutationTest(None, None, ways, 0, exact, None, None, seed, weight)
    member = membership(np.asarray(time, dtype=float)[inside], event[inside], counts.time)
    rows, total = block_rows(len(sizes), member), ways if exact else draws
    blocks = allocations(sorted(sizes), rows) if exact else _drawn(sizes, draws, rows, seed)
    values, done = np.empty(total), 0
    for labels in blocks:
        values[done : done + len(labels)] = statistics_of(labels, len(sizes), member, weight).statistic
        done += len(labels)
        if progress is not None:
            progress(done / total)
    values.sort()
    statistic, unseen = float(observed.statistic), 0 if exact else 1  # the groups as they are are one more draw
    p = (reaching(values, statistic) + unseen) / (total + unseen)
    smallest = (reaching(values, max(statistic, values[-1])) + unseen) / (total + unseen)
    error = 0.0 if exact else math.sqrt(p * (1 - p) / total)
    return PermutationTest(statistic, float(p), ways, total, exact, error, float(smallest), seed, weight)


def _drawn(sizes: Sequence[int], draws: int, rows: int, seed: int) -> Iterator[np.ndarray]:
    random, labels = np.random.default_rng(seed), np.repeat(np.arange(len(sizes), dtype=np.int16), sizes)
    for start in range(0, draws, rows):
        yield random.permuted(np.tile(labels, (min(rows, draws - start), 1)), axis=1)
