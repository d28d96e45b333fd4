"""Weighted k-sample score statistics, studentised with the covariance of each allocation to groups."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

_RANK_TOLERANCE = 1e-12  # eigenvalues of the covariance below this share of the information are 0 but for rounding


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
    """A k-sample statistic of one or many allocations; leading axes are those of the counts.

    Attributes
    ----------
    expected, score : float arrays, shape (..., groups)
        Expected number of events, unweighted; weighted sum of observed less expected.
    covariance : float array, shape (..., groups, groups)
        Covariance of the scores.
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
    """The k-sample log-rank statistic with one of the ``WEIGHTS``, for many allocations at once.

    Parameters
    ----------
    n_risk, n_event : arrays, shape (..., groups, times)
        At risk and with the event at each distinct event time, in order of time.

    Returns
    -------
    Scores
        The covariance is hypergeometric: given who is at risk and how many have the event.

    Raises
    ------
    ValueError
        ``weight`` is not one of the ``WEIGHTS``.

    Notes
    -----
    Mantel N. Cancer Chemother Rep 1966;50:163–170. Weights: Tarone RE, Ware J. Biometrika 1977;64:156–160; Harrington
    DP, Fleming TR. Biometrika 1982;69:553–566.
    """
    if weight not in WEIGHTS:
        raise ValueError(f"weight {weight!r} is not allowed: one of {', '.join(WEIGHTS)}")
    n_risk, n_event = (np.asarray(n, dtype=float) for n in (n_risk, n_event))  # products of counts outgrow integers
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
    statistic, df = quadratic_form(score[..., :-1], covariance[..., :-1, :-1], least)
    return Scores(by_chance.sum(axis=-1), score, covariance, statistic, df)


def quadratic_form(score: np.ndarray, covariance: np.ndarray, least: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """score' covariance⁻ score with a generalised inverse, and the rank.

    Parameters
    ----------
    score, covariance : float arrays, shape (..., m) and (..., m, m)
    least : float array, shape (...)
        Eigenvalues up to this count as 0.
    """
    if score.shape[-1] == 1:
        values, along = covariance[..., 0], score
    else:
        values, vectors = np.linalg.eigh(covariance)
        along = (score[..., None, :] @ vectors)[..., 0, :]
    kept = values > least[..., None]
    return (kept * along**2 / np.where(kept, values, 1)).sum(axis=-1), kept.sum(axis=-1)
