"""Dates that are none, that contradict each other, or that are missing: each is found with its rows and values."""

from dataclasses import replace

import numpy as np
import pytest

from cohort.mapping import build, findings, propose
from cohort.mapping.roles import TableUse
from cohort.readers.delimited import read_delimited
from tests.support.uploads import table, upload

HEAD = ["patient_id", "diagnosis_date", "relapse_date", "death_date", "last_contact_date", "sex"]
ROWS = [
    ["a", "2020-01-31", "2020-06-30", "2021-01-30", "2021-01-30", "f"],
    ["b", "2020-02-15", "", "", "2022-02-14", "m"],
    ["c", "2020-03-16", "2020-09-17", "", "2021-12-31", "f"],
    ["d", "2020-04-17", "", "2020-12-13", "2020-12-13", "m"],
    ["e", "2020-05-18", "2021-05-18", "2022-05-18", "2022-05-18", "f"],
    ["f", "2020-06-19", "", "2021-06-19", "2021-06-19", "m"],
]
ALL = "Overall survival, Relapse-free survival and Cumulative incidence of relapse"


def dated(**changed):
    """The table with cells replaced, as ``c_death_date="2021-01-01"``, read as a file is."""
    rows = [list(row) for row in ROWS]
    for place, cell in changed.items():
        patient, column = place.split("_", 1)
        rows["abcdef".index(patient)][HEAD.index(column)] = cell
    text = "\n".join(",".join(row) for row in [HEAD, *rows])
    return upload(read_delimited("dates.csv", text.encode(), []))


def found(given, code, mapping=None):
    return [f for f in findings(given, mapping or propose(given)) if f.code == code]


def os_of(given):
    cohort = build(given, propose(given))
    outcome = cohort.outcome(cohort.definition.endpoint("os"))
    return outcome.time * 30.4375, outcome.kind


def kinds(cohort, endpoint):
    """0 censored, 1 the event, 2 a competing one; -1 for patients who are left out."""
    outcome = cohort.outcome(cohort.definition.endpoint(endpoint))
    return np.where(np.isnan(outcome.time), -1, outcome.kind)


def test_good_dates_give_no_finding():
    codes = {f.code for f in findings(dated(), propose(dated()))}
    assert not codes & {
        "unread_date",
        "dates_as_text",
        "event_after_death",
        "no_row",
        "no_start_date",
        "no_last_contact",
    }


# ---- what the reader could not make out ----------------------------------------------------------------------------
def test_a_last_contact_that_is_not_read_is_the_first_thing_to_know():
    given = dated(b_last_contact_date="ca. 03/2022")
    first = findings(given, propose(given))[0]
    assert (first.code, first.severity, first.rows, first.seen) == ("unread_date", "repair", (3,), ("ca. 03/2022",))
    assert (first.table, first.column, first.repair) == ("dates.csv", "last_contact_date", None)
    for part in ("row 3", "'last_contact_date'", "counts as empty", ALL, "'ca. 03/2022'", "YYYY-MM-DD"):
        assert part in first.sentence
    assert "such a patient counts as without a last contact" in first.sentence
    days, _ = os_of(given)
    assert np.flatnonzero(np.isnan(days)).tolist() == [1]
    assert found(given, "no_last_contact")[0].seen == ("ca. 03/2022",)


def test_a_death_that_is_not_read_says_what_the_patient_counts_as():
    given = dated(c_death_date="2021-01-01", b_death_date="autumn 21")  # five of six are dates
    (finding,) = found(given, "unread_date")
    assert (finding.rows, finding.seen) == ((3,), ("autumn 21",))
    assert "such a patient counts as without this event" in finding.sentence
    days, kind = os_of(given)
    assert days[1] == pytest.approx(730)  # 2020-02-15 to the last contact on 2022-02-14
    assert kind[1] == 0


def test_whom_an_unread_event_is_about_can_be_left_out_as_nobody_knows_whether_it_happened():
    given = dated(c_death_date="2021-01-01", b_death_date="autumn 21")
    mapping, (finding,) = propose(given), found(given, "unread_date")
    assert finding.repair.code == "leave_out:unread:dates.csv:death_date"
    assert finding.repair.words == f"leave this patient out of {ALL}"
    assert f"Proposed: {finding.repair.words}, as it is not known whether" in finding.remedy
    left = findings(given, mapping, [finding.repair.code])
    assert not {f.code for f in left} & {"unread_date", "no_last_contact"}
    before, after = (build(given, mapping, repairs) for repairs in ((), (finding.repair.code,)))
    for endpoint in ("os", "rfs"):
        was, now = kinds(before, endpoint), kinds(after, endpoint)
        assert (was[1], now[1]) == (0, -1)
        assert np.delete(was, 1).tolist() == np.delete(now, 1).tolist()


def test_a_death_that_is_not_read_takes_nothing_from_a_relapse_that_is():
    given = dated(b_death_date="2021-01-01", c_death_date="autumn 21")  # c relapsed on 2020-09-17
    mapping, (finding,) = propose(given), found(given, "unread_date")
    assert finding.repair.words == "leave this patient out of Overall survival"
    cohort = build(given, mapping, [finding.repair.code])
    assert kinds(cohort, "os")[2] == -1
    assert kinds(cohort, "rfs")[2] == 1


