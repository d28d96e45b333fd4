"""The frame in Streamlit's own test harness: routing guard, links, broken cohorts, both bundled cohorts."""

import shutil
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from cohort.ui import frame, state
from tests.support import printed
from tests.support.harness import bar_words, part, press_in_part
from tests.support.visitor import PAGES

ROOT = Path(__file__).resolve().parents[2]


def app(**query):
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    for name, values in query.items():
        at.query_params[name] = values
    return at.run()


def everything(at):
    """All text on screen."""
    kinds = (at.markdown, at.caption, at.title, at.subheader, at.warning, at.error, at.info)
    return " ".join([bar_words(at), *(str(e.value) for kind in kinds for e in kind)])


@pytest.mark.parametrize("cohort", ["flt3-itd-sorafenib-iti", "synthetic-maintenance"])
@pytest.mark.parametrize("name", PAGES)
def test_every_page_runs_through_the_frame(name, cohort):
    """AppTest starts a page without app.py; the guard must hand it over, filters and all."""
    at = app(cohort=[cohort], eln_risk=["adverse"])
    at.switch_page(f"pages/{name}.py").run()
    assert not at.exception
    assert [c["name"] for c in part(at, "bar")["chips"]] == ["eln_risk"], "the frame did not draw its bar"
    assert part(at, "bar")["title"]


@pytest.mark.parametrize("name", PAGES)
def test_every_page_answers_an_empty_selection(name):
    at = app(eln_risk=["favourable"], fab_major=["M7"])
    at.switch_page(f"pages/{name}.py").run()
    assert not at.exception
    assert "0 of 19 patients" in everything(at)


def test_chip_removes_its_filter_and_the_address_follows():
    at = app(eln_risk=["adverse"], timing=["induction"])
    press_in_part(at, "bar", "drop", "eln_risk")
    expected = len(printed.who({"timing": {"induction"}}))
    assert f"| {expected} of 19 patients" in everything(at)
    assert "eln_risk" not in at.query_params


def test_the_run_of_a_quick_second_click_does_not_take_the_page_from_the_first(monkeypatch):
    """Streamlit lets a page run once after each navigation; two runs of a visitor may overlap."""
    navigation = st.navigation

    def twice(pages, **options):
        other = navigation(frame.pages(), **options)  # the run before
        mine = navigation(pages, **options)
        other._page = lambda: None
        other.run()
        return mine

    monkeypatch.setattr(st, "navigation", twice)
    at = app()
    assert not at.exception
    assert "Overview" in bar_words(at)


def test_where_another_cohort_may_be_spoken_of_the_one_in_view_is_named():
    at = app(eln_risk=["adverse"])
    assert "In view" not in bar_words(at)
    at.switch_page("pages/your_cohort.py").run()
    assert "In view is FLT3-ITD AML, sorafenib + ITI maintenance: 7 of 19 patients" in bar_words(at)


@pytest.mark.parametrize("name", ["timing", "status", "", 7, ["eln_risk"], None])
def test_a_chip_that_is_not_there_changes_nothing(name):
    at = app(eln_risk=["adverse"])
    before = bar_words(at)
    press_in_part(at, "bar", "drop", name)
    assert not at.exception
    assert bar_words(at) == before


def test_reset_keeps_the_cutoff_and_clears_the_rest():
    at = app(mrd_flow=["positive"], mrd_flow_cutoff=["0.1"])
    press_in_part(at, "bar", "reset")
    assert " 19 of 19 patients" in everything(at)
    assert at.query_params["mrd_flow_cutoff"] in ("0.1", ["0.1"])


def test_unknown_values_are_said_once_each():
    at = app(eln_risk=["bogus"], endpoint=["efs"], by=["status"], cohort=["other"], zodiac=["leo"])
    said = " ".join(w.value.replace("\\", "") for w in at.warning)
    for fragment in ("eln_risk = bogus", "endpoint = efs", "by = status", "cohort = other", "zodiac = leo"):
        assert said.count(fragment) == 1, (fragment, said)
    assert not at.exception


def test_an_outcome_in_a_link_selects_nobody_and_is_said():
    at = app(status=["CR"])
    assert " 19 of 19 patients" in everything(at)
    assert "status = CR" in at.warning[0].value.replace("\\", "")


def test_a_broken_cohort_is_one_sentence_not_a_traceback(tmp_path, monkeypatch):
    folder = shutil.copytree(printed.FOLDER, tmp_path / "flt3-itd-sorafenib-iti")
    patients = folder / "patients.csv"
    patients.write_text(patients.read_text(encoding="utf-8").replace("1,intermediate", "1,medium", 1), encoding="utf-8")
    monkeypatch.setattr(state, "DATA", tmp_path)
    state.bundled_cohort.clear()
    state.bundled_titles.clear()
    try:
        at = app()
        assert not at.exception
        assert "eln_risk" in at.error[0].value.replace("\\", "")
        assert "'medium'" in at.error[0].value
    finally:
        state.bundled_cohort.clear()
        state.bundled_titles.clear()


def test_options_come_from_the_address_and_return_to_it():
    at = app(endpoint=["ttr_pub"], by=["timing"], interval=["log"])
    at.switch_page("pages/survival.py").run()
    chosen = {box.key: box.value for box in at.selectbox}
    assert (chosen["w_endpoint"], chosen["w_by"]) == ("ttr_pub", "timing")
    at.selectbox(key="w_by").set_value("sex").run()
    assert at.query_params["by"] in ("sex", ["sex"])
    assert at.query_params["interval"] in ("log", ["log"])
    assert not at.exception
