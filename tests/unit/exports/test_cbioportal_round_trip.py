"""cBioPortal files: read as the format's documentation describes them."""

import re
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from cohort import read_cohort
from cohort.exports.cohort_files import cohort_file
from cohort.exports.extract import ExportError
from cohort.tables import Cohort
from tests.support.originals import CASES, DATA, facts, same_cell, unzipped


def clinical(data):
    lines = data.decode().removesuffix("\n").split("\n")
    names = lines[4].split("\t")
    heads = [dict(zip(names, line.removeprefix("#").split("\t"), strict=True)) for line in lines[:4]]
    assert all(line.startswith("#") for line in lines[:4])
    return heads, [dict(zip(names, line.split("\t"), strict=True)) for line in lines[5:]]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_events_and_medians_are_the_same(case):
    _, rows = clinical(case.members("cbioportal")["data_clinical_patient.txt"])
    prefixes = [name.removesuffix("_MONTHS") for name in rows[0] if name.endswith("_MONTHS")]
    assert prefixes == [e["code"].upper() for e in case.identified]
    for endpoint, prefix in zip(case.identified, prefixes, strict=True):
        assert all(re.match("[01]:", r[f"{prefix}_STATUS"]) for r in rows)
        read = {r["PATIENT_ID"]: (float(r[f"{prefix}_MONTHS"]), r[f"{prefix}_STATUS"].startswith("1:")) for r in rows}
        expected = case.outcomes(endpoint)
        assert read == {i: (t, k == 1) for i, (t, k) in expected.items()}
        assert facts(read) == facts(expected)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_header_rows_and_values(case):
    (_, descriptions, kinds, priorities), rows = clinical(case.members("cbioportal")["data_clinical_patient.txt"])
    assert set(kinds.values()) == {"STRING", "NUMBER"}
    assert set(priorities.values()) == {"1"}
    assert all(descriptions.values())
    assert all(re.fullmatch("[A-Z][A-Z0-9_]*", name) for name in kinds)
    assert kinds["AGE"] == "NUMBER"
    risk = next(v for v in case.toml["variables"] if v["name"] == "eln_risk")
    labels = {lv["code"]: lv["label"] for lv in risk["levels"]} | {"": ""}
    for row, source in zip(rows, case.rows("patients.csv"), strict=True):
        assert row["ELN_RISK"] == labels[source["eln_risk"]]
        assert same_cell(row["WBC"], source["wbc"])


def test_overall_survival_has_the_words_the_format_prescribes():
    _, rows = clinical(CASES[2].members("cbioportal")["data_clinical_patient.txt"])
    assert {r["OS_STATUS"] for r in rows} == {"0:LIVING", "1:DECEASED"}
    assert {r["RFS_STATUS"] for r in rows} == {"0:CENSORED", "1:EVENT"}


def test_meta_files_name_the_study_and_the_data_files():
    files = CASES[1].members("cbioportal")
    meta = {
        name: dict(line.split(": ", 1) for line in data.decode().splitlines())
        for name, data in files.items()
        if name.startswith("meta")
    }
    assert len({m["cancer_study_identifier"] for m in meta.values()}) == 1
    assert CASES[1].toml["citation"]["doi"] in meta["meta_study.txt"]["description"]
    for level in ("patient", "sample"):
        assert meta[f"meta_clinical_{level}.txt"]["data_filename"] in files
        assert meta[f"meta_clinical_{level}.txt"]["datatype"] == f"{level.upper()}_ATTRIBUTES"
    _, samples = clinical(files["data_clinical_sample.txt"])
    assert [s["PATIENT_ID"] for s in samples] == CASES[1].ids


def test_ids_the_format_does_not_allow_are_replaced_and_kept_beside():
    cohort = read_cohort(DATA / "flt3-itd-sorafenib-iti")
    new = {"1": "a b", "2": "a/b", "3": "a_b", "4": "tab\tid"}
    tables = {
        name: table.set_column(
            at, "patient_id", pa.array([new.get(i, i) for i in table["patient_id"].to_pylist()], pa.string())
        )
        for name, table in cohort.tables.items()
        if "patient_id" in table.column_names
        for at in [table.column_names.index("patient_id")]
    }
    cohort = Cohort(cohort.definition, tables, "")
    files = unzipped(cohort_file(cohort, np.ones(cohort.n, bool), "cbioportal").data)
    _, rows = clinical(files["data_clinical_patient.txt"])
    ids = [r["PATIENT_ID"] for r in rows]
    assert len(set(ids)) == cohort.n
    assert all(re.fullmatch("[A-Za-z0-9._-]+", i) for i in ids)
    assert ids[2] == "a_b"
    assert [r["PATIENT_DISPLAY_NAME"] for r in rows[:4]] == ["a b", "a/b", "a_b", "tab id"]


def test_times_that_are_not_months_are_refused():
    cohort = read_cohort(DATA / "flt3-itd-sorafenib-iti")
    cohort = Cohort(replace(cohort.definition, time_unit="days"), cohort.tables, "")
    with pytest.raises(ExportError, match="'days'"):
        cohort_file(cohort, np.ones(cohort.n, bool), "cbioportal")
