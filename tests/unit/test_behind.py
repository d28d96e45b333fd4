"""From a number to its patients: the same count, whatever the grouping, the month or the filter."""

import numpy as np
import pytest

from cohort import read_cohort
from cohort.behind import behind, course_of, cut_code, level_code, number_code
from cohort.options import Options
from cohort.results.survival import SurvivalResult
from cohort.selection import Selection
from cohort.view import CohortView
from tests.support import printed

COHORT = read_cohort(printed.FOLDER)
TIMES = printed.outcomes("ttr_pub")


def view(levels=None, **options):
    selection = Selection.of(COHORT.definition, levels or {})
    return CohortView(COHORT, selection, Options(**{"endpoint": "ttr_pub"} | options))


def ids(found):
    return set(COHORT.ids[found.places])


@pytest.mark.parametrize("by", ["none", "eln_risk", "timing"])
def test_every_number_of_the_table_under_the_axis_opens_as_many_patients(by):
    opened = view(by=by)
    columns = {"risk": "n_risk", "event": "n_event", "censored": "n_censor"}
    for row in SurvivalResult(opened).at_ticks.to_pylist():
        for what, column in columns.items():
            found = behind(opened, number_code(what, row["group"], row["time"]))
            assert len(found.places) == row[column], (row, what)


def test_the_risk_set_is_who_is_followed_to_the_month_or_longer():
    found = behind(view({"eln_risk": ["adverse"]}), "risk~all~24")
    rows = printed.who({"eln_risk": {"adverse"}})
    assert ids(found) == {r["patient_id"] for r in rows if TIMES[r["patient_id"]][0] >= 24}
    assert found.words == "at risk at 24 months: 1 patient"


def test_a_level_opens_its_patients_and_those_with_the_event():
    opened = view()
    for row in COHORT.definition.variable("genes").levels[:4]:
        mine = {r["patient_id"] for r in printed.who({"genes": {row.code}})}
        assert ids(behind(opened, level_code("genes", row.code))) == mine
        events = {p for p in mine if TIMES[p][1]}
        assert ids(behind(opened, level_code("genes", row.code, "levelevent"))) == events


def test_both_sides_of_a_cut_point_open_who_is_there():
    ages = {r["patient_id"]: float(r["age"]) for r in printed.patients()}
    low, high = (behind(view(), cut_code("age", 60, side)) for side in ("low", "high"))
    assert ids(low) == {i for i, age in ages.items() if age < 60}
    assert ids(high) == {i for i, age in ages.items() if age >= 60}
    assert low.words == "Age at diagnosis < 60 years: 10 patients"
    events = behind(view(), cut_code("age", 60, "high", "cutevent"))
    assert ids(events) == {i for i, age in ages.items() if age >= 60 and TIMES[i][1]}
    at_risk = behind(view(), cut_code("age", 60, "high", "cutrisk", 24))
    assert ids(at_risk) == {i for i, age in ages.items() if age >= 60 and TIMES[i][0] >= 24}


def test_those_without_a_gene_are_not_reported():
    found = behind(view(), level_code("genes", "NPM1", "lack"))
    assert ids(found) == {r["patient_id"] for r in printed.patients() if "NPM1" not in r["genes"].split(";")}
    assert found.words == "Mutated genes NPM1 not reported: 5 patients"


@pytest.mark.parametrize("treat", ["", "molecular_relapse.competing"])
def test_who_is_known_to_be_free_had_the_event_or_is_unknown_at_a_month(treat):
    opened = view(treat=treat)
    for month in (1, 12, 16, 24):
        expected = {"free": set(), "had": set(), "unknown": set()}
        for patient, (time, event, _) in TIMES.items():
            competes = treat and event == "molecular_relapse"
            if event and not competes and time <= month:
                expected["had"].add(patient)
            elif not event and time < month:
                expected["unknown"].add(patient)
            else:
                expected["free"].add(patient)
        assert {what: ids(behind(opened, f"{what}~all~{month}")) for what in expected} == expected
    assert behind(opened, "had~all") is None, "known of nobody without a month"


def test_times_after_a_landmark_say_so():
    assert behind(view(landmark="6"), "risk~all~24").words == "at risk at 24 months after the landmark: 8 patients"
    assert behind(view(), "event~all~1").words.endswith("before 1 month: 0 patients")


def test_three_numbers_in_one_text_open_the_risk_set_and_say_where_the_others_are():
    assert "table of estimates" in behind(view(by="eln_risk"), "risk~adverse~24").words
    assert "table of estimates" not in behind(view(by="timing"), "risk~induction~24").words


@pytest.mark.parametrize(
    "code",
    [
        "", "risk", "risk~nobody~12", "risk~all~x", "risk~all~nan", "level~status~CR", "level~x~y", "a~b~c~d", "<b>",
        "level", "levelrisk", "levelrisk~sex~female", "levelrisk~sex~female~nan", "levelx~sex~female",
        "lack~sex~female", "cut~age~61~low", "cut~age~60~middle", "cut~age~60", "cut~sex~60~low",
    ],
)  # fmt: skip
def test_what_names_no_number_opens_nobody(code):
    assert behind(view(), code) is None


def test_the_course_is_what_is_printed():
    opened = view()
    for place, patient in enumerate(COHORT.ids):
        time, event, reason = TIMES[patient]
        label = COHORT.definition.events.get(event) or COHORT.definition.reason(reason).label
        assert course_of(opened, place) == f"{label} at {time:g} month" + ("" if time == 1 else "s")
    assert np.flatnonzero(COHORT.ids == "17").size == 1
