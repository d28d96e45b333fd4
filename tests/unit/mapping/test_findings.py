"""What is found before a mapping is accepted, and what each repair changes."""

from dataclasses import replace

import numpy as np
import pytest
from lifelines import KaplanMeierFitter

from cohort.mapping import MappingError, Value, build, edit, findings, propose
from cohort.mapping.column_checks import missing
from cohort.mapping.endpoint_checks import endpoint_summaries
from cohort.mapping.patients import Patients
from tests.support.uploads import table, upload


def cohort_table(**changed):
    columns = {
        "patient": ["p1", "p2", "p3", "p4", "p5", "p6"],
        "OS_months": [10.0, 20.0, 30.0, 40.0, 50.0, 60.0],
        "OS_status": ["dead", "alive", "dead", "alive", "dead", "alive"],
        "sex": ["M", "F", "M", "F", "M", "F"],
        "age": [50, 60, 70, 55, 65, 75],
    }
    return upload(table("x.csv", columns | changed))


def found(given, code, mapping=None):
    return [f for f in findings(given, mapping or propose(given)) if f.code == code]


def outcome_of(cohort, code="os"):
    return cohort.outcome(cohort.definition.endpoint(code))


def test_a_clean_table_has_nothing_to_settle():
    given = cohort_table()
    assert {f.severity for f in findings(given, propose(given))} == {"note"}


def test_amounts_are_stated():
    given = cohort_table(sex=["M", "F", None, "F", "M", None])
    said = " ".join(f.sentence for f in findings(given, propose(given)))
    assert "6 rows, 6 patients" in said
    assert "6 patients, 3 events" in said
    assert "sex (2 of 6)" in said
    (summary,) = endpoint_summaries(Patients(given, propose(given)))
    fitted = KaplanMeierFitter().fit([10, 20, 30, 40, 50, 60], [1, 0, 1, 0, 1, 0])
    assert (summary.n, summary.events, summary.median) == (6, 3, fitted.median_survival_time_)
    assert "median 50 months" in said


PROBLEMS = {
    "negative": ({"OS_months": [10.0, -0.033, 30.0, 40.0, 50.0, 60.0]}, "stop", (3,), "-0.033", "0 or more"),
    "too_long": ({"OS_months": [10.0, 20.0, 1201.0, 40.0, 50.0, 60.0]}, "stop", (4,), "1201", "up to 1200 months"),
    "event_without_time": ({"OS_months": [None, 20.0, 30.0, 40.0, 50.0, 60.0]}, "stop", (2,), "dead", "a time beside"),
    "time_without_status": (
        {"OS_status": ["dead", "alive", "dead", None, "dead", "alive"]},
        "note",
        (5,),
        "40",
        "a status beside",
    ),
    "unknown_status": (
        {"OS_status": ["dead", "alive", "dead", "moved", "dead", "alive"]},
        "stop",
        (5,),
        "moved",
        "one of the values",
    ),
}


@pytest.mark.parametrize("code", PROBLEMS)
def test_impossible_outcomes(code):
    changed, severity, rows, seen, allowed = PROBLEMS[code]
    given = cohort_table(**changed)
    (finding,) = found(given, code)
    assert (finding.severity, finding.rows, finding.seen) == (severity, rows, (seen,))
    assert allowed in finding.allowed
    for part in ("x.csv", f"row {rows[0]}", "OS_", repr(seen), allowed):
        assert part in finding.sentence
    accepted = set()
    if severity == "stop":
        with pytest.raises(MappingError) as refused:
            build(given, propose(given))
        assert finding.sentence in str(refused.value)
        accepted = {finding.repair.code}
        assert not [f for f in findings(given, propose(given), accepted) if f.code == code]
    outcome = outcome_of(build(given, propose(given), accepted))
    place = rows[0] - 2
    assert np.isnan(outcome.time[place])
    assert np.isfinite(np.delete(outcome.time, place)).all()


