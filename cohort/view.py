"""One view of a cohort: what every page, figure, sentence and link starts from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np
import pyarrow as pa

from cohort.dictionary import NOT_REPORTED, CohortDefinition, Endpoint, Level, Variable
from cohort.estimand import (
    DEATHS,
    HANDLINGS,
    LANDMARKS,
    ZEROS,
    Estimand,
    estimand,
    happenings,
    read_handling,
    write_handling,
)
from cohort.selection import Rejected, Selection, aliases, facet_counts, heading, selected
from cohort.sharing.marks import Mark
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

OTHERS = Level("all_others", "all others", "#7F7F7F", (5, 3))
"""The group that one level is set against."""

NO_GROUPING = "none"

PANELS = ("compare", "influence", "lost", "definitions")
"""What can be looked at more closely under the survival figure."""

VERDICTS = ("reproduces", "crude", "differs", "contradicted", "unchecked", "omitted")
"""Codes of the verdicts on a printed claim, in the order of the ledger."""


@dataclass(frozen=True)
class Options:
    """How the selected patients are looked at. Every field is a URL parameter of the same name.

    Attributes
    ----------
    endpoint : endpoint code of the registry
    by : variable that splits the figure, or "none"
    against : a level of that variable to set against all its others, or ""
    interval : one of INTERVAL_LABELS
    axis : "standard" ends the time axis where few remain, "full" runs to the last patient
    ae_sort : order of adverse-event terms, "frequency" or "name"
    ae_min : show terms that at least this share of patients had, in percent
    patient : id of the patient whose profile is open, or ""
    show : which patients the listing and swimmer hold: "all" or a level of an outcome variable
    clock : time zero of the swimmer
    treat : events and reasons handled otherwise than in the registry, "code.handling" joined by commas
    deaths, zero : whether deaths of the other clock count, and from when; "" is as in the registry
    landmark : month at which the clock restarts among those still at risk, "0" for none
    panel : what is looked at more closely under the survival figure
    test : "exact" once the reader has asked for the test, else "hidden"
    behind : the number whose patients are listed (see :mod:`cohort.behind`), or ""
    beside : file of the published curve drawn beside the cohort's, one of those it ships, or ""
    month : the month at which the forest shows estimates, "" for the endpoint's headline month
    forest : what the forest shows, "estimate" or "ratio"
    verdict : verdict the ledger of claims is narrowed to
    """

    endpoint: str
    by: str = NO_GROUPING
    against: str = ""
    interval: str = "bpcp"
    axis: str = "standard"
    ae_sort: str = "frequency"
    ae_min: str = "0"
    patient: str = ""
    show: str = "all"
    clock: str = "maintenance"
    treat: str = ""
    deaths: str = ""
    zero: str = ""
    landmark: str = "0"
    panel: str = "compare"
    test: str = "hidden"
    behind: str = ""
    beside: str = ""
    month: str = ""
    forest: str = "estimate"
    verdict: str = "all"

    @classmethod
    def default(cls, definition: CohortDefinition) -> Options:
        """The view a cohort opens with."""
        return cls(endpoint=definition.identified_endpoints[0].code)

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
        options, refused = _checked_against(options, cohort.definition)
        rejected += refused
        if "treat" in query:
            owned.add("treat")
            treat, refused = _read_treat(query["treat"][-1], cohort, options.endpoint)
            options, rejected = replace(options, treat=treat), [*rejected, *refused]
        if "behind" in query:
            owned.add("behind")
            options = replace(options, behind=query["behind"][-1][:120])  # read, or refused, where it is opened
        return options, tuple(rejected), frozenset(owned)


def _checked_against(options: Options, definition: CohortDefinition) -> tuple[Options, list[Rejected]]:
    """A level to set against the others must be one of the variable that splits the figure."""
    levels = () if options.by == NO_GROUPING else tuple(lv.code for lv in definition.variable(options.by).levels)
    if not options.against or options.against in levels:
        return options, []
    allowed = ", ".join(levels) or "none while nothing splits the figure"
    return replace(options, against=""), [Rejected("against", options.against[:40], f"allowed: {allowed}.")]


def _read_treat(text: str, cohort: Cohort, endpoint: str) -> tuple[str, list[Rejected]]:
    """The handling of events a link asks for, in canonical form, and the parts that are not known here."""
    base = cohort.definition.endpoint(endpoint)
    known = {h.code for h in happenings(cohort, base)}
    rejected = []
    for part in text.split(","):
        code, _, how = part.rpartition(".")
        if part and (code not in known or how not in HANDLINGS):
            allowed = f"{' or '.join(sorted(known))}, then . and {', '.join(HANDLINGS)}"
            rejected.append(Rejected("treat", part[:40], f"allowed: {allowed}."))
    return write_handling(cohort, base, read_handling(text)), rejected


def option_vocabulary(cohort: Cohort) -> dict[str, tuple[str, ...]]:
    """Allowed values of every option for this cohort."""
    definition = cohort.definition
    outcomes = [f"{v.name}.{lv.code}" for v in outcome_variables(definition) for lv in v.levels]
    return {
        "endpoint": tuple(e.code for e in definition.selectable_endpoints),
        "by": (NO_GROUPING, *(v.name for v in definition.groupings)),
        "against": ("", *dict.fromkeys(lv.code for v in definition.groupings for lv in v.levels)),
        "interval": tuple(INTERVAL_LABELS),
        "axis": ("standard", "full"),
        "ae_sort": ("frequency", "name"),
        "ae_min": ("0", "5", "10", "20"),
        "patient": ("", *cohort.ids),
        "show": ("all", *outcomes),
        "clock": ("maintenance", "diagnosis"),
        "deaths": ("", *DEATHS),
        "zero": ("", *ZEROS),
        "landmark": LANDMARKS,
        "panel": PANELS,
        "test": ("hidden", "exact"),
        "beside": ("", *(c.file for c in cohort.comparators)),
        "month": ("", *dict.fromkeys(f"{t:g}" for e in definition.selectable_endpoints for t in e.landmarks)),
        "forest": ("estimate", "ratio"),
        "verdict": ("all", *VERDICTS),
    }


def outcome_variables(definition: CohortDefinition) -> tuple[Variable, ...]:
    """Categories that describe how it went: they may colour and narrow a listing, never define a curve."""
    return tuple(v for v in definition.variables if not v.is_filter and v.kind == "category")


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
