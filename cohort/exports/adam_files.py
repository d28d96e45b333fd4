"""ADaM-shaped data sets: ADSL (one row a patient), ADTTE (one row a patient and endpoint), ADAE (one row an event).

CDISC ADaM Implementation Guide 1.3 and ADaM Basic Data Structure for Time-to-Event Analyses 1.0: CNSR is 0 where AVAL
is the time of the event and 1 or more where it is censored, one number a reason; EVNTDESC says what happened, CNSDTDSC
why the time is censored; names have at most 8 characters. The shape, not a submission: there are no dates, and
``define.csv`` stands for define.xml.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from cohort.exports.archive import verbatim_csv, zip_bytes
from cohort.exports.extract import Extract
from cohort.exports.patient_columns import FLAG, PatientColumn, at_most, patient_columns, short_names
from cohort.exports.statistical_files import in_memory
from cohort.exports.table import csv_bytes

DAYS_A_MONTH = 30.4375
_STANDARD = {"age": "AGE", "sex": "SEX", "race": "RACE", "treatment": "TRT01A", "arm": "TRT01A"}
_SUBMITTED = {"SEX": {"female": "F", "male": "M"}, "SAFFL": {"yes": "Y", "no": "N"}}  # CDISC terminology for our codes
_XPT_NAME, _XPT_LABEL, _XPT_TEXT = 8, 40, 200  # SAS transport version 5


@dataclass(frozen=True, eq=False)
class AdamVariable:
    """One variable of a data set: what ``define.csv`` says of it, and its values (text or float, None if missing)."""

    name: str
    label: str
    values: list
    numeric: bool = False
    unit: str = ""
    codes: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    definition: str = ""


def adam_zip(extract: Extract) -> bytes:
    """ADSL, ADTTE and ADAE as CSV with a codebook, in a .zip."""
    data = _datasets(extract)
    files = {f"{name.lower()}.csv": verbatim_csv({v.name: v.values for v in found}) for name, found in data.items()}
    return zip_bytes(files | {"define.csv": _define(extract, data)})


def adam_xpt_zip(extract: Extract) -> bytes:
    """ADSL, ADTTE and ADAE as SAS transport files version 5 with a codebook, in a .zip.

    Text is UTF-8 and cut at the version's limits: 200 bytes a value, 40 a label.
    """
    data = _datasets(extract)
    files = {f"{name.lower()}.xpt": _xpt(name, found, extract.definition.short_title) for name, found in data.items()}
    return zip_bytes(files | {"define.csv": _define(extract, data)})


def _datasets(extract: Extract) -> dict[str, list[AdamVariable]]:
    found = {"ADSL": _adsl(extract), "ADTTE": _adtte(extract)}
    return found | ({"ADAE": _adae(extract)} if extract.cohort.table("ae_events") is not None else {})


def _keys(extract: Extract, ids) -> list[AdamVariable]:
    return [
        AdamVariable("STUDYID", "Study Identifier", [extract.definition.id] * len(ids)),
        AdamVariable("USUBJID", "Unique Subject Identifier", list(ids)),
    ]


def _adsl(extract: Extract) -> list[AdamVariable]:
    columns = patient_columns(extract.cohort)
    safety = extract.definition.adverse_events.get("safety_variable")
    wanted = ["SAFFL" if c.name == safety else _wanted(c) for c in columns]
    names = short_names(wanted, _XPT_NAME, taken=("STUDYID", "USUBJID"), joint="")
    return _keys(extract, extract.cohort.ids) + [_of(c, name) for c, name in zip(columns, names, strict=True)]


def _wanted(column: PatientColumn) -> str:
    if column.levels is FLAG:
        member = column.name.removeprefix(f"{column.variable.name}_")
        return re.sub(r"[^A-Z0-9]", "", member.upper())[: _XPT_NAME - 2] + "FL"
    return _STANDARD.get(column.name, column.name.upper().replace("_", ""))


def _of(column: PatientColumn, name: str) -> AdamVariable:
    submitted = _SUBMITTED.get(name, {})
    variable = column.variable
    return AdamVariable(
        name,
        column.label,
        [submitted.get(v, v) if isinstance(v, str) else v for v in column.values],
        variable.kind == "number",
        variable.unit,
        {submitted.get(code, code): label for code, label in column.levels.items()},
        variable.source,
        variable.definition,
    )


def _adtte(extract: Extract) -> list[AdamVariable]:
    """Censoring reasons are numbered from 1 in the dictionary's order; events that do not count for it follow."""
    definition, cohort = extract.definition, extract.cohort
    labels = {**{r.code: r.label for r in definition.reasons}, **definition.events}
    number = {code: i for i, code in enumerate(labels, 1)}
    parameters = short_names((e.code.upper() for e in extract.endpoints), _XPT_NAME, joint="")
    rows = []
    for parameter, endpoint in zip(parameters, extract.endpoints, strict=True):
        out = cohort.outcome(endpoint)
        for i in np.flatnonzero(~np.isnan(out.time)):
            code, kind = out.event[i] or out.reason[i], out.kind[i]
            why = "" if kind == 1 else f"competing event: {labels[code]}" if kind == 2 else labels[code]
            rows.append(
                (cohort.ids[i], parameter, float(out.time[i]), 0 if kind == 1 else number[code], labels[code], why)
            )
    ids, codes, times, censored, events, reasons = zip(*rows, strict=True)
    label = dict(zip(parameters, extract.endpoints, strict=True))
    return [
        *_keys(extract, ids),
        AdamVariable("PARAMCD", "Parameter Code", list(codes), codes={p: e.label for p, e in label.items()}),
        AdamVariable("PARAM", "Parameter", [label[c].label for c in codes]),
        AdamVariable("AVAL", "Analysis Value", list(times), True, definition.time_unit),
        AdamVariable("AVALU", "Analysis Value Unit", [definition.time_unit.upper()] * len(ids)),
        AdamVariable(
            "CNSR",
            "Censor",
            [float(c) for c in censored],
            True,
            codes={"0": "event of the parameter", **{str(n): labels[code] for code, n in number.items()}},
            definition="0 is the event. A competing event has its own number, and CNSDTDSC names it as one.",
        ),
        AdamVariable("EVNTDESC", "Event or Censoring Description", list(events)),
        AdamVariable("CNSDTDSC", "Censor Date Description", list(reasons)),
    ]


