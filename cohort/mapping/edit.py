"""Changes to a mapping by its owner. Each returns a new mapping in which roles, ids and endpoints agree again."""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Mapping as MappingType
from dataclasses import replace
from typing import Any

import pyarrow as pa

from cohort.mapping import cells
from cohort.mapping.outcomes import swapped
from cohort.mapping.propose_columns import SEPARATORS, column_role, levels
from cohort.mapping.propose_endpoints import likely_unit, stated_unit, status_values
from cohort.mapping.roles import ENDPOINT_ROLES, EVENT_ROLES, ColumnRole, EndpointMap, Mapping, TableUse, Value
from cohort.mapping.words import START_DATES, words_of
from cohort.readers.raw import RawTable, Upload

NEW = "New endpoint"

Place = tuple[str, str]
"""A column: its table and its name."""


def with_column(upload: Upload, mapping: Mapping, place: Place, **changes: Any) -> Mapping:
    """Change what one column is used for. Another kind brings the levels or the separator it needs."""

    def changed(column: ColumnRole) -> ColumnRole:
        if "kind" not in changes or changes["kind"] == column.kind or column.members:
            return replace(column, **{k: v for k, v in changes.items() if k != "kind"})
        found = cells.counted(upload.table(column.table).column(column.column).values)
        shape: dict[str, Any] = {"levels": (), "separator": ""}
        if changes["kind"] == "category":
            shape["levels"] = levels(found, upload.table(column.table).column(column.column).levels)
        elif changes["kind"] == "set":
            shape["separator"] = next((s for s in SEPARATORS if any(s in t for t in found)), SEPARATORS[0])
            shape["levels"] = levels(cells.members(found, shape["separator"]))
        return replace(column, **changes, **shape)

    return _columns(mapping, lambda c: changed(c) if (c.table, c.column) == place else c)


def with_private(upload: Upload, mapping: Mapping, kept: Collection[Place]) -> Mapping:
    """Keep these of the columns that may identify a person, as filters, and leave the others out."""

    def decided(column: ColumnRole) -> ColumnRole:
        if not column.private or ((column.table, column.column) in kept) == (column.role != "skip"):
            return column
        if column.role != "skip":
            return replace(column, role="skip")
        raw = upload.table(column.table).column(column.column)
        if pa.types.is_floating(raw.values.type) or pa.types.is_integer(raw.values.type):
            return replace(column, role="filter", kind="number")
        return replace(column, role="filter", kind="category", levels=levels(cells.counted(raw.values), raw.levels))

    return _columns(mapping, decided)


def with_id(upload: Upload, mapping: Mapping, table: str, column: str) -> Mapping:
    """Name the column with the patient's id in one table, "" where every row of the first table is a patient."""
    found = [c for c in mapping.columns if not (c.table == table and c.role == "id")]
    found = [c for c in found if (c.table, c.column) != (table, column)]
    before = [c for c in mapping.columns if c.table == table and c.role == "id" and c.column != column]
    found += [column_role(upload.table(table), upload.table(table).column(c.column)) for c in before]
    if column:
        found.append(ColumnRole(table, column, "id"))
    tables = tuple(replace(u, id=column) if u.table == table else u for u in mapping.tables)
    return replace(mapping, tables=tables, columns=_in_order(upload, found))


# ---- endpoints -----------------------------------------------------------------------------------------------------
def with_endpoint(upload: Upload, mapping: Mapping, code: str, **changes: Any) -> Mapping:
    """Change one endpoint. Another status brings its values, another time its unit, another start its time zero."""
    endpoint = replace(_endpoint(mapping, code), **changes)
    table = upload.table(endpoint.table)
    if "start_date" in changes and "origin" not in changes:
        endpoint = replace(endpoint, origin=_named_origin(table, endpoint.start_date))
    if changes.get("time"):
        time = table.column(endpoint.time)
        endpoint = replace(endpoint, unit=stated_unit(time) or likely_unit(time))
    if changes.get("status"):
        time = table.column(endpoint.time) if endpoint.time else None
        event, competing, censored = status_values(table.column(endpoint.status), endpoint.code, time)
        endpoint = replace(endpoint, event=event, competing=competing, censored=censored)
    endpoints = tuple(endpoint if e.code == code else e for e in mapping.endpoints)
    return _followed(upload, replace(mapping, endpoints=endpoints))


def with_meaning(upload: Upload, mapping: Mapping, code: str, meaning: str, values: Collection[str]) -> Mapping:
    """Say which values of the status mean "event", "competing" or "censored"; a value means one thing at a time."""
    endpoint = _endpoint(mapping, code)
    known = {v.value: v for m in MEANINGS for v in getattr(endpoint, m)}
    labels = upload.table(endpoint.table).column(endpoint.status).levels
    now = tuple(known.get(v) or Value(v, str(labels.get(v) or v)) for v in values)
    others = {m: tuple(v for v in getattr(endpoint, m) if v.value not in values) for m in MEANINGS if m != meaning}
    return with_endpoint(upload, mapping, code, **{meaning: now}, **others)


