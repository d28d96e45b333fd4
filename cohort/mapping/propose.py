"""From an upload to a first mapping, for its owner to look through."""

from __future__ import annotations

import re
from dataclasses import replace

import pyarrow as pa

from cohort.mapping import adam, cells
from cohort.mapping.propose_columns import column_role, levels
from cohort.mapping.propose_endpoints import stated_unit, table_endpoints
from cohort.mapping.roles import ColumnRole, EndpointMap, Mapping, MappingError, TableUse, Value
from cohort.mapping.words import ID, PRIVATE, words_of
from cohort.readers.raw import RawTable, Upload
from cohort.readers.text import collapse_space

_SURE_IDS = 2  # the first patterns of ID name a patient; the others could be any number
_UNIQUE = 0.8
_EVENT_TABLE = {
    "ae_term": ("AEDECOD", "AETERM", "ADVERSE EVENT", "PREFERRED TERM", "TERM", "AE", "TOXICITY", "ADVERSE_EVENT"),
    "ae_grade": ("AETOXGR", "ATOXGR", "AESEV", "ASEV", "GRADE", "CTCAE GRADE", "CTCAE_GRADE", "SEVERITY"),
    "ae_serious": ("AESER", "SERIOUS", "SAE"),
    "ae_related": ("AREL", "AEREL", "RELATED", "RELATEDNESS"),
    "ae_onset": ("ASTDY", "AESTDY", "ONSET_DAY", "ONSET DAY", "ONSET_MONTH", "ONSET"),
    "ae_flag": ("TRTEMFL",),
}


def propose(upload: Upload) -> Mapping:
    """Propose what the columns of an upload mean.

    Parameters
    ----------
    upload : as read, of any format but our own layout, which says itself what it means.

    Returns
    -------
    Mapping
        Every column of a patient table has a role, with the reason where it is skipped. A mapping without endpoints
        is possible: :func:`cohort.mapping.checks.findings` then says what to name.

    Raises
    ------
    MappingError
        There is no table with rows, or the upload is a cohort folder.
    """
    tables = [t for t in upload.tables if t.rows and t.columns]
    if not tables:
        what = "is a cohort folder and says itself what it means" if upload.files else "holds no table with rows"
        raise MappingError(f"The upload {what}. Allowed here: one row a patient, with a header line.")
    times = adam.times_table(upload)
    events = next((t for t in tables if _is_event_table(t)), None) if len(tables) > 1 else None
    ids = {t.name: _id(t, len(tables) > 1) for t in tables}
    found = {t.name: () if t in (times, events) else table_endpoints(t, ("", ids[t.name])) for t in tables}
    if times is not None:
        found[times.name] = adam.endpoints(times)
    uses = _uses([t for t in tables if t is not events], ids, found)
    used = {u.table for u in uses}
    endpoints = _unique(tuple(e for u in uses for e in found[u.table]))
    columns: list[ColumnRole] = []
    for table in (t for t in tables if t.name in used):
        columns += _columns(upload, table, ids[table.name], endpoints, alone=table is not times or len(used) == 1)
    if events is not None and ids[events.name]:
        columns += _events(events, ids[events.name])
    return Mapping(
        title=re.sub(r"[_\W]+", " ", re.sub(r"\.\w{1,8}$", "", uses[0].table)).strip()[:80] or "Uploaded cohort",
        tables=uses,
        columns=tuple(columns),
        endpoints=endpoints,
        grade_scale=_scale(columns),
        running_ids=any(p.search(words_of(uses[0].id)) for p in PRIVATE.values()),
    )


# ---- tables and ids ------------------------------------------------------------------------------------------------
def _id(table: RawTable, several: bool) -> str:
    """Column with the patient's id, "" where every row is a patient."""
    for rank, pattern in enumerate(ID):
        for column in table.columns:
            if not re.fullmatch(pattern, words_of(column.name)) or pa.types.is_date(column.values.type):
                continue
            found = cells.counted(column.values)
            # "no." or "id" may number something else: what repeats is then no patient
            if found and (rank < _SURE_IDS or several or len(found) >= _UNIQUE * table.rows):
                return column.name
    return ""


def _uses(
    tables: list[RawTable], ids: dict[str, str], found: dict[str, tuple[EndpointMap, ...]]
) -> tuple[TableUse, ...]:
    """Tables of the patients, the one that says who is in the cohort first; tables of other things are left out."""
    known = {t.name: set(cells.counted(t.column(ids[t.name]).values)) if ids[t.name] else set() for t in tables}

    def rank(table: RawTable) -> tuple:
        one_each = len(known[table.name]) == table.rows or not known[table.name]
        named = bool(re.search(r"patient|adsl|subject|clinical|demog", table.name, re.IGNORECASE))
        return (not one_each, not named, not found[table.name], -table.rows)

    order = sorted(tables, key=rank)
    base = order[0]
    uses = [TableUse(base.name, ids[base.name], _rule(base))]
    for table in order[1:]:
        shared = known[base.name] & known[table.name]
        if shared and 2 * len(shared) >= min(len(known[base.name]), len(known[table.name])):
            rule = _rule(table)
            uses.append(TableUse(table.name, ids[table.name], "first" if rule == "one" else rule))
    return tuple(uses)


