"""Kaplan–Meier survival, its value at landmark times, the numbers at risk and the median."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from cohort.statistics.intervals import INTERVALS, bpcp, greenwood, normal_limits
from cohort.statistics.life_table import (
    TIE_TOLERANCE,
    Rows,
    accumulate,
    grouped_table,
    nullable,
    present_at_zero,
    read_rows,
)

_MEDIAN_TOLERANCE = float(np.sqrt(np.finfo(float).eps))  # that of R's quantile.survfit


def kaplan_meier(table: pa.Table, interval: str = "bpcp", level: float = 0.95) -> pa.Table:
    """Kaplan–Meier estimate of S(t) with pointwise confidence limits, by group.

    Parameters
    ----------
    table : life table (see ``life_table``)
        Competing events count as censored here.
    interval : "bpcp", "log-log", "log" or "plain"
        Beta product limits, or Greenwood's on the named scale with R's conventions.
    level : float
        Pointwise confidence level.

    Returns
    -------
    pyarrow.Table
        ``group``, ``time``, ``n_risk``, ``n_event``, ``n_censor``, ``survival``, ``std_error`` (Greenwood's, of S),
        ``lower``, ``upper``. Each row holds on [time, next time). A row at time 0 starts every non-empty group,
        unless it has patients with time 0: then the row at 0 is theirs. NaN where R's ``survfit`` gives NA.

    Raises
    ------
    ValueError
        An unknown interval, or "bpcp" with delayed entry, for which it is not defined.

    Notes
    -----
    Kaplan EL, Meier P. JASA 1958;53:457–481. Intervals: ``cohort.statistics.intervals``.
    """
    if interval not in INTERVALS:
        raise ValueError(f"interval {interval!r} is not allowed: one of {', '.join(INTERVALS)}")
    rows = read_rows(table, origin=True)
    n_risk, n_event = rows["n_risk"], rows["n_event"]
    n_censor = rows["n_censor"] + rows["n_competing"]
    survival = accumulate(np.multiply, 1 - n_event / np.maximum(n_risk, 1), rows.starts)
    log_se = greenwood(n_risk, n_event, rows.starts)
    if interval == "bpcp":
        if "n_entry" in rows.columns:
            raise ValueError("interval 'bpcp' is not defined for delayed entry: use 'log-log'")
        lower, upper = bpcp(n_risk, n_event, n_risk - n_event - n_censor, rows.starts, level)
    else:
        lower, upper = normal_limits(survival, log_se, interval, level)
    with np.errstate(invalid="ignore"):  # 0 times infinity where S is 0: NaN, as in R
        std_error = survival * log_se
    columns = {
        "time": rows["time"],
        "n_risk": n_risk,
        "n_event": n_event,
        "n_censor": n_censor,
        "survival": survival,
        "std_error": std_error,
        "lower": lower,
        "upper": upper,
    }
    metadata = {**(table.schema.metadata or {}), "interval": interval, "level": str(level)}
    return grouped_table(rows.code, rows.levels, columns, metadata)


def number_at_risk(table: pa.Table, times: Sequence[float]) -> pa.Table:
    """Who is at risk at each time, and who had the event or was censored before it, by group.

    Parameters
    ----------
    table : life table
    times : sequence of float, shape (m,), in the table's unit

    Returns
    -------
    pyarrow.Table
        ``group``, ``time``, ``n_risk`` (time t or later), ``n_event``, ``n_competing``, ``n_censor`` (cumulative,
        strictly before t); one row per non-empty group and time. Rows sum to the group's n (with delayed entry: to
        those who entered before t).

    Notes
    -----
    The extended table of Morris TP et al. (KMunicate), BMJ Open 2019;9:e030215. The number at risk is that of R's
    ``survfit``: patients who leave at t are still at risk at t.
    """
    rows = read_rows(table)
    times, counts = _counts_before(rows, times)
    code = np.repeat(rows.code[rows.starts], len(times))
    names = ("n_risk", "n_event", "n_competing", "n_censor")
    columns = {"time": np.tile(times, len(rows.starts)), **dict(zip(names, counts, strict=True))}
    return grouped_table(code, rows.levels, columns, table.schema.metadata)


def survival_at(curve: pa.Table, table: pa.Table, times: Sequence[float]) -> pa.Table:
    """S(t) at given times, with the numbers it rests on, by group.

    Parameters
    ----------
    curve : from :func:`kaplan_meier`; a curve from ``cumulative_incidence`` is read in the same way
    table : the life table the curve was made from
    times : sequence of float, shape (m,)

    Returns
    -------
    pyarrow.Table
        ``group``, ``time``, ``survival`` (or ``incidence``, as in the curve), ``lower``, ``upper``, ``n_risk`` (time t
        or later), ``n_event``, ``n_censor`` (before t); for an incidence curve ``n_competing`` too, which for a
        survival curve is part of ``n_censor``. Estimate and limits are null (not estimable) beyond the group's last
        observed time; a limit is also null where the interval does not give one.
    """
    rows, counted = read_rows(curve), read_rows(table)
    times, (n_risk, n_event, n_competing, n_censor) = _counts_before(counted, times)
    index = np.empty((len(rows.starts), len(times)), dtype=np.int64)
    seen = np.empty(index.shape, dtype=bool)
    for i, (start, end) in enumerate(zip(rows.starts, rows.ends, strict=True)):
        group_times = rows["time"][start:end]
        index[i] = start + group_times.searchsorted(times * (1 + TIE_TOLERANCE), side="right") - 1
        seen[i] = times <= group_times[-1] * (1 + TIE_TOLERANCE)
    index, seen = index.ravel(), seen.ravel()
    estimate = "incidence" if "incidence" in rows.columns else "survival"
    columns = {"time": np.tile(times, len(rows.starts))}
    for name in (estimate, "lower", "upper"):
        columns[name] = nullable(np.where(seen, rows[name][index], np.nan))
    columns |= {"n_risk": n_risk, "n_event": n_event}
    if estimate == "incidence":
        columns |= {"n_competing": n_competing, "n_censor": n_censor}
    else:
        columns["n_censor"] = n_censor + n_competing
    return grouped_table(np.repeat(rows.code[rows.starts], len(times)), rows.levels, columns, curve.schema.metadata)


def _counts_before(rows: Rows, times: Sequence[float]) -> tuple[np.ndarray, np.ndarray]:
    """The times as an array, and (at risk, events, competing, censored before t), shape (4, groups x times)."""
    times = np.asarray(times, dtype=float)
    if times.ndim != 1 or not (times >= 0).all():
        raise ValueError(f"times {times.tolist()!r} is not allowed: a list of numbers, each 0 or more")
    gone = np.zeros((4, len(rows.code) + 1), dtype=np.int64)
    for i, name in enumerate(("n_event", "n_competing", "n_censor"), 1):
        gone[i, 1:] = rows[name]
    gone[0] = -gone.sum(axis=0)
    if "n_entry" in rows.columns:
        gone[0, 1:] += rows["n_entry"]
    gone = gone.cumsum(axis=1)
    just_before, position = times * (1 - TIE_TOLERANCE), np.empty((len(rows.starts), len(times)), dtype=np.int64)
    for i, (start, end) in enumerate(zip(rows.starts, rows.ends, strict=True)):
        position[i] = start + rows["time"][start:end].searchsorted(just_before)
    counts = gone[:, position] - gone[:, rows.starts, None]
    counts[0] += present_at_zero(rows.columns, rows.starts)[:, None]
    return times, counts.reshape(4, -1)


def median_survival(curve: pa.Table, p: float = 0.5) -> pa.Table:
    """Time by which a share ``p`` has had the event, with limits from inverting the curve's, by group.

    On a flat part at exactly 1 - p the time is its midpoint (to the last observed time if the curve ends there), for
    the estimate and for both limits: R's ``quantile.survfit``. R's ``print(survfit)`` differs in the second case:
    it gives the start of a flat part on which the curve ends.

    Parameters
    ----------
    curve : from ``kaplan_meier`` or ``reverse_kaplan_meier``
    p : float between 0 and 1

    Returns
    -------
    pyarrow.Table
        ``group``, ``median``, ``lower``, ``upper``, one row per non-empty group; null = not reached, or for a limit
        not estimable.

    Notes
    -----
    Brookmeyer R, Crowley J. Biometrics 1982;38:29–41. lifelines takes the first time S <= 0.5 and, without a
    tolerance, can miss a step at 0.5 by rounding.
    """
    if not 0 < p < 1:
        raise ValueError(f"p {p!r} is not allowed: between 0 and 1, such as 0.5")
    rows = read_rows(curve)
    # The lower limit of the median is where the *lower* limit of S falls to 1 - p, and the upper likewise
    fallen = 1 - np.array([rows["survival"], rows["lower"], rows["upper"]])
    found = _quantile(rows, fallen, p)
    columns = {name: nullable(found[i]) for i, name in enumerate(("median", "lower", "upper"))}
    return grouped_table(rows.code[rows.starts], rows.levels, columns, curve.schema.metadata)


def _quantile(rows: Rows, fallen: np.ndarray, p: float) -> np.ndarray:
    """Times at which 1 - S reaches p, shape (3, groups), for ``fallen`` of shape (3, rows); NaN if it never does."""
    time = rows["time"]
    start, reached, value = _first_smallest(fallen, fallen >= p - _MEDIAN_TOLERANCE, rows)
    end, passed, _ = _first_smallest(fallen, fallen > p + _MEDIAN_TOLERANCE, rows)
    until = np.where(passed, time[end], time[rows.ends - 1])
    flat = np.abs(value - p) <= _MEDIAN_TOLERANCE
    return np.where(reached, np.where(flat, (time[start] + until) / 2, time[start]), np.nan)


def _first_smallest(fallen: np.ndarray, allowed: np.ndarray, rows: Rows) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Row of the smallest allowed value of each group, whether there is one, and the value; each (3, groups).

    The smallest and not the first: limits on the plain and log scales may rise again, and R sorts them too.
    """
    values = np.where(allowed, fallen, np.inf)
    smallest = np.minimum.reduceat(values, rows.starts, axis=1)
    found = smallest < np.inf
    here = values == np.repeat(smallest, rows.ends - rows.starts, axis=1)
    index = np.minimum.reduceat(np.where(here, np.arange(len(rows.code)), len(rows.code)), rows.starts, axis=1)
    return index, found, smallest
