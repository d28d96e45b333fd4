"""The data dictionary of a cohort: what its variables, endpoints and reasons mean.

It is read once from ``cohort.toml`` and is frozen. Level codes are a public contract: they stand in links.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

NOT_REPORTED = "not_reported"
"""Level code that stands for an empty cell. Missing is a level of its own, never silently dropped."""

FALLBACK_COLOURS = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#8C6D1F", "#7F7F7F")
FALLBACK_DASHES = ((1, 0), (6, 3), (2, 2), (8, 3, 2, 3), (4, 2), (1, 3), (10, 4), (3, 6))
ROLES = ("baseline", "treatment", "outcome", "process")
Role = Literal["baseline", "treatment", "outcome", "process"]


LONGEST_TIME = 1200.0
"""Months of the longest follow-up that can be meant: what is longer than a hundred years has another unit or a slip."""


@dataclass(frozen=True)
class Level:
    """One value a category can take, in the order a clinician reads it."""

    code: str
    label: str
    colour: str
    dash: tuple[int, ...] = (1, 0)


@dataclass(frozen=True)
class Cutoff:
    """One of several published thresholds of the same variable; each is a column of its own."""

    code: str
    label: str
    column: str


@dataclass(frozen=True)
class Variable:
    """One thing known of a patient, as the dictionary defines it.

    Attributes
    ----------
    kind : "category", "number" or "set"
        A set holds any number of levels a patient (mutated genes).
    role : str
        Outcomes and processes may colour a listing but never define a group or a filter of a survival curve.
    known_at : "diagnosis", "maintenance" or "after"
        When the value becomes known; drives the guarantee-time caution.
    bounds, step
        Frozen slider limits of a number, in ``unit``: they do not depend on the data, so that a link keeps its meaning.
    randomised
        Whether patients were assigned to its levels at random; words a comparison by it.
    cuts
        Points at which a number may be split into two groups, fixed in advance (never searched for in the data).
    """

    name: str
    label: str
    kind: Literal["category", "number", "set"]
    role: Role = "baseline"
    known_at: str = "diagnosis"
    group: str = "disease"
    unit: str = ""
    levels: tuple[Level, ...] = ()
    bounds: tuple[float, float] | None = None
    step: float = 1.0
    cuts: tuple[float, ...] = ()
    cutoffs: tuple[Cutoff, ...] = ()
    source: str = ""
    definition: str = ""
    caveat: str = ""
    randomised: bool = False

    def level(self, code: str) -> Level:
        """Return the level with this code. Raises KeyError with the codes allowed."""
        for level in self.levels:
            if level.code == code:
                return level
        raise KeyError(f"{self.name} has no level {code!r}; allowed: {', '.join(lv.code for lv in self.levels)}")

    @property
    def is_filter(self) -> bool:
        """Whether patients may be selected and grouped by it (STATISTICS C2: never by an outcome)."""
        return self.role in ("baseline", "treatment")

    def column(self, cutoff: str | None = None) -> str:
        """Name of the patient-table column that holds it, at the given cut-off (default: the first)."""
        if not self.cutoffs:
            return self.name
        for choice in self.cutoffs:
            if choice.code == cutoff:
                return choice.column
        return self.cutoffs[0].column

    def cutoff_label(self, cutoff: str | None) -> str:
        """The cut-off in words, or an empty string where the variable has none."""
        for choice in self.cutoffs:
            if choice.code == cutoff:
                return choice.label
        return self.cutoffs[0].label if self.cutoffs else ""


@dataclass(frozen=True)
class Endpoint:
    """A question about time: origin, event, what competes, why observation stops.

    ``rows`` names the rows of ``endpoints.csv`` it is read from (several endpoints can share them); ``kind`` is
    "survival" (Kaplan–Meier) or "incidence" (Aalen–Johansen). ``event`` and ``competing`` hold event codes, and may
    hold codes of intercurrent reasons. ``deaths`` is "as_recorded" or "counted" (deaths of another clock are events
    here too); ``zero`` is "origin", "delayed_entry" (at risk only from the later clock's start) or "entry" (time
    counted from the later clock's start). Both may leave times known between limits only: status "bounded".
    """

    code: str
    label: str
    short: str
    kind: Literal["survival", "incidence"]
    origin: str
    origin_label: str
    rows: str
    event: tuple[str, ...]
    competing: tuple[str, ...] = ()
    event_label: str = "had the event"
    free_label: str = "were free of the event"
    status: Literal["identified", "bounded", "not identified"] = "identified"
    landmarks: tuple[float, ...] = (12, 24)
    definition: str = ""
    source: str = ""
    warnings: tuple[str, ...] = ()
    deaths: Literal["as_recorded", "counted"] = "as_recorded"
    zero: Literal["origin", "delayed_entry", "entry"] = "origin"


@dataclass(frozen=True)
class Reason:
    """Why a patient leaves the risk set without the event, and the mark that shows it.

    ``lost`` marks the reasons that leave the outcome unknown (loss to follow-up), ``intercurrent`` those that may
    just as well be read as an event or a competing event (ICH E9(R1)), such as a transplant. ``noun`` names it inside a
    sentence ("an early end of relapse follow-up"), where the label is not a noun phrase; without it the label is used.
    """

    code: str
    label: str
    shape: str = "stroke"
    lost: bool = False
    intercurrent: bool = False
    noun: str = ""


@dataclass(frozen=True, eq=False)
class CohortDefinition:
    """Everything ``cohort.toml`` says."""

    id: str
    title: str
    short_title: str
    kind: str
    population: str
    summary: str
    time_unit: str
    data_cut: str
    variables: tuple[Variable, ...]
    endpoints: tuple[Endpoint, ...]
    reasons: tuple[Reason, ...]
    events: Mapping[str, str]
    citation: Mapping[str, str] = field(default_factory=dict)
    licence: Mapping[str, str] = field(default_factory=dict)
    caveats: tuple[Mapping[str, str], ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    rules: Mapping[str, str] = field(default_factory=dict)
    adverse_events: Mapping[str, Any] = field(default_factory=dict)

    def variable(self, name: str) -> Variable:
        """Return the variable with this name. Raises KeyError with the names allowed."""
        for variable in self.variables:
            if variable.name == name:
                return variable
        raise KeyError(f"no variable {name!r}; allowed: {', '.join(v.name for v in self.variables)}")

    def endpoint(self, code: str) -> Endpoint:
        """Return the endpoint with this code. Raises KeyError with the codes allowed."""
        for endpoint in self.endpoints:
            if endpoint.code == code:
                return endpoint
        raise KeyError(f"no endpoint {code!r}; allowed: {', '.join(e.code for e in self.endpoints)}")

    def reason(self, code: str) -> Reason:
        """Return the censoring reason with this code (an unknown code is shown as itself)."""
        return next((r for r in self.reasons if r.code == code), Reason(code, code.replace("_", " ")))

    @property
    def filters(self) -> tuple[Variable, ...]:
        """Variables patients may be selected by, in dictionary order."""
        return tuple(v for v in self.variables if v.is_filter)

    @property
    def groupings(self) -> tuple[Variable, ...]:
        """Variables a curve may be split by: categories known at baseline, two levels or more."""
        return tuple(v for v in self.filters if v.kind == "category" and len(v.levels) > 1)

    @property
    def randomised(self) -> tuple[Variable, ...]:
        """Variables whose levels patients were assigned to at random."""
        return tuple(v for v in self.variables if v.randomised)

    @property
    def selectable_endpoints(self) -> tuple[Endpoint, ...]:
        """Endpoints that can be drawn, as a curve or as an envelope; the others are listed with the reason."""
        return tuple(e for e in self.endpoints if e.status != "not identified")

    @property
    def identified_endpoints(self) -> tuple[Endpoint, ...]:
        """Endpoints whose times the data give exactly: these have rows of their own in ``endpoints.csv``."""
        return tuple(e for e in self.endpoints if e.status == "identified")
