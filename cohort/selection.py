"""What was asked for: which patients, in words, as a mask, and as a link.

A Selection is small, frozen and hashable. Within one variable levels are alternatives ("or"), between variables they
add up ("and"). Level codes stand in the link, so a link stays readable and keeps its meaning.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from cohort.dictionary import CohortDefinition, Variable
from cohort.sharing.link_values import Rejected, read_levels, read_patients, read_range, shortened
from cohort.sharing.patient_list import write_ids
from cohort.tables import Cohort
from cohort.wording import plural

CUTOFF_SUFFIX = "_cutoff"
UNKNOWN_SUFFIX = "_unknown"

PATIENTS = "patients"
"""Name of a frozen list of patients among the restrictions, and in a link."""


@dataclass(frozen=True)
class Selection:
    """Restrictions by variable name. Absent means no restriction.

    Attributes
    ----------
    levels : ((variable, (code, …)), …), both sorted by the dictionary
    ranges : ((variable, (low, high)), …), inclusive, in the variable's unit
    keep_unknown : names of numbers whose not-reported patients stay in although a range is set
    cutoffs : ((variable, cut-off code), …), only those that differ from the first
    patients : ids of a frozen list, in the cohort's order; the other restrictions hold among them. Empty for no list
    """

    levels: tuple[tuple[str, tuple[str, ...]], ...] = ()
    ranges: tuple[tuple[str, tuple[float, float]], ...] = ()
    keep_unknown: frozenset[str] = frozenset()
    cutoffs: tuple[tuple[str, str], ...] = ()
    patients: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        definition: CohortDefinition,
        levels: Mapping[str, Iterable[str]] | None = None,
        ranges: Mapping[str, tuple[float, float]] | None = None,
        keep_unknown: Iterable[str] = (),
        cutoffs: Mapping[str, str] | None = None,
        patients: Iterable[str] = (),
    ) -> Selection:
        """Build a selection in canonical order, dropping what restricts nothing.

        Raises
        ------
        KeyError
            A variable, level or cut-off is not in the dictionary; the message lists what is.
        """
        levels, ranges, cutoffs = dict(levels or {}), dict(ranges or {}), dict(cutoffs or {})
        for name in (*levels, *ranges, *cutoffs):
            definition.variable(name)
        kept_levels, kept_ranges = [], []
        for variable in definition.filters:
            chosen = set(levels.get(variable.name, ()))
            for code in chosen:
                variable.level(code)
            if chosen:
                kept_levels.append((variable.name, tuple(lv.code for lv in variable.levels if lv.code in chosen)))
            if variable.name in ranges and variable.bounds:
                low, high = sorted(ranges[variable.name])
                low, high = max(low, variable.bounds[0]), min(high, variable.bounds[1])
                if (low, high) != tuple(variable.bounds):
                    kept_ranges.append((variable.name, (float(low), float(high))))
        kept_cutoffs = tuple(
            (v.name, cutoffs[v.name])
            for v in definition.filters
            if v.name in cutoffs and cutoffs[v.name] in [c.code for c in v.cutoffs[1:]]
        )
        unknown = frozenset(name for name in keep_unknown if name in dict(kept_ranges))
        return cls(tuple(kept_levels), tuple(kept_ranges), unknown, kept_cutoffs, tuple(patients))

    def chosen(self, name: str) -> tuple[str, ...]:
        """Level codes chosen for a variable; empty where it is not restricted."""
        return dict(self.levels).get(name, ())

    def range(self, name: str) -> tuple[float, float] | None:
        """The range chosen for a number, or None."""
        return dict(self.ranges).get(name)

    def cutoff(self, variable: Variable) -> str | None:
        """The cut-off in force for a variable (its first by default), None where it has none."""
        default = variable.cutoffs[0].code if variable.cutoffs else None
        return dict(self.cutoffs).get(variable.name, default)

    @property
    def restricts(self) -> bool:
        """Whether any patient could be left out. A cut-off alone restricts nothing."""
        return bool(self.levels or self.ranges or self.patients)

    def without(self, name: str) -> Selection:
        """The same selection with one variable's restriction removed (its cut-off stays)."""
        return replace(
            self,
            levels=tuple(x for x in self.levels if x[0] != name),
            ranges=tuple(x for x in self.ranges if x[0] != name),
            keep_unknown=self.keep_unknown - {name},
            patients=() if name == PATIENTS else self.patients,
        )

    def words(self, definition: CohortDefinition) -> tuple[tuple[str, str], ...]:
        """The selection in words, one (variable name, phrase) a restriction: a frozen list, then by the dictionary."""
        phrases: dict[str, str] = {}
        for name, codes in self.levels:
            variable = definition.variable(name)
            labels = [variable.level(c).label for c in codes]
            phrases[name] = f"{heading(variable, self)} {_or(labels)}"
        for name, (low, high) in self.ranges:
            variable = definition.variable(name)
            unit = f" {variable.unit}" if variable.unit else ""
            extra = " or not reported" if name in self.keep_unknown else ""
            phrases[name] = f"{variable.label} {low:g}–{high:g}{unit}{extra}"
        frozen = [(PATIENTS, f"frozen list of {plural(len(self.patients), 'patient')}")] if self.patients else []
        return (*frozen, *((v.name, phrases[v.name]) for v in definition.filters if v.name in phrases))

    def describe(self, definition: CohortDefinition) -> str:
        """The selection as one phrase, "all patients" where nothing is restricted."""
        return "; ".join(text for _, text in self.words(definition)) or "all patients"

    def to_query(self) -> dict[str, list[str]]:
        """The selection as URL parameters; repeated parameters for several levels, two values for a range."""
        query = {name: list(codes) for name, codes in self.levels}
        query |= {name: [f"{low:g}", f"{high:g}"] for name, (low, high) in self.ranges}
        query |= {name + UNKNOWN_SUFFIX: ["1"] for name in sorted(self.keep_unknown)}
        query |= {PATIENTS: write_ids(self.patients)} if self.patients else {}
        return query | {name + CUTOFF_SUFFIX: [code] for name, code in self.cutoffs}

    @classmethod
    def from_query(
        cls, query: Mapping[str, list[str]], definition: CohortDefinition, ids: Sequence[str] = ()
    ) -> tuple[Selection, tuple[Rejected, ...], frozenset[str]]:
        """Read a selection from URL parameters that anybody may have written; ``ids`` are the cohort's patients.

        Returns
        -------
        selection, rejected, understood
            What could be honoured; what could not, each to be shown; and the parameter names this function owns.
        """
        levels: dict[str, list[str]] = {}
        ranges: dict[str, tuple[float, float]] = {}
        cutoffs: dict[str, str] = {}
        unknown: list[str] = []
        rejected: list[Rejected] = []
        owned: set[str] = set()
        for variable in definition.filters:
            name = variable.name
            if name in query:
                owned.add(name)
                values = [v for v in query[name] if v != ""]
                if variable.kind != "number":
                    levels[name] = read_levels(variable, values, rejected)
                elif limits := read_range(variable, values, rejected):
                    ranges[name] = limits
            if variable.kind == "number" and name + UNKNOWN_SUFFIX in query:
                owned.add(name + UNKNOWN_SUFFIX)
                unknown.append(name)
            if variable.cutoffs and name + CUTOFF_SUFFIX in query:
                owned.add(name + CUTOFF_SUFFIX)
                codes = [c.code for c in variable.cutoffs]
                value = query[name + CUTOFF_SUFFIX][-1]
                if value in codes:
                    cutoffs[name] = value
                else:
                    rejected.append(Rejected(name + CUTOFF_SUFFIX, shortened(value), f"allowed: {', '.join(codes)}."))
        patients: tuple[str, ...] = ()
        if PATIENTS in query:
            owned.add(PATIENTS)
            patients = read_patients(PATIENTS, query[PATIENTS], definition, ids, rejected)
        return cls.of(definition, levels, ranges, unknown, cutoffs, patients), tuple(rejected), frozenset(owned)


