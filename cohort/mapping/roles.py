"""What an uploaded file means: the role of each column, the endpoints and the adverse events.

A mapping is proposed, edited by its owner and then applied. It holds names and words only, never a patient's value, so
it can be kept as JSON beside the file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping as MappingType
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from typing import Any

from cohort.errors import CohortError

VARIABLE_ROLES = {
    "filter": "baseline",
    "treatment": "treatment",
    "outcome": "outcome",
    "safety": "process",
}
"""Roles that make a column a variable of the cohort, with the role it gets in ``cohort.toml``."""

ENDPOINT_ROLES = ("time", "event", "start_date", "event_date", "last_contact_date", "censor_reason")
EVENT_ROLES = ("ae_term", "ae_grade", "ae_serious", "ae_related", "ae_onset", "ae_flag")
ROLES = ("id", *VARIABLE_ROLES, *ENDPOINT_ROLES, *EVENT_ROLES, "skip")
KINDS = ("category", "number", "set")
RULES = ("one", "first", "fill")
KNOWN_AT = ("diagnosis", "maintenance", "after")

DAYS_A_MONTH = 30.4375
"""365.25 / 12, the convention of CDISC and of STATISTICS C1."""

MONTHS = {"months": 1.0, "days": 1 / DAYS_A_MONTH, "weeks": 7 / DAYS_A_MONTH, "years": 12.0}
"""Months in one unit of time."""

ORIGINS = {
    "start": "time zero of the uploaded file",
    "diagnosis": "diagnosis",
    "randomisation": "randomisation",
    "treatment": "start of treatment",
    "remission": "remission",
    "maintenance": "start of maintenance",
    "transplant": "transplant",
    "response": "response",
}
"""Time zeros a clock can have: code, and the words after "Months from"."""


class MappingError(CohortError):
    """A mapping cannot be applied to the upload: what is wrong, the value seen, what is allowed, what to do."""


@dataclass(frozen=True)
class Value:
    """One value a cell can hold, as its text, and what it is called."""

    value: str
    label: str


@dataclass(frozen=True)
class TableUse:
    """A table with the patient's values.

    Attributes
    ----------
    table : its name in the upload
    id : column with the patient's id; "" only in the first table: every row is then a patient
    rule : what holds where a patient has several rows: "one" (that is a fault), "first" (the first row counts) or
        "fill" (in each column the first cell that is filled, as in a longitudinal REDCap export)
    """

    table: str
    id: str
    rule: str = "one"


@dataclass(frozen=True)
class ColumnRole:
    """What one column is used for.

    Attributes
    ----------
    table, column : where it is; for a set of tick-box columns the name of the group
    role : one of ROLES
    kind : "category", "number" or "set", for a variable
    label, unit : words for it
    levels : values of a category or set in display order; a value that is missing here is added at the end
    known_at : "diagnosis", "maintenance" or "after", as in ``cohort.toml``
    separator : what separates the members of a set within a cell
    members : tick-box columns of a set, each with its label
    private : whether it looks like something that identifies a person
    reason : why this role was proposed, in words
    """

    table: str
    column: str
    role: str
    kind: str = "category"
    label: str = ""
    unit: str = ""
    levels: tuple[Value, ...] = ()
    known_at: str = "diagnosis"
    separator: str = ""
    members: tuple[Value, ...] = ()
    private: bool = False
    reason: str = ""

    @property
    def words(self) -> str:
        """What to call it."""
        return self.label or self.column


@dataclass(frozen=True)
class EndpointMap:
    """Where an endpoint's times and events come from: a time and a status, or dates.

    Attributes
    ----------
    code, label : as in ``cohort.toml``
    table : table of all columns below
    time, unit : column of times, and one of MONTHS
    status : column that says what happened
    event, competing, censored : its values by meaning
    start_date, event_dates, competing_dates, last_contact_date : columns of dates, where there is no ``time``. The
        earliest of the event and competing dates ends the time; without one, the last contact does.
    event_text, censor_reason : columns that describe an event and say why a patient was censored
    where : (column, value) a row must have, in a table with several endpoints
    origin : one of ORIGINS, "" for the mapping's
    """

    code: str
    label: str
    table: str
    time: str = ""
    unit: str = "months"
    status: str = ""
    event: tuple[Value, ...] = ()
    competing: tuple[Value, ...] = ()
    censored: tuple[Value, ...] = ()
    start_date: str = ""
    event_dates: tuple[str, ...] = ()
    competing_dates: tuple[str, ...] = ()
    last_contact_date: str = ""
    event_text: str = ""
    censor_reason: str = ""
    where: tuple[str, str] | None = None
    origin: str = ""

    @property
    def columns(self) -> dict[str, str]:
        """Every column it is read from, with the role it plays."""
        found = {self.time: "time", self.status: "event", self.start_date: "start_date"}
        found |= {self.last_contact_date: "last_contact_date"}
        found |= dict.fromkeys((*self.event_dates, *self.competing_dates), "event_date")
        found |= dict.fromkeys((self.event_text, self.censor_reason), "censor_reason")
        return {column: role for column, role in found.items() if column}


@dataclass(frozen=True)
class Mapping:
    """Everything needed to make a cohort of an upload.

    Attributes
    ----------
    title : of the cohort
    tables : the patients' tables; the first says who is in the cohort
    columns : role of each column
    endpoints : in display order; the first opens
    origin : time zero of the endpoints that name none
    grade_scale : scale of the adverse events' grades, in words
    running_ids : replace the ids by running numbers
    """

    title: str
    tables: tuple[TableUse, ...]
    columns: tuple[ColumnRole, ...]
    endpoints: tuple[EndpointMap, ...] = ()
    origin: str = "start"
    grade_scale: str = ""
    running_ids: bool = False

    @property
    def variables(self) -> tuple[ColumnRole, ...]:
        """Columns that become variables of the cohort."""
        return tuple(c for c in self.columns if c.role in VARIABLE_ROLES)

    @cached_property
    def adverse_events(self) -> dict[str, ColumnRole]:
        """Columns of adverse events by role; empty without a column of terms."""
        found = {c.role: c for c in self.columns if c.role in EVENT_ROLES}
        return found if "ae_term" in found else {}

    @cached_property
    def event_table(self) -> TableUse | None:
        """The table of adverse events with its patient column."""
        if not self.adverse_events:
            return None
        table = self.adverse_events["ae_term"].table
        ids = [c.column for c in self.columns if c.table == table and c.role == "id"]
        return TableUse(table, ids[0] if ids else "", "first")

    def to_json(self) -> str:
        """The mapping as JSON text; :meth:`from_json` reads it back."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, text: str) -> Mapping:
        """Read a mapping from JSON text.

        Raises
        ------
        MappingError
            The text is not JSON, an entry is missing or not known, or a word is not one of those allowed.
        """
        try:
            raw = json.loads(text)
        except (ValueError, RecursionError) as problem:
            raise MappingError(f"mapping: not valid JSON ({problem}).") from None
        return _read(cls, raw, "mapping")


