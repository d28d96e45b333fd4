"""One patient, the lost, the landmark: against recomputation from raw data, R, and the figures of the standard."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import chdtrc

from cohort.statistics import kaplan_meier, life_table, survival_at
from cohort.statistics.bounds import envelope_at, survival_envelope
from cohort.statistics.permutation import permutation_log_rank
from cohort.statistics.sensitivity import crude_bounds, influence_on_test, landmark, loss_bounds, tipping_point

GOLDEN = Path(__file__).parents[2] / "golden"
PAPER = pd.read_csv(GOLDEN / "founding_input.csv")
INPUT = pd.read_csv(GOLDEN / "survival_input.csv", float_precision="round_trip")
CURVES = pd.read_csv(GOLDEN / "bounds_curves.csv")
OS, DEATH = PAPER.os.to_numpy(float), PAPER.death.to_numpy()
RFS, RELAPSE = PAPER.rfs.to_numpy(float), (PAPER.relapse != "none").to_numpy().astype(int)
LOST = PAPER.id.isin([5, 7, 10, 11]).to_numpy()
ADVERSE = (PAPER.eln == "adverse").to_numpy().astype(int)
MRD = (PAPER.mrd_flow == "detected").to_numpy().astype(int)


def exact(time, kind, group, k):
    return permutation_log_rank(time, kind, group, k).p


def log_rank(time, kind, group, k):
    """Two-group log-rank p, event time by event time; None without variance."""
    score = variance = 0.0
    for t in sorted(set(time[kind == 1])):
        at_risk, died = time >= t, (time == t) & (kind == 1)
        n, m, n1 = at_risk.sum(), died.sum(), (at_risk & (group == 1)).sum()
        score += (died & (group == 1)).sum() - m * n1 / n
        if n > 1:
            variance += m * (n - m) / (n - 1) * n1 / n * (1 - n1 / n)
    return float(chdtrc(1, score**2 / variance)) if variance > 1e-12 else None


def survival_of(data, times):
    """Kaplan–Meier estimates at some times, from (time, kind)."""
    table = life_table(*data)
    return survival_at(kaplan_meier(table), table, times)["survival"].to_numpy()


# ---- one patient less ------------------------------------------------------------------------------------------------


def test_p_without_each_patient():
    told = []
    found = influence_on_test(OS, DEATH, MRD, 2, log_rank, progress=told.append)
    for i in range(19):
        rest = PAPER.drop(index=i)
        expected = log_rank(rest.os.to_numpy(), rest.death.to_numpy(), np.delete(MRD, i), 2)
        assert found[i] == pytest.approx(expected)
    assert told == pytest.approx(np.arange(1, 20) / 19)


def test_p_without_each_patient_in_the_statistical_standard():
    for data, low, high in ((OS, DEATH), 0.002, 0.024), ((RFS, RELAPSE), 0.001, 0.018):
        found = influence_on_test(*data, ADVERSE, 2, exact)
        assert (found.min(), found.max()) == pytest.approx((low, high), abs=5e-4)


def test_where_a_test_is_not_defined_there_is_no_p():
    found = influence_on_test(np.array([1.0, 2, 3]), np.array([1, 0, 0]), np.array([0, 1, 1]), 2, log_rank)
    assert np.isnan(found[0])  # the only event is left out
    assert found[1] == pytest.approx(log_rank(np.array([1.0, 3]), np.array([1, 0]), np.array([0, 1]), 2))


# ---- the lost --------------------------------------------------------------------------------------------------------


def test_bounds_of_the_lost_in_the_statistical_standard():
    event, free = loss_bounds(OS, DEATH, LOST)
    for data, expected in (event, [0.842, 0.842, 0.656, 0.574]), (free, [0.947, 0.947, 0.829, 0.829]):
        np.testing.assert_allclose(survival_of(data, [24, 36, 48, 60]), expected, atol=5e-4)


def test_the_lost_have_the_event_at_last_contact_or_are_followed_to_the_end():
    (event_time, event_kind), (free_time, free_kind) = loss_bounds(OS, DEATH, LOST)
    assert event_time.tolist() == OS.tolist()
    assert PAPER.id[event_kind == 1].tolist() == [5, 6, 7, 9, 10, 11, 17]
    assert free_kind.tolist() == DEATH.tolist()
    assert (free_time[LOST] == 133).all()
    assert free_time[~LOST].tolist() == OS[~LOST].tolist()
    _, (free_time, _) = loss_bounds(OS, DEATH, LOST, horizon=50)
    assert free_time[LOST].tolist() == [54, 50, 50, 50]  # patient 5 was followed for longer


def test_loss_by_group():
    other = ADVERSE == 0
    lowest = [survival_of((time[other], kind[other]), [54])[0] for time, kind in loss_bounds(OS, DEATH, LOST)]
    assert lowest[0] < 1  # nobody of these died as recorded
    assert lowest[1] == 1


def test_an_event_later_than_last_contact_can_take_more_off():
    # what the docstring warns of: the two assumptions do not enclose every possibility
    high, kind = np.where(LOST, OS.max(), OS), np.where(LOST, 1, DEATH)
    envelope = survival_envelope(OS, high, kind, np.zeros(19, int), ["All"], max_combinations=2000)
    lowest = envelope_at(envelope, [60])["survival_low"].to_pylist()[0]
    event, _ = loss_bounds(OS, DEATH, LOST)
    assert lowest < survival_of(event, [60])[0]


@pytest.mark.parametrize("kind", [1, 2])
def test_whoever_had_an_event_is_not_lost(kind):
    with pytest.raises(ValueError, match=f"kind {kind} of the lost patient in row 1"):
        loss_bounds(np.array([1.0, 2]), np.array([0, kind]), np.array([True, True]))


# ---- the tipping point -----------------------------------------------------------------------------------------------


def every_tip(time, kind, group, alpha, test):
    """p with every choice of the lost, and by size the choices that cross alpha."""
    p = test(time, kind, group, 2)
    crossing = {}
    for size in range(1, LOST.sum() + 1):
        for subset in combinations(np.flatnonzero(LOST).tolist(), size):
            kinds = kind.copy()
            kinds[list(subset)] = 1
            if ((moved := test(time, kinds, group, 2)) <= alpha) != (p <= alpha):
                crossing.setdefault(size, {})[subset] = moved
    return crossing


@pytest.mark.parametrize("alpha", [0.001, 0.004, 0.03, 0.05, 0.2])
@pytest.mark.parametrize("group", [ADVERSE, MRD], ids=["adverse", "mrd"])
def test_fewest_lost_who_move_p_across(group, alpha):
    expected = every_tip(OS, DEATH, group, alpha, log_rank)
    found = tipping_point(OS, DEATH, group, 2, LOST, log_rank, alpha=alpha)
    assert (found.alpha, found.complete) == (alpha, True)
    assert found.p == log_rank(OS, DEATH, group, 2)
    assert found.p_all == log_rank(OS, np.where(LOST, 1, DEATH), group, 2)
    if not expected:
        assert (found.patients, found.p_tipped, found.subsets) == (None, None, 15)
        return
    smallest = expected[min(expected)]
    furthest = max if found.p <= alpha else min
    assert found.patients == furthest(smallest, key=smallest.get)
    assert found.p_tipped == smallest[found.patients]


def test_both_directions_are_searched():
    # 0.004 lies below the p of adverse risk and above it with some of the lost dead; 0.05 above that of MRD
    up = tipping_point(OS, DEATH, MRD, 2, LOST, log_rank)
    down = tipping_point(OS, DEATH, ADVERSE, 2, LOST, log_rank, alpha=0.004)
    assert up.p <= 0.05 < up.p_tipped
    assert down.p_tipped <= 0.004 < down.p


def test_tipping_points_of_the_statistical_standard():
    mrd = tipping_point(OS, DEATH, MRD, 2, LOST, exact)
    assert mrd.p == pytest.approx(0.034, abs=5e-4)
    assert PAPER.id[list(mrd.patients)].tolist() == [11]
    assert mrd.p_tipped == pytest.approx(0.084, abs=5e-4)
    favourable = LOST & ~ADVERSE.astype(bool)
    assert PAPER.id[favourable].tolist() == [5, 10]
    adverse = tipping_point(OS, DEATH, ADVERSE, 2, favourable, exact)
    assert (adverse.p, adverse.p_all) == pytest.approx((0.005, 0.029), abs=5e-4)
    assert (adverse.patients, adverse.subsets, adverse.complete) == (None, 3, True)


def test_a_search_that_stops_says_so():
    stopped = tipping_point(OS, DEATH, ADVERSE, 2, LOST, log_rank, max_subsets=7)
    assert (stopped.patients, stopped.subsets, stopped.complete) == (None, 7, False)
    whole = tipping_point(OS, DEATH, ADVERSE, 2, LOST, log_rank, max_subsets=15)
    assert (whole.subsets, whole.complete) == (15, True)
    first = tipping_point(OS, DEATH, MRD, 2, LOST, log_rank, alpha=0.03, max_subsets=1)
    assert (first.subsets, first.complete) == (1, False)


def test_nothing_is_searched_where_the_test_is_not_defined():
    found = tipping_point(OS, np.zeros(19, int), MRD, 2, LOST, log_rank)
    assert (found.p, found.patients, found.p_tipped, found.subsets) == (None, None, None, 0)
    assert found.p_all == log_rank(OS, LOST.astype(int), MRD, 2)
    nobody = tipping_point(OS, DEATH, MRD, 2, np.zeros(19, bool), log_rank)
    assert (nobody.patients, nobody.subsets, nobody.complete, nobody.p_all) == (None, 0, True, nobody.p)


def test_progress_ends_at_one_and_never_goes_back():
    told = []
    tipping_point(OS, DEATH, ADVERSE, 2, LOST, log_rank, progress=told.append)
    assert told == pytest.approx(np.arange(1, 16) / 15)


# ---- counts and the landmark -----------------------------------------------------------------------------------------


def test_crude_bounds_of_the_statistical_standard():
    assert crude_bounds(RFS, RELAPSE, 12) == (12, 2, 5)
    assert crude_bounds(RFS, RELAPSE, 24) == (9, 5, 5)


def test_crude_bounds_at_the_time_itself():
    time, kind = np.array([1.0, 2, 2, 2, 3, 1, 3]), np.array([1, 1, 0, 2, 1, 0, 0])
    # an event at 2 is known by 2, a censoring at 2 is known free at 2, a competing event rules the event out
    assert crude_bounds(time, kind, 2) == (4, 2, 1)
    assert crude_bounds(np.array([0.1 * 3 * 12, 0.1 * 3 * 12]), np.array([1, 0]), 0.3 * 12) == (1, 1, 0)


@pytest.mark.parametrize(
    ("curve", "name", "at"),
    [("rfs_after_12", "rfs", 12), ("os_after_24", "os", 24), ("veteran_after_60", "veteran", 60)],
)
def test_curves_after_a_landmark_are_those_of_survfit(curve, name, at):
    rows, expected = INPUT[INPUT.dataset == name], CURVES[CURVES.dataset == curve]
    kept, time, kind, group = landmark(rows.time.to_numpy(), rows.status.to_numpy(), at, rows.group.to_numpy())
    assert (kept == (rows.time > at)).all()
    assert group.tolist() == rows.group[kept].tolist()
    found = kaplan_meier(life_table(time, kind), "log-log").to_pandas()
    found = found[found.n_event + found.n_censor > 0]
    for column in ("time", "n_risk", "n_event", "survival", "lower", "upper"):
        np.testing.assert_allclose(found[column], expected[column], atol=1e-9, err_msg=column)


def test_whoever_leaves_at_the_landmark_is_not_at_risk_after_it():
    kept, time, kind = landmark(np.array([0.3 * 12, 0.1 * 3 * 12, 4]), np.array([1, 0, 1]), 0.3 * 12)
    assert kept.tolist() == [False, False, True]
    assert (time.tolist(), kind.tolist()) == ([pytest.approx(0.4)], [1])
