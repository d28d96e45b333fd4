"""Swimmer, matrix and MRD figures: what is drawn where, and that a filter changes data sets only."""

import csv
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from cohort.charts import mrd, mutations, swimmer, swimmer_marks
from cohort.exports.figure import svg
from cohort.figures.patients import frame_of, mrd_figure, patients_figure, patients_file
from cohort.options import Options
from cohort.readers import read_cohort
from cohort.results.patients import PatientsResult
from cohort.selection import Selection
from cohort.view import CohortView

DATA = Path(__file__).parents[3] / "data"
COHORTS = ("flt3-itd-sorafenib-iti", "synthetic-maintenance")


@pytest.fixture(scope="module", params=COHORTS)
def cohort(request):
    return read_cohort(DATA / request.param)


@pytest.fixture(scope="module")
def founding():
    return read_cohort(DATA / COHORTS[0])


@pytest.fixture(scope="module")
def synthetic():
    return read_cohort(DATA / COHORTS[1])


def result(cohort, levels=None, cutoffs=None, **options):
    selection = Selection.of(cohort.definition, levels, cutoffs=cutoffs)
    return PatientsResult(CohortView(cohort, selection, replace(Options.default(cohort.definition), **options)))


def rows(spec, name):
    return spec["datasets"][name].to_pylist()


def without_data(spec):
    return json.dumps({k: v for k, v in spec.items() if k != "datasets"}, sort_keys=True)


def as_svg(spec, width=820):
    data = {name: table.to_pylist() for name, table in spec["datasets"].items()}
    return svg({**spec, "datasets": data, "width": width}).decode()