def heading(variable: Variable, selection: Selection) -> str:
    """A variable's label with the cut-off in force: "MRD by flow before maintenance (≥ 0.01 %)"."""
    cutoff = variable.cutoff_label(selection.cutoff(variable))
    return f"{variable.label} ({cutoff})" if cutoff else variable.label


def _or(labels: list[str]) -> str:
    return labels[0] if len(labels) == 1 else ", ".join(labels[:-1]) + " or " + labels[-1]


def restriction_masks(cohort: Cohort, selection: Selection) -> dict[str, np.ndarray]:
    """For each restricted variable, which patients pass it: name -> bool array, shape (n,)."""
    masks = {}
    for name, codes in selection.levels:
        variable = cohort.definition.variable(name)
        member = cohort.membership(variable, selection.cutoff(variable))
        wanted = np.array([level.code in codes for level in variable.levels])
        masks[name] = member[wanted].any(axis=0)
    for name, (low, high) in selection.ranges:
        values = cohort.numbers(cohort.definition.variable(name))
        inside = (values >= low) & (values <= high)
        masks[name] = inside | np.isnan(values) if name in selection.keep_unknown else inside
    if selection.patients:
        masks[PATIENTS] = np.isin(cohort.ids, selection.patients)
    return masks


def selected(cohort: Cohort, selection: Selection) -> np.ndarray:
    """Which patients are selected: bool array, shape (n,)."""
    masks = restriction_masks(cohort, selection)
    return np.logical_and.reduce(list(masks.values())) if masks else np.ones(cohort.n, dtype=bool)


