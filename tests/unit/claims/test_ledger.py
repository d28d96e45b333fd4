"""Verdicts on claims written for the test, and what is said of claims that cannot be read."""

import csv
import io
import shutil

import pyarrow as pa
import pytest

from cohort import read_cohort
from cohort.claims import COLUMNS, VERDICTS, assess
from cohort.errors import CohortFolderError
from cohort.exports.table import csv_bytes
from cohort.narrative.evidence import (
    evidence_choices,
    evidence_sentence,
    evidence_why,
    ledger_records,
    template_records,
)
from cohort.options import VERDICTS as LINKED
from cohort.readers.columns import TABLES
from cohort.tables import Cohort
from tests.support import printed

FOUNDING = read_cohort(printed.FOLDER)
SYNTHETIC = printed.FOLDER.parent / "synthetic-maintenance"
MEN = sum(r["sex"] == "male" for r in printed.patients())


def cohort_with(*claims):
    """The founding patients with these claims instead of the paper's."""
    rows = [{"id": f"T{i}", "kind": "value", "claim": "a claim", "sentence": "Said."} | c for i, c in enumerate(claims)]
    table = pa.table({name: pa.array([r.get(name) or None for r in rows], pa.string()) for name in COLUMNS})
    return Cohort(FOUNDING.definition, {**FOUNDING.tables, "claims": table}, "test")


def assessed(**claim):
    return assess(cohort_with(claim))[0]


def test_vocabulary_and_columns_are_those_of_links_and_files():
    assert tuple(VERDICTS) == LINKED
    assert tuple(COLUMNS) == tuple(TABLES["claims"])


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ({"check": "n() = 19"}, "reproduces"),
        ({"check": "n() = 19; n() = 18"}, "differs"),
        ({"check": "n() = 18", "crude": "n() = 19"}, "crude"),
        ({"check": "n() = 18", "crude": "n() = 19; n() = 17"}, "differs"),
        ({"check": "n() = 18", "kind": "statement"}, "contradicted"),
        ({"check": "n() = 19", "kind": "statement"}, "reproduces"),
        ({"check": "n() = 18", "kind": "statement", "crude": "n() = 19"}, "crude"),
        ({"check": "n() = 19", "needs": "hsct: who was transplanted"}, "unchecked"),
        ({"check": "count(hsct=yes) = 3", "needs": "hsct: who was transplanted"}, "unchecked"),
        ({"check": "n() = 19", "needs": "sex: the sex; mrd: the MRD table; os_dx.time: a time"}, "reproduces"),
        ({"check": "ae('Rhinorrhoea', IV) = 0"}, "unchecked"),
        ({"check": "ae('Rhinorrhoea', IV) = 0; n() = 18"}, "differs"),
        ({"check": "ae('Rhinorrhoea', IV) = 0; n() = 19"}, "unchecked"),
        ({"check": "count(sex=male) > 0", "kind": "omission"}, "omitted"),
        ({"check": "count(age>200) > 0", "kind": "omission"}, "reproduces"),
        ({"check": "ae('Rhinorrhoea', IV) > 0", "kind": "omission"}, "unchecked"),
    ],
)
def test_verdict(claim, verdict):
    assert assessed(**claim).verdict == verdict


def test_sentences_are_filled_and_say_what_is_lacking_and_what_would_follow():
    found = assessed(
        check="n() = 1", needs="hsct: who was transplanted", sentence="{count(sex=male)} of {n()} are men."
    )
    assert evidence_why(found) == f"Not in the tables: who was transplanted. {MEN} of 19 are men."
    claim = {"check": "n() = 18", "follows": "n() - 1 = 18", "follows_if": "{count(fab_major=M7)} patient was left out"}
    assert evidence_why(assessed(**claim)) == "Said. The printed figure would follow if 1 patient was left out."
    assert not assessed(**claim | {"follows": "n() - 2 = 18"}).would_follow
    assert not assessed(**claim | {"check": "n() = 19"}).would_follow, "what reproduces needs no assumption"
    absent = assessed(check="ae('Rhinorrhoea', IV) = 0")
    assert evidence_why(absent) == "No value to compare: patients with rhinorrhoea of grade IV. Said."


