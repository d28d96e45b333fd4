"""Gray's test against R's cmprsk::cuminc: every data set, and every allocation of small ones."""

from pathlib import Path
from time import perf_counter

import numpy as np
import pandas as pd
import pytest

from cohort.statistics import cumulative_incidence, life_table
from cohort.statistics.comparison import log_rank
from cohort.statistics.gray import gray_scores, gray_test, permutation_gray

GOLDEN = Path(__file__).parents[2] / "golden"
INPUT, TESTS, PERMUTATION = (
    pd.read_csv(GOLDEN / f"competing_{name}.csv") for name in ("input", "tests", "permutation")
)


def arrays(name, cause=1):
    rows = INPUT[INPUT.dataset == name]
    levels = list(dict.fromkeys(rows.group))
    kind = np.where(rows.status == cause, 1, np.where(rows.status == 0, 0, 2))
    return rows.time.to_numpy(float), kind, rows.group.map(levels.index).to_numpy(), len(levels)


def table_for(name, cause=1):
    time, kind, group, k = arrays(name, cause)
    return life_table(time, kind, group, [str(i) for i in range(k)])


@pytest.mark.parametrize("row", list(TESTS.itertuples()), ids=lambda r: f"{r.dataset}-{r.cause}-{r.rho}")
def test_statistic_is_that_of_cuminc(row):
    found = gray_test(table_for(row.dataset, row.cause), rho=row.rho)
    if np.isnan(row.statistic):
        assert (found.statistic, found.df, found.p) == (None, 0, None)
    else:
        assert found.df == row.df
        assert found.statistic == pytest.approx(row.statistic, rel=1e-6)
        assert found.p == pytest.approx(row.p, rel=1e-6)


def test_groups_are_counted_and_scores_balance():
    rows = INPUT[INPUT.dataset == "mgus2_300_by_sex"]
    found = gray_test(table_for("mgus2_300_by_sex")).groups.to_pandas()
    assert found.n.tolist() == rows.groupby("group", sort=False).size().tolist()
    assert found.observed.tolist() == (rows.status == 1).groupby(rows.group, sort=False).sum().tolist()
    np.testing.assert_allclose(found.observed - found.expected, found.score)
    assert found.score.sum() == pytest.approx(0, abs=1e-12)
    # two groups: the test is score² / variance
    assert found.score[0] ** 2 / found.variance[0] == pytest.approx(
        TESTS.statistic[TESTS.dataset == "mgus2_300_by_sex"].iloc[0]
    )


def test_groups_with_equal_curves_do_not_differ():
    time, kind, _, _ = arrays("ties")
    twice = life_table(np.tile(time, 2), np.tile(kind, 2), np.repeat([0, 1], len(time)), ["a", "b"])
    curve = cumulative_incidence(twice).to_pandas()
    assert curve[curve.group == "a"].incidence.tolist() == curve[curve.group == "b"].incidence.tolist()
    found = gray_test(twice)
    assert found.statistic == pytest.approx(0, abs=1e-12)
    assert found.p == pytest.approx(1)


def test_it_is_not_the_log_rank_test_of_the_event_alone():
    # cmprsk: 0.786 and 14.62; censoring the competing event would give another test
    table = table_for("mgus2_by_sex", 2)
    assert abs(gray_test(table).statistic - log_rank(table).statistic) > 0.1


def test_empty_groups_are_left_out():
    time, kind, group, _ = arrays("transplant_by_eln")
    padded = gray_test(life_table(time, kind, np.array([0, 2, 3])[group], list("abcd")))
    assert padded.groups["group"].to_pylist() == ["a", "c", "d"]
    assert padded.statistic == pytest.approx(gray_test(table_for("transplant_by_eln")).statistic)


@pytest.mark.parametrize(
    "table",
    [
        life_table([1.0, 2, 3], [2, 0, 2], [0, 1, 0], ["a", "b"]),  # no event of interest
        life_table([1.0, 2, 3], [1, 0, 2]),  # one group
        life_table([1.0, 2], [1, 1], [-1, -1], ["a", "b"]),  # nobody
    ],
)
def test_without_variance_there_is_no_test(table):
    found = gray_test(table)
    assert (found.statistic, found.df, found.p) == (None, 0, None)


