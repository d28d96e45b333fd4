"""Files that show no small group: masked counts against the CSV's own, steps that rest on enough patients."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

from cohort import open_view, read_cohort
from cohort.errors import CohortError
from cohort.exports.masked import masked_table_one
from cohort.figures.coarse import coarse_file
from cohort.results.coarse import CoarseResult
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


# ---- the curve -------------------------------------------------------------------------------------------------------
def drawn(result):
    """Data sets of the figure and everything that is written in it."""
    spec = coarse_file(result)
    words = " ".join([spec["title"]["text"][0], *spec["title"]["subtitle"], str(spec["layer"][-1]["encoding"]["text"])])
    return spec["datasets"], words


def test_every_step_of_the_coarse_curve_rests_on_enough_patients_and_never_lies_below():
    result = CoarseResult(open_view(COHORT, "ttr_pub"), 5)
    rows = result.curve.to_pylist()
    leaving = [r["n_event"] + r["n_censor"] for r in rows if r["time"] > 0]
    assert all(n >= 5 for n in leaving)
    assert sum(leaving) == len(printed.outcomes("ttr_pub"))
    assert rows[-1]["survival"] >= 0.577  # the estimate at the end, STATISTICS A2


def test_the_coarse_figure_draws_these_steps_and_no_single_patient():
    result = CoarseResult(open_view(COHORT, "ttr_pub"), 5)
    data, words = drawn(result)
    steps = [(r["x"], round(r["s"], 6)) for r in data["curve"]]
    assert steps == [(r["time"], round(100 * r["survival"], 6)) for r in result.curve.to_pylist()]
    assert not len(data["marks"])
    at_risk = [int(r["text"]) for r in data["cells"]]
    total = len(printed.outcomes("ttr_pub"))
    assert at_risk[0] == total
    assert all(a - b == 0 or a - b >= 5 for a, b in pairwise([*at_risk, 0]))
    assert "at least 5 patients leave" in words
    for patient in printed.patients():
        assert f"patient {patient['patient_id']}" not in words


def test_a_group_of_too_few_and_the_total_it_follows_from_are_not_in_the_coarse_figure():
    sizes = Counter(r["timing"] for r in printed.patients())
    least, largest = min(sizes.values()), max(sizes.values())
    data, words = drawn(CoarseResult(open_view(COHORT, "ttr_pub", by="timing"), least + 1))
    small = [code for code, n in sizes.items() if n <= least]
    labels = {lv.code: lv.label for lv in COHORT.definition.variable("timing").levels}
    written = words + repr([r["text"] for name in ("heads", "cells", "ends") for r in data[name]])
    for code in small:
        assert labels[code] not in written
    assert str(largest) in written
    assert f"{sum(sizes.values())}" not in [r["text"] for r in data["cells"]]
    assert f"fewer than {least + 1}" in words


@pytest.mark.parametrize(
    ("options", "threshold", "said"),
    [
        ({}, 20, "no group in view has 20"),
        ({"where": {"timing": ["induction"]}}, 6, "leaves out 5"),
        ({"endpoint": "rfs_eln"}, 5, "limits"),
    ],
)
def test_what_cannot_be_drawn_without_showing_few_is_said(options, threshold, said):
    options = {"endpoint": "ttr_pub"} | options
    with pytest.raises(CohortError, match=said):
        CoarseResult(open_view(COHORT, **options), threshold)
