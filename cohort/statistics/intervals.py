"""Confidence limits: for a survival curve, a proportion, a rate, and the range of a subgroup's share of events."""

from __future__ import annotations

import numpy as np
from scipy.special import betaincinv, gammaincinv, gammaln, ndtri

from cohort.statistics.life_table import accumulate

INTERVALS = ("bpcp", "log-log", "log", "plain")
"""Interval methods of a Kaplan–Meier curve, the default first."""


def bpcp(
    n_risk: np.ndarray,
    n_event: np.ndarray,
    n_after: np.ndarray,
    starts: np.ndarray | None = None,
    level: float = 0.95,
) -> tuple[np.ndarray, np.ndarray]:
    """Beta product limits of S(t), method of moments: they keep their coverage in small samples.

    With the pairs (Y - d + 1, d) of every time with an event up to t, the product of independent Beta(Y - d + 1, d)
    variables is matched by one beta variable with the same mean and variance. The upper limit is its 1 - alpha/2
    quantile (1 before the first event). The lower limit is the alpha/2 quantile of the same product with one factor
    more, Beta(Y(t+), 1) (0 when no one is at risk after t), so it falls whenever someone leaves the risk set and
    there is no "100 % (100–100)" when nobody has had the event. Without censoring this is Clopper–Pearson.

    Parameters
    ----------
    n_risk, n_event : int arrays, shape (rows,)
        Y and d at each row, ordered by time within a group.
    n_after : int array, shape (rows,)
        Y(t+): at risk just after the row's time, which is after its censorings too.
    starts : int array, optional
        Index of each group's first row; default one group.
    level : float
        Pointwise confidence level.

    Returns
    -------
    (lower, upper) : float arrays, shape (rows,)
        They hold on [time, next time).

    Notes
    -----
    Fay MP, Brittain EH, Proschan MA. Pointwise confidence intervals for a survival distribution with small samples
    or heavy censoring. Biostatistics 2013;14:723–736.
    """
    n_risk, n_event, n_after = (np.asarray(a, dtype=float) for a in (n_risk, n_event, n_after))
    starts = np.zeros(min(1, len(n_risk)), dtype=int) if starts is None else starts
    alpha = _alpha(level)
    # Of a product of betas with shapes (a, b): log mean = sum of log(a/(a+b)); log(1 + variance/mean²) = sum of
    # log(1 + b/(a(a+b+1))). Sums of logarithms keep the small variances of large cohorts, which the difference of
    # the two moments would lose to rounding. A row without event has b = 0 and adds nothing.
    moments = accumulate(np.add, np.array(_log_moments(n_risk - n_event + 1, n_event)), starts)
    upper = np.where(moments[1] > 0, _matched_quantile(moments, 1 - alpha / 2), 1.0)
    remaining = np.maximum(n_after, 1)
    lower = np.where(n_after > 0, _matched_quantile(moments + _log_moments(remaining, 1.0), alpha / 2), 0.0)
    return lower, upper


def _log_moments(a: np.ndarray, b: np.ndarray | float) -> tuple[np.ndarray, np.ndarray]:
    return np.log(a / (a + b)), np.log1p(b / (a * (a + b + 1)))


def _matched_quantile(moments: np.ndarray, probability: float) -> np.ndarray:
    """Quantile of the beta distribution with log mean ``moments[0]`` and log(1 + cv²) ``moments[1]``."""
    mean, rest = np.exp(moments[0]), -np.expm1(moments[0])
    with np.errstate(divide="ignore", invalid="ignore"):  # no event yet: no spread, and the caller takes 1
        precision = rest / (mean * np.expm1(moments[1])) - 1
        return betaincinv(mean * precision, rest * precision, probability)


