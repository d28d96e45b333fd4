"""Cox regression against R's coxph and cox.zph, Firth's against the firthmodels package."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from firthmodels import FirthCoxPH

from cohort.statistics import life_table
from cohort.statistics.regression import cox, firth_cox, proportional_hazards

GOLDEN = Path(__file__).parents[2] / "golden"
INPUT = pd.concat(
    pd.read_csv(GOLDEN / f"{name}.csv", float_precision="round_trip") for name in ("survival_input", "regression_input")
)
COX, ZPH = (pd.read_csv(GOLDEN / f"regression_{name}.csv") for name in ("cox", "zph"))
GROUPED = list(dict.fromkeys(COX.dataset))
TIED_ENTRY = ["os_delayed_by_mrd", "entry_ties_grouped"]


def patients(name):
    rows = INPUT[INPUT.dataset == name]
    return rows, list(dict.fromkeys(rows.group))


def golden_table(name):
    rows, levels = patients(name)
    entry = None if rows.entry.isna().all() else rows.entry.to_numpy()
    return life_table(rows.time.to_numpy(float), rows.status.to_numpy(), rows.group.map(levels.index), levels, entry)


def by_group(fit):
    return {row["group"]: row for row in fit.coefficients.to_pylist()}


# --- ordinary Cox ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize("name", GROUPED)
def test_cox_is_that_of_coxph_where_it_has_a_maximum(name, ties):
    rows, levels = patients(name)
    expected = COX[(COX.dataset == name) & (COX.ties == ties)].set_index("group")
    fit = cox(golden_table(name), ties=ties)
    assert fit.reference == levels[0]
    assert fit.coefficients["group"].to_pylist() == expected.index.tolist() == levels[1:]
    events = rows.groupby("group").status.sum()
    for group, row in by_group(fit).items():
        if row["estimable"]:
            assert row["log_hr"] == pytest.approx(expected.log_hr[group], abs=1e-6)
            assert row["std_error"] == pytest.approx(expected.std_error[group], abs=1e-6)
            assert row["p"] == pytest.approx(expected.p[group], abs=1e-6)
            limits = np.exp(expected.log_hr[group] + np.array([-1, 1]) * 1.959963984540054 * expected.std_error[group])
            assert [row["lower"], row["upper"]] == pytest.approx(limits, rel=1e-5)
            assert row["hr"] == pytest.approx(np.exp(expected.log_hr[group]), rel=1e-6)
        else:
            # R runs away, or (neither group has an event) stops anywhere with an error in the millions
            assert expected.std_error[group] > 1e5
            assert {row[c] for c in ("log_hr", "std_error", "hr", "lower", "upper", "p")} == {None}
            reason = "no_event" if not events[group] else "separated" if events[levels[0]] else "no_event_in_reference"
            assert row["reason"] == reason
    assert fit.estimable == (expected.std_error < 1e5).all()
    if fit.estimable:
        assert fit.statistic == pytest.approx(expected.statistic.iloc[0], abs=1e-6)
        assert fit.df == expected.df.iloc[0]
    else:
        assert (fit.statistic, fit.df, fit.p) == (None, None, None)


def test_data_sets_cover_every_reason():
    reasons = {row["reason"] for name in GROUPED for row in by_group(cox(golden_table(name))).values()}
    assert reasons == {None, "no_event", "no_event_in_reference", "separated"}


def test_groups_never_at_risk_together_are_not_compared():
    # everyone in a leaves before anyone in b enters; c is there throughout, but without it nothing links the two
    time, event = [2.0, 3.0, 7.0, 8.0], [1, 1, 1, 1]
    apart = life_table(time, event, [0, 0, 1, 1], ["a", "b"], [0, 0, 4, 4])
    assert by_group(cox(apart))["b"]["reason"] == "never_together"
    firth = firth_cox(apart)
    assert (firth.defined, firth.statistic, firth.n_event) == (False, None, 4)
    assert set(by_group(firth)["b"].values()) == {"b", None}
    linked = life_table([*time, 9.0, 9.0], [*event, 1, 0], [0, 0, 1, 1, 2, 2], ["a", "b", "c"], [0, 0, 4, 4, 0, 0])
    assert firth_cox(linked).defined
    assert by_group(firth_cox(linked))["b"]["hr"] > 0


def test_a_group_that_leaves_before_the_first_event_is_not_compared_and_does_not_move_the_others():
    two = life_table([3.0, 4.0, 5.0, 6.0, 7.0], [1, 1, 0, 1, 1], [0, 1, 0, 1, 0], ["a", "b", "c"])
    three = life_table([3.0, 4.0, 5.0, 6.0, 7.0, 1.0], [1, 1, 0, 1, 1, 0], [0, 1, 0, 1, 0, 2], ["a", "b", "c"])
    for model in (cox, firth_cox):
        assert by_group(model(three))["c"]["hr"] is None
        assert by_group(model(three))["b"] == by_group(model(two))["b"]
    assert firth_cox(three).df == 1
    assert not cox(three).estimable


# --- Firth -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def peer():
    """Coefficients, profile limits and p of the firthmodels package, by data set."""

    def fit(name):
        rows, levels = patients(name)
        indicators = np.column_stack([(rows.group == level).to_numpy(float) for level in levels[1:]])
        model = FirthCoxPH(backend="numpy", gtol=1e-6, xtol=1e-6, max_iter=500, max_halfstep=30)
        model.fit(indicators, (rows.status.to_numpy() == 1, rows.time.to_numpy(float))).lrt()
        return model.coef_, model.conf_int(method="pl", tol=1e-8, max_iter=500), model.lrt_pvalues_

    return fit


@pytest.mark.parametrize("name", [name for name in GROUPED if name not in TIED_ENTRY])
def test_firth_is_that_of_firthmodels(name, peer):
    log_hr, limits, p = peer(name)
    fit = firth_cox(golden_table(name))
    assert fit.defined
    for i, row in enumerate(fit.coefficients.to_pylist()):
        assert row["log_hr"] == pytest.approx(log_hr[i], abs=2e-6)  # its own precision
        assert row["hr"] == pytest.approx(np.exp(log_hr[i]), rel=2e-6)
        assert row["p"] == pytest.approx(p[i], abs=1e-9)
        assert np.log([row["lower"], row["upper"]]) == pytest.approx(limits[i], abs=1e-8)


def penalised(name, reference):
    """Jeffreys' penalised log likelihood of two groups from the patients, one risk set at a time."""
    rows, _ = patients(name)
    x = (rows.group != reference).to_numpy(float)
    entry = rows.entry.fillna(-1).to_numpy()

    def value(beta):
        total = information = 0.0
        for t, xi in zip(rows.time[rows.status == 1], x[rows.status == 1], strict=True):
            weight = np.exp(beta * x) * ((rows.time.to_numpy() >= t) & (entry < t))
            mean = weight @ x / weight.sum()
            total += beta * xi - np.log(weight.sum())
            information += mean * (1 - mean)
        return total + np.log(information) / 2

    return value


