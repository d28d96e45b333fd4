"""Tables with one row a patient, as they come with lifelines: what is proposed, and the numbers of what is built."""

import numpy as np
import pytest
from lifelines import KaplanMeierFitter, datasets

from cohort import survival
from cohort.mapping import build, findings, propose
from cohort.mapping.propose_columns import ordered
from tests.support.uploads import frame, table, upload

DAYS, WEEKS = 1 / 30.4375, 7 / 30.4375
PAIRS = {
    "waltons": ("T", "E", 1, "event"),
    "rossi": ("week", "arrest", WEEKS, "event"),
    "larynx": ("time", "death", 1, "os"),
    "lung": ("time", "status", DAYS, "event"),
    "gbsg2": ("time", "cens", DAYS, "event"),
    "kidney_transplant": ("time", "death", DAYS, "os"),
    "dd": ("duration", "observed", 1, "event"),
    "lymphoma": ("Time", "Censor", 1, "event"),
    "g3": ("time", "event", 1, "event"),
    "regression_dataset": ("T", "E", 1, "event"),
}


@pytest.mark.parametrize("name", PAIRS)
def test_times_and_events_are_found_and_give_lifelines_numbers(name):
    data = getattr(datasets, f"load_{name}")()
    time, event, factor, code = PAIRS[name]
    given = frame(name, data)
    mapping = propose(given)
    (endpoint,) = mapping.endpoints
    assert (endpoint.code, endpoint.time, endpoint.status) == (code, time, event)

    cohort = build(given, mapping)
    expected = KaplanMeierFitter().fit(data[time] * factor, data[event])
    outcome = cohort.outcome(cohort.definition.endpoint(code))
    assert np.allclose(outcome.time, data[time] * factor, rtol=1e-12)
    assert (outcome.kind == data[event].to_numpy().astype(int)).all()
    median = survival(cohort, code).medians["median"].to_pylist()[0]
    assert (median or np.inf) == pytest.approx(expected.median_survival_time_)
    amount = next(f.sentence for f in findings(given, mapping) if f.code == "endpoint")
    assert f"{len(data)} patients, {int(data[event].sum())} events" in amount


def test_types_of_columns():
    by_name = {c.column: c for c in propose(frame("gbsg2", datasets.load_gbsg2())).columns}
    assert [v.value for v in by_name["tgrade"].levels] == ["I", "II", "III"]
    assert [v.value for v in by_name["horTh"].levels] == ["no", "yes"]
    assert [v.value for v in by_name["menostat"].levels] == ["Pre", "Post"]
    assert [by_name[c].kind for c in ("age", "pnodes", "estrec")] == ["number"] * 3
    assert (by_name["time"].role, by_name["cens"].role) == ("time", "event")


@pytest.mark.parametrize("bands", [["18-64", *[">64"] * 9], ["< 60", ">= 60"] * 5, ["10 mg", "20 mg"] * 5])
def test_bands_are_levels_and_not_numbers(bands):
    given = upload(table("x.csv", {"time": range(1, 11), "status": [0, 1] * 5, "AGEGR1": bands}))
    cohort = build(given, propose(given))
    assert [lv.label for lv in cohort.definition.variable("agegr1").levels] == sorted(set(bands), key=bands.index)
    assert not [f for f in findings(given, propose(given)) if f.column == "AGEGR1"]


def test_what_identifies_a_person_or_repeats_nobody_is_left_out():
    by_name = {c.column: c for c in propose(frame("senators", datasets.load_canadian_senators())).columns}
    assert by_name["Name"].private
    assert by_name["Name"].role == "skip"
    assert "different values" in by_name["Province / Territory"].reason


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("Patient name", ["Ada Low", "Ben High"]),
        ("MRN", [1234567, 7654321]),
        ("Hospital No", ["H1", "H2"]),
        ("dateOfBirth", ["1960-01-01", "1961-01-01"]),
        ("Home address", ["1 High Street", "2 Low Street"]),
        ("contact", ["ada@example.org", "ben@example.org"]),
        ("reach", ["+44 20 7946 0958", "+44 20 7946 0959"]),
        ("Comments", ["well", "unwell"]),
        ("history_of_illness", ["a long story of what was " * 4, "another long story of what was " * 4]),
    ],
)
def test_personal_columns_are_flagged(name, values):
    given = upload(table("x.csv", {"time": [1.0, 2.0], "status": [0, 1], "sex": ["f", "m"], name: values}))
    mapping = propose(given)
    role = next(c for c in mapping.columns if c.column == name)
    assert (role.role, role.private) == ("skip", True)
    assert name in next(f.sentence for f in findings(given, mapping) if f.code == "private")
    cohort = build(given, mapping)
    assert cohort.patients.column_names == ["patient_id", "sex"]
    assert not {str(v) for v in values} & set(cohort.tables["provenance"]["raw"].to_pylist())


