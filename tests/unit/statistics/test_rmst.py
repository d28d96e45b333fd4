"""Restricted means against R's summary(survfit, rmean = tau), and from the patients where nobody is censored."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cohort.statistics import life_table
from cohort.statistics.rmst import common_tau, rmst, rmst_difference

GOLDEN = Path(__file__).parents[2] / "golden"
INPUT = pd.concat(
    pd.read_csv(GOLDEN / f"{name}.csv", float_precision="round_trip") for name in ("survival_input", "regression_input")
)
EXPECTED = pd.read_csv(GOLDEN / "regression_rmst.csv")
Z = 1.959963984540054


def golden_table(name):
    rows = INPUT[INPUT.dataset == name]
    levels = list(dict.fromkeys(rows.group))
    entry = None if rows.entry.isna().all() else rows.entry.to_numpy()
    return life_table(rows.time.to_numpy(float), rows.status.to_numpy(), rows.group.map(levels.index), levels, entry)


def by_group(table):
    return {row["group"]: row for row in table.to_pylist()}


@pytest.mark.parametrize("name", list(dict.fromkeys(EXPECTED.dataset)))
def test_mean_and_error_are_those_of_survfit(name):
    table = golden_table(name)
    for expected in EXPECTED[EXPECTED.dataset == name].itertuples():
        found = by_group(rmst(table, expected.tau))[expected.group]
        assert found["rmst"] == pytest.approx(expected.rmst, rel=1e-9)
        assert found["std_error"] == pytest.approx(expected.std_error, abs=1e-6, rel=1e-8)
        if expected.std_error > 0:
            limits = expected.rmst + Z * expected.std_error * np.array([-1, 1])
            assert [found["lower"], found["upper"]] == pytest.approx(np.clip(limits, 0, expected.tau), rel=1e-8)
        else:
            assert (found["lower"], found["upper"]) == (None, None)


@pytest.mark.parametrize(("name", "tau", "mean", "error"), [("os", 60, 55.42, 2.55), ("rfs", 36, 27.10, 3.11)])
def test_founding_means(name, tau, mean, error):
    (row,) = rmst(golden_table(name), tau).to_pylist()
    assert (round(row["rmst"], 2), round(row["std_error"], 2)) == (mean, error)


def test_a_limit_never_leaves_the_range_of_the_mean():
    (row,) = rmst(golden_table("os"), 60).to_pylist()
    assert row["rmst"] + Z * row["std_error"] > 60
    assert row["upper"] == 60


def test_nothing_is_said_beyond_the_last_patient_of_a_group():
    rows = INPUT[INPUT.dataset == "os_by_eln"]
    last = rows.groupby("group").time.max()
    for tau in (24, 54, 54.5, 60, 76, 133, 134):
        for group, row in by_group(rmst(golden_table("os_by_eln"), tau)).items():
            assert (row["rmst"] is not None) == (row["std_error"] is not None) == (tau <= last[group])
            assert row["n_risk"] == ((rows.group == group) & (rows.time >= tau)).sum()
    # but a curve that has reached 0 stays there
    assert rmst(golden_table("flat_half"), 100)["rmst"].to_pylist() == pytest.approx([2.5])


@pytest.mark.parametrize("miss", [2.0 * (1 - 4e-16), 2.0 * (1 + 4e-16)])
def test_a_horizon_that_is_the_last_time_but_for_rounding_is_within_it(miss):
    (row,) = rmst(life_table([1.0, 2.0], [1, 0]), miss).to_pylist()
    assert (row["rmst"], row["n_risk"]) == (pytest.approx(1.5), 1)


def test_without_an_event_there_is_a_mean_but_no_limits():
    (row,) = rmst(life_table([10.0, 20.0, 5.0], [0, 0, 0]), 8).to_pylist()
    assert (row["rmst"], row["std_error"], row["lower"], row["upper"], row["n_risk"]) == (8, 0, None, None, 2)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(0, 20).map(float), min_size=1, max_size=20), st.floats(0.5, 30))
def test_without_censoring_it_is_the_mean_of_the_shortened_times(times, tau):
    (row,) = rmst(life_table(times, np.ones(len(times), dtype=int)), tau).to_pylist()
    shortened = np.minimum(times, tau)
    assert row["rmst"] == pytest.approx(shortened.mean())
    # Greenwood's sum is then the variance with divisor n: an independent check of the error
    assert row["std_error"] == pytest.approx(shortened.std() / np.sqrt(len(times)), abs=1e-9)


@pytest.mark.parametrize("reference", ["adverse", "other"])
def test_the_difference_is_that_of_two_of_survfits(reference):
    table = golden_table("rfs_adverse")
    tau = 24.0
    expected = EXPECTED[(EXPECTED.dataset == "rfs_adverse") & (EXPECTED.tau == tau)].set_index("group")
    (other,) = set(expected.index) - {reference}
    (row,) = rmst_difference(table, tau, reference).to_pylist()
    assert (row["group"], row["reference"], row["tau"]) == (other, reference, tau)
    difference = expected.rmst[other] - expected.rmst[reference]
    error = np.sqrt((expected.std_error**2).sum())
    assert [row["difference"], row["std_error"]] == pytest.approx([difference, error], abs=1e-6)
    assert [row["lower"], row["upper"]] == pytest.approx([difference - Z * error, difference + Z * error], abs=1e-6)


def test_a_group_without_events_gives_a_difference_without_limits():
    rows = by_group(rmst_difference(golden_table("os_by_eln"), 54, "adverse"))
    assert list(rows) == ["intermediate", "favourable"]
    for row in rows.values():
        assert row["difference"] > 0
        assert (row["std_error"], row["lower"], row["upper"]) == (None, None, None)
    beyond = by_group(rmst_difference(golden_table("os_by_eln"), 60, "adverse"))
    assert beyond["favourable"]["difference"] is None
    assert beyond["intermediate"]["difference"] is not None


@pytest.mark.parametrize("name", ["os", "rfs", "os_by_eln", "os_by_mrd", "rfs_adverse", "veteran", "os_delayed_entry"])
@pytest.mark.parametrize(("at_risk", "step"), [(5, 12), (3, 12), (1, 6), (2, 5), (30, 10)])
def test_the_common_horizon_is_the_last_tick_with_enough_at_risk_in_every_group(name, at_risk, step):
    rows = INPUT[INPUT.dataset == name]
    entry = rows.entry.fillna(-1)
    ticks = [
        t
        for t in np.arange(step, rows.time.max() + step, step)
        if min(((g.time >= t) & (entry[g.index] < t)).sum() for _, g in rows.groupby("group")) >= at_risk
    ]
    assert common_tau(golden_table(name), at_risk, step) == (ticks[-1] if ticks else None)


def test_founding_horizons():
    assert common_tau(golden_table("os")) == 60
    assert common_tau(golden_table("rfs")) == 36
    assert common_tau(golden_table("os_adverse")) == 12
    assert common_tau(golden_table("os_by_eln")) is None


def test_nobody_gives_empty_tables():
    table = life_table([1.0], [1], [-1], ["a"])
    assert rmst(table, 12).num_rows == rmst_difference(table, 12).num_rows == 0
    assert rmst(table, 12).column_names == rmst(golden_table("os"), 12).column_names
    assert common_tau(table) is None
    assert rmst_difference(golden_table("os"), 12).num_rows == 0


def test_what_is_not_allowed_is_refused():
    table = golden_table("rfs_adverse")
    for tau in (0, -3, float("nan")):
        with pytest.raises(ValueError, match="tau"):
            rmst(table, tau)
    with pytest.raises(ValueError, match="level 95"):
        rmst(table, 12, level=95)
    with pytest.raises(ValueError, match="reference 'favourable' has no patients"):
        rmst_difference(table, 12, "favourable")
    with pytest.raises(ValueError, match="at_risk 0"):
        common_tau(table, at_risk=0)
