"""SPSS .sav: one row a patient, variable and value labels, missing as system missing."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd

from cohort.exports.extract import Extract
from cohort.exports.patient_columns import FLAG, at_most, endings, numbers, patient_columns, short_names
from cohort.exports.statistical_files import in_memory

STATUS = {0: "censored", 1: "event", 2: "competing event"}
FLAG_NUMBERS = {"N": 0, "Y": 1}
_WHOLE = re.compile(r"[+-]?[0-9]{1,9}(\.0+)?")
_RESERVED = ("ALL", "AND", "BY", "EQ", "GE", "GT", "LE", "LT", "NE", "NOT", "OR", "TO", "WITH", "patient_id")
_NAME, _FILE_LABEL, _LABEL, _VALUE_LABEL, _NOTE = 64, 64, 255, 120, 80  # bytes SPSS holds


def spss_file(extract: Extract) -> bytes:
    """The selected patients as .sav.

    Categories are numbers from 1 in the dictionary's order, or the numbers they are called by where all of a category
    are ("0", "1", "2" of a performance status); members of a set are 0 and 1, each with value labels. An
    endpoint has ``<code>_time`` and ``<code>_status`` (0 censored, 1 event, 2 competing event); ``<rows>_end`` says
    which event or which reason it was.
    """
    import pyreadstat

    wide = _Wide(extract)
    names = short_names(wide.columns, _NAME, taken=_RESERVED)
    frame = pd.DataFrame(
        {"patient_id": extract.cohort.ids, **dict(zip(names, wide.columns.values(), strict=True))}, copy=False
    )
    new = dict(zip(wide.columns, names, strict=True))
    value_labels = {
        new[name]: {float(k): at_most(label, _VALUE_LABEL) for k, label in labels.items()}
        for name, labels in wide.value_labels.items()
    }
    return in_memory(
        lambda path: pyreadstat.write_sav(
            frame,
            path,
            file_label=at_most(extract.definition.short_title, _FILE_LABEL),
            note=[part for name, text in extract.about.items() for part in _parts(f"{name}: {text}")],
            column_labels={
                "patient_id": "Patient",
                **{new[name]: at_most(text, _LABEL) for name, text in wide.labels.items()},
            },
            variable_value_labels=value_labels,
            variable_measure={name: "nominal" if name in value_labels else "scale" for name in names},
        )
    )


def _own_numbers(levels: Mapping[str, str]) -> dict[str, int] | None:
    """Level code to the whole number that its label, else its code, is; None unless all are numbers and differ.

    Whoever uses a performance status as a number must find 0 to 4 in the file and not its place in a list.
    """
    for texts in (levels.values(), levels):
        if texts and all(_WHOLE.fullmatch(text) for text in texts):
            found = {level: int(float(text)) for level, text in zip(levels, texts, strict=True)}
            if len(set(found.values())) == len(found):
                return found
    return None


def _parts(text: str) -> list[str]:
    """A text in pieces that fit a line of SPSS's document."""
    parts = []
    while text:
        parts.append(at_most(text, _NOTE))
        text = text[len(parts[-1]) :]
    return parts


class _Wide:
    """Columns of numbers by our own name, with their labels."""

    def __init__(self, extract: Extract) -> None:
        self.columns, self.labels, self.value_labels = {}, {}, {}
        cohort, unit = extract.cohort, extract.definition.time_unit
        for column in patient_columns(cohort):
            label = f"{column.label} ({column.variable.unit})" if column.variable.unit else column.label
            if column.variable.kind == "number":
                self._put(column.name, label, column.values)
            else:
                numbered = FLAG_NUMBERS if column.levels is FLAG else _own_numbers(column.levels)
                self._coded(column.name, label, column.values, column.levels, numbered)
        for endpoint in extract.endpoints:
            out = cohort.outcome(endpoint)
            self._put(f"{endpoint.code}_time", f"{endpoint.label}: time ({unit})", out.time)
            status = np.where(np.isnan(out.time), np.nan, out.kind)
            self._put(f"{endpoint.code}_status", f"{endpoint.label}: status", status)
            self.value_labels[f"{endpoint.code}_status"] = STATUS
        for rows, short in {e.rows: e.short for e in reversed(extract.endpoints)}.items():
            self._coded(f"{rows}_end", f"{short}: ends with", *endings(cohort, rows))

    def _put(self, name: str, label: str, values) -> None:
        self.columns[name], self.labels[name] = numbers(values), label

    def _coded(
        self, name: str, label: str, values, levels: Mapping[str, str], numbered: Mapping[str, int] | None = None
    ) -> None:
        code = numbered or {level: number for number, level in enumerate(levels, 1)}
        self._put(name, label, [None if v is None else code[v] for v in values])
        self.value_labels[name] = {code[level]: text for level, text in levels.items()}