@pytest.mark.parametrize("name", [*TIED_ENTRY, "os_adverse", "aml"])
def test_firth_maximises_the_penalised_likelihood_of_the_patients(name):
    levels = patients(name)[1]
    value, fit = penalised(name, levels[0]), firth_cox(golden_table(name))
    row = by_group(fit)[levels[1]]
    top = value(row["log_hr"])
    assert top > max(value(row["log_hr"] + step) for step in (-1e-3, 1e-3))
    for limit in ("lower", "upper"):
        assert 2 * (top - value(np.log(row[limit]))) == pytest.approx(3.841458820694124, abs=1e-6)
    assert fit.statistic == pytest.approx(2 * (top - value(0.0)), abs=1e-9)
    assert fit.p == pytest.approx(row["p"], abs=1e-12)


@pytest.mark.parametrize(
    ("name", "reference", "expected", "digits"),
    [
        ("os_adverse", "other", (18.3, 1.75, 2474), (0.05, 0.005, 0.5)),
        ("rfs_adverse", "other", (6.9, 1.5, 41), (0.051, 0.05, 0.5)),
        ("os_by_mrd", "negative", (8.2, 1.07, 91), (0.05, 0.005, 0.5)),
        ("rfs_by_mrd", "negative", (2.8, 0.5, 13), (0.05, 0.05, 0.5)),
    ],
)
def test_founding_hazard_ratios_are_those_of_the_standard(name, reference, expected, digits):
    (row,) = firth_cox(golden_table(name), reference).coefficients.to_pylist()
    for found, value, within in zip((row["hr"], row["lower"], row["upper"]), expected, digits, strict=True):
        assert found == pytest.approx(value, abs=within)


def test_a_limit_beyond_ten_thousand_is_unbounded():
    # every patient of b has the event, none of a, who are at risk throughout
    time = np.concatenate([np.full(15, 40.0), np.arange(1.0, 16.0)])
    event = np.concatenate([np.zeros(15), np.ones(15)]).astype(int)
    table = life_table(time, event, np.repeat([0, 1], 15), ["a", "b"])
    above = by_group(firth_cox(table, level=0.9999))["b"]
    assert above["upper"] is None
    assert 1 < above["lower"] < above["hr"] < 10_000
    below = by_group(firth_cox(table, "b", level=0.9999))["a"]
    assert below["lower"] is None
    assert below["upper"] == pytest.approx(1 / above["lower"])


