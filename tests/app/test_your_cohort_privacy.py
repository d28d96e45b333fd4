"""Your cohort: what stays in the session, what is forgotten, and what is said before a file leaves."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from starlette.datastructures import Headers
from starlette.formparsers import MultiPartParser
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

from cohort.readers.limits import LIMITS
from cohort.ui import own, state, upload_panels
from tests.support.handing_in import EVERY, PATIENTS, downloads, everything_kept, hand_in, opened, press, said, simple
from tests.support.harness import open_page, part

MARKUP = "![x](http://evil.example/x.png) <script>alert(1)</script> **b**"


# ---- what stays private --------------------------------------------------------------------------------------------
def test_columns_that_may_identify_a_person_are_left_out_unless_kept_on_purpose():
    at = hand_in(EVERY["redcap"])
    at.session_state["draft_sections"] = "Files as read"
    at.run()
    shown = at.dataframe[0].value
    assert list(shown["first_name"].unique()) == ["left out"]
    assert shown["record_id"].iloc[0] == "G001"
    press(at, "open_cohort")
    (cohort,) = at.session_state[own.OWN].values()
    assert "first_name" not in [v.name for v in cohort.definition.variables]
    at = hand_in(EVERY["redcap"])
    at.session_state["draft_sections"] = "Privacy"
    at.run()
    (box,) = [c for c in at.checkbox if "first_name" in c.label.replace("\\", "")]
    assert box.value is False
    box.check().run()
    press(at, "open_cohort")
    (cohort,) = at.session_state[own.OWN].values()
    assert "first_name" in [v.name for v in cohort.definition.variables]


def test_patient_ids_can_be_replaced_by_running_numbers():
    at = hand_in(EVERY["csv"])
    at.session_state["draft_sections"] = "Privacy"
    at.run()
    at.checkbox(key="m_running").check().run()
    press(at, "open_cohort")
    (cohort,) = at.session_state[own.OWN].values()
    assert list(cohort.ids) == [str(i) for i in range(1, PATIENTS + 1)]


def test_another_session_knows_nothing_of_it_and_no_shared_cache_does():
    at = opened(EVERY["csv"])
    (cohort_id,) = at.session_state[own.OWN]
    assert cohort_id not in state.bundled_titles()
    other = open_page("your_cohort")
    assert own.OWN not in other.session_state or not other.session_state[own.OWN]
    assert cohort_id not in str(part(other, "sidebar"))
    assert "gbsg2 (only in this session)" in str(part(at, "sidebar")["cohorts"])


def test_nothing_of_it_is_ever_in_the_address():
    at = opened(EVERY["csv"])
    assert not at.query_params
    at.selectbox(key="w_by").set_value("menopause").run()
    assert "Post" in said(at) or at.session_state["options"].by == "menopause"
    assert not at.query_params
    assert part(at, "sidebar")["query"] == ""


def test_back_to_a_link_and_forward_again_finds_the_cohort():
    at = opened(EVERY["csv"])
    (cohort_id,) = at.session_state[own.OWN]
    at.selectbox(key="w_by").set_value("menopause").run()
    at.query_params["eln_risk"] = [
        "adverse"
    ]  # what Back does: the address changes and nothing on the page asked for it
    at.run()
    assert at.session_state["cohort_id"] == "flt3-itd-sorafenib-iti"
    at.query_params.clear()
    at.run()
    assert at.session_state["cohort_id"] == cohort_id
    assert at.session_state["options"].by == "menopause"


def test_a_link_to_somebodys_own_data_says_that_such_links_do_not_exist():
    at = open_page("survival", cohort=["own-0a1b2c3d"])
    assert at.session_state["cohort_id"] == "flt3-itd-sorafenib-iti"
    (warning,) = [w.value.replace("\\", "") for w in at.warning]
    assert "never part of a link" in warning
    assert "Your cohort" in warning


def test_forgetting_leaves_nothing_in_the_session():
    traces = ("G001", "Name1", "first_name", "rfs_days", "own-")
    at = opened(EVERY["redcap"])
    at.switch_page("pages/your_cohort.py").run()
    before = everything_kept(at)
    assert all(trace in before for trace in traces)
    press(at, "forget_all")
    assert at.session_state["cohort_id"] == "flt3-itd-sorafenib-iti"
    kept = everything_kept(at)
    for trace in traces:
        assert trace not in kept, trace


def test_the_bytes_are_dropped_once_they_are_read(monkeypatch):
    managers = []
    add = MemoryUploadedFileManager.add_file
    monkeypatch.setattr(
        MemoryUploadedFileManager, "add_file", lambda self, *a, **k: managers.append(self) or add(self, *a, **k)
    )
    at = hand_in(EVERY["csv"])
    assert managers, "the upload went through Streamlit's store"
    assert not [data for manager in managers for data in manager.file_storage.values() if data]
    assert "UploadedFile" not in everything_kept(at)


def test_an_upload_is_never_spooled_to_a_file():
    assert upload_panels.DRAFT  # importing the page's parts is what lifts the limit

    async def body():
        head = b'--B\r\nContent-Disposition: form-data; name="f"; filename="f.csv"\r\n\r\n'
        yield head
        for _ in range(LIMITS.file_bytes // 2**20):
            yield bytes(2**20)
        yield b"\r\n--B--\r\n"

    async def parse():
        form = await MultiPartParser(Headers({"content-type": "multipart/form-data; boundary=B"}), body()).parse()
        with form["f"].file as file:
            return file.seek(0, 2), file._rolled

    with ThreadPoolExecutor(1) as thread:  # the browser tests of this worker may have a loop running in its own thread
        assert thread.submit(lambda: asyncio.run(parse())).result() == (LIMITS.file_bytes, False)


def test_names_and_values_of_a_file_are_shown_as_text():
    columns = {MARKUP: ["p", "q", "p", "q"], "group": [MARKUP, "x", MARKUP, "x"]}
    at = hand_in(simple(**columns))
    for section in ("Findings", "Endpoints", "Columns", "Privacy", "Files as read"):
        at.session_state["draft_sections"] = section
        at.run()
        assert not at.exception
        shown = [str(e.value) for kind in (at.markdown, at.caption) for e in kind]
        shown += [w.label for kind in (at.checkbox, at.selectbox, at.multiselect, at.button) for w in kind]
        assert not [s for s in shown if "![x](" in s or "<script>" in s], section
    press(at, "open_cohort")
    assert not at.exception


# ---- files out -----------------------------------------------------------------------------------------------------
FORMATS = ["Cohort folder", "Parquet", "ADaM as CSV", "ADaM as XPT", "cBioPortal", "SPSS"]


def test_the_published_cohort_leaves_in_every_format_without_a_question():
    at = open_page("your_cohort", eln_risk=["adverse"])
    at.session_state["take_out"] = True
    at.run()
    assert set(FORMATS) <= set(downloads(at))
    assert not [c for c in at.checkbox if (c.key or "").startswith("w_leave")]


def whole(at):
    """Files offered that are not masked."""
    return [label for label in downloads(at) if not label.startswith(("Table 1, small counts masked", "Coarse "))]


def test_files_of_a_private_cohort_wait_for_the_preview_on_every_page():
    at = opened(EVERY["csv"])
    for page, key in (("survival", "export"), ("patients", "patients_export"), ("your_cohort", "take_out")):
        at.switch_page(f"pages/{page}.py").run()
        at.session_state[key] = True
        at.run()
        outside = {"Template (CSV)", "Save as cohort folder (.zip)"}
        assert not set(whole(at)) - outside, page
        assert f"The view holds {PATIENTS} of {PATIENTS} patients." in said(at), page
        assert "nothing masked" in " ".join(c.label for c in at.checkbox), page
    at.checkbox(key="w_leave_take_out").check().run()
    assert set(FORMATS) <= set(downloads(at))


def test_a_tick_counts_for_the_view_it_was_given_for():
    at = opened(EVERY["csv"])
    at.session_state["export"] = True
    at.run()
    at.checkbox(key="w_leave_export").check().run()
    assert whole(at)
    at.selectbox(key="w_by").set_value("menopause").run()
    assert not whole(at)
    assert len(downloads(at)) == 4, "counts and curve that show no small group need no tick"


def test_the_threshold_is_the_owners_and_can_be_switched_off():
    at = opened(EVERY["csv"])
    at.switch_page("pages/your_cohort.py").run()
    assert at.selectbox(key="w_threshold").value == 11
    at.selectbox(key="w_threshold").set_value(20).run()
    at.session_state["take_out"] = True
    at.run()
    assert "at least 20" in said(at)
    at.selectbox(key="w_threshold").set_value(1).run()
    assert set(FORMATS) <= set(downloads(at))
    assert "your own responsibility" in said(at)


def test_without_a_tick_masked_files_are_offered_where_they_show_nobody():
    at = opened(EVERY["csv"])
    at.session_state["export"] = True
    at.run()
    assert [label for label in downloads(at) if label not in whole(at)] == [
        "Table 1, small counts masked (CSV)", "Coarse SVG", "Coarse PNG", "Coarse CSV"
    ]  # fmt: skip
    at = opened(simple())
    at.session_state["export"] = True
    at.run()
    assert not [label for label in downloads(at) if label.startswith("Coarse")]
    assert "no group in view has 11" in said(at)