MEANINGS = ("event", "competing", "censored")


def with_coding_exchanged(mapping: Mapping, code: str) -> Mapping:
    """Exchange event and censored in one endpoint."""
    return replace(mapping, endpoints=tuple(swapped(e) if e.code == code else e for e in mapping.endpoints))


def with_new_endpoint(mapping: Mapping) -> Mapping:
    """Add an endpoint of the first table, for its owner to fill in."""
    taken = {e.code for e in mapping.endpoints}
    code = next(c for i in range(1, 999) if (c := f"endpoint_{i}") not in taken)
    return replace(mapping, endpoints=(*mapping.endpoints, EndpointMap(code, NEW, mapping.tables[0].table)))


def without_endpoint(upload: Upload, mapping: Mapping, code: str) -> Mapping:
    """Take an endpoint out; its columns are what they would have been proposed as without it."""
    endpoints = tuple(e for e in mapping.endpoints if e.code != code)
    return _followed(upload, replace(mapping, endpoints=endpoints))


def _named_origin(table: RawTable, start: str) -> str:
    """Time zero that the name of a column of dates tells of, "" if none."""
    if not start:
        return ""
    name = f"{words_of(start)} {words_of(table.column(start).label)}"
    return next((origin for origin, called in START_DATES.items() if called.search(name)), "")


def _endpoint(mapping: Mapping, code: str) -> EndpointMap:
    return next(e for e in mapping.endpoints if e.code == code)


# ---- adverse events ------------------------------------------------------------------------------------------------
def with_adverse_events(upload: Upload, mapping: Mapping, table: str, roles: MappingType[str, str]) -> Mapping:
    """Read adverse events from a table: its column by role ("id" too), "" for none; table "" reads none at all."""
    joined = {u.table for u in mapping.tables}
    named = {(table, column): role for role, column in roles.items() if column}
    found = []
    for column in mapping.columns:
        if (column.table, column.column) in named or (column.table not in joined and column.role == "id"):
            continue
        if column.role not in EVENT_ROLES:
            found.append(column)
        elif column.table in joined:
            found.append(column_role(upload.table(column.table), upload.table(column.table).column(column.column)))
    for (_, name), role in named.items():
        raw = upload.table(table).column(name)
        unit = (stated_unit(raw) or "days") if role == "ae_onset" else raw.unit
        flag = levels({"Y": 1}) if role == "ae_flag" else ()
        found.append(ColumnRole(table, name, role, label=raw.label, unit=unit, levels=flag))
    return replace(mapping, columns=_in_order(upload, found))


def event_columns(upload: Upload, mapping: Mapping, table: str) -> dict[str, str]:
    """A start for a table of adverse events: its patient id as the patients' own is called, a term beside it."""
    names = upload.table(table).names if table else ()
    use = use_of(mapping, table)
    ident = use.id if use else next((n for n in names if n == mapping.tables[0].id), "".join(names[:1]))
    return {"id": ident, "ae_term": next((n for n in names if n != ident), "")}


# ---- agreement -----------------------------------------------------------------------------------------------------
def _columns(mapping: Mapping, change) -> Mapping:
    return replace(mapping, columns=tuple(map(change, mapping.columns)))


def _followed(upload: Upload, mapping: Mapping) -> Mapping:
    """Columns that endpoints use have their role; those that none uses any more are proposed anew."""
    used = {(e.table, c): role for e in mapping.endpoints for c, role in e.columns.items()}
    used |= {(e.table, e.where[0]): "event" for e in mapping.endpoints if e.where}
    found = []
    for column in mapping.columns:
        role = used.pop((column.table, column.column), None)
        if role is not None:
            found.append(replace(column, role=role))
        elif column.role in ENDPOINT_ROLES:
            table = upload.table(column.table)
            found.append(column_role(table, table.column(column.column)))
        else:
            found.append(column)
    found += [ColumnRole(table, column, role) for (table, column), role in used.items()]
    return replace(mapping, columns=_in_order(upload, found))


def _in_order(upload: Upload, columns: Collection[ColumnRole]) -> tuple[ColumnRole, ...]:
    """Columns in the order of the files; a group of tick boxes stands where its first box does."""
    place = {(t.name, name): (i, j) for i, t in enumerate(upload.tables) for j, name in enumerate(t.names)}
    return tuple(sorted(columns, key=lambda c: place[(c.table, c.members[0].value if c.members else c.column)]))


def use_of(mapping: Mapping, table: str) -> TableUse | None:
    """How a table is joined to the patients, None where it is not."""
    return next((u for u in mapping.tables if u.table == table), None)
