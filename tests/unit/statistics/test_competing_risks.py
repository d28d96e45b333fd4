"""Cumulative incidence against R's cmprsk::cuminc, estimates and variances."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from cohort.statistics import cumulative_incidence, kaplan_meier, life_table, survival_at

GOLDEN = Path(__file__).parents[2] / "golden"
INPUT = pd.read_csv(GOLDEN / "cuminc_input.csv")
EXPECTED = pd.read_csv(GOLDEN / "cuminc.csv")
DATA_SETS = list(dict.fromkeys(INPUT.dataset))


def table_for(name, cause, order=slice(None)):
    rows = INPUT[INPUT.dataset == name][order]
    levels = list(dict.fromkeys(INPUT[INPUT.dataset == name].group))
    kind = np.where(rows.status == cause, 1, np.where(rows.status == 0, 0, 2))
    return life_table(rows.time.to_numpy(float), kind, rows.group.map(levels.index).to_numpy(), levels)


@pytest.mark.parametrize("cause", [1, 2])
@pytest.mark.parametrize("name", DATA_SETS)
def test_estimate_and_variance_are_those_of_cuminc(name, cause):
    expected = EXPECTED[(EXPECTED.dataset == name) & (cause == EXPECTED.cause)]
    found = cumulative_incidence(table_for(name, cause)).to_pandas()
    found = found[found.n_event + found.n_competing + found.n_censor > 0]
    found = found[found.group.isin(expected.group)]  # cuminc leaves out a cause that a group does not have
    assert found.group.astype(str).tolist() == expected.group.tolist()
    np.testing.assert_array_equal(found.time, expected.time)
    np.testing.assert_allclose(found.incidence, expected.incidence, atol=1e-8)
    np.testing.assert_allclose(found.std_error**2, expected.variance, atol=1e-8)
    # cuminc has no limits of its own while the incidence is 0, nor are ours complementary log-log in a group in which
    # nothing competes: those limits have tests of their own
    scale = (found.groupby("group", observed=True).n_competing.transform("sum") > 0) & (found.incidence > 0)
    for limit in ("lower", "upper"):
        np.testing.assert_allclose(found[limit][scale], expected[limit][scale.to_numpy()], atol=1e-6)


def test_the_order_of_the_rows_does_not_move_the_tied_estimate():
    # lifelines breaks ties at random: the tie at 1 month gave 6.25 % or 5.26 % depending on the seed
    once, again = (
        cumulative_incidence(table_for("first_relapse", 1, order)) for order in (slice(None), slice(None, None, -1))
    )
    pd.testing.assert_frame_equal(once.to_pandas(), again.to_pandas(), check_exact=True)
    assert once["incidence"].to_pylist()[1] == pytest.approx(1 / 19)


def test_causes_and_event_free_add_up_to_one():
    rows = INPUT[INPUT.dataset == "mgus2"]
    free = kaplan_meier(life_table(rows.time.to_numpy(float), (rows.status > 0).to_numpy(int)))
    total = sum(cumulative_incidence(table_for("mgus2", cause))["incidence"].to_numpy() for cause in (1, 2))
    np.testing.assert_allclose(total + free["survival"].to_numpy(), 1)


def test_it_is_below_one_minus_kaplan_meier_where_events_compete():
    table = table_for("mgus2", 1)
    incidence, naive = (
        cumulative_incidence(table)["incidence"].to_numpy(),
        1 - kaplan_meier(table)["survival"].to_numpy(),
    )
    assert (incidence <= naive + 1e-12).all()
    assert incidence[-1] < naive[-1] - 0.05


def test_groups_start_at_zero_with_everyone_and_the_limits_of_no_event_in_so_many():
    found = cumulative_incidence(table_for("mgus2_by_sex", 1)).to_pandas()
    first = found.groupby("group", observed=True).first()
    assert first.n_risk.to_dict() == INPUT[INPUT.dataset == "mgus2_by_sex"].group.value_counts().to_dict()
    rows = found.groupby("group", observed=True).nth(0)
    assert (rows.incidence == 0).all()
    assert (rows.lower == 0).all()
    for row in rows.itertuples():
        assert row.upper == pytest.approx(binomtest(0, int(row.n_risk)).proportion_ci(0.95, "exact").high)


def test_level_and_name_of_the_limits():
    table = table_for("first_relapse", 1)
    half = cumulative_incidence(table, level=0.5)
    assert half.schema.metadata[b"interval"] == b"complementary log-log"
    narrow, wide = half.to_pandas().iloc[-1], cumulative_incidence(table).to_pandas().iloc[-1]
    assert wide.lower < narrow.lower < narrow.incidence < narrow.upper < wide.upper


def test_where_nothing_competes_limits_are_those_of_the_survival_curve():
    rows = INPUT[INPUT.dataset == "first_relapse"]
    table = life_table(rows.time.to_numpy(float), (rows.status > 0).to_numpy(int))
    found, curve = cumulative_incidence(table).to_pandas(), kaplan_meier(table).to_pandas()
    np.testing.assert_allclose(found.lower, 1 - curve.upper, atol=1e-12)
    np.testing.assert_allclose(found.upper, 1 - curve.lower, atol=1e-12)
    # without censoring they are those of a proportion: 7 of 9
    found = cumulative_incidence(life_table([*range(1, 8), 20, 20], [1] * 7 + [0, 0])).to_pandas().iloc[-2]
    exact = binomtest(7, 9).proportion_ci(0.95, "exact")
    assert (found.incidence, found.lower, found.upper) == pytest.approx((7 / 9, exact.low, exact.high))
    assert cumulative_incidence(table).schema.metadata[b"interval"] == b"bpcp"


def test_a_group_s_limits_do_not_depend_on_who_stands_beside_it():
    time, kind = np.array([1, 2, 3, 4, 5, 6.0]), np.array([1, 0, 0, 1, 2, 0])
    beside = cumulative_incidence(life_table(time, kind, [0, 0, 0, 1, 1, 1], ["a", "b"])).to_pandas()
    for code in "ab":
        mine = beside[beside.group == code].drop(columns="group").reset_index(drop=True)
        inside = np.array([0, 0, 0, 1, 1, 1]) == "ab".index(code)
        alone = cumulative_incidence(life_table(time[inside], kind[inside])).to_pandas().drop(columns="group")
        pd.testing.assert_frame_equal(mine, alone)


def test_competing_events_only_leave_an_upper_limit():
    # 10 of 19 had the competing event, nobody the event: 0 in the 9 who are left bounds it from above
    found = cumulative_incidence(life_table([*range(1, 11), *[30] * 9], [2] * 10 + [0] * 9)).to_pylist()[-2]
    assert (found["incidence"], found["lower"]) == (0, 0)
    assert found["upper"] == pytest.approx(binomtest(0, 9).proportion_ci(0.95, "exact").high)


def test_everybody_with_the_event_is_an_incidence_of_one():
    # 1/9 + 8/9 * (1/8 + 7/8) misses 1 by rounding
    last = cumulative_incidence(life_table([0.0] + [1.0] * 7 + [2.0], [1] + [0] * 6 + [1, 1])).to_pylist()[-1]
    assert (last["incidence"], last["upper"]) == (1, 1)
    assert 0 < last["lower"] < 1


def test_at_a_landmark():
    table = table_for("first_relapse", 1)
    at = survival_at(cumulative_incidence(table), table, [24.0, 200.0]).to_pylist()
    rows = INPUT[INPUT.dataset == "first_relapse"]
    assert at[0]["incidence"] == pytest.approx(0.1259398)
    assert at[0]["n_competing"] == sum((rows.time < 24) & (rows.status == 2))
    assert at[0]["n_censor"] == sum((rows.time < 24) & (rows.status == 0))
    assert at[1]["incidence"] is None


def test_nobody_and_delayed_entry():
    assert cumulative_incidence(life_table([1.0], [1], [-1], ["a"])).num_rows == 0
    with pytest.raises(ValueError, match="delayed entry"):
        cumulative_incidence(life_table([2.0], [1], entry=[1.0]))
