"""Present in Streamlit's own harness: keeping views, the list, the stage and its end."""

from __future__ import annotations

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from cohort import read_cohort
from cohort.presentation import PAGES, to_json
from cohort.tables import Cohort
from cohort.ui.own import OWN
from tests.support import printed
from tests.support.harness import open_page, part, press_in_part

COHORT = read_cohort(printed.FOLDER)


def go(at: AppTest, name: str) -> AppTest:
    return at.switch_page(f"pages/{name}.py").run()


def button(at: AppTest, key: str):
    return next(b for b in at.button if b.key == key)


def tools(at: AppTest) -> dict[str, str]:
    return {tool["code"]: tool["label"] for tool in part(at, "bar")["tools"]}


def press(at: AppTest, key: str) -> AppTest:
    button(at, key).click()
    return at.run()


def kept(at: AppTest) -> list:
    return list(at.session_state["slides"]) if "slides" in at.session_state else []


@pytest.fixture
def two() -> AppTest:
    at = open_page("survival", endpoint=["ttr_pub"], eln_risk=["adverse"])
    press_in_part(at, "bar", "add_slide")
    go(at, "overview")
    return press_in_part(at, "bar", "add_slide")


@pytest.mark.parametrize("name", [*PAGES, "evidence", "methods"])
def test_views_with_a_figure_can_be_kept(name):
    at = open_page(name)
    assert not at.exception
    assert tools(at) == ({"add_slide": "Add slide", "present": "Present"} if name in PAGES else {})


def test_nobody_selected_cannot_be_kept():
    assert not tools(open_page("survival", eln_risk=["favourable"], fab_major=["M7"]))


def test_the_list_shows_what_is_kept_in_words(two):
    go(two, "present")
    assert not two.exception
    assert [s.page for s in kept(two)] == ["survival", "overview"]
    assert two.text_input(key="slide_title_0").placeholder == "Relapse-free survival: ELN 2022 risk adverse"
    rows = printed.who({"eln_risk": {"adverse"}})
    said = " ".join(c.value for c in two.caption).replace("\\", "")
    assert f"{printed.events_among(rows, 'ttr_pub')} of {len(rows)} patients relapsed" in said
    assert tools(two) == {"present": "Present (2)"}


def test_order_title_patient_and_removal(two):
    go(two, "present")
    press(two, "slide_down_0")
    assert [s.page for s in kept(two)] == ["overview", "survival"]
    assert {"slide_up_0", "slide_down_1"} <= {b.key for b in two.button if b.disabled}
    two.text_input(key="slide_title_1").set_value("For <Monday>").run()
    two.selectbox(key="slide_patient_1").set_value("9").run()
    assert (kept(two)[1].title, kept(two)[1].highlight) == ("For <Monday>", "9")
    press(two, "slide_gone_0")
    assert [s.title for s in kept(two)] == ["For <Monday>"]
    assert not two.exception


def test_the_stage_gets_every_slide_and_leads_back(two):
    press_in_part(two, "bar", "present")
    go(two, "present")  # the harness does not follow a change of page by itself
    data = part(two, "present")
    titles = [s["title"] for s in data["slides"]]
    assert titles == ["Relapse-free survival: ELN 2022 risk adverse", "Patient flow: ELN 2022 risk adverse"]
    assert all(set(s["figures"]) == {"light", "dark"} for s in data["slides"])
    assert not [b for b in two.button if b.key == "start"], "nothing else is on the page"
    go(two, "survival")  # as the browser's Back does
    go(two, "present")
    assert [b for b in two.button if b.key == "start"]
    assert not two.exception


def test_a_cold_address_offers_the_view_it_names():
    at = open_page("present", endpoint=["ttr_pub"], by=["eln_risk"])
    assert not at.exception
    assert "No view is kept yet" in " ".join(m.value for m in at.markdown).replace("\\", "")
    press(at, "start")
    (slide,) = part(at, "present")["slides"]
    assert slide["title"] == "Relapse-free survival, by ELN 2022 risk"


def test_a_slide_of_other_data_or_of_no_cohort_says_so(two):
    first, second = kept(two)
    two.session_state["slides"] = (replace(first, data="0123456789ab"), replace(second, cohort="own-12345678"))
    go(two, "present")
    said = " ".join(str(e.value) for kind in (two.caption, two.markdown) for e in kind).replace("\\", "")
    assert "Kept with other data (checksum 0123456789ab" in said
    assert "cohort is not open in this session" in said
    press(two, "start")
    assert len(part(two, "present")["slides"]) == 1
    assert not two.exception


def files(at: AppTest) -> list[str]:
    """Labels of the files that can be taken away."""
    return [b.proto.label for b in at.get("download_button")]


def test_the_menu_of_files_is_filled_when_open(two):
    go(two, "present")
    assert not files(two)
    two.session_state["slide_files"] = True
    two.run()
    assert files(two) == ["Presentation (one HTML file)", "Sequence (JSON)"]
    slides = kept(two)
    two.file_uploader[0].set_value(("mine.json", to_json(tuple(slides[::-1])), "application/json"))
    two.run()
    assert kept(two) == slides[::-1]
    two.file_uploader[0].set_value(("mine.json", b"[]", "application/json"))
    two.run()
    assert kept(two) == slides[::-1]
    assert "not a sequence of views" in two.error[0].value
    assert not two.exception


def test_slides_of_private_data_leave_after_their_owner_was_told(two):
    definition = replace(COHORT.definition, id="own-12345678", kind="private")
    two.session_state[OWN] = {"own-12345678": Cohort(definition, COHORT.tables, COHORT.fingerprint)}
    two.session_state["slides"] = tuple(replace(s, cohort="own-12345678") for s in kept(two))
    two.session_state["slide_files"] = True
    go(two, "present")
    assert not files(two)
    (asked,) = [c for c in two.checkbox if c.key.startswith("w_leave_")]
    asked.check().run()
    assert "Presentation (one HTML file)" in files(two)
    press(two, "slide_gone_1")
    assert not files(two), "another sequence is asked about again"
