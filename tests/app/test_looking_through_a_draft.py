"""Looking through files before they are a cohort: what is said there is what the cohort will say."""

import pandas as pd

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


def test_forgetting_one_leaves_nothing_of_its_draft():
    at = press(hand_in(simple()), "open_cohort")
    (cohort_id,) = at.session_state[own.OWN]
    at.switch_page("pages/your_cohort.py").run()
    press(at, f"forget_{cohort_id}")
    assert cohort_id not in repr(at.session_state["opened_drafts"])
    assert figure(open_page("survival")) is not None
