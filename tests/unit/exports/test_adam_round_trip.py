"""ADaM-shaped files: CNSR, PARAMCD and adverse events read back to the source's numbers, from CSV and from XPT."""

import csv
import io
from collections import Counter

import pyreadstat
import pytest

from tests.support.originals import CASES, Case, facts, same_cell

SYNTHETIC = [c for c in CASES if c.folder.startswith("synthetic")]


def csv_rows(data):
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def by_parameter(rows):
    found = {}
    for row in rows:
        found.setdefault(row["PARAMCD"], {})[row["USUBJID"]] = row
    return found


def test_of(case, rows):
    """Parameters stand in the order of the dictionary's endpoints."""
    found = by_parameter(rows)
    assert all(len(code) <= 8 and code.isalnum() for code in found)
    assert len(found) == len(case.identified)
    assert {r["AVALU"] for r in rows} == {"MONTHS"}
    for endpoint, mine in zip(case.identified, found.values(), strict=True):
        assert {r["PARAM"] for r in mine.values()} == {endpoint["label"]}
        expected = case.outcomes(endpoint)
        read = {i: (float(r["AVAL"]), float(r["CNSR"]) == 0) for i, r in mine.items()}
        assert read == {i: (t, k == 1) for i, (t, k) in expected.items()}
        assert facts(read) == facts(expected)


test_of.__test__ = False


@pytest.mark.parametrize("case", CASES, ids=str)
def test_events_and_medians_are_the_same(case):
    test_of(case, csv_rows(case.members("adam")["adtte.csv"]))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_transport_files_hold_the_same(case, tmp_path):
    for name, data in case.members("adam-xpt").items():
        (tmp_path / name).write_bytes(data)
    frame, meta = pyreadstat.read_xport(tmp_path / "adtte.xpt")
    test_of(case, frame.to_dict("records"))
    assert meta.table_name == "ADTTE"
    assert meta.column_names_to_labels["CNSR"] == "Censor"
    frame, meta = pyreadstat.read_xport(tmp_path / "adsl.xpt")
    assert frame["USUBJID"].tolist() == case.ids
    assert meta.column_names_to_labels["AGE"] == "Age at diagnosis (years)"
    assert all(len(name) <= 8 for name in frame.columns)
    ages = [float(r["age"]) for r in case.rows("patients.csv")]
    assert frame["AGE"].tolist() == ages


@pytest.mark.parametrize("case", CASES, ids=str)
def test_each_reason_for_censoring_has_its_number_and_words(case):
    labels = {r["code"]: r["label"] for r in (*case.toml["reasons"], *case.toml["events"])}
    rows = by_parameter(csv_rows(case.members("adam")["adtte.csv"]))
    numbers = {}
    for endpoint, mine in zip(case.identified, rows.values(), strict=True):
        for source in case.rows("endpoints.csv"):
            if source["endpoint"] != endpoint["from"]:
                continue
            row, code = mine[source["patient_id"]], source["event"] or source["reason"]
            assert row["EVNTDESC"] == labels[code]
            if code in endpoint["event"]:
                assert row["CNSDTDSC"] == ""
                continue
            competing = "competing event: " if code in endpoint["competing"] else ""
            assert row["CNSDTDSC"] == competing + labels[code]
            assert numbers.setdefault(code, row["CNSR"]) == row["CNSR"] != "0"
    assert len(set(numbers.values())) == len(numbers) > 1


@pytest.mark.parametrize("case", CASES, ids=str)
def test_values_of_patients_are_the_same(case):
    read = csv_rows(case.members("adam")["adsl.csv"])
    for row, source in zip(read, case.rows("patients.csv"), strict=True):
        assert row["USUBJID"] == source["patient_id"]
        assert row["SEX"] == {"female": "F", "male": "M"}[source["sex"]]
        assert row["ELNRISK"] == source["eln_risk"]
        assert same_cell(row["WBC"], source["wbc"])
        if "genes" in source:
            assert (row["NPM1FL"] == "Y") == ("NPM1" in source["genes"].split(";"))
        if "safety" in source:
            assert row["SAFFL"] == {"yes": "Y", "no": "N"}[source["safety"]]
            assert row["TRT01A"] == source["treatment"]


@pytest.mark.parametrize("case", SYNTHETIC, ids=str)
def test_adverse_events_are_the_same(case):
    read, source = csv_rows(case.members("adam")["adae.csv"]), case.rows("ae_events.csv")
    answer = {"Y": "yes", "N": "no"}
    assert Counter(
        (r["USUBJID"], r["AETERM"], r["AETOXGR"], r["ASTMON"], answer.get(r["AESER"], r["AESER"])) for r in read
    ) == Counter(
        (r["patient_id"], r["term"], r["grade"], repr(float(r["onset_month"])).removesuffix(".0"), r["serious"])
        for r in source
    )
    assert len({(r["USUBJID"], r["AESEQ"]) for r in read}) == len(read)
    assert min(int(r["ASTDY"]) for r in read) >= 1


def test_totals_of_adverse_events_are_no_adae():
    assert "adae.csv" not in CASES[0].members("adam")


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_codebook_explains_every_variable_and_code(case: Case):
    members = case.members("adam")
    book = csv_rows(members.pop("define.csv"))
    for file, data in members.items():
        dataset = file.removesuffix(".csv").upper()
        rows = csv_rows(data)
        mine = [r for r in book if r["dataset"] == dataset]
        assert [r["variable"] for r in mine if r["type"] != "code"] == list(rows[0])
        assert all(r["label"] for r in mine)
        for variable in {r["variable"] for r in mine if r["type"] == "code"}:
            codes = {r["code"] for r in mine if r["variable"] == variable and r["type"] == "code"}
            assert {r[variable] for r in rows} - {""} <= codes, variable
    assert case.toml["citation"]["text"] in {r["definition"] for r in book}
