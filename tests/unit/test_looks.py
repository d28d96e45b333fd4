"""The looks ledger: what is distinct, in which order, and what that many looks turn up by chance."""

from datetime import UTC, datetime, timedelta

import pytest

from cohort import read_cohort
from cohort.looks import EVERY, Ledger, look
from cohort.narrative.looks import looks_records, looks_sentence, looks_table
from cohort.options import Options
from cohort.selection import Selection
from cohort.view import CohortView
from tests.support import printed

COHORT = read_cohort(printed.FOLDER)
START = datetime(2026, 1, 2, 9, 5, tzinfo=UTC)


def taken(levels=None, kind="comparison", minute=0, factors=0, tests=1, **options):
    selection = Selection.of(COHORT.definition, levels or {})
    view = CohortView(COHORT, selection, Options(**{"endpoint": "ttr_pub"} | options))
    return look(view, kind, START + timedelta(minutes=minute), factors, tests)


def ledger(*looks):
    kept = Ledger()
    for each in looks:
        kept = kept.noted(each)
    return kept


def test_a_look_is_distinct_by_endpoint_composition_grouping_and_filter():
    first = taken(by="sex")
    others = [
        taken(by="timing"),
        taken(by="sex", endpoint="os_dx"),
        taken({"eln_risk": ["adverse"]}, by="sex"),
        taken(by="sex", landmark="12"),
        taken(by="sex", treat="molecular_relapse.censored"),
        taken(factors=17, kind="forest"),
    ]
    assert len({x.query for x in (first, *others)}) == 7
    same = [taken(by="sex", minute=3, **o) for o in ({}, {"interval": "plain"}, {"axis": "full"}, {"behind": "n~all"})]
    kept = ledger(first, *others, *same)
    assert kept.looks == (first, *others)


def test_a_test_shown_later_marks_the_look_it_belongs_to():
    kept = ledger(taken(by="sex"), taken(by="timing"), taken(by="sex", kind="test", minute=9), taken(by="sex"))
    assert [x.tested for x in kept.looks] == [True, False]
    assert kept.looks[0].at == START, "the first time it was looked at"
    table = looks_table(kept)
    assert [row["Test shown"] for row in table] == ["yes", "no"]
    assert table[0] | {"Filter": ""} == {
        "Look": "1", "Time (UTC)": "09:05", "Endpoint": COHORT.definition.endpoint("ttr_pub").label, "Grouping": "Sex",
        "Filter": "", "Comparisons": "1", "Looked at": "with its test", "Test shown": "yes",
    }  # fmt: skip


def test_nothing_compared_is_no_look():
    assert taken() is None
    with pytest.raises(ValueError, match="glance"):
        taken(by="sex", kind="glance")


def test_chance_of_one_in_five():
    names = ("sex", "timing", "eln_risk", "fab_major", "mrd_flow")
    kept = ledger(*(taken(by=name) for name in names))
    assert looks_sentence(kept) == (
        "5 comparisons looked at in this session; were none of them real, the chance that at least one falls below "
        "0.05 is about 23 % (taking them as independent)."
    )
    assert looks_sentence(ledger(taken(by="sex"))) == ""


def test_a_forest_counts_every_factor():
    forest = taken(kind="forest", factors=24)
    assert forest.grouping == EVERY
    kept = ledger(forest, taken(by="sex"))
    assert kept.comparisons == 25
    assert kept.chance == pytest.approx(1 - 0.95**25)
    assert "25 comparisons looked at in this session, 24 of them the factors of 1 forest; " in looks_sentence(kept)
    many = ledger(*(taken({"eln_risk": [c]}, kind="forest", factors=60) for c in ("adverse", "intermediate")))
    assert "is more than 99 %" in looks_sentence(many)


def test_the_file_holds_full_times_and_a_link_to_each_look():
    row = looks_records(ledger(taken({"eln_risk": ["adverse"]}, by="sex")))[0]
    assert row["Time (UTC)"] == "2026-01-02T09:05:00+00:00"
    assert row["Address"] == "?endpoint=ttr_pub&eln_risk=adverse&by=sex"
    assert row["Filter"] == "ELN 2022 risk adverse"


def test_a_family_of_tests_is_a_look_of_its_own_and_counts_each():
    base = taken(by="fab_major", kind="test")
    families = [taken(by="fab_major", kind=kind, tests=n) for kind, n in (("weights", 4), ("pairs", 10))]
    definitions = taken(by="fab_major", kind="definitions", tests=5)
    kept = ledger(base, *families, definitions, *families, taken(by="fab_major"))
    assert [x.kind for x in kept.looks] == ["test", "weights", "pairs", "definitions"]
    assert kept.comparisons == 1 + 4 + 10 + 5
    assert kept.chance == pytest.approx(1 - 0.95**20)
    assert [row["Test shown"] for row in looks_table(kept)] == ["yes"] * 4
    assert [row["Looked at"] for row in looks_table(kept)][1:] == [
        "with the other weights", "every pair of groups", "with every other definition",
    ]  # fmt: skip
    assert taken(by="fab_major", kind="definitions", tests=0) is None, "no other definition gave a test"
