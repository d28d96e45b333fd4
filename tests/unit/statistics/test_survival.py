"""Kaplan–Meier, medians and numbers at risk against R's survfit on every data set of tests/golden/survival.R."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cohort.statistics import (
    INTERVALS,
    kaplan_meier,
    life_table,
    median_survival,
    number_at_risk,
    reverse_kaplan_meier,
    survival_at,
)

GOLDEN = Path(__file__).parents[2] / "golden"
INPUT, CURVES, MEDIANS, AT_RISK = (
    pd.read_csv(GOLDEN / f"{name}.csv", float_precision="round_trip")
    for name in ("survival_input", "survival_curves", "survival_medians", "at_risk")
)
DATA_SETS = list(dict.fromkeys(INPUT.dataset))
BPCP = json.loads((GOLDEN / "bpcp_oracle.json").read_text())


def golden_life_table(name):
    rows = INPUT[INPUT.dataset == name]
    levels = list(dict.fromkeys(rows.group))
    group = rows.group.map({level: i for i, level in enumerate(levels)}).to_numpy()
    entry = None if rows.entry.isna().all() else rows.entry.to_numpy()
    return life_table(rows.time.to_numpy(float), rows.status.to_numpy(), group, levels, entry)


def founding(name):
    table = golden_life_table(name)
    return table, kaplan_meier(table)


@pytest.mark.parametrize("interval", ["plain", "log", "log-log"])
@pytest.mark.parametrize("name", DATA_SETS)
def test_curve_is_that_of_survfit(name, interval):
    found = kaplan_meier(golden_life_table(name), interval).to_pandas()
    expected = CURVES[CURVES.dataset == name]
    # R has no row at the origin unless patients leave there, and none where patients only enter
    found = found[(found.n_event + found.n_censor) > 0]
    assert found.group.astype(str).tolist() == expected.group.tolist()
    prefix = interval.replace("-", "")
    np.testing.assert_allclose(found.time, expected.time, rtol=1e-8)
    for column in ("n_risk", "n_event", "n_censor"):
        np.testing.assert_array_equal(found[column], expected[column])
    np.testing.assert_allclose(found.survival, expected.survival, atol=1e-8)
    np.testing.assert_allclose(found.std_error, expected.std_error, atol=1e-8)  # NaN where R has NA
    np.testing.assert_allclose(found.lower, expected[f"{prefix}_lower"], atol=1e-8)
    np.testing.assert_allclose(found.upper, expected[f"{prefix}_upper"], atol=1e-8)


@pytest.mark.parametrize("curve", ["survival", "reverse"])
@pytest.mark.parametrize("interval", ["plain", "log", "log-log"])
@pytest.mark.parametrize("name", DATA_SETS)
def test_median_is_that_of_quantile_survfit(name, interval, curve):
    estimate = kaplan_meier if curve == "survival" else reverse_kaplan_meier
    found = median_survival(estimate(golden_life_table(name), interval)).to_pandas()
    expected = MEDIANS[(MEDIANS.dataset == name) & (MEDIANS.curve == curve) & (MEDIANS.conf_type == interval)]
    assert found.group.astype(str).tolist() == expected.group.tolist()
    for column in ("median", "lower", "upper"):
        np.testing.assert_allclose(found[column].astype(float), expected[column], rtol=1e-8, err_msg=column)


@pytest.mark.parametrize("name", list(dict.fromkeys(AT_RISK.dataset)))
def test_numbers_at_risk_are_the_patients_counted(name):
    expected = AT_RISK[AT_RISK.dataset == name]
    found = number_at_risk(golden_life_table(name), list(dict.fromkeys(expected.time))).to_pandas()
    assert found.group.astype(str).tolist() == expected.group.tolist()
    for column in ("time", "n_risk", "n_event", "n_censor"):
        np.testing.assert_array_equal(found[column], expected[column])
    assert (found.n_competing == 0).all()


def test_a_patient_censored_at_the_tick_is_at_risk_there():
    # patient 8 is censored at 24 months: lifelines' add_at_risk_counts prints 15
    table, _ = founding("os")
    assert number_at_risk(table, [24.0]).to_pylist() == [
        {"group": "All", "time": 24.0, "n_risk": 16, "n_event": 1, "n_competing": 0, "n_censor": 2}
    ]


def test_a_tick_meets_a_time_that_misses_it_by_rounding():
    for miss in (24 * (1 - 1e-15), 24 * (1 + 1e-15)):
        table = life_table([miss, 30.0], [1, 0])
        assert number_at_risk(table, [24.0])["n_risk"].to_pylist() == [2]
        assert survival_at(kaplan_meier(table), table, [24.0])["survival"].to_pylist() == [0.5]


def test_competing_events_are_counted_apart_at_risk_and_censored_in_the_curve():
    table = life_table([1.0, 2.0, 3.0, 4.0], [1, 2, 0, 1])
    curve = kaplan_meier(table).to_pandas()
    assert curve.survival.tolist() == pytest.approx([1, 3 / 4, 3 / 4, 3 / 4, 0])
    assert curve.n_censor.tolist() == [0, 0, 1, 1, 0]
    at = number_at_risk(table, [3.5]).to_pylist()[0]
    assert (at["n_risk"], at["n_event"], at["n_competing"], at["n_censor"]) == (1, 1, 1, 1)
    assert survival_at(kaplan_meier(table), table, [3.5])["n_censor"].to_pylist() == [2]


def test_delayed_entry_at_risk_is_who_has_entered_and_not_left():
    rows = INPUT[INPUT.dataset == "os_delayed_entry"]
    for at in number_at_risk(golden_life_table("os_delayed_entry"), [0, 4, 9, 24, 46, 60, 140]).to_pylist():
        t = at["time"]
        assert at["n_risk"] == sum((rows.entry < t) & (rows.time >= t))
        assert at["n_event"] == sum((rows.time < t) & (rows.status == 1))


def test_every_group_starts_with_everyone_at_risk_at_zero():
    table, curve = founding("rfs_by_eln")
    first = curve.to_pandas().groupby("group", observed=True).first()
    counts = json.loads(table.schema.metadata[b"n"])
    assert first.n_risk.to_dict() == counts
    assert (first.time == 0).all()
    assert (first.survival == 1).all()
    assert (first.n_event + first.n_censor == 0).all()
    for level, n in counts.items():
        assert first.loc[level, "lower"] == pytest.approx(0.025 ** (1 / n))


def test_patients_at_time_zero_make_the_first_row():
    curve = kaplan_meier(golden_life_table("zero_times")).to_pandas()
    assert curve.time.tolist() == [0, 2, 3, 5]
    assert curve.survival[0] == pytest.approx(5 / 6)


def test_os_at_12_months_is_not_100_to_100():
    table, curve = founding("os")
    at = survival_at(curve, table, [12.0]).to_pylist()[0]
    assert at["survival"] == 1
    assert at["lower"] == pytest.approx(0.8235, abs=5e-5)
    assert at["upper"] == 1


def test_nothing_is_estimated_beyond_the_last_patient_of_a_group():
    table, curve = founding("os_by_eln")
    last = INPUT[INPUT.dataset == "os_by_eln"].groupby("group").time.max()
    for at in survival_at(curve, table, [0, 24, 54, 60, 76, 133, 133.5]).to_pylist():
        estimable = at["time"] <= last[at["group"]]
        assert [at[c] is not None for c in ("survival", "lower", "upper")] == [estimable] * 3
    # the favourable group has no event and is followed for 54 months: lifelines says 100 % at 60
    at = next(row for row in survival_at(curve, table, [60]).to_pylist() if row["group"] == "favourable")
    assert (at["survival"], at["n_risk"], at["n_censor"]) == (None, 0, 3)


def test_a_limit_that_r_does_not_give_is_null_at_a_landmark():
    table, _ = founding("os")
    at = survival_at(kaplan_meier(table, "log-log"), table, [12.0, 24.0]).to_pylist()
    assert (at[0]["lower"], at[0]["upper"]) == (None, None)
    assert at[1]["lower"] == pytest.approx(0.66639, abs=1e-6)


@pytest.mark.parametrize("name", ["os", "rfs"])
def test_median_limits_from_inverting_bpcp(name):
    _, curve = founding(name)
    found = median_survival(curve).to_pylist()[0]
    assert found == {"group": "All", "median": None, "lower": BPCP["median_limits"][name][0], "upper": None}


def test_median_of_a_flat_part_is_its_middle():
    # lifelines gives 2: the first time at or below one half
    assert median_survival(founding("flat_half")[1])["median"].to_pylist() == [2.5]


def test_rounding_does_not_hide_the_step_at_one_half():
    # lifelines misses it and gives 334 instead of 299
    medians = median_survival(kaplan_meier(golden_life_table("pbc"))).to_pandas().set_index("group")["median"]
    assert medians["edema 1"] == 299


def test_other_quantiles():
    table = life_table(np.arange(1.0, 11.0), np.ones(10, dtype=int))
    curve = kaplan_meier(table)
    assert median_survival(curve, p=0.25)["median"].to_pylist() == [3.0]  # S falls to 0.7 at 3, past 0.75
    assert median_survival(curve, p=0.3)["median"].to_pylist() == [3.5]  # S is 0.7 from 3 to 4


def test_the_interval_is_named_in_the_metadata_and_can_be_changed():
    table, _ = founding("rfs")
    narrow, wide = (kaplan_meier(table, level=level).to_pandas() for level in (0.8, 0.99))
    assert ((wide.lower < narrow.lower) | (narrow.lower == 0)).all()
    metadata = [kaplan_meier(table, interval).schema.metadata for interval in INTERVALS]
    assert [m[b"interval"].decode() for m in metadata] == list(INTERVALS)
    assert metadata[0][b"level"] == b"0.95"


def test_no_patients_give_empty_tables():
    table = life_table([1.0], [1], [-1], ["a"])
    for interval in INTERVALS:
        curve = kaplan_meier(table, interval)
        assert curve.num_rows == 0
        assert curve.column_names == kaplan_meier(founding("os")[0]).column_names
        assert median_survival(curve).num_rows == 0
        assert survival_at(curve, table, [12.0]).num_rows == 0
    assert number_at_risk(table, [0.0, 12.0]).num_rows == 0


def test_what_is_not_allowed_is_refused():
    table, curve = founding("os")
    with pytest.raises(ValueError, match="'loglog'"):
        kaplan_meier(table, "loglog")
    with pytest.raises(ValueError, match="delayed entry"):
        kaplan_meier(golden_life_table("os_delayed_entry"))
    with pytest.raises(ValueError, match="-1"):
        number_at_risk(table, [12.0, -1.0])
    with pytest.raises(ValueError, match=r"p 1\.5"):
        median_survival(curve, p=1.5)
