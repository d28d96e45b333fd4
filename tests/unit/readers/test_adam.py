"""CDISC ADaM is recognised by its columns, whatever the physical format."""

import pandas as pd
import pytest

from cohort.readers.adam import dataset_kind
from cohort.readers.upload import read_upload
from tests.support import formats


def trio():
    ids = [f"S1-{i}" for i in range(1, 5)]
    adsl = pd.DataFrame({"USUBJID": ids, "TRT01A": ["Drug", "Placebo"] * 2, "AGE": [50, 60, 70, 80]})
    adtte = pd.DataFrame(
        {"USUBJID": ids, "PARAMCD": ["OS"] * 4, "AVAL": [10.0, 20.0, 30.5, 40.0], "CNSR": [0, 1, 0, 2]}
    )
    adae = pd.DataFrame({"USUBJID": ids[:2], "AEDECOD": ["NAUSEA", "RASH"], "AESEV": ["MILD", "SEVERE"]})
    return {"adsl": adsl, "adtte": adtte, "adae": adae}


WRITERS = {
    "csv": formats.csv,
    "xpt": lambda f: formats.statistical(f, "xpt", file_format_version=5),
    "sav": lambda f: formats.statistical(f, "sav"),
    "parquet": formats.parquet,
}


@pytest.mark.parametrize("ending", WRITERS)
@pytest.mark.parametrize("packed", [False, True])
def test_a_trio_of_any_format_is_adam(ending, packed):
    files = {f"{name}.{ending}": WRITERS[ending](frame) for name, frame in trio().items()}
    handed = [("adam.zip", formats.zipped(files))] if packed else list(files.items())
    upload = read_upload(handed)
    assert upload.format == "adam"
    assert {t.name.partition(".")[0]: dataset_kind(t) for t in upload.tables} == {
        "adsl": "ADSL", "adtte": "ADTTE", "adae": "ADAE",
    }  # fmt: skip
    adtte = upload.table(f"adtte.{ending}")
    assert adtte.column("AVAL").values.to_pylist() == [10.0, 20.0, 30.5, 40.0]
    assert adtte.column("CNSR").values.to_pylist() == [0, 1, 0, 2], "the coding is the mapping step's to turn round"


def test_three_sheets_of_a_workbook_are_adam():
    frames = trio()
    upload = read_upload([("adam.xlsx", formats.excel(*frames.values(), names=list(frames)))])
    assert upload.format == "adam"
    assert [t.name for t in upload.tables] == ["adam.xlsx: adsl", "adam.xlsx: adtte", "adam.xlsx: adae"]


def test_lower_case_names_are_the_same_names_and_a_codebook_is_left_out():
    frames = {n: f.rename(columns=str.lower) for n, f in trio().items()}
    codebook = pd.DataFrame({"dataset": ["ADSL"], "variable": ["AGE"]})
    upload = read_upload([(f"{n}.csv", formats.csv(f)) for n, f in {**frames, "define": codebook}.items()])
    assert upload.format == "adam"
    assert len(upload.tables) == 3
    assert any("Left out" in n and "'define.csv'" in n for n in upload.notes)


def test_subjects_of_a_single_arm_are_known_by_one_row_each():
    frames = trio()
    frames["adsl"] = frames["adsl"].drop(columns="TRT01A")
    frames["advs"] = pd.DataFrame({"USUBJID": ["S1-1", "S1-1"], "VSTEST": ["Weight", "Height"]})
    upload = read_upload([(f"{n}.csv", formats.csv(f)) for n, f in frames.items()])
    assert [t.name for t in upload.tables] == ["adsl.csv", "adtte.csv", "adae.csv"]


def test_without_times_to_an_event_it_is_not_adam():
    upload = read_upload([(f"{n}.csv", formats.csv(f)) for n, f in trio().items() if n != "adtte"])
    assert upload.format == "csv"
