"""Files that show no small group: masked counts against the CSV's own, steps that rest on enough patients."""

from collections import Counter

import numpy as np
import pytest

from cohort import open_view, read_cohort
from cohort.exports.masked import coarse_curve, masked_table_one
from cohort.results.overview import OverviewResult
from tests.support import printed

COHORT = read_cohort(printed.FOLDER)


@pytest.mark.parametrize("threshold", [2, 4, 6])
def test_no_count_below_the_threshold_is_shown_and_what_is_shown_is_right(threshold):
    rows = masked_table_one(OverviewResult(open_view(COHORT, "ttr_pub", by="timing")), threshold)
    shown = [(r["Level"], v) for r in rows if r["Characteristic"] == "Sex" for k, v in r.items() if k not in _HEADS]
    real = Counter((r["sex"], r["timing"]) for r in printed.patients())
    assert sorted(int(v) for _, v in shown if v) <= sorted(real.values())
    for row in rows:
        for name, cell in row.items():
            if name not in _HEADS and cell:
                assert int(cell) == 0 or int(cell) >= threshold, row


_HEADS = ("Characteristic", "Level")


def test_one_masked_cell_is_never_alone_in_its_row_and_column():
    rows = masked_table_one(OverviewResult(open_view(COHORT, "ttr_pub", by="sex")), 4)
    table = [[r[k] for k in r if k not in _HEADS] for r in rows if r["Characteristic"] == "FAB class"]
    hidden = np.array([[cell == "" for cell in line] for line in table])
    assert hidden.any()
    assert not (hidden.sum(axis=0) == 1).any() or not (hidden.sum(axis=1) == 1).any()


def test_every_step_of_the_coarse_curve_rests_on_enough_patients_and_never_lies_below():
    view = open_view(COHORT, "ttr_pub")
    coarse = coarse_curve(view, 5).to_pylist()
    leaving = [r["n_event"] + r["n_censor"] for r in coarse if r["time"] > 0]
    assert all(n >= 5 for n in leaving)
    assert sum(leaving) == len(printed.outcomes("ttr_pub"))
    assert coarse[-1]["survival"] >= 0.577  # the estimate at the end, STATISTICS A2
