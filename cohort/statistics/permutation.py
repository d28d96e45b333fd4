"""Permutation tests with the studentised log-rank statistic and its weighted relatives."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, combinations

import numpy as np

from cohort.statistics.life_table import CENSORED, EVENT, life_table
from cohort.statistics.risk_sets import risk_sets
from cohort.statistics.scores import Scores, studentised

SEED = 20251698

MAX_EXACT = 200_000
"""Up to this many allocations a test lists all of them; beyond, it draws."""

STATISTIC_TOLERANCE = 1e-9
"""Statistics closer than this share of their value (of 1, where they are smaller) are tied: rounding parts them."""

_BLOCK = 500_000  # counts held at once, some 50 MB with everything made from them


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
    counts = (belongs.reshape(-1, labels.shape[1]) @ member).reshape(len(labels), groups, 2, -1)
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


def drawn(sizes: Sequence[int], draws: int, rows: int, seed: int) -> Iterator[np.ndarray]:
    """Deal sum(sizes) patients into groups of these sizes at random, ``draws`` times: blocks as of :func:`allocations`.

    The sizes may come in any order.
    """
    random, labels = np.random.default_rng(seed), np.repeat(np.arange(len(sizes), dtype=np.int16), sizes)
    for start in range(0, draws, rows):
        yield random.permuted(np.tile(labels, (min(rows, draws - start), 1)), axis=1)


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
    max_exact: int = MAX_EXACT,
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

    def of_block(labels: np.ndarray) -> np.ndarray:
        return statistics_of(labels, len(sizes), member, weight).statistic

    rows = block_rows(len(sizes), member)
    return permuted(float(observed.statistic), sizes, rows, of_block, weight, max_exact, draws, seed, progress)


def permuted(
    statistic: float,
    sizes: list[int],
    rows: int,
    of_block: Callable[[np.ndarray], np.ndarray],
    weight: str,
    max_exact: int,
    draws: int,
    seed: int,
    progress: Callable[[float], None] | None,
) -> PermutationTest:
    """The test of an observed statistic against that of every allocation, or of ``draws`` where there are too many.

    Parameters
    ----------
    statistic : of the groups as they are
    sizes : patients of each group
    rows : allocations computed at once
    of_block : from labels, int array of shape (allocations, patients), to their statistics
    weight, max_exact, draws, seed, progress : as in :func:`permutation_log_rank`
    """
    ways = number_of_allocations(sizes)
    exact = ways <= max_exact
    total = ways if exact else draws
    values, done = np.empty(total), 0
    for labels in allocations(sorted(sizes), rows) if exact else drawn(sizes, draws, rows, seed):
        values[done : done + len(labels)] = of_block(labels)
        done += len(labels)
        if progress is not None:
            progress(done / total)
    values.sort()
    unseen = 0 if exact else 1  # the groups as they are are one more draw
    p = (reaching(values, statistic) + unseen) / (total + unseen)
    smallest = (reaching(values, max(statistic, values[-1])) + unseen) / (total + unseen)
    error = 0.0 if exact else math.sqrt(p * (1 - p) / total)
    return PermutationTest(statistic, float(p), ways, total, exact, error, float(smallest), seed, weight)
