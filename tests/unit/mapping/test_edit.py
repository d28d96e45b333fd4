"""Changes to a mapping: whatever is changed, roles, ids and endpoints agree again."""

import datetime

import pytest

from cohort.mapping import build, edit, findings, propose
from tests.support.uploads import adam, table, upload


def plain():
    day = datetime.date
    return upload(
        table(
            "t.csv",
            {
                "patient_id": ["a", "b", "c", "d"],
                "first_name": ["Ada", "Ben", "Cleo", "Dan"],
                "site": ["x;y", "y", "x;z", "z"],
                "dose": ["1", "2", "1", "2"],
                "os_months": [5.0, 9.0, 20.0, 31.0],
                "os_status": ["1", "1", "0", "0"],
                "relapse_days": [30, 60, 90, 120],
                "start": [day(2020, 1, 1)] * 4,
                "relapse_date": [day(2020, 3, 1), None, day(2021, 1, 1), None],
            },
        )
    )


def role(mapping, column):
    return next(c for c in mapping.columns if c.column == column)


def test_another_kind_brings_the_levels_or_the_separator_it_needs():
    given = plain()
    mapping = edit.with_column(given, propose(given), ("t.csv", "site"), kind="set", role="filter")
    assert (role(mapping, "site").separator, [v.value for v in role(mapping, "site").levels]) == (";", ["x", "y", "z"])
    mapping = edit.with_column(given, mapping, ("t.csv", "site"), kind="category")
    assert len(role(mapping, "site").levels) == 4
    mapping = edit.with_column(given, mapping, ("t.csv", "dose"), kind="number", label="Dose", role="treatment")
    cohort = build(given, mapping)
    assert cohort.definition.variable("dose").kind == "number"
    assert cohort.definition.variable("dose").label == "Dose"
    assert cohort.definition.variable("dose").role == "treatment"


def test_private_columns_come_and_go_on_purpose_only():
    given = plain()
    before = propose(given)
    assert role(before, "first_name").role == "skip"
    kept = edit.with_private(given, before, {("t.csv", "first_name")})
    assert role(kept, "first_name").role == "filter"
    assert build(given, kept).definition.variable("first_name").levels[0].label == "Ada"
    assert edit.with_private(given, kept, set()).variables == before.variables


def test_another_id_is_followed_and_the_old_one_is_a_column_again():
    given = plain()
    mapping = edit.with_id(given, propose(given), "t.csv", "first_name")
    assert mapping.tables[0].id == "first_name"
    assert role(mapping, "first_name").role == "id"
    assert role(mapping, "patient_id").role != "id"
    assert list(build(given, mapping).ids) == ["Ada", "Ben", "Cleo", "Dan"]
    every_row = edit.with_id(given, mapping, "t.csv", "")
    assert list(build(given, every_row).ids) == ["1", "2", "3", "4"]
    assert role(every_row, "first_name").private


def test_another_time_brings_its_unit_and_frees_the_old_one():
    given = plain()
    mapping = edit.with_endpoint(given, propose(given), "os", time="relapse_days")
    endpoint = next(e for e in mapping.endpoints if e.code == "os")
    assert (endpoint.time, endpoint.unit) == ("relapse_days", "days")
    assert role(mapping, "relapse_days").role == "time"
    assert role(mapping, "os_months").role not in ("time", "event")


def test_a_value_means_one_thing_at_a_time():
    given = plain()
    mapping = edit.with_meaning(given, propose(given), "os", "competing", ["0"])
    (endpoint,) = [e for e in mapping.endpoints if e.code == "os"]
    assert [[v.value for v in getattr(endpoint, m)] for m in edit.MEANINGS] == [["1"], ["0"], []]
    assert build(given, mapping).definition.endpoint("os").kind == "incidence"


def test_an_endpoint_of_dates_is_added_and_taken_out():
    given = plain()
    before = propose(given)
    mapping = edit.with_new_endpoint(before)
    code = mapping.endpoints[-1].code
    assert [f for f in findings(given, mapping) if f.severity == "stop"], "an empty endpoint cannot be opened"
    mapping = edit.with_endpoint(given, mapping, code, start_date="start", event_dates=("relapse_date",))
    assert role(mapping, "relapse_date").role == "event_date"
    cohort = build(given, mapping)
    assert int((cohort.outcome(cohort.definition.endpoint(code)).kind == 1).sum()) == 2
    assert edit.without_endpoint(given, mapping, code).endpoints == before.endpoints
    assert role(edit.without_endpoint(given, mapping, code), "relapse_date").role != "event_date"


def test_event_and_censored_are_exchanged():
    given = adam()
    mapping = propose(given)
    code = mapping.endpoints[0].code
    turned = edit.with_coding_exchanged(mapping, code)
    assert [v.value for v in turned.endpoints[0].event] == [v.value for v in mapping.endpoints[0].censored]
    assert [f.code for f in findings(given, turned) if f.severity == "stop"] == ["coding"]


def test_adverse_events_are_taken_from_another_table_or_from_none():
    given = adam()
    mapping = propose(given)
    assert build(given, mapping).table("ae_events").num_rows
    none = edit.with_adverse_events(given, mapping, "", {})
    assert none.event_table is None
    assert build(given, none).table("ae_events") is None
    start = edit.event_columns(given, none, "adae.xpt")
    assert start["id"] == "USUBJID"
    again = edit.with_adverse_events(given, none, "adae.xpt", {**start, "ae_term": "AEDECOD", "ae_grade": "AESEV"})
    assert again.event_table.id == "USUBJID"
    assert set(build(given, again).table("ae_events")["term"].to_pylist()) == {"Nausea", "Pyrexia", "Rash"}


@pytest.mark.parametrize("columns", [("ae_term", "site"), ("ae_grade", "dose")])
def test_a_patients_column_that_held_events_is_proposed_anew_afterwards(columns):
    given = plain()
    before = propose(given)
    mapping = edit.with_adverse_events(given, before, "t.csv", {"ae_term": "site", columns[0]: columns[1]})
    assert role(mapping, "site").role == "ae_term"
    after = edit.with_adverse_events(given, mapping, "", {})
    assert {c.column: c.role for c in after.columns} == {c.column: c.role for c in before.columns}


def test_a_start_names_the_time_zero_until_its_owner_says_otherwise():
    day = datetime.date
    columns = {
        "id": ["a", "b"],
        "date_of_diagnosis": [day(2020, 1, 1)] * 2,
        "remission_date": [day(2020, 2, 1)] * 2,
        "seen": [day(2020, 1, 5)] * 2,
        "relapse_date": [day(2020, 6, 1), None],
        "last_contact": [day(2021, 1, 1)] * 2,
    }
    given = upload(table("t.csv", columns))
    mapping = edit.with_new_endpoint(propose(given))
    code = mapping.endpoints[-1].code

    def changed(now, **changes):
        now = edit.with_endpoint(given, now, code, **changes)
        return now, next(e.origin for e in now.endpoints if e.code == code)

    dates = {"event_dates": ("relapse_date",), "last_contact_date": "last_contact"}
    mapping, origin = changed(mapping, start_date="date_of_diagnosis", **dates)
    assert origin == "diagnosis"
    assert changed(mapping, start_date="remission_date")[1] == "remission"
    assert changed(mapping, start_date="seen")[1] == ""
    mapping, origin = changed(mapping, origin="treatment")
    assert origin == "treatment"
    assert changed(mapping, label="Other")[1] == "treatment"
    assert build(given, mapping).definition.endpoint(code).origin_label == "Months from start of treatment"
