"""What must hold for the hazard ratios of every cohort, whatever the reference and the order of the groups."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cohort.statistics import life_table
from cohort.statistics.regression import cox, firth_cox, proportional_hazards

LEVELS = ["a", "b", "c"]
cohorts = st.lists(
    st.tuples(st.integers(0, 9).map(float), st.integers(0, 2), st.integers(-1, 2)), min_size=1, max_size=25
)


def by_group(fit):
    return {row["group"]: row for row in fit.coefficients.to_pylist()}


for_any_cohort = settings(deadline=None, max_examples=60)


def table_of(members, levels=LEVELS):
    time, kind, group = (np.array([m[i] for m in members]) for i in range(3))
    code = np.array([-1 if g < 0 else levels.index(LEVELS[g]) for g in group])
    return life_table(time, kind, code, levels)


@for_any_cohort
@given(cohorts)
def test_the_ratio_inverts_when_the_reference_is_swapped(members):
    table = table_of(members)
    for model in (cox, firth_cox):
        fit = model(table)
        for group, row in by_group(fit).items():
            swapped = model(table, reference=group)
            back = by_group(swapped)[fit.reference]
            assert (row["hr"] is None) == (back["hr"] is None)
            if row["hr"] is not None:
                assert back["hr"] == pytest.approx(1 / row["hr"], rel=1e-6)
                assert back["p"] == pytest.approx(row["p"], abs=1e-7)
                for one, other in (("lower", "upper"), ("upper", "lower")):
                    assert (row[one] is None) == (back[other] is None)
                    if row[one] is not None:
                        assert back[other] == pytest.approx(1 / row[one], rel=1e-5)
            if fit.statistic is not None and swapped.df == fit.df:
                assert swapped.statistic == pytest.approx(fit.statistic, abs=1e-7)


@for_any_cohort
@given(cohorts, st.permutations(LEVELS))
def test_the_order_of_the_groups_changes_nothing(members, levels):
    one = table_of(members)
    reference = cox(one).reference
    other = table_of(members, levels)
    for model in (cox, firth_cox, proportional_hazards):
        if reference is None:
            continue
        first, second = model(one, reference), model(other, reference)
        assert by_group(first).keys() == by_group(second).keys()
        for group, row in by_group(first).items():
            for name, value in row.items():
                assert by_group(second)[group][name] == (
                    pytest.approx(value, rel=1e-5, abs=1e-7) if isinstance(value, float) else value
                )
        assert (second.statistic, second.p) == (
            (None, None) if first.statistic is None else pytest.approx((first.statistic, first.p), abs=1e-6)
        )


@for_any_cohort
@given(cohorts)
def test_an_ordinary_ratio_is_given_where_the_score_can_be_zero_only(members):
    table = table_of(members)
    fit = cox(table, ties="breslow")
    present = {m[2] for m in members if m[2] >= 0}
    if not fit.estimable:
        return
    # the score from the patients: events of a group less those expected from its share of the hazard
    hr = {LEVELS.index(fit.reference): 1.0, **{LEVELS.index(g): row["hr"] for g, row in by_group(fit).items()}}
    members = [m for m in members if m[2] >= 0]
    for group in present:
        expected = 0.0
        for t, kind, _ in members:
            if kind == 1:
                at_risk = [g for u, _, g in members if u >= t]
                expected += at_risk.count(group) * hr[group] / sum(hr[g] for g in at_risk)
        assert expected == pytest.approx(sum(k == 1 and g == group for _, k, g in members), abs=1e-6)
