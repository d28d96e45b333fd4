"""Columns of an upload as variables of a cohort: their entries in ``cohort.toml`` and their cells in patients.csv."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cohort.dictionary import NOT_REPORTED
from cohort.mapping import cells
from cohort.mapping.codes import Codes, slug
from cohort.mapping.patients import Patients
from cohort.mapping.roles import VARIABLE_ROLES, ColumnRole
from cohort.mapping.words import GENES, NO_WORDS, PATIENT, YES_WORDS, words_of
from cohort.readers.columns import SET_SEPARATOR

RULES = {
    "as_read": "The cell as read.",
    "level": "The cell looked up in the list of the variable's values.",
    "spelling": "Spellings that differ in case, space, hyphens or look-alike letters were read as one value.",
    "number": "The number in the cell; a unit beside it is dropped, “< 0.01” is read as the limit it names.",
    "member": "A ticked box, or a member of the list in the cell.",
    "months": "The time converted to months: days / 30.4375, weeks × 7 / 30.4375, years × 12.",
    "dates": "Days between two dates / 30.4375.",
    "status": "The cell looked up in the values that mean event, competing event or censored.",
    "grade": "The grade, or the word for it, as a whole number from 1 to 5.",
}
"""Rules by which cells are read, as provenance.csv names them."""

PROVENANCE = ("patient_id", "table", "variable", "value", "source", "row", "column", "line", "raw", "rule")
_BRIEF = 5
_PATIENT_ABROAD = re.compile(
    r"\b(alter|geschlecht|gewicht|grösse|größe|groesse|körpergewicht|körpergrösse|körpergröße|land|herkunft|"
    r"sexe|genre|poids|taille|pays|âge|edad|sexo|età|sesso)\b"
)
"""What is known of the patient and not of the disease, in German, French, Spanish and Italian."""


@dataclass(frozen=True, eq=False)
class Variable:
    """A variable: its entry in ``cohort.toml``, its cells by patient as text, and where they were read."""

    entry: dict[str, Any]
    cells: pa.Array
    trail: pa.Table


def trail(
    patients: Patients, target: str, variable: Any, value: pa.Array, table: str, column: Any, index, raw, rule: Any
) -> pa.Table:
    """Rows of provenance.csv for the values that are there; what is a string holds for all of them."""
    n = len(value)

    def each(what: Any) -> pa.Array:
        return pa.array([what] * n, pa.string()) if isinstance(what, str) else pa.array(what, pa.string())

    row = np.char.mod("%d", index + patients.raw(table).first_row)
    columns = (patients.shown_ids, target, variable, value, table, row, column, "", raw, rule)
    rows = pa.Table.from_arrays([each(c) for c in columns], names=list(PROVENANCE))
    return rows.filter(pc.and_(value.is_valid(), pa.array(index >= 0)))


def variables(patients: Patients, names: Codes) -> list[Variable]:
    """Every column that has a variable's role, in the mapping's order."""
    roles = patients.mapping.variables
    made = [_variable(patients, role, names.of(f"{role.table}\0{role.column}", _name(role))) for role in roles]
    brief = 0
    for role, variable in zip(roles, made, strict=True):
        leading = role.role == "treatment" or (role.role == "filter" and role.kind == "category" and _is_graded(role))
        if leading and brief < _BRIEF:
            variable.entry["group"], brief = "brief", brief + 1
    return made


def _name(role: ColumnRole) -> str:
    return slug(words_of(role.column)) or "variable"


def _is_graded(role: ColumnRole) -> bool:
    return any(w in words_of(f"{role.column} {role.label}").split() for w in ("risk", "stage", "grade", "eln", "group"))


def _group(role: ColumnRole) -> str:
    name = words_of(f"{role.column} {role.label}")
    if role.role == "outcome":
        return "outcome"
    patient = PATIENT.search(name) or _PATIENT_ABROAD.search(name)
    return "patient" if patient else "genes" if GENES.search(name) else "disease"


def _variable(patients: Patients, role: ColumnRole, name: str) -> Variable:
    entry = {
        "name": name,
        "label": role.words,
        "kind": role.kind,
        "role": VARIABLE_ROLES[role.role],
        "known_at": role.known_at,
        "group": _group(role),
        "source": f"{role.table}, column {role.column}",
    }
    if role.unit:
        entry["unit"] = role.unit
    if role.kind == "number":
        return _number(patients, role, entry)
    if role.members:
        return _tick_boxes(patients, role, entry)
    return _coded(patients, role, entry)


# ---- numbers -------------------------------------------------------------------------------------------------------
def _number(patients: Patients, role: ColumnRole, entry: dict[str, Any]) -> Variable:
    column = patients.numbers(role.table, role.column)
    known = column.values[np.isfinite(column.values)]
    low, high, step = limits(known)
    value = cells.text(pa.array(column.values, mask=~np.isfinite(column.values)))
    raw = cells.text(patients.column(role.table, role.column).values)
    rows = trail(patients, "patients", entry["name"], value, role.table, role.column, column.index, raw, "number")
    return Variable(entry | {"bounds": [low, high], "step": step}, value, rows)


def limits(values: np.ndarray) -> tuple[float, float, float]:
    """Readable limits of a slider that hold every value, and its step.

    The limits are multiples of the power of ten below the range (19.2 to 88.7 is 10 to 90), so that a few more
    patients seldom move them and a link keeps its meaning.
    """
    if not len(values):
        return 0, 1, 1
    low, high = float(values.min()), float(values.max())
    span = high - low or abs(high) or 1.0
    if not 1e-12 < span < 1e15:  # no measurement; rounding at these ends would overflow
        low, high = (low, high) if low < high else (min(low, 0.0), max(high, 0.0))
        return low, high, high / 100 - low / 100 or 1.0
    unit = 10.0 ** math.floor(math.log10(span))
    whole = bool((values == values.round()).all())
    unit = max(unit, 1.0) if whole else unit
    bounds = [math.floor(low / unit) * unit, math.ceil(high / unit) * unit]
    if bounds[0] == bounds[1]:
        bounds[1] += unit
    digits = max(0, -math.floor(math.log10(unit)))
    bounds = [min(round(bounds[0], digits), low), max(round(bounds[1], digits), high)]
    step = max(unit / 100, 1.0) if whole else unit / 100
    return *(int(b) if b == round(b) and abs(b) < 1e15 else b for b in bounds), int(step) if step >= 1 else step


# ---- categories and sets -------------------------------------------------------------------------------------------
def _coded(patients: Patients, role: ColumnRole, entry: dict[str, Any]) -> Variable:
    column = patients.texts(role)
    encoded = column.values.dictionary_encode()
    found = encoded.dictionary.to_pylist()
    parts = [cells.split(t, role.separator) if role.kind == "set" and role.separator else [t] for t in found]
    labels = {v.value: v.label for v in role.levels}
    for member in (m for part in parts for m in part):
        labels.setdefault(member, member.strip())
    codes = Codes(taken=(NOT_REPORTED,))
    code = {value: codes.of(value, _wanted(role, value) or slug(label)) for value, label in labels.items()}
    table = pa.array([SET_SEPARATOR.join(code[m] for m in part) for part in parts], pa.string())
    value = table.take(encoded.indices)
    entry["levels"] = [{"code": code[v], "label": label or v} for v, label in labels.items()]
    raw = cells.text(patients.column(role.table, role.column).values)
    rule = "member" if role.kind == "set" else "level"
    rules = pc.if_else(pc.equal(raw, column.values), rule, "spelling")
    rows = trail(patients, "patients", entry["name"], value, role.table, role.column, column.index, raw, rules)
    return Variable(entry, value, rows)


def _wanted(role: ColumnRole, value: str) -> str:
    """Code of a safety set's values is yes or no, by which it is found."""
    if role.role != "safety":
        return ""
    said = words_of(value)
    return "yes" if said in YES_WORDS else "no" if said in NO_WORDS else ""


