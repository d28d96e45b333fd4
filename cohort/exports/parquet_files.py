"""Apache Parquet, one file a table. Labels, units, sources and levels are in the fields' metadata, as text or JSON."""

from __future__ import annotations

import io
import json

import pyarrow as pa
import pyarrow.parquet as pq

from cohort.dictionary import CohortDefinition, Variable
from cohort.exports.archive import zip_bytes
from cohort.exports.extract import Extract
from cohort.exports.folder_files import cohort_toml


def parquet_zip(extract: Extract) -> bytes:
    """Every table as Parquet, in a .zip.

    Each file's schema metadata says what the data are (title, selection, citation, licence, SHA-256 of the source
    files); that of ``patients.parquet`` holds the whole dictionary too, under "cohort.toml".
    """
    about = extract.about
    files = {}
    for name, table in extract.cohort.tables.items():
        if name == "patients":
            table = _with_labels(table, extract.definition)
            table = table.replace_schema_metadata({**about, "cohort.toml": cohort_toml(extract)})
        else:
            table = table.replace_schema_metadata(about)
        out = io.BytesIO()
        pq.write_table(table, out)
        files[f"{name}.parquet"] = out.getvalue()
    return zip_bytes(files)


def _with_labels(table: pa.Table, definition: CohortDefinition) -> pa.Table:
    metadata = {"patient_id": {"label": "Patient"}}
    for variable in definition.variables:
        if variable.cutoffs:
            metadata |= {c.column: _metadata(variable, f"{variable.label} ({c.label})") for c in variable.cutoffs}
        else:
            metadata[variable.name] = _metadata(variable, variable.label)
    fields = [field.with_metadata(metadata[field.name]) for field in table.schema]
    return pa.Table.from_arrays(table.columns, schema=pa.schema(fields))


def _metadata(variable: Variable, label: str) -> dict[str, str]:
    levels = [
        {"code": lv.code, "label": lv.label, "colour": lv.colour, "dash": list(lv.dash)} for lv in variable.levels
    ]
    found = {
        "label": label,
        "unit": variable.unit,
        "source": variable.source,
        "definition": variable.definition,
        "levels": json.dumps(levels, ensure_ascii=False) if levels else "",
    }
    return {name: text for name, text in found.items() if text}
