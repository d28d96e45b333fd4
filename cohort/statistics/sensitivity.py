"""How much a result rests on one patient, on the patients lost to follow-up, or on the time it starts to count."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations, islice

import numpy as np

from cohort.statistics.life_table import CENSORED, EVENT, TIE_TOLERANCE

Test = Callable[[np.ndarray, np.ndarray, np.ndarray, int], float | None]
"""A comparison of groups: time, kind, group and number of groups in, p out; None or NaN where it is not defined."""

Outcome = tuple[np.ndarray, np.ndarray]
"""Time and kind, each of shape (n,)."""


def influence_on_test(
    time: np.ndarray,
    kind: np.ndarray,
    group: np.ndarray,
    k: int,
    test: Test,
    progress: Callable[[float], None] | None = None,
) -> np.ndarray:
    """The p of a test with each patient left out in turn: float array, shape (n,), NaN where it is not defined."""
    time, kind, group = np.asarray(time, dtype=float), np.asarray(kind), np.asarray(group)
    found = np.empty(len(time))
    for i in range(len(time)):
        kept = np.arange(len(time)) != i
        found[i] = _p(test(time[kept], kind[kept], group[kept], k))
        if progress is not None:
            progress((i + 1) / len(time))
    return found


def _p(value: float | None) -> float:
    return math.nan if value is None else float(value)


def loss_bounds(
    time: np.ndarray, kind: np.ndarray, lost: np.ndarray, horizon: float | None = None
) -> tuple[Outcome, Outcome]:
    """The data if every patient lost to follow-up had the event at last contact, and if none of them ever had it.

    Parameters
    ----------
    time, kind : as for ``life_table``
    lost : bool array, shape (n,)
        Censored patients of whom nothing more is known.
    horizon : float, optional
        The lost are followed without event to here (nobody's time gets shorter); default the longest observed time.

    Returns
    -------
    (time, kind), (time, kind)
        All of the lost with the event; none of them.

    Raises
    ------
    ValueError
        A lost patient who is not censored.

    Notes
    -----
    The customary worst and best case. They need not enclose every possibility: an event some time after last contact
    meets fewer at risk and can take more off S(t) than one at last contact; ``survival_envelope`` looks at those too.
    """
    time, kind, lost = np.asarray(time, dtype=float), np.asarray(kind), np.asarray(lost, dtype=bool)
    if (wrong := lost & (kind != CENSORED)).any():
        where = wrong.argmax()
        raise ValueError(f"kind {kind[where]} of the lost patient in row {where} is not allowed: 0, censored")
    until = time.max(initial=0.0) if horizon is None else horizon
    return (time, np.where(lost, EVENT, kind)), (np.where(lost, np.maximum(time, until), time), kind)


@dataclass(frozen=True)
class TippingPoint:
    """Whether lost patients could move a test across its level.

    Attributes
    ----------
    p : float or None
        Of the data as they are; None where the test is not defined, and then nothing was searched.
    p_all : float or None
        With every lost patient having the event at last contact; None where that test is not defined.
    patients : tuple of int, or None
        The fewest lost patients (rows of the arrays) whose events at last contact move p across ``alpha``; of several
        choices of that number the one that moves p furthest. None: no choice that was looked at does.
    p_tipped : float or None
        The p with these.
    alpha : float
    subsets : int
        Choices of lost patients looked at.
    complete : bool
        Whether that is every choice as small as the answer (without an answer: every choice).
    """

    p: float | None
    p_all: float | None
    patients: tuple[int, ...] | None
    p_tipped: float | None
    alpha: float
    subsets: int
    complete: bool


def tipping_point(
    time: np.ndarray,
    kind: np.ndarray,
    group: np.ndarray,
    k: int,
    lost: np.ndarray,
    test: Test,
    alpha: float = 0.05,
    max_subsets: int = 4096,
    progress: Callable[[float], None] | None = None,
) -> TippingPoint:
    """The fewest patients lost to follow-up whose event at last contact would move p across ``alpha``, either way.

    Parameters
    ----------
    time, kind, group, k : as for ``permutation_log_rank``
    lost : bool array, shape (n,)
        As for :func:`loss_bounds`.
    test : callable
        Gives p from time, kind, group and k, such as an exact permutation test.
    alpha : float
        p at most this is on one side, p above it on the other.
    max_subsets : int
        Choices looked at, the smallest first; 12 lost patients have 4095.
    progress : callable, optional
        Told the share done of what is left to do at most.

    Notes
    -----
    Tipping-point analysis: Yan X, Lee S, Li N. J Biopharm Stat 2009;19:1085–1098, for censoring in the place of missing
    responses. Choices are tried by number of patients, all of one number before the next.
    """
    time, group, lost = np.asarray(time, dtype=float), np.asarray(group), np.asarray(lost, dtype=bool)
    (_, all_event), (_, kind) = loss_bounds(time, kind, lost)

    def p_of(kinds: np.ndarray) -> float | None:
        p = _p(test(time, kinds, group, k))
        return None if math.isnan(p) else p

    p, p_all = p_of(kind), p_of(all_event)
    if p is None:
        return TippingPoint(None, p_all, None, None, alpha, 0, True)
    rows, looked = np.flatnonzero(lost).tolist(), 0
    most = min(2 ** len(rows) - 1, max_subsets)
    for size in range(1, len(rows) + 1):
        found: list[tuple[float, tuple[int, ...]]] = []
        for subset in islice(combinations(rows, size), max_subsets - looked):
            kinds = kind.copy()
            kinds[list(subset)] = EVENT
            moved, looked = p_of(kinds), looked + 1
            if moved is not None and (moved <= alpha) != (p <= alpha):
                found.append((moved, subset))
            if progress is not None:
                progress(looked / most)
        complete = looked == sum(math.comb(len(rows), s) for s in range(1, size + 1))
        if found:
            p_tipped, patients = (max if p <= alpha else min)(found)
            return TippingPoint(p, p_all, patients, p_tipped, alpha, looked, complete)
        if not complete:
            return TippingPoint(p, p_all, None, None, alpha, looked, False)
    return TippingPoint(p, p_all, None, None, alpha, looked, True)


def crude_bounds(time: np.ndarray, kind: np.ndarray, t: float) -> tuple[int, int, int]:
    """Patients known to be free of the event at t, known to have had it by then, and of unknown state at t.

    No estimator can leave (known free) / n to (known free + unknown) / n without contradicting a patient.

    Parameters
    ----------
    time, kind : as for ``life_table``
        After a competing event the event of interest can no longer come: such patients are known to be free of it.
    t : float

    Returns
    -------
    (known_free, known_event, unknown) : int
        Whoever is censored at t itself is known to be free at t.
    """
    time, kind = np.asarray(time, dtype=float), np.asarray(kind)
    known_event = (kind == EVENT) & (time <= t * (1 + TIE_TOLERANCE))
    unknown = (kind == CENSORED) & (time < t * (1 - TIE_TOLERANCE))
    return int((~known_event & ~unknown).sum()), int(known_event.sum()), int(unknown.sum())


def landmark(time: np.ndarray, kind: np.ndarray, at: float, *arrays: np.ndarray) -> tuple[np.ndarray, ...]:
    """Patients still at risk after a landmark, with the clock restarted there.

    Grouping by what happened up to the landmark is then free of immortal time. Patients who leave exactly at the
    landmark, with the event or censored, are not at risk after it.

    Parameters
    ----------
    time, kind : as for ``life_table``
    at : float
        The landmark, on the clock of ``time``.
    *arrays : arrays of shape (n,)
        More columns, such as the group.

    Returns
    -------
    (kept, time, kind, *arrays)
        Bool array, shape (n,): who stays; then the remaining patients' time from the landmark, kind and other columns.

    Notes
    -----
    Anderson JR, Cain KC, Gelber RD. J Clin Oncol 1983;1:710–719.
    """
    time = np.asarray(time, dtype=float)
    kept = time > at * (1 + TIE_TOLERANCE)
    return kept, time[kept] - at, *(np.asarray(a)[kept] for a in (kind, *arrays))
