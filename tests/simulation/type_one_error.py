"""How often the permutation tests reject at 0.05 when survival is the same in both groups of a small cohort.

Run from the project root: python -m tests.simulation.type_one_error (some minutes; writes type_one_error.csv beside it)

19 patients, ``n1`` of them in the small group; exponential events, uniform censoring that is alike in the groups or
shorter or longer in the small one; the rate is chosen for 6 or 3 expected events. Tests compared, all on the same
replicates: the asymptotic log-rank; permutation of the studentised statistic (O - E)²/V, which the product uses; of
|O - E|; and the larger of these two p. Up to 4000 allocations are listed, beyond 1999 are drawn, which with the + 1
leaves the level of a permutation test as it is. A replicate without a defined statistic does not reject.
"""

from __future__ import annotations

from itertools import combinations
from math import comb
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import chdtrc

from cohort.statistics.permutation import permutation_log_rank

N, LEVEL, REPLICATES, BLOCK, LISTED, DRAWS, SEED = 19, 0.05, 20_000, 50, 4000, 1999, 20251698
LONG, SHORT = (4.0, 100.0), (2.0, 30.0)  # months to censoring
CENSORING = {"equal": (LONG, LONG), "small group shorter": (SHORT, LONG), "small group longer": (LONG, SHORT)}
TOLERANCE = 1e-9


def rate_for(events: float, sizes: tuple[int, int], censoring: tuple) -> float:
    """Hazard at which ``events`` are expected in all: the chance of one is 1 - E exp(-rate C)."""

    def excess(rate: float) -> float:
        free = [(np.exp(-rate * a) - np.exp(-rate * b)) / (rate * (b - a)) for a, b in censoring]
        return sum(n * (1 - share) for n, share in zip(sizes, free, strict=True)) - events

    return brentq(excess, 1e-6, 10)


def membership_of(n1: int, random: np.random.Generator) -> np.ndarray:
    """Allocations to the small group, shape (allocations, N), the one that is observed (the first n1) as first row."""
    if comb(N, n1) <= LISTED:
        chosen = np.array(list(combinations(range(N), n1)))
    else:
        chosen = random.permuted(np.tile(np.arange(N), (DRAWS + 1, 1)), axis=1)[:, :n1]
        chosen[0] = np.arange(n1)
    belongs = np.zeros((len(chosen), N))
    np.put_along_axis(belongs, chosen, 1, axis=1)
    return belongs


def both_p(time: np.ndarray, event: np.ndarray, belongs: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Statistic as observed, studentised p and |O - E| p of each replicate (NaN: not defined), without tied times."""
    first = np.argsort(~event, axis=1, kind="stable")[:, : max(1, event.sum(axis=1).max())]
    at, died = np.take_along_axis(time, first, axis=1), np.take_along_axis(event, first, axis=1)
    risk = time[:, :, None] >= at[:, None, :]
    share = risk / risk.sum(axis=1, keepdims=True) * died[:, None, :]  # replicate, patient, event time
    score = belongs @ (event - share.sum(axis=2)).T
    expected = belongs @ share.sum(axis=2).T  # sum of p over the event times, to which V adds - sum of p²
    by_time = (belongs @ share.transpose(1, 0, 2).reshape(N, -1)).reshape(len(belongs), *at.shape)
    variance = expected - np.einsum("art,art->ar", by_time, by_time)
    statistic = np.where(variance > TOLERANCE, score**2 / np.maximum(variance, TOLERANCE), 0)
    defined = variance[0] > TOLERANCE
    p = [(x >= x[0] - TOLERANCE).mean(axis=0) for x in (statistic, np.abs(score))]
    return np.where(defined, statistic[0], np.nan), *(np.where(defined, share, np.nan) for share in p)


def size_of_tests(events: float, name: str, n1: int, random: np.random.Generator) -> dict:
    sizes, censoring = (n1, N - n1), CENSORING[name]
    rate = rate_for(events, sizes, censoring)
    low, high = (np.repeat([limits[i] for limits in censoring], sizes) for i in (0, 1))
    found, seen = [], 0
    for block in range(REPLICATES // BLOCK):
        until = random.exponential(1 / rate, (BLOCK, N))
        censored = random.uniform(low, high, (BLOCK, N))
        time, event = np.minimum(until, censored), until <= censored
        belongs = membership_of(n1, random)
        found.append(both_p(time, event, belongs))
        seen += event.sum()
        if block == 0 and len(belongs) == comb(N, n1):
            agrees_with_the_product(time, event, n1, found[0][1])
    statistic, studentised, plain = np.concatenate(found, axis=1)
    tests = {
        "asymptotic": chdtrc(1, np.nan_to_num(statistic)),
        "studentised": studentised,
        "observed_less_expected": plain,
        "larger_of_both": np.maximum(studentised, plain),
    }
    bound = LEVEL + 2.58 * np.sqrt(LEVEL * (1 - LEVEL) / REPLICATES)
    return {
        "events_expected": events,
        "censoring": name,
        "n1": n1,
        "replicates": REPLICATES,
        "events_mean": seen / REPLICATES,
        **{test: np.mean(p <= LEVEL + TOLERANCE) for test, p in tests.items()},
        "bound": bound,
        "studentised_above": int(np.mean(studentised <= LEVEL + TOLERANCE) > bound),
        "larger_above": int(np.mean(tests["larger_of_both"] <= LEVEL + TOLERANCE) > bound),
    }


def agrees_with_the_product(time: np.ndarray, event: np.ndarray, n1: int, p: np.ndarray) -> None:
    for t, e, own in zip(time[:10], event[:10], p[:10], strict=True):
        product = permutation_log_rank(t, e.astype(int), (np.arange(N) >= n1).astype(int), 2).p
        assert np.isnan(own) if product is None else abs(own - product) < TOLERANCE


if __name__ == "__main__":
    random = np.random.default_rng(SEED)
    rows = [
        size_of_tests(events, name, n1, random) for events in (6.0, 3.0) for name in CENSORING for n1 in range(1, 8)
    ]
    table = pd.DataFrame(rows).round(5)
    table.to_csv(Path(__file__).with_suffix(".csv"), index=False, lineterminator="\n")
    print(table.to_string(index=False))
