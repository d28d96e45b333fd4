"""Reading our own folder: types, metadata, and one clear sentence for every way it can be broken."""

import shutil

import pyarrow as pa
import pytest

from cohort.errors import CohortError
from cohort.readers import read_cohort
from tests.support import printed


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(printed.FOLDER, tmp_path / "cohort")


def rewrite(path, old, new, count=1):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, count), encoding="utf-8")


def test_patient_table_is_typed_and_explains_itself():
    patients = read_cohort(printed.FOLDER).patients
    assert patients.num_rows == 19
    assert pa.types.is_dictionary(patients.schema.field("eln_risk").type)
    assert patients.schema.field("wbc").type == pa.float64()
    assert patients.schema.field("genes").type == pa.list_(pa.string())
    assert patients.schema.field("wbc").metadata[b"unit"].decode() == "×10⁹/L"
    assert patients.schema.field("age").metadata[b"label"].decode() == "Age at diagnosis"
    assert patients["eln_risk"].combine_chunks().dictionary.to_pylist() == ["favourable", "intermediate", "adverse"]


def test_fingerprint_changes_with_any_cell(folder):
    before = read_cohort(folder).fingerprint
    assert before == read_cohort(printed.FOLDER).fingerprint
    rewrite(folder / "mrd.csv", "8.85", "8.86")
    assert read_cohort(folder).fingerprint != before


def test_an_empty_cell_becomes_a_level_of_its_own(folder):
    rewrite(folder / "patients.csv", "19,intermediate,M5,induction", "19,,M5,induction")
    cohort = read_cohort(folder)
    variable = cohort.definition.variable("eln_risk")
    assert [lv.label for lv in variable.levels][-1] == "not reported"
    assert cohort.membership(variable).sum(axis=1).tolist() == [3, 8, 7, 1]


BROKEN = {
    "randomised in words": (
        "cohort.toml",
        'name = "timing"',
        'name = "timing"\nrandomised = "yes"',
        ["cohort.toml", "'timing'", "'yes'", "true, false"],
    ),
    "unknown level": (
        "patients.csv",
        "1,intermediate",
        "1,medium",
        ["patients.csv, row 1", "eln_risk", "'medium'", "favourable, intermediate, adverse"],
    ),
    "not a number": (
        "patients.csv",
        "male,59,59",
        "male,old,59",
        ["patients.csv, row 1", "'age'", "'old'", "18 to 90"],
    ),
    "outside the limits": ("patients.csv", "male,59,59", "male,159,59", ["row 1", "'age'", "'159'", "18 to 90"]),
    "repeated id": ("patients.csv", "\n2,adverse", "\n1,adverse", ["patients.csv, row 2", "'1'", "each id once"]),
    "unknown gene": ("patients.csv", "NPM1;CEBPA", "NPM1;CEBP", ["row 2", "'genes'", "'CEBP'", "CEBPA"]),
    "missing column": (
        "patients.csv",
        "patient_id,eln_risk",
        "patient_id,eln",
        ["patients.csv", "'eln_risk'", "missing"],
    ),
    "ragged row": (
        "patients.csv",
        "\n3,intermediate",
        "\n3,extra,intermediate",
        ["patients.csv", "the same number of cells"],
    ),
    "negative time": (
        "endpoints.csv",
        "1,os_dx,82,82",
        "1,os_dx,-82,82",
        ["endpoints.csv, row 1", "time_lo", "'-82.0'", "0 or more"],
    ),
    "a time of centuries": (
        "endpoints.csv",
        "1,os_dx,82,82",
        "1,os_dx,82,1e300",
        ["endpoints.csv, row 1", "time_hi", "'1e+300'", "up to 1200 months"],
    ),
    "unknown endpoint": ("endpoints.csv", "1,os_dx,82,82", "1,os_xx,82,82", ["row 1", "'os_xx'", "os_dx"]),
    "unknown reason": ("endpoints.csv", "1,os_dx,82,82,,alive", "1,os_dx,82,82,,well", ["row 1", "'well'", "alive"]),
    "event and reason": (
        "endpoints.csv",
        "1,os_dx,82,82,,alive",
        "1,os_dx,82,82,death,alive",
        ["row 1", "empty where there is an event"],
    ),
    "stranger": ("mrd.csv", "\n1,flow", "\n99,flow", ["mrd.csv, row 1", "'99'", "patients.csv"]),
    "broken toml": ("cohort.toml", "[citation]", "[citation", ["cohort.toml", "not valid TOML"]),
    "missing entry": ("cohort.toml", 'label = "Sex"\n', "", ["cohort.toml", "label"]),
    "unknown table": ("cohort.toml", 'mrd = "mrd.csv"', 'mrdd = "mrd.csv"', ["cohort.toml", "'mrdd'", "mrd"]),
    "missing file": ("cohort.toml", 'mrd = "mrd.csv"', 'mrd = "mrd2.csv"', ["mrd2.csv", "missing"]),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_folder_says_where_what_and_what_is_allowed(folder, name):
    file, old, new, expected = BROKEN[name]
    rewrite(folder / file, old, new)
    with pytest.raises(CohortError) as caught:
        read_cohort(folder)
    message = str(caught.value)
    for fragment in expected:
        assert fragment in message, message
    assert "\n" not in message
    assert str(folder) not in message, "a message must not tell where the server keeps its files"


def test_no_folder_is_one_sentence(tmp_path):
    with pytest.raises(CohortError, match=r"cohort\.toml: the data dictionary is missing"):
        read_cohort(tmp_path)


def test_bytes_that_are_not_text_are_refused(folder):
    (folder / "mrd.csv").write_bytes(b"\xff\xfe\x00patient_id")
    with pytest.raises(CohortError, match=r"mrd\.csv"):
        read_cohort(folder)