def test_a_relapse_that_is_not_read_may_have_come_before_a_death_that_is():
    given = dated(d_relapse_date="in summer", b_relapse_date="2020-12-24", f_relapse_date="2020-12-24")
    mapping, (finding,) = propose(given), found(given, "unread_date")
    assert finding.repair.words == "leave this patient out of Relapse-free survival and Cumulative incidence of relapse"
    cohort = build(given, mapping, [finding.repair.code])
    assert kinds(cohort, "rfs")[3] == -1
    assert kinds(cohort, "os")[3] == 1


def test_an_unread_date_that_no_endpoint_uses_is_a_note_and_a_birth_date_is_not_printed():
    cells = {"seen_on": ["2020-01-02", "2020-01-22", "2020-01-23", "2020-01-24", "soon"]}
    text = "patient_id,visit_date,birth_date,os_months,os_status\n" + "".join(
        f"p{i},{day},{day},{i + 1.5},{'dead' if i % 2 else 'alive'}\n" for i, day in enumerate(cells["seen_on"])
    )
    given = upload(read_delimited("x.csv", text.encode(), []))
    visit, birth = found(given, "unread_date")
    assert (visit.column, visit.severity, visit.rows, visit.seen) == ("visit_date", "note", (6,), ("soon",))
    assert (birth.column, birth.rows, birth.seen) == ("birth_date", (6,), ())
    assert "soon" not in birth.sentence


def test_dates_that_stay_text_are_found_too():
    short = {f"{p}_death_date": f"0{i}.01.22" for i, p in enumerate("adef", 1)}
    given = dated(**short)
    (finding,) = found(given, "dates_as_text")
    assert (finding.severity, finding.column) == ("note", "death_date")
    assert "the year has two digits" in finding.sentence
    assert "'01.01.22'" in finding.sentence


# ---- what contradicts itself ---------------------------------------------------------------------------------------
def test_a_relapse_after_death_is_found_once_with_both_dates():
    given = dated(a_relapse_date="2021-02-28", e_relapse_date="2022-05-18")  # e on the day of the death
    (finding,) = found(given, "event_after_death")
    assert (finding.severity, finding.rows) == ("note", (2,))
    assert finding.seen == ("2021-02-28, death_date 2021-01-30",)
    assert (finding.column, finding.allowed) == ("relapse_date", "not after death_date")
    assert "Relapse-free survival and Cumulative incidence of relapse the death counts" in finding.sentence
    assert "Correct" in finding.remedy
    cohort = build(given, propose(given))
    for code, kind in (("rfs", 1), ("cir", 2)):
        outcome = cohort.outcome(cohort.definition.endpoint(code))
        assert outcome.kind[0] == kind
        assert outcome.event[0] == "death"
        assert outcome.time[0] * 30.4375 == pytest.approx(365)  # 2020-01-31 to 2021-01-30


# ---- who is left out -----------------------------------------------------------------------------------------------
def test_a_patient_with_neither_event_nor_last_contact_is_named():
    given = dated(b_last_contact_date="")
    (finding,) = found(given, "no_last_contact")
    assert (finding.severity, finding.rows, finding.seen) == ("note", (3,), ("empty",))
    assert f"no event and no last contact date for 1 patient, left out of {ALL}" in finding.sentence
    assert "Fill in the date" in finding.remedy
    days, _ = os_of(given)
    assert np.flatnonzero(np.isnan(days)).tolist() == [1]


def test_a_patient_left_out_of_one_endpoint_only_is_named_for_that():
    given = dated(c_last_contact_date="")  # c relapsed, and is alive
    (finding,) = found(given, "no_last_contact")
    assert finding.rows == (4,)
    assert "left out of Overall survival." in finding.sentence


def test_a_patient_without_a_start_is_named():
    given = dated(b_diagnosis_date="", d_diagnosis_date="")  # d died: an event without a time stops
    (finding,) = found(given, "no_start_date")
    assert (finding.rows, finding.column) == ((3,), "diagnosis_date")
    assert {f.rows for f in found(given, "event_without_time")} == {(5,)}


def test_a_patient_without_a_row_of_dates_is_named():
    text = "\n".join(",".join(row[:-1]) for row in [HEAD, *ROWS[:5]]).encode()
    base = table("base.csv", {"patient_id": list("abcdef"), "sex": list("fmfmfm"), "age": [41, 52, 63, 44, 55, 66]})
    given = upload(base, read_delimited("dates.csv", text, []))
    mapping = propose(given)
    mapping = replace(
        mapping, tables=(TableUse("base.csv", "patient_id"), TableUse("dates.csv", "patient_id", "first"))
    )
    assert {e.table for e in mapping.endpoints} == {"dates.csv"}
    (finding,) = found(given, "no_row", mapping)
    assert (finding.table, finding.seen) == ("dates.csv", ("f",))
    assert f"no row for 1 patient, left out of {ALL}" in finding.sentence


def test_a_status_with_a_missing_last_contact_is_named():
    columns = [*HEAD[:2], "vital_status", *HEAD[4:]]
    rows = [[*r[:2], "dead" if r[3] else "alive", *r[4:]] for r in ROWS]
    rows[2][3] = ""
    text = "\n".join(",".join(row) for row in [columns, *rows])
    given = upload(read_delimited("dates.csv", text.encode(), []))
    (finding,) = found(given, "no_last_contact")
    assert finding.rows == (4,)
    assert "no event" not in finding.sentence