def facet_counts(cohort: Cohort, selection: Selection) -> dict[str, np.ndarray]:
    """Patients in each level under all *other* restrictions: name -> int array, one entry a level.

    For a number: the patients whose value is (reported, not reported) under the other restrictions.
    """
    masks = restriction_masks(cohort, selection)
    counts = {}
    for variable in cohort.definition.filters:
        others = [m for name, m in masks.items() if name != variable.name]
        keep = np.logical_and.reduce(others) if others else np.ones(cohort.n, dtype=bool)
        if variable.kind == "number":
            known = ~np.isnan(cohort.numbers(variable))
            counts[variable.name] = np.array([(keep & known).sum(), (keep & ~known).sum()])
        else:
            counts[variable.name] = cohort.membership(variable, selection.cutoff(variable)) @ keep.astype(np.int64)
    return counts


def aliases(cohort: Cohort, selection: Selection, mask: np.ndarray | None = None) -> tuple[str, ...]:
    """Other filters that select exactly the same patients, in words (STATISTICS C2, alias detector).

    A variable is an alias if the levels found among the selected patients hold nobody else. Variables already in the
    selection are not repeated; a selection of everybody or nobody has no alias.
    """
    mask = selected(cohort, selection) if mask is None else mask
    if not mask.any() or mask.all():
        return ()
    used = {name for name, _ in (*selection.levels, *selection.ranges)}
    found = []
    for variable in cohort.definition.filters:
        if variable.kind == "number" or variable.name in used:
            continue
        member = cohort.membership(variable, selection.cutoff(variable))
        if variable.kind == "set":
            found += [
                f"{variable.label} {variable.levels[i].label}" for i in np.flatnonzero((member == mask).all(axis=1))
            ]
            continue
        present = member[:, mask].any(axis=1)
        if np.array_equal(member[present].any(axis=0), mask):
            labels = [lv.label for lv, here in zip(variable.levels, present, strict=True) if here]
            quoted = [f"“{label}”" for label in labels] if len(labels) > 1 else labels
            found.append(f"{heading(variable, selection)} {_or(quoted)}")
    return tuple(found)
