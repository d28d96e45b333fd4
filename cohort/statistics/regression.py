"""Hazard ratios between groups: Firth's penalised Cox regression, the ordinary one, and proportional hazards."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from scipy.special import chdtrc

from cohort.statistics.difference import normal_quantile
from cohort.statistics.life_table import grouped_table, nullable
from cohort.statistics.partial_likelihood import PartialLikelihood, spread
from cohort.statistics.risk_sets import RiskSets, risk_sets

HR_RANGE = 10_000.0
"""A profile limit beyond this, or below one over it, is reported as unbounded."""

TRANSFORMS = ("km", "identity")
"""Time scales of :func:`proportional_hazards`, the default first."""


@dataclass(frozen=True, eq=False)
class FirthCox:
    """Penalised hazard ratios of groups against a reference.

    Attributes
    ----------
    coefficients : pyarrow.Table
        ``group``, ``log_hr``, ``hr``, ``lower``, ``upper`` (profile limits of the ratio; null = unbounded),
        ``p`` (penalised likelihood ratio, 1 degree of freedom); one row per other non-empty group, null throughout
        where a group is never at risk together with the reference at an event, not even through other groups.
    reference : str or None
        None where there are no patients.
    n_event : int
        Events in all groups.
    statistic, df, p : float, int, float, or None
        Penalised likelihood ratio test of all groups having the same hazard.
    defined : bool
        False where there is no event, or nothing to compare: then every value is null and the test None.
    """

    coefficients: pa.Table
    reference: str | None
    n_event: int
    statistic: float | None
    df: int | None
    p: float | None
    defined: bool


@dataclass(frozen=True, eq=False)
class Cox:
    """Hazard ratios of groups against a reference by ordinary Cox regression.

    Attributes
    ----------
    coefficients : pyarrow.Table
        ``group``, ``log_hr``, ``std_error`` (of ``log_hr``), ``hr``, ``lower``, ``upper``, ``p`` (Wald's),
        ``estimable``, ``reason``; one row per other non-empty group. Where the likelihood has no maximum the numbers
        are null and ``reason`` is "no_event" (in the group), "no_event_in_reference", "never_together" (at risk, not
        even through other groups) or "separated" (the likelihood is monotone though both have events).
    reference : str or None
    n_event : int
    statistic, df, p : float, int, float, or None
        Likelihood ratio test; None unless every coefficient is estimable.
    estimable : bool
        There is something to compare and every coefficient is estimable.
    """

    coefficients: pa.Table
    reference: str | None
    n_event: int
    statistic: float | None
    df: int | None
    p: float | None
    estimable: bool


@dataclass(frozen=True, eq=False)
class PHCheck:
    """Test of hazard ratios that change with time.

    Attributes
    ----------
    coefficients : pyarrow.Table
        ``group``, ``statistic`` (1 degree of freedom), ``p``; null where not defined.
    reference : str or None
    transform : str
    statistic, df, p : float, int, float, or None
        All groups together.
    defined : bool
        False unless the Cox model is estimable in every group and its events are at enough different times.
    """

    coefficients: pa.Table
    reference: str | None
    transform: str
    statistic: float | None
    df: int | None
    p: float | None
    defined: bool


def firth_cox(table: pa.Table, reference: str | None = None, level: float = 0.95) -> FirthCox:
    """Cox regression on groups with Firth's penalty: a finite hazard ratio also where one group has no event.

    Parameters
    ----------
    table : life table
        Competing events count as censored (the hazard is cause-specific); delayed entry is allowed.
    reference : str, optional
        Default the first group that has patients.
    level : float
        Of the profile penalised likelihood limits.

    Raises
    ------
    ValueError
        ``reference`` has no patients.

    Notes
    -----
    Ties are Breslow's. Everything is computed from the numbers at risk and with the event by group, so the cost is
    that of the distinct event times. The penalty at a fixed coefficient is that of the whole information matrix.
    Firth D. Biometrika 1993;80:27–38. Heinze G, Schemper M. Biometrics 2001;57:114–119.
    """
    z = normal_quantile(level)
    sets = risk_sets(table, reference)
    chosen = sets.comparable()
    others = np.flatnonzero(chosen[1:])
    values, test = np.full((4, len(chosen[1:])), np.nan), (None, None, None)
    if len(others):
        likelihood = PartialLikelihood(sets.among(chosen), "breslow", penalised=True)
        at_zero = likelihood.at(np.zeros(len(others)))[0]
        beta, top, _, information = likelihood.maximum(np.zeros(len(others)))
        test = _chi_square(2 * (top - at_zero), len(others))
        error = np.sqrt(np.diag(np.linalg.inv(information)))
        for j, other in enumerate(others):
            limits = [likelihood.profile_limit(beta, top, j, z, side * error[j], HR_RANGE) for side in (-1, 1)]
            fall = top - likelihood.profile(beta, j, 0.0)[0]
            values[:, other] = beta[j], *limits, _chi_square(2 * fall, 1)[2]
    log_hr, lower, upper, p = values
    columns = {"log_hr": log_hr, "hr": np.exp(log_hr), "lower": np.exp(lower), "upper": np.exp(upper), "p": p}
    return FirthCox(_by_group(sets, columns), sets.reference, int(sets.n_event.sum()), *test, len(others) > 0)


def cox(table: pa.Table, reference: str | None = None, ties: str = "efron", level: float = 0.95) -> Cox:
    """Ordinary Cox regression on groups, which says which hazard ratios it cannot estimate.

    Parameters
    ----------
    table : life table
        Competing events count as censored (the hazard is cause-specific); delayed entry is allowed.
    reference : str, optional
        Default the first group that has patients.
    ties : "efron" (R's default) or "breslow"
    level : float
        Of Wald's limits.

    Raises
    ------
    ValueError
        ``reference`` has no patients, or an unknown ``ties``.

    Notes
    -----
    Whether the likelihood has a maximum is read from who had the event while whom was at risk (see
    ``RiskSets.estimable``), not from the size of a coefficient or its standard error: software that does not ask
    stops somewhere on the way to infinity and prints a ratio such as 4e14. Where some groups run away, the ratios of
    the others are those of a regression without them, which is their limit.
    Cox DR. JRSS B 1972;34:187–220. Efron B. JASA 1977;72:557–565. Breslow N. Biometrics 1974;30:89–99.
    """
    z = normal_quantile(level)
    sets = risk_sets(table, reference)
    found = sets.estimable()
    others = np.flatnonzero(found[1:])
    values, test = np.full((2, len(found[1:])), np.nan), (None, None, None)
    likelihood = PartialLikelihood(sets.among(found), ties)
    if len(others):
        at_zero = likelihood.at(np.zeros(len(others)))[0]
        beta, top, _, information = likelihood.maximum(np.zeros(len(others)))
        values[:, others] = beta, np.sqrt(np.diag(np.linalg.inv(information)))
        if found.all():
            test = _chi_square(2 * (top - at_zero), len(others))
    log_hr, error = values
    columns = {
        "log_hr": log_hr,
        "std_error": error,
        "hr": np.exp(log_hr),
        "lower": np.exp(log_hr - z * error),
        "upper": np.exp(log_hr + z * error),
        "p": chdtrc(1, (log_hr / error) ** 2),
        "estimable": pa.array(found[1:]),
        "reason": pa.array(_reasons(sets, found), pa.string()),
    }
    every = len(others) > 0 and bool(found.all())
    return Cox(_by_group(sets, columns), sets.reference, int(sets.n_event.sum()), *test, every)


def _reasons(sets: RiskSets, found: np.ndarray) -> list[str | None]:
    """Why the coefficient of each group but the reference is not estimable, the plainest reason first."""
    has_event = sets.n_event.any(axis=1)
    reasons = np.where(sets.comparable(), "separated", "never_together").astype(object)
    if not has_event[:1].all():
        reasons[:] = "no_event_in_reference"
    reasons[~has_event] = "no_event"
    reasons[found] = None
    return reasons[1:].tolist()


def proportional_hazards(table: pa.Table, reference: str | None = None, transform: str = "km") -> PHCheck:
    """Do the hazard ratios change with time? Score test of coefficients that move with a function of time.

    Parameters
    ----------
    table : life table
    reference : str, optional
        Default the first group that has patients. The test of all groups together does not depend on it.
    transform : "km" or "identity"
        The function of time: 1 - S(t-) of all groups together, or t itself.

    Raises
    ------
    ValueError
        ``reference`` has no patients, or an unknown ``transform``.

    Notes
    -----
    Ties are Efron's. The model beta + theta g(t) is tested for theta = 0 at the fit of :func:`cox`, with the variance
    of every risk set its own (not the average one), which is what R ``cox.zph`` does since survival 3.0. A test that
    is not significant in a small cohort says little: it has no power there.
    Grambsch PM, Therneau TM. Biometrika 1994;81:515–526.
    """
    if transform not in TRANSFORMS:
        raise ValueError(f"transform {transform!r} is not allowed: one of {', '.join(TRANSFORMS)}")
    sets = risk_sets(table, reference)
    n_other = len(sets.code[1:])
    statistic, p, test = np.full(n_other, np.nan), np.full(n_other, np.nan), (None, None, None)
    tied = sets.n_event.sum(axis=0)
    if n_other > 0 and sets.estimable().all() and len(tied) > 1:
        likelihood = PartialLikelihood(sets, "efron")
        beta, _, _, information = likelihood.maximum(np.zeros(n_other))
        share, weight = likelihood.shares(beta)[0], likelihood.weight
        g = _clock(sets, tied, transform)
        # the test does not depend on origin and unit of g; these make the matrices well conditioned
        g = (g - np.average(g, weights=tied)) / np.sqrt(np.cov(g, fweights=tied))
        moving = g[likelihood.column]
        score = sets.n_event[1:] @ g - share[1:] @ (weight * moving)
        cross, own = spread(share, weight * moving), spread(share, weight * moving**2)
        left = own - cross @ np.linalg.solve(information, cross)  # information on theta beside beta
        if np.linalg.eigvalsh(left)[0] > 1e-9 * np.trace(own):
            statistic = score**2 / np.diag(left)
            p = chdtrc(1, statistic)
            test = _chi_square(score @ np.linalg.solve(left, score), n_other)
    coefficients = _by_group(sets, {"statistic": statistic, "p": p})
    return PHCheck(coefficients, sets.reference, transform, *test, test[1] is not None)


def _clock(sets: RiskSets, tied: np.ndarray, transform: str) -> np.ndarray:
    if transform == "identity":
        return sets.time
    after = np.cumprod(1 - tied / sets.n_risk.sum(axis=0))
    return 1 - np.concatenate([[1.0], after[:-1]])


def _chi_square(statistic: float, df: int) -> tuple[float, int, float]:
    statistic = max(float(statistic), 0.0)
    return statistic, df, float(chdtrc(df, statistic))


def _by_group(sets: RiskSets, columns: dict[str, np.ndarray | pa.Array]) -> pa.Table:
    """One row per group but the reference; NaN is null."""
    arrays = {name: v if isinstance(v, pa.Array) else nullable(v) for name, v in columns.items()}
    return grouped_table(sets.code[1:], sets.levels, arrays)
