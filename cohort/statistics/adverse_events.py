"""Adverse events: exact shares, and what published totals allow one to say about a subgroup."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cohort.statistics.intervals import clopper_pearson, hypergeometric_range
from cohort.statistics.life_table import nullable

GRADE_BANDS = {"any": (0, 5), "1-2": (1, 2), "3-5": (3, 5), "3": (3, 3), "4": (4, 4), "5": (5, 5)}
"""Bands of worst grade (first, last) reported from patient-level events; "any" includes events without a grade."""


def aggregate_incidence(ae_aggregate: pa.Table, level: float = 0.95) -> pa.Table:
    """Share of patients with each published adverse event, with exact limits.

    Parameters
    ----------
    ae_aggregate : table ``ae_aggregate`` of a cohort folder
        ``term``, ``grade_band``, ``k`` (patients with the event; null = not reported), ``n`` (denominator) and more.

    Returns
    -------
    pyarrow.Table
        The same rows and columns with ``share``, ``lower``, ``upper`` (Clopper–Pearson, 0 to 1) added. Where ``k`` is
        null they are null too: not reported is not zero.
    """
    k, n = (_floats(ae_aggregate[name]) for name in ("k", "n"))
    lower, upper = _masked_limits(k, n, level)
    with np.errstate(invalid="ignore", divide="ignore"):
        added = {"share": k / n, "lower": lower, "upper": upper}
    for name, values in added.items():
        ae_aggregate = ae_aggregate.append_column(name, nullable(values))
    return ae_aggregate


@dataclass(frozen=True, eq=False)
class SubgroupBounds:
    """Patients of a subgroup who can have had an event that only the whole cohort's total is known of.

    Attributes
    ----------
    lower, upper : int arrays
        Certain: no table with the published total leaves these bounds.
    expected : float array
        If the event were unrelated to the subgroup.
    central_lower, central_upper : int arrays
        Central 95 % range if the event were unrelated to the subgroup (hypergeometric).
    """

    lower: np.ndarray
    upper: np.ndarray
    expected: np.ndarray
    central_lower: np.ndarray
    central_upper: np.ndarray


def subgroup_bounds(k: np.ndarray | int, N: int, n: np.ndarray | int, level: float = 0.95) -> SubgroupBounds:
    """Bounds for the patients with an event in a subgroup of ``n``, when ``k`` of all ``N`` patients had it.

    Parameters
    ----------
    k, n : int or int arrays that broadcast together, each between 0 and N
    N : int

    Notes
    -----
    The certain bounds max(0, k + n - N) and min(k, n) are Fréchet's. Scaling k by n/N and calling it a count would
    be inventing data.
    """
    k, n = np.broadcast_arrays(np.asarray(k, dtype=np.int64), np.asarray(n, dtype=np.int64))
    for name, value in (("k", k), ("n", n)):
        if ((value < 0) | (value > N)).any():
            raise ValueError(f"{name} {value.tolist()} is not allowed: 0 to N = {N}")
    return SubgroupBounds(
        np.maximum(0, k + n - N), np.minimum(k, n), k * n / max(N, 1), *hypergeometric_range(k, N, n, level)
    )


def aggregate_bounds(ae_aggregate: pa.Table, selected: int, level: float = 0.95) -> pa.Table:
    """:func:`subgroup_bounds` for every published row and a subgroup of ``selected`` patients.

    Returns
    -------
    pyarrow.Table
        ``term``, ``grade_band``, ``k``, ``n`` as published, ``selected``, and ``lower``, ``upper``, ``expected``,
        ``central_lower``, ``central_upper``: patients of the subgroup, null where ``k`` is not reported.
    """
    k, n = (_floats(ae_aggregate[name]) for name in ("k", "n"))
    names = ("lower", "upper", "expected", "central_lower", "central_upper")
    found = {name: np.full(len(k), np.nan) for name in names}
    for total in np.unique(n[~np.isnan(k)]):
        at = (n == total) & ~np.isnan(k)
        bounds = subgroup_bounds(k[at].astype(np.int64), int(total), selected, level)
        for name in names:
            found[name][at] = getattr(bounds, name)
    table = ae_aggregate.select(["term", "grade_band", "k", "n"])
    table = table.append_column("selected", pa.array(np.full(len(k), selected)))
    for name, values in found.items():
        column = nullable(values)
        table = table.append_column(name, column if name == "expected" else column.cast(pa.int64()))
    return table


def worst_grade(ae_events: pa.Table, ids: Sequence[str]) -> pa.Table:
    """The highest grade each patient had of each term: patients are counted, not events.

    Parameters
    ----------
    ae_events : table ``ae_events`` of a cohort folder (``patient_id``, ``term``, ``grade``; grade null = not graded)
    ids : patients to look at, each once

    Returns
    -------
    pyarrow.Table
        ``patient_id``, ``term``, ``grade`` (null if none of the patient's events of that term was graded), in the
        order of ``ids`` and then of term frequency.
    """
    terms, worst = _worst_grades(ae_events, ids)
    patient, term = np.nonzero(worst.T >= 0)
    grade = worst.T[patient, term]
    return pa.table(
        {
            "patient_id": _strings(ids).take(pa.array(patient)),
            "term": terms.take(pa.array(term)),
            "grade": pa.array(grade, pa.int64(), mask=grade == 0),
        }
    )


def incidence(
    ae_events: pa.Table, ids: Sequence[str], by: Sequence[str | None] | pa.Array | None = None, level: float = 0.95
) -> pa.Table:
    """Share of patients with at least one event, by term, group and worst grade, with exact limits.

    Parameters
    ----------
    ae_events : table ``ae_events`` of a cohort folder
        With a column ``serious`` (yes/no) the band "serious" is added.
    ids : the safety set, each patient once
        The denominator: patients without any event belong in it.
    by : group of each of ``ids``, optional
        A dictionary array keeps its order of levels, anything else takes the order of appearance; null = no group.

    Returns
    -------
    pyarrow.Table
        ``term`` (all terms of ``ae_events``, most frequent in the whole table first, whatever ``ids`` are),
        ``group``, ``grade_band``, ``k`` (patients), ``n`` (denominator), ``share``, ``lower``, ``upper``
        (Clopper–Pearson). Zero counts are rows too; shares are null in a group without patients.

    Notes
    -----
    Junqueira DR et al. CONSORT Harms 2022. BMJ 2023;381:e073725: report participants with an event and denominators.
    """
    terms, worst = _worst_grades(ae_events, ids)
    bands = {name: (worst >= low) & (worst <= high) for name, (low, high) in GRADE_BANDS.items()}
    if "serious" in ae_events.column_names:
        yes = pc.is_in(pc.utf8_lower(ae_events["serious"].cast(pa.string())), pa.array(["yes", "true", "1", "y"]))
        bands["serious"] = _worst_grades(ae_events.filter(yes), ids, terms)[1] >= 0
    code, levels = _groups(by, len(ids))
    member = np.arange(len(levels))[:, None] == code
    k = np.stack([(band.astype(np.int64) @ member.T.astype(np.int64)) for band in bands.values()], axis=-1)
    n = np.broadcast_to(member.sum(axis=1)[None, :, None], k.shape)
    lower, upper = clopper_pearson(k, n, level)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = k / n
    term, group, band = (axis.ravel().astype(np.int32) for axis in np.indices(k.shape))
    return pa.table(
        {
            "term": pa.DictionaryArray.from_arrays(pa.array(term), terms),
            "group": pa.DictionaryArray.from_arrays(pa.array(group), levels),
            "grade_band": pa.DictionaryArray.from_arrays(pa.array(band), pa.array(list(bands))),
            "k": k.ravel(),
            "n": n.ravel(),
            "share": nullable(share.ravel()),
            "lower": nullable(lower.ravel()),
            "upper": nullable(upper.ravel()),
        }
    )


def _worst_grades(events: pa.Table, ids: Sequence[str], terms: pa.Array | None = None) -> tuple[pa.Array, np.ndarray]:
    """Terms, and the worst grade by term and patient, shape (terms, ids): -1 no event, 0 event without a grade."""
    value_set = _strings(ids)
    if pc.count_distinct(value_set).as_py() != len(ids):
        raise ValueError("ids repeat a patient: each patient counts once in the denominator")
    if terms is None:
        # The order of terms must not move with the selection, so it comes from all events
        pairs = events.select(["patient_id", "term"]).group_by(["patient_id", "term"]).aggregate([])
        counted = pairs.group_by("term").aggregate([([], "count_all")])
        terms = counted.sort_by([("count_all", "descending"), ("term", "ascending")])["term"].combine_chunks()
    patient = pc.index_in(events["patient_id"], value_set=value_set)
    at = pc.index_in(events["term"], value_set=terms)
    grade = np.nan_to_num(_floats(events["grade"]), nan=0.0).astype(np.int64)
    inside = ~np.isnan(_floats(patient))
    worst = np.full((len(terms), len(ids)), -1, dtype=np.int64)
    rows, columns = (_floats(index)[inside].astype(np.int64) for index in (at, patient))
    np.maximum.at(worst, (rows, columns), grade[inside])
    return terms, worst


def _groups(by: Sequence[str | None] | pa.Array | None, n: int) -> tuple[np.ndarray, pa.Array]:
    """Group index of each patient (-1 = none) and the levels."""
    if by is None:
        return np.zeros(n, dtype=np.int64), pa.array(["All"])
    if isinstance(by, pa.ChunkedArray):
        by = by.combine_chunks()
    groups = by if isinstance(by, pa.DictionaryArray) else pa.array(by, pa.string()).dictionary_encode()
    if len(groups) != n:
        raise ValueError(f"by has {len(groups)} values for {n} ids: one group a patient is needed")
    return np.nan_to_num(_floats(groups.indices), nan=-1).astype(np.int64), groups.dictionary.cast(pa.string())


def _masked_limits(k: np.ndarray, n: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    known = ~np.isnan(k) & ~np.isnan(n)
    lower, upper = clopper_pearson(np.where(known, k, 0), np.where(known, n, 0), level)
    return np.where(known, lower, np.nan), np.where(known, upper, np.nan)


def _floats(column: pa.Array | pa.ChunkedArray) -> np.ndarray:
    """A numeric column as floats, null = NaN."""
    return np.asarray(
        column.cast(pa.float64()).to_numpy(zero_copy_only=False)
        if isinstance(column, pa.Array)
        else column.cast(pa.float64()).to_numpy()
    )


def _strings(values: Sequence[str]) -> pa.Array:
    return pa.array(values, pa.string())
