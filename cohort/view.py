"""One view of a cohort: what every page, figure, sentence and link starts from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from cohort.dictionary import NOT_REPORTED, CohortDefinition, Endpoint, Level, Variable
from cohort.estimand import (
    Estimand,
    estimand,
)
from cohort.options import NO_GROUPING, Options
from cohort.selection import Selection, aliases, facet_counts, heading, selected
from cohort.sharing.marks import Mark
from cohort.statistics import life_table
from cohort.tables import Cohort, Outcome

WHOLE = "All patients"
"""Name of the one group of an ungrouped figure."""

OTHERS = Level("all_others", "all others", "#7F7F7F", (5, 3))
"""The group that one level is set against."""


@dataclass(frozen=True, eq=False)
class CohortView:
    """Cohort, selection and options of one run, with what follows from them computed at most once.

    ``marks`` are an author's, on the clock of the survival figure.
    """

    cohort: Cohort
    selection: Selection
    options: Options
    marks: tuple[Mark, ...] = ()

    @property
    def definition(self) -> CohortDefinition:
        """The data dictionary."""
        return self.cohort.definition

    @cached_property
    def mask(self) -> np.ndarray:
        """Which patients are selected: bool array, shape (n,)."""
        return selected(self.cohort, self.selection)

    @property
    def n(self) -> int:
        """Number of selected patients."""
        return int(self.mask.sum())

    @cached_property
    def patients(self) -> pa.Table:
        """The selected patients' rows."""
        return self.cohort.patients.filter(pa.array(self.mask))

    @cached_property
    def estimand(self) -> Estimand:
        """What is estimated: the registry's endpoint as the reader composed it, with everybody's outcome."""
        return estimand(self.cohort, self.options)

    @property
    def endpoint(self) -> Endpoint:
        """The endpoint in view, as composed."""
        return self.estimand.endpoint

    @property
    def by(self) -> Variable | None:
        """The variable the figure is split by, None for one group."""
        return None if self.options.by == NO_GROUPING else self.definition.variable(self.options.by)

    @property
    def by_label(self) -> str:
        """The splitting variable with the cut-off in force, and the level set against the others if one is."""
        if self.by is None:
            return ""
        one = self.options.against and f", {self.by.level(self.options.against).label} against the others"
        return heading(self.by, self.selection) + one

    @property
    def groups(self) -> tuple[Level, ...]:
        """Groups of the figure in fixed order; a level that nobody has stays, so colours never move."""
        if self.by is None:
            return (Level(WHOLE, WHOLE, "#3C6E9F"),)
        return (self.by.level(self.options.against), OTHERS) if self.options.against else self.by.levels

    @property
    def outcome(self) -> Outcome:
        """Everybody's outcome on the endpoint's clock."""
        return self.estimand.outcome

    @property
    def composition(self) -> tuple[str, ...]:
        """Everything the estimand depends on, as a key."""
        options = self.options
        return (options.endpoint, options.treat, options.deaths, options.zero, options.landmark)

    @property
    def grouping(self) -> tuple[str, str]:
        """What splits the figure, as a key."""
        return self.options.by, self.options.against

    @cached_property
    def in_view(self) -> np.ndarray:
        """Selected patients whose outcome is reported: bool array, shape (n,)."""
        return self.mask & ~np.isnan(self.outcome.time)

    @cached_property
    def group_of(self) -> np.ndarray:
        """Group index of every patient of the cohort: int array, shape (n,); -1 where none."""
        if self.by is None:
            return np.zeros(self.cohort.n, dtype=np.int64)
        return self.grouped_at(self.selection.cutoff(self.by))

    def grouped_at(self, cutoff: str | None) -> np.ndarray:
        """Group index of every patient with another cut-off of the splitting variable: int array, shape (n,)."""
        index = self.cohort.group_index(self.by, cutoff)
        if not self.options.against:
            return index
        codes = [lv.code for lv in self.by.levels]
        # Whoever has no reported value is not one of the others
        known = [i for i, code in enumerate(codes) if code != NOT_REPORTED]
        return np.where(index == codes.index(self.options.against), 0, np.where(np.isin(index, known), 1, -1))

    @cached_property
    def life_table(self) -> pa.Table:
        """Life table of the selected patients by group: the pivot of every survival number."""
        keep = self.in_view
        return life_table(
            self.outcome.time[keep], self.outcome.kind[keep], self.group_of[keep], [g.code for g in self.groups]
        )

    @property
    def whole_life_table(self) -> pa.Table:
        """Life table of the whole cohort, for the grey curve behind a selection and the time axis.

        Times known between limits stand at their upper ones: the axis must hold the whole envelope.
        """
        return self.cohort.recall(("whole life table", *self.composition), self._count_everybody)

    def _count_everybody(self) -> pa.Table:
        out = self.outcome
        keep = ~np.isnan(out.time)
        everybody = np.zeros(int(keep.sum()), dtype=np.int64)
        return life_table((out.time if out.time_hi is None else out.time_hi)[keep], out.kind[keep], everybody, [WHOLE])

    @cached_property
    def events(self) -> int:
        """Events of interest among the selected patients on this endpoint."""
        return int((self.outcome.kind[self.in_view] == 1).sum())

    @cached_property
    def facets(self) -> dict[str, np.ndarray]:
        """Count of every level under the other restrictions."""
        return facet_counts(self.cohort, self.selection)

    @cached_property
    def aliases(self) -> tuple[str, ...]:
        """Other filters that select the same patients."""
        return aliases(self.cohort, self.selection, self.mask)

    def to_query(self) -> dict[str, list[str]]:
        """The view as URL parameters; empty for the opening view."""
        return self.selection.to_query() | self.options.to_query(self.definition)
