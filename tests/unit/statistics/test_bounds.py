"""The envelope against every configuration on a fine grid, random ones, and R's survfit at its corners."""

from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cohort.statistics import kaplan_meier, life_table, survival_at
from cohort.statistics.bounds import envelope_at, survival_envelope

GOLDEN = Path(__file__).parents[2] / "golden"
PAPER = pd.read_csv(GOLDEN / "founding_input.csv")
CURVES = pd.read_csv(GOLDEN / "bounds_curves.csv")
OS = PAPER.os.to_numpy(float)
LATEST = OS - PAPER.rfs.to_numpy(float)
UNKNOWN = PAPER.id.isin([2, 5, 6, 7, 9, 10, 14, 17, 18]).to_numpy()
EARLIEST = np.where(UNKNOWN, 0, LATEST)
ALL = np.zeros(19, int)


def relapse_or_death():
    """Relapse or death: patient 17 relapsed or died at some time from 1 to 40 months."""
    low = PAPER.rfs.to_numpy(float)
    kind = np.where(PAPER.id == 17, 1, PAPER.relapse != "none").astype(int)
    return low, np.where(PAPER.id == 17, 40, low), kind


def one_group(low, high, kind, *entry, **options):
    return survival_envelope(low, high, kind, np.zeros(len(kind), int), ["All"], *entry, **options)


def survival(time, event, entry, t):
    """S(t), event time by event time; entry 0 is no delay."""
    s = 1.0
    for u in sorted({x for x, e in zip(time, event, strict=True) if e and x <= t}):
        y = sum(x >= u and (e < u or e == 0) for x, e in zip(time, entry, strict=True))
        s *= 1 - sum(x == u and e for x, e in zip(time, event, strict=True)) / y
    return s


def fine(low, high):
    return np.arange(low, high + 0.1, 0.25) if high > low else [low]


def every_configuration(low, high, entry_lo, entry_hi):
    n = len(low)
    for values in product(*(fine(a, b) for a, b in zip([*low, *entry_lo], [*high, *entry_hi], strict=True))):
        time, entry = values[:n], values[n:]
        if all(e < x or e == 0 for x, e in zip(time, entry, strict=True)):
            yield time, entry


def random_case(random, delayed):
    n = 5
    low = random.integers(1, 6, n).astype(float)
    high, kind = low.copy(), random.integers(0, 2, n)
    for i in random.choice(n, 2, replace=False):
        high[i] += random.integers(1, 4)
    entry_lo = entry_hi = np.zeros(n)
    if delayed:
        entry_lo = np.minimum(random.integers(0, 3, n), low - 1)
        entry_hi = entry_lo.copy()
        for i in random.choice(n, 2, replace=False):
            entry_hi[i] += random.integers(1, 4)  # some beyond the patient's time
    return low, high, kind, entry_lo, entry_hi


@pytest.mark.parametrize("seed", range(15))
def test_it_holds_every_curve_and_each_bound_is_one_of_them(seed):
    delayed = seed % 3 == 0
    low, high, kind, entry_lo, entry_hi = random_case(np.random.default_rng(seed), delayed)
    times = np.arange(0, high.max() + 0.1, 0.25)
    # three points in every gap: the last is after any order of two events
    looked = np.array(
        [
            [survival(time, kind, entry, t) for t in times]
            for time, entry in every_configuration(low, high, entry_lo, entry_hi)
        ]
    )
    found = envelope_at(one_group(low, high, kind, *((entry_lo, entry_hi) if delayed else ())), times).to_pandas()
    assert (looked >= found.survival_low.to_numpy() - 1e-12).all()
    assert (looked <= found.survival_high.to_numpy() + 1e-12).all()
    attained = times % 1 != (0.25 if delayed else None)  # a quarter into a gap is too early for two events in it
    attained &= times % 1 != (0.5 if delayed else None)
    np.testing.assert_allclose(looked.min(axis=0)[attained], found.survival_low[attained], atol=1e-12)
    np.testing.assert_allclose(looked.max(axis=0)[attained], found.survival_high[attained], atol=1e-12)


