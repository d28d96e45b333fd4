"""Adverse events: shares against R's binom.test, bounds and worst grades against counting by hand."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from cohort.statistics import (
    GRADE_BANDS,
    aggregate_bounds,
    aggregate_incidence,
    clopper_pearson,
    incidence,
    subgroup_bounds,
    worst_grade,
)

EXACT = pd.read_csv(Path(__file__).parents[2] / "golden" / "exact_intervals.csv")

# as published for the 19 patients: fever, fever grade III, rhinorrhoea; myelosuppression without a count
AGGREGATE = pa.table(
    {
        "term": ["fever", "fever", "rhinorrhoea", "myelosuppression"],
        "grade_band": ["any", "III", "any", "I-II"],
        "k": pa.array([17, 1, 9, None], pa.int64()),
        "n": pa.array([19, 19, 19, 19], pa.int64()),
        "pct_printed": pa.array([89.5, 5.3, 47.4, None]),
    }
)

EVENTS = [  # patient, term, grade, serious
    ("a", "nausea", 1, "no"),
    ("a", "nausea", 3, "yes"),
    ("a", "nausea", 2, "no"),
    ("b", "nausea", None, "no"),
    ("b", "rash", 4, "no"),
    ("c", "nausea", 2, "no"),
    ("c", "sepsis", 5, "yes"),
    ("d", "rash", 1, "no"),
    ("d", "rash", None, "no"),
    ("x", "nausea", 4, "yes"),  # never in the safety set below
]
AE_EVENTS = pa.table(
    {name: [e[i] for e in EVENTS] for i, name in enumerate(("patient_id", "term", "grade", "serious"))}
)
IDS = ["d", "c", "b", "a", "e"]


def test_shares_have_the_limits_of_binom_test():
    found = aggregate_incidence(AGGREGATE).to_pylist()
    for row in found[:2]:
        expected = EXACT[(EXACT.test == "binomial") & (EXACT.k == row["k"]) & (EXACT.n == 19)].iloc[0]
        assert (row["share"], row["lower"], row["upper"]) == pytest.approx(
            (row["k"] / 19, expected.lower, expected.upper)
        )
    for row in found[:3]:
        assert round(100 * row["share"], 1) == row["pct_printed"]


def test_not_reported_stays_not_reported():
    row = aggregate_incidence(AGGREGATE).to_pylist()[3]
    assert [row[c] for c in ("k", "share", "lower", "upper")] == [None] * 4
    row = aggregate_bounds(AGGREGATE, 7).to_pylist()[3]
    assert [row[c] for c in ("lower", "upper", "expected", "central_lower", "central_upper")] == [None] * 5


@pytest.mark.parametrize(
    ("n", "fever", "rhinorrhoea"),
    # certain bounds and expectation of the published subgroups, counted by hand from 17, 9 and 19
    [
        (3, (1, 3, 2.7), (0, 3, 1.4)),
        (7, (5, 7, 6.3), (0, 7, 3.3)),
        (14, (12, 14, 12.5), (4, 9, 6.6)),
        (19, (17, 17, 17), (9, 9, 9)),
    ],
)
def test_bounds_of_a_subgroup(n, fever, rhinorrhoea):
    rows = aggregate_bounds(AGGREGATE, n).to_pylist()
    for row, expected in ((rows[0], fever), (rows[2], rhinorrhoea)):
        assert (row["lower"], row["upper"], round(row["expected"], 1)) == expected
        assert row["selected"] == n
        r = EXACT[(EXACT.test == "hypergeometric") & (EXACT.k == row["k"]) & (EXACT.n == n)].iloc[0]
        assert (row["central_lower"], row["central_upper"]) == (r.lower, r.upper)


def test_bounds_refuse_counts_that_cannot_be():
    with pytest.raises(ValueError, match=r"k 20.*N = 19"):
        subgroup_bounds(20, 19, 3)
    with pytest.raises(ValueError, match="n -1"):
        subgroup_bounds(3, 19, -1)


def test_worst_grade_is_one_row_a_patient_and_term():
    found = [tuple(row.values()) for row in worst_grade(AE_EVENTS, IDS).to_pylist()]
    assert found == [
        ("d", "rash", 1), ("c", "nausea", 2), ("c", "sepsis", 5), ("b", "nausea", None), ("b", "rash", 4),
        ("a", "nausea", 3),
    ]  # fmt: skip


def brute_force(term, band, members):
    patients = 0
    for patient in members:
        mine = [(g, s) for p, t, g, s in EVENTS if p == patient and t == term]
        if band == "serious":
            patients += any(s == "yes" for _, s in mine)
        elif band == "any":
            patients += bool(mine)
        else:
            low, high = GRADE_BANDS[band]
            patients += low <= max((g or 0 for g, _ in mine), default=0) <= high
    return patients


@pytest.mark.parametrize("by", [None, ["m", "f", "f", None, "m"]])
def test_incidence_counts_patients_in_the_safety_set(by):
    table = incidence(AE_EVENTS, IDS, by)
    found = table.to_pylist()
    groups = (
        {"All": IDS} if by is None else {g: [i for i, b in zip(IDS, by, strict=True) if b == g] for g in ("m", "f")}
    )
    assert len(found) == 3 * len(groups) * (len(GRADE_BANDS) + 1)
    for row in found:
        members = groups[row["group"]]
        assert row["n"] == len(members)
        assert row["k"] == brute_force(row["term"], row["grade_band"], members)
        lower, upper = (float(limit) for limit in clopper_pearson(row["k"], row["n"]))
        assert (row["share"], row["lower"], row["upper"]) == pytest.approx((row["k"] / row["n"], lower, upper))


def test_terms_keep_their_order_under_every_selection():
    # frequency in the whole table: nausea 4 patients, rash 2, sepsis 1
    for ids in (IDS, ["c"], ["e"], []):
        assert list(dict.fromkeys(incidence(AE_EVENTS, ids)["term"].to_pylist())) == ["nausea", "rash", "sepsis"]


def test_a_group_without_patients_has_no_share():
    by = pa.DictionaryArray.from_arrays(pa.array([0] * 5), ["treated", "control"])
    found = pd.DataFrame(incidence(AE_EVENTS, IDS, by).to_pylist())
    empty = found[found.group == "control"]
    assert (empty.n == 0).all()
    assert empty[["share", "lower", "upper"]].isna().all(axis=None)
    assert list(dict.fromkeys(found.group)) == ["treated", "control"]


def test_without_a_column_serious_there_is_no_such_band():
    bands = incidence(AE_EVENTS.drop_columns("serious"), IDS)["grade_band"].to_pylist()
    assert set(bands) == set(GRADE_BANDS)


def test_denominators_are_patients():
    with pytest.raises(ValueError, match="repeat"):
        incidence(AE_EVENTS, ["a", "a"])
    with pytest.raises(ValueError, match="2 values for 5 ids"):
        incidence(AE_EVENTS, IDS, ["m", "f"])


def test_arrays_of_counts():
    bounds = subgroup_bounds(np.array([17, 1]), 19, np.array([[3], [14]]))
    np.testing.assert_array_equal(bounds.lower, [[1, 0], [12, 0]])
    np.testing.assert_array_equal(bounds.upper, [[3, 1], [14, 1]])
