"""Permutation tests against R: survdiff on every allocation, direct enumeration, and coin's exact test."""

from itertools import permutations
from math import comb
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cohort.statistics import life_table
from cohort.statistics.comparison import log_rank
from cohort.statistics.permutation import allocations, membership, permutation_log_rank, statistics_of
from cohort.statistics.risk_sets import risk_sets

GOLDEN = Path(__file__).parents[2] / "golden"
INPUT, EXPECTED, COIN = (
    pd.read_csv(GOLDEN / f"comparison_{name}.csv", float_precision="round_trip")
    for name in ("input", "permutation", "coin")
)
LISTED = EXPECTED[EXPECTED.draws == 0]


def arrays(name):
    rows = INPUT[INPUT.dataset == name]
    levels = list(dict.fromkeys(rows.group))
    return rows.time.to_numpy(), rows.status.to_numpy(), rows.group.map(levels.index).to_numpy(), len(levels)


@pytest.mark.parametrize(
    ("name", "weight"), [(r.dataset, r.weight) for r in LISTED.itertuples()], ids=lambda value: value
)
def test_exact_p_is_that_of_every_allocation_in_r(name, weight):
    expected = LISTED[(LISTED.dataset == name) & (LISTED.weight == weight)].iloc[0]
    found = permutation_log_rank(*arrays(name), weight=weight)
    assert (found.exact, found.used, found.standard_error, found.weight) == (True, expected.allocations, 0, weight)
    assert found.allocations == expected.allocations
    for column in ("statistic", "p", "smallest"):
        assert getattr(found, column) == pytest.approx(expected[column], rel=1e-6), column


@pytest.mark.parametrize("name", EXPECTED.dataset[EXPECTED.draws > 0])
def test_drawn_p_is_that_of_r_within_monte_carlo_error(name):
    expected = EXPECTED[(EXPECTED.dataset == name) & (EXPECTED.draws > 0)].iloc[0]
    found = permutation_log_rank(*arrays(name))
    assert (found.exact, found.used) == (False, 100_000)
    assert found.statistic == pytest.approx(expected.statistic, rel=1e-6)
    assert found.standard_error == pytest.approx(np.sqrt(found.p * (1 - found.p) / found.used))
    r_error = np.sqrt(expected.p * (1 - expected.p) / expected.draws)
    assert abs(found.p - expected.p) < 4 * np.hypot(found.standard_error, r_error)


def test_figures_of_the_statistical_standard():
    figures = {"os_adverse": 0.0049, "rfs_adverse": 0.0065, "os_by_mrd": 0.034, "rfs_by_mrd": 0.33}
    figures |= {"os_by_timing": 0.40, "rfs_by_timing": 0.43, "os_fab": 0.027, "rfs_by_eln": 0.006, "os_by_eln": 0.032}
    for name, p in figures.items():
        assert permutation_log_rank(*arrays(name)).p == pytest.approx(p, rel=0.03), name


def test_one_patient_alone_cannot_give_less_than_one_in_n():
    found = permutation_log_rank(*arrays("os_fab_m7"))
    assert (found.p, found.smallest, found.allocations) == (1 / 19, 1 / 19, 19)


@pytest.mark.parametrize("name", list(dict.fromkeys(COIN.dataset)))
def test_without_the_variance_it_is_coins_exact_test(name):
    time, kind, group, _ = arrays(name)
    at = risk_sets(life_table(time, kind)).time
    small = int(np.bincount(group).argmin())
    patients = np.arange(len(time))
    scores = statistics_of((patients == patients[:, None]) + 0, 2, membership(time, kind == 1, at), "log-rank").score
    score = scores[:, 1]  # of each patient alone: observed less expected
    np.testing.assert_allclose(-score, COIN.score[COIN.dataset == name], atol=1e-8)
    every = np.concatenate(list(allocations(sorted(np.bincount(group)), 4096)))
    sums = abs((every == 0) @ score)
    p = (sums >= abs(score[group == small].sum()) - 1e-9).mean()
    assert p == pytest.approx(COIN.p[COIN.dataset == name].iloc[0], rel=1e-6)


