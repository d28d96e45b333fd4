"""Adverse events of an upload as ``ae_events.csv``, with their entry in ``cohort.toml``."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cohort.mapping import cells
from cohort.mapping.patients import Patients
from cohort.mapping.roles import MONTHS, ColumnRole
from cohort.mapping.words import NO_WORDS, ROMAN, SEVERITY, YES_WORDS, words_of
from cohort.readers.text import collapse_space


@dataclass(frozen=True, eq=False)
class EventFiles:
    """``ae_events.csv``, its entry in ``cohort.toml`` and where its values were read."""

    rows: pa.Table
    entry: dict[str, Any]
    trail: pa.Table


def event_files(patients: Patients, safety: str) -> EventFiles | None:
    """Adverse events of the cohort's patients, one row an event; None without any.

    The product counts a patient once a term, with the worst grade. Where a flag of treatment-emergent events is
    mapped, only flagged rows are kept. ``safety`` names the variable of the safety set, "" for none.
    """
    roles, use = patients.mapping.adverse_events, patients.mapping.event_table
    if use is None or not use.id:
        return None
    read = {name: cells.text(patients.raw(use.table, role.column).values) for name, role in roles.items()}
    held = event_rows(patients) & read["ae_term"].is_valid().to_numpy(zero_copy_only=False)
    if not held.any():
        return None
    place, index = patients.positions(use.table)[held], np.flatnonzero(held)
    text = {name: values.filter(pa.array(held)) for name, values in read.items()}
    nothing = pa.nulls(len(index), pa.string())
    grade = _looked_up(text["ae_grade"], grade_of) if "ae_grade" in text else nothing
    rows = pa.table(
        {
            "patient_id": pa.array([patients.shown_ids[p] for p in place], pa.string()),
            "term": _terms(text["ae_term"]),
            "grade": grade,
            "onset_month": _onset(text["ae_onset"], roles["ae_onset"]) if "ae_onset" in text else nothing,
            "serious": _looked_up(text["ae_serious"], yes_no) if "ae_serious" in text else nothing,
            "related": _looked_up(text["ae_related"], yes_no) if "ae_related" in text else nothing,
        }
    )
    entry = {"scale": patients.mapping.grade_scale or "grades as reported", "level": "patient"}
    if safety:
        entry["safety_variable"] = safety
    entry["note"] = _note(roles, bool(safety))
    at = pa.array([patients.raw(use.table).first_row + int(i) for i in index]).cast(pa.string())
    source = roles.get("ae_grade", roles["ae_term"]).column
    raw = text.get("ae_grade", text["ae_term"])
    fixed = {"table": "ae_events", "source": use.table, "column": source, "line": "", "rule": "grade"}
    shown = pc.coalesce(grade, pa.scalar("not graded"))
    trail_rows = {"patient_id": rows["patient_id"], "variable": rows["term"], "value": shown, "row": at, "raw": raw}
    trail_rows |= {name: pa.array([what] * len(index), pa.string()) for name, what in fixed.items()}
    return EventFiles(rows, entry, pa.table(trail_rows))


def event_rows(patients: Patients) -> np.ndarray:
    """Rows of the table of adverse events that count: a patient of the cohort, and flagged where there is a flag."""
    roles, use = patients.mapping.adverse_events, patients.mapping.event_table
    held = patients.positions(use.table) >= 0
    if "ae_flag" in roles:
        held = held & patients.matches(use.table, (roles["ae_flag"].column, "Y"))
    return held


def _looked_up(values: pa.Array, rule: Callable[[str], str | None]) -> pa.Array:
    return cells.replaced(values, {t: rule(t) for t in pc.unique(values).to_pylist() if t is not None})


def _terms(values: pa.Array) -> pa.Array:
    """Terms as written; where all are in capitals, as MedDRA terms in SAS files are, in sentence case."""
    found = pc.unique(values).to_pylist()
    capitals = all(t.isupper() for t in found if any(c.isalpha() for c in t))
    return cells.replaced(values, {t: collapse_space(t.capitalize() if capitals else t) or t for t in found})


def grade_of(text: str) -> str | None:
    """Grade 1 to 5 of "3", "Grade 3", "G3", "III" or "SEVERE" as text; None for anything else."""
    said = words_of(text)
    if said in SEVERITY:
        return str(SEVERITY[said])
    match = re.fullmatch(r"(?:ctcae )?(?:grade|gr|g)? ?([1-5]|iv|v|i{1,3})(?: 0)?", said)
    return None if match is None else str(ROMAN.get(match[1], match[1]))


def yes_no(text: str) -> str | None:
    """ "yes" or "no" of a cell that says whether an event is serious or related; None if it says neither."""
    said = words_of(text)
    return "yes" if said in YES_WORDS else "no" if said in NO_WORDS else None


def _onset(values: pa.Array, role: ColumnRole) -> pa.Array:
    """Months from the start of treatment; day 1 is the first day (CDISC has no day 0)."""
    number = cells.numbers(values, lenient=True)
    unit = role.unit if role.unit in MONTHS else "days"
    if unit == "days":
        number = np.where(number > 0, number - 1, number)
    months = number * MONTHS[unit]
    return cells.text(pa.array(months, mask=~np.isfinite(months)))


def _note(roles: dict[str, ColumnRole], safety: bool) -> str:
    kept = f" Only treatment-emergent events ({roles['ae_flag'].column} = Y) are kept." if "ae_flag" in roles else ""
    base = "the safety set" if safety else "all patients"
    counted = f"A patient counts once a term, with the worst grade, of {base}."
    return f"Adverse events as uploaded, one row an event. {counted}{kept}"