def _rule(table: RawTable) -> str:
    if any(c.name in ("redcap_event_name", "redcap_repeat_instance") for c in table.columns):
        return "fill"
    return "first" if adam.column_called(table, "PARAMCD") else "one"


def _unique(endpoints: tuple[EndpointMap, ...]) -> tuple[EndpointMap, ...]:
    """Endpoints of all tables, each code once."""
    seen: dict[str, EndpointMap] = {}
    for endpoint in endpoints:
        code = next(c for c in (endpoint.code, *(f"{endpoint.code}_{i}" for i in range(2, 999))) if c not in seen)
        seen[code] = replace(endpoint, code=code)
    return tuple(sorted(seen.values(), key=lambda e: e.code != "os"))


# ---- columns -------------------------------------------------------------------------------------------------------
def _columns(
    upload: Upload, table: RawTable, id_column: str, endpoints: tuple[EndpointMap, ...], alone: bool
) -> list[ColumnRole]:
    """Roles of one table's columns; of a table of times only the id and what the endpoints use, unless it is alone."""
    used = {c: role for e in endpoints if e.table == table.name for c, role in e.columns.items()}
    used |= {e.where[0]: "event" for e in endpoints if e.table == table.name and e.where}
    spare = adam.redundant(table) if upload.format == "adam" or adam.column_called(table, "USUBJID") else {}
    groups = _tick_boxes(table) if upload.format == "redcap" else {}
    boxes = {m.value for group in groups.values() for m in group.members}
    out = []
    for column in table.columns:
        label = column.label if column.label != column.name else ""
        if column.name == id_column:
            out.append(ColumnRole(table.name, column.name, "id", label=label))
        elif column.name in used:
            out.append(ColumnRole(table.name, column.name, used[column.name], label=label, unit=column.unit))
        elif column.name in boxes:
            group = groups.pop(column.name.split("___")[0], None)
            out += [group] if group else []
        elif not alone:
            continue
        elif column.name in spare or _bookkeeping(upload, column.name):
            reason = spare.get(column.name, "kept by REDCap for its own use")
            out.append(ColumnRole(table.name, column.name, "skip", label=label, reason=reason))
        elif column.name.upper() == "SAFFL":
            order = (Value("Y", "in the safety set"), Value("N", "not treated"))
            out.append(ColumnRole(table.name, column.name, "safety", label=label, levels=order, known_at="after"))
        else:
            out.append(column_role(table, column))
    return out


def _bookkeeping(upload: Upload, name: str) -> bool:
    return upload.format == "redcap" and (name.startswith("redcap_") or name.endswith("_complete"))


def _tick_boxes(table: RawTable) -> dict[str, ColumnRole]:
    """REDCap's checkbox fields as sets: columns ``field___code`` holding 0 or 1."""
    found: dict[str, list] = {}
    for column in table.columns:
        field, mark, _ = column.name.partition("___")
        if mark and set(cells.counted(column.values)) <= {"0", "1"}:
            found.setdefault(field, []).append(column)
    out = {}
    for field, columns in found.items():
        members = tuple(Value(c.name, _box_label(c.label) or c.name.partition("___")[2]) for c in columns)
        label = collapse_space(columns[0].label.rpartition("(")[0]) if "(" in columns[0].label else ""
        out[field] = ColumnRole(table.name, field, "filter", "set", label=label, members=members)
    return out


def _box_label(label: str) -> str:
    """The choice in the label of a tick box: REDCap's export writes "Field (choice=Monday)"."""
    match = re.search(r"\(choice=(.*)\)\s*$", label)
    return collapse_space(match[1] if match else label)


# ---- adverse events ------------------------------------------------------------------------------------------------
def _is_event_table(table: RawTable) -> bool:
    roles = {r: adam.column_called(table, *names) for r, names in _EVENT_TABLE.items()}
    return bool(roles["ae_term"] and (roles["ae_grade"] or roles["ae_serious"]))


def _events(table: RawTable, id_column: str) -> list[ColumnRole]:
    out = [ColumnRole(table.name, id_column, "id")]
    for role, names in _EVENT_TABLE.items():
        column = adam.column_called(table, *names)
        if column is None:
            continue
        unit = (stated_unit(column) or "days") if role == "ae_onset" else column.unit
        flagged = levels({"Y": 1}) if role == "ae_flag" else ()
        out.append(ColumnRole(table.name, column.name, role, label=column.label, unit=unit, levels=flagged))
    return out


def _scale(columns: list[ColumnRole]) -> str:
    grade = next((c for c in columns if c.role == "ae_grade"), None)
    if grade is None:
        return ""
    if grade.column.upper() in ("AESEV", "ASEV", "SEVERITY"):
        return "severity as reported: mild 1, moderate 2, severe 3"
    return "CTCAE" if "CTCAE" in f"{grade.column} {grade.label}".upper() else "grades as reported"
