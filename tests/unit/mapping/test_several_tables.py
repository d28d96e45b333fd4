"""cBioPortal's patient and sample files, REDCap's longitudinal exports, and dates instead of times."""

import datetime
from dataclasses import replace

import numpy as np
import pytest

from cohort.mapping import MappingError, build, findings, propose
from cohort.provenance import sources
from tests.support.uploads import cbioportal, redcap, table, upload

DAY = datetime.date


def test_every_prefix_is_an_endpoint():
    given = cbioportal()
    cohort = build(given, propose(given))
    patient = given.table("data_clinical_patient.txt")
    for code, prefix in (("os", "OS"), ("dfs", "DFS")):
        time = patient.column(f"{prefix}_MONTHS").values.to_pylist()
        status = patient.column(f"{prefix}_STATUS").values.to_pylist()
        outcome = cohort.outcome(cohort.definition.endpoint(code))
        for i, (t, s) in enumerate(zip(time, status, strict=True)):
            assert np.isnan(outcome.time[i]) == (t is None or s is None)
            if t is not None and s is not None:
                assert outcome.time[i] == t
                assert outcome.kind[i] == int(s[0])
    assert cohort.definition.events["death"] == "DECEASED"
    assert cohort.definition.variable("age").label == "Diagnosis Age"


def test_first_sample_of_a_patient_counts_and_is_said():
    given = cbioportal()
    mapping = propose(given)
    cohort = build(given, mapping)
    assert cohort.n == 6
    assert cohort.patients["tmb_nonsynonymous"].to_pylist()[0] == 0.3
    assert cohort.patients["sample_type"].to_pylist()[0] == "Primary"
    several = next(f for f in findings(given, mapping) if f.code == "several")
    assert several.table == "data_clinical_sample.txt"
    assert "1 patient with several rows" in several.sentence


def test_longitudinal_rows_are_brought_together_and_boxes_are_a_set():
    given = redcap()
    mapping = propose(given)
    cohort = build(given, mapping)
    assert cohort.ids.tolist() == ["1", "2", "3", "4"]
    assert cohort.patients["drug"].to_pylist() == [["Sorafenib", "Azacitidine"], ["Azacitidine"], ["none_ticked"], []]
    variable = cohort.definition.variable("eln")
    assert [lv.label for lv in variable.levels] == ["favourable", "intermediate", "adverse"]
    assert cohort.patients["eln"].to_pylist() == ["adverse", "favourable", "intermediate", "favourable"]
    assert {c.column for c in mapping.columns if c.private} == {"first_name", "email", "dob"}
    days = [(DAY(2021, 1, 1) - DAY(2020, 1, 1)).days, (DAY(2022, 2, 1) - DAY(2020, 2, 1)).days]
    outcome = cohort.outcome(cohort.definition.endpoint("os"))
    assert outcome.time[:2] == pytest.approx([d / 30.4375 for d in days])
    assert outcome.kind.tolist() == [1, 0, 1, 0]
    assert cohort.definition.endpoint("os").origin == "diagnosis"


def dated(**changed):
    columns = {
        "patient_id": ["a", "b", "c", "d", "e"],
        "diagnosis_date": [DAY(2020, 1, 1)] * 5,
        "relapse_date": [DAY(2020, 7, 1), None, None, DAY(2020, 3, 1), None],
        "death_date": [DAY(2021, 1, 1), DAY(2020, 12, 1), None, None, None],
        "last_contact_date": [DAY(2021, 1, 1), DAY(2020, 12, 1), DAY(2022, 1, 1), DAY(2021, 5, 5), None],
    }
    return upload(table("dates.csv", columns | changed))


def test_dates_become_times_by_the_stated_rule():
    cohort = build(dated(), propose(dated()))
    expected = {
        "os": ([366, 335, 731, 490], [1, 1, 0, 0]),
        "rfs": ([182, 335, 731, 60], [1, 1, 0, 1]),
        "cir": ([182, 335, 731, 60], [1, 2, 0, 1]),
    }
    for code, (days, kind) in expected.items():
        outcome = cohort.outcome(cohort.definition.endpoint(code))
        assert outcome.time[:4] == pytest.approx([d / 30.4375 for d in days]), code
        assert outcome.kind[:4].tolist() == kind, code
        assert np.isnan(outcome.time[4])
    assert cohort.definition.endpoint("cir").kind == "incidence"
    told = [c for c in sources(cohort, "a") if c.variable == "os.time_lo"]
    assert [(c.column, c.raw) for c in told] == [("death_date", "2021-01-01"), ("diagnosis_date", "2020-01-01")]
    assert cohort.outcome(cohort.definition.endpoint("rfs")).event.tolist()[:4] == ["relapse", "death", "", "relapse"]


def test_a_status_says_what_the_last_contact_was():
    columns = {"death_date": [None] * 5, "relapse_date": [None] * 5, "vital_status": ["dead", "alive"] * 2 + ["alive"]}
    given = dated(**columns)
    cohort = build(given, propose(given))
    outcome = cohort.outcome(cohort.definition.endpoint("os"))
    assert outcome.kind[:4].tolist() == [1, 0, 1, 0]
    assert outcome.time[0] == pytest.approx(366 / 30.4375)


def test_impossible_dates_are_found():
    given = dated(
        diagnosis_date=[DAY(2020, 1, 1)] * 4 + [DAY(2023, 1, 1)],
        last_contact_date=[DAY(2021, 6, 1), DAY(2020, 12, 1), DAY(2022, 1, 1), DAY(2021, 5, 5), DAY(2022, 1, 1)],
    )
    mapping = propose(given)
    found = {f.code: f for f in findings(given, mapping)}
    assert found["after_death"].rows == (2,)
    assert found["negative"].rows == (6,)
    assert found["negative"].seen == ("2022-01-01",)
    with pytest.raises(MappingError, match=r"row 6.*negative"):
        build(given, mapping)
    cohort = build(given, mapping, {f.repair.code for f in findings(given, mapping) if f.code == "negative"})
    assert np.isnan(cohort.outcome(cohort.definition.endpoint("os")).time[4])
    assert cohort.outcome(cohort.definition.endpoint("os")).time[0] == pytest.approx(366 / 30.4375)


def test_tables_of_other_people_are_left_out_and_said():
    given = upload(
        dated().tables[0],
        table("staff.csv", {"patient_id": ["x", "y"], "ward": ["north", "south"]}),
    )
    mapping = propose(given)
    assert [u.table for u in mapping.tables] == ["dates.csv"]
    assert any(f.code == "left_out" and f.table == "staff.csv" for f in findings(given, mapping))
    loose = replace(mapping, columns=(*mapping.columns, replace(mapping.columns[0], table="staff.csv", role="filter")))
    with pytest.raises(MappingError, match=r"staff\.csv"):
        build(given, loose)
