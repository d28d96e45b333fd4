"""The flow diagram: widths are counts, boxes keep their place under a filter, and the specification stays."""

import itertools
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from cohort.charts import flow
from cohort.exports.figure import svg
from cohort.figures.overview import flow_figure
from cohort.options import Options
from cohort.readers import read_cohort
from cohort.results.overview import OverviewResult
from cohort.selection import Selection
from cohort.view import CohortView

DATA = Path(__file__).parents[3] / "data"


@pytest.fixture(scope="module", params=["flt3-itd-sorafenib-iti", "synthetic-maintenance"])
def cohort(request):
    return read_cohort(DATA / request.param)


@pytest.fixture(scope="module")
def founding():
    return read_cohort(DATA / "flt3-itd-sorafenib-iti")


def drawn(cohort, levels=None, appearance="light", **options):
    view = CohortView(
        cohort, Selection.of(cohort.definition, levels), replace(Options.default(cohort.definition), **options)
    )
    return flow_figure(OverviewResult(view), appearance)


def rows(spec, name):
    return spec["datasets"][name].to_pylist()


def without_data(spec):
    return json.dumps({k: v for k, v in spec.items() if k != "datasets"}, sort_keys=True)


def as_svg(spec):
    data = {name: table.to_pylist() for name, table in spec["datasets"].items()}
    return svg({**spec, "datasets": data, "width": 820}).decode()


def test_a_filter_changes_data_sets_only(cohort):
    whole, some = drawn(cohort), drawn(cohort, {"eln_risk": ["adverse"]}, by="sex")
    assert without_data(whole) == without_data(some)
    assert whole["datasets"]["bands"] != some["datasets"]["bands"]


def test_boxes_keep_their_place_and_their_bars_fill_by_the_share_selected(cohort):
    whole, some = rows(drawn(cohort), "boxes"), rows(drawn(cohort, {"eln_risk": ["adverse"]}), "boxes")
    for before, after in zip(whole, some, strict=True):
        assert [before[k] for k in ("x", "x2", "y", "y2", "label")] == [
            after[k] for k in ("x", "x2", "y", "y2", "label")
        ]
        selected, of = (int(word) for word in after["count"].split(" of "))
        assert before["count"] == str(of)
        assert (after["y2"] - after["fill"]) / (after["y2"] - after["y"]) == pytest.approx(selected / of)


def test_boxes_of_a_stage_do_not_overlap_and_fit_the_figure(cohort):
    boxes = rows(drawn(cohort), "boxes")
    for box in boxes:
        assert flow.HEAD - 1e-6 <= box["y"] < box["y2"] <= flow.HEIGHT + 1e-6
    for left in {b["x"] for b in boxes if not b["inside"]}:
        column = sorted((b["y"], b["y2"]) for b in boxes if b["x"] == left and not b["inside"])
        assert all(above[1] < below[0] for above, below in itertools.pairwise(column))


def test_the_part_lies_inside_its_box(founding):
    boxes = rows(drawn(founding), "boxes")
    part = next(b for b in boxes if b["inside"])
    around = next(b for b in boxes if b["name"] == "no relapse recorded")
    assert "transplant inferred" in part["name"]
    assert around["x"] < part["x"] < part["x2"] < around["x2"]
    assert around["y"] + flow.COUNT + flow.LINE < part["y"] < part["y2"] < around["y2"]


def thickness(bands, part):
    found = {}
    for b in bands:
        if b["part"] == part:
            found.setdefault(b["name"], []).append(b)
    return found


@pytest.mark.parametrize("levels", [None, {"eln_risk": ["adverse"]}])
def test_bands_are_as_wide_as_their_patients_are_many(cohort, levels):
    drawn_bands = rows(drawn(cohort, levels), "bands")
    bands = thickness(drawn_bands, "chosen")
    assert bands
    per_patient = {
        round((b["y2"] - b["y"]) / int(b["count"].split()[0]), 6)
        for points in bands.values()
        for b in points
        if b["y2"] - b["y"] > 1  # a single patient of many is drawn one pixel wide at least
    }
    assert len(per_patient) == 1
    assert bool(thickness(drawn_bands, "whole")) == bool(levels), "no pale band where everybody is selected"


def test_selected_bands_run_inside_those_of_the_whole_cohort(founding):
    bands = rows(drawn(founding, {"eln_risk": ["adverse"]}), "bands")
    whole, chosen = thickness(bands, "whole"), thickness(bands, "chosen")
    assert set(chosen) < set(whole), "a way nobody selected went is left out"
    for name, points in chosen.items():
        for mine, pale in zip(points, whole[name], strict=True):
            assert mine["x"] == pale["x"]
            assert pale["y"] - 1e-6 <= mine["y"] < mine["y2"] <= pale["y2"] + 1e-6


def test_bands_leave_and_reach_their_boxes(founding):
    spec = drawn(founding)
    boxes = {b["name"]: b for b in rows(spec, "boxes")}
    for name, points in thickness(rows(spec, "bands"), "chosen").items():
        source, target = (boxes[part] for part in name.split(" → "))
        assert points[0]["x"] == source["x2"]
        assert points[-1]["x"] == target["x"]
        assert source["y"] - 1e-6 <= points[0]["y"] < points[0]["y2"] <= source["y2"] + 1e-6
        assert target["y"] - 1e-6 <= points[-1]["y"] < points[-1]["y2"] <= target["y2"] + 1e-6


def test_numbers_on_the_last_bands_add_up_to_the_selection(founding):
    assert sum(int(n["text"]) for n in rows(drawn(founding), "numbers")) == 19
    assert sum(int(n["text"]) for n in rows(drawn(founding, {"eln_risk": ["adverse"]}), "numbers")) == 7


def test_hovering_names_the_patients(founding):
    boxes = {b["name"]: b for b in rows(drawn(founding), "boxes")}
    assert boxes["molecular relapse"]["who"] == "2, 5, 10"
    nobody = {b["name"]: b for b in rows(drawn(founding, {"eln_risk": ["favourable"]}), "boxes")}
    assert (nobody["death"]["count"], nobody["death"]["who"]) == ("0 of 3", "nobody")


@pytest.mark.parametrize("appearance", ["light", "dark"])
def test_picture_holds_heads_labels_and_one_dashed_box(founding, appearance):
    picture = as_svg(drawn(founding, appearance=appearance))
    for text in ("First event", "At last contact", "no relapse recorded", "lost to follow-up", ">13<", ">12<"):
        assert text in picture, text
    assert len(re.findall(r'stroke-dasharray="4,3"', picture)) == 1
    sizes = {float(size) for size in re.findall(r'font-size="([\d.]+)px"', picture)}
    assert min(sizes) >= 12


def test_light_and_dark_differ_in_colour_only(founding):
    light, dark = (rows(drawn(founding, appearance=a), "boxes") for a in ("light", "dark"))
    assert [b["tone"] for b in light] != [b["tone"] for b in dark]
    assert [{**b, "tone": ""} for b in light] == [{**b, "tone": ""} for b in dark]
