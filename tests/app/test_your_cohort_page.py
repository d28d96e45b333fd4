"""Your cohort: files in, and what they mean, until the cohort is open on every page."""

import pandas as pd
import pytest

from cohort.exports.table import csv_bytes
from cohort.narrative.your_cohort import template_records
from cohort.readers.limits import LIMITS
from cohort.ui import own
from cohort.ui.frame import PAGES
from tests.support import cohort_files
from tests.support.handing_in import EVENTS, EVERY, PATIENTS, hand_in, press, said, simple, small
from tests.support.harness import open_page, part, title


# ---- files in ------------------------------------------------------------------------------------------------------
def test_formats_limits_and_what_happens_to_the_files_are_said_before_anything_is_handed_in():
    at = open_page("your_cohort")
    text = said(at)
    for word in ("CSV", "Excel", "Parquet", "SPSS", "Stata", "SAS", "ADaM", "cBioPortal", "REDCap", ".zip"):
        assert word in text
    assert f"{LIMITS.files} files of {LIMITS.file_bytes // 2**20} MB" in text
    assert "never on a disk" in text
    assert at.file_uploader[0].accept_multiple_files
    assert "Template (CSV)" in [b.proto.label for b in at.get("download_button")]


@pytest.mark.parametrize("name", EVERY)
def test_every_format_comes_to_the_same_numbers_and_opens_on_every_page(name):
    at = hand_in(EVERY[name])
    assert not at.exception
    (row,) = part(at, "table", "endpoints_amount")["rows"]
    assert row[1:3] == [str(PATIENTS), str(EVENTS)]
    press(at, "open_cohort")
    assert title(at) == "Survival"
    assert f"{EVENTS} of {PATIENTS} patients" in said(at)
    for page, _ in PAGES:
        at.switch_page(f"pages/{page}.py").run()
        assert not at.exception, page
        assert not at.error, page


def test_a_cohort_folder_opens_without_a_mapping_and_is_private_whatever_it_says():
    at = hand_in(cohort_files.folder_zip())
    assert title(at) == "Survival"
    (cohort,) = at.session_state[own.OWN].values()
    assert cohort.definition.kind == "private"
    raw = pd.read_csv(cohort_files.FOLDER / "patients.csv")
    assert cohort.n == len(raw)
    assert cohort.comparators


def test_a_file_that_cannot_be_read_is_one_sentence():
    at = hand_in([("scan.png", b"\x89PNG\r\n\x1a\n" + bytes(200))])
    assert not at.exception
    assert len(at.error) == 1
    assert "scan.png" in at.error[0].value.replace("\\", "")
    assert not [b for b in at.button if b.key == "open_cohort"]


def test_the_template_can_be_handed_in_as_it_is():
    at = hand_in([("template.csv", csv_bytes(template_records()))])
    rows = part(at, "table", "endpoints_amount")["rows"]
    assert [r[1:3] for r in rows] == [["3", "1"], ["3", "1"]]
    assert not at.button(key="open_cohort").disabled


# ---- what they mean ------------------------------------------------------------------------------------------------
def test_an_impossible_value_stops_until_its_repair_is_accepted():
    at = hand_in(small(os_months=[5, -3, 20, 31], os_status=[1, 1, 0, 0], sex=["f", "m", "f", "m"]))
    text = said(at)
    assert "row 3, column 'os_months'" in text
    assert "'-3'" in text
    assert at.button(key="open_cohort").disabled
    (box,) = [c for c in at.checkbox if c.key.startswith("repair_leave_out")]
    box.check().run()
    assert not at.button(key="open_cohort").disabled
    press(at, "open_cohort")
    assert "1 event (overall survival)" in said(at)


def test_a_repair_can_be_taken_back_and_all_can_be_accepted_at_once():
    at = hand_in(
        small(os_months=[5, -3, 20, 31], os_status=[1, 1, 0, 0], sex=["f", "F ", "f", "m"], age=[40, 199, 50, 60])
    )
    press(at, "accept_all")
    boxes = {c.key: c.value for c in at.checkbox if c.key.startswith("repair_")}
    assert len(boxes) == 3
    assert all(boxes.values())
    at.checkbox(key=next(k for k in boxes if "leave_out" in k)).uncheck().run()
    assert at.button(key="open_cohort").disabled