def greenwood(n_risk: np.ndarray, n_event: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Greenwood's standard error of log S(t) by row; infinite once S is 0 (multiply by S for that of S)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        term = np.where(n_event > 0, n_event / (n_risk * (n_risk - n_event)), 0.0)
    return np.sqrt(accumulate(np.add, term, starts))


def normal_limits(
    survival: np.ndarray, log_se: np.ndarray, interval: str, level: float = 0.95
) -> tuple[np.ndarray, np.ndarray]:
    """Limits of S(t) from its standard error, on the "plain", "log" or "log-log" scale.

    Parameters
    ----------
    survival, log_se : float arrays, shape (rows,)
        S and the standard error of log S.

    Returns
    -------
    (lower, upper) : float arrays, shape (rows,)
        NaN where R's ``survfit`` gives NA: all scales at S = 0, and log-log at S = 1. Plain and log limits are cut
        at 0 and 1.

    Notes
    -----
    Kalbfleisch and Prentice, The Statistical Analysis of Failure Time Data, 2nd ed., section 1.4; conventions of
    ``conf.type`` in R ``survival::survfit``.
    """
    z = ndtri(1 - _alpha(level) / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        if interval == "plain":
            width = z * survival * log_se
            return np.maximum(survival - width, 0.0), np.minimum(survival + width, 1.0)
        if interval == "log":
            inside = np.where(survival > 0, survival, np.nan)
            return inside * np.exp(-z * log_se), np.minimum(inside * np.exp(z * log_se), 1.0)
        if interval == "log-log":
            log_s = np.log(np.where((survival > 0) & (survival < 1), survival, np.nan))
            factor = np.exp(z * log_se / -log_s)
            return np.exp(log_s * factor), np.exp(log_s / factor)
    raise ValueError(f"interval {interval!r} is not allowed: plain, log or log-log")


def clopper_pearson(k: np.ndarray, n: np.ndarray, level: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """Exact limits of a proportion of ``k`` patients in ``n`` (arrays or numbers); NaN where n is 0.

    Notes
    -----
    Clopper CJ, Pearson ES. Biometrika 1934;26:404–413. Equal to R ``binom.test``.
    """
    k, n = np.broadcast_arrays(np.asarray(k, dtype=float), np.asarray(n, dtype=float))
    if ((k < 0) | (k > n)).any():
        raise ValueError(f"k {k.tolist()} is not allowed: 0 to n, here n = {n.tolist()}")
    alpha = _alpha(level)
    lower = np.where(k > 0, betaincinv(np.maximum(k, 1), n - k + 1, alpha / 2), 0.0)
    upper = np.where(k < n, betaincinv(k + 1, np.maximum(n - k, 1), 1 - alpha / 2), 1.0)
    return np.where(n > 0, lower, np.nan), np.where(n > 0, upper, np.nan)


def poisson_exact(k: np.ndarray, t: np.ndarray, level: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """Exact limits of a rate of ``k`` events in person-time ``t`` (per unit of t); NaN where t is 0.

    Notes
    -----
    Garwood F. Biometrika 1936;28:437–442. Equal to R ``poisson.test``.
    """
    k, t = np.broadcast_arrays(np.asarray(k, dtype=float), np.asarray(t, dtype=float))
    if ((k < 0) | (t < 0)).any():
        raise ValueError(f"k {k.tolist()} events in t {t.tolist()} is not allowed: both 0 or more")
    alpha = _alpha(level)
    time = np.where(t > 0, t, np.nan)
    lower = np.where(k > 0, gammaincinv(np.maximum(k, 1), alpha / 2), 0.0)
    return lower / time, gammaincinv(k + 1, 1 - alpha / 2) / time


def hypergeometric_range(
    k: np.ndarray, population: int, n: np.ndarray, level: float = 0.95
) -> tuple[np.ndarray, np.ndarray]:
    """Central range of how many of ``k`` marked among ``population`` patients fall in a random subgroup of ``n``.

    Returns
    -------
    (lower, upper) : int arrays, the shape of ``k`` and ``n`` together
        The alpha/2 and 1 - alpha/2 quantiles, each the smallest count whose cumulative probability reaches it (R
        ``qhyper``).
    """
    k, n = np.broadcast_arrays(np.asarray(k), np.asarray(n))
    x = np.arange(population + 1)
    k, n = k[..., None], n[..., None]
    possible = (x <= k) & (x <= n) & (n - x <= population - k)
    with np.errstate(invalid="ignore"):
        log_p = (
            _log_choose(k, np.minimum(x, k))
            + _log_choose(population - k, np.clip(n - x, 0, population - k))
            - _log_choose(np.asarray(population), n)
        )
    cumulative = np.cumsum(np.where(possible, np.exp(log_p), 0.0), axis=-1)
    alpha = _alpha(level)
    fuzz = 1e-12  # a probability that equals alpha/2 but for rounding has reached it
    return tuple((cumulative < p - fuzz).sum(axis=-1) for p in (alpha / 2, 1 - alpha / 2))


def _log_choose(n: np.ndarray, k: np.ndarray) -> np.ndarray:
    return gammaln(n + 1.0) - gammaln(k + 1.0) - gammaln(n - k + 1.0)


def _alpha(level: float) -> float:
    if not 0 < level < 1:
        raise ValueError(f"level {level!r} is not allowed: between 0 and 1, such as 0.95")
    return 1.0 - level
