"""Workbooks: sheets, merged headings, dates, stored results of formulas, and what a workbook claims about its size."""

import datetime
import io
import re
import zipfile

import openpyxl
import pytest
from lifelines import KaplanMeierFitter, datasets

from cohort.errors import UploadError
from cohort.readers.excel import read_excel
from cohort.readers.limits import UploadLimits
from tests.support import formats


def read(data, **how):
    notes = []
    return read_excel("book.xlsx", data, notes, **how), notes


def rewritten(data, member, old, new):
    """A workbook with bytes of one part replaced, as no program of ours would write it."""
    source, out = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            part = source.read(name)
            assert name != member or old in part
            target.writestr(name, part.replace(old, new) if name == member else part)
    return out.getvalue()


def test_a_sheet_gives_the_same_median_as_the_data_set():
    frame = datasets.load_larynx()
    (table,), _ = read(formats.excel(frame))
    assert table.name == "book.xlsx"
    assert table.first_row == 2
    time, event = (table.column(c).values.to_pylist() for c in ("time", "death"))
    assert time == frame["time"].tolist()
    assert sum(event) == frame["death"].sum()
    expected = KaplanMeierFitter().fit(frame["time"], frame["death"]).median_survival_time_
    assert KaplanMeierFitter().fit(time, event).median_survival_time_ == expected


def test_cells_of_every_kind():
    when = datetime.datetime
    rows = [
        ["id", "time", "seen", "at", "dead", "mrd", "code"],
        ["A", 2.5, when(2020, 1, 2), when(2020, 1, 2, 13, 5), True, "< 0.01 %", "007"],
        ["B", 3, datetime.date(2021, 3, 4), when(2021, 3, 4), False, 0.5, "010"],
        ["C", None, None, None, None, "#N/A", None],
    ]
    (table,), notes = read(formats.excel(rows))
    assert table.column("time").values.to_pylist() == [2.5, 3.0, None]
    days = [datetime.date(2020, 1, 2), datetime.date(2021, 3, 4), None]
    assert table.column("seen").values.to_pylist() == days
    assert table.column("at").values.to_pylist() == days
    assert table.column("dead").values.to_pylist() == [True, False, None]
    assert table.column("mrd").values.to_pylist() == ["< 0.01 %", "0.5", None]
    assert table.column("code").values.to_pylist() == ["007", "010", None]
    assert any("time of day is left out in 'at'" in n for n in notes)


def test_one_text_among_dates_is_read_or_named():
    days = [datetime.datetime(2020, 1, 1) + datetime.timedelta(days=11 * i) for i in range(60)]
    diagnosis, death = list(days), list(days)
    diagnosis[6] = "23.08.2021"
    death[6] = "ca. 03/2019"
    (table,), notes = read(formats.excel([["id", "dx", "dth"], *zip(range(60), diagnosis, death, strict=True)]))
    expected = [d.date() for d in days]
    expected[6] = datetime.date(2021, 8, 23)
    assert table.column("dx").values.to_pylist() == expected
    assert table.column("dx").unread == ()
    expected[6] = None
    assert table.column("dth").values.to_pylist() == expected
    assert table.column("dth").unread == ((6, "ca. 03/2019"),)
    said = " ".join(notes)
    assert "dates written in more than one form are read in 'dx' (seen: '2020-01-01, 23.08.2021')" in said
    assert "'dth' is read as dates; 1 cell is not, and counts as empty (row 8 'ca. 03/2019')" in said


def test_days_and_months_that_a_spreadsheet_may_have_exchanged_are_not_guessed():
    rows = [["id", "dx"], *([i, datetime.datetime(2020, i, i)] for i in range(1, 13)), [13, "23/08/2021"]]
    (table,), notes = read(formats.excel(rows))
    assert table.column("dx").values.to_pylist()[-2:] == ["2020-12-12", "23/08/2021"]
    assert any("exchanged day and month" in n and "seen: '23/08/2021'" in n for n in notes)

    rows[1][1] = datetime.datetime(2020, 1, 31)  # which no exchange gives
    (table,), _ = read(formats.excel(rows))
    assert table.column("dx").values.to_pylist()[-1] == datetime.date(2021, 8, 23)


