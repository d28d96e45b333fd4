"""Parquet, Feather and Arrow IPC: types and labels kept, sizes refused before they are believed."""

import datetime
import json

import numpy as np
import pyarrow as pa
import pytest

from cohort.errors import UploadError
from cohort.readers.arrow_files import read_arrow
from cohort.readers.limits import UploadLimits
from tests.support import formats


def read(data, **how):
    notes = []
    return read_arrow("a.parquet", data, notes, **how), notes


def table():
    label = {"label": "Age at diagnosis", "unit": "years"}
    levels = {
        "levels": json.dumps([{"code": "f", "label": "female", "colour": "#000"}, {"code": "m", "label": "male"}])
    }
    coded = pa.dictionary(pa.int8(), pa.string())
    moment = datetime.datetime(2020, 1, 2, 5)
    columns = {
        pa.field("age", pa.int8(), metadata=label): pa.array([50, None, 70], pa.int8()),
        pa.field("sex", coded, metadata=levels): pa.array(["f", "m", None]).dictionary_encode().cast(coded),
        pa.field("genes", pa.list_(pa.string())): pa.array([["FLT3", "NPM1"], [], None]),
        pa.field("dose", pa.decimal128(5, 2)): pa.array([1.0, 2.0, None]).cast(pa.decimal128(5, 2)),
        pa.field("day", pa.timestamp("us")): pa.array([moment, None, None], pa.timestamp("us")),
        pa.field("time", pa.float32()): pa.array([1.5, np.nan, np.inf], pa.float32()),
        pa.field("place", pa.struct({"x": pa.int64()})): pa.array([{"x": 1}] * 3),
        pa.field("none", pa.null()): pa.nulls(3),
    }
    return pa.Table.from_arrays(list(columns.values()), schema=pa.schema(list(columns)))


@pytest.mark.parametrize("write", [formats.parquet, formats.arrow, lambda t: formats.arrow(t, stream=True)])
def test_types_labels_units_and_levels_survive(write):
    read_table, notes = read(write(table()))
    values = {c.name: c.values.to_pylist() for c in read_table.columns}
    assert values == {
        "age": [50, None, 70],
        "sex": ["f", "m", None],
        "genes": ["FLT3;NPM1", None, None],
        "dose": [1.0, 2.0, None],
        "day": [datetime.date(2020, 1, 2), None, None],
        "time": [1.5, None, None],
        "none": [None, None, None],
    }
    assert read_table.column("age").label == "Age at diagnosis"
    assert read_table.column("age").unit == "years"
    assert read_table.column("sex").levels == {"f": "female", "m": "male"}
    said = " ".join(notes)
    assert "left out, for their type holds no plain value: 'place'" in said
    assert "joined by ';' in 'genes'" in said
    assert "time of day is left out in 'day'" in said


def test_metadata_that_is_no_list_of_levels_is_passed_over():
    field = pa.field("x", pa.int64(), metadata={"levels": "{not json", "label": b"\xff"})
    assert read(formats.parquet(pa.Table.from_arrays([pa.array([1])], schema=pa.schema([field]))))[0].rows == 1


def run_lengths(rows, text):
    return pa.table({"x": pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, np.int32)), pa.array([text]))})


@pytest.mark.parametrize("write", [formats.parquet, formats.arrow])
def test_a_small_file_that_stands_for_gigabytes_is_refused(write):
    data = write(run_lengths(100_000, "y" * 100_000))
    assert len(data) < 1_000_000
    with pytest.raises(UploadError, match=r"hold too much text\. Seen: '[\d,]+ MB'\. Allowed: up to 200 MB"):
        read(data)


def test_declared_rows_are_refused_before_they_are_read():
    data = formats.parquet(pa.table({"x": pa.array(np.zeros(5_000_000, np.int8))}))
    assert len(data) < 100_000
    with pytest.raises(UploadError, match=r"too many rows\. Seen: '5,000,000'"):
        read(data)


@pytest.mark.parametrize("write", [formats.arrow, lambda t: formats.arrow(t, stream=True)])
def test_rows_of_arrow_files_are_counted_as_they_come(write):
    with pytest.raises(UploadError, match=r"too many rows\. Seen: '3'"):
        read(write(table()), limits=UploadLimits(rows=2))


def test_text_that_is_no_utf_8_is_refused():
    bad = pa.Array.from_buffers(
        pa.string(), 1, [None, pa.py_buffer(np.array([0, 2], np.int32)), pa.py_buffer(b"\xff\xfe")]
    )
    with pytest.raises(UploadError, match=r"damaged or not wholly there \(.*UTF"):
        read(formats.arrow(pa.table({"x": bad})))


@pytest.mark.parametrize("write", [formats.parquet, formats.arrow, lambda t: formats.arrow(t, stream=True)])
@pytest.mark.parametrize("cut", [0.1, 0.5, 0.97])
def test_a_cut_file_is_refused(write, cut):
    data = write(table())
    with pytest.raises(UploadError, match="damaged"):
        read(data[: int(len(data) * cut)])


def test_a_file_without_rows_is_refused():
    with pytest.raises(UploadError, match="no row of values"):
        read(formats.parquet(table().slice(0, 0)))


def test_numbers_in_single_precision_are_those_that_were_typed():
    given = pa.table({"months": pa.array([5.1, 0.25, 12.0, np.nan], pa.float32())})
    read_table, _ = read(formats.arrow(given))
    assert read_table.column("months").values.to_pylist() == [5.1, 0.25, 12.0, None]
