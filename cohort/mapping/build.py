"""A mapped upload as files of our own layout, and as the cohort that the strict folder reader makes of them.

There is one definition of a valid cohort, that of :mod:`cohort.readers.folder`; nothing here goes around it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from cohort.mapping.build_endpoints import endpoint_files
from cohort.mapping.build_events import event_files
from cohort.mapping.build_variables import PROVENANCE, RULES, variables
from cohort.mapping.checks import findings
from cohort.mapping.codes import Codes
from cohort.mapping.patients import Patients
from cohort.mapping.roles import Mapping, MappingError
from cohort.mapping.toml_text import toml_text
from cohort.options import Options
from cohort.readers import folder
from cohort.readers.raw import Upload
from cohort.sharing import share
from cohort.tables import Cohort

RESERVED = {"patient_id", "cohort", "patients", *share.PARAMETERS, *(f.name for f in fields(Options))}
"""Names that already mean something in a link or in patients.csv, so no variable may have them."""


def build(upload: Upload, mapping: Mapping, accepted_repairs: Collection[str] = ()) -> Cohort:
    """Make a cohort of an upload.

    Parameters
    ----------
    upload, mapping : what was handed in, and what it means
    accepted_repairs : codes of the repairs to apply (``Finding.repair.code``); no other repair is made

    Returns
    -------
    Cohort
        Of kind "private", like any cohort read from a folder.

    Raises
    ------
    MappingError
        A finding that stops is not settled by an accepted repair, or the mapping does not fit the upload.
    CohortFolderError, DefinitionError
        The files do not hold together.
    """
    return folder.read_cohort_files(cohort_files(upload, mapping, accepted_repairs))


def cohort_files(upload: Upload, mapping: Mapping, accepted_repairs: Collection[str] = ()) -> dict[str, bytes]:
    """Write an upload in our own layout, which needs no mapping when it is uploaded again.

    Returns
    -------
    dict
        ``cohort.toml``, ``patients.csv``, ``endpoints.csv``, ``provenance.csv`` (for every value the file, row,
        column and raw cell it was read from) and, with adverse events, ``ae_events.csv``; name to UTF-8 bytes.

    Raises
    ------
    MappingError
        As in :func:`build`.
    """
    for finding in findings(upload, mapping, accepted_repairs):
        if finding.severity == "stop":
            raise MappingError(f"{finding.sentence} {finding.remedy}".strip())
    patients = Patients(upload, mapping, frozenset(accepted_repairs))
    names = Codes(RESERVED, lower=True)
    made = variables(patients, names)
    endpoints = endpoint_files(patients)
    safety = next((v.entry["name"] for v in made if v.entry["role"] == "process"), "")
    events = event_files(patients, safety)
    tables = {
        "patients": pa.table({"patient_id": patients.shown_ids, **{v.entry["name"]: v.cells for v in made}}),
        "endpoints": endpoints.rows,
    }
    trails = [*(v.trail for v in made), *endpoints.trail]
    if events is not None:
        tables["ae_events"] = events.rows
        trails.append(events.trail.select(PROVENANCE))
    tables["provenance"] = pa.concat_tables(trails)
    entry = {
        "id": f"upload-{upload.digest[:12]}" if upload.digest else "upload",
        "title": mapping.title,
        "kind": "private",
        "population": f"patients of {mapping.title}",
        "time_unit": "months",
        "summary": f"Uploaded by its owner from {', '.join(dict.fromkeys(u.table for u in mapping.tables))}.",
        "files": {name: f"{name}.csv" for name in tables},
        "rules": _rules(tables["provenance"]),
        "variables": [v.entry for v in made],
        "endpoints": endpoints.entries,
        "reasons": endpoints.reasons,
        "events": endpoints.events,
    }
    if events is not None:
        entry["adverse_events"] = events.entry
    return {"cohort.toml": toml_text(entry).encode()} | {f"{name}.csv": _csv(t) for name, t in tables.items()}


def _rules(provenance: pa.Table) -> dict[str, str]:
    used = set(pc.unique(provenance["rule"]).to_pylist())
    return {code: text for code, text in RULES.items() if code in used}


def _csv(table: pa.Table) -> bytes:
    out = pa.BufferOutputStream()
    pacsv.write_csv(table, out)
    return out.getvalue().to_pybytes()
