"""Everything the comparison of groups shows of one view: expected counts, differences, ratios, and tests on request."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
from scipy.special import ndtri

from cohort.dictionary import NOT_REPORTED, Level
from cohort.guards import GUARDS
from cohort.results.survival import SurvivalResult
from cohort.statistics import (
    GrayTest,
    LogRank,
    PermutationTest,
    common_tau,
    firth_cox,
    gray_test,
    life_table,
    log_rank,
    permutation_gray,
    permutation_log_rank,
    proportional_hazards,
    rmst,
    rmst_difference,
    survival_difference,
)
from cohort.statistics.comparison import WEIGHTS, Pairwise, pairwise
from cohort.statistics.permutation import MAX_EXACT
from cohort.statistics.regression import FirthCox, PHCheck
from cohort.view import CohortView

Progress = Callable[[float], None]


@dataclass(frozen=True, eq=False)
class ComparisonResult:
    """Groups side by side. Everything but the tests follows from the life table and is cheap enough for a redraw.

    Patients whose value is not reported are no group and in none of the numbers; :attr:`left_out` counts them.
    """

    survival: SurvivalResult

    @property
    def view(self) -> CohortView:
        """The view compared."""
        return self.survival.view

    @cached_property
    def sizes(self) -> dict[str, int]:
        """Patients of every group compared, by code; groups that nobody is in are left out."""
        return {code: row["n"] for code, row in self.survival.person_rows.items() if code != NOT_REPORTED}

    @property
    def groups(self) -> tuple[Level, ...]:
        """Groups of a reported value with at least one patient, in fixed order."""
        return tuple(g for g in self.view.groups if self.sizes.get(g.code))

    @property
    def left_out(self) -> int:
        """Patients in view who are not compared because their value is not reported."""
        return int(self.view.in_view.sum()) - sum(self.sizes.values())

    @cached_property
    def events(self) -> dict[str, int]:
        """Events of every group."""
        return {code: self.survival.person_rows[code]["n_event"] for code in self.sizes}

    @property
    def total_events(self) -> int:
        """Events in all groups together."""
        return sum(self.events.values())

    @property
    def reference(self) -> str:
        """Code of the group the others are set against: the largest, the first of them in order."""
        return max(self.groups, key=lambda g: self.sizes[g.code]).code

    # ---- from the life table ---------------------------------------------------------------------------------------

    @cached_property
    def life_table(self) -> pa.Table:
        """Life table of the patients compared."""
        time, kind, group, _ = self.arrays
        return life_table(time, kind, group, [g.code for g in self.groups])

    @cached_property
    def log_rank(self) -> LogRank:
        """Observed and expected events and the asymptotic test."""
        return log_rank(self.life_table)

    @cached_property
    def tau(self) -> float | None:
        """Horizon of restricted mean survival: the last year with enough at risk in every group, or None."""
        return common_tau(self.life_table, at_risk=GUARDS.few_at_risk)

    @cached_property
    def restricted_means(self) -> dict[str, dict]:
        """Restricted mean survival to ``tau`` as rows by group; empty without a horizon."""
        if self.tau is None or self.survival.estimate == "incidence":
            return {}
        return _by_group(rmst(self.life_table, self.tau))

    @cached_property
    def mean_differences(self) -> dict[str, dict]:
        """Differences of restricted means against the reference, as rows by group."""
        if not self.restricted_means:
            return {}
        return _by_group(rmst_difference(self.life_table, self.tau, reference=self.reference))

    def differences(self, month: float) -> dict[str, dict]:
        """Differences of the estimate at a month against the reference, as rows by group."""
        rows = _by_group(
            survival_difference(self.survival.curve, self.view.life_table, month, reference=self.reference)
        )
        return {code: row for code, row in rows.items() if code in self.sizes}

    @cached_property
    def firth(self) -> FirthCox:
        """Firth's penalised hazard ratios against the reference."""
        return firth_cox(self.life_table, reference=self.reference)

    def too_few(self, group: str) -> bool:
        """Whether a hazard ratio of this group would rest on next to nothing (guard T1), so that none is printed."""
        return (
            min(self.sizes[group], self.sizes[self.reference]) < GUARDS.test_group
            or self.total_events < GUARDS.test_events
        )

    @cached_property
    def proportional(self) -> PHCheck:
        """Check of proportional hazards, where there are events enough."""
        return proportional_hazards(self.life_table)

    @cached_property
    def gray(self) -> GrayTest:
        """Gray's asymptotic test of cumulative incidence, a secondary like the asymptotic log-rank."""
        return gray_test(self.life_table)

    # ---- what a test could say -------------------------------------------------------------------------------------

    @property
    def allocations(self) -> int:
        """Ways of dealing the patients into groups of these sizes; no exact p is below one in so many."""
        left, ways = sum(self.sizes.values()), 1
        for n in self.sizes.values():
            ways *= math.comb(left, n)
            left -= n
        return ways

    @property
    def detectable_ratio(self) -> float | None:
        """Hazard ratio that two groups of these sizes detect with 80 % power at 5 % (Schoenfeld 1981), None for more.

        Schoenfeld D. Biometrika 1981;68:316–319: the log ratio is (z₀.₉₇₅ + z₀.₈) / √(d p q).
        """
        if len(self.groups) != 2 or not self.total_events:
            return None
        share = self.sizes[self.groups[0].code] / sum(self.sizes.values())
        return math.exp((ndtri(0.975) + ndtri(0.8)) / math.sqrt(self.total_events * share * (1 - share)))

    @property
    def listable(self) -> bool:
        """Whether the exact test lists every allocation, so that one in so many is a floor worth naming."""
        return self.allocations <= MAX_EXACT

    @property
    def testable(self) -> bool:
        """Whether a test is defined at all: two groups and an event."""
        return len(self.groups) > 1 and self.total_events > 0 and not self.view.estimand.bounded

    @property
    def asymptotics(self) -> bool:
        """Whether the sample is large enough to print asymptotic p values beside the exact one (guard T5)."""
        return self.total_events >= GUARDS.few_events and min(self.sizes.values()) >= GUARDS.large_group

    # ---- tests, on request -----------------------------------------------------------------------------------------

    def known(self, what: str) -> bool:
        """Whether a test was computed before and would be answered at once."""
        return self.view.cohort.recalls(self._key(what))

    def exact(self, progress: Progress | None = None) -> PermutationTest:
        """The test shown: permutation of the studentised log-rank or, with a competing event, of Gray's statistic."""
        test = permutation_gray if self.competing else permutation_log_rank
        return self._recall(self.main, lambda: test(*self.arrays, progress=progress))

    def weighted(self, weight: str, progress: Progress | None = None) -> PermutationTest:
        """The permutation test with another weight of the family."""
        return self._recall(weight, lambda: permutation_log_rank(*self.arrays, weight=weight, progress=progress))

    def asymptotic(self, weight: str) -> float | None:
        """The asymptotic p of a weight, a secondary; meaningful only where :attr:`asymptotics` holds."""
        return log_rank(self.life_table, weight).p

    @property
    def main(self) -> str:
        """Name under which :meth:`exact` is remembered."""
        return "gray" if self.competing else "log-rank"

    def pairs(self, progress: Progress | None = None) -> Pairwise:
        """Every pair of groups, with Holm's adjustment."""
        return self._recall("pairs", lambda: pairwise(*self.arrays, progress=progress))

    @property
    def competing(self) -> bool:
        """Whether patients compared had a competing event, so that incidences are compared."""
        return bool((self.arrays[1] == 2).any())

    @property
    def weights(self) -> tuple[str, ...]:
        """Weights of the family beside the log-rank itself."""
        return tuple(w for w in WEIGHTS if w != "log-rank")

    @cached_property
    def arrays(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
        """(time, kind, group, number of groups) of the patients compared; groups numbered as in :attr:`groups`."""
        view = self.view
        place = {view.groups.index(g): i for i, g in enumerate(self.groups)}
        keep = view.in_view & np.isin(view.group_of, list(place))
        group = np.array([place[g] for g in view.group_of[keep]], dtype=np.int64)
        return view.outcome.time[keep], view.outcome.kind[keep], group, len(place)

    def _recall(self, what: str, build: Callable):
        return self.view.cohort.recall(self._key(what), build)

    def _key(self, what: str) -> tuple:
        return ("comparison", what, *self.view.composition, *self.view.grouping, self.view.selection)


def _by_group(table: pa.Table) -> dict[str, dict]:
    return {row["group"]: row for row in table.to_pylist()}
