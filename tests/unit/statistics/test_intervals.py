"""Interval methods against R (binom.test, poisson.test, qhyper, bpcp) and against closed forms."""

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import beta

from cohort.statistics import kaplan_meier, life_table, survival_at
from cohort.statistics.intervals import bpcp, clopper_pearson, hypergeometric_range, normal_limits, poisson_exact

GOLDEN = Path(__file__).parents[2] / "golden"
EXACT = pd.read_csv(GOLDEN / "exact_intervals.csv")
FOUNDING = pd.read_csv(GOLDEN / "founding_input.csv")
BPCP = json.loads((GOLDEN / "bpcp_oracle.json").read_text())
ENDPOINTS = {
    "os": (FOUNDING.os, FOUNDING.death == 1),
    "rfs": (FOUNDING.rfs, FOUNDING.relapse != "none"),
    "rfs_morphological": (FOUNDING.rfs, FOUNDING.relapse == "morphological"),
    "rfs_molecular": (FOUNDING.rfs, FOUNDING.relapse == "molecular"),
}


@pytest.mark.parametrize(("test", "function"), [("binomial", clopper_pearson), ("poisson", poisson_exact)])
def test_exact_limits_are_those_of_r(test, function):
    rows = EXACT[EXACT.test == test]
    lower, upper = function(rows.k.to_numpy(), rows.n.to_numpy())
    np.testing.assert_allclose(lower, rows.lower, atol=1e-8)
    np.testing.assert_allclose(upper, rows.upper, rtol=1e-8)


def test_exact_limits_at_another_level():
    # with no event the one limit has a closed form
    assert clopper_pearson(0, 19, level=0.9)[1] == pytest.approx(1 - 0.05 ** (1 / 19))
    assert poisson_exact(0, 7, level=0.9)[1] == pytest.approx(-np.log(0.05) / 7)


def test_without_patients_or_time_there_are_no_limits():
    assert np.isnan(clopper_pearson(0, 0)).all()
    assert np.isnan(poisson_exact(0, 0.0)).all()


def test_counts_that_cannot_be_are_refused():
    with pytest.raises(ValueError, match=r"k 20.* 19"):
        clopper_pearson(20, 19)
    with pytest.raises(ValueError, match="k -1"):
        poisson_exact(-1, 10.0)
    with pytest.raises(ValueError, match="level 95"):
        clopper_pearson(1, 19, level=95)


def test_hypergeometric_range_is_that_of_qhyper():
    rows = EXACT[EXACT.test == "hypergeometric"]
    lower, upper = hypergeometric_range(rows.k.to_numpy(), 19, rows.n.to_numpy())
    np.testing.assert_array_equal(lower, rows.lower)
    np.testing.assert_array_equal(upper, rows.upper)


def test_hypergeometric_range_takes_a_probability_that_is_reached_exactly():
    # one marked patient in 40 and a subgroup of one: P(0) = 0.975; 39 marked: P(0) = 0.025
    assert [int(limit) for limit in hypergeometric_range(1, 40, 1)] == [0, 0]
    assert [int(limit) for limit in hypergeometric_range(39, 40, 1)] == [0, 1]


@pytest.mark.parametrize("endpoint", BPCP["limits"])
def test_bpcp_at_the_landmarks_is_that_of_the_r_package(endpoint):
    time, event = ENDPOINTS[endpoint]
    table = life_table(time.to_numpy(float), event.to_numpy(int))
    expected = BPCP["limits"][endpoint]
    at = survival_at(kaplan_meier(table), table, [float(month) for month in expected])
    found = np.column_stack([at["lower"].to_numpy(), at["upper"].to_numpy()])
    np.testing.assert_allclose(found, list(expected.values()), atol=1e-6)


@pytest.mark.parametrize("deaths_at_once", [1, 3])
def test_bpcp_without_censoring_is_clopper_pearson(deaths_at_once):
    n = 12
    died = np.arange(0, n + 1, deaths_at_once)[1:]
    lower, upper = bpcp(n - died + deaths_at_once, np.full(len(died), deaths_at_once), n - died)
    alive = n - died
    np.testing.assert_allclose(
        lower, np.where(alive > 0, beta.ppf(0.025, np.maximum(alive, 1), died + 1), 0), atol=1e-9
    )
    np.testing.assert_allclose(upper, beta.ppf(0.975, alive + 1, died), atol=1e-9)


def test_bpcp_without_events_falls_only_with_the_number_at_risk():
    at_risk_after = np.arange(9, -1, -1)
    lower, upper = bpcp(at_risk_after + 1, np.zeros(10), at_risk_after)
    np.testing.assert_allclose(lower, [0.025 ** (1 / y) if y else 0 for y in at_risk_after], atol=1e-12)
    np.testing.assert_array_equal(upper, 1)


def test_bpcp_is_the_beta_with_the_moments_of_the_product():
    # the definition in exact fractions, from the patients of the founding cohort
    time, event = ENDPOINTS["rfs"]
    for t in sorted(set(time)):
        pairs = []
        for u in sorted(set(time[event & (time <= t)])):
            d = int(sum(event & (time == u)))
            pairs.append((int(sum(time >= u)) - d + 1, d))
        after = int(sum(time > t))
        curve = kaplan_meier(life_table(time.to_numpy(float), event.to_numpy(int)))
        row = curve.to_pandas().query("time == @t").iloc[0]
        assert row.upper == pytest.approx(_quantile_of_matched_beta(pairs, 0.975), abs=1e-9)
        if after:
            assert row.lower == pytest.approx(_quantile_of_matched_beta([*pairs, (after, 1)], 0.025), abs=1e-9)
        else:
            assert row.lower == 0


def _quantile_of_matched_beta(pairs, probability):
    mean = second = Fraction(1)
    for a, b in pairs:
        mean *= Fraction(a, a + b)
        second *= Fraction(a * (a + 1), (a + b) * (a + b + 1))
    precision = (mean - second) / (second - mean**2)
    return beta.ppf(probability, float(mean * precision), float((1 - mean) * precision))


def test_bpcp_keeps_its_precision_in_a_large_cohort():
    # two deaths among a million without censoring: Clopper-Pearson again; the variance is 2e-12 of the mean
    n = 1_000_000
    lower, upper = bpcp([n, n - 1], [1, 1], [n - 1, n - 2])
    assert 1 - lower[1] == pytest.approx(beta.ppf(0.975, 3, n - 2), rel=1e-6)
    assert 1 - upper[1] == pytest.approx(beta.ppf(0.025, 2, n - 1), rel=1e-6)


def test_bpcp_of_a_group_does_not_see_the_other_groups():
    rows = np.array([[9, 7, 4], [1, 2, 0], [8, 4, 3]])
    alone = np.array(bpcp(*rows))
    together = np.array(bpcp(*np.hstack([rows, rows]), starts=np.array([0, 3])))
    np.testing.assert_array_equal(together, np.hstack([alone, alone]))


def test_bpcp_level_widens_the_interval():
    closed = [0.05 ** (1 / 7), 0.005 ** (1 / 7)]
    assert [bpcp([7], [0], [7], level=level)[0][0] for level in (0.9, 0.99)] == pytest.approx(closed)


def test_an_unknown_scale_is_refused():
    with pytest.raises(ValueError, match="'logit'"):
        normal_limits(np.array([0.5]), np.array([0.1]), "logit")
