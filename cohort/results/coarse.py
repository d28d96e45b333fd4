"""A survival result in coarse steps, for data that must not be shown as they are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pyarrow as pa

from cohort.disclosure import rounded_curve
from cohort.errors import CohortError
from cohort.results.survival import SurvivalResult
from cohort.statistics import number_at_risk


@dataclass(frozen=True, eq=False)
class CoarseResult(SurvivalResult):
    """Curve and table at the ticks in which at least ``threshold`` patients leave at every step.

    A group of fewer has no row, and no total is shown that it would follow from. See
    :func:`cohort.disclosure.rounded_curve` for what the steps do to the estimate.

    Raises
    ------
    CohortError
        No group is large enough, or the view leaves out fewer patients of the cohort than the threshold: they follow
        by subtraction from two files.
    """

    threshold: int

    def __post_init__(self) -> None:
        view = self.view
        left_out = view.cohort.n - view.n
        if view.estimand.bounded or not view.in_view.any() or not self.shown:
            raise CohortError(
                f"No curve of {view.endpoint.short} in steps of {self.threshold} patients can be drawn: "
                + ("its times are known between limits only." if view.estimand.bounded
                   else f"no group in view has {self.threshold} of them.")
            )  # fmt: skip
        if 0 < left_out < self.threshold:
            raise CohortError(
                f"The view leaves out {left_out} of the cohort's patients: numbers about them follow by subtracting it "
                f"from the whole cohort. Allowed: none left out, or at least {self.threshold}."
            )

    @cached_property
    def _table(self) -> pa.Table:
        return rounded_curve(self.view.life_table, self.threshold)

    @cached_property
    def curve(self) -> pa.Table:
        """Step function of each group, at least ``threshold`` patients leaving at every step."""
        return self._curve(self._table)

    @cached_property
    def at_ticks(self) -> pa.Table:
        """Number at risk at each tick; it changes where the curve does, and by as many."""
        return number_at_risk(self._table, self.axis[1])

    @property
    def censored(self) -> pa.Table:
        """Nobody: a mark is the time of a single patient."""
        texts = {name: pa.array([], pa.string()) for name in ("group", "reason", "ids")}
        return pa.table(texts | {name: pa.array([], pa.float64()) for name in ("time", "n", "height")})

    @property
    def shown(self) -> set[str]:
        """Codes of the groups that are large enough to be shown."""
        return set(self.curve["group"].to_pylist())
