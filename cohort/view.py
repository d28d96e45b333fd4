"""One view of a cohort: what every page, figure, sentence and link starts from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np
import pyarrow as pa

from cohort.dictionary import CohortDefinition, Endpoint, Level, Variable
from cohort.selection import Rejected, Selection, aliases, facet_counts, heading, selected
from cohort.statistics import life_table
from cohort.tables import Cohort, Outcome

INTERVAL_LABELS = {
    "bpcp": "beta product (BPCP)",
    "log-log": "log-log",
    "log": "log",
    "plain": "plain",
}
"""Pointwise 95 % confidence intervals for S(t), in the words used on figures."""

WHOLE = "All patients"
"""Name of the one group of an ungrouped figure."""

NO_GROUPING = "none"


@dataclass(frozen=True)
class Options:
    """How the selected patients are looked at. Every field is a URL parameter of the same name.

    Attributes
    ----------
    endpoint : endpoint code of the registry
    by : variable that splits the figure, or "none"
    interval : one of INTERVAL_LABELS
    axis : "standard" ends the time axis where few remain, "full" runs to the last patient
    ae_sort : order of adverse-event terms, "frequency" or "name"
    ae_min : show terms that at least this share of patients had, in percent
    patient : id of the patient whose profile is open, or ""
    show : which patients the listing and swimmer hold: "all" or a level of an outcome variable
    clock : time zero of the swimmer
    """

    endpoint: str
    by: str = NO_GROUPING
    interval: str = "bpcp"
    axis: str = "standard"
    ae_sort: str = "frequency"
    ae_min: str = "0"
    patient: str = ""
    show: str = "all"
    clock: str = "maintenance"

    @classmethod
    def default(cls, definition: CohortDefinition) -> Options:
        """The view a cohort opens with."""
        return cls(endpoint=definition.selectable_endpoints[0].code)

    def to_query(self, definition: CohortDefinition) -> dict[str, list[str]]:
        """The options that differ from the default, as URL parameters."""
        default = Options.default(definition)
        return {
            f.name: [getattr(self, f.name)] for f in fields(self) if getattr(self, f.name) != getattr(default, f.name)
        }

    @classmethod
    def from_query(
        cls, query: Mapping[str, list[str]], cohort: Cohort
    ) -> tuple[Options, tuple[Rejected, ...], frozenset[str]]:
        """Read options from URL parameters; what is not known is rejected, never guessed."""
        options, rejected, owned = cls.default(cohort.definition), [], set()
        vocabulary = option_vocabulary(cohort)
        for name, allowed in vocabulary.items():
            if name not in query:
                continue
            owned.add(name)
            value = query[name][-1]
            if value in allowed:
                options = replace(options, **{name: value})
            else:
                shown = ", ".join(a for a in allowed if a) if len(allowed) <= 25 else f"one of {len(allowed)} ids"
                rejected.append(Rejected(name, value[:40], f"allowed: {shown}."))
        return options, tuple(rejected), frozenset(owned)


def option_vocabulary(cohort: Cohort) -> dict[str, tuple[str, ...]]:
    """Allowed values of every option for this cohort."""
    definition = cohort.definition
    outcomes = [f"{v.name}.{lv.code}" for v in outcome_variables(definition) for lv in v.levels]
    return {
        "endpoint": tuple(e.code for e in definition.selectable_endpoints),
        "by": (NO_GROUPING, *(v.name for v in definition.groupings)),
        "interval": tuple(INTERVAL_LABELS),
        "axis": ("standard", "full"),
        "ae_sort": ("frequency", "name"),
        "ae_min": ("0", "5", "10", "20"),
        "patient": ("", *cohort.ids),
        "show": ("all", *outcomes),
        "clock": ("maintenance", "diagnosis"),
    }


def outcome_variables(definition: CohortDefinition) -> tuple[Variable, ...]:
    """Categories that describe how it went: they may colour and narrow a listing, never define a curve."""
    return tuple(v for v in definition.variables if not v.is_filter and v.kind == "category")


@dataclass(frozen=True, eq=False)
class CohortView:
    """Cohort, selection and options of one run, with what follows from them computed at most once."""

    cohort: Cohort
    selection: Selection
    options: Options

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

    @property
    def endpoint(self) -> Endpoint:
        """The endpoint in view."""
        return self.definition.endpoint(self.options.endpoint)

    @property
    def by(self) -> Variable | None:
        """The variable the figure is split by, None for one group."""
        return None if self.options.by == NO_GROUPING else self.definition.variable(self.options.by)

    @property
    def by_label(self) -> str:
        """The splitting variable with the cut-off in force."""
        return heading(self.by, self.selection) if self.by else ""

    @property
    def groups(self) -> tuple[Level, ...]:
        """Groups of the figure in fixed order; a level that nobody has stays, so colours never move."""
        return self.by.levels if self.by else (Level(WHOLE, WHOLE, "#3C6E9F"),)

    @cached_property
    def outcome(self) -> Outcome:
        """Everybody's outcome on the endpoint's clock."""
        return self.cohort.outcome(self.endpoint)

    @cached_property
    def in_view(self) -> np.ndarray:
        """Selected patients whose outcome is reported: bool array, shape (n,)."""
        return self.mask & ~np.isnan(self.outcome.time)

    @cached_property
    def group_of(self) -> np.ndarray:
        """Group index of every patient of the cohort: int array, shape (n,); -1 where none."""
        if self.by is None:
            return np.zeros(self.cohort.n, dtype=np.int64)
        return self.cohort.group_index(self.by, self.selection.cutoff(self.by))

    @cached_property
    def life_table(self) -> pa.Table:
        """Life table of the selected patients by group: the pivot of every survival number."""
        keep = self.in_view
        return life_table(
            self.outcome.time[keep], self.outcome.kind[keep], self.group_of[keep], [g.code for g in self.groups]
        )

    @property
    def whole_life_table(self) -> pa.Table:
        """Life table of the whole cohort, for the grey curve behind a selection; counted once a process."""
        return self.cohort.once(("whole life table", self.endpoint.code), self._count_everybody)

    def _count_everybody(self) -> pa.Table:
        keep = ~np.isnan(self.outcome.time)
        everybody = np.zeros(int(keep.sum()), dtype=np.int64)
        return life_table(self.outcome.time[keep], self.outcome.kind[keep], everybody, [WHOLE])

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
