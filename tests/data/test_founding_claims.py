"""The founding paper's claims, run as tests: every verdict, every sentence, and what a corrected cell changes."""

import csv
import re
import shutil
from collections import Counter

import pytest

from cohort import read_cohort
from cohort.claims import assess, eln2022
from cohort.narrative.evidence import evidence_sentence, evidence_why
from tests.support import printed
from tests.support.audit import audited

FOUND = {a.claim.id: a for a in assess(read_cohort(printed.FOLDER))}


def raw():
    with (printed.FOLDER / "claims.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# ---- as published ----------------------------------------------------------------------------------------------------
def test_every_verdict_is_that_of_the_audit():
    assert {i: a.verdict for i, a in FOUND.items()} == audited()
    assert Counter(audited().values()) == {
        "reproduces": 17, "unchecked": 11, "contradicted": 4, "crude": 2, "differs": 2, "omitted": 1,
    }  # fmt: skip
    assert evidence_sentence(tuple(FOUND.values())) == (
        "Of 36 printed claims, 17 reproduce, 2 reproduce only as crude counts, 2 do not reproduce, 4 are contradicted "
        "by the tables and 11 cannot be checked; the text omits 1 fact that the tables hold."
    )


@pytest.mark.parametrize("claim", FOUND.values(), ids=FOUND)
def test_every_sentence_is_filled_and_neutral(claim):
    for text in (evidence_why(claim), claim.recomputed, claim.follows_if):
        assert not re.search(r"[{}]|\b(NaN|nan|None|null|inf)\b", text), text
        assert not re.search(r"\b(error|wrong|mistake|incorrect|flaw|benefit)", text, re.IGNORECASE), text
    assert claim.sentence.endswith(".")


def test_no_result_stands_in_a_sentence():
    """Outside placeholders only names with digits, thresholds, months and levels of confidence are left."""
    names = (r"\b(M[1-7][ab]?|TP53|NPM1|FLT3|C\d\d|Table \d)\b", r"t\(8;21\)", "×10⁹/L", "patient 9", "95 %",
             r"0\.01 %", r"0\.1 %", "50 (?=×)", "60 years", "(12|24) months", "exactly 5 %", "uses 5 %")  # fmt: skip
    for row in raw():
        for column in ("recomputed", "sentence", "follows_if"):
            static = re.sub("|".join(names), "", re.sub(r"\{[^{}]*\}", "", row[column]))
            assert not re.search(r"\d", static), (row["id"], static)


@pytest.mark.parametrize(
    ("claim", "numbers"),
    [  # from the audit (STATISTICS A1), which was computed in R and lifelines
        ("C11", ["11 of 15", "73.3 %", "44.9–92.2 %", "13 and 17", "(8)"]),
        ("C12", ["0.06 (7), 8.85 (9), 0.1 (13) and 2.53 (17)", "3 by flow at 0.1", "5 if", "7 if"]),
        ("C14", ["14, 17 and 18", "1 (14), 1 (17) and 4 (18)", "43–55", "4–15"]),
        ("C15", ["81.0 %", "6, 9 and 17"]),
        ("C16", ["100.0 %", "82.4–100.0 %", "19 of 19"]),
        ("C17", ["94.4 %", "71.1–99.9 %", "18 of 19", "7 and 11", "16 of 19"]),
        ("C18", ["57.7 %", "16–not reached"]),
        ("C19", ["88.0 %", "60.4–98.6 %", "17 of 19", "12 of 19", "63.2–89.5 %", "would follow if the 3 patients"]),
        ("C20", ["66.0 %", "36.6–88.1 %", "14 of 19", "9 of 19", "47.4–73.7 %", "would follow if the 3 patients"]),
        ("C21", ["54 months", "46–69", "60 (24–133)", "gives 46"]),
        ("C27", ["4 of 19", "21.1 %", "5, 7, 10 and 11", "3 of them", "3 of the 15"]),
        ("A01", ["17 of 19", "66.9–98.7 %", "60.4–96.6 %", "0.1–26.0 %"]),
        ("A04", ["6 of 19", "12.6–56.6 %"]),
        ("A05", ["not reported"]),
        ("A06", ["0 of 19", "0.0–17.6 %", "6, 9 and 17"]),
    ],
)
def test_recomputed_numbers_are_those_of_the_audit(claim, numbers):
    text = f"{FOUND[claim].recomputed} {evidence_why(FOUND[claim])}"
    for number in numbers:
        assert number in text


def test_only_the_two_relapse_free_rates_would_follow_from_an_assumption():
    assert [i for i, a in FOUND.items() if a.would_follow] == ["C19", "C20"]


def test_the_eln_rule_gives_the_published_class_for_all():
    rows = printed.patients()
    derived = [eln2022(r["karyotype"], r["fusion"], {*r["genes"].split(";"), "FLT3-ITD"}) for r in rows]
    assert derived == [r["eln_risk"] for r in rows]


def test_patients_behind_a_count_are_those_of_the_csv():
    behind = {c.expression: list(c.ids) for c in FOUND["C12"].counted}
    assert behind["count(mrd_flow_001 = positive)"] == [
        r["patient_id"] for r in printed.patients() if r["mrd_flow_001"] == "positive"
    ]


def test_the_order_of_rows_changes_no_verdict_and_no_number(tmp_path):
    folder = shutil.copytree(printed.FOLDER, tmp_path / "cohort")
    for name in ("patients.csv", "endpoints.csv", "mrd.csv", "ae_aggregate.csv"):
        head, *lines = (folder / name).read_text(encoding="utf-8").splitlines()
        (folder / name).write_text("\n".join([head, *reversed(lines)]) + "\n", encoding="utf-8")
    for after in assess(read_cohort(folder)):
        before = FOUND[after.claim.id]
        assert after.verdict == before.verdict
        assert (after.check, after.crude, after.follows) == (before.check, before.crude, before.follows)
        assert sorted(after.sentence) == sorted(before.sentence), "patients are listed in the order of the table"


# ---- after one cell is changed ---------------------------------------------------------------------------------------
def assessed_after(tmp_path, *changes):
    """Assess a copy of the folder in which cells were changed: (file, {column: value} of the row, column, new)."""
    folder = shutil.copytree(printed.FOLDER, tmp_path / "cohort")
    for file, key, column, new in changes:
        with (folder / file).open(encoding="utf-8", newline="") as handle:
            rows = list(csv.DictReader(handle))
        (row,) = [r for r in rows if all(r[k] == v for k, v in key.items())]
        assert row[column] != new
        row[column] = new
        with (folder / file).open("w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    return {a.claim.id: a for a in assess(read_cohort(folder))}


def patient(number, column, new):
    return "patients.csv", {"patient_id": str(number)}, column, new


def clock(number, endpoint, column, new):
    return "endpoints.csv", {"patient_id": str(number), "endpoint": endpoint}, column, new


FLIPS = {
    "a man is a woman": ([patient(1, "sex", "female")], {"C01": "differs"}),
    "an age beyond the median": ([patient(1, "age", "80")], {"C02": "differs"}),
    "the median white cell count": ([patient(4, "wbc", "33")], {"C03": "differs"}),
    "the one M7": ([patient(9, "fab_major", "M1")], {"C04": "differs"}),
    "a risk class": ([patient(5, "eln_risk", "intermediate")], {"C05": "differs"}),
    "a gene the class rests on": ([patient(11, "genes", "NPM1;IDH2;DNMT3A")], {"C05": "differs"}),
    "a gene it does not rest on": ([patient(16, "genes", "NPM1;DNMT3A")], {}),
    "the timing of sorafenib": ([patient(2, "timing", "induction")], {"C06": "differs"}),
    "a status": ([patient(1, "status", "molecular_relapse")], {"C10": "differs"}),
    "an MRD call": ([patient(7, "mrd_flow_001", "negative")], {"C12": "differs"}),
    "the longest follow-up": ([clock(3, "os_dx", "time_lo", "140"), clock(3, "os_dx", "time_hi", "140")],
                              {"C21": "differs", "C26": "contradicted"}),
    "the shortest follow-up": ([clock(11, "os_dx", "time_lo", "12"), clock(11, "os_dx", "time_hi", "12")],
                               {"C21": "differs"}),
    "a death before 24 months": ([clock(9, "os_dx", "event", ""), clock(9, "os_dx", "reason", "alive")],
                                 {"C15": "differs", "C17": "differs"}),
    "a relapse": ([clock(2, "ttr_pub", "event", ""), clock(2, "ttr_pub", "reason", "alive")], {"C18": "differs"}),
    "relapse-free beyond overall survival": (
        [clock(1, "ttr_pub", "time_lo", "90"), clock(1, "ttr_pub", "time_hi", "90")], {"C25": "contradicted"}),
    "those lost to follow-up": ([patient(i, "outcome", "alive") for i in (5, 7, 10, 11)], {"C27": "reproduces"}),
    "those of favourable risk": ([patient(i, "eln_risk", "intermediate") for i in (5, 8, 10)],
                                 {"C05": "differs", "C29": "reproduces"}),
    "a count of fever": ([("ae_aggregate.csv", {"term": "Fever", "grade_band": "any"}, "k", "16")], {"A01": "differs"}),
    "a count of rhinorrhoea": (
        [("ae_aggregate.csv", {"term": "Rhinorrhoea", "grade_band": "I-II"}, "k", "8")], {"A02": "differs"}),
    "a count that is no longer reported": (
        [("ae_aggregate.csv", {"term": "Myalgia", "grade_band": "any"}, "k", "")], {"A04": "unchecked"}),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "flipped"), FLIPS.values(), ids=FLIPS)
def test_a_changed_cell_flips_what_rests_on_it_and_nothing_else(tmp_path, changes, flipped):
    after = assessed_after(tmp_path, *changes)
    assert {i: a.verdict for i, a in after.items() if a.verdict != FOUND[i].verdict} == flipped


def test_an_assumption_that_no_longer_yields_the_printed_figure_is_not_offered(tmp_path):
    times = [clock(2, "ttr_pub", c, "12") for c in ("time_lo", "time_hi")]
    after = assessed_after(tmp_path, *times)
    assert not after["C19"].would_follow
    assert after["C20"].would_follow
    assert "3 relapsed by 12 months" in after["C19"].sentence


def test_a_column_that_was_lacking_makes_its_claims_checkable(tmp_path):
    """Invented values: they show only that the check is evaluated once the cohort has the column."""
    folder = shutil.copytree(printed.FOLDER, tmp_path / "cohort")
    text = (folder / "cohort.toml").read_text(encoding="utf-8")
    variables = """
[[variables]]
name = "hsct"
label = "Transplant"
kind = "category"
role = "process"
levels = [{ code = "no", label = "no" }, { code = "yes", label = "yes" }]

[[variables]]
name = "hsct_cycle"
label = "Cycles before transplant"
kind = "number"
role = "process"
bounds = [0, 50]

[[reasons]]
"""
    (folder / "cohort.toml").write_text(text.replace("\n[[reasons]]\n", variables, 1), encoding="utf-8")
    with (folder / "patients.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    cycles = {"14": "1", "17": "1", "18": "4"}
    for third, verdict in (("18", "reproduces"), ("1", "differs")):
        for row in rows:
            mine = row["patient_id"] in ("14", "17", third)
            row["hsct"], row["hsct_cycle"] = "yes" if mine else "no", cycles.get(row["patient_id"], "9") if mine else ""
        with (folder / "patients.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        found = {a.claim.id: a for a in assess(read_cohort(folder))}
        assert found["C14"].verdict == verdict
        assert {i for i, a in found.items() if a.verdict != FOUND[i].verdict} == {"C14"}
        assert "Not in the tables" not in evidence_why(found["C14"])
