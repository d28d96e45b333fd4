"""Endpoints of an upload as ``endpoints.csv``, with the entries of ``cohort.toml`` that explain it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from cohort.mapping import cells
from cohort.mapping.build_variables import trail
from cohort.mapping.codes import Codes, slug
from cohort.mapping.meanings import stated
from cohort.mapping.outcomes import Outcomes, all_outcomes
from cohort.mapping.patients import Patients
from cohort.mapping.roles import DAYS_A_MONTH, MONTHS, ORIGINS, EndpointMap
from cohort.mapping.words import (
    DEATH,
    ENDPOINTS,
    INTERCURRENT,
    LOST,
    RELAPSE,
    words_of,
)
from cohort.statistics.life_table import CENSORED, COMPETING, EVENT

_LANDMARKS = (12, 24, 36, 60)
_EARLY_LANDMARKS = (3, 6)
_SHAPES = ("stroke", "circle", "square", "triangle-up", "cross")


@dataclass(eq=False)
class EndpointFiles:
    """``endpoints.csv``, the entries that explain it, and where its values were read."""

    rows: pa.Table
    entries: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, str]] = field(default_factory=list)
    reasons: list[dict[str, Any]] = field(default_factory=list)
    trail: list[pa.Table] = field(default_factory=list)


def endpoint_files(patients: Patients) -> EndpointFiles:
    """Every endpoint that at least one patient is reported for; the others have nothing to draw."""
    codes, names = Codes(), Codes(lower=True)  # one vocabulary: a code means an event or a reason, never both
    out = EndpointFiles(pa.table({}))
    tables = []
    found = all_outcomes(patients)
    for endpoint in patients.mapping.endpoints:
        outcome = found[endpoint.code]
        if outcome.reported.any():
            code = names.of(endpoint.code)
            event, reason = _happened(outcome, codes)
            tables.append(_rows(patients, outcome, code, event, reason))
            out.entries.append(_entry(patients, endpoint, outcome, code, event, codes))
            out.trail += _trails(patients, endpoint, outcome, code, event, reason)
    if tables:
        out.rows = pa.concat_tables(tables)
    for key, code in codes.items():
        kind, _, label = key.partition(" ")
        if kind == "event":
            out.events.append({"code": code, "label": label})
        else:
            out.reasons.append(_reason(code, label, len(out.reasons)))
    return out


def _happened(outcome: Outcomes, codes: Codes) -> tuple[np.ndarray, np.ndarray]:
    """Event and reason codes by patient: object arrays, None where there is none."""
    event, reason = (np.full(len(outcome.kind), None, dtype=object) for _ in range(2))
    counted = set(outcome.label[outcome.kind == EVENT])
    for kind in (EVENT, COMPETING, CENSORED):
        for label in dict.fromkeys(outcome.label[outcome.kind == kind]):
            held = (outcome.kind == kind) & (outcome.label == label)
            if kind == CENSORED:
                reason[held] = codes.of(
                    f"reason {label}", "lost" if LOST.search(words_of(label)) else slug(label).lower()
                )
            else:
                shared = kind == COMPETING and label in counted
                event[held] = _event_code(f"{label} (competing)" if shared else label, codes)
    return event, reason


def _event_code(label: str, codes: Codes) -> str:
    said = stated(label)
    death = DEATH.search(said) and not RELAPSE.search(said)
    return codes.of(f"event {label}", "death" if death else slug(label).lower())


def _rows(patients: Patients, outcome: Outcomes, code: str, event: np.ndarray, reason: np.ndarray) -> pa.Table:
    held = outcome.reported
    time = cells.text(pa.array(outcome.time[held], pa.float64()))
    return pa.table(
        {
            "patient_id": pa.array(np.array(patients.shown_ids, dtype=object)[held], pa.string()),
            "endpoint": pa.array([code] * int(held.sum()), pa.string()),
            "time_lo": time,
            "time_hi": time,
            "event": pa.array(event[held], pa.string()),
            "reason": pa.array(reason[held], pa.string()),
        }
    )


def _entry(
    patients: Patients, endpoint: EndpointMap, outcome: Outcomes, code: str, event: np.ndarray, codes: Codes
) -> dict[str, Any]:
    origin = endpoint.origin or patients.mapping.origin
    counted, competing = (list(dict.fromkeys(event[outcome.kind == kind])) for kind in (EVENT, COMPETING))
    declared = [v.label for v in endpoint.event] or ["event"]
    _, happened, free = ENDPOINTS.get(code, ("", "had the event", "were free of the event"))
    longest = np.nanmax(outcome.time)
    landmarks = _LANDMARKS if longest >= _LANDMARKS[0] else _EARLY_LANDMARKS
    competes = bool(endpoint.competing or endpoint.competing_dates)
    return {
        "code": code,
        "label": endpoint.label,
        "short": endpoint.label,
        "kind": "incidence" if competes else "survival",
        "origin": origin,
        "origin_label": f"Months from {ORIGINS[origin]}",
        "event": counted or [_event_code(declared[0], codes)],
        "competing": competing,
        "event_label": happened,
        "free_label": free,
        "definition": _definition(patients, endpoint),
        "source": endpoint.table,
        "landmarks": [m for m in landmarks if m <= longest] or [1],
    }


def _definition(patients: Patients, endpoint: EndpointMap) -> str:
    """Where time and events come from, in words."""
    if endpoint.time:
        time = f"Time: column {endpoint.time}" + (
            "" if endpoint.unit == "months" else f", {endpoint.unit} converted to months"
        )
    else:
        time = f"Time: from {endpoint.start_date}, in days / {DAYS_A_MONTH}"
    if endpoint.last_contact_date:
        time += f"; without an event to {endpoint.last_contact_date}"
    if endpoint.where:
        time += f", where {endpoint.where[0]} is {endpoint.where[1]}"
    if not endpoint.status:
        competing = f" Competing: {', '.join(endpoint.competing_dates)}." if endpoint.competing_dates else ""
        return f"{time}. Event: {' or '.join(endpoint.event_dates)}, the earliest there is.{competing}"
    said = [
        f" {what}: {endpoint.status} is {' or '.join(v.value for v in values[:8])}."
        for what, values in (
            ("Event", endpoint.event),
            ("Competing", endpoint.competing),
            ("Censored", endpoint.censored),
        )
        if values
    ]
    return f"{time}.{''.join(said)}"


def _trails(
    patients: Patients, endpoint: EndpointMap, outcome: Outcomes, code: str, event: np.ndarray, reason: np.ndarray
) -> list[pa.Table]:
    missing = ~outcome.reported
    time = cells.text(pa.array(outcome.time, pa.float64(), mask=missing))
    factor = MONTHS[endpoint.unit] if endpoint.time else None
    rule = "dates" if factor is None else "number" if factor == 1 else "months"
    happened = pa.array(np.where(outcome.kind == CENSORED, reason, event), pa.string(), mask=missing)
    what = np.where(outcome.kind == CENSORED, f"{code}.reason", f"{code}.event")
    read = [
        (time, f"{code}.time_lo", outcome.time_cell, rule),
        (happened, what, outcome.kind_cell, "status"),
    ]
    if rule == "dates":
        start = patients.column(endpoint.table, endpoint.start_date, endpoint.where)
        read.append((time, f"{code}.time_lo", (np.full(len(start.index), endpoint.start_date), start.index), rule))
    out = []
    for value, variable, (column, index), how in read:
        raw = np.full(len(index), None, dtype=object)
        for name in dict.fromkeys(column[column != ""].tolist()):
            text = cells.text(patients.column(endpoint.table, name, endpoint.where).values)
            raw = np.where(column == name, np.array(text.to_pylist(), dtype=object), raw)
        out.append(trail(patients, "endpoints", variable, value, endpoint.table, column, index, raw, how))
    return out


def _reason(code: str, label: str, place: int) -> dict[str, Any]:
    said = words_of(label)
    if LOST.search(said):
        return {"code": code, "label": label, "shape": "triangle-down", "lost": True}
    if INTERCURRENT.search(said):
        return {"code": code, "label": label, "shape": "diamond", "intercurrent": True}
    return {"code": code, "label": label, "shape": _SHAPES[place % len(_SHAPES)]}
