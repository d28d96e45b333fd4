"""Looking through files before they are a cohort: what is said there is what the cohort will say."""

import pandas as pd

from cohort.mapping import edit
from cohort.ui import own, upload_panels
from tests.support import cohort_files
from tests.support.handing_in import EVERY, hand_in, press, said, simple, small
from tests.support.harness import figure, open_page


def section(at, name):
    at.session_state["draft_sections"] = name
    return at.run()


def axis_title(at):
    spec = at.get("vega_lite_chart")[0].proto.spec
    return spec[spec.index("Months from") :].split('"')[0]


def dated(**columns):
    n = 6
    days = {
        "patient_id": list("abcdef"),
        "date_of_diagnosis": pd.date_range("2020-01-01", periods=n, freq="30D").strftime("%Y-%m-%d"),
        "date_of_death": ["2021-05-01", None, "2021-08-01", None, None, None],
        "last_contact": ["2021-05-01", *["2022-01-01"] * 5],
        "sex": ["f", "m"] * 3,
    }
    return [("days.csv", cohort_files.csv(pd.DataFrame(days | columns)))]


# ---- time zero -----------------------------------------------------------------------------------------------------
def test_time_is_counted_from_what_the_preview_says_and_another_choice_takes_effect():
    at = hand_in(dated())
    assert axis_title(at) == "Months from diagnosis"
    section(at, "Endpoints")
    assert not [s for s in at.selectbox if s.key == "m_origin"], "the one endpoint has a time zero of its own"
    at.selectbox(key="m_endpoint_origin").set_value("treatment").run()
    assert axis_title(at) == "Months from start of treatment"
    press(at, "open_cohort")
    (cohort,) = at.session_state[own.OWN].values()
    assert cohort.definition.endpoint("os").origin_label == "Months from start of treatment"


def test_a_time_zero_for_all_reaches_every_endpoint_that_has_none_of_its_own():
    at = section(hand_in(simple()), "Endpoints")
    at.selectbox(key="m_origin").set_value("remission").run()
    title = axis_title(at)
    press(at, "open_cohort")
    (cohort,) = at.session_state[own.OWN].values()
    assert {e.origin_label for e in cohort.definition.identified_endpoints} == {title}


# ---- counts --------------------------------------------------------------------------------------------------------
def test_what_is_missing_is_the_same_before_and_after_opening():
    mrd = ["0.3", "neg", "< 0.01 %", None, "1,5", "0.7", "0.2", "2", "3", "4"]
    columns = {"os_months": range(1, 11), "os_status": [1, 0] * 5, "mrd_percent": mrd}
    at = hand_in([("m.csv", cohort_files.csv(pd.DataFrame({"patient_id": range(10)} | columns)))])
    draft = at.session_state[upload_panels.DRAFT]
    for accepted in (False, True):
        if accepted:
            next(c for c in at.checkbox if c.key.startswith("repair_number")).check().run()
            draft = at.session_state[upload_panels.DRAFT]
        cohort = draft.build()
        lost = int(pd.isna(cohort.patients["mrd_percent"].to_pandas()).sum())
        assert lost >= 2, "the empty cell, and neg"
        assert draft.missing["mrd_percent"] == lost
        assert f"mrd_percent {lost} of 10" in said(at)


def test_values_of_a_status_are_counted_in_the_endpoint_s_own_rows():
    at = section(hand_in(EVERY["adam"]), "Endpoints")
    draft = at.session_state[upload_panels.DRAFT]
    endpoint = draft.mapping.endpoints[0]
    raw = draft.upload.table(endpoint.table)
    rows = zip(raw.column("PARAMCD").values.to_pylist(), raw.column("CNSR").values.to_pylist(), strict=True)
    events = sum(code == endpoint.where[1] and int(cnsr) == 0 for code, cnsr in rows)
    assert f"0 · {events}" in at.multiselect(key="m_event").options


def test_values_of_an_spss_status_stand_with_their_labels():
    at = section(hand_in(EVERY["spss"]), "Endpoints")
    options = at.multiselect(key="m_event").options
    draft = at.session_state[upload_panels.DRAFT]
    endpoint = draft.mapping.endpoints[0]
    levels = draft.upload.table(endpoint.table).column(endpoint.status).levels
    assert levels
    for code, label in levels.items():
        assert any(o.startswith(f"{code} {label} · ") for o in options), options


# ---- repairs -------------------------------------------------------------------------------------------------------
def test_whom_an_accepted_repair_names_is_left_out_whatever_else_is_accepted():
    columns = {"os_months": [-1, 9, 20, 31], "os_status": [1, 1, 0, 0], "sex": ["f", "m", "f", "m"]}
    at = hand_in(small(**columns, rfs_months=[40, 5, 22, 31], rfs_event=[0, 1, 0, 0]))
    press(at, "accept_all")
    assert "row 2" in said(at)
    assert "'40'" in said(at), "what the repair is made on stays in sight"
    press(at, "open_cohort")
    (cohort,) = at.session_state[own.OWN].values()
    rfs = cohort.outcome(cohort.definition.endpoint("rfs")).time.tolist()
    assert [t == t for t in rfs] == [False, True, False, True], "40 and 22 are longer than overall survival"


# ---- from one draft to the next ------------------------------------------------------------------------------------
def test_an_opened_cohort_is_said_to_be_open_and_a_change_takes_its_place():
    at = press(hand_in(simple()), "open_cohort")
    at.switch_page("pages/your_cohort.py").run()
    assert not [b for b in at.button if b.key == "open_cohort"]
    assert "This cohort is open in this session" in said(at)
    section(at, "Columns")
    at.text_input(key="m_title").set_value("Second look").run()
    assert "It takes the place of" in said(at)
    press(at, "open_cohort")
    (cohort,) = at.session_state[own.OWN].values()
    assert cohort.definition.title == "Second look"


def test_other_files_of_the_same_name_are_told_apart():
    at = press(hand_in(simple()), "open_cohort")
    for more in (1, 2):
        at.switch_page("pages/your_cohort.py").run()
        at = press(hand_in(simple(age=[40 + more, 50, 60, 70]), at), "open_cohort")
    titles = [c.definition.short_title for c in at.session_state[own.OWN].values()]
    assert titles == ["small", "small (2)", "small (3)"]


def test_a_new_upload_starts_with_its_findings():
    at = section(hand_in(simple()), "Endpoints")
    at = hand_in(small(os_months=[5, -3, 20, 31], os_status=[1, 1, 0, 0], sex=["f", "m", "f", "m"]), at)
    assert at.session_state["draft_sections"] == "Findings"
    assert "'-3'" in said(at)


def test_a_renamed_endpoint_is_called_so_in_the_list():
    at = section(hand_in(simple()), "Endpoints")
    press(at, "add_endpoint")
    assert edit.NEW in at.selectbox(key="m_endpoint").options
    at.text_input(key="m_label").set_value("Time to X").run()
    options = at.selectbox(key="m_endpoint").options
    assert "Time to X" in options
    assert edit.NEW not in options


def test_forgetting_one_leaves_nothing_of_its_draft():
    at = press(hand_in(simple()), "open_cohort")
    (cohort_id,) = at.session_state[own.OWN]
    at.switch_page("pages/your_cohort.py").run()
    press(at, f"forget_{cohort_id}")
    assert cohort_id not in repr(at.session_state["opened_drafts"])
    assert figure(open_page("survival")) is not None
