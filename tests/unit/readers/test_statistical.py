"""SPSS, Stata and SAS files: variable labels, value labels, user-missing values, dates, numbers."""

import datetime
import gzip
import io
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cohort.errors import UploadError
from cohort.readers.limits import UploadLimits
from cohort.readers.statistical import read_statistical
from tests.support import formats

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
KINDS = {"sav": "spss", "zsav": "spss", "dta": "stata", "xpt": "xpt"}
LABELS = {"sex": "Sex at birth", "months": "Overall survival (months)"}
VALUES = {"sex": {1: "male", 2: "female", 9: "not asked"}}


def frame():
    return pd.DataFrame(
        {
            "id": ["P1", "P2", "P3"],
            "sex": [1.0, 2.0, 9.0],
            "months": [1.5, np.nan, 12.0],
            "seen": [datetime.date(2020, 1, 2), None, datetime.date(1931, 12, 31)],
            "at": [datetime.datetime(2020, 1, 2, 3, 4), pd.NaT, pd.NaT],
            "site": ["Łódź", "", "Nice"],
        }
    )


def read(ending, notes=None, **how):
    data = formats.statistical(frame(), ending, column_labels=LABELS, **how)
    return read_statistical(f"a.{ending}", data, KINDS[ending], [] if notes is None else notes)


@pytest.mark.parametrize("ending", KINDS)
def test_values_dates_and_variable_labels_survive(ending):
    table = read(ending)
    values = {c.name: c.values.to_pylist() for c in table.columns}
    day = datetime.date
    assert values == {
        "id": ["P1", "P2", "P3"],
        "sex": [1, 2, 9],
        "months": [1.5, None, 12.0],
        "seen": [day(2020, 1, 2), None, day(1931, 12, 31)],
        "at": [day(2020, 1, 2), None, None],
        "site": ["Łódź", None, "Nice"],
    }
    assert {c.name: c.label for c in table.columns if c.label} == LABELS
    assert table.first_row == 1


@pytest.mark.parametrize("ending", ["sav", "zsav", "dta"])
def test_value_labels_are_levels_by_the_code_as_it_is_shown(ending):
    notes = []
    column = read(ending, notes, variable_value_labels=VALUES).column("sex")
    assert column.levels == {"1": "male", "2": "female", "9": "not asked"}
    assert {str(v) for v in column.values.to_pylist()} == set(column.levels)
    assert any("value labels are kept in 'sex'" in n for n in notes)


@pytest.mark.parametrize(("declared", "gone"), [([9], ["9"]), ([{"lo": 2, "hi": 99}], ["2", "9"])])
def test_user_missing_values_of_spss_are_not_reported(declared, gone):
    notes = []
    column = read("sav", notes, variable_value_labels=VALUES, missing_ranges={"sex": declared}).column("sex")
    assert column.values.null_count == len(gone)
    assert list(column.missing) == gone
    assert not set(column.levels) & set(gone)
    assert any("declared as missing" in n for n in notes)


def test_user_missing_text_of_spss_is_not_reported():
    column = read("sav", missing_ranges={"site": ["Nice"]}).column("site")
    assert column.values.to_pylist() == ["Łódź", None, None]
    assert column.missing == ("Nice",)


def test_older_stata_files_are_read():
    data = formats.statistical(frame().drop(columns="site"), "dta", version=10)
    table = read_statistical("a.dta", data, "stata", [])
    assert table.column("months").values.to_pylist() == [1.5, None, 12.0]


@pytest.mark.parametrize("ending", KINDS)
def test_rows_and_columns_are_limited(ending):
    data = formats.statistical(frame(), ending)
    for limits, said in (
        ({"columns": 5}, "too many columns"),
        ({"rows": 2}, "too many rows"),
        ({"cells": 17}, "cells"),
    ):
        with pytest.raises(UploadError, match=said):
            read_statistical("a", data, KINDS[ending], [], UploadLimits(**limits))


@pytest.mark.parametrize("ending", ["sav", "zsav", "dta"])
def test_a_cut_file_is_refused(ending):
    data = formats.statistical(frame(), ending)
    with pytest.raises(UploadError, match="damaged or of a kind that cannot be read"):
        read_statistical("a", data[: len(data) // 3], KINDS[ending], [])


def test_numbers_in_single_precision_are_those_that_were_typed():
    typed = [5.1, 0.2, 1234.5678, 1e-05, np.nan, 12.0]
    out = io.BytesIO()
    pd.DataFrame({"months": np.array(typed, dtype=np.float32)}).to_stata(out, write_index=False)
    column = read_statistical("a.dta", out.getvalue(), "stata", []).column("months")
    assert column.values.to_pylist() == [5.1, 0.2, 1234.5677, 1e-05, None, 12.0], "seven digits are all there are"


def test_a_sas_file_that_nobody_here_wrote():
    """R's own iris, in the file that the package haven brings as an example (tests/samples)."""
    data = gzip.decompress((SAMPLES / "iris.sas7bdat.gz").read_bytes())
    table = read_statistical("iris.sas7bdat", data, "sas", [])
    values = {c.name: c.values.to_pylist() for c in table.columns}
    assert list(values) == ["Sepal_Length", "Sepal_Width", "Petal_Length", "Petal_Width", "Species"]
    assert Counter(values["Species"]) == {"setosa": 50, "versic": 50, "virgin": 50}, "the file keeps six letters"
    # summary(iris) in R
    assert [round(np.mean(values[c]), 3) for c in list(values)[:4]] == [5.843, 3.057, 3.758, 1.199]
    assert (min(values["Petal_Length"]), max(values["Petal_Length"])) == (1.0, 6.9)
    with pytest.raises(UploadError, match="damaged"):
        read_statistical("iris.sas7bdat", data[:5000], "sas", [])
