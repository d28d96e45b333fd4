"""Follow-up and person-time against R (oracle of the founding cohort) and against the patients' own rows."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cohort.statistics import follow_up, life_table, person_time, reverse_kaplan_meier

GOLDEN = Path(__file__).parents[2] / "golden"
FOUNDING = pd.read_csv(GOLDEN / "founding_input.csv")
MEDIANS = pd.read_csv(GOLDEN / "survival_medians.csv")
EXACT = pd.read_csv(GOLDEN / "exact_intervals.csv")
LEVELS = ["favourable", "intermediate", "adverse"]
ELN = FOUNDING.eln.map({level: i for i, level in enumerate(LEVELS)}).to_numpy()


def os_table(**groups):
    return life_table(FOUNDING.os.to_numpy(float), FOUNDING.death.to_numpy(), **groups)


def rfs_table():
    return life_table(FOUNDING.rfs.to_numpy(float), (FOUNDING.relapse != "none").to_numpy(int))


@pytest.mark.parametrize(("name", "table"), [("os", os_table()), ("rfs", rfs_table())])
@pytest.mark.parametrize("interval", ["log-log", "plain"])
def test_reverse_median_is_that_of_r(name, table, interval):
    chosen = (MEDIANS.dataset == name) & (MEDIANS.curve == "reverse") & (MEDIANS.conf_type == interval)
    expected = MEDIANS[chosen].iloc[0]
    found = follow_up(table, interval).to_pylist()[0]
    assert [found[c] for c in ("reverse_km_median", "lower", "upper")] == list(expected[["median", "lower", "upper"]])


def test_reverse_and_naive_median_differ_and_both_are_given():
    found = follow_up(os_table()).to_pylist()[0]
    assert (found["reverse_km_median"], found["naive_median"]) == (54, np.median(FOUNDING.os))
    assert (found["min"], found["max"]) == (FOUNDING.os.min(), FOUNDING.os.max())


def test_observed_times_by_group():
    found = follow_up(os_table(group=ELN, levels=LEVELS)).to_pandas().set_index("group")
    times = FOUNDING.groupby("eln").os
    for level in LEVELS:
        rows = times.get_group(level)
        assert found.loc[level, ["naive_median", "min", "max"]].tolist() == [rows.median(), rows.min(), rows.max()]


def test_naive_median_between_two_times_and_with_ties():
    assert follow_up(life_table([1.0, 1, 1, 4], [0, 1, 2, 0]))["naive_median"].to_pylist() == [1]
    assert follow_up(life_table([1.0, 2, 5, 9], [0, 1, 2, 0]))["naive_median"].to_pylist() == [3.5]


def test_follow_up_not_reached_is_null():
    # everyone has the event: no end of follow-up was ever seen
    assert follow_up(life_table([1.0, 2.0], [1, 2]))["reverse_km_median"].to_pylist() == [None]


def test_in_the_reverse_curve_the_competing_event_hides_follow_up_too():
    curve = reverse_kaplan_meier(life_table([1.0, 2.0, 3.0], [2, 0, 0])).to_pandas()
    assert curve.survival.tolist() == [1, 1, 0.5, 0]
    assert curve.n_event.tolist() == [0, 0, 1, 1]
    assert curve.n_censor.tolist() == [0, 1, 0, 0]


def test_rate_has_the_limits_of_poisson_test():
    for table, time, events in ((os_table(), FOUNDING.os, 3), (rfs_table(), FOUNDING.rfs, 6)):
        expected = EXACT[(EXACT.test == "poisson") & (EXACT.k == events)].iloc[0]
        found = person_time(table).to_pylist()[0]
        assert (found["n"], found["n_event"], found["person_time"]) == (19, events, time.sum())
        assert found["rate"] == pytest.approx(events / (time.sum() / 12) * 100)
        assert found["lower"] == pytest.approx(expected.lower * 1200, rel=1e-8)
        assert found["upper"] == pytest.approx(expected.upper * 1200, rel=1e-8)


def test_person_time_by_group_leaves_out_empty_levels():
    found = person_time(os_table(group=ELN + 1, levels=["nobody", *LEVELS])).to_pandas()
    assert found.group.tolist() == LEVELS
    assert found.person_time.tolist() == [FOUNDING.os[level == FOUNDING.eln].sum() for level in LEVELS]


def test_person_time_with_delayed_entry_begins_at_entry():
    entry = (FOUNDING.os - FOUNDING.rfs).to_numpy(float)
    found = person_time(os_table(entry=entry)).to_pylist()[0]
    assert (found["n"], found["person_time"]) == (19, FOUNDING.rfs.sum())


def test_no_time_no_rate():
    assert person_time(life_table([0.0], [1]))["rate"].to_pylist() == [None]
    assert person_time(life_table([1.0], [1], [-1], ["a"])).num_rows == 0
    assert follow_up(life_table([1.0], [1], [-1], ["a"])).num_rows == 0
