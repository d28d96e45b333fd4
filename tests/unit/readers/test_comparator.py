"""A published curve is read strictly: what it says, and one clear sentence for everything it may not be."""

import math
import shutil

import pytest

from cohort.errors import CohortError
from cohort.readers import read_cohort
from cohort.readers.comparator import read_comparator
from tests.support import printed
from tests.support.views import SYNTHETIC

DEFINITION = read_cohort(printed.FOLDER).definition
GOOD = """\
# label: Placebo, example trial
# citation: Author A. Journal 2020;1:2–3: a title. doi:10.0000/example
# endpoint: os_dx
# origin: diagnosis
# population: 40 adults, randomised to placebo
time,survival,n_risk
0,100,40
6,85.5,
12.5,70,27
24,70,11
"""


def read(text, file="example.csv"):
    return read_comparator(text.encode("utf-8"), file, DEFINITION)


def refusal(text):
    with pytest.raises(CohortError) as caught:
        read(text)
    message = str(caught.value)
    assert message.startswith("example.csv")
    assert "\n" not in message
    return message


def test_a_curve_is_read_with_its_label_source_question_and_numbers():
    curve = read(GOOD)
    assert curve.label == "Placebo, example trial"
    assert curve.citation == "Author A. Journal 2020;1:2–3: a title. doi:10.0000/example"
    assert (curve.endpoint_code, curve.origin) == ("os_dx", "diagnosis")
    assert curve.population == "40 adults, randomised to placebo"
    assert curve.table["time"].to_pylist() == [0, 6, 12.5, 24]
    assert curve.table["survival"].to_pylist() == [1, 0.855, 0.7, 0.7]
    assert curve.table["n_risk"].to_pylist() == [40, None, 27, 11]


def test_shares_and_percentages_give_the_same_curve():
    shares = GOOD.replace("0,100,40", "0,1,40").replace("85.5", "0.855").replace(",70,", ",0.7,")
    assert read(shares).table["survival"].to_pylist() == read(GOOD).table["survival"].to_pylist()


def test_numbers_at_risk_may_be_left_out():
    text = "\n".join(line.rpartition(",")[0] if "," in line and line[0] in "t0123456789" else line
                     for line in GOOD.splitlines())  # fmt: skip
    curve = read(text)
    assert curve.table["survival"].to_pylist() == [1, 0.855, 0.7, 0.7]
    assert curve.table["n_risk"].null_count == 4


def test_a_spreadsheets_byte_order_mark_and_line_ends_are_read():
    assert read("\ufeff" + GOOD.replace("\n", "\r\n")).table == read(GOOD).table


@pytest.mark.parametrize(("month", "share"), [(0, 1), (5.9, 1), (6, 0.855), (24, 0.7), (24.1, None)])
def test_the_curve_steps_and_ends_with_its_last_row(month, share):
    assert read(GOOD).at(month) == share