def mutated():
    with (DATA / COHORTS[0] / "mutations.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("clock", ["maintenance", "diagnosis"])
def test_a_filter_changes_data_sets_only(cohort, clock):
    whole = patients_figure(result(cohort, clock=clock))
    some = patients_figure(result(cohort, {"eln_risk": ["adverse"]}, clock=clock, patient=str(cohort.ids[0])))
    assert without_data(whole) == without_data(some)
    assert whole["datasets"].keys() == some["datasets"].keys()
    assert {r["id"] for r in rows(whole, "lanes")} != {r["id"] for r in rows(some, "lanes")}


def test_rows_of_every_data_set_are_the_same_patients(founding):
    spec = patients_figure(result(founding, {"eln_risk": ["adverse"]}))
    lanes = {r["row"]: r["id"] for r in rows(spec, "lanes")}
    for name in ("segments", "marks", "cells", "tracks"):
        assert {r["row"] for r in rows(spec, name)} == set(lanes), name
    hits = {(lanes[r["row"]], r["off"]) for r in rows(spec, "cells") if r["state"] != mutations.NOT_REPORTED}
    printed = {(m["patient_id"], m["gene"]) for m in mutated() if m["patient_id"] in lanes.values()}
    assert {i for i, _ in hits} == {i for i, _ in printed}
    assert len(hits) == len(printed)


def test_not_reported_is_a_cell_of_its_own_and_never_a_blank(founding):
    spec = patients_figure(result(founding))
    states = [r["state"] for r in rows(spec, "cells")]
    drivers = [m for m in mutated() if m["class"] == "driver"]
    assert states.count(mutations.REPORTED) == len(drivers)
    assert states.count(mutations.PHARMACOGENE) == len(mutated()) - len(drivers)
    assert len(states) == 19 * len({m["gene"] for m in mutated()}), "every patient has a cell for every gene"
    drawing = as_svg(spec)
    assert drawing.count("not reported (not the same as wild type)") >= 1
    assert 'stroke-dasharray="1.5,2"' in drawing


def test_pharmacogenes_stand_apart_from_drivers(founding):
    columns = frame_of(result(founding), "light").columns
    places = mutations.places(columns)
    steps = {(a.kind, b.kind): y - x for a, b, x, y in zip(columns, columns[1:], places, places[1:], strict=False)}
    assert [c.label for c in columns if c.kind == "pharmacogene"] == ["ABCB1", "CYP2C19"]
    assert steps["driver", "driver"] == mutations.COLUMN
    assert steps["driver", "pharmacogene"] == mutations.COLUMN + mutations.GAP
    assert not [c for c in columns if "FLT3" in c.label]


def test_the_hatched_span_is_drawn_for_nine_patients_and_said_in_the_legend(founding):
    spec = patients_figure(result(founding, clock="diagnosis"))
    hatched = [r for r in rows(spec, "segments") if r["kind"] == swimmer.SEGMENTS["unknown"][0]]
    ids = {r["row"]: r["id"] for r in rows(spec, "lanes")}
    assert {ids[r["row"]] for r in hatched} == {"2", "5", "6", "7", "9", "10", "14", "17", "18"}
    assert all(r["x"] == 0 for r in hatched)
    assert swimmer.SEGMENTS["unknown"][0] in as_svg(spec)


def test_every_mark_is_named_in_the_legend_and_has_its_own_shape(founding):
    frame = frame_of(result(founding), "light")
    assert [(m.label, m.shape) for m in frame.marks] == [
        ("molecular relapse", "triangle-up"),
        ("morphological relapse", "diamond"),
        ("death", "cross"),
        ("alive at cut-off", "arrow"),
        ("lost to follow-up", "question"),
        ("relapse follow-up ends early (transplant inferred)", "circle"),
    ]
    assert not frame.marks[-1].filled
    drawing = as_svg(patients_figure(result(founding)))
    for mark in frame.marks:
        assert f">{mark.label}<" in drawing


def test_unknown_events_get_marks_of_their_own():
    marks = [swimmer_marks.mark_of(code, code, k) for k, code in enumerate(("graft_failure", "second_cancer"))]
    assert len({(m.shape, m.colour) for m in marks}) == 2
    assert not {m.shape for m in marks} & {"diamond", "cross", "arrow"}


def test_nothing_anywhere_says_how_long_anyone_was_treated(cohort):
    for clock in ("maintenance", "diagnosis"):
        drawing = as_svg(patients_figure(result(cohort, clock=clock)))
        assert "on treatment" not in drawing.lower()


@pytest.mark.parametrize("appearance", ["light", "dark"])
def test_figures_compile_and_no_text_is_smaller_than_12_pixels(founding, appearance):
    found = result(founding, by="eln_risk", clock="diagnosis")
    for spec in (patients_figure(found, appearance), *(mrd_figure(found.mrd, a, appearance) for a in found.mrd.assays)):
        sizes = [float(s) for s in re.findall(r'font-size="([\d.]+)px"', as_svg(spec))]
        assert sizes
        assert min(sizes) >= 12


def test_one_row_a_patient_and_the_height_follows(founding):
    def height(spec):
        return float(re.search(r'height="([\d.]+)"', as_svg(spec))[1])

    whole, some = patients_figure(result(founding)), patients_figure(result(founding, {"eln_risk": ["adverse"]}))
    assert height(whole) - height(some) == pytest.approx((19 - 7) * frame_of(result(founding), "light").step)


def test_nothing_is_drawn_beyond_the_width_of_the_page(founding):
    for by in ("none", "eln_risk"):
        drawing = as_svg(patients_figure(result(founding, by=by, clock="diagnosis")), width=820)
        assert float(re.search(r'width="([\d.]+)"', drawing)[1]) <= 820


def test_the_open_patient_is_marked_and_a_second_click_is_a_new_one(founding):
    lanes = rows(patients_figure(result(founding, patient="7")), "lanes")
    assert [r["id"] for r in lanes if r["open"]] == ["7"]
    assert {r["now"] for r in lanes} == {"7"}
    spec = patients_figure(result(founding))
    lane = next(p for p in spec["params"] if p["name"] == "lane")
    assert lane["select"]["fields"] == ["id", "now"]


def test_a_cohort_without_mutations_has_lanes_only(synthetic):
    spec = patients_figure(result(synthetic))
    assert frame_of(result(synthetic), "light").columns == ()
    assert "cells" not in spec["datasets"]
    assert len(rows(spec, "lanes")) == 60
    assert "relapse (synthetic)" in as_svg(spec)


def test_groups_are_named_once_beside_their_first_lane(founding):
    spec = patients_figure(result(founding, by="eln_risk"))
    assert [(r["row"], r["text"]) for r in rows(spec, "heads")] == [
        (0, "favourable"),
        (3, "intermediate"),
        (12, "adverse"),
    ]
    assert rows(patients_figure(result(founding)), "heads") == []


def test_letters_of_a_track_are_unique():
    column = mutations.Column("track", "Site", (("marrow", "#000000"), ("meninges", "#000000"), ("blood", "#000000")))
    assert mutations.letters(column) == {"marrow": "Ma", "meninges": "Me", "blood": "B"}
    assert mutations.head(mutations.Column("track", "ELN 2022 risk")) == "ELN"


def test_the_file_has_title_definition_and_the_inference_in_it(founding):
    drawing = re.sub(r"\s+", " ", " ".join(re.findall(r">([^<>]+)<", svg(patients_file(result(founding))).decode())))
    assert "Follow-up by patient, months from start of maintenance" in drawing
    assert "19 of 19 patients" in drawing
    assert "FLT3-ITD is the inclusion criterion" in drawing
    assert "transplant inferred" in drawing


def test_flow_and_transcript_have_separate_axes_and_negative_is_a_row(founding):
    found = result(founding)
    flow, transcript = (mrd_figure(found.mrd, assay) for assay in ("flow", "transcript"))
    points = {r["id"]: r for r in rows(flow, "mrd")}
    assert {i: p["y"] for i, p in points.items() if p["y"] is not None} == {"7": 0.06, "9": 8.85, "13": 0.1, "17": 2.53}
    assert not [p for p in points.values() if p["y"] == 0]
    assert sum(p["call"] == "negative" and p["below"] == 1 for p in points.values()) == 15
    assert {r["id"]: r["y"] for r in rows(transcript, "mrd")} == {"5": 0.0011, "8": 0.0062, "10": 0.056}
    assert [r["y"] for r in rows(flow, "lines")] == [0.01, 0.1]
    assert rows(transcript, "lines") == []

    def axis(spec):
        return next(
            la["encoding"]["y"]["axis"]["title"] for la in spec["layer"] if "axis" in la["encoding"].get("y", {})
        )

    assert axis(flow) == "Flow, % blast cells"
    assert axis(transcript) == "Transcript, % RUNX1::RUNX1T1/ABL"
    assert ">negative<" in as_svg(flow)
    assert ">negative<" not in as_svg(transcript), "no transcript is printed as negative"


@pytest.mark.parametrize(("cutoff", "above"), [("0.01", {"7", "9", "13", "17"}), ("0.1", {"9", "13", "17"})])
def test_the_threshold_in_force_marks_line_and_points(founding, cutoff, above):
    spec = mrd_figure(result(founding, cutoffs={"mrd_flow": cutoff}).mrd, "flow")
    assert {r["id"] for r in rows(spec, "mrd") if r["call"] == "at or above the cut-off"} == above
    assert [r["text"] for r in rows(spec, "lines") if r["on"]] == [f"≥ {cutoff} %, in force"]


def test_a_result_without_a_number_is_not_drawn_as_negative():
    import pyarrow as pa

    table = pa.table(
        {
            "patient_id": ["a", "b", "c"],
            "call": ["detected", "negative", "detected"],
            "value_pct": pa.array([None, None, 0.5], pa.float64()),
            "raw": ["+", "negative", "0.5%"],
        }
    )
    drawn = mrd.rows(table, None).to_pylist()
    assert [(r["call"], r["below"], r["y"]) for r in drawn] == [
        ("detected", 2, None),
        ("negative", 1, None),
        ("detected", 2, 0.5),
    ]


def test_the_mrd_axis_does_not_move_with_the_selection(founding):
    whole = mrd_figure(result(founding).mrd, "flow")
    some = mrd_figure(result(founding, {"eln_risk": ["favourable"]}).mrd, "flow")
    assert without_data(whole) == without_data(some)
