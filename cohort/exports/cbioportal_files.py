"""A cBioPortal study of clinical data: patient and sample files with their meta files.

docs.cbioportal.org/file-formats: four ``#`` rows (name, description, data type, priority) above the attribute names;
PREFIX_STATUS begins with "1:" where the event was seen and with "0:" where not, PREFIX_MONTHS is the time; ids hold
letters, digits, points, underscores and hyphens only. The format knows no competing event and no reason for censoring:
both are "0:CENSORED" here. A blank cell is not reported.
"""

from __future__ import annotations

import re

import numpy as np

from cohort.exports.archive import cell_text, zip_bytes
from cohort.exports.extract import ExportError, Extract
from cohort.exports.patient_columns import line, patient_columns, short_names

_RESERVED = ("PATIENT_ID", "SAMPLE_ID", "OTHER_SAMPLE_ID", "PATIENT_DISPLAY_NAME", "MUTATION_COUNT")
_PRESCRIBED = {"OS": ("0:LIVING", "1:DECEASED"), "DFS": ("0:DiseaseFree", "1:Recurred/Progressed")}
_STATUS = ("0:CENSORED", "1:EVENT")

Attribute = tuple[str, str, str, str, list]
"""Name, display name, description, data type, one value a patient."""


def cbioportal_zip(extract: Extract) -> bytes:
    """The study folder as a .zip.

    Raises
    ------
    ExportError
        The cohort's times are not in months.
    """
    definition = extract.definition
    if definition.time_unit != "months":
        raise ExportError(
            f"cBioPortal files hold times in months; this cohort's are in {definition.time_unit!r}. "
            "Choose another format."
        )
    study = _ids([definition.id])[0].lower()
    patients = _ids(extract.cohort.ids)
    clinical = {"cancer_study_identifier": study, "genetic_alteration_type": "CLINICAL"}
    sample = [_id_attribute(patients), ("SAMPLE_ID", "Sample", "One sample a patient.", "STRING", patients)]
    return zip_bytes(
        {
            "meta_study.txt": _meta(
                {
                    "type_of_cancer": "mixed",
                    "cancer_study_identifier": study,
                    "name": definition.title,
                    "description": " ".join(f"{k}: {v}" for k, v in extract.about.items() if k != "title"),
                    "add_global_case_list": "true",
                }
            ),
            "meta_clinical_patient.txt": _meta(
                clinical | {"datatype": "PATIENT_ATTRIBUTES", "data_filename": "data_clinical_patient.txt"}
            ),
            "data_clinical_patient.txt": _data([_id_attribute(patients), *_attributes(extract, patients)]),
            "meta_clinical_sample.txt": _meta(
                clinical | {"datatype": "SAMPLE_ATTRIBUTES", "data_filename": "data_clinical_sample.txt"}
            ),
            "data_clinical_sample.txt": _data(sample),
        }
    )


def _ids(ids) -> list[str]:
    """Ids in the letters the format allows; two that would become the same get a number."""
    used, found = set(ids), []
    for text in ids:
        plain = re.sub(r"[^A-Za-z0-9._-]", "_", text)
        name, number = plain, 1
        while name != text and name in used:
            number += 1
            name = f"{plain}_{number}"
        used.add(name)
        found.append(name)
    return found


def _id_attribute(patients: list[str]) -> Attribute:
    return ("PATIENT_ID", "Patient", "Patient", "STRING", patients)


def _attributes(extract: Extract, patients: list[str]) -> list[Attribute]:
    cohort, found = extract.cohort, []
    if list(cohort.ids) != patients:
        found.append(("PATIENT_DISPLAY_NAME", "Patient as in the source", "Patient id", "STRING", list(cohort.ids)))
    prefixes = short_names((e.code.upper() for e in extract.endpoints), 50)
    taken = [f"{prefix}_{end}" for prefix in prefixes for end in ("STATUS", "MONTHS")]
    columns = patient_columns(cohort)
    names = short_names((c.name.upper() for c in columns), 60, taken=(*_RESERVED, *taken))
    for name, column in zip(names, columns, strict=True):
        numeric = column.variable.kind == "number"
        values = column.values if numeric else [column.levels.get(v) for v in column.values]
        found.append((name, column.label, column.description, "NUMBER" if numeric else "STRING", values))
    for prefix, endpoint in zip(prefixes, extract.endpoints, strict=True):
        out, words = cohort.outcome(endpoint), _PRESCRIBED.get(prefix, _STATUS)
        gaps = np.isnan(out.time)
        status = [None if gap else words[int(kind == 1)] for gap, kind in zip(gaps, out.kind, strict=True)]
        months = [None if gap else float(t) for gap, t in zip(gaps, out.time, strict=True)]
        description = endpoint.definition or endpoint.label
        if endpoint.competing:
            description += " Competing events are coded as censored in this format."
        found.append((f"{prefix}_STATUS", f"{endpoint.short}: status", description, "STRING", status))
        found.append((f"{prefix}_MONTHS", f"{endpoint.short} (months)", description, "NUMBER", months))
    return found


def _data(attributes: list[Attribute]) -> bytes:
    names, heads, descriptions, kinds, values = zip(*attributes, strict=True)
    rows = ["#" + "\t".join(map(line, row)) for row in (heads, descriptions, kinds, ["1"] * len(names))]
    rows.append("\t".join(names))
    rows += ["\t".join(line(cell_text(v)) for v in row) for row in zip(*values, strict=True)]
    return ("\n".join(rows) + "\n").encode("utf-8")


def _meta(entries: dict[str, str]) -> bytes:
    return "".join(f"{name}: {line(text)}\n" for name, text in entries.items()).encode("utf-8")