@pytest.mark.parametrize("seed", range(6))
def test_random_configurations_of_many_open_times_stay_inside(seed):
    random = np.random.default_rng(seed)
    n = 12
    low = random.integers(1, 20, n).astype(float)
    high, kind = low + random.integers(0, 8, n) * (np.arange(n) < 7), random.integers(0, 2, n)
    kind[:7] = 1, 1, 0, 0, 0, 0, 0  # two events and five censorings are open
    entry_hi = random.integers(0, 12, n).astype(float)
    entry_lo = np.floor(np.minimum(entry_hi, low - 1) / 2)
    times = np.sort(random.uniform(0, high.max(), 40))
    envelope = one_group(low, high, kind, entry_lo, entry_hi)
    assert envelope.schema.metadata[b"search"] == b"complete"
    found = envelope_at(envelope, times).to_pandas()
    for _ in range(200):
        time = random.uniform(low, high)
        entry = random.uniform(entry_lo, np.minimum(entry_hi, time * (1 - 1e-6)))
        s = [survival(time, kind, entry, t) for t in times]
        at_risk = ((time[:, None] >= times) & (entry[:, None] < times)).sum(axis=0)
        assert (s >= found.survival_low - 1e-12).all()
        assert (s <= found.survival_high + 1e-12).all()
        assert (at_risk >= found.n_risk_low).all()
        assert (at_risk <= found.n_risk_high).all()


def test_relapse_or_death_of_the_founding_cohort():
    # the reference prints 83.1 and 62.3 for the lowest: with the death at either end, which are not the extremes
    found = envelope_at(one_group(*relapse_or_death()), [12, 24]).to_pandas()
    np.testing.assert_allclose(found.survival_low, [0.816, 0.612], atol=5e-4)
    np.testing.assert_allclose(found.survival_high, [0.884, 0.680], atol=5e-4)
    assert (found.n_risk_low.tolist(), found.n_risk_high.tolist()) == ([12, 9], [13, 10])


def test_it_is_every_curve_of_the_one_unknown_time():
    low, high, kind = relapse_or_death()
    times = np.arange(0.0, 127)
    curves = []
    for u in np.arange(1, 40.1, 0.25):
        table = life_table(np.where(high > low, u, low), kind)
        curves.append(survival_at(kaplan_meier(table), table, times).to_pandas())
    found = envelope_at(one_group(low, high, kind), times).to_pandas()
    for name, column, extreme in [
        ("survival_low", "survival", "min"),
        ("survival_high", "survival", "max"),
        ("lower", "lower", "min"),
        ("upper", "upper", "max"),
        ("n_risk_low", "n_risk", "min"),
        ("n_risk_high", "n_risk", "max"),
    ]:
        expected = getattr(np.array([c[column] for c in curves]), extreme)(axis=0)
        np.testing.assert_allclose(found[name], expected, atol=1e-12, err_msg=name)


def test_just_after_a_time_the_envelope_is_wider_than_at_it():
    # one patient is censored at 2: an event by then meets three at risk, one after it two
    envelope = one_group([1, 2, 3], [3, 2, 3], np.array([1, 0, 0]))
    found = envelope_at(envelope, [1.999, 2, 2.001, 3]).to_pandas()
    assert found.survival_low.tolist() == pytest.approx([2 / 3, 2 / 3, 1 / 2, 1 / 2])
    assert envelope["time"].to_pylist() == pytest.approx([0, 1, 2, 2, 3])
    assert np.diff(envelope["time"]).min() > 0


def test_two_who_enter_just_before_their_events_need_not_meet():
    low, high, entry_hi = np.array([2.0, 2, 9]), np.array([3.0, 3, 9]), np.array([5.0, 5, 0])
    found = envelope_at(one_group(low, high, np.array([1, 1, 0]), np.zeros(3), entry_hi), [2, 2.5]).to_pandas()
    # at 2 both have the event with three at risk; in the gap after 2 one enters after the other's event
    assert found.survival_low.tolist() == pytest.approx([1 / 3, 1 / 4])
    assert found.survival_high.tolist() == pytest.approx([1, 1])
    assert (found.n_risk_low.tolist(), found.n_risk_high.tolist()) == ([1, 1], [3, 3])