def _adae(extract: Extract) -> list[AdamVariable]:
    events = extract.cohort.tables["ae_events"].to_pydict()
    ids, onset = events["patient_id"], events["onset_month"]
    seen: dict[str, int] = {}
    sequence = []
    for patient in ids:
        seen[patient] = seen.get(patient, 0) + 1
        sequence.append(float(seen[patient]))
    day = [None if m is None else float(int(m * DAYS_A_MONTH) + 1) for m in onset]
    grade = [None if g is None else str(g) for g in events["grade"]]
    answers = {"yes": "Y", "no": "N"}
    serious, related = ([answers.get(v, v) for v in events[name]] for name in ("serious", "related"))
    scale = str(extract.definition.adverse_events.get("scale", ""))
    return [
        *_keys(extract, ids),
        AdamVariable("AESEQ", "Sequence Number", sequence, True),
        AdamVariable("AETERM", "Reported Term for the Adverse Event", events["term"]),
        AdamVariable("AETOXGR", "Standard Toxicity Grade", grade, definition=scale),
        AdamVariable(
            "ASTDY",
            "Analysis Start Relative Day",
            day,
            True,
            "days",
            definition="First day is 1; 30.4375 days a month.",
        ),
        AdamVariable("ASTMON", "Onset in Months", onset, True, extract.definition.time_unit),
        AdamVariable("AESER", "Serious Event", serious, codes={"Y": "yes", "N": "no"}),
        AdamVariable("AEREL", "Related to Treatment", related, codes={"Y": "yes", "N": "no"}),
    ]


def _define(extract: Extract, data: dict[str, list[AdamVariable]]) -> bytes:
    """The codebook, for people: what the data are, then a row a variable and a row a code."""
    head = ("dataset", "variable", "label", "type", "unit", "code", "decode", "source", "definition")
    rows = [("", "", name, "", "", "", "", "", text) for name, text in extract.about.items()]
    for name, found in data.items():
        for v in found:
            kind = "number" if v.numeric else "text"
            rows.append((name, v.name, v.label, kind, v.unit, "", "", v.source, v.definition))
            rows += [(name, v.name, v.label, "code", "", code, text, "", "") for code, text in v.codes.items()]
    return csv_bytes([dict(zip(head, row, strict=True)) for row in rows])


def _xpt(name: str, variables: list[AdamVariable], title: str) -> bytes:
    import pyreadstat

    frame = pd.DataFrame(
        {
            v.name: pd.Series(v.values, dtype=float)
            if v.numeric
            else pd.Series([at_most(x or "", _XPT_TEXT) for x in v.values], dtype=object)
            for v in variables
        }
    )
    labels = {v.name: at_most(f"{v.label} ({v.unit})" if v.unit else v.label, _XPT_LABEL) for v in variables}
    return in_memory(
        lambda path: pyreadstat.write_xport(
            frame,
            path,
            file_label=at_most(title, _XPT_LABEL),
            column_labels=labels,
            table_name=name,
            file_format_version=5,
        )
    )