def test_relapse_after_the_end_of_overall_survival():
    given = cohort_table(RFS_months=[5.0, 21.0, 30.0, 10.0, 10.0, 10.0], RFS_status=["relapse", *["censored"] * 5])
    (finding,) = found(given, "after_os")
    assert (finding.severity, finding.rows, finding.seen) == ("repair", (3,), ("21",))
    kept = outcome_of(build(given, propose(given)), "rfs")
    assert kept.time[1] == 21
    repaired = outcome_of(build(given, propose(given), {finding.repair.code}), "rfs")
    assert np.isnan(repaired.time[1])
    assert repaired.time[2] == 30


def test_other_time_zeros_are_not_compared():
    given = cohort_table(RFS_months=[15.0] * 6, RFS_status=["relapse", *["censored"] * 5])
    mapping = propose(given)
    later = tuple(replace(e, origin="diagnosis" if e.code == "os" else "remission") for e in mapping.endpoints)
    assert found(given, "after_os", mapping)
    assert not found(given, "after_os", replace(mapping, endpoints=later))


def test_spellings_and_look_alikes_are_one_value_once_accepted():
    risk = ["Favorable", "favorable ", "adverse", "\u0410dverse", "Favorable", "adverse"]
    sex = ["M", "F", "\u041c", "F", "M", "F"]
    given = cohort_table(risk=risk, sex=sex)
    mapping = propose(given)
    spelt = {f.seen[0]: f for f in found(given, "spelling", mapping)}
    assert set(spelt) == {"favorable ", "\u0410dverse", "\u041c"}
    assert spelt["favorable "].rows == (3,)
    assert "U+041C, Cyrillic capital letter em" in spelt["\u041c"].sentence
    assert spelt["\u041c"].allowed == "M"

    apart = build(given, mapping)
    assert [lv.label for lv in apart.definition.variable("risk").levels][:2] == ["Favorable", "adverse"]
    assert len(apart.definition.variable("risk").levels) == 4
    together = build(given, mapping, {f.repair.code for f in spelt.values()})
    assert together.patients["risk"].to_pylist() == ["Favorable"] * 2 + ["adverse"] * 2 + ["Favorable", "adverse"]
    assert together.patients["sex"].to_pylist() == list("MFMFMF")
    raw = together.tables["provenance"].to_pylist()
    (cell,) = [r for r in raw if r["patient_id"] == "p3" and r["variable"] == "sex"]
    assert (cell["value"], cell["raw"], cell["rule"]) == ("M", "\u041c", "spelling")


def test_spellings_of_a_status_are_read_as_one_and_said():
    given = cohort_table(OS_status=["dead", "alive", "Dead ", "alive", "dead", "alive"])
    (finding,) = found(given, "spelling")
    assert (finding.severity, finding.rows, finding.repair) == ("note", (4,), None)
    assert outcome_of(build(given, propose(given))).kind.tolist() == [1, 0, 1, 0, 1, 0]


def test_numbers_beside_units_and_limits():
    given = cohort_table(ldh=["200", "310 U/l", "< 90", "12,5", "1000", "hemolysed"], age=[50, 60, 700, 55, 65, 75])
    mapping = propose(given)
    assert next(c.kind for c in mapping.columns if c.column == "ldh") == "number"
    (beside,) = found(given, "number", mapping)
    assert beside.rows == (3, 4, 5)
    assert found(given, "not_a_number", mapping)[0].rows == (7,)
    (age,) = found(given, "age", mapping)
    assert (age.rows, age.seen, age.allowed) == ((4,), ("700",), "0 to 120")
    before = build(given, mapping)
    assert before.patients["ldh"].to_pylist() == [200, None, None, None, 1000, None]
    assert before.patients["age"].to_pylist()[2] == 700
    after = build(given, mapping, {beside.repair.code, age.repair.code})
    assert after.patients["ldh"].to_pylist() == [200, 310, 90, 12.5, 1000, None]
    assert after.patients["age"].to_pylist()[2] is None