def test_who_may_have_entered_and_left_between_events_may_never_have_been_at_risk():
    low, high, entry_hi = np.array([2.0, 3, 9]), np.array([8.0, 3, 9]), np.array([4.0, 0, 0])
    found = envelope_at(one_group(low, high, np.array([0, 1, 0]), np.zeros(3), entry_hi), [3]).to_pandas()
    assert (found.survival_low[0], found.survival_high[0]) == pytest.approx((1 / 2, 2 / 3))
    with_known_time = one_group(low, low, np.array([0, 1, 0]), np.zeros(3), np.array([4.0, 4, 0]))
    # the event's patient is at risk at its own event, however late the entry
    assert envelope_at(with_known_time, [3])["survival_low"].to_pylist() == pytest.approx([1 / 2])


@pytest.mark.parametrize(("bound", "curve"), [("low", "os_latest_entry"), ("high", "os_earliest_entry")])
def test_delayed_entry_between_limits_is_survfit_at_the_corners(bound, curve):
    expected = CURVES[CURVES.dataset == curve]
    envelope = one_group(OS, OS, PAPER.death.to_numpy(), EARLIEST, LATEST)
    found = envelope_at(envelope, expected.time).to_pandas()
    np.testing.assert_allclose(found[f"survival_{bound}"], expected.survival, atol=1e-9)
    np.testing.assert_array_equal(found[f"n_risk_{bound}"], expected.n_risk)
    limits = CURVES[CURVES.dataset.str.endswith("_entry")].groupby("time").agg({"lower": "min", "upper": "max"})
    np.testing.assert_allclose(found.lower, limits.lower, atol=1e-9)
    np.testing.assert_allclose(found.upper, limits.upper, atol=1e-9)
    assert envelope.schema.metadata[b"interval"] == b"log-log"


def test_figures_of_the_statistical_standard_for_delayed_entry():
    found = envelope_at(one_group(OS, OS, PAPER.death.to_numpy(), EARLIEST, LATEST), [24, 48]).to_pandas()
    np.testing.assert_allclose(found.survival_low, [0.909, 0.718], atol=5e-4)
    np.testing.assert_allclose(found.survival_high, [0.944, 0.810], atol=5e-4)


def test_known_times_give_the_curve_itself():
    group = (PAPER.eln == "adverse").to_numpy().astype(int)
    table = life_table(OS, PAPER.death.to_numpy(), group, ["other", "adverse"])
    curve = kaplan_meier(table).to_pandas()
    found = survival_envelope(OS, OS, PAPER.death.to_numpy(), group, ["other", "adverse"]).to_pandas()
    for name, column in [("survival_low", "survival"), ("survival_high", "survival"), ("n_risk_low", "n_risk")]:
        np.testing.assert_allclose(found[name], curve[column], atol=1e-12)
    np.testing.assert_allclose(found[["time", "lower", "upper"]], curve[["time", "lower", "upper"]], atol=1e-12)
    assert found.group.tolist() == curve.group.tolist()


def test_groups_and_left_out_patients_do_not_touch_each_other():
    low, high, kind = relapse_or_death()
    group = np.where(PAPER.id == 3, -1, (PAPER.eln == "adverse").to_numpy()).astype(int)
    both = survival_envelope(low, high, kind, group, ["other", "adverse", "empty"]).to_pandas()
    assert list(both.group.cat.categories) == ["other", "adverse", "empty"]
    for i, name in enumerate(["other", "adverse"]):
        mine = group == i
        alone = one_group(low[mine], high[mine], kind[mine]).to_pandas()
        pd.testing.assert_frame_equal(
            both[both.group == name].drop(columns="group").reset_index(drop=True), alone.drop(columns="group")
        )


