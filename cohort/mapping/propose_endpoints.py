"""Which columns hold times and events: pairs of a time and a status, or dates."""

from __future__ import annotations

import re
from collections.abc import Collection

import numpy as np
import pyarrow as pa

from cohort.mapping import cells
from cohort.mapping.meanings import COMPETING, HAPPENS, NOTHING, meaning, says_event, stated
from cohort.mapping.propose_columns import MOSTLY
from cohort.mapping.roles import EndpointMap, Value
from cohort.mapping.words import (
    ABBREVIATED,
    CENSOR_NAME,
    DEATH,
    ENDPOINT_NAMES,
    ENDPOINTS,
    HAPPENED,
    LAST_CONTACT,
    NOT_A_TIME,
    PLAIN_STATUS,
    PLAIN_TIME,
    PROGNOSTIC,
    RELAPSE,
    START_DATES,
    STATUS,
    STATUS_WORDS,
    TIME,
    TIME_WORDS,
    UNIT_WORDS,
    words_of,
)
from cohort.readers.raw import RawColumn, RawTable

MAX_STATUS = 8
"""Different values up to which a column can be a status."""
LONG_MONTHS = 400
"""Times beyond this many are taken as days where no unit is stated: no cohort is followed for 33 years in months."""
EVENT_LABELS = {"os": "death", "dss": "death from the disease", "ttr": "relapse", "ttp": "progression"}
TITLED = re.compile(r"(\S.*): time \((days|weeks|months|years)\)")
CODED = re.compile(r"\s*(\d+)\s*[:=]\s*(\S.*)")
"""A status that carries its code and its words: "1:DECEASED"."""


def table_endpoints(table: RawTable, skip: Collection[str] = ()) -> tuple[EndpointMap, ...]:
    """Endpoints of a table with one row a patient: a time with the status that fits it best, else dates.

    Overall survival comes first, then the order of the columns.
    """
    columns = [c for c in table.columns if c.name not in skip]
    found: dict[str, EndpointMap] = {}
    for time, status in _pairs(columns):
        code, label = _called(time, status)
        code = next(c for c in (code, *(f"{code}_{i}" for i in range(2, 99))) if c not in found)
        event, competing, censored = status_values(status, code, time)
        if any(label == e.label for e in found.values()):
            label = f"{label} ({time.name})"  # two of one name could not be told apart
        found[code] = EndpointMap(
            code=code,
            label=label,
            table=table.name,
            time=time.name,
            unit=stated_unit(time) or likely_unit(time),
            status=status.name,
            event=event,
            competing=competing,
            censored=censored,
        )
    for endpoint in _by_dates(table, columns):
        found.setdefault(endpoint.code, endpoint)
    return tuple(sorted(found.values(), key=lambda e: e.code != "os"))


def stated_unit(time: RawColumn) -> str:
    """Unit of time that a column's unit, name or label states, "" if none."""
    for name in (time.unit, time.name, time.label):
        for unit, pattern in UNIT_WORDS.items():
            if pattern.search(words_of(name)):
                return unit
    return ""


def likely_unit(time: RawColumn) -> str:
    """Unit of time where none is stated; the mapping step asks."""
    numbers = cells.numbers(time.values, lenient=True)
    return "days" if np.nanmax(numbers, initial=0) > LONG_MONTHS else "months"


def status_values(
    status: RawColumn, code: str, time: RawColumn | None = None
) -> tuple[tuple[Value, ...], tuple[Value, ...], tuple[Value, ...]]:
    """Which values of a status mean event, competing event and censored. Words that say neither are in none.

    Words: see :func:`cohort.mapping.meanings.meaning`.

    Numbers: 1 of {0, 1} and 2 of {1, 2} is the event (R's conventions), of three values or more 1 is the event, 0 is
    censored and the other whole numbers compete; a fraction is no code. A column called CNSR counts the other way
    (CDISC ADaM: 0 is the event). Columns called censor or the like are found coded both ways: there the value whose
    times are later is censored.
    """
    found = list(dict.fromkeys(cells.spellings(cells.counted(status.values), status.levels).values()))
    labels = {v: _status_label(v, status) for v in found}
    event_label = EVENT_LABELS.get(code.rstrip("_0123456789"), "event")
    if all(v in ("true", "false") for v in found) and pa.types.is_boolean(status.values.type):
        return (Value("true", event_label),), (), (Value("false", "censored"),)
    if any(not np.isnan(cells.number_in(labels[v])) for v in found):
        numbers = sorted((v for v in found if not np.isnan(cells.number_in(v))), key=cells.number_in)
        event, competing, censored = _coded(numbers, status, time)
        return (
            tuple(Value(v, event_label) for v in event),
            tuple(Value(v, f"competing event {v}") for v in competing),
            tuple(Value(v, "censored") for v in censored),
        )
    kind = code.rstrip("_0123456789")
    happened = [(bool(RELAPSE.search(t)), bool(DEATH.search(t))) for t in map(stated, labels.values())]
    if kind not in ENDPOINTS and (True, False) in happened and (False, True) in happened:
        kind = "ttr"  # relapses and deaths are told apart, so a relapse is what is counted
    meant = {v: meaning(v, labels[v], kind) for v in found}
    event, competing, censored = (
        tuple(Value(v, labels[v]) for v in found if meant[v] == what) for what in (HAPPENS, COMPETING, NOTHING)
    )
    return event, competing, censored


