"""The adverse-events figure: what is drawn, from its specification and data sets, and in a rendered file."""

import json
import re
from itertools import pairwise

import pytest

from cohort.charts import adverse_events as chart
from cohort.exports.figure import svg
from cohort.figures.adverse_events import adverse_events_figure, adverse_events_file
from tests.support import printed
from tests.unit.results.test_adverse_events_by_patient import treated, worst
from tests.unit.results.test_adverse_events_result import (  # noqa: F401
    HAEMATOLOGICAL,
    OVERALL,
    cohort,
    result,
    rows,
    synthetic,
)


def without_data(spec):
    return json.dumps({k: v for k, v in spec.items() if k != "datasets"}, sort_keys=True)


def data(spec, name):
    return spec["datasets"][name].to_pylist()


def test_a_filter_changes_data_sets_only(cohort, synthetic):  # noqa: F811
    for folder, filters in ((cohort, ("favourable", "adverse")), (synthetic, ("favourable", "adverse"))):
        specs = [adverse_events_figure(result(folder))]
        specs += [adverse_events_figure(result(folder, {"eln_risk": [f]})) for f in filters]
        assert len({without_data(s) for s in specs}) == 1
    grouped = [adverse_events_figure(result(synthetic, levels, by="treatment")) for levels in ({}, {"sex": ["male"]})]
    assert without_data(grouped[0]) == without_data(grouped[1])


def test_every_data_set_drawn_is_delivered(cohort, synthetic):  # noqa: F811
    """An inline data set would be lost when the data sets are filled in."""
    for r in (result(cohort), result(cohort, {"eln_risk": ["adverse"]}), result(synthetic, by="treatment")):
        spec = adverse_events_figure(r)
        assert {layer["data"]["name"] for layer in spec["layer"]} <= set(spec["datasets"])


def test_bars_are_the_reported_bands(cohort):  # noqa: F811
    spec = adverse_events_figure(result(cohort))
    wanted = {
        (r["term"], r["grade_band"]): int(r["k"])
        for r in rows(printed.FOLDER, "ae_aggregate.csv")
        if r["k"] not in ("", "0") and r["grade_band"] != "any"
    }
    found = {}
    for b in data(spec, "bars"):
        band = re.match(r"grade ([IV–]+):", b["what"])[1].replace("–", "-")
        found[(b["term"], band)] = round((b["x2"] - b["x"]) * 19)
    assert found == wanted
    fever = sorted((b["x"], b["x2"]) for b in data(spec, "bars") if b["term"] == "Fever")
    assert fever == [(0, pytest.approx(16 / 19)), (pytest.approx(16 / 19), pytest.approx(17 / 19))]
    assert not data(spec, "bounds")


def test_not_reported_is_a_word_and_never_a_bar(cohort):  # noqa: F811
    for levels in ({}, {"eln_risk": ["adverse"]}):
        r = result(cohort, levels)
        spec = adverse_events_figure(r)
        row = r.terms.index(HAEMATOLOGICAL)
        assert data(spec, "absent") == [{"text": "not reported", "y": row}]
        assert not [x for name in ("bars", "bounds") for x in data(spec, name) if x["term"] == HAEMATOLOGICAL]
        assert not [t for t in data(spec, "texts") if t["y"] == row]


def test_a_subgroup_gets_brackets_and_no_bar(cohort):  # noqa: F811
    spec = adverse_events_figure(result(cohort, {"eln_risk": ["adverse"]}))
    assert not data(spec, "bars")
    fever = next(b for b in data(spec, "bounds") if b["term"] == "Fever")
    assert (fever["lo"], fever["hi"]) == (pytest.approx(5 / 7), 1)
    assert fever["exp"] == pytest.approx(17 / 19), "the expected share does not move with the filter"
    assert [t["text"] for t in data(spec, "ticks")] == [str(i) for i in range(8)]
    assert data(spec, "title") == [{"text": "Patients in the selection (of 7)"}]
    texts = [t["text"] for t in data(spec, "texts")]
    assert texts[:2] == ["5–7 of 7", "6.3 expected"]
    for bound in data(spec, "bounds"):
        assert 0 <= bound["lo"] <= bound["c_lo"] <= bound["exp"] <= bound["c_hi"] <= bound["hi"] <= 1


def test_text_beside_carries_count_percent_and_limits(cohort):  # noqa: F811
    texts = [t["text"] for t in data(adverse_events_figure(result(cohort)), "texts")]
    assert texts[:4] == ["17 of 19", "89 % (67–99)", "9 of 19", "47 % (24–71)"]


