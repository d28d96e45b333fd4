"""One real cohort in every format that can be handed in, written out when a test asks for it.

The German Breast Cancer Study Group 2 data as they come with lifelines: 686 patients, times in days.
"""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import lifelines.datasets
import numpy as np
import pandas as pd
import pyreadstat

FOLDER = Path(__file__).resolve().parents[2] / "data" / "synthetic-maintenance"

Files = list[tuple[str, bytes]]


def gbsg2() -> pd.DataFrame:
    """One row a patient; ``rfs_status`` is 1 where the event was seen."""
    found = lifelines.datasets.load_gbsg2()
    return pd.DataFrame(
        {
            "patient_id": [f"G{i:03d}" for i in range(1, len(found) + 1)],
            "hormone_therapy": found["horTh"],
            "age": found["age"],
            "menopause": found["menostat"],
            "tumor_grade": found["tgrade"],
            "rfs_days": found["time"].astype(int),
            "rfs_status": found["cens"].astype(int),
        }
    )


def _written(write) -> bytes:
    """What a writer that wants a path writes; the path is a piece of memory."""
    with os.fdopen(os.memfd_create("test"), "rb") as file:
        write(f"/proc/self/fd/{file.fileno()}")
        return file.read()


def csv(frame: pd.DataFrame, sep: str = ",") -> bytes:
    return frame.to_csv(index=False, sep=sep).encode()


def _excel(frame: pd.DataFrame) -> bytes:
    out = io.BytesIO()
    frame.to_excel(out, index=False)
    return out.getvalue()


def _parquet(frame: pd.DataFrame) -> bytes:
    out = io.BytesIO()
    frame.to_parquet(out, index=False)
    return out.getvalue()


def _stata(frame: pd.DataFrame) -> bytes:
    out = io.BytesIO()
    frame.to_stata(out, write_index=False)
    return out.getvalue()


def _spss(frame: pd.DataFrame) -> bytes:
    coded = frame.assign(hormone_therapy=(frame["hormone_therapy"] == "yes").astype(int))
    return _written(
        lambda path: pyreadstat.write_sav(
            coded,
            path,
            column_labels={"age": "Age at diagnosis", "rfs_days": "Relapse-free survival (days)"},
            variable_value_labels={
                "hormone_therapy": {0: "no hormones", 1: "hormones"},
                "rfs_status": {0: "censored", 1: "relapse or death"},
            },
        )
    )


def _xpt(frame: pd.DataFrame) -> bytes:
    short = frame.rename(columns={"patient_id": "PATID", "hormone_therapy": "HORMONE", "menopause": "MENO",
                                  "tumor_grade": "GRADE", "rfs_days": "RFSDAYS", "rfs_status": "RFSSTAT",
                                  "age": "AGE"})  # fmt: skip
    labels = {"RFSDAYS": "Relapse-free survival (days)", "RFSSTAT": "Relapse-free survival status"}
    return _written(
        lambda path: pyreadstat.write_xport(short, path, file_format_version=5, table_name="GBSG2",
                                            column_labels=[labels.get(c, c) for c in short])
    )  # fmt: skip


def adam(frame: pd.DataFrame) -> Files:
    """ADSL, ADTTE with CNSR 0 for an event, and a few adverse events."""
    adsl = pd.DataFrame({"STUDYID": "G2", "USUBJID": frame["patient_id"], "AGE": frame["age"],
                         "TRT01A": np.where(frame["hormone_therapy"] == "yes", "Hormone", "None")})  # fmt: skip
    adtte = pd.DataFrame({"USUBJID": frame["patient_id"], "PARAMCD": "RFS", "PARAM": "Relapse-Free Survival",
                          "AVAL": frame["rfs_days"], "AVALU": "DAYS", "CNSR": 1 - frame["rfs_status"]})  # fmt: skip
    adae = pd.DataFrame({"USUBJID": frame["patient_id"][:60], "AEDECOD": ["Nausea", "Hot flush", "Fatigue"] * 20,
                         "AETOXGR": [1, 2, 3, 2] * 15, "AESER": ["N", "N", "Y"] * 20})  # fmt: skip
    return [("adsl.csv", csv(adsl)), ("adtte.csv", csv(adtte)), ("adae.csv", csv(adae))]


