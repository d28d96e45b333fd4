"""What must hold of masked tables and rounded curves, whatever the counts and times."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy.optimize import linprog

from cohort.disclosure import rounded_curve, small_cells
from cohort.statistics import kaplan_meier, life_table

tables = arrays.arrays(
    np.int64,
    st.tuples(st.integers(1, 4), st.integers(1, 4)),
    elements=st.one_of(st.integers(0, 3), st.integers(0, 40)),
)
lists = arrays.arrays(np.int64, st.integers(1, 6), elements=st.one_of(st.integers(0, 3), st.integers(0, 40)))
thresholds = st.integers(2, 12)
patient = st.tuples(st.integers(1, 15), st.integers(0, 2), st.integers(0, 1))
patients = st.lists(patient, max_size=60)
many = st.lists(patient, min_size=25, max_size=60)  # at least one of the two groups keeps a step
often = settings(deadline=None, max_examples=120)


def with_totals(counts):
    counts = np.vstack([counts, counts.sum(axis=0)])
    return np.hstack([counts, counts.sum(axis=1, keepdims=True)])


def all_masks(masked):
    return np.block([[masked.cells, masked.row_totals[:, None]], [masked.column_totals, np.array([masked.total])]])


def width(hidden, shown, sums, cell):
    """How far the value of a hidden cell can range for a reader of the rest, who knows that zeros are never hidden.

    ``sums`` are rows of coefficients over all cells; each of them is 0 for the true table.
    """
    places = np.flatnonzero(hidden)
    known = np.where(hidden, 0, shown)
    goal = (places == cell).astype(float)
    ends = []
    for sign in (1, -1):
        found = linprog(sign * goal, A_eq=sums[:, places], b_eq=-(sums @ known), bounds=(1, None))
        ends.append(-np.inf if found.status == 3 else found.fun)
    return -sum(ends)


def table_sums(rows, columns):
    sums = []
    for i in range(rows + 1):
        row = np.zeros((rows + 1, columns + 1))
        row[i, :-1], row[i, -1] = 1, -1
        sums.append(row.ravel())
    for j in range(columns + 1):
        column = np.zeros((rows + 1, columns + 1))
        column[:-1, j], column[-1, j] = 1, -1
        sums.append(column.ravel())
    return np.array(sums)


def widths(counts, hidden):
    full, sums = with_totals(counts).ravel(), table_sums(*counts.shape)
    return [width(hidden.ravel(), full, sums, cell) for cell in np.flatnonzero(hidden)]


def test_the_reader_of_these_tests_does_find_a_lone_masked_cell():
    counts = np.array([[20, 3], [30, 40]])
    alone = with_totals(counts) == 3
    assert widths(counts, alone) == [pytest.approx(0)]


@often
@given(tables, thresholds)
def test_no_masked_cell_of_a_table_follows_from_what_is_shown(counts, threshold):
    hidden = all_masks(small_cells(counts, threshold))
    assert all(w > 0.999 for w in widths(counts, hidden))


@often
@given(lists, thresholds)
def test_no_masked_cell_of_a_list_follows_from_its_total(counts, threshold):
    masked = small_cells(counts, threshold)
    hidden = np.append(masked.cells[0], masked.total)
    full = np.append(counts, counts.sum())
    sums = np.append(np.ones(len(counts)), -1)[None, :]
    assert all(width(hidden, full, sums, cell) > 0.999 for cell in np.flatnonzero(hidden))


@often
@given(tables, thresholds)
def test_every_small_count_is_masked_and_no_zero(counts, threshold):
    hidden, full = all_masks(small_cells(counts, threshold)), with_totals(counts)
    assert hidden[(full > 0) & (full < threshold)].all()
    assert not hidden[full == 0].any()
    if not ((full > 0) & (full < threshold)).any():
        assert not hidden.any()


def curves(people, threshold):
    time, kind, group = (np.array([p[i] for p in people], dtype=int) for i in range(3))
    table = life_table(time.astype(float), kind, group, ["a", "b"])
    return table, rounded_curve(table, threshold)


@often
@given(patients, thresholds)
def test_enough_patients_leave_at_every_step_and_nobody_is_lost(people, threshold):
    _, rounded = curves(people, threshold)
    leaving = sum(rounded[name].to_numpy() for name in ("n_event", "n_competing", "n_censor"))
    assert (leaving >= threshold).all()
    for group, code in (("a", 0), ("b", 1)):
        n = sum(p[2] == code for p in people)
        rows = [r for r in rounded.to_pylist() if r["group"] == group]
        if n < threshold:
            assert not rows
            assert group not in json.loads(rounded.schema.metadata[b"n"])
            continue
        for name, kind in (("n_censor", 0), ("n_event", 1), ("n_competing", 2)):
            assert sum(r[name] for r in rows) == sum(p[1:] == (kind, code) for p in people)
        times = [r["time"] for r in rows]
        assert (np.diff(times) > 0).all()
        for row in rows:
            earlier = [t for t in times if t < row["time"]]
            assert row["n_risk"] == sum(p[2] == code and p[0] > max(earlier, default=0) for p in people)


@often
@given(many, thresholds)
def test_the_rounded_curve_falls_and_never_lies_below_the_estimate(people, threshold):
    table, rounded = curves(people, threshold)
    assert rounded.num_rows
    exact, coarse = (_steps(kaplan_meier(t, "plain")) for t in (table, rounded))
    for group, (times, survival) in coarse.items():
        assert (np.diff(survival) <= 0).all()
        at = np.arange(0, times[-1] + 1)
        assert (_at(coarse[group], at) >= _at(exact[group], at) - 1e-12).all()


@often
@given(st.lists(st.integers(1, 15), min_size=12, max_size=60), thresholds)
def test_without_censoring_the_steps_end_on_the_estimate(times, threshold):
    _, rounded = curves([(t, 1, 0) for t in times], threshold)
    found, survival = _steps(kaplan_meier(rounded, "plain"))["a"]
    np.testing.assert_allclose(survival, [np.mean(np.array(times) > t) for t in found], atol=1e-12)


@often
@given(patients)
def test_a_threshold_of_one_changes_nothing(people):
    table, rounded = curves(people, 1)
    assert rounded.equals(table)


def _steps(curve):
    found = {}
    for row in curve.to_pylist():
        found.setdefault(row["group"], []).append((row["time"], row["survival"]))
    return {group: tuple(np.array(values).T) for group, values in found.items()}


def _at(step, times):
    return step[1][np.searchsorted(step[0], times, side="right") - 1]