_PARTS: dict[str, type] = {
    "tables": TableUse,
    "columns": ColumnRole,
    "endpoints": EndpointMap,
    "levels": Value,
    "members": Value,
    "event": Value,
    "competing": Value,
    "censored": Value,
}
_ALLOWED = {
    "role": ROLES,
    "kind": KINDS,
    "rule": RULES,
    "known_at": KNOWN_AT,
    "unit": tuple(MONTHS),
    "origin": ("", *ORIGINS),
}


def _read(kind: type, raw: Any, place: str) -> Any:
    """A dataclass from its JSON form, every entry checked."""
    known = {f.name: f.type for f in fields(kind)}
    if not isinstance(raw, MappingType) or set(raw) - set(known):
        raise MappingError(f"{place}: not an entry. Seen: {str(raw)[:80]!r}. Allowed: {', '.join(known)}.")
    entry: dict[str, Any] = {}
    for name, value in raw.items():
        here = f"{place}, {name}"
        if name in _PARTS and isinstance(value, list):
            entry[name] = tuple(_read(_PARTS[name], part, here) for part in value)
        elif known[name] == "bool":
            entry[name] = _of(bool, value, here)
        elif known[name] == "str":
            entry[name] = _of(str, value, here)
        elif value is None and "None" in str(known[name]):
            entry[name] = None
        else:
            entry[name] = tuple(_of(str, part, here) for part in _of(list, value, here))
            if name == "where" and len(entry[name]) != 2:
                raise MappingError(f"{here}: not what is expected. Seen: {value!r}. Allowed: a column and its value.")
        # a variable's unit is free text; an endpoint's is a unit of time
        if name in _ALLOWED and (name != "unit" or kind is EndpointMap) and value not in _ALLOWED[name]:
            raise MappingError(f"{here}: not known. Seen: {value!r}. Allowed: {', '.join(_ALLOWED[name])}.")
    try:
        return kind(**entry)
    except TypeError as problem:
        raise MappingError(f"{place}: an entry is missing ({problem}).") from None


def _of(kind: type, value: Any, place: str) -> Any:
    if not isinstance(value, kind):
        raise MappingError(f"{place}: not what is expected. Seen: {str(value)[:80]!r}. Allowed: a {kind.__name__}.")
    return value