def test_repeated_rows_count_once_and_conflicting_ones_stop():
    same = cohort_table(
        patient=["p1", "p2", "p3", "p4", "p5", "p5"],
        OS_months=[10.0, 20.0, 30.0, 40.0, 50.0, 50.0],
        OS_status=["dead", "alive", "dead", "alive", "dead", "dead"],
        sex=list("MFMFMM"),
        age=[50, 60, 70, 55, 65, 65],
    )
    (finding,) = found(same, "repeated_row")
    assert (finding.severity, finding.rows, finding.seen) == ("note", (6, 7), ("p5",))
    assert build(same, propose(same)).n == 5

    differ = cohort_table(patient=["p1", "p2", "p3", "p4", "p5", "p5"])
    (finding,) = found(differ, "repeated_id")
    assert (finding.severity, finding.rows) == ("stop", (6, 7))
    with pytest.raises(MappingError, match="p5"):
        build(differ, propose(differ))
    cohort = build(differ, propose(differ), {finding.repair.code})
    assert cohort.n == 5
    assert outcome_of(cohort).time[4] == 50


def test_events_called_alive_are_caught():
    given = cohort_table()
    mapping = propose(given)
    os = mapping.endpoints[0]
    turned = replace(mapping, endpoints=(replace(os, event=os.censored, censored=os.event),))
    stop = next(f for f in findings(given, turned) if f.severity == "stop")
    assert "'alive' is counted as the event" in stop.sentence
    assert "with this coding 3 of 6" in stop.sentence
    repaired = outcome_of(build(given, turned, {stop.repair.code}))
    assert repaired.kind.tolist() == [1, 0, 1, 0, 1, 0]
    assert repaired.event[0] == "death"


def test_a_coding_can_be_confirmed():
    given = cohort_table(OS_status=["withdrawn", "on study"] * 3)
    mapping = propose(given)
    os = replace(
        mapping.endpoints[0], event=(Value("withdrawn", "withdrawn"),), censored=(Value("on study", "on study"),)
    )
    mapping = replace(mapping, endpoints=(os,))
    (stop,) = [f for f in findings(given, mapping) if f.severity == "stop"]
    assert stop.code == "coding"
    cohort = build(given, mapping, {stop.confirm})
    assert outcome_of(cohort).kind.tolist() == [1, 0, 1, 0, 1, 0]


def test_labels_of_the_format_are_read_against_the_coding():
    labels = {"OS_status": {"1": "Alive", "2": "Dead"}}
    columns = {"OS_months": [1.0, 2.0, 3.0], "OS_status": [1, 2, 1], "sex": ["f", "m", "f"]}
    given = upload(table("x.sav", columns, levels=labels), format="spss")
    mapping = propose(given)
    assert [(v.value, v.label) for v in mapping.endpoints[0].event] == [("2", "Dead")]
    wrong = replace(mapping.endpoints[0], event=(Value("1", "event"),), censored=(Value("2", "censored"),))
    assert [f.code for f in findings(given, replace(mapping, endpoints=(wrong,))) if f.severity == "stop"] == ["coding"]


def test_nearly_everybody_with_the_event_to_the_last_is_questioned():
    random = np.random.default_rng(7)
    n = 125
    died = np.zeros(n, dtype=int)
    died[:6] = 1
    times = np.r_[random.uniform(1, 10, 6), random.uniform(5, 40, n - 6)].round(2)
    columns = {"time": times.tolist(), "sex": ["f", "m"] * 62 + ["f"]}
    right = upload(table("x.csv", columns | {"status": died.tolist()}))
    assert not found(right, "coding")
    turned = upload(table("x.csv", columns | {"status": (1 - died).tolist()}))
    (finding,) = found(turned, "coding")
    shown = f"{KaplanMeierFitter().fit(times, 1 - died).median_survival_time_:.1f}".removesuffix(".0")
    assert f"with this coding 119 of 125 patients have the event and the median is {shown} months" in (finding.sentence)
    assert "with the opposite 6 have it and the median is not reached" in finding.sentence
    assert finding.severity == "note"
    repaired = build(turned, propose(turned), {finding.repair.code})
    assert (outcome_of(repaired, "event").kind == 1).sum() == 6