def test_merged_headings_go_before_the_names_under_them():
    rows = [
        ["Table 1. Patients", None, None, None, None, None],
        [],
        ["Patient", "Overall survival", None, "Relapse", None, "Age"],
        [None, "months", "status", "months", "status", None],
        [1, 2.5, 1, 2.0, 1, 50],
        [2, 3.5, 0, None, None, 60],
    ]
    (table,), notes = read(formats.excel(rows, merged=["A1:F1", "A3:A4", "B3:C3", "D3:E3", "F3:F4"]))
    assert table.names == (
        "Patient", "Overall survival months", "Overall survival status", "Relapse months", "Relapse status", "Age",
    )  # fmt: skip
    assert table.first_row == 5
    assert table.column("Overall survival months").values.to_pylist() == [2.5, 3.5]
    said = " ".join(notes)
    assert "headings over several columns" in said
    assert "rows above the column names left out: 2" in said


def test_a_cell_merged_over_rows_holds_for_each_of_them():
    rows = [["site", "id", "time"], ["North", 1, 2.5], [None, 2, 3.5], ["South", 3, 4.5]]
    (table,), _ = read(formats.excel(rows, merged=["A2:A3"]))
    assert table.column("site").values.to_pylist() == ["North", "North", "South"]


def test_every_sheet_that_holds_a_table_is_one():
    table = [["id", "t"], [1, 2]]
    data = formats.excel(table, [["Notes"], ["free text"]], [], [["id", "u"], [1, 3]], names=["A", "B", "C", "D"])
    tables, notes = read(data)
    assert [t.name for t in tables] == ["book.xlsx: A", "book.xlsx: D"]
    assert any(n.startswith("Left out: book.xlsx: B: one column only") for n in notes)


def test_a_formula_is_its_stored_result_and_never_run():
    data = formats.excel([["id", "t"], [1, "=1+1"], [2, 5]])
    (table,), notes = read(data)
    assert table.column("t").values.to_pylist() == [None, 5]
    assert any("formula cells without a stored result: 1; they are read as empty" in n for n in notes)
    xml = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")
    cell = re.search(rb"<f>1\+1</f><v\s*/?>(</v>)?", xml)[0]
    stored = rewritten(data, "xl/worksheets/sheet1.xml", cell, b"<f>1+1</f><v>7</v>")
    (table,), notes = read(stored)
    assert table.column("t").values.to_pylist() == [7, 5]
    assert not any("formula" in n for n in notes)


@pytest.mark.parametrize(
    ("cell", "said"), [("XFD1048576", "too many"), ("B1048576", "too many rows"), ("XFD2", "16,384")]
)
def test_one_far_cell_is_refused_and_not_filled_up_to(cell, said):
    book = openpyxl.Workbook()
    for at, value in (("A1", "id"), ("B1", "t"), ("A2", 1), ("B2", 2), (cell, 1)):
        book.active[at] = value
    out = io.BytesIO()
    book.save(out)
    assert len(out.getvalue()) < 6_000
    with pytest.raises(UploadError, match=said):
        read(out.getvalue())


def test_a_claimed_size_is_not_believed():
    data = formats.excel([["id", "t"], [1, 2], [3, 4]])
    lying = rewritten(data, "xl/worksheets/sheet1.xml", b'ref="A1:B3"', b'ref="A1:XFD1048576"')
    assert read(lying)[0][0].rows == 2
    short = rewritten(data, "xl/worksheets/sheet1.xml", b'ref="A1:B3"', b'ref="A1:B2"')
    assert read(short)[0][0].rows == 2


@pytest.mark.parametrize("cut", [10, 200, 2000])
def test_a_cut_file_is_refused(cut):
    with pytest.raises(UploadError, match=r"book\.xlsx: .*(damaged|cannot be read|can be read)"):
        read(formats.excel(datasets.load_larynx())[:cut])


def test_a_damaged_part_is_refused():
    data = formats.excel([["id", "t"], [1, 2]])
    with pytest.raises(UploadError, match="not a workbook that can be read"):
        read(rewritten(data, "xl/worksheets/sheet1.xml", b"<row", b"<<row"))


def test_cells_are_counted_as_they_are_read():
    with pytest.raises(UploadError, match=r"too many cells\. Seen: '6'"):
        read(formats.excel([["a", "b"], [1, 2], [3, 4]]), limits=UploadLimits(cells=5))
