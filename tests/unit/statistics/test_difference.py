"""Differences in survival and incidence at a landmark: MOVER limits."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta

from cohort.statistics import cumulative_incidence, kaplan_meier, life_table, survival_at
from cohort.statistics.difference import survival_difference
from tests.simulation.coverage import of_curve, of_difference

GOLDEN = Path(__file__).parents[2] / "golden"
INPUT = pd.concat(
    pd.read_csv(GOLDEN / f"{name}.csv", float_precision="round_trip") for name in ("survival_input", "regression_input")
)


def golden_table(name):
    rows = INPUT[INPUT.dataset == name]
    levels = list(dict.fromkeys(rows.group))
    return life_table(rows.time.to_numpy(float), rows.status.to_numpy(), rows.group.map(levels.index), levels)


def wilson(k, n):
    z = 1.959963984540054
    middle, half = (k + z**2 / 2) / (n + z**2), z / (n + z**2) * np.sqrt(k * (n - k) / n + z**2 / 4)
    return middle - half, middle + half


def test_published_example_of_square_and_add():
    # Newcombe 1998, table II (a): 56/70 - 48/80 with Wilson's limits: 0.2000 (0.0524, 0.3339), here through the
    # columns that a curve has
    k, n = np.array([48, 56]), np.array([80, 70])
    time = np.concatenate(
        [np.ones(m) * (np.arange(m) < a) + 9 * (np.arange(m) >= a) for a, m in zip(n - k, n, strict=True)]
    )
    table = life_table(time, (time < 9).astype(int), np.repeat([0, 1], n), ["b", "a"])
    curve = kaplan_meier(table)
    lower, upper = np.array([wilson(*x) for x in zip(k, n, strict=True)]).T
    at_end = curve["time"].to_numpy() == 1
    for name, limits in (("lower", lower), ("upper", upper)):
        values = curve[name].to_numpy().copy()
        values[at_end] = limits
        curve = curve.set_column(curve.column_names.index(name), name, [values])
    (row,) = survival_difference(curve, table, 5).to_pylist()
    found = [round(row[name], 4) for name in ("difference", "lower", "upper")]
    assert found == [0.2, 0.0524, 0.3339]
    assert (row["group"], row["reference"], row["time"]) == ("a", "b", 5)


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 15), st.integers(1, 15), st.data())
def test_without_censoring_it_combines_clopper_pearson(n0, n1, data):
    n = np.array([n0, n1])
    k = np.array([data.draw(st.integers(0, m)) for m in n])  # alive at 5
    time = np.concatenate([np.where(np.arange(m) < a, 9.0, 1.0) for a, m in zip(k, n, strict=True)])
    table = life_table(time, np.ones(len(time), dtype=int), np.repeat([0, 1], n), ["a", "b"])
    (row,) = survival_difference(kaplan_meier(table), table, 5).to_pylist()
    p = k / n
    lower = np.where(k > 0, beta.ppf(0.025, np.maximum(k, 1), n - k + 1), 0)
    upper = np.where(k < n, beta.ppf(0.975, k + 1, np.maximum(n - k, 1)), 1)
    d = p[1] - p[0]
    if (k == 0).any():  # a group that ends at 1: nothing is said of 5
        assert row["difference"] is None
        return
    assert row["difference"] == pytest.approx(d)
    assert row["lower"] == pytest.approx(d - np.hypot(p[1] - lower[1], upper[0] - p[0]), abs=1e-9)
    assert row["upper"] == pytest.approx(d + np.hypot(upper[1] - p[1], p[0] - lower[0]), abs=1e-9)
    assert row["lower"] < row["upper"]


def test_no_event_in_a_group_does_not_mean_certainty():
    table = golden_table("os_adverse")
    at = {row["group"]: row for row in survival_at(kaplan_meier(table), table, [24]).to_pylist()}
    assert (at["other"]["survival"], at["other"]["upper"]) == (1, 1)
    (row,) = survival_difference(kaplan_meier(table), table, 24, "other").to_pylist()
    one, zero = at["adverse"], at["other"]
    assert row["difference"] == pytest.approx(one["survival"] - 1)
    # above: what adverse may gain, and what the others may lose
    reach = (one["upper"] - one["survival"]) ** 2 + (1 - zero["lower"]) ** 2
    assert row["upper"] == pytest.approx(row["difference"] + reach**0.5)
    assert row["upper"] > one["upper"] - 1
    assert row["lower"] == pytest.approx(one["lower"] - 1)
    alike = life_table([30.0, 30.0, 30.0], [0, 0, 0], [0, 1, 1], ["a", "b"])
    (row,) = survival_difference(kaplan_meier(alike), alike, 24).to_pylist()
    assert row["difference"] == 0
    assert row["lower"] < -0.8
    assert row["upper"] > 0.9


def test_it_is_null_beyond_a_group_and_where_a_limit_is_missing():
    table = golden_table("os_by_eln")
    rows = {r["group"]: r for r in survival_difference(kaplan_meier(table), table, 60, "adverse").to_pylist()}
    assert list(rows) == ["intermediate", "favourable"]
    assert [rows["favourable"][name] for name in ("difference", "lower", "upper")] == [None] * 3
    assert None not in rows["intermediate"].values()
    # nothing against a reference that is not observed so far
    rows = survival_difference(kaplan_meier(table), table, 60, "favourable").to_pylist()
    assert [row["difference"] for row in rows] == [None, None]
    # log-log has no limits at S = 1: the difference stands without
    for row in survival_difference(kaplan_meier(table, "log-log"), table, 24, "adverse").to_pylist():
        assert row["difference"] is not None
        assert (row["lower"], row["upper"]) == (None, None)


@pytest.mark.parametrize("interval", ["plain", "log"])
def test_limits_of_no_width_are_no_limits(interval):
    table = golden_table("os_adverse")
    curve = kaplan_meier(table, interval)
    at = {row["group"]: row for row in survival_at(curve, table, [24]).to_pylist()}
    assert (at["other"]["lower"], at["other"]["upper"]) == (1, 1), "Greenwood knows no doubt before the first event"
    (row,) = survival_difference(curve, table, 24, "other").to_pylist()
    assert row["difference"] == pytest.approx(at["adverse"]["survival"] - 1)
    assert (row["lower"], row["upper"]) == (None, None)


def test_an_incidence_curve_gives_the_difference_in_incidence():
    table = golden_table("rfs_adverse")
    curve = cumulative_incidence(table)
    at = {row["group"]: row for row in survival_at(curve, table, [24]).to_pylist()}
    (row,) = survival_difference(curve, table, 24, "other").to_pylist()
    one, zero = at["adverse"], at["other"]
    assert row["difference"] == pytest.approx(one["incidence"] - zero["incidence"])
    assert row["lower"] == pytest.approx(
        row["difference"] - np.hypot(one["incidence"] - one["lower"], zero["upper"] - zero["incidence"])
    )


def test_swapping_the_reference_mirrors_the_limits():
    table = golden_table("rfs_by_eln")
    curve = kaplan_meier(table)
    for row in survival_difference(curve, table, 12).to_pylist():
        back = {r["group"]: r for r in survival_difference(curve, table, 12, row["group"]).to_pylist()}
        mirrored = back[row["reference"]]
        for one, other in (("difference", "difference"), ("lower", "upper"), ("upper", "lower")):
            assert mirrored[other] == pytest.approx(-row[one])


def test_the_level_is_the_curves():
    table = golden_table("rfs_adverse")
    usual, narrow = (survival_difference(kaplan_meier(table, level=x), table, 24).to_pylist()[0] for x in (0.95, 0.8))
    assert usual["lower"] < narrow["lower"] < narrow["upper"] < usual["upper"]
    assert survival_difference(kaplan_meier(table, level=0.8), table, 24).schema.metadata[b"level"] == b"0.8"


def test_nobody_and_one_group_give_empty_tables():
    nobody, one = life_table([1.0], [1], [-1], ["a"]), golden_table("os")
    for table in (nobody, one):
        assert survival_difference(kaplan_meier(table), table, 12).num_rows == 0


def test_a_reference_without_patients_is_refused():
    table = golden_table("rfs_adverse")
    with pytest.raises(ValueError, match="reference 'favourable' has no patients: one of"):
        survival_difference(kaplan_meier(table), table, 12, "favourable")


# The full simulation is tests/simulation/coverage.py; these few samples tell a method that holds from one that fails


@pytest.mark.parametrize(("n", "truth"), [(19, 0.95), (7, 0.80)])
def test_bpcp_covers_where_plain_limits_fail(n, truth):
    found = {i: of_curve(n, truth, i, 500, np.random.default_rng(7)) for i in ("bpcp", "plain")}
    usable, covered, flat = found["bpcp"]
    assert covered >= 0.95 * usable
    assert flat == 0
    assert found["plain"][1] < 0.85 * found["plain"][0]


def test_square_and_add_covers_with_four_against_fifteen():
    bpcp, plain = (of_difference((4, 15), (0.66, 0.95), i, 200, np.random.default_rng(7)) for i in ("bpcp", "plain"))
    assert bpcp[1] >= 0.95 * bpcp[0]
    assert bpcp[2] == 0
    assert plain[1] < 0.85 * plain[0]