def test_a_column_called_censor_is_read_by_its_times_and_questioned():
    early, late = [3.0, 5.0, 8.0, 9.0], [20.0, 30.0, 44.0, 50.0]
    for event in (0, 1):
        columns = {"time": early + late, "censor": [event] * 4 + [1 - event] * 4, "age": [40, 50, 60, 70] * 2}
        given = upload(table("x.csv", columns))
        assert [v.value for v in propose(given).endpoints[0].event] == [str(event)]
        assert "coded either way" in found(given, "coding")[0].sentence


def test_no_endpoint_says_what_to_name():
    given = upload(table("x.csv", {"age": [1.5, 2.5, 3.5], "sex": ["f", "m", "f"]}))
    (stop,) = [f for f in findings(given, propose(given)) if f.severity == "stop"]
    assert "times" in stop.remedy
    with pytest.raises(MappingError, match="No endpoint"):
        build(given, propose(given))


def test_a_mapping_of_other_files_is_refused_in_a_sentence():
    mapping = propose(cohort_table())
    for given in (upload(table("y.csv", {"a": [1]})), upload(table("x.csv", {"patient": ["p1"]}))):
        (finding,) = findings(given, mapping)
        assert finding.severity == "stop"
        with pytest.raises(MappingError, match="does not fit these files"):
            build(given, mapping)


def test_no_sentence_holds_a_word_of_the_machine():
    given = cohort_table(OS_months=[None, -1.0, 30.0, 40.0, 50.0, 60.0], ldh=["1", "2 U", None, "4", "5", "6"])
    for finding in findings(given, propose(given)):
        for word in ("nan", "None", "inf "):
            assert word not in f"{finding.sentence} {finding.remedy}"


def test_a_patient_whom_a_repair_lists_is_left_out_whatever_else_is_accepted():
    # rows 3 and 4 outlast overall survival; that of row 3 is negative, and a repair of its own leaves it out there
    given = cohort_table(
        OS_months=[10.0, -0.5, 30.0, 40.0, 50.0, 60.0],
        RFS_months=[5.0, 39.0, 31.0, 10.0, 10.0, 10.0],
        RFS_status=["relapse", *["censored"] * 5],
    )
    mapping = propose(given)
    (late,), (negative,) = found(given, "after_os", mapping), found(given, "negative", mapping)
    assert (late.rows, negative.rows) == ((3, 4), (3,))
    both = {late.repair.code, negative.repair.code}
    rfs = outcome_of(build(given, mapping, both), "rfs")
    assert np.flatnonzero(np.isnan(rfs.time)).tolist() == [1, 2]
    one_left = [f for f in findings(given, mapping, {negative.repair.code}) if f.code == "after_os"]
    assert one_left[0].rows == (3, 4), "what is listed does not hang on what was accepted before"


def test_gaps_before_are_the_gaps_of_the_cohort():
    given = cohort_table(mrd=["0.5", "neg", "< 0.01 %", "0,3", None, "1"], age=[50, 60, 700, 55, None, 75])
    mapping = propose(given)
    assert next(c.kind for c in mapping.columns if c.column == "mrd") == "number"
    codes = {f.code: f.repair.code for f in findings(given, mapping) if f.repair}
    for accepted, mrd, age in ((set(), 4, 1), ({codes["number"]}, 2, 1), ({codes["number"], codes["age"]}, 2, 2)):
        gaps = missing(Patients(given, mapping, frozenset(accepted)))
        assert (gaps["mrd"], gaps["age"]) == (mrd, age)
        patients = build(given, mapping, accepted).patients
        assert (patients["mrd"].null_count, patients["age"].null_count) == (mrd, age)
        said = " ".join(f.sentence for f in findings(given, mapping, accepted) if f.code == "missing")
        assert f"mrd ({mrd} of 6)" in said


def test_an_empty_set_is_a_gap():
    given = cohort_table(genes=["FLT3;NPM1", ";", None, "NPM1;FLT3", "NPM1", "FLT3;NPM1"])
    mapping = edit.with_column(given, propose(given), ("x.csv", "genes"), kind="set", role="filter")
    assert missing(Patients(given, mapping)) == {"genes": 2}
