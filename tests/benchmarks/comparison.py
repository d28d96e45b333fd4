"""What a comparison adds to a redraw, beside the usual way in the same run: lifelines on the same patients.

    python -m tests.benchmarks.comparison

The figures are medians of server milliseconds; the ratio is what holds on another machine.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from lifelines import CoxPHFitter, KaplanMeierFitter
from lifelines.statistics import multivariate_logrank_test
from lifelines.utils import restricted_mean_survival_time

from cohort import read_cohort
from cohort.narrative import comparison as words
from cohort.narrative.comparison_cautions import comparison_cautions
from cohort.options import Options
from cohort.results.comparison import ComparisonResult
from cohort.results.sensitivity import SensitivityResult
from cohort.results.subgroups import SubgroupsResult
from cohort.results.survival import SurvivalResult
from cohort.selection import Selection
from cohort.view import CohortView
from tests.support.printed import FOLDER

ROUNDS = 15


def median_ms(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Median time of some work, in milliseconds."""
    took = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        took.append(1000 * (time.perf_counter() - began))
    return statistics.median(took)


def ours(view: Callable[[], CohortView]) -> dict[str, float]:
    """Milliseconds of each part that redraws with a filter."""

    def result() -> SurvivalResult:
        made = SurvivalResult(view())
        made.view.life_table, made.curve  # noqa: B018  what the curves need anyway
        return made

    def compare() -> None:
        comparison = ComparisonResult(result())
        words.comparison_sentence(comparison)
        words.comparison_table(comparison)
        comparison_cautions(comparison)

    curves = median_ms(result)
    return {
        "curves": curves,
        "comparison adds": median_ms(compare) - curves,
        "single patients adds": median_ms(lambda: SensitivityResult(result()).estimates_without(24)) - curves,
        "lost adds": median_ms(lambda: SensitivityResult(result()).loss_estimates) - curves,
        "forest": median_ms(lambda: SubgroupsResult(view()).estimates),
    }


def theirs(view: CohortView) -> float:
    """Milliseconds of the same questions put to lifelines: curves, log-rank, restricted means, Cox."""
    keep = view.in_view
    frame = view.cohort.patients.to_pandas()[["patient_id"]].assign(
        time=view.outcome.time, event=view.outcome.kind == 1, group=view.group_of
    )[keep]

    def ask() -> None:
        for _, mine in frame.groupby("group"):
            restricted_mean_survival_time(KaplanMeierFitter().fit(mine["time"], mine["event"]), t=24)
        multivariate_logrank_test(frame["time"], frame["group"], frame["event"])
        CoxPHFitter(penalizer=0.1).fit(frame[["time", "event", "group"]], "time", "event")

    return median_ms(ask, 3)


def main() -> None:
    """Print one line a grouping."""
    cohort = read_cohort(FOLDER)
    for by in ("mrd_flow", "eln_risk", "fab_major"):

        def view(by: str = by) -> CohortView:
            return CohortView(cohort, Selection(), Options(endpoint="ttr_pub", by=by))

        found, usual = ours(view), theirs(view())
        parts = ", ".join(f"{name} {ms:.1f} ms" for name, ms in found.items())
        share = (found["curves"] + found["comparison adds"]) / usual
        print(f"{by}: {parts}; lifelines, the same questions: {usual:.0f} ms; ours / theirs {share:.2f}")


if __name__ == "__main__":
    main()
