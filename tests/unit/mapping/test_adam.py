"""A made-up ADaM trio: every PARAMCD an endpoint, CNSR 0 the event, adverse events that emerged on treatment."""

from dataclasses import replace

import numpy as np
import pytest
from lifelines import KaplanMeierFitter

from cohort import survival
from cohort.mapping import MappingError, Value, build, findings, propose
from cohort.options import Options
from cohort.results.adverse_events import adverse_events
from cohort.selection import Selection
from cohort.view import CohortView
from tests.support.uploads import adam, table, upload


def rows_of(given, name):
    source = given.table(name)
    columns = [c.values.to_pylist() for c in source.columns]
    return [dict(zip(source.names, row, strict=True)) for row in zip(*columns, strict=True)]


@pytest.mark.parametrize(("code", "parameter"), [("os", "OS"), ("pfs", "PFS")])
def test_each_parameter_is_an_endpoint_with_lifelines_numbers(code, parameter):
    given = adam()
    rows = [r for r in rows_of(given, "adtte.xpt") if r["PARAMCD"] == parameter]
    months, event = [r["AVAL"] / 30.4375 for r in rows], [r["CNSR"] == 0 for r in rows]
    cohort = build(given, propose(given))
    outcome = cohort.outcome(cohort.definition.endpoint(code))
    assert np.allclose(outcome.time, months)
    assert (outcome.kind == 1).tolist() == event
    median = survival(cohort, code).medians["median"].to_pylist()[0]
    assert (median or np.inf) == pytest.approx(KaplanMeierFitter().fit(months, event).median_survival_time_)


def test_what_happened_and_why_patients_were_censored_is_kept():
    cohort = build(adam(), propose(adam()))
    assert cohort.definition.events == {"death": "Death", "disease_progression": "Disease progression"}
    outcome = cohort.outcome(cohort.definition.endpoint("os"))
    assert outcome.reason[5] == "lost"
    assert cohort.definition.reason(outcome.reason[1]).label == "Alive at cut-off"


def test_roles_in_the_subject_table():
    by_name = {c.column: c for c in propose(adam()).columns if c.table == "adsl.xpt"}
    assert by_name["TRT01A"].role == "treatment"
    assert {by_name[c].role for c in ("ARM", "ARMCD", "STUDYID", "RANDDT")} == {"skip"}
    assert (by_name["AGE"].role, by_name["SAFFL"].role) == ("filter", "safety")


def test_cnsr_taken_for_the_event_is_caught():
    given = adam()
    mapping = propose(given)
    event, censored = (Value("1", "death"), Value("2", "death")), (Value("0", "censored"),)
    turned = replace(mapping, endpoints=(replace(mapping.endpoints[0], event=event, censored=censored),))
    stop = next(f for f in findings(given, turned) if f.severity == "stop")
    assert stop.code == "coding"
    cnsr = [r["CNSR"] for r in rows_of(given, "adtte.xpt") if r["PARAMCD"] == "OS"]
    as_mapped, opposite = sum(c > 0 for c in cnsr), sum(c == 0 for c in cnsr)
    assert f"with this coding {as_mapped} of {len(cnsr)} patients have the event" in stop.sentence
    assert f"with the opposite {opposite} have it" in stop.sentence
    with pytest.raises(MappingError, match="CNSR"):
        build(given, turned)

    repaired = build(given, turned, {stop.repair.code})
    outcome = repaired.outcome(repaired.definition.endpoint("os"))
    assert (outcome.kind == 1).tolist() == [c == 0 for c in cnsr]


def test_exchanging_a_right_coding_is_caught_too():
    given = adam()
    mapping = propose(given)
    stop = next(f for f in findings(given, mapping, {"swap:os"}) if f.severity == "stop")
    assert "CNSR" in stop.sentence
    assert "back" in stop.remedy
    with pytest.raises(MappingError, match="CNSR"):
        build(given, mapping, {"swap:os"})


