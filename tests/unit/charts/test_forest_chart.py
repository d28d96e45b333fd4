"""The forest figure: its lines never move, its marks say how little they rest on, and nothing stands for an effect."""

import json

import pytest

from cohort.charts import forest
from cohort.exports.figure import svg
from cohort.figures.subgroups import forest_figure, forest_file
from tests.unit.results.test_subgroups_result import ROWS, result


def without_data(spec):
    return json.dumps({k: v for k, v in spec.items() if k != "datasets"}, sort_keys=True)


def rows(spec, name, **wanted):
    found = spec["datasets"][name].to_pylist()
    return [r for r in found if all(r[k] == v for k, v in wanted.items())]


@pytest.mark.parametrize("options", [{}, {"endpoint": "os_dx"}, {"endpoint": "cif_mol"}, {"forest": "ratio"}])
def test_a_filter_changes_data_sets_only(options):
    whole = forest_figure(result(**options))
    some = forest_figure(result({"eln_risk": ["adverse"]}, **options))
    assert without_data(whole) == without_data(some)
    places = [[(r["line"], r["text"]) for r in rows(f, "labels", weight="level")] for f in (whole, some)]
    assert places[0] == places[1]
    assert [text for _, text in places[0]] == [label for _, label in ROWS]
    assert whole["datasets"]["dots"] != some["datasets"]["dots"]


def test_every_data_set_that_is_drawn_is_there():
    for options in ({}, {"forest": "ratio"}):
        spec = forest_figure(result(**options))
        assert {layer["data"]["name"] for layer in spec["layer"]} <= set(spec["datasets"])


def test_a_level_nobody_has_stays_as_text():
    spec = forest_figure(result({"eln_risk": ["adverse"]}))
    (line,) = [r["line"] for r in rows(spec, "labels", text="favourable")]
    assert [r["text"] for r in rows(spec, "texts", line=line, column="text")] == ["no patient"]
    assert [r["text"] for r in rows(spec, "numbers", line=line)] == ["0", "0", "0"]
    assert not rows(spec, "dots", line=line)


def test_few_patients_are_drawn_hollow():
    found = result()
    spec = forest_figure(found)
    hollow = {r["what"] for r in spec["datasets"]["dots"].to_pylist() if r["fill"] != r["stroke"]}
    small = {f"{r.variable.label}: {r.label}" for i, r in enumerate(found.rows)
             if found.sizes[i] < 5 and found.estimates[str(i)]["survival"] is not None}  # fmt: skip
    assert hollow == small
    assert small


def test_limits_stand_on_the_axis_in_percent():
    (dot,) = rows(forest_figure(result()), "dots", what="ELN 2022 risk: adverse")
    assert dot["est"] == pytest.approx(200 / 7)
    assert 0 <= dot["lo"] < dot["est"] < dot["hi"] <= 100
    assert not (dot["below"])
    assert not (dot["above"])


def test_a_ratio_s_limit_beyond_the_axis_is_an_arrow():
    (adverse,) = rows(forest_figure(result(endpoint="os_dx", forest="ratio")), "dots", what="ELN 2022 risk: adverse")
    assert (adverse["below"], adverse["above"]) == (False, True)  # STATISTICS A6: 18.3 (1.75–2474)
    assert adverse["hi"] == 100
    assert adverse["text"] == "18 (1.8–2474)"
    (mild,) = rows(forest_figure(result(endpoint="os_dx", forest="ratio")), "dots", what="ELN 2022 risk: intermediate")
    assert (mild["below"], mild["lo"]) == (True, 0.01)


def test_pre_specified_stand_above_the_rule():
    found = result()
    spec = forest_figure(found)
    (rule,) = spec["datasets"]["rule"]["at"].to_pylist()
    lines = rows(spec, "labels", weight="level")
    brief = {r.label for r in found.rows if r.variable.group == "brief"}
    above = [r["text"] for r in lines if r["line"] < rule]
    assert len(above) == sum(r.variable.group == "brief" for r in found.rows)
    assert set(above) == brief
    heads = {r["text"]: r["line"] for r in rows(spec, "labels", weight="section")}
    assert heads["PRE-SPECIFIED"] < rule < heads["EXPLORATORY"]


def test_no_line_stands_for_an_overall_effect():
    for options in ({}, {"endpoint": "os_dx"}):
        assert forest_figure(result(**options))["datasets"]["guides"]["at"].to_pylist() == [0, 50, 100]
    assert forest_figure(result(forest="ratio"))["datasets"]["guides"]["at"].to_pylist() == [1]


def test_late_values_and_assays_are_named_in_the_figure():
    late = rows(forest_figure(result(endpoint="os_dx")), "labels", note="known only after diagnosis")
    assert "Sorafenib timing" in {r["text"] for r in late}
    relapse = forest_figure(result())
    assert not rows(relapse, "labels", note="known only after diagnosis")
    (line,) = [r["line"] for r in rows(relapse, "labels", text="favourable")]
    assert [r["text"] for r in rows(relapse, "texts", line=line, column="assayed")] == ["3 of 3"]
    assert [r["text"] for r in rows(relapse, "texts", line=line, column="same")] == ["a"]
    assert "Transcript" not in without_data(forest_figure(result(endpoint="os_dx")))


def test_a_second_click_on_a_number_is_a_new_one():
    first, second = (forest_figure(result(), clicks=k)["datasets"]["numbers"].to_pylist() for k in (0, 1))
    assert {r["now"] for r in first} != {r["now"] for r in second}
    assert [r["code"] for r in first] == [r["code"] for r in second]


def test_light_and_dark_say_the_same():
    light, dark = (forest_figure(result(), a) for a in ("light", "dark"))
    assert without_data(light) != without_data(dark)
    for name in ("labels", "numbers", "texts"):
        assert light["datasets"][name] == dark["datasets"][name]


def test_figure_text_is_twelve_pixels_or_more():
    sizes = [
        layer["mark"].get("fontSize") for layer in forest_figure(result())["layer"] if layer["mark"]["type"] == "text"
    ]
    assert min(sizes) >= 12
    assert forest.LINE >= 18


def test_the_file_carries_title_definition_aliases_and_looks():
    text = svg(forest_file(result({"sex": ["female"]}), "24 comparisons looked at.")).decode()
    for piece in (
        "Outcome by baseline characteristic", "10 of 19 patients: Sex female", "beta product (BPCP)", "31 May 2025",
        "24 comparisons looked at.", "EXPLORATORY", "Fewer than 5 patients at risk", "not estimable", "same 2 patients",
    ):  # fmt: skip
        assert piece in text.replace("\n", " "), piece
