"""How often the limits of S(24) and of a difference in S(24) hold the truth in small groups.

Run from the project root: python -m tests.simulation.coverage. Writes tests/simulation/coverage.csv (2 to 3 minutes).

Exponential times to the event, uniform censoring at 4 to 100 months. A sample counts ("usable") when the curve is
defined at 24 months: in every group someone was observed that long. In the others, also if everyone had the event
before, nothing is shown at 24 months that could cover. Where an interval method then gives no limits (log-log while
nobody has had the event) or limits of no width, they do not cover: they are in the denominator, and "no_width" is
their share. (A difference of no width between equal groups does cover, by accident.)
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from cohort.statistics import kaplan_meier, life_table, survival_at
from cohort.statistics.difference import survival_difference

T, CENSORED_FROM, CENSORED_TO, RUNS, BATCH = 24.0, 4.0, 100.0, 10_000, 50
CURVES = [(19, 0.95), (19, 0.80), (19, 0.66), (7, 0.95), (7, 0.80), (4, 0.80)]
SIZES, TRUTHS = ((7, 12), (4, 15)), ((0.80, 0.80), (0.66, 0.95), (0.95, 0.95), (0.40, 0.80))
DIFFERENCES = [(sizes, truth) for sizes in SIZES for truth in TRUTHS]


def samples(
    sizes: Sequence[int], truth: Sequence[float], runs: int, rng: np.random.Generator, batch: int = BATCH
) -> Iterator[pa.Table]:
    """Life tables of ``batch`` samples each; every group of every sample is a group of the table, in that order."""
    group = np.repeat(np.arange(len(sizes)), sizes)
    rate = -np.log(truth)[group] / T
    for _ in range(runs // batch):
        event = rng.exponential(1 / rate, size=(batch, len(group)))
        censored = rng.uniform(CENSORED_FROM, CENSORED_TO, size=event.shape)
        number = group + len(sizes) * np.arange(batch)[:, None]
        levels = [str(i) for i in range(batch * len(sizes))]
        time, kind = np.minimum(event, censored), (event <= censored).astype(int)
        yield life_table(time.ravel(), kind.ravel(), number.ravel(), levels)


def coverage(truth: float, rows: pa.Table, estimate: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of each row: is there an estimate, do its limits hold the truth, have they no width."""
    value, lower, upper = (rows[name].to_numpy() for name in (estimate, "lower", "upper"))
    usable = ~np.isnan(value)
    return usable, usable & (lower <= truth) & (truth <= upper), usable & ~(upper > lower)


def of_curve(n: int, truth: float, interval: str, runs: int, rng: np.random.Generator) -> np.ndarray:
    """(usable, covered, without width), counts over ``runs`` samples of n patients."""
    total = np.zeros(3, dtype=int)
    for table in samples([n], [truth], runs, rng):
        at = survival_at(kaplan_meier(table, interval), table, [T])
        total += [int(c.sum()) for c in coverage(truth, at, "survival")]
    return total


def of_difference(
    sizes: tuple[int, int], truth: tuple[float, float], interval: str, runs: int, rng: np.random.Generator
) -> np.ndarray:
    """The same for the difference, first group less second, with MOVER limits from ``interval``."""
    total = np.zeros(3, dtype=int)
    for table in samples(sizes, truth, runs, rng, batch=1):
        difference = survival_difference(kaplan_meier(table, interval), table, T, reference="1")
        total += [int(c.sum()) for c in coverage(truth[0] - truth[1], difference, "difference")]
    return total


def main() -> None:
    rows = []
    for interval in ("bpcp", "log-log", "plain"):
        for number, (n, truth) in enumerate(CURVES):
            counts = of_curve(n, truth, interval, RUNS, np.random.default_rng(number))
            rows.append(["survival", n, "", truth, "", interval, *counts])
    for interval in ("bpcp", "plain"):
        for number, (sizes, truth) in enumerate(DIFFERENCES):
            counts = of_difference(sizes, truth, interval, RUNS, np.random.default_rng(100 + number))
            rows.append(["difference", *sizes, *truth, interval, *counts])
    header = ["estimand", "n1", "n2", "survival1", "survival2", "interval", "runs", "usable", "coverage", "no_width"]
    with Path(__file__).with_suffix(".csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        for *setting, usable, covered, flat in rows:
            shares = (f"{count / usable:.4f}" for count in (covered, flat))
            writer.writerow([*setting, RUNS, f"{usable / RUNS:.4f}", *shares])


if __name__ == "__main__":
    main()