def test_a_search_looks_at_part_and_finds_the_bounds():
    random = np.random.default_rng(2)
    low = random.integers(1, 30, 15).astype(float)
    high, kind = np.where(np.arange(15) < 3, low + 10, low), (np.arange(15) < 8).astype(int)
    complete, hasty = one_group(low, high, kind), one_group(low, high, kind, max_combinations=1)
    searched = [one_group(low, high, kind, max_combinations=200, seed=s) for s in (1, 2)]
    assert [e.schema.metadata[b"search"] for e in (complete, hasty, *searched)] == [b"complete"] + 3 * [b"partial"]
    assert searched[0].equals(one_group(low, high, kind, max_combinations=200, seed=1))
    times = np.arange(0.5, 30)
    whole, least, *found = (envelope_at(e, times).to_pandas() for e in (complete, hasty, *searched))
    for part in found:
        np.testing.assert_allclose(part.survival_low, whole.survival_low, atol=1e-12)
        np.testing.assert_allclose(part.survival_high, whole.survival_high, atol=1e-12)
    assert (least.survival_high <= whole.survival_high + 1e-12).all()
    assert (least.survival_high < whole.survival_high - 1e-3).any()
    # the numbers at risk need no search
    pd.testing.assert_frame_equal(least.filter(like="n_risk"), whole.filter(like="n_risk"))


def test_an_event_comes_after_entry():
    # from 1 to 4, but entry is at 2: the event cannot come by 2, and meets three at risk at most until 3
    low, high, entry = np.array([1.0, 3, 9]), np.array([4.0, 3, 9]), np.array([2.0, 0, 0])
    found = envelope_at(one_group(low, high, np.array([1, 0, 0]), entry, entry), [1.5, 2, 2.5, 3.5]).to_pandas()
    assert found.survival_low.tolist() == pytest.approx([1, 1, 2 / 3, 1 / 2])
    assert found.survival_high.tolist() == pytest.approx([1, 1, 1, 1])


def test_a_time_unknown_from_the_start_and_a_conversion_of_units():
    found = one_group(np.array([0.0, 0.3 * 12, 4]), np.array([5.0, 0.1 * 3 * 12, 4]), np.array([1, 0, 0]))
    assert found["survival_low"].to_pylist()[0] == pytest.approx(2 / 3)
    assert envelope_at(found, [0, 3.6, 5])["n_risk_high"].to_pylist() == [3, 3, 1]  # both of 3.6 leave together
    assert found["survival_low"].to_pylist()[-1] == 0


def test_beyond_the_last_possible_time_nothing_is_read_off():
    found = envelope_at(one_group([2.0, 3], [2.0, 6], np.array([1, 0])), [1, 5, 6, 7]).to_pandas()
    assert found.survival_low.isna().tolist() == [False, False, False, True]
    assert found.n_risk_high.tolist() == [2, 1, 1, 0]
    assert found.n_risk_low.tolist() == [2, 0, 0, 0]


def test_a_limit_that_some_configuration_does_not_have_is_null():
    found = envelope_at(
        one_group([1.0, 5, 5], [4.0, 5, 5], np.array([1, 0, 0]), interval="log-log"), [2, 4]
    ).to_pandas()
    assert found.upper.isna().tolist() == [True, False]  # S is still 1 at 2 if the event comes later


def test_nobody_gives_no_rows():
    found = survival_envelope(np.zeros(0), np.zeros(0), np.zeros(0, int), np.zeros(0, int), ["a"])
    assert found.num_rows == envelope_at(found, [1]).num_rows == 0
    assert found.column_names == envelope_at(found, [1]).column_names


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([3.0], [2.0], [1]), "time 3.0 to 2.0"),
        (([3.0], [4.0], [1], [2.0], [1.0]), "entry 2.0 to 1.0"),
        (([3.0], [4.0], [1], [4.0], [4.0]), "before the patient's time"),
        (([3.0], [4.0], [1], None, [1.0]), "only one limit"),
        (([3.0], [4.0], [1], [1.0], None), "only one limit"),
        (([np.nan], [np.nan], [1]), "nan"),
        (([np.nan], [1.0], [1]), "nan"),
        (([3.0], [4.0], [7]), "kind 7"),
    ],
)
def test_what_cannot_be_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        one_group(*arguments)


def test_times_asked_for_are_checked():
    with pytest.raises(ValueError, match="0 or more"):
        envelope_at(one_group([1.0], [1.0], [1]), [-1])