def cbioportal(frame: pd.DataFrame) -> Files:
    """Patient and sample files with their four head rows."""
    status = np.where(frame["rfs_status"] == 1, "1:Recurred/Progressed", "0:DiseaseFree")
    patient = pd.DataFrame({"PATIENT_ID": frame["patient_id"], "AGE": frame["age"], "GRADE": frame["tumor_grade"],
                            "DFS_STATUS": status, "DFS_MONTHS": (frame["rfs_days"] / 30.4375).round(2)})  # fmt: skip
    sample = pd.DataFrame({"PATIENT_ID": frame["patient_id"], "SAMPLE_ID": frame["patient_id"] + "-1",
                           "SAMPLE_TYPE": ["Primary", "Relapse"] * (len(frame) // 2)})  # fmt: skip

    def written(table: pd.DataFrame) -> bytes:
        kinds = ["NUMBER" if pd.api.types.is_numeric_dtype(t) else "STRING" for t in table.dtypes]
        head = [table.columns, table.columns, kinds, ["1"] * len(kinds)]
        return ("".join("#" + "\t".join(row) + "\n" for row in head)).encode() + csv(table, "\t")

    return [("data_clinical_patient.txt", written(patient)), ("data_clinical_sample.txt", written(sample))]


def redcap(frame: pd.DataFrame) -> Files:
    """An export with its data dictionary: choices, tick boxes and a name that must stay out."""
    export = pd.DataFrame({"record_id": frame["patient_id"], "first_name": [f"Name{i}" for i in range(len(frame))],
                           "hormone": (frame["hormone_therapy"] == "yes").astype(int), "age": frame["age"],
                           "site___1": [1, 0] * (len(frame) // 2), "site___2": [0, 1] * (len(frame) // 2),
                           "rfs_days": frame["rfs_days"], "rfs_status": frame["rfs_status"],
                           "baseline_complete": 2})  # fmt: skip
    fields = (
        ("record_id", "text", "Record ID", "", "", ""),
        ("first_name", "text", "First name", "", "", "y"),
        ("hormone", "radio", "Hormone therapy", "0, no | 1, yes", "", ""),
        ("age", "text", "Age in years", "", "integer", ""),
        ("site", "checkbox", "Sites", "1, breast | 2, node", "", ""),
        ("rfs_days", "text", "Relapse-free survival in days", "", "integer", ""),
        ("rfs_status", "radio", "Relapse-free survival status", "0, free of relapse | 1, relapse or death", "", ""),
    )
    names = ("Variable / Field Name", "Form Name", "Section Header", "Field Type", "Field Label",
             "Choices, Calculations, OR Slider Labels", "Field Note", "Text Validation Type OR Show Slider Number",
             "Text Validation Min", "Text Validation Max", "Identifier?")  # fmt: skip
    dictionary = pd.DataFrame(
        [(n, "baseline", "", kind, label, choices, "", check, "", "", secret)
         for n, kind, label, choices, check, secret in fields],
        columns=names,
    )  # fmt: skip
    return [("export.csv", csv(export)), ("dictionary.csv", csv(dictionary))]


def folder_zip() -> Files:
    """A cohort folder of the app's own, which needs no mapping."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in FOLDER.rglob("*.*"):
            archive.write(path, path.relative_to(FOLDER))
    return [("cohort.zip", out.getvalue())]


def every_format(frame: pd.DataFrame) -> dict[str, Files]:
    """Format -> the files of the cohort in it."""
    return {
        "csv": [("gbsg2.csv", csv(frame, ";"))],
        "excel": [("gbsg2.xlsx", _excel(frame))],
        "parquet": [("gbsg2.parquet", _parquet(frame))],
        "spss": [("gbsg2.sav", _spss(frame))],
        "stata": [("gbsg2.dta", _stata(frame))],
        "xpt": [("gbsg2.xpt", _xpt(frame))],
        "adam": adam(frame),
        "cbioportal": cbioportal(frame),
        "redcap": redcap(frame),
    }
