"""What makes a column of text a column of numbers, dates or truth values, and what leaves it text."""

import datetime

import pyarrow as pa
import pytest

from cohort.readers.column_types import REASONS, typed

DAY = datetime.date

TYPED = {
    "whole": (["1", "+2", "-3"], pa.int64(), [1, 2, -3]),
    "fraction": (["1.5", "2", ".5", "1e-3"], pa.float64(), [1.5, 2.0, 0.5, 0.001]),
    "typographic minus": (["\u22121", "2"], pa.int64(), [-1, 2]),
    "decimal comma": (["0,5", "12", "-3,25"], pa.float64(), [0.5, 12.0, -3.25]),
    "space around": ([" 5 ", "6\u00a0"], pa.int64(), [5, 6]),
    "missing words": (["1", "NA", "N/A", ".", "-Inf", "[Not Available]", "", None], pa.int64(), [1] + [None] * 7),
    "truth": (["TRUE", "False", ""], pa.bool_(), [True, False, None]),
    "ISO": (["2020-02-29", "2021/3/4"], pa.date32(), [DAY(2020, 2, 29), DAY(2021, 3, 4)]),
    "ISO with time": (["2020-02-29T23:59", "2021-03-04"], pa.date32(), [DAY(2020, 2, 29), DAY(2021, 3, 4)]),
    "points": (["1.2.2020", "31.12.2021"], pa.date32(), [DAY(2020, 2, 1), DAY(2021, 12, 31)]),
    "slashes, day first": (["1/2/2020", "31/12/2021"], pa.date32(), [DAY(2020, 2, 1), DAY(2021, 12, 31)]),
    "slashes, month first": (["1/2/2020", "12/31/2021"], pa.date32(), [DAY(2020, 1, 2), DAY(2021, 12, 31)]),
    "SAS": (["01JAN2020", "2-Feb-2021"], pa.date32(), [DAY(2020, 1, 1), DAY(2021, 2, 2)]),
    "words beside numbers": (["1", "Unknown", "-"], pa.int64(), [1, None, None]),
    "words beside dates": (["2020-01-02", "unknown"], pa.date32(), [DAY(2020, 1, 2), None]),
    "ISO and points": (["2020-01-02", "23.08.2021"], pa.date32(), [DAY(2020, 1, 2), DAY(2021, 8, 23)]),
    "four forms": (
        ["2020-01-22", "3.4.2021", "01JAN2020", "05/06/2020", "31/12/2020"],
        pa.date32(),
        [DAY(2020, 1, 22), DAY(2021, 4, 3), DAY(2020, 1, 1), DAY(2020, 6, 5), DAY(2020, 12, 31)],
    ),
    "ISO and slashes, month first": (
        ["2020-01-22", "05/06/2020", "12/31/2020"],
        pa.date32(),
        [DAY(2020, 1, 22), DAY(2020, 5, 6), DAY(2020, 12, 31)],
    ),
    "the last day of each year": (["2020-12-31", "29.02.2020"], pa.date32(), [DAY(2020, 12, 31), DAY(2020, 2, 29)]),
}


@pytest.mark.parametrize("name", TYPED)
def test_a_column_is_typed_where_every_cell_fits(name):
    cells, kind, expected = TYPED[name]
    values = typed(pa.array(cells, pa.string())).values
    assert values.type == kind
    assert values.to_pylist() == expected


STAYS = {
    "a limit and a unit": (["0.5", "12", "< 0.01 %"], "no number", "< 0.01 %"),
    "mixed point and comma": (["1.5", "2.5", "3,5"], "no number", "3,5"),
    "thousands or decimals": (["1,234", "12,345"], "thousands", "1,234"),
    "thousands and decimals": (["1.234,5", "2", "3"], "no number", "1.234,5"),
    "ids with zeros": (["007", "010"], "", ""),
    "more digits than a number keeps": (["12345678901234567"], "", ""),
    "beyond a number": (["1e999", "2"], "no number", "1e999"),
    "day or month": (["03/04/2020", "05/06/2020"], "order", "03/04/2020"),
    "both orders": (["13/04/2020", "04/13/2020"], "both orders", "13/04/2020, 04/13/2020"),
    "no such day": (["01.02.2020", "30.02.2020"], "no date", "30.02.2020"),
    "no such month": (["01XYZ2020", "01JAN2020"], "no date", "01XYZ2020"),
    "part of a date": (["2020-01-02", "2020-03-04", "2020-05"], "no date", "2020-05"),
    "two digits for the year": (["23.08.21", "01.02.20", "2021-03-04"], "short year", "23.08.21"),
    "two digits for the year, named": (["23-Aug-21", "1 Feb 20"], "short year", "23-Aug-21"),
    "a good and two bad": (["2021-06-24", "ca. 03/2019", "2019"], "", ""),
    "the bad one is shown": (["2021-06-24", "2021-06-25", "ca. 03/2019"], "no date", "ca. 03/2019"),
    "what stands in the way most": (["03/04/2020", "05/06/2020", "2020-01-31", "2020"], "order", "03/04/2020"),
    "one contradiction in many": (
        ["13/04/2020", "14/04/2020", "15/04/2020", "16/04/2020", "03/04/2020", "04/17/2020"],
        "both orders",
        "13/04/2020, 04/17/2020",
    ),
    "an order shown by no real day": (["03/04/2020", "31/02/2020"], "order", "03/04/2020"),
    "exchanged by a spreadsheet": (
        ["2020-04-03", "2020-11-12", "2021-01-07", "23/08/2021", "31/12/2020"],
        "exchanged",
        "23/08/2021",
    ),
    "exchanged, few left as text": (
        [f"2020-{m:02}-0{d}" for m in (1, 2, 3) for d in (3, 4, 5)] + ["23/08/2021"],
        "exchanged",
        "23/08/2021",
    ),
    "exchanged, two digits for the year": (
        [*(f"2020-{m:02}-0{d}" for m in (1, 2, 3) for d in (3, 4, 5)), "23/08/21"],
        "exchanged",
        "23/08/21",
    ),
    "unknown as a level": (["good", "unknown"], "", ""),
    "only unknown": (["unknown"], "", ""),
    "digits of another script": (["٣", "٤"], "", ""),
    "a formula": (["=1+1", "@x"], "", ""),
}


