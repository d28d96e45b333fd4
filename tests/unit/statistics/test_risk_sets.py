"""Risk sets against counting the patients one time after another."""

import numpy as np
import pytest

from cohort.statistics import life_table
from cohort.statistics.risk_sets import risk_sets

LEVELS = ["nobody", "a", "b", "c"]


def patients():
    random = np.random.default_rng(3)
    time, group = random.integers(1, 12, 60).astype(float), random.choice([-1, 1, 2, 3], 60)
    return time, random.integers(0, 3, 60), group, random.uniform(0, 0.9, 60) * time * random.integers(0, 2, 60)


@pytest.mark.parametrize("delayed", [False, True])
@pytest.mark.parametrize(("reference", "order"), [(None, [1, 2, 3]), ("a", [1, 2, 3]), ("b", [2, 1, 3])])
def test_counts_by_group_and_event_time(reference, order, delayed):
    time, kind, group, entry = patients()
    entry = entry * delayed
    found = risk_sets(life_table(time, kind, group, LEVELS, entry if delayed else None), reference)
    assert found.code.tolist() == order
    assert found.reference == LEVELS[order[0]]
    assert found.time.tolist() == sorted(set(time[(kind == 1) & (group >= 0)]))
    for i, code in enumerate(order):
        for j, t in enumerate(found.time):
            at_risk = (group == code) & (time >= t) & (entry < t)
            assert found.n_risk[i, j] == at_risk.sum()
            assert found.n_event[i, j] == (at_risk & (time == t) & (kind == 1)).sum()


def test_without_events_or_patients_there_is_no_time():
    for group, groups in (np.array([1, 2]), 2), (np.array([-1, -1]), 0):
        found = risk_sets(life_table(np.array([1.0, 2]), np.array([0, 2]), group, LEVELS))
        assert found.n_risk.shape == found.n_event.shape == (groups, 0)
