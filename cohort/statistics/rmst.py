"""Restricted mean survival time: the mean time free of the event up to a horizon, and its difference between groups."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from cohort.statistics.difference import against_reference, normal_quantile
from cohort.statistics.life_table import TIE_TOLERANCE, grouped_table, nullable, read_rows
from cohort.statistics.survival import number_at_risk


def rmst(table: pa.Table, tau: float, level: float = 0.95) -> pa.Table:
    """Area under the Kaplan–Meier curve from 0 to ``tau``, by group.

    Parameters
    ----------
    table : life table
        Competing events count as censored, as in ``kaplan_meier``.
    tau : float above 0, in the table's unit
    level : float

    Returns
    -------
    pyarrow.Table
        ``group``, ``tau``, ``rmst``, ``std_error``, ``lower``, ``upper`` (all in the table's unit), ``n_risk`` (at
        time tau or later); one row per non-empty group. Value and error are null where the curve is not known up to
        tau: the group's last observed time comes before it and S has not reached 0 there. Limits are normal ones, cut
        at 0 and tau, and null where the standard error is 0: no event before tau, so nothing to judge it from.

    Raises
    ------
    ValueError
        ``tau`` is not above 0.

    Notes
    -----
    Variance: the sum over event times t of A(t)² d / (Y (Y - d)), A(t) the area from t to tau (Greenwood's formula),
    without the factor m/(m - 1) for m events that some books have: R ``print(survfit, rmean = tau)``. lifelines
    gives the variance of min(T, tau) instead. Royston P, Parmar MKB. BMC Med Res Methodol 2013;13:152.
    """
    z = normal_quantile(level)
    if not tau > 0:
        raise ValueError(f"tau {tau!r} is not allowed: a time above 0")
    rows = read_rows(table, origin=True)
    value, error = np.full((2, len(rows.starts)), np.nan)
    for i, (start, end) in enumerate(zip(rows.starts, rows.ends, strict=True)):
        time, n_risk, n_event = (rows[name][start:end] for name in ("time", "n_risk", "n_event"))
        survival = np.cumprod(1 - n_event / np.maximum(n_risk, 1))
        if tau <= time[-1] * (1 + TIE_TOLERANCE) or survival[-1] == 0:
            area = survival * np.diff(np.minimum(np.append(time, tau), tau))
            after = area[::-1].cumsum()[::-1]
            left = n_risk - n_event
            # where nobody is left S is 0, and so is the area after
            greenwood = np.where(left > 0, n_event / np.maximum(n_risk * left, 1), 0.0)
            value[i], error[i] = after[0], np.sqrt(greenwood @ after**2)
    half = z * np.where(error > 0, error, np.nan)
    columns = {
        "tau": np.full(len(value), float(tau)),
        "rmst": nullable(value),
        "std_error": nullable(error),
        "lower": nullable(np.maximum(value - half, 0.0)),
        "upper": nullable(np.minimum(value + half, tau)),
        "n_risk": number_at_risk(table, [tau])["n_risk"].combine_chunks(),
    }
    return grouped_table(rows.code[rows.starts], rows.levels, columns, table.schema.metadata)


def common_tau(table: pa.Table, at_risk: int = 5, step: float = 12) -> float | None:
    """The largest multiple of ``step`` at which every non-empty group still has ``at_risk`` patients at risk.

    Returns
    -------
    float or None
        In the table's unit; None if there is no such time, or no patient.
    """
    if not (at_risk >= 1 and step > 0):
        raise ValueError(f"at_risk {at_risk!r} and step {step!r} are not allowed: 1 or more, and above 0")
    rows = read_rows(table)
    if not len(rows.starts):
        return None
    shortest = rows["time"][rows.ends - 1].min() * (1 + TIE_TOLERANCE)
    times = step * np.arange(1, int(shortest // step) + 1)
    n_risk = number_at_risk(table, times)["n_risk"].to_numpy().reshape(len(rows.starts), len(times))
    enough = times[(n_risk >= at_risk).all(axis=0)]
    return float(enough[-1]) if len(enough) else None


def rmst_difference(table: pa.Table, tau: float, reference: str | None = None, level: float = 0.95) -> pa.Table:
    """Difference in restricted mean from a reference group.

    Parameters
    ----------
    table, tau, level : as in :func:`rmst`
    reference : str, optional
        The group that is subtracted; default the first that has patients.

    Returns
    -------
    pyarrow.Table
        ``group``, ``reference``, ``tau``, ``difference`` (group less reference), ``std_error``, ``lower``, ``upper``;
        one row per other non-empty group. The difference is null where either mean is; error and limits (normal ones,
        cut at -tau and tau) also where either group's standard error is 0.

    Raises
    ------
    ValueError
        ``reference`` has no patients, or ``tau`` is not above 0.
    """
    rows = read_rows(rmst(table, tau, level))
    others, first = against_reference(rows.code, rows.levels, reference)
    value, error = rows["rmst"], np.where(rows["std_error"] > 0, rows["std_error"], np.nan)
    difference, both = value[others] - value[first], np.hypot(error[others], error[first])
    half = normal_quantile(level) * both
    columns = {
        "reference": rows.levels.take(pa.array(rows.code[first])),
        "tau": rows["tau"][others],
        "difference": nullable(difference),
        "std_error": nullable(both),
        "lower": nullable(np.maximum(difference - half, -tau)),
        "upper": nullable(np.minimum(difference + half, tau)),
    }
    return grouped_table(rows.code[others], rows.levels, columns, table.schema.metadata)
