"""Our own layout: ``cohort.toml`` written from the definition, and the tables as CSV.

It is the only format that holds everything: provenance, bounded times, cut-offs, colours, cautions. The strict reader
(``cohort.readers.folder``) reads it back to the same cohort. Cells are written letter for letter, also those that a
spreadsheet would take for a formula; the head of ``cohort.toml`` says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from cohort.dictionary import NOT_REPORTED, CohortDefinition, Endpoint, Level, Variable
from cohort.exports.archive import verbatim_csv, zip_bytes
from cohort.exports.extract import Extract
from cohort.mapping.toml_text import toml_text

_HEAD = """\
# Data dictionary of a cohort written by Riskset. An empty cell of a CSV file is a value that is not reported.
# Cells are letter for letter as in the source: open the files as text, for a spreadsheet runs cells that begin with
# = + - or @ as formulas. SHA-256 of the files the cohort was read from: {sha}
"""
_GAPS = Level(NOT_REPORTED, "not reported", "#8A8F98", (2, 3))  # the level the strict reader adds for empty cells
_TEXTS = ("id", "title", "short_title", "kind", "population", "summary", "time_unit", "data_cut")


def folder_zip(extract: Extract) -> bytes:
    """The folder as a .zip."""
    return zip_bytes(folder_files(extract))


def folder_files(extract: Extract) -> dict[str, bytes]:
    """The folder's files by name."""
    files = {"cohort.toml": cohort_toml(extract).encode("utf-8")}
    for name, file in extract.definition.files.items():
        columns = extract.cohort.tables[name].to_pydict()
        files[file] = verbatim_csv(_without_codes(columns, extract.definition) if name == "patients" else columns)
    return files


def cohort_toml(extract: Extract) -> str:
    """Text of ``cohort.toml``."""
    return _HEAD.format(sha=extract.cohort.fingerprint) + toml_text(_document(extract.definition))


def _document(definition: CohortDefinition) -> dict[str, Any]:
    texts = {name: getattr(definition, name) for name in _TEXTS}
    tables = {name: _flat(getattr(definition, name)) for name in ("citation", "licence", "adverse_events", "rules")}
    lists = {
        "variables": [_variable(v) for v in definition.variables],
        "endpoints": [_endpoint(e) for e in definition.endpoints],
        "reasons": [_entries(r) for r in definition.reasons],
        "events": [{"code": code, "label": label} for code, label in definition.events.items()],
        "caveats": [_flat(c) for c in definition.caveats],
    }
    return {**texts, "files": dict(definition.files), **{k: v for k, v in {**tables, **lists}.items() if v}}


def _entries(item: object) -> dict[str, Any]:
    """The fields of a dictionary entry that differ from their default."""
    return {f.name: value for f in fields(item) if (value := getattr(item, f.name)) != f.default}


def _variable(variable: Variable) -> dict[str, Any]:
    found = _entries(variable) | {
        "levels": [
            {"code": lv.code, "label": lv.label, "colour": lv.colour, "dash": lv.dash}
            for lv in variable.levels
            if lv != _GAPS
        ],
        "cutoffs": [_entries(c) for c in variable.cutoffs],
    }
    return {name: value for name, value in found.items() if value != []}


def _endpoint(endpoint: Endpoint) -> dict[str, Any]:
    found = _entries(endpoint)
    found["from"] = found.pop("rows")
    return found


def _flat(table: Mapping[str, Any]) -> dict[str, Any]:
    """Entries the dictionary keeps as the owner wrote them; a date or anything nested becomes its text."""
    return {name: v if isinstance(v, str | int | float) else str(v) for name, v in table.items()}


def _without_codes(columns: dict[str, list], definition: CohortDefinition) -> dict[str, list]:
    """Patient columns with the level of empty cells back to an empty cell."""
    for variable in definition.variables:
        if _GAPS in variable.levels:
            for column in [c.column for c in variable.cutoffs] or [variable.name]:
                columns[column] = [None if v == NOT_REPORTED else v for v in columns[column]]
    return columns