REFUSED = {
    "no label": (("# label: Placebo, example trial\n", ""), ["do not give label", "“# label: …”"]),
    "a remark": (("# label", "# made by me\n# label"), ["'# made by me'", "label, citation, endpoint, origin"]),
    "label twice": (("# citation", "# label: again\n# citation"), ["'# label: again'", "each once"]),
    "empty citation": (("# population: 40 adults, randomised to placebo", "# population:"), ["'# population:'"]),
    "long label": (("Placebo, example trial", "x" * 41), ["too long for the figure", "40 letters"]),
    "unknown endpoint": (("os_dx", "pfs"), ["not a survival endpoint", "'pfs'", "os_dx, ttr_pub"]),
    "an incidence": (("os_dx", "cir_any"), ["not a survival endpoint", "'cir_any'"]),
    "unknown origin": (("origin: diagnosis", "origin: birth"), ["'birth'", "diagnosis, maintenance"]),
    "other columns": (
        ("time,survival,n_risk", "month,survival,n_risk"),
        ["'month, survival, n_risk'", "time, survival"],
    ),
    "too few cells": (("12.5,70,27", "12.5,70"), ["row 3", "'2'", "Allowed: 3"]),
    "no rows": (("6,85.5,\n12.5,70,27\n24,70,11\n", ""), ["two rows or more", "'1'"]),
    "a word for a time": (("12.5,70", "later,70"), ["row 3", "'time'", "'later'", "a number"]),
    "nan": (("85.5", "nan"), ["row 2", "'survival'", "'nan'", "a number"]),
    "infinity": (("24,70", "inf,70"), ["row 4", "'time'", "'inf'"]),
    "a late start": (("0,100,40", "1,100,40"), ["row 1", "'1, 100'", "time 0 with survival 1"]),
    "a start below all": (("0,100,40", "0,99,40"), ["row 1", "'0, 99'"]),
    "time twice": (("12.5,70", "6,70"), ["row 3", "'time'", "'6'", "later than the row above"]),
    "negative time": (("6,85.5", "-6,85.5"), ["row 2", "'time'", "'-6'"]),
    "a curve that rises": (("24,70,", "24,70.5,"), ["row 4", "'survival'", "'70.5'", "never above the row above"]),
    "below zero": (("24,70,", "24,-1,"), ["row 4", "'survival'", "'-1'", "0 or more"]),
    "half a patient": (("70,27", "70,26.5"), ["row 3", "'n_risk'", "'26.5'", "whole number"]),
    "more at risk later": (("70,11", "70,28"), ["row 4", "'n_risk'", "'28.0'", "never above an earlier row"]),
    "negative at risk": (("70,11", "70,-1"), ["row 4", "'n_risk'"]),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_it_may_not_be_is_one_sentence(name):
    (old, new), fragments = REFUSED[name]
    assert old in GOOD
    message = refusal(GOOD.replace(old, new))
    for fragment in fragments:
        assert fragment in message, message


def test_nothing_and_bytes_that_are_not_text_are_refused():
    assert "do not give label" in refusal("")
    with pytest.raises(CohortError, match=r"example\.csv: not UTF-8 text"):
        read_comparator(b"\xff\xfe", "example.csv", DEFINITION)


# ---- as part of a cohort's folder ------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(SYNTHETIC, tmp_path / "cohort")


def test_the_synthetic_cohort_ships_a_curve_that_says_it_is_synthetic():
    (curve,) = read_cohort(SYNTHETIC).comparators
    assert all("synthetic" in text.casefold() for text in (curve.label, curve.citation, curve.population))
    for time, share in zip(*(curve.table[c].to_pylist() for c in ("time", "survival")), strict=True):
        assert share == pytest.approx(math.exp(-0.018 * time), abs=0.0005)
    assert read_cohort(printed.FOLDER).comparators == ()


def test_the_fingerprint_covers_it(folder):
    before = read_cohort(folder).fingerprint
    file = folder / "comparators" / "synthetic-registry.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("34.0", "33.9"), encoding="utf-8")
    assert read_cohort(folder).fingerprint != before


@pytest.mark.parametrize(
    ("named", "words"),
    [
        ("comparators/other.csv", ["comparators/other.csv", "missing"]),
        ("../../etc/passwd", ["cohort.toml", "'../../etc/passwd'", "comparators/NAME.csv"]),
        ("comparators/../patients.csv", ["cohort.toml", "comparators/NAME.csv"]),
        ("patients.csv", ["cohort.toml", "'patients.csv'"]),
    ],
)
def test_only_files_of_its_own_folder_are_read(folder, named, words):
    toml = folder / "cohort.toml"
    text = toml.read_text(encoding="utf-8")
    toml.write_text(text.replace("comparators/synthetic-registry.csv", named), encoding="utf-8")
    with pytest.raises(CohortError) as caught:
        read_cohort(folder)
    for word in words:
        assert word in str(caught.value)
    assert str(folder) not in str(caught.value)