def _coded(numbers: list[str], status: RawColumn, time: RawColumn | None) -> tuple[list[str], list[str], list[str]]:
    name = words_of(status.name)
    if name == "cnsr":
        return [v for v in numbers if v == "0"], [], [v for v in numbers if v != "0"]
    if numbers == ["1", "2"]:
        event, censored = ["2"], ["1"]
    else:
        event, censored = [v for v in numbers if v == "1"], [v for v in numbers if v == "0"]
    if len(numbers) == 2 and CENSOR_NAME.search(name) and time is not None and event and censored:
        at, held = cells.numbers(time.values), np.array(cells.text(status.values).to_pylist(), dtype=object)
        early, late = (at[np.isfinite(at) & (held == v)] for v in (event[0], censored[0]))
        if early.size and late.size and np.median(early) > np.median(late):
            event, censored = censored, event
    rest = [v for v in numbers if v not in (*event, *censored) and cells.number_in(v).is_integer()]
    return event, rest, censored


def _status_label(value: str, status: RawColumn) -> str:
    match = CODED.fullmatch(value)
    return str(status.levels.get(value) or (match[2] if match else value)).strip()


# ---- pairs ---------------------------------------------------------------------------------------------------------
def _pairs(columns: list[RawColumn]) -> list[tuple[RawColumn, RawColumn]]:
    """Times with their statuses, best fit first decided, in column order; a status serves one time."""
    states = [c for c in columns if _is_status(c)]
    times = [c for c in columns if c not in states and _is_time(c)]
    scored = [(_fit(t, s), i, j) for i, t in enumerate(times) for j, s in enumerate(states)]
    chosen: dict[int, int] = {}
    for fit, i, j in sorted(scored, key=lambda x: (-x[0], x[1], x[2])):
        if (fit > 1 or len(scored) == 1) and i not in chosen and j not in chosen.values():
            chosen[i] = j
    return [(times[i], states[j]) for i, j in sorted(chosen.items())]


def _is_time(column: RawColumn) -> bool:
    name = words_of(column.name)
    named = any(TIME.search(n) and not NOT_A_TIME.search(n) for n in (name, words_of(column.label)) if n)
    named = named or (bool(ABBREVIATED.fullmatch(name)) and len(cells.counted(column.values)) > MAX_STATUS)
    if not named or column.levels or pa.types.is_boolean(column.values.type) or NOT_A_TIME.search(name):
        return False
    numbers = cells.numbers(column.values, lenient=True)
    filled = len(column.values) - column.values.null_count
    return bool(filled) and np.isfinite(numbers).sum() >= MOSTLY * filled


def _is_status(column: RawColumn) -> bool:
    name = f"{words_of(column.name)} {words_of(column.label)}".strip()
    if pa.types.is_date(column.values.type) or PROGNOSTIC.search(name):
        return False
    found = cells.counted(column.values)
    if len(found) > 4 * MAX_STATUS or not 1 <= len(set(cells.spellings(found).values())) <= MAX_STATUS:
        return False
    in_words = any(says_event(t) and HAPPENED.search(words_of(t)) for t in found)
    event, _, censored = status_values(column, "")
    return bool(event or censored) and bool(STATUS.search(name) or in_words)


