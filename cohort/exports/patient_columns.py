"""One column a thing known of a patient: the wide table that formats without sets or dictionaries can hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from cohort.dictionary import NOT_REPORTED, Variable
from cohort.tables import Cohort

FLAG = {"N": "not listed", "Y": "listed"}
"""Levels of a member of a set. Not listed is not evidence of absence."""


@dataclass(frozen=True, eq=False)
class PatientColumn:
    """One column of the wide table.

    Attributes
    ----------
    name : column of ``patients.csv``; a member of a set has the level's code after the variable's name
    label : the variable in words, with the cut-off or the member
    values : one a patient: float, level code, "Y" or "N"; None where not reported
    levels : level code -> label; empty for a number
    """

    name: str
    label: str
    variable: Variable
    values: list
    levels: Mapping[str, str] = field(default_factory=dict)

    @property
    def description(self) -> str:
        """Definition with unit and source, for formats that have one text a column."""
        unit = f"Unit: {self.variable.unit}." if self.variable.unit else ""
        source = f"Source: {self.variable.source}." if self.variable.source else ""
        return " ".join(part for part in (self.variable.definition, unit, source) if part) or self.label


def patient_columns(cohort: Cohort) -> list[PatientColumn]:
    """Every variable of the dictionary, in its order: each cut-off a column, each member of a set a column."""
    found = []
    for variable in cohort.definition.variables:
        if variable.kind == "set":
            found += _members(cohort, variable)
            continue
        levels = {lv.code: lv.label for lv in variable.levels if lv.code != NOT_REPORTED}
        for column, label in _columns(variable):
            values = cohort.patients[column].to_pylist()
            values = [None if v == NOT_REPORTED else v for v in values]
            found.append(PatientColumn(column, label, variable, values, levels))
    return found


def _columns(variable: Variable) -> list[tuple[str, str]]:
    return [(c.column, f"{variable.label} ({c.label})") for c in variable.cutoffs] or [(variable.name, variable.label)]


def _members(cohort: Cohort, variable: Variable) -> list[PatientColumn]:
    reported = [bool(v) for v in cohort.patients[variable.name].to_pylist()]
    return [
        PatientColumn(
            f"{variable.name}_{level.code}",
            f"{variable.label}: {level.label}",
            variable,
            [("Y" if has else "N") if known else None for has, known in zip(member, reported, strict=True)],
            FLAG,
        )
        for level, member in zip(variable.levels, cohort.membership(variable), strict=True)
    ]


def short_names(texts: Iterable[str], longest: int, taken: Iterable[str] = (), joint: str = "_") -> list[str]:
    """Distinct column names: letters, digits and ``joint``, a letter first, at most ``longest`` characters.

    Two names that differ in case only count as the same, as they do in SAS and SPSS; the later one gets a number.

    Parameters
    ----------
    taken : names that are not free
    joint : what stands for anything else in the text, "_" or nothing
    """
    used, names = {name.upper() for name in taken}, []
    for text in texts:
        plain = re.sub(r"[^A-Za-z0-9]+", joint, text).strip("_")
        plain = plain if plain[:1].isalpha() else f"X{plain}"
        name, number = plain[:longest].rstrip("_"), 1
        while name.upper() in used:
            number += 1
            name = f"{plain[: longest - len(str(number))]}{number}"
        used.add(name.upper())
        names.append(name)
    return names


def line(text: str) -> str:
    """Text on one line without tabs, for formats in which both end a cell."""
    return " ".join(text.split())


def at_most(text: str, longest: int) -> str:
    """As much of a text as fits ``longest`` bytes of UTF-8, never half a letter."""
    return text.encode("utf-8")[:longest].decode("utf-8", "ignore")


def endings(cohort: Cohort, rows: str) -> tuple[Sequence[str | None], dict[str, str]]:
    """How each patient's time on these rows ends, as event or reason code (None without a row), and code -> label."""
    found = {
        r["patient_id"]: r["event"] or r["reason"]
        for r in cohort.tables["endpoints"].to_pylist()
        if r["endpoint"] == rows
    }
    labels = {**cohort.definition.events, **{r.code: r.label for r in cohort.definition.reasons}}
    return [found.get(i) for i in cohort.ids], labels


def numbers(values: Iterable[float | None]) -> np.ndarray:
    """Floats, NaN where there is none."""
    return np.array([np.nan if v is None else v for v in values], dtype=float)
