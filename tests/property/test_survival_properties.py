"""What must hold for every cohort, whatever its times, kinds and groups."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta

from cohort.statistics import (
    INTERVALS,
    cumulative_incidence,
    follow_up,
    kaplan_meier,
    life_table,
    median_survival,
    number_at_risk,
    subgroup_bounds,
    survival_at,
)

LEVELS = ["a", "b", "c"]
times = st.one_of(st.integers(0, 12).map(float), st.floats(0, 200).map(lambda t: round(t, 4)))
patient = st.tuples(times, st.integers(0, 2), st.integers(-1, 2))
cohorts = st.lists(patient, max_size=30)


for_every_cohort = settings(deadline=None, max_examples=150)


def table_of(patients):
    time, kind, group = (np.array([p[i] for p in patients], dtype=t) for i, t in enumerate((float, int, int)))
    return life_table(time, kind, group, LEVELS)


def by_group(table):
    rows = table.to_pylist()
    return {level: [row for row in rows if row["group"] == level] for level in LEVELS}


@for_every_cohort
@given(cohorts)
def test_life_table_equals_counting(patients):
    for level, rows in by_group(table_of(patients)).items():
        members = [(t, k) for t, k, g in patients if g == LEVELS.index(level)]
        assert [row["time"] for row in rows] == sorted({t for t, _ in members})
        for row in rows:
            assert row["n_risk"] == sum(t >= row["time"] for t, _ in members)
            counted = [sum(t == row["time"] and k == kind for t, k in members) for kind in (1, 2, 0)]
            assert [row["n_event"], row["n_competing"], row["n_censor"]] == counted


@for_every_cohort
@given(cohorts, st.sampled_from(INTERVALS))
def test_survival_stays_within_its_limits_and_never_rises(patients, interval):
    for rows in by_group(kaplan_meier(table_of(patients), interval)).values():
        survival = np.array([row["survival"] for row in rows])
        limits = np.array([(row["lower"], row["upper"]) for row in rows]).reshape(-1, 2)
        assert ((survival >= 0) & (survival <= 1)).all()
        assert (np.diff(survival) <= 0).all()
        given = ~np.isnan(limits).any(axis=1)
        lower, upper = limits[given].T
        assert ((lower >= 0) & (lower <= survival[given] + 1e-12)).all()
        assert ((upper <= 1) & (upper >= survival[given] - 1e-12)).all()
        if interval == "bpcp":
            assert given.all()
            assert (np.diff(upper) <= 1e-12).all()
            assert [row["lower"] == 0 for row in rows] == [
                row["n_risk"] == row["n_event"] + row["n_censor"] for row in rows
            ]


@for_every_cohort
@given(cohorts)
def test_survival_is_the_product_over_the_patients(patients):
    for level, rows in by_group(kaplan_meier(table_of(patients))).items():
        members = [(t, k) for t, k, g in patients if g == LEVELS.index(level)]
        for row in rows:
            expected = 1.0
            for u in sorted({t for t, k in members if k == 1 and t <= row["time"]}):
                expected *= 1 - sum(m == (u, 1) for m in members) / sum(t >= u for t, _ in members)
            assert row["survival"] == pytest.approx(expected, abs=1e-12)


@for_every_cohort
@given(st.lists(st.integers(1, 9).map(float), min_size=1, max_size=25))
def test_without_censoring_it_is_the_share_alive_with_clopper_pearson(event_times):
    n = len(event_times)
    for row in kaplan_meier(life_table(event_times, np.ones(n, dtype=int))).to_pylist():
        alive = sum(t > row["time"] for t in event_times)
        assert row["survival"] == pytest.approx(alive / n)
        assert row["lower"] == pytest.approx(beta.ppf(0.025, alive, n - alive + 1) if alive else 0, abs=1e-9)
        assert row["upper"] == pytest.approx(beta.ppf(0.975, alive + 1, n - alive) if alive < n else 1, abs=1e-9)


@for_every_cohort
@given(cohorts, st.lists(times, min_size=1, max_size=6))
def test_risk_table_rows_sum_to_n_at_every_time(patients, ticks):
    table = table_of(patients)
    for row in number_at_risk(table, ticks).to_pylist():
        members = [(t, k) for t, k, g in patients if g == LEVELS.index(row["group"])]
        assert row["n_risk"] + row["n_event"] + row["n_competing"] + row["n_censor"] == len(members)
        counted = [sum(t < row["time"] and k == kind for t, k in members) for kind in (1, 2, 0)]
        assert [row["n_event"], row["n_competing"], row["n_censor"]] == counted


@for_every_cohort
@given(cohorts, st.randoms(use_true_random=False), st.sampled_from(INTERVALS))
def test_the_order_of_the_patients_changes_nothing(patients, random, interval):
    shuffled = random.sample(patients, len(patients))
    first, second = table_of(patients), table_of(shuffled)
    assert first.equals(second, check_metadata=True)
    curves = [kaplan_meier(table, interval) for table in (first, second)]
    for function in (
        lambda i: curves[i],
        lambda i: median_survival(curves[i]),
        lambda i: follow_up((first, second)[i]),
    ):
        assert str(function(0).to_pylist()) == str(function(1).to_pylist())  # as text, since NaN != NaN


@for_every_cohort
@given(cohorts)
def test_a_group_is_the_same_alone_and_beside_others(patients):
    together = by_group(kaplan_meier(table_of(patients)))
    for code, level in enumerate(LEVELS):
        alone = kaplan_meier(table_of([p for p in patients if p[2] == code])).to_pylist()
        assert str(alone) == str(together[level])  # as text, since NaN != NaN


@for_every_cohort
@given(
    st.lists(st.tuples(st.integers(1, 8), st.integers(0, 2), st.floats(-2e-12, 2e-12)), min_size=1, max_size=20),
    st.floats(0.01, 400),
)
def test_times_that_differ_by_rounding_are_one_time(patients, unit):
    kind = [k for _, k, _ in patients]
    exact = life_table([t * unit for t, _, _ in patients], kind)
    noisy = life_table([t * unit * (1 + noise) for t, _, noise in patients], kind)
    for column in ("n_risk", "n_event", "n_competing", "n_censor"):
        assert noisy[column].to_pylist() == exact[column].to_pylist()
    np.testing.assert_allclose(noisy["time"], exact["time"], rtol=1e-11)
    ticks = [t * unit for t in range(1, 9)]
    assert number_at_risk(noisy, ticks).drop_columns("time").equals(number_at_risk(exact, ticks).drop_columns("time"))


@for_every_cohort
@given(cohorts, st.lists(times, min_size=1, max_size=5))
def test_an_estimate_is_given_up_to_the_last_patient_only(patients, ticks):
    table = table_of(patients)
    curve = kaplan_meier(table)
    steps = by_group(curve)
    for row in survival_at(curve, table, ticks).to_pylist():
        held = [step for step in steps[row["group"]] if step["time"] <= row["time"]][-1]
        last = max(t for t, _, g in patients if g == LEVELS.index(row["group"]))
        seen = row["time"] <= last
        assert (row["survival"], row["lower"], row["upper"]) == (
            (held["survival"], held["lower"], held["upper"]) if seen else (None, None, None)
        )


@for_every_cohort
@given(cohorts)
def test_incidence_of_both_causes_and_survival_add_up(patients):
    one = cumulative_incidence(table_of(patients))
    other = cumulative_incidence(table_of([(t, {1: 2, 2: 1}.get(k, k), g) for t, k, g in patients]))
    free = kaplan_meier(table_of([(t, min(k, 1), g) for t, k, g in patients]))
    total = one["incidence"].to_numpy() + other["incidence"].to_numpy() + free["survival"].to_numpy()
    np.testing.assert_allclose(total, 1, atol=1e-12)
    for rows in by_group(one).values():
        incidence = np.array([row["incidence"] for row in rows])
        lower, upper = (np.array([row[name] for row in rows]) for name in ("lower", "upper"))
        assert (np.diff(incidence) >= 0).all()
        inside = ~np.isnan(lower)
        assert ((lower >= 0) & (lower <= incidence + 1e-12))[inside].all()
        assert ((upper <= 1) & (upper >= incidence - 1e-12))[inside].all()


@for_every_cohort
@given(st.integers(1, 8).flatmap(lambda N: st.tuples(st.integers(0, N), st.just(N), st.integers(0, N))))
def test_bounds_are_what_every_possible_table_allows(numbers):
    k, population, n = numbers
    # patients 0 to k-1 had the event; every choice of n patients is one possible subgroup
    counts = [sum(i < k for i in chosen) for chosen in combinations(range(population), n)]
    bounds = subgroup_bounds(k, population, n)
    assert (bounds.lower, bounds.upper) == (min(counts), max(counts))
    assert bounds.expected == pytest.approx(np.mean(counts))
    share = [np.mean([c <= x for c in counts]) for x in range(population + 1)]
    assert bounds.central_lower == next(x for x, p in enumerate(share) if p >= 0.025 - 1e-9)
    assert bounds.central_upper == next(x for x, p in enumerate(share) if p >= 0.975 - 1e-9)
