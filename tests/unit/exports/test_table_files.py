"""Tables as CSV: readable by spreadsheets, never run by them."""

import csv
import io

import pyarrow as pa
import pytest

from cohort.exports.table import csv_bytes


def read(data):
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


def test_arrow_table_round_trip():
    rows = read(csv_bytes(pa.table({"time": [1.5, None], "group": ["a", "b"]})))
    assert rows == [["time", "group"], ["1.5", "a"], ["", "b"]]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1+2", "@x", "\tx", "＝1"])
def test_formulas_are_disarmed(text):
    assert read(csv_bytes([{"x": text}]))[1] == ["'" + text]


def test_negative_numbers_stay_numbers():
    assert read(csv_bytes([{"x": -1.5}]))[1] == ["-1.5"]
