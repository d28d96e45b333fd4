"""How selected patients are looked at: every option of a view, and what a link may say of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from cohort.dictionary import CohortDefinition, Variable
from cohort.estimand import DEATHS, HANDLINGS, LANDMARKS, ZEROS, happenings, read_handling, write_handling
from cohort.selection import Rejected
from cohort.tables import Cohort

INTERVAL_LABELS = {
    "bpcp": "beta product (BPCP)",
    "log-log": "log-log",
    "log": "log",
    "plain": "plain",
}
"""Pointwise 95 % confidence intervals for S(t), in the words used on figures."""

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
