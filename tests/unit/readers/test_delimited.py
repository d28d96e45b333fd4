"""Delimited text: delimiter, encoding, decimal comma, header and rows as people send them."""

import datetime

import pandas as pd
import pytest
from lifelines import KaplanMeierFitter, datasets

from cohort.errors import UploadError
from cohort.readers.delimited import read_delimited
from cohort.readers.limits import UploadLimits
from tests.support import formats


def read(data, **how):
    notes = []
    return read_delimited("a.csv", data, notes, **how), notes


@pytest.mark.parametrize(
    ("separator", "said"), [(",", "commas"), (";", "semicolons"), ("\t", "tabs"), ("|", "vertical")]
)
def test_the_delimiter_is_found(separator, said):
    frame = pd.DataFrame({"id": ["a", "b, c"], "time": [1.5, 2.0], "note": ["x; y", "1,2"]})
    table, notes = read(formats.csv(frame, sep=separator))
    assert {c.name: c.values.to_pylist() for c in table.columns} == frame.to_dict("list")
    assert said in notes[0]


@pytest.mark.parametrize(
    ("encoding", "said"),
    [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("utf-16", "UTF-16-LE"), ("utf-16-be", "UTF-16-BE"),
     ("utf-32", "UTF-32-LE"), ("cp1252", "Windows-1252")],
)  # fmt: skip
def test_the_encoding_is_found_and_said(encoding, said):
    table, notes = read("größe,ort\n1,Zürich\n2,Genève\n".encode(encoding))
    assert table.names == ("größe", "ort")
    assert table.column("ort").values.to_pylist() == ["Zürich", "Genève"]
    assert notes[0].endswith(f"{said}.")


def test_chinese_text_of_an_older_spreadsheet_is_read():
    table, notes = read("编号,结局\n1,死亡\n2,存活\n".encode("gb18030"))
    assert table.column("结局").values.to_pylist() == ["死亡", "存活"]
    assert "GB 18030" in notes[0]


def test_a_decimal_comma_gives_the_same_median():
    frame = datasets.load_larynx()
    table, notes = read(formats.csv(frame, sep=";", decimal=",", encoding="cp1252"))
    time, event = (table.column(c).values.to_pylist() for c in ("time", "death"))
    assert time == frame["time"].tolist()
    expected = KaplanMeierFitter().fit(frame["time"], frame["death"]).median_survival_time_
    assert KaplanMeierFitter().fit(time, event).median_survival_time_ == expected
    assert any("decimal comma is read in 'time'" in n for n in notes)


def test_titles_above_and_notes_below_the_table_are_left_out():
    data = b"Table 1. Patients;;;\n\nid;time;event;day\n1;2,5;1;31.12.2020\n\n2;3;0;1.1.2021\n;;;\nSource: us;;;\n"
    table, notes = read(data)
    assert table.first_row == 4
    assert table.rows == 2
    assert table.column("time").values.to_pylist() == [2.5, 3.0]
    assert table.column("day").values.to_pylist() == [datetime.date(2020, 12, 31), datetime.date(2021, 1, 1)]
    said = " ".join(notes)
    assert "rows above the column names left out: 2" in said
    assert "below the table left out: 1, from row 8" in said
    assert "empty rows between the rows left out: 1" in said


def test_names_are_given_and_told_apart():
    table, notes = read(b"id,,x,x,x (2),\n1,2,3,4,5,\n")
    assert table.names == ("id", "column 2", "x", "x (2)", "x (2) (2)")
    assert "columns without a name are called 'column 2'" in notes[1]
    assert "told apart as 'x (2)', 'x (2) (2)'" in notes[2]


def test_line_breaks_quotes_and_old_line_ends_are_kept_in_order():
    table, _ = read(b'id,text\r1,"a ""b""\rc"\r2,d\r')
    assert table.column("text").values.to_pylist() == ['a "b"\nc', "d"]


