"""The evidence page: the score, the ledger by verdict, and what is said where there is nothing to show."""

import csv
from functools import partial

import pytest

from cohort.claims import VERDICTS
from cohort.errors import CohortFolderError
from cohort.ui import evidence_panels
from tests.support import printed
from tests.support.audit import audited
from tests.support.harness import open_page, part

page = partial(open_page, "evidence")


def said(at):
    return "\n".join(e.value for kind in (at.markdown, at.caption, at.error) for e in kind).replace("\\", "")


@pytest.fixture(scope="module")
def founding():
    return page()


def test_the_score_is_that_of_the_audit(founding):
    assert not founding.exception
    expected = list(audited().values())
    assert f"##### Of {len(expected) - 1} printed claims, {expected.count('reproduces')} reproduce," in said(founding)
    choices = {c["code"]: c["n"] for c in part(founding, "claims")["choices"]}
    assert choices == {"all": len(expected), **{v: expected.count(v) for v in VERDICTS}}


def test_every_claim_is_printed_as_it_stands_in_the_file_with_verdict_in_words(founding):
    with (printed.FOLDER / "claims.csv").open(encoding="utf-8", newline="") as file:
        raw = [(r["id"], r["where"], r["claim"]) for r in csv.DictReader(file)]
    rows = part(founding, "claims")["rows"]
    assert [(r["id"], r["where"], r["claim"]) for r in rows] == raw
    assert {r["id"]: r["verdict"] for r in rows} == audited()
    assert all(r["word"].lower() == VERDICTS[r["verdict"]] for r in rows)
    assert all(r["recomputed"] and r["why"] for r in rows)


def test_a_row_opens_to_formulas_values_and_patients(founding):
    rows = {r["id"]: r for r in part(founding, "claims")["rows"]}
    groups = {g["title"]: g["lines"] for g in rows["C19"]["groups"]}
    assert list(groups) == ["Check", "As a crude count", "Would follow if"]
    assert groups["Check"] == [
        {
            "words": "Kaplan–Meier estimate of relapse-free survival at 12 months",
            "expression": "km(ttr_pub, 12)",
            "found": "88.0\u00a0%",
            "wanted": "= 73.7\u00a0%",
            "said": "does not hold",
        }
    ]
    assert {line["said"] for line in groups["Would follow if"]} == {"holds"}
    relapsed = [i for i, (t, e, _) in printed.outcomes("ttr_pub").items() if e and t <= 12]
    behind = {c["expression"]: c["ids"] for c in rows["C19"]["counted"]}
    assert behind["events_by(ttr_pub, 12)"] == relapsed
    assert rows["C08"]["lacks"] == ["count(flt3_itd = positive) = n()"]
    assert not rows["C19"]["lacks"]


@pytest.mark.parametrize("verdict", VERDICTS)
def test_a_link_narrows_the_ledger_to_a_verdict(verdict):
    at = page(verdict=[verdict])
    data = part(at, "claims")
    assert [r["id"] for r in data["rows"]] == [i for i, v in audited().items() if v == verdict]
    assert data["chosen"] == verdict
    assert len(audited()) - 1 == int(said(at).split("Of ")[1].split()[0]), "the score stays that of all claims"


def test_the_ledger_ignores_the_selection_and_says_so(founding):
    at = page(eln_risk=["adverse"])
    assert part(at, "claims")["rows"] == part(founding, "claims")["rows"]
    assert "The filter does not apply here: the claims speak of all 19 patients." in said(at)
    assert "The filter does not apply" not in said(founding)


def test_nobody_selected_leaves_the_ledger_as_it_is():
    at = page(eln_risk=["favourable"], fab_major=["M7"])
    assert not at.exception
    assert len(part(at, "claims")["rows"]) == len(audited())


def test_an_unknown_verdict_in_a_link_is_said_and_not_guessed():
    at = page(verdict=["proven"])
    assert part(at, "claims")["chosen"] == "all"
    assert "proven" in "\n".join(w.value for w in at.warning).replace("\\", "")


def test_a_cohort_without_claims_gets_a_sentence_and_a_template():
    at = page(cohort=["synthetic-maintenance"])
    assert not at.exception
    assert "This cohort ships no claims" in said(at)
    assert [b.proto.label for b in at.get("download_button")] == ["Template for claims (CSV)"]


def test_no_file_is_made_before_it_is_asked_for(founding):
    assert not founding.get("download_button")


def test_claims_that_cannot_be_read_are_one_sentence_and_text_of_the_file_is_never_markup(monkeypatch):
    def refuse(cohort):
        raise CohortFolderError("claim **C01**: no function has this name.", file="claims.csv", row=1, column="check")

    monkeypatch.setattr(evidence_panels, "assess", refuse)
    at = page()
    assert not at.exception
    (shown,) = [e.value for e in at.error]
    assert shown.startswith("The claims of this cohort cannot be read.")
    assert "\\*\\*C01\\*\\*" in shown


def test_verdicts_from_the_browser_are_checked_before_they_reach_the_view(monkeypatch):
    asked = []
    monkeypatch.setattr(evidence_panels.state, "set_option", lambda name, value: asked.append((name, value)))
    for value in ("differs", "all", "proven", "' or 1"):
        evidence_panels._narrow(value)
    assert asked == [("verdict", "differs"), ("verdict", "all")]
