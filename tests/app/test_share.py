"""Share in Streamlit's own harness: 200 links arrive as they were sent, the menu, drift, private data, embedding."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from cohort import read_cohort
from cohort.options import Options
from cohort.selection import Selection
from cohort.sharing.share import Letter, link_query
from cohort.sharing.view_file import view_file
from cohort.tables import Cohort
from cohort.ui import share_panels
from cohort.ui.own import OWN
from cohort.view import CohortView
from tests.support import printed
from tests.support.harness import ROOT, bar_words, dataset, figure, open_page, part, press_in_part
from tests.support.shared_views import parameters

COHORT = read_cohort(printed.FOLDER)


def said(at):
    kinds = (at.markdown, at.caption, at.warning, at.text)
    return "\n".join(str(e.value) for kind in kinds for e in kind).replace("\\", "")


def opened_menu(name="survival", **query):
    at = open_page(name, **query)
    at.session_state["share"] = True
    return at.run()


def link_of(at):
    return part(at, "share")["link"]


def arrivals():
    """A script: each of 200 views is sent as a link by one visitor and opened by the session of another."""
    from random import Random

    import streamlit as st

    from cohort.sharing.share import address, headlines, link_query
    from cohort.ui import letters, state
    from tests.support.shared_views import PAGES, parameters, random_letter, shared_view

    random, differing = Random(5), []
    for turn in range(200):
        cohort = state.load_cohort(list(state.cohort_titles())[turn % 2])
        sent = shared_view(random, cohort)
        letter, page = random_letter(random, sent), random.choice(PAGES)
        st.query_params.from_dict(parameters(address("https://example.org", page, link_query(sent, page, letter))))
        came, rejected = state.open_view()
        words = letters.came()
        if (came.cohort, came.selection, came.options, came.marks) != (
            cohort,
            sent.selection,
            sent.options,
            sent.marks,
        ):
            differing.append((turn, "view"))
        if (words.note, words.author, words.saw) != (letter.note, letter.author, headlines(sent)) or rejected:
            differing.append((turn, "letter"))
        if letters.drifted(came):
            differing.append((turn, "drift"))
    st.session_state["arrived"], st.session_state["differing"] = turn + 1, differing


def test_two_hundred_links_of_both_cohorts_arrive_as_they_were_sent():
    at = AppTest.from_function(arrivals, default_timeout=60).run()
    assert not at.exception
    assert at.session_state["arrived"] == 200
    assert at.session_state["differing"] == []


def test_the_menu_is_filled_only_while_it_is_open():
    at = open_page("survival")
    with pytest.raises(AssertionError):
        part(at, "share")
    assert not [w for w in at.text_input if "share" in w.key]


@pytest.mark.parametrize("name", ["overview", "survival", "adverse_events", "patients", "methods"])
def test_the_link_of_each_page_opens_the_same_view(name):
    at = opened_menu(name, eln_risk=["adverse"], endpoint=["ttr_pub"], interval=["log"])
    link = link_of(at)
    assert link.startswith("/?" if name == "overview" else f"/{name}?")
    there = open_page(name, **parameters(link))
    for kept in ("selection", "options", "cohort_id"):
        assert there.session_state[kept] == at.session_state[kept]
    assert not there.warning


def test_what_the_author_writes_goes_along_and_is_on_the_figure():
    at = opened_menu(endpoint=["ttr_pub"])
    at.text_input(key="w_share_note").set_value("Look at **24**").run()
    at.text_input(key="w_share_author").set_value("Ann").run()
    at.text_area(key="w_share_marks").set_value("24: first relapse\nsoon: never").run()
    assert dataset(figure(at), "notes")[0]["text"] == "first relapse"
    assert "mark = soon: never" in said(at)
    assert at.text_area(key="w_share_marks").value == "24: first relapse\nsoon: never", "left there to be mended"
    query = parameters(link_of(at))
    assert (query["note"], query["author"], query["mark"]) == (["Look at **24**"], ["Ann"], ["24:first relapse"])
    there = open_page("survival", **query)
    assert "Note from Ann: Look at **24**" in [line for t in there.text for line in t.value.splitlines()]
    assert "month 24, “first relapse”" in said(there)
    assert dataset(figure(there), "notes")[0]["x"] == 24
    there.button(key="letter_away").click().run()
    assert "Ann" not in said(there)
    assert dataset(figure(there), "notes"), "the marks stay on the figure"


def test_marks_stay_on_their_own_clock():
    at = open_page("survival", endpoint=["ttr_pub"], mark=["24:here"])
    assert dataset(figure(at), "notes")
    at.selectbox(key="w_endpoint").set_value("os_dx").run()
    assert not dataset(figure(at), "notes")
    at.selectbox(key="w_endpoint").set_value("ttr_pub").run()
    assert dataset(figure(at), "notes")


def test_a_frozen_list_goes_in_place_of_the_rule_and_its_chip_goes_away():
    at = opened_menu(eln_risk=["adverse"])
    at.segmented_control(key="w_share_who").set_value("list").run()
    query = parameters(link_of(at))
    assert "eln_risk" not in query
    there = open_page("survival", **query)
    expected = {r["patient_id"] for r in printed.who({"eln_risk": {"adverse"}})}
    assert set(there.session_state["selection"].patients) == expected
    assert f"frozen list of {len(expected)} patients" in bar_words(there)
    press_in_part(there, "bar", "drop", "patients")
    assert "All patients: 19 of 19 patients" in bar_words(there)
    assert at.session_state["selection"].levels, "the author's own view is as it was"


def test_other_data_show_what_the_author_saw_beside_today_until_the_view_is_another():
    query = parameters(link_of(opened_menu(endpoint=["ttr_pub"])))
    assert query["saw"][0].startswith("all~19~6~24~66~")
    query |= {"data": ["0123456789ab"], "saw": ["all~18~5~24~70~40~90"]}
    at = open_page("survival", **query)
    assert "then 5 of 18 patients" in said(at)
    assert "events (5 → 6)" in said(at)
    at.selectbox(key="w_by").set_value("sex").run()
    assert "then 5 of 18" not in said(at)
    at.selectbox(key="w_by").set_value("none").run()
    assert "then 5 of 18 patients" in said(at)


def test_another_version_is_a_quiet_note():
    query = parameters(link_of(opened_menu())) | {"v": ["0.0.9"]}
    at = open_page("survival", **query)
    assert not at.warning
    assert any("0.0.9" in c.value.replace("\\", "") for c in at.caption)


def test_numbers_of_a_cohort_that_is_not_here_are_not_set_against_another_cohort():
    query = parameters(link_of(opened_menu())) | {"cohort": ["elsewhere"], "data": ["0123456789ab"]}
    at = open_page("survival", **query)
    assert "cohort = elsewhere" in said(at)
    assert "other data" not in said(at)


def test_an_unknown_patient_of_a_frozen_list_is_said():
    at = open_page("survival", patients=["18-20"])
    assert "patients = 20" in said(at)
    assert "| 2 of 19 patients" in bar_words(at)


def own(at):
    """The session with the founding cohort as somebody's own."""
    definition = replace(COHORT.definition, id="own-12345678", kind="private")
    at.session_state[OWN] = {"own-12345678": Cohort(definition, COHORT.tables, COHORT.fingerprint)}
    return at