def test_cnsr_taken_the_other_way_round_is_stopped_with_what_either_coding_means():
    at = hand_in(EVERY["adam"])
    at.session_state["draft_sections"] = "Endpoints"
    at.run()
    press(at, "exchange")
    assert at.button(key="open_cohort").disabled
    at.session_state["draft_sections"] = "Findings"
    at.run()
    text = said(at)
    assert f"{PATIENTS - EVENTS} of {PATIENTS} patients have the event" in text
    assert f"with the opposite {EVENTS} have it" in text
    press(at, next(b.key for b in at.button if (b.key or "").startswith("repair_swap")))
    assert not at.button(key="open_cohort").disabled
    assert part(at, "table", "endpoints_amount")["rows"][0][2] == str(EVENTS)


def test_editing_an_endpoint_changes_its_numbers():
    at = hand_in(simple())
    at.session_state["draft_sections"] = "Endpoints"
    at.run()
    at.selectbox(key="m_unit").set_value("years").run()
    row = part(at, "table", "endpoints_amount")["rows"][0]
    assert float(row[3]) == 12 * (9 + 31) / 2, "flat at one half: the middle of 9 and 31 years"
    at.multiselect(key="m_event").set_value(["0"]).run()
    at.multiselect(key="m_censored").set_value(["1"]).run()
    assert part(at, "table", "endpoints_amount")["rows"][0][2] == "2"
    at.text_input(key="m_label").set_value("Time to X").run()
    assert part(at, "table", "endpoints_amount")["rows"][0][0] == "Time to X"


def test_an_endpoint_can_be_added_from_dates_and_taken_out():
    dates = {"start_date": ["2020-01-01"] * 4, "relapse_on": ["2020-03-01", "", "2021-01-01", ""],
             "seen_last": ["2021-01-01"] * 4}  # fmt: skip
    at = hand_in(simple(**dates))
    at.session_state["draft_sections"] = "Endpoints"
    at.run()
    before = len(part(at, "table", "endpoints_amount")["rows"])
    press(at, "add_endpoint")
    assert at.button(key="open_cohort").disabled
    at.selectbox(key="m_kind").set_value("dates").run()
    at.selectbox(key="m_start").set_value("start_date").run()
    at.multiselect(key="m_dates").set_value(["relapse_on"]).run()
    at.selectbox(key="m_last").set_value("seen_last").run()
    assert part(at, "table", "endpoints_amount")["rows"][-1][1:3] == ["4", "2"]
    assert not at.button(key="open_cohort").disabled
    press(at, "drop_endpoint")
    assert len(part(at, "table", "endpoints_amount")["rows"]) == before


def test_a_cohort_of_outcomes_alone_says_what_it_lacks_on_every_page():
    at = press(hand_in(small(os_months=[5, 9, 20, 31], os_status=[1, 1, 0, 0])), "open_cohort")
    for page, _ in PAGES:
        at.switch_page(f"pages/{page}.py").run()
        assert not at.exception, page
        assert not at.error, page
    at.switch_page("pages/overview.py").run()
    assert "no Table 1" in said(at)
    assert "Add a column for each characteristic" in said(at)


