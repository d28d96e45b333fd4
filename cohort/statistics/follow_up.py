"""How long the patients were followed: reverse Kaplan–Meier, observed times, person-time."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from cohort.statistics.intervals import poisson_exact
from cohort.statistics.life_table import grouped_table, nullable, read_rows
from cohort.statistics.survival import kaplan_meier, median_survival

MONTHS_PER_100_YEARS = 1200.0


def reverse_kaplan_meier(table: pa.Table, interval: str = "log-log", level: float = 0.95) -> pa.Table:
    """Probability of still being under observation: Kaplan–Meier with event and censoring exchanged.

    Columns as in ``kaplan_meier``; ``n_event`` counts the ends of follow-up (censorings) and ``n_censor`` the events,
    competing ones included, because each of them prevented us from seeing how long follow-up would have been.

    Notes
    -----
    Schemper M, Smith TL. Controlled Clinical Trials 1996;17:343–346.
    """
    names = table.column_names
    swapped = {"n_event": "n_censor", "n_censor": "n_event"}
    columns = [table.column(swapped.get(name, name)) for name in names]
    return kaplan_meier(pa.Table.from_arrays(columns, names=names, metadata=table.schema.metadata), interval, level)


def follow_up(table: pa.Table, interval: str = "log-log", level: float = 0.95) -> pa.Table:
    """Median follow-up by group, in two ways that answer different questions, and its range.

    Returns
    -------
    pyarrow.Table
        ``group``, ``reverse_km_median``, ``lower``, ``upper`` (how long patients would have been followed had no one
        had the event; null = not reached), ``naive_median``, ``min``, ``max`` (observed times of everyone, whatever
        ended them); one row per non-empty group.
    """
    median = median_survival(reverse_kaplan_meier(table, interval, level))
    rows = read_rows(table)
    leaving = rows["n_event"] + rows["n_competing"] + rows["n_censor"]
    observed = []
    for start, end in zip(rows.starts, rows.ends, strict=True):
        until = np.cumsum(leaving[start:end])
        n = int(until[-1])
        # 1-based ranks of the two middle times (the same one if n is odd), then of the first and the last
        rank = np.searchsorted(until, [(n + 1) // 2, n // 2 + 1, 1, n])
        observed.append(rows["time"][start + rank])
    low, high, shortest, longest = np.array(observed).reshape(-1, 4).T
    columns = {
        "reverse_km_median": median["median"].combine_chunks(),
        "lower": median["lower"].combine_chunks(),
        "upper": median["upper"].combine_chunks(),
        "naive_median": (low + high) / 2,
        "min": shortest,
        "max": longest,
    }
    return grouped_table(rows.code[rows.starts], rows.levels, columns, table.schema.metadata)


def person_time(table: pa.Table, level: float = 0.95, per: float = MONTHS_PER_100_YEARS) -> pa.Table:
    """Time at risk, events and the event rate with exact Poisson limits, by group.

    Parameters
    ----------
    table : life table
    per : float
        Person-time the rate is for, in the table's unit: 1200 months are 100 person-years.

    Returns
    -------
    pyarrow.Table
        ``group``, ``n``, ``n_event``, ``person_time`` (in the table's unit), ``rate``, ``lower``, ``upper`` (events
        per ``per``; null where there is no person-time); one row per non-empty group.
    """
    rows = read_rows(table)
    leaving = rows["n_event"] + rows["n_competing"] + rows["n_censor"]
    at_risk_time = rows["time"] * (leaving - rows.columns.get("n_entry", 0))
    if len(rows.starts):
        sums = [np.add.reduceat(a, rows.starts) for a in (leaving, rows["n_event"], at_risk_time)]
    else:
        sums = [leaving, rows["n_event"], at_risk_time]
    n, n_event, total = sums
    lower, upper = poisson_exact(n_event, total, level)
    columns = {
        "n": n,
        "n_event": n_event,
        "person_time": total,
        "rate": nullable(n_event * per / np.where(total > 0, total, np.nan)),
        "lower": nullable(lower * per),
        "upper": nullable(upper * per),
    }
    return grouped_table(rows.code[rows.starts], rows.levels, columns, table.schema.metadata)