@pytest.mark.parametrize("sizes", [(1, 4), (2, 3), (3, 3), (1, 2, 3), (2, 2, 2), (1, 1, 1, 2)])
@pytest.mark.parametrize("rows", [1, 7, 1000])
def test_every_distinct_allocation_is_listed_once(sizes, rows):
    labels = [group for group, size in enumerate(sizes) for _ in range(size)]
    blocks = list(allocations(sizes, rows))
    assert max(len(block) for block in blocks) <= rows
    listed = [tuple(row) for block in blocks for row in block.tolist()]
    assert len(listed) == len(set(listed))
    assert set(listed) == set(permutations(labels))


def test_drawing_approaches_listing():
    exact = permutation_log_rank(*arrays("rfs_adverse"))
    drawn = permutation_log_rank(*arrays("rfs_adverse"), max_exact=50_387)
    assert (exact.exact, drawn.exact, drawn.allocations) == (True, False, 50_388)
    assert 0 < abs(drawn.p - exact.p) < 4 * drawn.standard_error
    # the draws' own distribution, not only this p: a wrong shuffle would show at the extreme as well
    assert drawn.smallest == pytest.approx(exact.smallest, abs=5 * np.sqrt(exact.smallest / 100_000) + 2e-5)


def test_draws_are_those_of_the_seed():
    once, again, other = (permutation_log_rank(*arrays("rfs_by_eln"), draws=2000, seed=s).p for s in (1, 1, 2))
    assert once == again != other


def test_few_draws_cannot_give_less_than_one_in_their_number():
    time, group = np.arange(1.0, 41), np.repeat([0, 1], 20)
    found = permutation_log_rank(time, np.ones(40, int), group, 2, draws=99)
    assert (found.exact, found.allocations, found.used) == (False, comb(40, 20), 99)
    assert found.p == found.smallest == 1 / 100


def test_left_out_patients_and_empty_groups_change_nothing():
    time, kind, group, _ = arrays("ties_grouped")
    plain = permutation_log_rank(time, kind, group, 3)
    padded = permutation_log_rank(
        np.append(time, [4, 0.5]), np.append(kind, [1, 1]), np.append(np.array([0, 2, 4])[group], [-1, -1]), 6
    )
    assert (padded.p, padded.allocations) == (plain.p, plain.allocations)
    assert padded.statistic == pytest.approx(plain.statistic)


def test_any_kind_but_the_event_is_censored():
    time, kind, group, k = arrays("os_by_mrd")
    assert (
        permutation_log_rank(time, np.where(kind == 1, 1, 2), group, k).p
        == permutation_log_rank(time, kind, group, k).p
    )


def test_times_that_tie_nearly_are_one_time():
    time, kind, group, k = arrays("near_ties")
    assert len(np.unique(time)) > len(np.unique(time.round(6)))
    assert permutation_log_rank(time, kind, group, k).p == permutation_log_rank(time.round(6), kind, group, k).p


@pytest.mark.parametrize(
    ("time", "kind", "group"),
    [
        ([1, 2, 3, 4], [0, 0, 0, 0], [0, 1, 0, 1]),  # no event
        ([1, 2, 3], [1, 0, 1], [0, 0, 0]),  # one group
        ([1, 2, 3, 4], [0, 0, 0, 1], [0, 1, 0, 1]),  # the only event when nobody of the other group is left
        ([1, 2], [1, 1], [-1, -1]),  # nobody
    ],
)
def test_without_variance_there_is_no_test(time, kind, group):
    found = permutation_log_rank(np.array(time, float), np.array(kind), np.array(group), 2)
    assert not found.defined
    assert (found.statistic, found.p, found.standard_error, found.smallest, found.used) == (None,) * 4 + (0,)


def test_a_group_that_others_could_have_outlived_still_counts():
    # patients 6 and 7 leave before the first event; allocations that put two such together have statistic 0
    time, kind, group, k = arrays("left_before_the_first_event")
    found = permutation_log_rank(time, kind, group, k)
    table = life_table(time, kind, group, ["a", "b", "c"])
    assert found.statistic == pytest.approx(log_rank(table).statistic)
    assert found.defined


def test_progress_ends_at_one_and_never_goes_back():
    told = []
    permutation_log_rank(*arrays("os_adverse"), progress=told.append)
    assert told[-1] == 1
    assert len(told) > 1
    assert told == sorted(told)