def test_delayed_entry_is_refused():
    with pytest.raises(ValueError, match="delayed entry"):
        gray_test(life_table([2.0], [1], entry=[1.0]))


@pytest.mark.parametrize("row", list(PERMUTATION.itertuples()), ids=lambda r: f"{r.dataset}-{r.cause}")
def test_exact_p_is_that_of_cuminc_on_every_allocation(row):
    found = permutation_gray(*arrays(row.dataset, row.cause))
    assert (found.exact, found.used, found.allocations, found.standard_error) == (
        True,
        row.allocations,
        row.allocations,
        0,
    )
    for column in ("statistic", "p", "smallest"):
        assert getattr(found, column) == pytest.approx(getattr(row, column), rel=1e-6), column


def test_drawn_p_is_the_exact_one_within_monte_carlo_error():
    time, kind, group, k = arrays("transplant_by_adverse")
    exact = permutation_gray(time, kind, group, k, max_exact=50_388)
    assert permutation_gray(time, kind, group, k).exact, "listed by default"
    drawn = permutation_gray(time, kind, group, k, max_exact=20_000)
    assert (exact.used, drawn.exact, drawn.used, drawn.allocations) == (50_388, False, 20_000, 50_388)
    assert drawn.standard_error == pytest.approx(np.sqrt(drawn.p * (1 - drawn.p) / 20_000))
    assert 0 < abs(drawn.p - exact.p) < 4 * drawn.standard_error
    assert 1 / 20_001 <= drawn.smallest < 0.001


def test_draws_are_those_of_the_seed_and_fast_enough_to_wait_for():
    data = arrays("transplant_by_eln")
    start = perf_counter()
    first = permutation_gray(*data, seed=1)
    assert perf_counter() - start < 5
    assert (first.exact, first.used, first.seed) == (False, 20_000, 1)
    once, again, other = (permutation_gray(*data, draws=2000, seed=s).p for s in (1, 1, 2))
    assert once == again != other


def test_few_draws_cannot_give_less_than_one_in_their_number():
    found = permutation_gray(np.arange(1.0, 41), np.ones(40, int), np.repeat([0, 1], 20), 2, draws=99)
    assert (found.exact, found.used) == (False, 99)
    assert found.p == found.smallest == 1 / 100


def test_left_out_patients_and_empty_groups_change_nothing():
    time, kind, group, _ = arrays("three_small_groups")
    plain = permutation_gray(time, kind, group, 3)
    padded = permutation_gray(
        np.append(time, [4, 0.5]), np.append(kind, [1, 2]), np.append(np.array([0, 2, 4])[group], [-1, -1]), 6
    )
    assert (padded.p, padded.allocations) == (plain.p, plain.allocations)


def test_times_that_tie_nearly_are_one_time():
    time, kind, group, k = arrays("ties")
    parted = np.where(group == 1, time * (1 + 1e-12), time)
    assert len(np.unique(parted)) > len(np.unique(time))
    assert permutation_gray(parted, kind, group, k, draws=500).p == permutation_gray(time, kind, group, k, draws=500).p


def test_without_the_event_there_is_no_permutation_test():
    found = permutation_gray(np.array([1.0, 2, 3, 4]), np.array([2, 0, 2, 0]), np.array([0, 1, 0, 1]), 2)
    assert not found.defined
    assert (found.statistic, found.p, found.standard_error, found.smallest, found.used) == (None,) * 4 + (0,)


def test_progress_ends_at_one_and_never_goes_back():
    told = []
    permutation_gray(*arrays("transplant_by_eln"), progress=told.append)
    assert told[-1] == 1
    assert told == sorted(told)
    assert len(told) > 1


def test_many_allocations_at_once_are_one_after_the_other():
    leaving = np.random.default_rng(5).integers(0, 3, (3, 4, 3, 6))
    n_risk = leaving.sum(axis=0)[..., ::-1].cumsum(axis=-1)[..., ::-1]
    counts = np.array([n_risk, *leaving[1:]])
    together = gray_scores(*counts).statistic
    np.testing.assert_allclose(together, [gray_scores(*counts[:, i]).statistic for i in range(4)])
