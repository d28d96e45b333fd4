"""cBioPortal clinical files: rows that begin with "#" above the attribute names say what each attribute is.

docs.cbioportal.org/file-formats (clinical data): display names, descriptions, data types (STRING, NUMBER, BOOLEAN) and
priorities, one row each. Older files have a further row of PATIENT and SAMPLE. A STRING stays text whatever it holds.
"""

from __future__ import annotations

import dataclasses

from cohort.readers.delimited import decoded, read_delimited
from cohort.readers.limits import LIMITS, UploadLimits
from cohort.readers.raw import RawTable
from cohort.readers.text_table import clean_name

_TYPES = {"STRING", "NUMBER", "BOOLEAN"}
_FEWEST = 4
_HEAD = 2**20  # bytes looked at to tell what a file is


def is_clinical(data: bytes) -> bool:
    """Whether bytes are a clinical file: at least four "#" rows above a row with PATIENT_ID, tabs between."""
    above, names, _ = _parts(data[:_HEAD].decode("utf-8", "replace"))
    return len(above) >= _FEWEST and "PATIENT_ID" in names


def has_patients(data: bytes) -> bool:
    """Whether the first row below any "#" rows names a PATIENT_ID column."""
    return "PATIENT_ID" in _parts(data[:_HEAD].decode("utf-8", "replace"))[1]


def read_clinical(file: str, data: bytes, notes: list[str], limits: UploadLimits = LIMITS) -> RawTable:
    """Read one clinical file.

    Parameters
    ----------
    file, data : name and bytes
    notes : what was understood is added here, one sentence each

    Returns
    -------
    RawTable
        ``label`` is the display name; ``first_row`` counts the rows above.

    Raises
    ------
    UploadError
        As in :func:`cohort.readers.delimited.read_delimited`.
    """
    text, _ = decoded(data, file)
    above, names, rest = _parts(text)
    labels = dict(zip(names, (clean_name(c) for c in above[0]), strict=False)) if above else {}
    types = next((dict(zip(names, row, strict=False)) for row in above if {c.strip() for c in row} <= _TYPES), {})
    strings = {name for name, kind in types.items() if kind.strip() == "STRING"}
    table = read_delimited(
        file, rest.encode("utf-8"), notes, text_columns=strings, quotes=False, before=len(above), limits=limits
    )
    notes.append(f"{file}: labels and types of {len(names)} attributes read from the rows that begin with '#'.")
    columns = tuple(dataclasses.replace(c, label=labels.get(c.name, "")) for c in table.columns)
    return dataclasses.replace(table, columns=columns)


def _parts(text: str) -> tuple[list[list[str]], list[str], str]:
    """Cells of the "#" rows, attribute names, and the text from these on."""
    above, rest = [], text.lstrip("\ufeff")
    while rest.startswith("#"):
        line, _, rest = rest.partition("\n")
        above.append(line.rstrip("\r")[1:].split("\t"))
    return above, [n.strip() for n in rest.partition("\n")[0].split("\t")], rest