def test_stacked_bars_by_patient_add_up(synthetic):  # noqa: F811
    r = result(synthetic, {"eln_risk": ["adverse"]})
    ids = treated(eln_risk="adverse")
    bars = data(adverse_events_figure(r), "bars")
    for term, patients in worst(ids).items():
        mine = sorted((b["x"], b["x2"]) for b in bars if b["term"] == term)
        assert max((end for _, end in mine), default=0) == pytest.approx(len(patients) / len(ids)), term
        assert all(a[1] == pytest.approx(b[0]) for a, b in pairwise(mine))
    five = [b for b in bars if b["what"].startswith("grade 5") and b["term"] == OVERALL]
    assert round((five[0]["x2"] - five[0]["x"]) * len(ids)) == sum(g == 5 for g in worst(ids)[OVERALL].values())


def test_dots_of_groups_with_limits_shape_and_colour(synthetic):  # noqa: F811
    r = result(synthetic, by="treatment")
    spec = adverse_events_figure(r)
    dots = [d for d in data(spec, "dots") if d["term"] == "Fatigue"]
    assert [d["g"] for d in dots] == ["arm_a", "arm_b"]
    assert len({d["colour"] for d in dots}) == len({round(d["y"], 6) for d in dots}) == 2
    for dot, arm in zip(dots, ("arm_a", "arm_b"), strict=True):
        ids = treated(treatment=arm)
        assert dot["x"] == pytest.approx(len(worst(ids)["Fatigue"]) / len(ids))
        assert dot["lo"] < dot["x"] < dot["hi"]
    shapes = next(
        la["encoding"]["shape"]["scale"]
        for la in spec["layer"]
        if la["data"]["name"] == "dots" and "shape" in la["encoding"]
    )
    assert shapes["domain"] == ["arm_a", "arm_b"]
    assert len(set(shapes["range"])) == 2
    rows_ = {round(d["y"]) for d in data(spec, "dots")}
    assert rows_ == set(range(len(r.terms))), "a dot stays in the row of its term"


def test_colour_stays_with_its_group_when_a_filter_empties_another(synthetic):  # noqa: F811
    whole = adverse_events_figure(result(synthetic, by="eln_risk"))
    some = adverse_events_figure(result(synthetic, {"eln_risk": ["adverse"]}, by="eln_risk"))
    colour = {d["g"]: d["colour"] for d in data(whole, "dots")}
    assert {d["g"]: d["colour"] for d in data(some, "dots")} == {"adverse": colour["adverse"]}


@pytest.mark.parametrize(
    ("n", "ticks"),
    [
        (1, "0 1"),
        (7, "0 1 2 3 4 5 6 7"),
        (14, "0 5 10 14"),
        (19, "0 5 10 15 19"),
        (60, "0 5 10 15 20 25 30 35 40 45 50 55 60"),
    ],
)
def test_ticks_are_whole_patients_and_end_with_all(n, ticks):
    found = chart.count_ticks(n)
    assert " ".join(t["text"] for t in found) == ticks
    assert found[-1]["x"] == 1


def test_figure_text_is_12_px_or_more(cohort, synthetic):  # noqa: F811
    for r in (result(cohort), result(synthetic, by="treatment")):
        sizes = re.findall(
            r'"(?:fontSize|labelFontSize|titleFontSize)": ([\d.]+)', without_data(adverse_events_figure(r))
        )
        assert sizes
        assert min(map(float, sizes)) >= 12


def test_light_and_dark_say_the_same(cohort):  # noqa: F811
    light, dark = (adverse_events_figure(result(cohort), a) for a in ("light", "dark"))
    assert light["config"]["background"] != dark["config"]["background"]
    assert data(light, "texts") == data(dark, "texts")
    assert [b["colour"] for b in data(light, "bars")] != [b["colour"] for b in data(dark, "bars")]


def test_file_holds_figure_terms_population_and_method(cohort):  # noqa: F811
    text = svg(adverse_events_file(result(cohort, {"eln_risk": ["adverse"]}))).decode()
    plain = re.sub(r"<[^>]+>", " ", text)
    for words in (
        "Hand-foot skin reaction",
        "(myelosuppression)",
        "5–7 of 7",
        "not reported",
        "WHO I–IV",
        "7 of 19 patients",
    ):
        assert words in plain, words
    assert "arithmetic" in plain