def test_harmless_columns_are_not_flagged():
    columns = {"gene_name": ["TP53", "KIT"], "given_birth": ["no", "yes"], "Karyotype": ["normal", "complex"]}
    given = upload(table("x.csv", {"time": [1.0, 2.0], "status": [0, 1], **columns}))
    assert not [c.column for c in propose(given).columns if c.private]


def test_outcomes_never_become_filters():
    outcomes = {
        "Vital status": ["Alive", "Dead"],
        "response": ["CR", "PR"],
        "relapsed": ["no", "yes"],
        "cause_of_death": ["none", "infection"],
        "Last follow-up type": ["visit", "call"],
        "note": ["x", "y"],
    }
    others = {"Performance status": ["good", "poor"], "FLT3 mutation status": ["no", "yes"], "smoker": ["no", "yes"]}
    columns = {"OS_months": [1.0, 2.0], "OS_event": [0, 1], **outcomes, **others}
    given = upload(table("x.csv", columns))
    mapping = propose(given)
    roles = {c.column: c.role for c in mapping.columns}
    assert {roles[c] for c in list(outcomes)[:5]} == {"outcome"}
    assert {roles[c] for c in others} == {"filter"}
    definition = build(given, mapping).definition
    assert {v.label for v in definition.filters} == set(others)
    assert definition.variable("vital_status").role == "outcome"


def test_endpoints_are_paired_by_what_they_are_called_and_say():
    given = upload(
        table(
            "printed.csv",
            {
                "No.": [1, 2, 3, 4],
                "Status": ["CR", "molecular relapse", "morphological relapse", "CR"],
                "Relapse-free survival(m) ²": [72, 13, 2, 46],
                "Overall survival (m) ³": [82, 76, 20, 51],
                "Outcomes": ["Survival", "Survival", "Death", "Lost to follow- up"],
            },
        )
    )
    mapping = propose(given)
    assert [(e.code, e.time, e.status) for e in mapping.endpoints] == [
        ("os", "Overall survival (m) ³", "Outcomes"),
        ("rfs", "Relapse-free survival(m) ²", "Status"),
    ]
    cohort = build(given, mapping)
    outcome = cohort.outcome(cohort.definition.endpoint("os"))
    assert outcome.event.tolist() == ["", "", "death", ""]
    assert outcome.reason.tolist() == ["survival", "survival", "", "lost"]
    assert cohort.definition.reason("lost").lost
    assert cohort.outcome(cohort.definition.endpoint("rfs")).kind.tolist() == [0, 1, 1, 0]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["adverse", "favorable", "intermediate"], ["favorable", "intermediate", "adverse"]),
        (["yes", "no"], ["no", "yes"]),
        (["IV", "I", "III"], ["I", "III", "IV"]),
        (["Stage 2", "Stage 10", "Stage 1"], ["Stage 1", "Stage 2", "Stage 10"]),
        (["M5a", "M2", "M10", "M5"], ["M2", "M5", "M5a", "M10"]),
        (["≥ 75", "< 60", "60-74"], ["< 60", "60-74", "≥ 75"]),
        (["high", "Low", "intermediate"], ["Low", "intermediate", "high"]),
        (["pear", "Apple", "fig"], ["Apple", "fig", "pear"]),
    ],
)
def test_order_of_levels(values, expected):
    assert ordered(values) == expected


def test_status_of_one_and_two_and_of_three_values():
    given = upload(table("x.csv", {"time": [5, 6, 7], "status": [1, 2, 2], "age": [40, 51, 62]}))
    assert [v.value for v in propose(given).endpoints[0].event] == ["2"]
    given = upload(table("x.csv", {"time": [5, 6, 7], "status": [0, 1, 2], "age": [40, 51, 62]}))
    mapping = propose(given)
    cohort = build(given, mapping)
    assert cohort.outcome(cohort.definition.endpoints[0]).kind.tolist() == [0, 1, 2]
    assert cohort.definition.endpoints[0].kind == "incidence"
    assert any(f.code == "values" for f in findings(given, mapping))


def test_a_fraction_is_no_code_of_a_status():
    given = upload(table("x.csv", {"os_months": [5, 6, 7], "os_status": [0.0, 1.0, 1.0000000000000018]}))
    (endpoint,) = propose(given).endpoints
    assert [v.value for v in endpoint.event] == ["1"]
    assert endpoint.competing == ()
    assert [f.severity for f in findings(given, propose(given)) if f.code == "unknown_status"] == ["stop"]
