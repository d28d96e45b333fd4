"""What an expression can amount to, and how each is printed. Every value carries the words of its formula."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from cohort.claims.grammar import ExpressionError
from cohort.dictionary import NOT_REPORTED, Variable
from cohort.tables import Cohort
from cohort.wording import NOT_ESTIMABLE, listed, missing, months, months_interval, number

COUNT, PERCENT, MONTHS, PLAIN = "count", "percent", "months", "number"
"""Units of a quantity. A percentage keeps one decimal here, whatever n is: printed decimals are what is compared."""


@dataclass(frozen=True, eq=False)
class Quantity:
    """One number; NaN where it is absent, and then ``absent`` says why ("not reached")."""

    value: float
    unit: str
    words: str
    absent: str = NOT_ESTIMABLE

    def shown(self) -> str:
        """The number as printed."""
        if missing(self.value):
            return self.absent
        if self.unit == PERCENT:
            return f"{self.value:.1f} %"
        return months(self.value) if self.unit == MONTHS else number(self.value, 2)


@dataclass(frozen=True, eq=False)
class Interval:
    """Two limits of one thing."""

    lower: float
    upper: float
    unit: str
    words: str

    def shown(self) -> str:
        """The limits as printed."""
        if self.unit == MONTHS:
            return months_interval(self.lower, self.upper)
        if missing(self.lower) or missing(self.upper):
            return NOT_ESTIMABLE
        return f"{self.lower:.1f}–{self.upper:.1f} %"


@dataclass(frozen=True, eq=False)
class Names:
    """A list of patients, or of values with their patients."""

    texts: tuple[str, ...]
    words: str

    def shown(self) -> str:
        """The list as printed."""
        return listed(list(self.texts)) or "none"


@dataclass(frozen=True, eq=False)
class Series:
    """One number a patient: float array, shape (n,), NaN where there is none."""

    values: np.ndarray
    unit: str
    words: str


@dataclass(frozen=True, eq=False)
class Codes:
    """One code a patient, or several (``multiple``): object array, shape (n,); ``levels`` maps code to label."""

    values: np.ndarray
    levels: Mapping[str, str]
    words: str
    multiple: bool = False

    def have(self, code: str) -> np.ndarray:
        """Who has the code: bool array, shape (n,)."""
        if self.multiple:
            return np.array([code in own for own in self.values], dtype=bool)
        return np.array([own == code for own in self.values], dtype=bool)


@dataclass(frozen=True, eq=False)
class Who:
    """A condition: bool array, shape (n,)."""

    mask: np.ndarray
    words: str


Value = Quantity | Interval | Names | Series | Codes | Who

NONE = "none"
"""Code of "no event" and "no reason" of an endpoint."""


def in_sentence(label: str) -> str:
    """A label inside a sentence: "status on maintenance"; an acronym keeps its capitals."""
    return label[:1].lower() + label[1:] if len(label) > 1 and label[1].islower() else label


def named(cohort: Cohort, name: str) -> Series | Codes:
    """What a name stands for: a column of the patient table, ``patient``, ``<endpoint>.time``, ``.event`` or
    ``.reason``, or ``mrd.<assay>`` (the value reported).

    Raises
    ------
    ExpressionError
        The cohort has nothing of that name.
    """
    if name == "patient":
        return Codes(cohort.ids, {i: i for i in cohort.ids}, "patient")
    for variable in cohort.definition.variables:
        for column in [c.column for c in variable.cutoffs] or [variable.name]:
            if column == name:
                return _column(cohort, variable, column)
    head, _, part = name.rpartition(".")
    if part in ("time", "event", "reason") and head in _endpoints(cohort):
        return _outcome(cohort, head, part)
    if head == "mrd" and part in _assays(cohort):
        return _mrd(cohort, part)
    raise ExpressionError("the cohort has nothing of this name", name, ", ".join(names(cohort)))


def names(cohort: Cohort) -> list[str]:
    """Every name of this cohort."""
    columns = [c for v in cohort.definition.variables for c in ([x.column for x in v.cutoffs] or [v.name])]
    clocks = [f"{code}.{part}" for code in _endpoints(cohort) for part in ("time", "event", "reason")]
    return ["patient", *columns, *clocks, *(f"mrd.{assay}" for assay in _assays(cohort))]


def _endpoints(cohort: Cohort) -> list[str]:
    return [e.code for e in cohort.definition.identified_endpoints]


def _assays(cohort: Cohort) -> list[str]:
    table = cohort.table("mrd")
    return [] if table is None else sorted(set(table["assay"].to_pylist()))


def _column(cohort: Cohort, variable: Variable, column: str) -> Series | Codes:
    cutoff = next((f" ({c.label})" for c in variable.cutoffs if c.column == column), "")
    label = in_sentence(variable.label) + cutoff
    if variable.kind == "number":
        return Series(cohort.numbers(variable), variable.unit, label)
    values = np.empty(cohort.n, dtype=object)
    values[:] = [NOT_REPORTED if v is None else v for v in cohort.patients[column].to_pylist()]
    return Codes(values, {lv.code: lv.label for lv in variable.levels}, label, variable.kind == "set")


def _outcome(cohort: Cohort, code: str, part: str) -> Series | Codes:
    definition, endpoint = cohort.definition, cohort.definition.endpoint(code)
    out, label = cohort.outcome(endpoint), in_sentence(endpoint.short)
    if part == "time":
        return Series(out.time, definition.time_unit, f"{label} time")
    known = definition.events if part == "event" else {r.code: r.label for r in definition.reasons}
    codes = np.where(getattr(out, part) == "", NONE, getattr(out, part)).astype(object)
    what = "event" if part == "event" else "reason for censoring"
    return Codes(codes, {NONE: NONE, **known}, f"{what} ({label})")


def _mrd(cohort: Cohort, assay: str) -> Series:
    values = np.full(cohort.n, np.nan)
    place = {patient: i for i, patient in enumerate(cohort.ids)}
    for row in cohort.tables["mrd"].to_pylist():
        if row["assay"] == assay and row["value_pct"] is not None:
            values[place[row["patient_id"]]] = row["value_pct"]
    return Series(values, "%", f"MRD by {assay}")
