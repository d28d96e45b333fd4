"""From a value on screen to the cell it was read from: table, row, column, line, what is printed there, and the rule.

The raw string is kept letter for letter. Letters of other scripts that look Latin are named, because nobody can see
that "М" is not "M" (FEATURES D8, STATISTICS A7).
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

import pyarrow.compute as pc

from cohort.dictionary import CohortDefinition, Variable
from cohort.tables import Cohort
from cohort.wording import NOT_REPORTED_TEXT


@dataclass(frozen=True)
class SourceCell:
    """Where one value comes from.

    Attributes
    ----------
    table, variable : the value's place in our files ("patients", "eln_risk")
    what, shown : the value in the words of the page ("ELN 2022 risk", "adverse")
    source, row, column, line : the printed table, its row and column, and the line of the transcription
    raw : the cell as printed, letter for letter
    rule, rule_text : code of the normalising rule, and what it does
    """

    table: str
    variable: str
    what: str
    shown: str
    source: str
    row: str
    column: str
    line: str
    raw: str
    rule: str
    rule_text: str

    @property
    def place(self) -> str:
        """ "Table 2, row 9, MRD ¹ (line 147)"."""
        line = f" (line {self.line})" if self.line else ""
        return (
            ", ".join(part for part in (self.source, f"row {self.row}" if self.row else "", self.column) if part) + line
        )

    @property
    def look_alikes(self) -> tuple[str, ...]:
        """Letters of the raw string that are not Latin, each with its number and name, in order of appearance."""
        return tuple(dict.fromkeys(f"{c} is U+{ord(c):04X}, {_name(c)}" for c in self.raw if _foreign(c)))


def _foreign(letter: str) -> bool:
    return (
        letter.isalpha() and not letter.isascii() and not _name(letter).startswith(("latin", "feminine", "masculine"))
    )


def _name(letter: str) -> str:
    return unicodedata.name(letter, "without a name").lower().replace("cyrillic", "Cyrillic").replace("greek", "Greek")


def sources(cohort: Cohort, patient: str) -> tuple[SourceCell, ...]:
    """Every value of one patient with the cell it was read from; empty where the cohort keeps no provenance.

    Rows that repeat another (the upper limit of a time that equals the lower, the unit of a measured value) are left
    out. The order is that of the record: patient values in dictionary order, then the other tables.
    """
    table = cohort.table("provenance")
    if table is None:
        return ()
    rows = table.filter(pc.equal(table["patient_id"], patient)).to_pylist()
    order = {name: i for i, name in enumerate(("patients", "endpoints", "mrd", "mutations", "courses"))}
    lower = {(r["variable"].removesuffix("_lo"), r["value"]) for r in rows if r["variable"].endswith("time_lo")}
    cells = [
        _cell(cohort.definition, row)
        for row in rows
        if not row["variable"].endswith(".unit") and (row["variable"].removesuffix("_hi"), row["value"]) not in lower
    ]
    return tuple(sorted(cells, key=lambda c: order.get(c.table, len(order))))


def source_of(cohort: Cohort, patient: str, table: str, variable: str) -> SourceCell | None:
    """The cell one value was read from, or None where it is not recorded."""
    return next((c for c in sources(cohort, patient) if (c.table, c.variable) == (table, variable)), None)


def _cell(definition: CohortDefinition, row: dict[str, str | None]) -> SourceCell:
    text = {key: value or "" for key, value in row.items()}
    what, shown = _words(definition, text["table"], text["variable"], text["value"])
    return SourceCell(
        table=text["table"],
        variable=text["variable"],
        what=what,
        shown=shown,
        source=text["source"],
        row=text["row"],
        column=text["column"],
        line=text["line"],
        raw=text["raw"],
        rule=text["rule"],
        rule_text=definition.rules.get(text["rule"], text["rule"].replace("_", " ")),
    )


def _words(definition: CohortDefinition, table: str, variable: str, value: str) -> tuple[str, str]:
    """The value's name and the value, as the page shows them."""
    if table == "patients":
        return _patient_value(definition, variable, value)
    if table == "endpoints":
        return _endpoint_value(definition, variable, value)
    if table == "mutations":
        return f"Gene {variable}", "mutation reported" if value == "driver" else f"{value} variant reported"
    if table == "mrd":
        assay, _, part = variable.partition(".")
        return f"MRD, {assay}", f"{value} %" if part == "value_pct" else value
    if table == "courses":
        name, _, n = value.rpartition("*")
        times = f"{name} × {n}" if n not in ("", "1") else name or value
        return f"Course {variable.rpartition('.')[2]}", times
    return variable.replace("_", " "), value


def _patient_value(definition: CohortDefinition, column: str, value: str) -> tuple[str, str]:
    for variable in definition.variables:
        if column == variable.name or column in (c.column for c in variable.cutoffs):
            cutoff = next((f" ({c.label})" for c in variable.cutoffs if c.column == column), "")
            return variable.label + cutoff, level_words(variable, value)
    return column.replace("_", " "), value or NOT_REPORTED_TEXT


def level_words(variable: Variable, value: str) -> str:
    """A coded value in the dictionary's words: labels for codes, the unit after a number."""
    if value == "":
        return NOT_REPORTED_TEXT
    if variable.kind == "number":
        return f"{value} {variable.unit}".strip()
    labels = {lv.code: lv.label for lv in variable.levels}
    return ", ".join(labels.get(code, code) for code in (value.split(";") if variable.kind == "set" else [value]))


def _endpoint_value(definition: CohortDefinition, variable: str, value: str) -> tuple[str, str]:
    rows, _, part = variable.partition(".")
    short = next((e.short for e in definition.endpoints if e.rows == rows), rows.replace("_", " "))
    if part == "event":
        return f"{short}: event", definition.events.get(value, value)
    if part == "reason":
        return f"{short}: reason for censoring", definition.reason(value).label
    return short, f"{value} {definition.time_unit}"
