"""Numbers as printed."""

import math

import pytest

from cohort.wording import count_of, listed, months, months_interval, number, percent, percent_interval, plural


@pytest.mark.parametrize(
    ("share", "n", "text"),
    [
        (2 / 3, 3, "67 %"),
        (0.944444, 19, "94 %"),
        (0.944444, 100, "94.4 %"),
        (None, 3, "not estimable"),
        (math.nan, 3, "not estimable"),
    ],
)
def test_percent_has_no_invented_decimals(share, n, text):
    assert percent(share, n) == text


def test_zero_width_interval_claims_nothing():
    assert percent_interval(1.0, 1.0, 19) == "not estimable"
    assert percent_interval(0.8235, 1.0, 19) == "82–100 %"
    assert percent_interval(None, 1.0, 19) == "not estimable"


def test_medians_that_were_not_reached():
    assert months(None) == months(math.inf) == "not reached"
    assert months(52.5) == "52.5"
    assert months(16.0) == "16"
    assert months_interval(16, None) == "16–not reached"
    assert months_interval(None, None) == "not estimable"


def test_small_words():
    assert plural(1, "patient") == "1 patient"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert count_of(6, 19) == "6 of 19 (32 %)"
    assert count_of(0, 0) == "0 of 0"
    assert number(12.0) == "12"
    assert number(100.0, 0) == "100"
