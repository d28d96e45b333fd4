"""REDCap: a data export together with its data dictionary.

The dictionary gives each field its label and each coded field its choices ("1, Yes | 2, No"), whether the export holds
codes or labels. A checkbox field is one column a choice, ``field___code``. Event and repeat columns stay columns. The
missing-data codes that REDCap offers by default are read as not reported, unless the dictionary uses them as choices.
"""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from cohort.errors import UploadError
from cohort.readers.column_types import MISSING
from cohort.readers.delimited import read_delimited
from cohort.readers.limits import LIMITS, UploadLimits
from cohort.readers.raw import RawColumn, RawTable
from cohort.readers.text_table import clean_name

DEFAULT_CODES = (
    "NI", "INV", "UNK", "NASK", "ASKU", "NAV", "MSK", "NAVU", "NP", "QS", "QI", "TRC", "UNC", "DER", "PINF", "NINF",
)  # fmt: skip
"""Missing-data codes REDCap proposes to a project (they are HL7's null flavours)."""

_HEADS = {
    "name": ("Variable / Field Name", "field_name"),
    "kind": ("Field Type", "field_type"),
    "label": ("Field Label", "field_label"),
    "choices": ("Choices, Calculations, OR Slider Labels", "select_choices_or_calculations"),
}
_FIXED = {"yesno": "1, Yes | 0, No", "truefalse": "1, True | 0, False"}
_OWN = ("redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance", "redcap_data_access_group")


@dataclass(frozen=True)
class Field:
    """One field of a data dictionary; ``choices`` is code -> label in its order."""

    name: str
    kind: str
    label: str
    choices: dict[str, str]


def is_dictionary(data: bytes) -> bool:
    """Whether bytes begin with the names of a data dictionary's columns."""
    first = data[:4096].decode("utf-8", "replace").lstrip("\ufeff").partition("\n")[0]
    return any(all(heads[i] in first for heads in _HEADS.values()) for i in (0, 1))


def looks_exported(table: RawTable) -> bool:
    """Whether a table without a dictionary has the columns that only REDCap writes."""
    return any(name in _OWN for name in table.names)


def read_dictionary(file: str, data: bytes, limits: UploadLimits = LIMITS) -> dict[str, Field]:
    """Fields of a data dictionary by name. Raises UploadError."""
    table = read_delimited(file, data, [], missing=(), limits=limits)
    cells = {
        key: next((_texts(table.column(h)) for h in heads if h in table.names), [""] * table.rows)
        for key, heads in _HEADS.items()
    }
    fields = {}
    for name, kind, label, choices in zip(*(cells[k] for k in _HEADS), strict=True):
        listed = _FIXED.get(kind, choices if kind in ("radio", "dropdown", "checkbox") else "")
        fields[name] = Field(name, kind, _plain(label), _choices(listed))
    return fields


def read_export(
    file: str, data: bytes, fields: dict[str, Field], notes: list[str], limits: UploadLimits = LIMITS
) -> RawTable:
    """Read one export with what the dictionary says of its columns.

    Raises
    ------
    UploadError
        As in :func:`cohort.readers.delimited.read_delimited`, or no column is in the dictionary.
    """
    used = {word for f in fields.values() for item in f.choices.items() for word in item}
    missing = [w for w in (*MISSING, *DEFAULT_CODES) if w not in used]
    table = read_delimited(file, data, notes, missing=missing, limits=limits)
    boxes = {
        f"{f.name}___{re.sub('[^a-z0-9_]', '_', code.lower())}": f"{f.label} (choice={label})"
        for f in fields.values()
        if f.kind == "checkbox"
        for code, label in f.choices.items()
    }
    by_label = {f.label: f for f in fields.values()}
    columns, known = [], 0
    for column in table.columns:
        found = fields.get(column.name) or by_label.get(_plain(column.name))
        known += found is not None or column.name in boxes
        if column.name in boxes:
            column = dataclasses.replace(column, label=boxes[column.name])
        elif found is not None:
            column = dataclasses.replace(column, label=found.label, levels=_levels(column, found.choices))
        columns.append(column)
    if not known:
        raise UploadError(
            "no column of this file is a field of the data dictionary",
            file=file,
            seen=", ".join(table.names[:4]),
            allowed=", ".join(list(fields)[:4]) + " …",
            remedy="Hand in the export and the dictionary of the same project.",
        )
    notes.append(f"{file}: labels and choices of {known} columns read from the data dictionary.")
    return dataclasses.replace(table, columns=tuple(columns))


def _levels(column: RawColumn, choices: dict[str, str]) -> dict[str, str]:
    """Choices by the cells they stand for: codes, or labels where the export holds labels."""
    held = set(_texts(column)) - {""}
    if held and not held <= set(choices) and held <= set(choices.values()):
        return {label: label for label in choices.values()}
    return choices


def _choices(text: str) -> dict[str, str]:
    found = {}
    for item in text.split("|"):
        code, comma, label = item.partition(",")
        if comma and code.strip():
            found[code.strip()] = _plain(label) or code.strip()
    return found


def _plain(text: str) -> str:
    """A label without the markup REDCap allows in it."""
    return clean_name(re.sub(r"<[^>]*>", " ", text))


def _texts(column: RawColumn) -> list[str]:
    return pc.cast(column.values, pa.string()).fill_null("").to_pylist()
