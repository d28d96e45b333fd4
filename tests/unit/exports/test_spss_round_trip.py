"""SPSS .sav: variable labels, value labels, system missing, and the same events and medians."""

import numpy as np
import pyreadstat
import pytest

from cohort import read_cohort
from cohort.exports import statistical_files
from cohort.exports.cohort_files import cohort_file
from cohort.exports.extract import ExportError
from cohort.exports.patient_columns import at_most, short_names
from cohort.mapping import build, propose
from tests.support.originals import CASES, DATA, facts
from tests.support.uploads import table, upload


@pytest.fixture(params=CASES, ids=str, scope="module")
def read(request, tmp_path_factory):
    path = tmp_path_factory.mktemp("sav") / "cohort.sav"
    path.write_bytes(request.param.exported("spss"))
    return request.param, *pyreadstat.read_sav(path)


def test_events_and_medians_are_the_same(read):
    case, frame, _ = read
    for endpoint in case.identified:
        columns = (frame["patient_id"], frame[f"{endpoint['code']}_time"], frame[f"{endpoint['code']}_status"])
        found = {i: (t, k) for i, t, k in zip(*columns, strict=True)}
        assert found == case.outcomes(endpoint)
        assert facts(found) == facts(case.outcomes(endpoint))


def test_value_labels_give_back_the_values(read):
    case, frame, meta = read
    for variable in case.toml["variables"]:
        if variable["kind"] != "category":
            continue
        labels = {lv["code"]: lv["label"] for lv in variable["levels"]}
        for column in [c["column"] for c in variable.get("cutoffs", [])] or [variable["name"]]:
            decoded = [meta.variable_value_labels[column].get(v, "") for v in frame[column]]
            assert decoded == [labels.get(r[column], "") for r in case.rows("patients.csv")], column
            assert meta.column_names_to_labels[column].startswith(variable["label"])
            assert meta.variable_measure[column] == "nominal"


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        ([0, 3, 1, 2, None, 0], {0: "0", 1: "1", 2: "2", 3: "3"}),  # the numbers they are called by
        (["I", "II", "III", "I", None, "II"], {1: "I", 2: "II", 3: "III"}),  # no numbers: places from 1
    ],
)
def test_a_category_of_numbers_keeps_them(values, labels, tmp_path):
    columns = {"patient_id": list("abcdef"), "ecog_grade": [None if v is None else str(v) for v in values],
               "os_months": [5, 9, 20, 31, 40, 44], "os_status": [1, 1, 0, 0, 1, 0]}  # fmt: skip
    given = upload(table("own.csv", columns))
    cohort = build(given, propose(given))
    assert cohort.definition.variable("ecog_grade").kind == "category"
    path = tmp_path / "own.sav"
    path.write_bytes(cohort_file(cohort, np.ones(cohort.n, bool), "spss").data)
    frame, meta = pyreadstat.read_sav(path)
    assert meta.variable_value_labels["ecog_grade"] == labels
    assert [labels.get(v) for v in frame["ecog_grade"]] == columns["ecog_grade"]
    if 0 in labels:
        assert frame["ecog_grade"].tolist()[:4] == [0, 3, 1, 2]


def test_members_of_sets_are_one_and_zero(read):
    case, frame, meta = read
    sources = case.rows("patients.csv")
    if "genes" in sources[0]:
        assert frame["genes_NPM1"].tolist() == [float("NPM1" in r["genes"].split(";")) for r in sources]
        assert meta.variable_value_labels["genes_NPM1"] == {0.0: "not listed", 1.0: "listed"}


def test_gaps_are_system_missing(read):
    case, frame, meta = read
    gaps = [r["wbc"] == "" for r in case.rows("patients.csv")]
    assert np.isnan(frame["wbc"]).tolist() == gaps
    assert not meta.missing_ranges
    assert meta.column_names_to_labels["wbc"] == "White cell count (×10⁹/L)"


def test_how_each_time_ends_is_kept(read):
    case, frame, meta = read
    labels = {r["code"]: r["label"] for r in (*case.toml["reasons"], *case.toml["events"])}
    for rows in {e["from"] for e in case.identified}:
        ends = {
            r["patient_id"]: labels[r["event"] or r["reason"]]
            for r in case.rows("endpoints.csv")
            if r["endpoint"] == rows
        }
        decoded = [meta.variable_value_labels[f"{rows}_end"][v] for v in frame[f"{rows}_end"]]
        assert decoded == [ends[i] for i in frame["patient_id"]]


def test_the_file_says_what_it_is(read):
    case, _, meta = read
    assert case.toml["citation"]["text"].replace(" ", "") in "".join(meta.notes).replace(" ", "")


def test_without_memory_files_nothing_is_written_to_a_disk(monkeypatch):
    monkeypatch.delattr(statistical_files.os, "memfd_create")
    cohort = read_cohort(DATA / "flt3-itd-sorafenib-iti")
    with pytest.raises(ExportError, match="without touching a disk"):
        cohort_file(cohort, np.ones(cohort.n, bool), "spss")


def test_names_are_short_distinct_and_not_reserved():
    names = short_names(["mrd flow 0.01", "mrd flow 0.1", "MRD-flow", "1st", "é", "all", "all"], 8, taken=["ALL"])
    assert names == ["mrd_flow", "mrd_flo2", "MRD_flo3", "X1st", "X", "all2", "all3"]
    assert short_names(["a_b", "a b", "AB"], 8, joint="") == ["ab", "ab2", "AB3"]


def test_text_is_cut_between_letters():
    assert at_most("a×b", 2) == "a"
    assert at_most("a×b", 3) == "a×"
