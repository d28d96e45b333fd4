"""Influence strips and the grid of definitions: nothing cut, every line drawn and named, and a height that is kept."""

import pytest

from cohort import read_cohort
from cohort.figures.sensitivity import definitions_grid, estimate_strip
from cohort.figures.sensitivity import test_strip as p_strip
from cohort.figures.survival import survival_figure
from cohort.narrative.sensitivity import grid_columns
from cohort.options import Options
from cohort.results.sensitivity import SensitivityResult
from cohort.results.survival import SurvivalResult
from cohort.selection import Selection
from cohort.view import CohortView
from tests.support import printed
from tests.support.views import SYNTHETIC

COHORT = read_cohort(printed.FOLDER)


def examine(cohort=COHORT, **query):
    options, rejected, _ = Options.from_query({k: [v] for k, v in query.items()}, cohort)
    assert not rejected
    return SensitivityResult(SurvivalResult(CohortView(cohort, Selection(), options)))


def marks(spec, kind):
    return [layer for layer in spec["layer"] if layer["mark"]["type"] == kind]


def strip(result):
    return estimate_strip(result, result.estimates_without(24).to_pylist(), 24, "light")


def test_the_heads_of_the_grid_are_whole():
    result = examine(endpoint="ttr_pub")
    spec = definitions_grid(result, result.grid(24, False), 24)
    drawn = {" ".join(m["encoding"]["text"]["value"]) for m in marks(spec, "text") if "value" in m["encoding"]["text"]}
    assert set(grid_columns(result)) <= drawn
    assert any("inferred" in head for head in drawn)
    lines = max(len(m["encoding"]["text"]["value"]) for m in marks(spec, "text") if "value" in m["encoding"]["text"])
    tops = {m["encoding"]["y"]["value"] for m in marks(spec, "text") if "value" in m["encoding"]["y"]}
    assert tops
    assert all(top <= -14 * lines for top in tops), "the last line of a head stays above the first row"


def test_the_line_of_everybody_is_drawn_in_ink_and_named():
    result = examine(endpoint="ttr_pub", by="eln_risk")
    spec = p_strip(result, result.tests_without(), result.comparison.exact().p, "light")
    (line,) = spec["datasets"]["all"].to_pylist()
    scale = marks(spec, "rule")[0]["encoding"]["color"]["scale"]
    assert line["g"] in scale["domain"], "a group outside the domain has no colour"
    assert dict(zip(scale["domain"], scale["range"], strict=True))[""] not in scale["range"][:-1]
    assert line["said"] == "everybody"


def test_the_lines_of_groups_are_named_one_below_the_other():
    lines = strip(examine(endpoint="ttr_pub", by="timing"))["datasets"]["all"].to_pylist()
    assert [r["said"] for r in lines] == ["all of induction (and consolidation)", "all of consolidation only"]
    assert [r["line"] for r in lines] == [0, 1]
    assert [r["said"] for r in strip(examine(endpoint="ttr_pub"))["datasets"]["all"].to_pylist()] == ["everybody"]


@pytest.mark.parametrize("by", ["none", "treatment"])
def test_a_strip_of_hundreds_of_patients_fits_a_screen(by):
    spec = strip(examine(read_cohort(SYNTHETIC), by=by))
    assert spec["datasets"]["patients"].num_rows > 300
    assert spec["height"] < 600
    (named,) = (m["mark"]["size"] for m in marks(strip(examine(endpoint="ttr_pub")), "point"))
    (small,) = (m["mark"]["size"] for m in marks(spec, "point"))
    assert small < named


def test_no_text_of_the_figures_shows_the_names_of_its_fields():
    result = examine(endpoint="ttr_pub", by="eln_risk")
    grid = definitions_grid(result, result.grid(24, False), 24)
    for spec in (survival_figure(result.survival), grid):
        assert marks(spec, "text")
        for layer in marks(spec, "text"):
            assert layer["mark"]["tooltip"] is None


def test_one_event_and_one_month_are_said_so():
    rows = survival_figure(examine(endpoint="ttr_pub").survival)["datasets"]["curve"].to_pylist()
    said = {r["here"] for r in rows} | {r["when"] for r in rows}
    assert "1 month" in said
    assert "1 months" not in said
    assert not [s for s in said if s.startswith("1 events")]