def test_words_and_limits_stay_text_and_are_noted():
    table, notes = read(b"id,mrd,age\n1,0.5,60\n2,< 0.01 %,unknown\n3,1.5,NA\n")
    assert table.column("mrd").values.to_pylist() == ["0.5", "< 0.01 %", "1.5"]
    assert table.column("age").values.to_pylist() == [60, None, None]
    said = " ".join(notes)
    assert "'mrd' kept as text: not every cell is a plain number (seen: '< 0.01 %')" in said
    assert "'NA'" in said
    assert "'unknown'" in said


def test_cells_that_are_no_dates_are_named_with_their_rows():
    days = [f"{d:02}.03.2020" for d in range(1, 31)]
    for place in (3, 5, 7, 9, 11, 13):
        days[place] = f"about {place}"
    table, notes = read(("T;;\nid;day;t\n" + "".join(f"{i};{day};1\n" for i, day in enumerate(days))).encode())
    assert table.column("day").unread == tuple((i, f"about {i}") for i in (3, 5, 7, 9, 11, 13))
    shown = ", ".join(f"row {i + 3} 'about {i}'" for i in (3, 5, 7, 9, 11))
    assert f"a.csv: 'day' is read as dates; 6 cells are not, and count as empty ({shown} and 1 more)." in notes


def test_why_dates_stay_text_is_kept_with_the_column():
    table, notes = read(b"id,day\n1,23.08.21\n2,24.08.21\n")
    said = "'day' kept as text: the year has two digits, write it with four, as in 2021-08-23 (seen: '23.08.21')"
    assert table.column("day").doubt == said
    assert f"a.csv: {said}." in notes
    assert read(b"id,t\n1,1.5\n2,x\n")[0].column("t").doubt == ""


REFUSED = {
    "short row": (
        b"id,t,e\n1,2,3\n4,5\n",
        r"a\.csv, row 3: this row has 2 cells, there are 3 column names\. Seen: '4, 5'",
    ),
    "long row": (b"T;;\nid;t;e\n1;2;3\n4;5;6;7\n", r"a\.csv, row 4: this row has 4 cells"),
    "open quote": (b'id,t\n1,"2\n3,4\n', r"a\.csv, row 2: this row is not well formed"),
    "one column": (b"id\n1\n2\n", r"one column only.*Seen: 'id'"),
    "no names": (b"1,2\n3,4\n", r"row 1: there is no row of column names: the first row holds numbers"),
    "no rows": (b"id,t\n\n\n", r"no row of values"),
    "neither title nor names": (b"a,b,,,,,\nid,t,e,x,y,z,w\n1,2,3,4,5,6,7\n", r"row 1: this row is neither"),
    "NUL": (b"id,t\n1,\x00\n", r"not a text file\. Seen: 'a NUL character'"),
    "bytes": (b"\xff\xfe\x00\xd8a", r"not a text file"),
    "blank": (b" \n \n", r"one column only"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_table_is_refused_with_its_row(name):
    data, expected = REFUSED[name]
    with pytest.raises(UploadError, match=expected):
        read(data)


@pytest.mark.parametrize(
    ("limits", "said"),
    [({"rows": 2}, "too many rows. Seen: '3'"), ({"columns": 1}, "too many columns. Seen: '2'"),
     ({"cells": 5}, "too many cells. Seen: '6'")],
)  # fmt: skip
def test_a_table_above_the_limits_is_refused(limits, said):
    with pytest.raises(UploadError) as caught:
        read(b"a,b\n1,2\n3,4\n5,6\n", limits=UploadLimits(**limits))
    assert said in str(caught.value)


def test_a_long_row_of_names_does_not_hide_the_delimiter():
    names = ",".join(f"{i} {'x' * 90}" for i in range(1999)).encode()
    table, _ = read(names + b"\n" + b",".join([b"1"] * 1999) + b"\n")
    assert len(table.columns) == 1999
