"""Difference between groups in survival or cumulative incidence at a landmark time."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from scipy.special import ndtri

from cohort.statistics.life_table import grouped_table, nullable, read_rows
from cohort.statistics.survival import survival_at


def survival_difference(curve: pa.Table, table: pa.Table, t: float, reference: str | None = None) -> pa.Table:
    """Difference from a reference group in S(t), or in cumulative incidence, with limits from each group's own.

    Limits are by MOVER ("square and add"): with each group's estimate e and limits (l, u), those of e1 - e0 are
    e1 - e0 - sqrt((e1 - l1)² + (u0 - e0)²) and e1 - e0 + sqrt((u1 - e1)² + (e0 - l0)²). They inherit the asymmetry
    and the coverage of the curve's limits, so a group in which nobody has had the event adds what is not known about
    it: with BPCP limits its lower limit is below 1, where Greenwood's standard error would be 0.

    Parameters
    ----------
    curve : from ``kaplan_meier`` or ``cumulative_incidence``
        The level of the limits is the curve's.
    table : the life table the curve was made from
    t : float, 0 or more, in the table's unit
    reference : str, optional
        The group that is subtracted; default the first that has patients.

    Returns
    -------
    pyarrow.Table
        ``group``, ``reference``, ``time``, ``difference`` (group less reference, a share between -1 and 1),
        ``lower``, ``upper``; one row per other non-empty group. The difference is null where either group is not
        observed up to t, the limits also where a limit of either group is missing. Limits of no width count as
        missing: on the plain and log scales Greenwood's are (1, 1) while nobody has had the event, a certainty that
        square and add would hand on to the difference.

    Raises
    ------
    ValueError
        ``reference`` has no patients, or ``t`` is negative.

    Notes
    -----
    Zou GY, Donner A. Stat Med 2008;27:1693–1702. Newcombe RG. Stat Med 1998;17:873–890 (of two proportions, which
    this is without censoring).
    """
    at = survival_at(curve, table, [t])
    rows = read_rows(at)
    others, first = against_reference(rows.code, rows.levels, reference)
    name = "incidence" if "incidence" in rows.columns else "survival"
    flat = rows["lower"] == rows["upper"]
    estimate, lower, upper = rows[name], *(np.where(flat, np.nan, rows[limit]) for limit in ("lower", "upper"))
    below, above = (estimate - lower) ** 2, (upper - estimate) ** 2
    difference = estimate[others] - estimate[first]
    columns = {
        "reference": rows.levels.take(pa.array(rows.code[first])),
        "time": rows["time"][others],
        "difference": nullable(difference),
        "lower": nullable(difference - np.sqrt(below[others] + above[first])),
        "upper": nullable(difference + np.sqrt(above[others] + below[first])),
    }
    return grouped_table(rows.code[others], rows.levels, columns, curve.schema.metadata)


def against_reference(
    code: np.ndarray, levels: pa.Array, reference: str | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of a group and the reference, by position among the non-empty groups.

    Parameters
    ----------
    code : int array, shape (groups,): index into ``levels`` of every non-empty group, in display order
    levels : string array
    reference : str, optional; default the first non-empty group

    Returns
    -------
    (others, first) : int arrays, shape (groups - 1,): each other group, and the reference repeated

    Raises
    ------
    ValueError
        No patients in ``reference``.
    """
    labels = levels.take(pa.array(code)).to_pylist()
    if reference is not None and reference not in labels:
        raise ValueError(f"reference {reference!r} has no patients: one of {', '.join(labels)}")
    first = 0 if reference is None else labels.index(reference)
    others = np.flatnonzero(np.arange(len(labels)) != first)
    return others, np.full(len(others), first)


def normal_quantile(level: float) -> float:
    """Standard errors on each side of an estimate in normal limits of this level.

    Raises
    ------
    ValueError
        ``level`` is not between 0 and 1.
    """
    if not 0 < level < 1:
        raise ValueError(f"level {level!r} is not allowed: between 0 and 1, such as 0.95")
    return float(ndtri((1 + level) / 2))
