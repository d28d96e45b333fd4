"""CDISC ADaM: what ADSL, ADTTE and ADAE hold, by the names the standard gives their columns.

ADaM Basic Data Structure for Time-to-Event Analyses 1.0: CNSR is 0 where AVAL is the time of the event and 1 or more
where the time is censored; EVNTDESC describes the event or censoring, CNSDTDSC the date of censoring; AVALU, where it
is given, is the unit of AVAL.
"""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

from cohort.mapping import cells
from cohort.mapping.meanings import COMPETING, meaning
from cohort.mapping.propose_endpoints import EVENT_LABELS, endpoint_kind, stated_unit
from cohort.mapping.roles import EndpointMap, Value
from cohort.mapping.words import ENDPOINTS, UNIT_WORDS, words_of
from cohort.readers.raw import RawColumn, RawTable, Upload


def column_called(table: RawTable, *names: str) -> RawColumn | None:
    """The first column with one of these names, whatever its case."""
    by_name = {c.name.upper(): c for c in table.columns}
    return next((by_name[n] for n in names if n in by_name), None)


def times_table(upload: Upload) -> RawTable | None:
    """The table of times to event (ADTTE), None where there is none."""
    for table in upload.tables:
        if all(column_called(table, name) for name in ("USUBJID", "PARAMCD", "AVAL", "CNSR")):
            return table
    return None


def endpoints(table: RawTable) -> tuple[EndpointMap, ...]:
    """An endpoint for each PARAMCD, overall survival first, then in order of appearance."""
    parameter = column_called(table, "PARAMCD")
    found = [_endpoint(table, parameter, code) for code in cells.counted(parameter.values)]
    return tuple(sorted(found, key=lambda e: e.code != "os"))


def redundant(table: RawTable) -> dict[str, str]:
    """Columns that only repeat another in a code or a number (ARMCD beside ARM, AGEGR1N beside AGEGR1), or the plan.

    Returns column: why it can be left out.
    """
    names = {c.name.upper() for c in table.columns}
    out = {}
    for column in table.columns:
        name = column.name.upper()
        full = name[:-2] if name.endswith("CD") else name[:-1] if name.endswith("N") else ""
        if full in names:
            out[column.name] = f"repeats {full}"
        elif name in ("ARM", "ACTARM", "ARMCD", "ACTARMCD") and names & {"TRT01A", "TRT01P"}:
            out[column.name] = "the arm is in TRT01P and TRT01A"
        elif name in ("STUDYID", "DOMAIN", "SUBJID", "SITEID"):
            out[column.name] = "names the study, the site or the patient"
    return out


def _endpoint(table: RawTable, parameter: RawColumn, code: str) -> EndpointMap:
    rows = table_rows(table, parameter, code)
    short = code.strip().lower()
    label = next(iter(cells.counted(rows["PARAM"])), code) if "PARAM" in rows else code
    kind = short if short in ENDPOINTS else endpoint_kind(words_of(label))
    status = column_called(table, "CNSR")
    values = sorted(cells.counted(rows["CNSR"]), key=cells.number_in)
    texts = [c.name if (c := column_called(table, n)) else "" for n in ("EVNTDESC", "CNSDTDSC")]
    competing = [v for v in values if v != "0" and _competes(rows, v, kind)]
    return EndpointMap(
        code=kind if kind == "os" else re.sub(r"\W+", "_", short),
        label=label,
        table=table.name,
        time=column_called(table, "AVAL").name,
        unit=_unit(rows, label),
        status=status.name,
        event=(Value("0", EVENT_LABELS.get(kind, "event")),),
        competing=tuple(Value(v, "competing event") for v in competing),
        censored=tuple(Value(v, "censored") for v in values if v not in ("0", *competing)),
        event_text=texts[0],
        censor_reason=texts[1] or texts[0],
        where=(parameter.name, code),
        origin="response" if kind == "dor" else "",
    )


def _competes(rows: dict[str, pa.Array], value: str, kind: str) -> bool:
    """Whether the descriptions of a CNSR, all that one column has, tell of a competing event.

    The standard has no number for it: any CNSR but 0 is "censored", and only the words say what it was.
    """
    held = pc.equal(cells.text(rows["CNSR"]), value)
    said = [cells.counted(rows[name].filter(held)) for name in ("EVNTDESC", "CNSDTDSC") if name in rows]
    return any(found and all(meaning("", text, kind) == COMPETING for text in found) for found in said)


def table_rows(table: RawTable, parameter: RawColumn, code: str) -> dict[str, pa.Array]:
    """The columns' cells in the rows of one parameter, by upper-case name."""
    held = pc.equal(cells.text(parameter.values), code)
    return {c.name.upper(): c.values.filter(held) for c in table.columns}


def _unit(rows: dict[str, pa.Array], label: str) -> str:
    for said in (*cells.counted(rows.get("AVALU", pa.array([], pa.string()))), label):
        for unit, pattern in UNIT_WORDS.items():
            if pattern.search(words_of(said)):
                return unit
    return "days"


def states_unit(table: RawTable, endpoint: EndpointMap) -> bool:
    """Whether the table says in which unit an endpoint's times are."""
    unit = column_called(table, "AVALU")
    if unit is not None and cells.counted(unit.values):
        return True
    named = any(pattern.search(words_of(endpoint.label)) for pattern in UNIT_WORDS.values())
    return named or bool(stated_unit(table.column(endpoint.time)))