def test_score_counts_every_verdict_and_the_printed_claims():
    claims = [{"check": "n() = 19"}, {"check": "n() = 19"}, {"check": "n() = 18"},
              {"check": "n() > 1", "kind": "omission"}]  # fmt: skip
    found = assess(cohort_with(*claims))
    assert evidence_sentence(found) == (
        "Of 3 printed claims, 2 reproduce and 1 does not reproduce; the text omits 1 fact that the tables hold."
    )
    assert [(code, n) for code, _, n in evidence_choices(found)] == [
        ("all", 4), ("reproduces", 2), ("crude", 0), ("differs", 1), ("contradicted", 0), ("unchecked", 0),
        ("omitted", 1),
    ]  # fmt: skip
    assert evidence_sentence(found[:1]) == "Of 1 printed claim, 1 reproduces."
    assert evidence_sentence(found[3:]) == "The text omits 1 fact that the tables hold."
    assert evidence_sentence(()).startswith("This cohort ships no claims")


def test_a_remark_is_not_read_and_a_cohort_without_claims_has_none():
    found = assess(cohort_with({"id": "# remark", "check": "(("}, {"check": "n() = 19"}))
    assert [a.claim.id for a in found] == ["T1"]
    tables = {name: t for name, t in FOUNDING.tables.items() if name != "claims"}
    assert assess(Cohort(FOUNDING.definition, tables, "test")) == ()


MALFORMED = {
    "unknown function": ({"check": "number() = 1"}, "check", "no function has this name"),
    "unknown column": ({"check": "count(gender=male) = 1"}, "check", "'gender'"),
    "a code mistyped": ({"crude": "count(sex=man) = 1"}, "crude", "female, male"),
    "a bracket missing": ({"follows": "n( = 1", "follows_if": "x"}, "follows", "is missing"),
    "no comparison": ({"check": "n()"}, "check", "a comparison is needed"),
    "a brace missing": ({"sentence": "There are {n() patients."}, "sentence", "a brace without its other half"),
    "not printable": ({"recomputed": "{age}"}, "recomputed", "one value a patient"),
    "nothing in braces": ({"sentence": "There are {} patients."}, "sentence", "is missing"),
    "kind": ({"kind": "number"}, "kind", "value, statement, omission"),
    "nothing to check": ({"check": ""}, "check", "not empty"),
    "no sentence": ({"sentence": ""}, "sentence", "not empty"),
    "an assumption without words": ({"follows": "n() = 19"}, "follows_if", "what is assumed"),
    "a need without words": ({"needs": "hsct"}, "needs", "a name and what it is"),
    "an id twice": ({"id": "T0"}, "id", "each id once"),
}  # fmt: skip


@pytest.mark.parametrize(("claim", "column", "said"), MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_claim_is_one_sentence_that_says_where(claim, column, said):
    good = {"check": "n() = 19"}
    with pytest.raises(CohortFolderError) as refused:
        assess(cohort_with(good, good | {"id": "T1"} | claim))
    text = str(refused.value)
    assert text.startswith(f"claims.csv, row 2, column '{column}': claim {claim.get('id', 'T1')}: ")
    assert said in text
    assert "docs/claims.md" in text


def test_the_template_is_a_claims_file_that_reads_and_reproduces(tmp_path):
    folder = shutil.copytree(SYNTHETIC, tmp_path / "cohort")
    toml = folder / "cohort.toml"
    text = toml.read_text(encoding="utf-8")
    toml.write_text(text.replace("[files]\n", '[files]\nclaims = "claims.csv"\n'), encoding="utf-8")
    (folder / "claims.csv").write_bytes(csv_bytes(template_records(read_cohort(SYNTHETIC))))
    found = assess(read_cohort(folder))
    assert [a.verdict for a in found] == ["reproduces", "reproduces"]
    assert found[0].recomputed == "320 patients"


def test_the_ledger_as_a_file_has_every_claim_and_nothing_a_spreadsheet_would_run():
    cohort = cohort_with({"check": "n() = 18", "claim": "=SUM(A1)"}, {"check": "n() = 19", "reply": "We agree."})
    rows = list(csv.DictReader(io.StringIO(csv_bytes(ledger_records(assess(cohort))).decode("utf-8-sig"))))
    assert [r["verdict"] for r in rows] == ["does not reproduce", "reproduces"]
    assert rows[0]["claim"] == "'=SUM(A1)"
    assert rows[0]["checks"] == "n() = 19 (asked: = 18)"
    assert rows[1]["reply"] == "We agree."