def test_private_data_have_no_link_but_a_file():
    at = own(opened_menu())
    at.session_state["cohort_id"] = "own-12345678"
    at.run()
    with pytest.raises(AssertionError):
        part(at, "share")
    assert "There is no link to this view" in said(at)
    assert not [d for d in at.get("download_button") if d.proto.label == "Save this view as a file"]
    at.checkbox(key="w_leave_share").check().run()
    assert [d for d in at.get("download_button") if d.proto.label == "Save this view as a file"]


def hand_in(at, page, query, name="view.json"):
    at.file_uploader[0].set_value((name, view_file(page, query), "application/json"))
    return at.run()


def test_a_file_opens_the_view_of_private_data_where_these_are():
    mine = Cohort(replace(COHORT.definition, id="own-12345678", kind="private"), COHORT.tables, COHORT.fingerprint)
    options = Options(endpoint="ttr_pub", by="sex", patient="7")
    view = CohortView(mine, Selection.of(mine.definition, {"eln_risk": ["adverse"]}), options)
    query = link_query(view, "survival", Letter(note="From a colleague"))
    at = hand_in(own(opened_menu()), "survival", query)
    assert at.session_state["cohort_id"] == "own-12345678"
    assert at.session_state["selection"] == view.selection
    assert at.session_state["options"] == replace(options, patient="")
    assert "From a colleague" in said(at)


def test_a_file_of_data_that_are_not_here_is_refused_and_nothing_changes():
    at = opened_menu(eln_risk=["adverse"])
    before = at.session_state["selection"]
    hand_in(at, "survival", {"cohort": ["own-87654321"], "sex": ["female"]})
    assert "is a view of the cohort “own-87654321”, which is not open here" in said(at)
    assert at.session_state["selection"] == before


def test_a_file_is_checked_like_a_link():
    at = hand_in(
        opened_menu(), "survival", {"cohort": [COHORT.definition.id], "eln_risk": ["bogus"], "zodiac": ["leo"]}
    )
    assert "eln_risk = bogus" in said(at)
    assert "zodiac = leo" in said(at)


def test_embedded_there_is_the_view_and_a_way_to_the_whole_app():
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    at.query_params["eln_risk"] = ["adverse"]
    at.context = {"is_embedded": True}
    at.run()
    assert not at.exception
    assert "ELN 2022 risk adverse: 7 of 19 patients" in bar_words(at)
    assert [b.proto.label for b in at.get("link_button")] == ["Open in Riskset"]
    bar = part(at, "bar")
    assert not bar["chips"]
    assert not bar["tools"]
    with pytest.raises(AssertionError):
        part(at, "sidebar")


def test_the_snippet_is_one_frame_whatever_a_cohort_is_called():
    definition = replace(COHORT.definition, short_title='"><script>alert(1)</script>')
    view = CohortView(Cohort(definition, COHORT.tables, COHORT.fingerprint), Selection(), Options(endpoint="os_dx"))
    snippet = share_panels.embed_snippet("https://example.org/survival?a=1&b=2", view)
    assert 'src="https://example.org/survival?a=1&amp;b=2&amp;embed=true"' in snippet
    assert snippet.count("<") == 2


def test_a_link_too_long_for_a_qr_code_is_said_not_raised():
    assert share_panels.qr_code("https://example.org/?note=" + "x" * 2900) is not None
    assert share_panels.qr_code("https://example.org/?note=" + "x" * 3000) is None


def facet_clicked():
    """A script: a level is clicked while a frozen list is selected."""
    import streamlit as st

    from cohort.ui import state

    st.query_params.from_dict({"patients": ["2,4,7,9"]})
    state.open_view()
    st.session_state["sidebar"] = {"selection": {"levels": {"sex": ["female"]}}}
    state.facets_changed()
    st.session_state["clicked"] = st.session_state["selection"]


def test_a_click_in_the_facets_narrows_a_frozen_list():
    at = AppTest.from_function(facet_clicked, default_timeout=60).run()
    assert not at.exception
    assert at.session_state["clicked"].to_query() == {"patients": ["2,4,7,9"], "sex": ["female"]}