def _fit(time: RawColumn, status: RawColumn) -> int:
    """How well a status fits a time; 1 is only good enough where there is no other."""
    t, s = words_of(time.name), words_of(status.name)
    stem = _stem(t, TIME_WORDS)
    if stem and stem == _stem(s, STATUS_WORDS):
        return 10
    kind, of_status = endpoint_kind(t) or endpoint_kind(words_of(time.label)), endpoint_kind(_stem(s, STATUS_WORDS))
    if kind and kind == of_status:
        return 8
    said = " ".join(words_of(v.label) for v in status_values(status, "")[0])
    if kind and (RELAPSE if kind not in ("os", "dss") else DEATH).search(f"{said} {s}"):
        return 5
    plain_time = bool(PLAIN_TIME.fullmatch(t))
    if PLAIN_STATUS.fullmatch(s) and (kind or plain_time):
        return 3
    return 2 if plain_time and STATUS.search(s) else 1


def _stem(name: str, words: str) -> str:
    """What a name holds beside the words for time or status: "os" of "os months", "rfs" of "rfstime"."""
    left = re.sub(rf"\b({words})\b", " ", name)
    left = re.sub(r"(?<=\w)(time|status|stat|event|cens|months|days|ind)$", "", " ".join(left.split()))
    return " ".join(left.split())


def endpoint_kind(name: str) -> str:
    """Endpoint code that a name means, "" if none."""
    return next((code for code, called in ENDPOINT_NAMES.items() if re.search(called, name)), "")


def _called(time: RawColumn, status: RawColumn) -> tuple[str, str]:
    """Code and label of a pair. A label "…: time (months)", as our own SPSS files have it, is the endpoint's own."""
    if titled := TITLED.fullmatch(time.label):
        kind = endpoint_kind(words_of(titled[1]))
        return kind or re.sub(r"\W+", "_", _stem(words_of(time.name), TIME_WORDS)) or "event", titled[1]
    stem = _stem(words_of(time.name), TIME_WORDS)
    of_status = _stem(words_of(status.name), STATUS_WORDS)
    kind = next((k for k in map(endpoint_kind, (words_of(time.name), words_of(time.label), stem, of_status)) if k), "")
    said = " ".join(words_of(v.label) for v in status_values(status, "")[0])
    if not kind and (not stem or PLAIN_TIME.fullmatch(words_of(time.name))) and DEATH.search(said):
        kind = "os"
    if kind:
        return kind, ENDPOINTS[kind][0]
    if stem and stem == of_status:
        return re.sub(r"\W+", "_", stem), time.label or stem.upper()
    plain = re.fullmatch(STATUS_WORDS, words_of(status.name))
    return "event", "Time to event" if plain and not status.label else f"Time to {status.label or status.name}"


# ---- dates ---------------------------------------------------------------------------------------------------------
def _by_dates(table: RawTable, columns: list[RawColumn]) -> list[EndpointMap]:
    """Overall and relapse-free survival and incidence of relapse, as far as there are dates for them."""
    days = {c.name: f"{words_of(c.name)} {words_of(c.label)}" for c in columns if pa.types.is_date(c.values.type)}
    last = [c for c, name in days.items() if LAST_CONTACT.search(name)]
    death = [c for c, name in days.items() if DEATH.search(name) and c not in last]
    relapse = [c for c, name in days.items() if RELAPSE.search(name) and c not in last]
    rest = {c: name for c, name in days.items() if c not in (*last, *death, *relapse) and "birth" not in name}
    starts = [(origin, c) for origin, called in START_DATES.items() for c, name in rest.items() if called.search(name)]
    if not starts or not last:
        return []
    base = {"table": table.name, "start_date": starts[0][1], "last_contact_date": last[0], "origin": starts[0][0]}
    found = []
    if death:
        found.append(EndpointMap("os", ENDPOINTS["os"][0], **base, event_dates=(death[0],)))
    elif status := next((c for c in columns if _is_status(c) and _speaks_of_death(c)), None):
        event, _, censored = status_values(status, "os")
        values = {"status": status.name, "event": event, "censored": censored}
        found.append(EndpointMap("os", ENDPOINTS["os"][0], **base, **values))
    if relapse:
        ends = (relapse[0], *death[:1])
        found.append(EndpointMap("rfs", ENDPOINTS["rfs"][0], **base, event_dates=ends))
    if relapse and death:
        dates = {"event_dates": (relapse[0],), "competing_dates": (death[0],)}
        found.append(EndpointMap("cir", ENDPOINTS["cir"][0], **base, **dates))
    return found


def _speaks_of_death(status: RawColumn) -> bool:
    said = " ".join(words_of(v.label) for v in status_values(status, "")[0])
    return bool(DEATH.search(f"{said} {words_of(status.name)}"))