def _tick_boxes(patients: Patients, role: ColumnRole, entry: dict[str, Any]) -> Variable:
    codes = Codes(taken=(NOT_REPORTED,))
    columns = [patients.column(role.table, member.value) for member in role.members]
    read = [np.array(cells.text(c.values).to_pylist(), dtype=object) for c in columns]
    answered = np.any([t != None for t in read], axis=0)  # noqa: E711 - elementwise
    ticked = [np.isin(np.array([words_of(x or "") for x in t]), YES_WORDS) for t in read]
    code = [codes.of(m.value, slug(m.label)) for m in role.members]
    nothing = codes.of("", "none_ticked")
    held = [[c for c, t in zip(code, ticked, strict=True) if t[i]] or [nothing] for i in range(len(patients.ids))]
    value = pa.array([SET_SEPARATOR.join(h) for h in held], pa.string(), mask=~answered)
    entry["levels"] = [{"code": c, "label": m.label} for c, m in zip(code, role.members, strict=True)]
    if any(h == [nothing] for h, a in zip(held, answered, strict=True) if a):
        entry["levels"].append({"code": nothing, "label": "none ticked"})
    rows = [
        trail(
            patients,
            "patients",
            entry["name"],
            pa.array([c] * len(t), pa.string(), mask=~t),
            role.table,
            member.value,
            column.index,
            list(text),
            "member",
        )
        for c, t, member, column, text in zip(code, ticked, role.members, columns, read, strict=True)
    ]
    return Variable(entry, value, pa.concat_tables(rows))
