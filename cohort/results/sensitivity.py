"""How much one patient, the patients lost, or one definition decides: leave-one-out, loss bounds, the grid."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product

import numpy as np
import pyarrow as pa

from cohort.dictionary import NOT_REPORTED
from cohort.estimand import HANDLINGS, Happening, estimand, happenings, write_handling
from cohort.results.comparison import ComparisonResult
from cohort.results.survival import SurvivalResult
from cohort.statistics import (
    crude_bounds,
    cumulative_incidence,
    influence_on_test,
    kaplan_meier,
    life_table,
    loss_bounds,
    permutation_gray,
    permutation_log_rank,
    survival_at,
    tipping_point,
)
from cohort.statistics.sensitivity import TippingPoint
from cohort.tables import Outcome
from cohort.view import CohortView

Progress = Callable[[float], None]
LOSSES = {"censored": "censored", "event": "event at last contact", "free": "followed without event"}
"""What may be assumed of the patients lost to follow-up."""


@dataclass(frozen=True)
class Definition:
    """One cell of the grid: how events and reasons are handled, what is assumed of the lost, and at which cut-off."""

    handling: tuple[tuple[str, str], ...]
    loss: str
    cutoff: str
    current: bool


@dataclass(frozen=True)
class DefinitionRow:
    """A definition with its estimate; ``p`` is None where no test was asked for or none is defined."""

    definition: Definition
    estimate: float | None
    lower: float | None
    upper: float | None
    n_event: int
    p: float | None = None


@dataclass(frozen=True, eq=False)
class SensitivityResult:
    """What the panels under the survival figure show; tests only when asked for."""

    survival: SurvivalResult

    @property
    def view(self) -> CohortView:
        """The view examined."""
        return self.survival.view

    @cached_property
    def comparison(self) -> ComparisonResult:
        """The comparison of the groups in view."""
        return ComparisonResult(self.survival)

    # ---- one patient less ------------------------------------------------------------------------------------------

    @cached_property
    def places(self) -> np.ndarray:
        """Patients in view, as places in the patient table."""
        return np.flatnonzero(self.view.in_view & (self.view.group_of >= 0))

    def estimates_without(self, month: float) -> pa.Table:
        """The estimate at a month with each patient left out: place, group, estimate, with_all, null beyond the data.

        With groups in view it is the estimate of the patient's own group. One life table holds all the refits: its
        groups are "everyone of this group but i".
        """
        view, places = self.view, self.places
        group = view.group_of[places]
        left_out, kept = np.nonzero((group[:, None] == group[None, :]) & ~np.eye(len(places), dtype=bool))
        names = [str(i) for i in range(len(places))]
        table = life_table(view.outcome.time[places][kept], view.outcome.kind[places][kept], left_out, names)
        found = {r["group"]: r for r in survival_at(self._curve(table), table, [month]).to_pylist()}
        own = {r["group"]: r for r in survival_at(self.survival.curve, view.life_table, [month]).to_pylist()}
        name = self.survival.estimate
        codes = [view.groups[g].code for g in group]
        return pa.table(
            {
                "place": places,
                "group": pa.array(codes, pa.string()),
                "estimate": pa.array([found.get(i, {}).get(name) for i in names], pa.float64()),
                "with_all": pa.array([own.get(c, {}).get(name) for c in codes], pa.float64()),
            }
        )

    def _curve(self, table: pa.Table) -> pa.Table:
        if self.survival.estimate == "incidence":
            return cumulative_incidence(table)
        return kaplan_meier(table, self.view.options.interval)

    def tests_without(self, progress: Progress | None = None) -> np.ndarray:
        """Exact p with each patient left out, in the order of the comparison's arrays; NaN where none is defined."""

        return self.view.cohort.recall(
            self._key("tests without"),
            lambda: influence_on_test(*self.comparison.arrays, _exact_p, progress=progress),
        )

    @property
    def compared(self) -> np.ndarray:
        """Patients compared, as places in the patient table, in the order of :meth:`tests_without`."""
        view = self.view
        kept = [view.groups.index(g) for g in self.comparison.groups]
        return np.flatnonzero(view.in_view & np.isin(view.group_of, kept))

    # ---- the patients lost -----------------------------------------------------------------------------------------

    @cached_property
    def lost(self) -> np.ndarray:
        """Patients in view lost to follow-up without the event: bool array, shape (n,)."""
        reasons = {r.code for r in self.view.definition.reasons if r.lost}
        return self.view.in_view & (self.view.outcome.kind == 0) & np.isin(self.view.outcome.reason, list(reasons))

    @cached_property
    def loss_curves(self) -> dict[str, pa.Table]:
        """Curve of each group as recorded, with every lost patient having the event, and with none having it."""
        return {loss: self._curve(self._loss_table(loss)) for loss in LOSSES}

    @cached_property
    def loss_estimates(self) -> dict[str, dict[tuple[str, float], dict]]:
        """Estimates at the landmarks under each assumption, by group and month."""
        months = self.view.endpoint.landmarks
        return {
            loss: {
                (r["group"], r["time"]): r
                for r in survival_at(self.loss_curves[loss], self._loss_table(loss), months).to_pylist()
            }
            for loss in LOSSES
        }

    def crude(self, group: str, month: float) -> tuple[int, int, int]:
        """(known free, known with the event, unknown) of a group at a month: bounds no estimator can leave."""
        view = self.view
        mine = view.in_view & (view.group_of == [g.code for g in view.groups].index(group))
        return crude_bounds(view.outcome.time[mine], view.outcome.kind[mine], month)

    def _loss_table(self, loss: str) -> pa.Table:
        view = self.view
        keep = view.in_view
        time, kind = _assume(view.outcome, keep, self.lost, loss)
        return life_table(time, kind, view.group_of[keep], [g.code for g in view.groups])

    def tipping(self, progress: Progress | None = None) -> TippingPoint:
        """Fewest lost patients whose event at last contact would move the exact p across 0.05."""
        time, kind, group, k = self.comparison.arrays
        lost = self.lost[self.compared]
        return self.view.cohort.recall(
            self._key("tipping"), lambda: tipping_point(time, kind, group, k, lost, _exact_p, progress=progress)
        )

    # ---- the grid of definitions -----------------------------------------------------------------------------------

    @cached_property
    def handled(self) -> tuple[Happening, ...]:
        """Events and reasons whose handling the grid varies: all but the first one counted."""
        base = self.view.definition.endpoint(self.view.options.endpoint)
        found = happenings(self.view.cohort, base)
        first = next((h.code for h in found if h.registry == "counted"), "")
        return tuple(h for h in found if h.code != first)

    @cached_property
    def definitions(self) -> tuple[Definition, ...]:
        """Every definition of the grid, in fixed order; the one in view is marked."""
        view = self.view
        base = view.definition.endpoint(view.options.endpoint)
        now = {h.code: _handling_of(view, h.code) for h in self.handled}
        losses = LOSSES if self._any_lost(base.rows) else ("censored",)
        cutoffs = [c.code for c in view.by.cutoffs] if view.by and view.by.cutoffs else [""]
        here = view.selection.cutoff(view.by) if view.by and view.by.cutoffs else ""
        plain_view = not view.estimand.bounded
        found = []
        for handling in product(HANDLINGS, repeat=len(self.handled)):
            pairs = tuple(zip((h.code for h in self.handled), handling, strict=True))
            for loss, cutoff in product(losses, cutoffs):
                current = plain_view and dict(pairs) == now and loss == "censored" and cutoff == here
                found.append(Definition(pairs, loss, cutoff, current))
        return tuple(found)

    def _any_lost(self, rows: str) -> bool:
        reasons = {r.code for r in self.view.definition.reasons if r.lost}
        table = self.view.cohort.tables["endpoints"]
        return any(r["endpoint"] == rows and r["reason"] in reasons for r in table.to_pylist())

    def grid(self, month: float, tests: bool, progress: Progress | None = None) -> tuple[DefinitionRow, ...]:
        """Every definition with the share free of its event at a month, and the exact p if tests are asked for."""

        def build() -> tuple[DefinitionRow, ...]:
            rows = []
            for i, definition in enumerate(self.definitions):
                rows.append(self._row(definition, month, tests))
                if progress:
                    progress((i + 1) / len(self.definitions))
            return tuple(rows)

        return self.view.cohort.recall(self._key(f"grid {month:g} {tests}"), build)

    def known(self, what: str) -> bool:
        """Whether an answer was computed before: "tests without", "tipping", or "grid MONTH TESTS"."""
        return self.view.cohort.recalls(self._key(what))

    def _row(self, definition: Definition, month: float, tests: bool) -> DefinitionRow:
        view = self.view
        base = view.definition.endpoint(view.options.endpoint)
        handling = {h.code: h.registry for h in happenings(view.cohort, base)} | dict(definition.handling)
        options = replace(view.options, treat=write_handling(view.cohort, base, handling), deaths="", zero="")
        outcome = estimand(view.cohort, options).outcome
        keep = view.mask & ~np.isnan(outcome.time)
        lost = np.isin(outcome.reason, [r.code for r in view.definition.reasons if r.lost]) & (outcome.kind == 0)
        time, kind = _assume(outcome, keep, lost, definition.loss)
        table = life_table(time, kind)
        competing = bool((kind == 2).any())
        curve = cumulative_incidence(table) if competing else kaplan_meier(table, view.options.interval)
        at = next(iter(survival_at(curve, table, [month]).to_pylist()), {})
        value, lower, upper = (at.get(c) for c in ("incidence" if competing else "survival", "lower", "upper"))
        if competing and value is not None:
            value, lower, upper = 1 - value, _one_minus(upper), _one_minus(lower)
        p = None
        if tests and view.by is not None:
            group = view.grouped_at(definition.cutoff or view.selection.cutoff(view.by))[keep]
            unknown = [i for i, g in enumerate(view.groups) if g.code == NOT_REPORTED]
            group = np.where(np.isin(group, unknown), -1, group)  # not compared
            p = _exact_p(time, kind, group, len(view.groups))
        return DefinitionRow(definition, value, lower, upper, int((kind == 1).sum()), p)

    def _key(self, what: str) -> tuple:
        view = self.view
        return ("sensitivity", what, *view.composition, view.options.interval, *view.grouping, view.selection)


def _assume(outcome: Outcome, keep: np.ndarray, lost: np.ndarray, loss: str) -> tuple[np.ndarray, np.ndarray]:
    """Time and kind of the kept patients, with what is assumed of the lost."""
    time, kind = outcome.time[keep], outcome.kind[keep]
    if loss == "censored" or not lost[keep].any():
        return time, kind
    event, free = loss_bounds(time, kind, lost[keep])
    return event if loss == "event" else free


def _exact_p(time: np.ndarray, kind: np.ndarray, group: np.ndarray, k: int) -> float | None:
    """The permutation p of the comparison; None where it is not defined."""
    test = permutation_gray if (kind == 2).any() else permutation_log_rank
    return test(time, kind, group, k).p


def _handling_of(view: CohortView, code: str) -> str:
    endpoint = view.endpoint
    return "counted" if code in endpoint.event else "competing" if code in endpoint.competing else "censored"


def _one_minus(value: float | None) -> float | None:
    return None if value is None else 1 - value