@pytest.mark.parametrize("name", STAYS)
def test_a_column_stays_text_and_says_why(name):
    cells, reason, seen = STAYS[name]
    found = typed(pa.array(cells, pa.string()))
    assert found.values.to_pylist() == cells
    assert found.said == (((reason, seen),) if reason else ())
    assert reason in ("", *REASONS)
    assert not found.unread


def test_forms_and_times_are_said_of_dates():
    assert typed(pa.array(["2020-01-02", "23.08.2021"])).said == (("forms", "2020-01-02, 23.08.2021"),)
    assert typed(pa.array(["2020-01-02", "2021-08-23"])).said == ()
    cells = ["12/31/2020 08:00", "2020-01-22", "unknown"]
    assert [code for code, _ in typed(pa.array(cells)).said] == ["month first", "time", "forms", "beside"]


FEW_UNREAD = {
    "about a month": "ca. 03/2019",
    "a month": "2019-03",
    "two digits for the year": "23.08.21",
    "day or month": "03/04/2019",
    "no such day": "30.02.2020",
    "a number of a spreadsheet": "43831",
}


@pytest.mark.parametrize("name", FEW_UNREAD)
def test_a_cell_that_is_no_date_does_not_cost_the_column_and_is_kept_apart(name):
    bad = FEW_UNREAD[name]
    cells = ["2020-01-02", "", f" {bad}", "2020-01-22", "2020-01-02", "unknown", "2020-03-31", "NA"]
    found = typed(pa.array(cells))
    january = DAY(2020, 1, 2)
    assert found.values.to_pylist() == [january, None, None, DAY(2020, 1, 22), january, None, DAY(2020, 3, 31), None]
    assert found.unread == ((2, f" {bad}"),)
    assert found.missing == ("NA", "unknown")


@pytest.mark.parametrize(
    ("good", "bad", "read"),
    [(2, 0, True), (2, 1, False), (3, 1, False), (4, 1, True), (8, 2, True), (7, 2, False), (79, 20, False)],
)
def test_only_few_cells_may_be_left_unread(good, bad, read):
    cells = ["2020-01-22"] * good + ["soon"] * bad  # 80 % of the cells, not of the different ones
    found = typed(pa.array(cells))
    assert pa.types.is_date(found.values.type) == read
    assert found.unread == (tuple((i, "soon") for i in range(good, good + bad)) if read else ())


def test_text_that_is_declared_keeps_its_dates():
    cells = ["2020-01-02", "2020-01-22", "2020-01-23", "2020-01-24", "soon"]
    assert typed(pa.array(cells), text=True).values.to_pylist() == cells


def test_words_read_as_missing_are_listed():
    assert typed(pa.array(["1", "NA", "unknown", "."])).missing == ("NA", ".", "unknown")


def test_a_file_with_semicolons_settles_the_comma():
    assert typed(pa.array(["1,234"]), comma=True).values.to_pylist() == [1.234]


def test_text_keeps_its_spaces_and_a_declared_text_stays():
    assert typed(pa.array(["adverse ", "adverse"])).values.to_pylist() == ["adverse ", "adverse"]
    found = typed(pa.array(["1", "NA"]), text=True)
    assert found.values.to_pylist() == ["1", None]


def test_a_column_without_cells_is_text():
    for cells in ([], [None, ""], ["NA"]):
        assert typed(pa.array(cells, pa.string())).values.equals(pa.nulls(len(cells), pa.string()))
