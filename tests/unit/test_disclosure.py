"""Masked tables by hand, rounded curves against lifelines, and the preview against the bundled files."""

import csv
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from lifelines import KaplanMeierFitter

from cohort import read_cohort
from cohort.disclosure import OPEN, UPLOAD, Policy, policy_for, rounded_curve, small_cells
from cohort.disclosure_preview import preview
from cohort.options import Options
from cohort.selection import Selection
from cohort.statistics import kaplan_meier, life_table
from cohort.view import CohortView
from tests.support.originals import DATA

FOUNDING, SYNTHETIC = (read_cohort(DATA / name) for name in ("flt3-itd-sorafenib-iti", "synthetic-maintenance"))


def rows(folder, file="patients.csv"):
    with open(DATA / folder / file, encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def view_of(cohort, by="none", endpoint=None, **levels):
    options = replace(Options.default(cohort.definition), by=by)
    if endpoint:
        options = replace(options, endpoint=endpoint)
    return CohortView(cohort, Selection.of(cohort.definition, levels), options)


# ---- tables ----------------------------------------------------------------------------------------------------------


def test_the_cheapest_cells_protect_a_small_one():
    masked = small_cells(np.array([[20, 3, 90], [30, 40, 95]]), 11)
    assert masked.cells.tolist() == [[True, True, False], [True, True, False]]
    assert not masked.row_totals.any()
    assert not masked.column_totals.any()
    assert not masked.total


def test_a_small_total_is_masked_too():
    masked = small_cells(np.array([[4, 5], [30, 40]]), 11)
    assert masked.cells[0].all()
    assert masked.row_totals.tolist() == [True, True]  # 9 would follow as 79 - 70
    assert not masked.total


@pytest.mark.parametrize(
    ("counts", "cells", "total"),
    [
        ([50, 40, 3], [False, True, True], False),
        ([5, 6, 90], [True, True, False], False),  # 5 and 6 hide each other
        ([1, 1, 90], [True, True, True], False),  # two ones hide nothing from a reader who knows that zeros are shown
        ([3, 0, 0], [True, False, False], True),
        ([11, 0, 60], [False, False, False], False),
    ],
)
def test_lists_with_their_total(counts, cells, total):
    masked = small_cells(np.array(counts), 11)
    assert masked.cells.tolist() == [cells]
    assert masked.total is total
    assert masked.row_totals.tolist() == [total]


def test_what_is_no_table_of_counts_is_refused():
    for counts in (np.array([-1, 2]), np.zeros((2, 2, 2))):
        with pytest.raises(ValueError, match="a list or a table of counts"):
            small_cells(counts, 11)


# ---- curves ----------------------------------------------------------------------------------------------------------


def test_a_rounded_curve_by_hand():
    time = np.array([1, 2, 2, 3, 5, 6, 7, 9], dtype=float)
    kind = np.array([1, 0, 1, 0, 1, 1, 0, 0])
    rounded = rounded_curve(life_table(time, kind), 3)
    # 1, 2 and 2 leave by 2; 3, 5 and 6 by 6; the last two join them
    assert rounded.drop_columns("group").to_pylist() == [
        {"time": 2.0, "n_risk": 8, "n_event": 2, "n_competing": 0, "n_censor": 1},
        {"time": 9.0, "n_risk": 5, "n_event": 2, "n_competing": 0, "n_censor": 3},
    ]
    np.testing.assert_allclose(kaplan_meier(rounded)["survival"].to_numpy(), [1, 6 / 8, 6 / 8 * 3 / 5])


def test_a_rounded_curve_of_many_patients_stays_near_the_estimate():
    table = view_of(SYNTHETIC, endpoint="rfs").life_table
    rounded = rounded_curve(table, 11)
    source = [r for r in rows("synthetic-maintenance", "endpoints.csv") if r["endpoint"] == "rfs"]
    time, event = np.array([float(r["time_lo"]) for r in source]), np.array([r["event"] != "" for r in source])
    assert sum(rounded["n_event"].to_pylist()) == event.sum()
    assert table.num_rows / 12 < rounded.num_rows < table.num_rows / 10
    curve = kaplan_meier(rounded)
    exact = KaplanMeierFitter().fit(time, event).predict(curve["time"].to_numpy()).to_numpy()
    excess = curve["survival"].to_numpy() - exact
    assert excess.min() > -1e-9
    assert 0.001 < excess.max() < 0.05


def test_delayed_entry_is_refused():
    table = life_table(np.array([3.0, 4.0]), np.array([1, 0]), entry=np.array([0.0, 2.0]))
    with pytest.raises(ValueError, match="delayed entry"):
        rounded_curve(table, 2)


# ---- policy and preview ----------------------------------------------------------------------------------------------


def test_open_for_published_data_and_strict_for_everything_else():
    assert policy_for(FOUNDING.definition) == policy_for(SYNTHETIC.definition) == OPEN
    assert policy_for(replace(FOUNDING.definition, kind="private")) == UPLOAD
    assert not OPEN.hides
    assert UPLOAD.hides
    assert UPLOAD.threshold == 11


def test_open_data_are_described_and_nothing_is_hidden():
    found = preview(view_of(FOUNDING, sex=["female"]), OPEN)
    assert (found.small, found.masked) == (0, 0)
    assert found.rounded_steps == found.steps
    assert found.sentences[-1] == "The data are open (CC BY 4.0): nothing is hidden."


def test_the_smallest_count_is_found_where_it_is():
    found = preview(view_of(SYNTHETIC), UPLOAD)
    risk = Counter(r["eln_risk"] for r in rows("synthetic-maintenance"))
    assert found.smallest == risk[""] == 5
    assert found.where == "ELN 2022 risk: not reported"
    assert found.counts > 40
    assert (found.small, found.masked) == (1, 2)


def test_groups_are_counted_one_by_one():
    found = preview(view_of(SYNTHETIC, by="eln_risk", sex=["female"]), UPLOAD)
    women = [r for r in rows("synthetic-maintenance") if r["sex"] == "female"]
    smallest = min(Counter(r["eln_risk"] for r in women).values())
    assert found.smallest <= smallest < 11
    assert found.masked > found.small > 10
    assert " in " in found.where


def test_unique_patients_are_those_nobody_shares_the_values_with():
    found = preview(view_of(SYNTHETIC, by="fab_major", mrd_flow=["positive"], eln_risk=["adverse"]), UPLOAD)
    mine = [r for r in rows("synthetic-maintenance") if r["mrd_flow"] == "positive" and r["eln_risk"] == "adverse"]
    by_values = Counter((r["mrd_flow"], r["eln_risk"], r["fab_major"]) for r in mine)
    assert found.n == len(mine)
    assert found.unique == sum(n == 1 for n in by_values.values())
    listing = Counter(tuple(v for k, v in r.items() if k not in ("patient_id", "safety")) for r in mine)
    assert found.unique_in_listing == sum(n == 1 for n in listing.values())
    founding = preview(view_of(FOUNDING, by="karyotype", fab_major=["M1", "M2"]), UPLOAD)
    mine = [r for r in rows("flt3-itd-sorafenib-iti") if r["fab_major"] in ("M1", "M2")]
    alone = sum(n == 1 for n in Counter((r["fab_major"], r["karyotype"]) for r in mine).values())
    assert founding.unique == alone > 0
    assert f"{alone} patient" in founding.sentences[2]


@pytest.mark.parametrize("left_out", [[], ["M7"]])
def test_leaving_out_nobody_or_many_is_no_difference_of_few(left_out):
    fab = Counter(r["fab_major"] or "not_reported" for r in rows("synthetic-maintenance"))
    found = preview(view_of(SYNTHETIC, fab_major=[code for code in fab if code not in left_out]), UPLOAD)
    assert found.left_out == sum(fab[code] for code in left_out)
    assert not found.differs_by_few


def test_leaving_out_few_is_said_with_their_number():
    fab = Counter(r["fab_major"] for r in rows("flt3-itd-sorafenib-iti"))
    found = preview(view_of(FOUNDING, fab_major=[code for code in fab if code != "M7"]), UPLOAD)
    assert found.differs_by_few
    assert found.left_out == fab["M7"] == 1
    assert any(s.startswith("It leaves out 1: their numbers follow by subtracting") for s in found.sentences)


def test_the_preview_says_what_would_be_hidden():
    text = " ".join(preview(view_of(SYNTHETIC, by="eln_risk"), UPLOAD).sentences)
    assert "counts would be masked" in text
    assert "so that at least 11 patients leave at each" in text
    assert "The listing, the swimmer plot" in text
    kept = " ".join(preview(view_of(SYNTHETIC, by="eln_risk"), Policy(11, False, True)).sentences)
    assert "patients leave at each" not in kept
    assert "swimmer" not in kept


def test_an_empty_view_and_every_endpoint_can_be_previewed():
    nobody = view_of(FOUNDING, sex=["male"], fab_major=["M7"])
    assert nobody.n == 0
    views = [nobody, *(view_of(FOUNDING, "eln_risk", e.code) for e in FOUNDING.definition.selectable_endpoints)]
    for view in views:
        text = " ".join(preview(view, UPLOAD).sentences)
        assert not {"nan", "None", "inf"} & set(text.split())
    assert preview(nobody, UPLOAD).smallest == 0