@pytest.mark.parametrize("level", [0.8, 0.99])
def test_the_level_moves_the_limits_only(level):
    table = golden_table("rfs_adverse")
    for model in (cox, firth_cox):
        (usual,), (other,) = (model(table, level=x).coefficients.to_pylist() for x in (0.95, level))
        assert (other["lower"] > usual["lower"]) == (other["upper"] < usual["upper"]) == (level < 0.95)
        assert (other["hr"], other["p"]) == (usual["hr"], usual["p"])


# --- proportional hazards ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("transform", ["km", "identity"])
@pytest.mark.parametrize("name", list(dict.fromkeys(ZPH.dataset)))
def test_check_is_that_of_cox_zph(name, transform):
    expected = ZPH[(ZPH.dataset == name) & (ZPH["transform"] == transform)].set_index("group")
    check = proportional_hazards(golden_table(name), transform=transform)
    assert check.defined
    for group, row in by_group(check).items():
        assert row["statistic"] == pytest.approx(expected.statistic[group], rel=1e-6, abs=1e-6)
        assert row["p"] == pytest.approx(expected.p[group], abs=1e-6)
    found = (check.statistic, check.df, check.p)
    assert found == pytest.approx(tuple(expected.loc["GLOBAL", ["statistic", "df", "p"]]), rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("name", ["os_adverse", "os_by_eln", "a_group_without_event", "separated", "os"])
def test_check_is_not_defined_where_the_regression_has_no_maximum(name):
    check = proportional_hazards(golden_table(name))
    assert (check.defined, check.statistic, check.df, check.p) == (False, None, None, None)
    assert all(row["statistic"] is None and row["p"] is None for row in by_group(check).values())


def test_check_is_not_defined_with_events_at_one_time_only():
    table = life_table([2.0, 2.0, 5.0, 6.0], [1, 1, 0, 0], [0, 1, 0, 1], ["a", "b"])
    assert cox(table).estimable
    assert not proportional_hazards(table).defined
    # two times, but a and b are both at risk at one of them only
    table = life_table([2.0, 2.0, 3.0, 6.0], [1, 1, 0, 1], [0, 1, 0, 1], ["a", "b"])
    assert cox(table).estimable
    assert not proportional_hazards(table).defined


# --- what there is nothing to say of -------------------------------------------------------------------------------


def test_nothing_to_compare_is_not_defined():
    no_event = life_table([1.0, 2.0, 3.0], [0, 2, 0], [0, 1, 1], ["a", "b"])
    nobody = life_table([1.0], [1], [-1], ["a", "b"])
    alone = life_table([1.0, 2.0], [1, 0], [1, 1], ["a", "b"])
    for table, reference, rows in ((no_event, "a", 1), (nobody, None, 0), (alone, "b", 0)):
        firth, ordinary = firth_cox(table), cox(table)
        assert (firth.defined, ordinary.estimable, proportional_hazards(table).defined) == (False, False, False)
        assert (firth.reference, ordinary.reference) == (reference, reference)
        assert (firth.statistic, firth.df, firth.p, ordinary.p) == (None, None, None, None)
        assert firth.coefficients.num_rows == ordinary.coefficients.num_rows == rows
    assert firth_cox(no_event).n_event == 0
    assert firth_cox(alone).n_event == 1


def test_empty_levels_are_left_out_and_competing_events_are_censored():
    table = life_table([1.0, 2.0, 3.0, 4.0, 5.0], [1, 2, 1, 1, 0], [1, 1, 3, 3, 1], ["e", "a", "f", "b"])
    censored = life_table([1.0, 2.0, 3.0, 4.0, 5.0], [1, 0, 1, 1, 0], [1, 1, 3, 3, 1], ["e", "a", "f", "b"])
    fit = firth_cox(table)
    assert (fit.reference, list(by_group(fit)), fit.n_event) == ("a", ["b"], 3)
    assert by_group(fit) == by_group(firth_cox(censored))


def test_what_is_not_allowed_is_refused():
    table = golden_table("rfs_adverse")
    for model in (cox, firth_cox, proportional_hazards):
        with pytest.raises(ValueError, match="reference 'favourable' has no patients"):
            model(table, "favourable")
    for model in (cox, firth_cox):
        with pytest.raises(ValueError, match=r"level 95"):
            model(table, level=95)
    with pytest.raises(ValueError, match="ties 'exact'"):
        cox(table, ties="exact")
    with pytest.raises(ValueError, match="transform 'log'"):
        proportional_hazards(table, transform="log")
