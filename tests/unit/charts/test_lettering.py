"""Short forms of labels fit their room and stay as different as the labels are."""

import pytest

from cohort.charts.lettering import ends, fitted, width

ROOM, SIZE = 168, 13
LONG = [
    ["Complex - >= 3 distinct abnormalities", "Complex - >= 3 distinct abnormalities, monosomal"],
    ["Complex - >= 3 distinct abnormalities", "Complex - > 5 distinct abnormalities", "Normal Karyotype"],
    ["a very long name of a mutated gene reported", "a very long name of a mutated gene not reported"],
    ["x" * 30 + "A" + "y" * 30, "x" * 30 + "B" + "y" * 30],
]


@pytest.mark.parametrize("texts", LONG)
@pytest.mark.parametrize("short", [fitted, ends])
def test_what_differs_stays_different_and_fits(texts, short):
    found = short(texts, ROOM, SIZE)
    assert len(set(found)) == len(texts)
    assert all(width(text, SIZE) <= ROOM for text in found)


def test_what_fits_stays_as_it_is():
    assert fitted(["induction (and consolidation)", "female"], ROOM, SIZE) == [
        "induction (and consolidation)",
        "female",
    ]
    assert fitted([], ROOM, SIZE) == []


def test_the_end_of_a_name_says_whether_it_was_reported():
    reported, lacking = fitted(LONG[2], ROOM, SIZE)
    assert reported.endswith("reported")
    assert lacking.endswith("not reported")
    assert not reported.endswith("not reported")


def test_ids_keep_their_ends():
    assert [t[-3:] for t in ends(["TCGA-AB-2802", "TCGA-AB-2803"], 40, SIZE)] == ["802", "803"]


def test_widths_are_about_those_of_liberation_sans():
    """Widths of the font at 13 pixels, measured with Pillow: 165.5, 91.0 and 30.4 pixels."""
    for text, measured in (("induction (and consolidation)", 165.5), ("TCGA-AB-2802", 91.0), ("S184", 30.4)):
        assert width(text, SIZE) == pytest.approx(measured, rel=0.02)
