"""What must hold of every comparison, whatever the times, kinds and groups."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cohort.statistics import life_table
from cohort.statistics.comparison import WEIGHTS, log_rank
from cohort.statistics.multiplicity import holm, min_p
from cohort.statistics.permutation import permutation_log_rank

times = st.one_of(st.integers(0, 6).map(float), st.floats(0, 200).map(lambda t: round(t, 4)))
cohorts = st.lists(st.tuples(times, st.integers(0, 2), st.integers(-1, 2)), min_size=1, max_size=9)
weights = st.sampled_from(list(WEIGHTS))
for_every_cohort = settings(deadline=None, max_examples=80)
LEVELS = ["a", "b", "c"]


def arrays(patients):
    return [np.array([p[i] for p in patients], dtype=t) for i, t in enumerate((float, int, int))]


def test_of(patients, weight):
    return permutation_log_rank(*arrays(patients), 3, weight=weight)


test_of.__test__ = False


@for_every_cohort
@given(cohorts, weights, st.randoms(), st.permutations([0, 1, 2]))
def test_order_of_rows_and_names_of_groups_change_nothing(patients, weight, random, renamed):
    other = [(t, k, renamed[g] if g >= 0 else -1) for t, k, g in patients]
    random.shuffle(other)
    first, second = test_of(patients, weight), test_of(other, weight)
    assert first.defined == second.defined
    assert first.allocations == second.allocations
    if first.defined:
        assert second.statistic == pytest.approx(first.statistic, rel=1e-6, abs=1e-9)
        assert (second.p, second.smallest) == (first.p, first.smallest)


@for_every_cohort
@given(cohorts, weights)
def test_p_lies_between_the_smallest_attainable_and_one(patients, weight):
    found = test_of(patients, weight)
    if found.defined:
        assert 1 / found.allocations <= found.smallest <= found.p <= 1
        assert found.statistic >= 0
        assert found.p * found.allocations == pytest.approx(round(found.p * found.allocations))


@for_every_cohort
@given(cohorts, weights)
def test_it_is_defined_where_the_log_rank_test_is(patients, weight):
    found, asymptotic = test_of(patients, weight), log_rank(life_table(*arrays(patients), LEVELS), weight)
    assert found.defined == (asymptotic.p is not None)
    if found.defined:
        assert found.statistic == pytest.approx(asymptotic.statistic, rel=1e-6, abs=1e-9)


@for_every_cohort
@given(st.lists(st.tuples(times, st.integers(0, 2), st.integers(-1, 2), times), max_size=30), weights)
def test_as_many_events_are_expected_as_observed(patients, weight):
    time, kind, group, wait = (np.array([p[i] for p in patients], t) for i, t in enumerate((float, int, int, float)))
    late = np.where(wait < time - 0.001, wait, 0)
    for entry in (None, late):
        found = log_rank(life_table(time, kind, group, LEVELS, entry), weight)
        observed, expected, score, variance = (
            found.groups[name].to_numpy() for name in ("observed", "expected", "score", "variance")
        )
        assert expected.sum() == pytest.approx(observed.sum())
        assert observed.sum() == ((kind == 1) & (group >= 0)).sum()
        assert score.sum() == pytest.approx(0, abs=1e-9)
        assert (variance > -1e-12).all()


@for_every_cohort
@given(cohorts, st.floats(0.1, 50))
def test_the_unit_of_time_does_not_matter(patients, factor):
    first = test_of([(round(t, 1), k, g) for t, k, g in patients], "log-rank")
    second = test_of([(round(t, 1) * factor, k, g) for t, k, g in patients], "log-rank")
    assert first.p == second.p


@for_every_cohort
@given(st.lists(st.tuples(times, st.integers(0, 1), st.integers(0, 1)), min_size=2, max_size=12))
def test_a_patient_in_each_group_for_every_patient_leaves_no_difference(patients):
    twins = [(t, k, g) for t, k, _ in patients for g in (0, 1)]
    assume(any(k for _, k, _ in patients))
    found = permutation_log_rank(*arrays(twins), 2, max_exact=1, draws=50)
    if found.defined:
        assert found.statistic == pytest.approx(0, abs=1e-9)
        assert found.p == 1


@for_every_cohort
@given(cohorts, st.lists(st.lists(st.integers(-1, 1), min_size=9, max_size=9), max_size=4))
def test_adjusting_never_lowers_a_p(patients, factors):
    time, kind, _ = arrays(patients)
    coded = [np.array(factor[: len(time)]) for factor in factors]
    found = min_p(time, kind, coded, [2] * len(coded), draws=40)
    known = ~np.isnan(found.raw)
    assert (found.adjusted[known] >= found.raw[known]).all()
    assert (found.adjusted[known] <= 1).all()
    assert (found.raw[known] > 0).all()


@for_every_cohort
@given(st.lists(st.floats(0, 1), max_size=8))
def test_holm_lies_between_the_raw_p_and_bonferroni(p):
    adjusted = holm(p)
    assert (adjusted >= np.array(p)).all()
    assert (adjusted <= np.minimum(1, len(p) * np.array(p)) + 1e-15).all()
