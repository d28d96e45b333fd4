"""Numbers as printed."""

import math

import pytest

from cohort.wording import (
    count_of,
    in_months,
    listed,
    months,
    months_interval,
    number,
    percent,
    percent_interval,
    plural,
    ratio,
)


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


def test_one_month_is_not_one_months():
    assert in_months(1.0) == "1 month"
    assert in_months(1.5) == "1.5 months"
    assert in_months(None) == in_months(math.inf) == "not reached"


@pytest.mark.parametrize(
    ("value", "text"),
    [(1, "1.0"), (2.0, "2.0"), (0.56, "0.56"), (0.5, "0.50"), (0.0541, "0.054"), (6.94, "6.9"), (9.96, "10"),
     (0.998, "1.0"), (17.6, "18"), (100.0, "100"), (99.7, "100"), (1234.0, "1234"), (None, "not estimable")],
)  # fmt: skip
def test_a_ratio_keeps_two_significant_digits_zeros_included(value, text):
    assert ratio(value) == text


def test_small_words():
    assert plural(1, "patient") == "1 patient"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert listed(["a", "b", "c"], "or") == "a, b or c"
    assert count_of(6, 19) == "6 of 19 (32 %)"
    assert count_of(0, 0) == "0 of 0"
    assert number(12.0) == "12"
    assert number(100.0, 0) == "100"