def test_values_of_a_status_are_counted_in_the_rows_of_their_endpoint():
    adsl = pd.DataFrame({"USUBJID": list("abcd"), "AGE": [40, 50, 60, 70], "SEX": list("FMFM")})
    adtte = pd.DataFrame(
        {
            "USUBJID": list("abcdabcd"),
            "PARAMCD": ["OS"] * 4 + ["PFS"] * 4,
            "PARAM": ["Overall survival"] * 4 + ["Progression-free survival"] * 4,
            "AVAL": [100, 200, 300, 400, 50, 60, 300, 70],
            "CNSR": [0, 1, 1, 1, 0, 0, 1, 0],
        }
    )
    at = hand_in([("adsl.csv", cohort_files.csv(adsl)), ("adtte.csv", cohort_files.csv(adtte))])
    at.session_state["draft_sections"] = "Endpoints"
    at.run()
    assert at.selectbox(key="m_endpoint").value == "os"
    assert at.multiselect(key="m_event").options == ["0 · 1", "1 · 3"]
    at.selectbox(key="m_endpoint").set_value("pfs").run()
    assert at.multiselect(key="m_event").options == ["0 · 3", "1 · 1"]


def test_time_zero_is_asked_where_it_has_an_effect():
    dates = {"date_of_diagnosis": ["2020-01-01"] * 4, "death_date": ["2020-03-01", "", "2021-01-01", ""],
             "last_contact": ["2021-01-01"] * 4}  # fmt: skip
    at = hand_in(small(sex=["f", "m", "f", "m"], **dates))
    at.session_state["draft_sections"] = "Endpoints"
    at.run()
    assert "m_origin" not in [s.key for s in at.selectbox], "the one endpoint has a time zero of its own"
    assert at.selectbox(key="m_endpoint_origin").value == "diagnosis"
    at.selectbox(key="m_endpoint_origin").set_value("treatment").run()
    press(at, "open_cohort")
    (cohort,) = at.session_state[own.OWN].values()
    assert {e.origin_label for e in cohort.definition.selectable_endpoints} == {"Months from start of treatment"}
    at = hand_in(simple())
    at.session_state["draft_sections"] = "Endpoints"
    at.run()
    at.selectbox(key="m_origin").set_value("randomisation").run()
    press(at, "open_cohort")
    (cohort,) = at.session_state[own.OWN].values()
    assert cohort.definition.selectable_endpoints[0].origin_label == "Months from randomisation"


def test_an_accepted_repair_still_says_where_it_is_made():
    at = press(
        hand_in(small(os_months=[5, -3, 20, 31], os_status=[1, 1, 0, 0], sex=["f", "F ", "f", "m"])), "accept_all"
    )
    text = said(at)
    assert "row 3, column 'os_months'" in text
    assert "'-3'" in text
    press(at, "open_repaired")
    assert "1 event (overall survival)" in said(at)


def test_once_it_is_open_the_page_leads_back_to_it_until_something_is_changed():
    at = press(hand_in(simple()), "open_cohort")
    at.switch_page("pages/your_cohort.py").run()
    keys = [b.key for b in at.button]
    assert "open_cohort" not in keys
    assert "open in this session as “small”" in said(at)
    press(at, "back_to_cohort")
    assert title(at) == "Survival"
    at.switch_page("pages/your_cohort.py").run()
    at.session_state["draft_sections"] = "Endpoints"
    at.run()
    at.selectbox(key="m_unit").set_value("years").run()
    assert "takes the place of “small”" in said(at)
    press(at, "open_cohort")
    assert len(at.session_state[own.OWN]) == 1
    at.switch_page("pages/your_cohort.py").run()
    (cohort_id,) = at.session_state[own.OWN]
    press(at, f"forget_{cohort_id}")
    assert at.button(key="open_cohort")


def test_cohorts_of_other_files_with_the_same_name_can_be_told_apart():
    at = press(hand_in(simple()), "open_cohort")
    at.switch_page("pages/your_cohort.py").run()
    at = press(hand_in(simple(age=[40, 50, 60, 70]), at), "open_cohort")
    assert [c.definition.short_title for c in at.session_state[own.OWN].values()] == ["small", "small (2)"]


def test_another_upload_starts_with_its_findings():
    at = hand_in(simple())
    at.session_state["draft_sections"] = "Endpoints"
    at.run()
    hand_in(small(os_months=[5, -3, 20, 31], os_status=[1, 1, 0, 0]), at)
    assert at.session_state["draft_sections"] == "Findings"
    assert [c for c in at.checkbox if c.key.startswith("repair_leave_out")]
