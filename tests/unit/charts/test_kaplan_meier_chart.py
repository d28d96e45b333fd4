"""The survival figure: what is drawn, from its specification and data sets; and that a filter never rebuilds it."""

import json

import pytest

from cohort.charts.kaplan_meier import WHOLE
from cohort.exports.figure import svg
from cohort.figures.survival import survival_figure, survival_file
from tests.support import printed
from tests.unit.results.test_survival_result import cohort, result  # noqa: F401


def without_data(spec):
    return json.dumps({k: v for k, v in spec.items() if k != "datasets"}, sort_keys=True)


@pytest.mark.parametrize("by", ["none", "eln_risk"])
def test_a_filter_changes_data_sets_only(cohort, by):  # noqa: F811
    whole = survival_figure(result(cohort, endpoint="ttr_pub", by=by))
    some = survival_figure(result(cohort, {"timing": ["consolidation"]}, endpoint="ttr_pub", by=by))
    assert without_data(whole) == without_data(some)
    assert whole["datasets"]["curve"] != some["datasets"]["curve"]


def test_light_and_dark_differ_in_colour_only(cohort):  # noqa: F811
    light, dark = (survival_figure(result(cohort), a) for a in ("light", "dark"))
    assert without_data(light) != without_data(dark)
    assert light["datasets"]["curve"] == dark["datasets"]["curve"]


def test_curve_ends_with_the_last_patient_and_starts_at_100(cohort):  # noqa: F811
    rows = survival_figure(result(cohort, endpoint="ttr_pub", by="eln_risk"))["datasets"]["curve"].to_pylist()
    for level in ("favourable", "intermediate", "adverse"):
        mine = [r for r in rows if r["g"] == level]
        patients = [printed.outcomes("ttr_pub")[p["patient_id"]][0] for p in printed.who({"eln_risk": {level}})]
        assert (mine[0]["x"], mine[0]["s"]) == (0, 100)
        assert max(r["x"] for r in mine) == max(patients)


def test_every_censored_patient_is_marked_with_a_reason(cohort):  # noqa: F811
    marks = survival_figure(result(cohort, endpoint="ttr_pub"))["datasets"]["marks"].to_pylist()
    seen = printed.outcomes("ttr_pub")
    assert {i for m in marks for i in m["who"].split(", ")} == {i for i, (_, e, _) in seen.items() if e == ""}
    early = next(m for m in marks if "17" in m["who"].split(", "))
    assert "transplant inferred" in early["reason"]
    lost = next(m for m in marks if "11" in m["who"].split(", "))
    assert lost["reason"] == "lost to follow-up"


def test_whole_cohort_stands_grey_behind_a_selection(cohort):  # noqa: F811
    some = survival_figure(result(cohort, {"eln_risk": ["adverse"]}))["datasets"]["curve"]
    assert WHOLE in some["g"].to_pylist()
    assert WHOLE not in survival_figure(result(cohort))["datasets"]["curve"]["g"].to_pylist()


def test_colour_stays_with_its_group_when_a_filter_removes_another(cohort):  # noqa: F811
    whole = survival_figure(result(cohort, by="eln_risk"))
    some = survival_figure(result(cohort, {"eln_risk": ["adverse"]}, by="eln_risk"))
    assert without_data(whole) == without_data(some), "colour and dash are part of the constant specification"
    assert json.dumps(whole["layer"]).count('"domain": ["favourable", "intermediate", "adverse"') >= 2


def test_limits_are_dropped_where_there_are_none(cohort):  # noqa: F811
    rows = survival_figure(result(cohort, interval="log-log"))["datasets"]["curve"].to_pylist()
    first = [r for r in rows if r["s"] == 100]
    assert all(r["lo"] is None and r["ci"] == "not estimable" for r in first)


def test_exported_figure_carries_title_definition_and_table(cohort):  # noqa: F811
    text = svg(survival_file(result(cohort, {"eln_risk": ["adverse"]}, endpoint="ttr_pub"))).decode()
    for piece in (
        "Relapse-free survival as published", "7 of 19 patients: ELN 2022 risk adverse", "31 May 2025",
        "At risk", "Censored", "(BPCP) method", "Months from start of maintenance", "transplant inferred",
    ):  # fmt: skip
        assert piece in text, piece


def test_direct_labels_do_not_cover_one_another(cohort):  # noqa: F811
    ends = survival_figure(result(cohort, by="fab_major"))["datasets"]["ends"].to_pylist()
    assert len(ends) == 5
    for i, a in enumerate(ends):
        for b in ends[:i]:
            assert abs(a["s"] - b["s"]) >= 6 or abs(a["x"] - b["x"]) >= 0.15 * 72


def test_landmark_lines_are_drawn(cohort):  # noqa: F811
    shown = survival_figure(result(cohort))
    assert shown["datasets"]["landmarks"].to_pylist() == [{"x": 12}, {"x": 24}]
    assert {"name": "landmarks"} in [layer["data"] for layer in shown["layer"]]
