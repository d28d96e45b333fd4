"""The log-rank family against R's survdiff, and against loops over the event times where R has no function."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cohort.statistics import life_table
from cohort.statistics.comparison import WEIGHT_LABELS, WEIGHTS, log_rank, pairwise
from cohort.statistics.permutation import permutation_log_rank
from cohort.statistics.scores import studentised

GOLDEN = Path(__file__).parents[2] / "golden"
INPUT, TESTS, GROUPS = (
    pd.read_csv(GOLDEN / f"comparison_{name}.csv", float_precision="round_trip")
    for name in ("input", "tests", "groups")
)
DATA_SETS = list(dict.fromkeys(INPUT.dataset))


def arrays(name):
    rows = INPUT[INPUT.dataset == name]
    levels = list(dict.fromkeys(rows.group))
    entry = None if rows.entry.isna().all() else rows.entry.to_numpy()
    return rows.time.to_numpy(), rows.status.to_numpy(), rows.group.map(levels.index).to_numpy(), levels, entry


@pytest.mark.parametrize("weight", list(WEIGHTS))
@pytest.mark.parametrize("name", DATA_SETS)
def test_statistic_and_groups_are_those_of_r(name, weight):
    found = log_rank(life_table(*arrays(name)), weight)
    expected = TESTS[(TESTS.dataset == name) & (TESTS.weight == weight)].iloc[0]
    assert (found.df, found.weight) == (expected.df, weight)
    if np.isnan(expected.statistic):
        assert (found.statistic, found.p) == (None, None)
    else:
        assert found.statistic == pytest.approx(expected.statistic, rel=1e-6, abs=1e-12)
        assert found.p == pytest.approx(expected.p, rel=1e-6)
    groups = found.groups.to_pandas()
    expected = GROUPS[(GROUPS.dataset == name) & (GROUPS.weight == weight)]
    assert groups.group.astype(str).tolist() == expected.group.tolist()
    for column in ("n", "observed"):
        np.testing.assert_array_equal(groups[column], expected[column])
    for column in ("expected", "score", "variance"):
        np.testing.assert_allclose(groups[column], expected[column], rtol=1e-6, atol=1e-9, err_msg=column)


def test_figures_of_the_statistical_standard():
    figures = {"os_adverse": 0.0057, "rfs_adverse": 0.0064, "os_by_mrd": 0.023, "rfs_by_mrd": 0.27}
    figures |= {"os_fab_m7": 0.00004, "os_fab": 0.0008, "rfs_by_eln": 0.001, "os_by_eln": 0.022}
    for name, p in figures.items():
        assert log_rank(life_table(*arrays(name))).p == pytest.approx(p, rel=0.08), name


def test_whole_numbers_too_large_for_64_bits_in_between():
    n_risk, n_event = np.array([[2_000_000], [1_000_000]]), np.array([[1000], [800]])
    n, m, n1 = 3_000_000, 1800, 2_000_000
    variance = n**2 * m * (n - m) * n1 * (n - n1) // (n**2 * (n - 1))  # of Python's integers, which have no limit
    expected = (n * 1000 - n1 * m) ** 2 / variance
    assert studentised(n_risk, n_event, "gehan").statistic == pytest.approx(expected)


def test_levels_without_patients_change_nothing():
    time, kind, group, levels, _ = arrays("ties_grouped")
    plain = log_rank(life_table(time, kind, group, levels))
    padded = log_rank(life_table(time, kind, np.array([1, 3, 4])[group], ["none", "a", "no one", "b", "c", "nobody"]))
    assert (padded.statistic, padded.df) == (pytest.approx(plain.statistic), 2)
    assert padded.groups["group"].to_pylist() == ["a", "b", "c"]


def test_a_competing_event_counts_as_censored():
    time, kind, group, levels, _ = arrays("veteran")
    competing = np.where(np.arange(len(time)) % 3 == 0, 2, kind)
    assert (competing != kind).any()
    with_it, censored = (
        log_rank(life_table(time, k, group, levels)) for k in (competing, np.where(competing == 1, 1, 0))
    )
    assert with_it.statistic == censored.statistic
    assert with_it.groups["n"].to_pylist() == np.bincount(group).tolist()


@pytest.mark.parametrize(
    ("time", "kind", "group"),
    [
        ([1, 2, 3], [1, 0, 1], [0, 0, 0]),  # one group
        ([1, 2, 3, 4], [0, 0, 0, 1], [0, 1, 0, 1]),  # the only event when one group is left
        ([2, 2, 2], [1, 1, 1], [0, 1, 1]),  # everyone at once
        ([], [], []),
    ],
)
def test_without_variance_there_is_no_test(time, kind, group):
    found = log_rank(life_table(np.array(time, float), np.array(kind, int), np.array(group, int), ["a", "b"]))
    assert (found.statistic, found.df, found.p) == (None, 0, None)
    assert found.groups["observed"].to_pylist() == pytest.approx(found.groups["expected"].to_pylist())


def test_a_weight_that_is_not_known_is_refused():
    with pytest.raises(ValueError, match="weight 'wilcoxon' is not allowed: one of log-rank, gehan"):
        log_rank(life_table(*arrays("aml")), "wilcoxon")


def test_every_weight_has_its_own_label():
    assert WEIGHT_LABELS.keys() == WEIGHTS.keys()
    assert WEIGHT_LABELS["peto"] == "Peto–Peto"
    assert WEIGHT_LABELS["gehan"] == "Gehan–Breslow"


def test_pairs_are_tested_on_their_own_patients_and_adjusted_together():
    time, kind, group, levels, _ = arrays("rfs_by_eln")
    told = []
    found = pairwise(time, kind, group, 3, progress=told.append)
    assert found.pairs == ((0, 1), (0, 2), (1, 2))
    for (first, second), test in zip(found.pairs, found.tests, strict=True):
        pair = np.isin(group, (first, second))
        alone = permutation_log_rank(time[pair], kind[pair], (group[pair] == second).astype(int), 2)
        assert (test.exact, test.p, test.allocations) == (True, alone.p, alone.allocations)
        table = life_table(time[pair], kind[pair], (group[pair] == second).astype(int), levels[:2])
        assert test.statistic == pytest.approx(log_rank(table).statistic)
    raw = sorted(test.p for test in found.tests)
    stepped = np.maximum.accumulate([3 * raw[0], 2 * raw[1], raw[2]])
    np.testing.assert_allclose(sorted(found.adjusted), np.minimum(stepped, 1))
    assert told == pytest.approx([1 / 3, 2 / 3, 1])


def test_a_pair_without_a_test_is_not_counted():
    found = pairwise(np.arange(1.0, 9), np.array([1, 0, 1, 1, 0, 1, 0, 1]), np.array([0, 0, 1, 1, 0, 1, 0, 1]), 3)
    assert [test.p is None for test in found.tests] == [False, True, True]
    np.testing.assert_array_equal(found.adjusted, [found.tests[0].p, np.nan, np.nan])
