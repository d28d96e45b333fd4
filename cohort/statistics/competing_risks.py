"""Cumulative incidence when another event can prevent the one of interest."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from cohort.statistics.intervals import bpcp, normal_limits
from cohort.statistics.life_table import accumulate, grouped_table, read_rows


def cumulative_incidence(table: pa.Table, level: float = 0.95) -> pa.Table:
    """Aalen–Johansen cumulative incidence of the event of interest, by group.

    Unlike 1 - Kaplan–Meier it does not treat patients with a competing event as if they could still have the event.
    Tied times are taken as they are, without jitter, so the result is the same on every run.

    Parameters
    ----------
    table : life table, without delayed entry
        ``n_event`` is the event of interest and ``n_competing`` all that compete with it.
    level : float
        Pointwise confidence level.

    Returns
    -------
    pyarrow.Table
        ``group``, ``time``, ``n_risk``, ``n_event``, ``n_competing``, ``n_censor``, ``incidence``, ``std_error``,
        ``lower``, ``upper``. Each row holds on [time, next time); a row at time 0 starts every non-empty group, as in
        ``kaplan_meier``. Limits are complementary log-log, that is on log(-log(1 - F)). There is no such scale while
        F is 0: there, and all along in a group without any competing event, where F is 1 - Kaplan–Meier, they are one
        less the beta product limits of that curve, so the same patients have the same limits under either name. With
        a competing event before the first event of interest the upper limit is 1 - (alpha/2)^(1/Y), Y at risk just
        after t: that of a world without the competing event, which F cannot exceed. The metadata ``interval`` is
        "bpcp" where no group has a competing event, else "complementary log-log".

    Notes
    -----
    Estimate: Aalen OO, Johansen S. Scand J Stat 1978;5:141–150. Variance: Aalen OO. Ann Stat 1978;6:534–545, with
    Gray's (Ann Stat 1988;16:1141–1154) allowance for tied events, as R ``cmprsk::cuminc``. At u, d of one kind among
    Y at risk have variance S(u-)² d/Y² (1 - (d-1)/(Y-1)); the event at u moves F(t) by 1 - (F(t) - F(u))/S(u) of it,
    a competing event by -(F(t) - F(u))/S(u). Beta product limits: Fay MP, Brittain EH, Proschan MA. Biostatistics
    2013;14:723–736; without an event and without censoring they are Clopper and Pearson's of 0 in Y.
    """
    if "n_entry" in table.column_names:
        raise ValueError("cumulative incidence is not defined here for delayed entry: leave entry out")
    rows = read_rows(table, origin=True)
    n_risk = rows["n_risk"]
    survival = accumulate(np.multiply, 1 - (rows["n_event"] + rows["n_competing"]) / n_risk, rows.starts)
    before = np.ones_like(survival)
    before[1:] = survival[:-1]
    before[rows.starts] = 1.0
    incidence = accumulate(np.add, before * rows["n_event"] / n_risk, rows.starts)
    incidence[incidence > 1 - 1e-12] = 1.0  # a sum of shares of one, but for rounding
    # Var F(t) = sum over u <= t of v1 (1 + (F(u) - F(t))/S(u))² + v2 ((F(u) - F(t))/S(u))², expanded in powers of
    # F(t) so that three running sums give it at every t. Once S(u) is 0 nothing later can move F.
    v1, v2 = (_tied_variance(before, rows[name], n_risk) for name in ("n_event", "n_competing"))
    inverse = np.divide(1.0, survival, out=np.zeros_like(survival), where=survival > 0)
    own, other = 1 + incidence * inverse, incidence * inverse
    powers = np.array([v1 * own**2 + v2 * other**2, -2 * inverse * (v1 * own + v2 * other), inverse**2 * (v1 + v2)])
    sums = accumulate(np.add, powers, rows.starts)
    variance = sums[0] + incidence * (sums[1] + incidence * sums[2])
    std_error = np.sqrt(np.maximum(variance, 0.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        # log(-log(1 - F)) is the log-log scale of 1 - F
        lower, upper = normal_limits(1 - incidence, std_error / (1 - incidence), "log-log", level)
    competes = np.repeat(np.add.reduceat(rows["n_competing"], rows.starts) > 0, rows.ends - rows.starts)
    after = n_risk - rows["n_event"] - rows["n_competing"] - rows["n_censor"]
    exact = bpcp(n_risk, rows["n_event"], after, rows.starts, level)
    lower, upper = (np.where(competes & (incidence > 0), *both) for both in zip((lower, upper), exact, strict=True))
    columns = {
        **rows.columns,
        "incidence": incidence,
        "std_error": std_error,
        "lower": 1 - upper,
        "upper": 1 - lower,
    }
    interval = "complementary log-log" if competes.any() else "bpcp"
    metadata = {**(table.schema.metadata or {}), "interval": interval, "level": str(level)}
    return grouped_table(rows.code, rows.levels, columns, metadata)


def _tied_variance(before: np.ndarray, n_event: np.ndarray, n_risk: np.ndarray) -> np.ndarray:
    """Variance of the increment S(u-) d/Y when d of Y have the event at once."""
    together = np.maximum(n_event - 1, 0) / np.maximum(n_risk - 1, 1)
    return before**2 * (1 - together) * n_event / n_risk.astype(float) ** 2