def test_adverse_events_count_worst_grades_of_the_safety_set():
    given = adam()
    cohort = build(given, propose(given))
    assert cohort.tables["ae_events"].num_rows == 5  # one is not treatment-emergent, one is of nobody
    result = adverse_events(CohortView(cohort, Selection(), Options.default(cohort.definition)))
    assert result.n_safety == 7
    worst = {}
    grade = {"MILD": 1, "MODERATE": 2, "SEVERE": 3}
    known = {r["USUBJID"] for r in rows_of(given, "adsl.xpt")}
    for row in rows_of(given, "adae.xpt"):
        if row["TRTEMFL"] == "Y" and row["USUBJID"] in known:
            key = row["AEDECOD"].capitalize(), row["USUBJID"]
            worst[key] = max(worst.get(key, 0), grade[row["AESEV"]])
    for term in ("Nausea", "Rash"):
        row = result.terms.index(term)
        expected = [g for (t, _), g in worst.items() if t == term]
        assert result.values("k")[row, 0] == len(expected)
        assert result.values("k", "3-5")[row, 0] == sum(g >= 3 for g in expected)
    events = cohort.tables["ae_events"].to_pylist()
    assert [e["serious"] for e in events] == ["no", "yes", "no", "no", "no"]
    assert [e["related"] for e in events] == ["yes", "no", "no", "yes", None]
    assert events[1]["onset_month"] == pytest.approx(39 / 30.4375)  # day 1 is the first day


def test_without_a_flag_all_adverse_events_are_kept():
    given = adam()
    adae = given.table("adae.xpt")
    bare = {c.name: c.values.to_pylist() for c in adae.columns if c.name != "TRTEMFL"}
    given = upload(given.table("adsl.xpt"), given.table("adtte.xpt"), table("adae.xpt", bare), format="adam")
    assert build(given, propose(given)).tables["ae_events"].num_rows == 6


def test_units_are_read_and_asked_for_where_not_stated():
    given = adam()
    for unit, factor in (("MONTHS", 1), ("WEEKS", 7 / 30.4375), ("YEARS", 12)):
        times = {c.name: c.values.to_pylist() for c in given.table("adtte.xpt").columns} | {"AVALU": [unit] * 16}
        times["AVAL"] = [t / 30.4375 / factor for t in times["AVAL"]]
        changed = upload(given.table("adsl.xpt"), table("adtte.xpt", times), format="adam")
        cohort = build(changed, propose(changed))
        expected = [t * factor for t, p in zip(times["AVAL"], times["PARAMCD"], strict=True) if p == "OS"]
        assert np.allclose(cohort.outcome(cohort.definition.endpoint("os")).time, expected)
        assert not [f for f in findings(changed, propose(changed)) if f.code == "unit"]
    del times["AVALU"]
    silent = upload(given.table("adsl.xpt"), table("adtte.xpt", times), format="adam")
    mapping = propose(silent)
    assert mapping.endpoints[0].unit == "days"
    assert [f for f in findings(silent, mapping) if f.code == "unit"]


def test_times_alone_make_a_cohort():
    given = upload(adam().table("adtte.xpt"), format="adam")
    cohort = build(given, propose(given))
    assert cohort.n == 8
    assert (cohort.outcome(cohort.definition.endpoint("os")).kind == 1).sum() == 2


def test_how_relatedness_was_read_is_said_unless_it_is_plain():
    given = adam()
    columns = {c.name: c.values.to_pylist() for c in given.table("adae.xpt").columns}
    n = len(columns["USUBJID"])

    def said(values):
        adae = table("adae.xpt", columns | {"AREL": (values * n)[:n], "TRTEMFL": ["Y"] * n})
        changed = upload(given.table("adsl.xpt"), given.table("adtte.xpt"), adae, format="adam")
        return [f.sentence for f in findings(changed, propose(changed)) if f.code == "read_as"]

    (sentence,) = said(["REMOTE", "PROBABLE", "NONE", "UNKNOWN"])
    assert "PROBABLE as related; REMOTE and NONE as not related; UNKNOWN as not stated" in sentence
    assert "'AREL'" in sentence
    assert said(["Y", "N"]) == []
