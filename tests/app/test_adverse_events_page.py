"""The adverse-events page: sentence, figure, table and alternative text say the same, recomputed from the CSV files."""

import json
import shutil
from functools import partial

import pyarrow as pa
import pytest
import streamlit as st

from cohort.ui import state
from tests.support import printed
from tests.support.harness import alternative_text, figure, open_page

page = partial(open_page, "adverse_events")


def dataset(at, name):
    data = next(d.data.data for d in figure(at).datasets if d.name == name)
    return pa.ipc.open_stream(data).read_all().to_pylist()


def answer(at):
    return next(m.value for m in at.markdown if m.value.startswith("#####")).replace("\\", "")


def words(at):
    return " ".join(x.value for x in (*at.markdown, *at.caption)).replace("\\", "")


def test_opening_page_of_the_founding_cohort():
    at = page()
    assert not at.exception
    assert "Fever was reported in 17 of 19 patients (89 %, 95 % CI 67–99); one had grade III." in answer(at)
    assert "upper 95 % limit 17.6 %" in answer(at)
    assert "Fever: 17 of 19 (89 %, 95 % CI 67–99), grade I–II 16, grade III 1" in alternative_text(
        at, "adverse_events_figure"
    )
    assert "Grading **WHO I–IV**" in words(at)
    assert "Exposure **not reported**" in words(at)
    assert "CTCAE" not in figure(at).spec


@pytest.mark.parametrize("risk", ["favourable", "intermediate", "adverse"])
def test_a_filter_shows_bounds_for_the_patients_of_the_csv(risk):
    at = page(eln_risk=[risk])
    n = len(printed.who({"eln_risk": {risk}}))
    low, high = max(0, 17 + n - 19), min(17, n)
    assert not at.exception
    assert f"For these {n} patients the paper allows between {low} and {high} with fever" in answer(at)
    assert "for all 19 only" in answer(at)
    assert not dataset(at, "bars")
    assert dataset(at, "texts")[0]["text"] == f"{low}–{high} of {n}"
    assert f"Fever: {low}–{high} of {n}" in alternative_text(at, "adverse_events_figure")


def test_specification_stays_while_filters_change():
    specs = {
        json.dumps(json.loads(figure(page(**q)).spec))
        for q in ({}, {"eln_risk": ["favourable"]}, {"timing": ["induction"]})
    }
    assert len(specs) == 1


def test_order_is_part_of_the_link_and_of_the_widget():
    at = page(ae_sort=["name"])
    assert at.segmented_control(key="w_ae_sort").value == "name"
    first = [row["text"] for row in dataset(at, "labels")]
    assert first == sorted(first, key=str.casefold)
    at.segmented_control(key="w_ae_sort").set_value("frequency").run()
    assert dataset(at, "labels")[0]["text"] == "Fever"
    assert "ae_sort" not in at.query_params


def test_patient_level_cohort_with_groups_and_threshold():
    at = page(cohort=["synthetic-maintenance"])
    assert not at.exception
    assert "had at least one adverse event" in answer(at)
    assert dataset(at, "bars")
    at.selectbox(key="w_by").set_value("treatment").run()
    assert not at.exception
    assert at.query_params["by"] in ("treatment", ["treatment"])
    assert {d["g"] for d in dataset(at, "dots")} == {"arm_a", "arm_b"}
    before = len(dataset(at, "labels"))
    at.segmented_control(key="w_ae_min").set_value("20").run()
    assert len(dataset(at, "labels")) < before
    assert "p =" not in words(at)


def test_nobody_selected_leaves_nothing_stale():
    at = page(eln_risk=["favourable"], fab_major=["M7"])
    assert not at.exception
    assert "No patient matches" in answer(at)
    assert not at.get("vega_lite_chart")
    assert not at.table


def test_files_are_not_made_before_they_are_asked_for():
    assert not page().get("download_button")


def test_a_cohort_without_adverse_events_says_what_to_add(tmp_path, monkeypatch):
    folder = tmp_path / printed.FOLDER.name
    shutil.copytree(printed.FOLDER, folder)
    toml = (folder / "cohort.toml").read_text(encoding="utf-8")
    (folder / "cohort.toml").write_text(toml.replace('ae_aggregate = "ae_aggregate.csv"\n', ""), encoding="utf-8")
    (folder / "ae_aggregate.csv").unlink()
    monkeypatch.setattr(state, "DATA", tmp_path)
    st.cache_resource.clear()
    try:
        at = page()
        assert not at.exception
        assert "holds no table of them" in answer(at)
        for file in ("ae_aggregate.csv", "ae_events.csv", "cohort.toml"):
            assert file in words(at)
        assert not at.get("vega_lite_chart")
    finally:
        st.cache_resource.clear()
