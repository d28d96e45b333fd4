"""The synthetic cohort: the committed files are the generator's, hold together, and say that they are synthetic."""

import csv
import re
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from cohort.readers import read_cohort

FOLDER = Path(__file__).parents[2] / "data" / "synthetic-maintenance"
DICTIONARY = tomllib.loads((FOLDER / "cohort.toml").read_text(encoding="utf-8"))
# CTCAE v5.0: the grades that exist for a term, where fewer than 1 to 5
GRADES = {
    "Fatigue": {1, 2, 3}, "Nausea": {1, 2, 3}, "Myalgia": {1, 2, 3}, "Palmar-plantar erythrodysaesthesia": {1, 2, 3},
    "Rash maculo-papular": {1, 2, 3}, "Alanine aminotransferase increased": {1, 2, 3, 4},
    "Neutrophil count decreased": {1, 2, 3, 4}, "Platelet count decreased": {1, 2, 3, 4},
    "Lung infection": {2, 3, 4, 5}, "Sepsis": {3, 4, 5},
}  # fmt: skip


def rows(name):
    with (FOLDER / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


PATIENTS = {r["patient_id"]: r for r in rows("patients.csv")}
ENDPOINTS = {(r["patient_id"], r["endpoint"]): r for r in rows("endpoints.csv")}
EVENTS = rows("ae_events.csv")


def time(patient, endpoint):
    return float(ENDPOINTS[patient, endpoint]["time_lo"])


def test_generating_again_gives_the_same_bytes(tmp_path):
    subprocess.run([sys.executable, FOLDER / "generate.py", "--out", tmp_path], check=True, timeout=60)
    written = sorted(p.name for p in tmp_path.iterdir())
    assert written == sorted(DICTIONARY["files"].values())
    for name in written:
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes(), name


def test_the_folder_reads_with_gaps_as_a_level_of_their_own():
    cohort = read_cohort(FOLDER)
    assert cohort.n == 320
    assert cohort.definition.kind == "synthetic"
    assert [e.code for e in cohort.definition.selectable_endpoints] == ["os", "rfs", "cir", "nrm"]
    assert cohort.definition.variable("mrd_flow").levels[-1].code == "not_reported"
    assert "safety" not in {v.name for v in cohort.definition.filters}


def test_every_patient_has_both_endpoints_and_no_other_id_occurs():
    assert set(ENDPOINTS) == {(i, e) for i in PATIENTS for e in ("os", "rfs")}
    assert {e["patient_id"] for e in EVENTS} <= set(PATIENTS)


def test_times_are_possible():
    for i in PATIENTS:
        assert 0 <= time(i, "rfs") <= time(i, "os")
        survival, relapse = ENDPOINTS[i, "os"], ENDPOINTS[i, "rfs"]
        for row in (survival, relapse):
            assert row["time_lo"] == row["time_hi"]
            assert (row["event"] == "") == (row["reason"] in ("alive", "lost"))
        if relapse["event"] == "death":
            assert (survival["event"], survival["time_lo"]) == ("death", relapse["time_lo"])
        if not relapse["event"]:
            assert (survival["event"], survival["reason"], survival["time_lo"]) == (
                "", relapse["reason"], relapse["time_lo"],
            )  # fmt: skip


def test_both_events_and_both_reasons_occur_in_each_arm():
    seen = Counter(
        (PATIENTS[i]["treatment"], r["event"] or r["reason"]) for (i, e), r in ENDPOINTS.items() if e == "rfs"
    )
    assert {key for key, n in seen.items() if n >= 5} == {
        (arm, what) for arm in ("arm_a", "arm_b") for what in ("relapse", "death", "alive", "lost")
    }


def test_some_values_are_not_reported_and_some_patients_have_no_adverse_event():
    missing = {v: sum(r[v] == "" for r in PATIENTS.values()) for v in ("mrd_flow", "eln_risk", "fab_major", "wbc")}
    assert all(n > 0 for n in missing.values())
    treated = {i for i, r in PATIENTS.items() if r["safety"] == "yes"}
    with_events = {e["patient_id"] for e in EVENTS}
    assert with_events < treated < set(PATIENTS)


def test_patients_lost_to_follow_up_are_marked_as_lost():
    marked = {r["code"] for r in DICTIONARY["reasons"] if r.get("lost")}
    assert marked == {"lost"}
    assert any(row["reason"] in marked for row in ENDPOINTS.values())


def test_adverse_events_are_graded_as_the_scale_allows():
    assert DICTIONARY["adverse_events"]["scale"] == "CTCAE v5.0"
    assert len({e["term"] for e in EVENTS}) == 15
    for e in EVENTS:
        assert int(e["grade"]) in GRADES.get(e["term"], {1, 2, 3, 4, 5}), e
        assert e["serious"] in ("yes", "no")
        assert e["related"] in ("yes", "no", "")
    assert {e["grade"] for e in EVENTS} == set("12345")
    assert all(e["serious"] == "yes" for e in EVENTS if e["grade"] in ("4", "5"))


def test_a_patient_can_have_a_term_twice_so_that_counting_rows_is_not_counting_patients():
    episodes = Counter((e["patient_id"], e["term"]) for e in EVENTS)
    assert max(episodes.values()) == 2


def test_no_adverse_event_after_the_end_of_follow_up_and_grade_5_is_the_death():
    for e in EVENTS:
        assert 0 <= float(e["onset_month"]) <= time(e["patient_id"], "os")
        if e["grade"] == "5":
            assert float(e["onset_month"]) == time(e["patient_id"], "os")
            assert ENDPOINTS[e["patient_id"], "os"]["event"] == "death"


def texts(node):
    """Every sentence a reader of the dictionary may be shown."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("definition", "summary", "text", "note", "title", "population", "changes"):
                yield value
            elif not isinstance(value, str):
                yield from texts(value)
    elif isinstance(node, list):
        for item in node:
            yield from texts(item)


def test_every_text_of_the_dictionary_says_synthetic():
    found = list(texts(DICTIONARY))
    assert len(found) > 15
    for text in found:
        assert "synthetic" in text.casefold(), text
    for endpoint in DICTIONARY["endpoints"]:
        assert all("(synthetic" in endpoint[k] for k in ("label", "short", "origin_label", "event_label", "free_label"))


@pytest.mark.parametrize("paragraph", re.split(r"\n\s*\n|\n(?=- )", (FOLDER / "README.md").read_text(encoding="utf-8")))
def test_every_paragraph_of_the_readme_says_synthetic(paragraph):
    assert "synthetic" in paragraph.casefold()
