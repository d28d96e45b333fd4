"""Parquet: values, labels, units and levels survive, and the files say what they are."""

import io
import json
import tomllib

import pyarrow.parquet as pq
import pytest

from tests.support.originals import CASES, WORDS, facts


def tables(case):
    return {name: pq.read_table(io.BytesIO(data)) for name, data in case.members("parquet").items()}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_events_and_medians_are_the_same(case):
    rows = tables(case)["endpoints.parquet"].to_pylist()
    for endpoint in case.identified:
        kind = {**dict.fromkeys(endpoint["event"], 1), **dict.fromkeys(endpoint["competing"], 2)}
        mine = [r for r in rows if r["endpoint"] == endpoint["from"]]
        assert facts({r["patient_id"]: (r["time_lo"], kind.get(r["event"], 0)) for r in mine}) == facts(
            case.outcomes(endpoint)
        )


@pytest.mark.parametrize("case", CASES, ids=str)
def test_values_are_the_same(case):
    patients = tables(case)["patients.parquet"]
    assert patients["patient_id"].to_pylist() == case.ids
    sources = case.rows("patients.csv")
    for variable in case.toml["variables"]:
        for column in [c["column"] for c in variable.get("cutoffs", [])] or [variable["name"]]:
            for value, row in zip(patients[column].to_pylist(), sources, strict=True):
                text = row[column]
                if variable["kind"] == "number":
                    assert value == (float(text) if text else None)
                elif variable["kind"] == "set":
                    assert value == text.split(";")
                else:
                    assert value == (text or "not_reported")


@pytest.mark.parametrize("case", CASES, ids=str)
def test_metadata_says_what_the_columns_and_the_file_are(case):
    found = tables(case)
    schema = found["patients.parquet"].schema
    for variable in case.toml["variables"]:
        column = variable.get("cutoffs", [{"column": variable["name"]}])[0]["column"]
        metadata = {k.decode(): v.decode() for k, v in schema.field(column).metadata.items()}
        assert metadata["label"].startswith(variable["label"])
        assert metadata.get("unit", "") == variable.get("unit", "")
        assert metadata["source"] == variable["source"]
        levels = json.loads(metadata.get("levels", "[]"))
        wanted = [(lv["code"], lv["label"]) for lv in variable.get("levels", [])]
        assert [(lv["code"], lv["label"]) for lv in levels if lv["code"] != "not_reported"] == wanted
    for table in found.values():
        about = {k.decode(): v.decode() for k, v in table.schema.metadata.items()}
        assert about["citation"] == case.toml["citation"]["text"]
        assert about["licence"] == case.toml["licence"]["name"]
        assert len(about["source_sha256"]) == 64
        assert about["selection"].endswith(WORDS if case.women else "all patients")


def test_the_whole_dictionary_is_in_the_patients_file():
    schema = tables(CASES[0])["patients.parquet"].schema
    written = tomllib.loads(schema.metadata[b"cohort.toml"].decode())
    assert [e["code"] for e in written["endpoints"]] == [e["code"] for e in CASES[0].toml["endpoints"]]
