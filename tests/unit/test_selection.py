"""Selections: mask, words, link round trip, facet counts and aliases, against the CSV files."""

import pytest

from cohort.readers import read_cohort
from cohort.selection import Selection, aliases, facet_counts, selected
from tests.support import printed


@pytest.fixture(scope="module")
def cohort():
    return read_cohort(printed.FOLDER)


def ids(cohort, selection):
    return set(cohort.ids[selected(cohort, selection)])


def test_no_restriction_selects_everybody(cohort):
    assert len(ids(cohort, Selection())) == len(printed.patients()) == 19
    assert Selection().describe(cohort.definition) == "all patients"


def test_levels_of_one_variable_are_alternatives_and_variables_add_up(cohort):
    selection = Selection.of(cohort.definition, {"eln_risk": ["adverse", "favourable"], "timing": ["induction"]})
    expected = printed.who({"eln_risk": {"adverse", "favourable"}, "timing": {"induction"}})
    assert ids(cohort, selection) == {r["patient_id"] for r in expected}


def test_range_is_inclusive_on_both_sides(cohort):
    selection = Selection.of(cohort.definition, ranges={"age": (47, 60)})
    assert ids(cohort, selection) == {r["patient_id"] for r in printed.patients() if 47 <= float(r["age"]) <= 60}


def test_range_over_the_whole_bounds_restricts_nothing(cohort):
    bounds = cohort.definition.variable("age").bounds
    assert not Selection.of(cohort.definition, ranges={"age": bounds}).restricts


def test_cutoff_changes_who_is_positive_but_restricts_nobody_alone(cohort):
    alone = Selection.of(cohort.definition, cutoffs={"mrd_flow": "0.1"})
    assert not alone.restricts
    assert len(ids(cohort, alone)) == 19
    positive = Selection.of(cohort.definition, {"mrd_flow": ["positive"]}, cutoffs={"mrd_flow": "0.1"})
    assert ids(cohort, positive) == {r["patient_id"] for r in printed.patients() if r["mrd_flow_01"] == "positive"}
    assert "≥ 0.1 %" in positive.describe(cohort.definition)


def test_any_of_the_chosen_genes_counts(cohort):
    selection = Selection.of(cohort.definition, {"genes": ["TP53", "SMC3"]})
    assert ids(cohort, selection) == {"11", "16"}


@pytest.mark.parametrize("name", ["status", "outcome"])
def test_an_outcome_is_never_a_filter_or_a_grouping(cohort, name):
    assert name not in [v.name for v in cohort.definition.filters]
    assert name not in [v.name for v in cohort.definition.groupings]
    selection, _, owned = Selection.from_query({name: ["CR"]}, cohort.definition)
    assert not selection.restricts
    assert name not in owned


def test_unknown_level_is_refused_by_name_with_what_is_allowed(cohort):
    with pytest.raises(KeyError, match="eln_risk has no level 'poor'; allowed: favourable, intermediate, adverse"):
        Selection.of(cohort.definition, {"eln_risk": ["poor"]})


@pytest.mark.parametrize(
    ("query", "name", "value"),
    [
        ({"eln_risk": ["adverse", "bogus"]}, "eln_risk", "bogus"),
        ({"age": ["old"]}, "age", "old"),
        ({"age": ["inf", "20"]}, "age", "inf 20"),
        ({"age": ["nan", "20"]}, "age", "nan 20"),
        ({"age": ["20"]}, "age", "20"),
        ({"age": ["1", "200"]}, "age", "1 200"),
        ({"mrd_flow_cutoff": ["7"]}, "mrd_flow_cutoff", "7"),
    ],
)
def test_what_a_link_gets_wrong_is_reported_never_guessed(cohort, query, name, value):
    _, rejected, owned = Selection.from_query(query, cohort.definition)
    assert [(r.name, r.value) for r in rejected] == [(name, value)]
    assert name in owned
    assert "allowed" in rejected[0].sentence()


def test_reversed_range_in_a_link_is_read_in_order(cohort):
    selection, rejected, _ = Selection.from_query({"age": ["80", "20"]}, cohort.definition)
    assert selection.range("age") == (20, 80)
    assert not rejected


def test_facets_count_under_the_other_restrictions(cohort):
    wanted = {"eln_risk": {"adverse"}, "sex": {"female"}}
    counts = facet_counts(cohort, Selection.of(cohort.definition, wanted))
    shown = {
        v.name: {lv.code: int(c) for lv, c in zip(v.levels, counts[v.name], strict=True)}
        for v in cohort.definition.filters
        if v.kind != "number"
    }
    assert shown == printed.counts_under(wanted, shown)


def test_five_names_for_one_set_of_three_patients(cohort):
    """STATISTICS A5.4: favourable = t(8;21) = FAB M2b = AML1-ETO = the qPCR-monitored patients {5, 8, 10}."""
    selection = Selection.of(cohort.definition, {"eln_risk": ["favourable"]})
    assert ids(cohort, selection) == {"5", "8", "10"}
    found = " | ".join(aliases(cohort, selection))
    for name in ("M2b", "t(8;21)", "RUNX1::RUNX1T1", "flow and transcript"):
        assert name in found


def test_everybody_and_nobody_have_no_alias(cohort):
    assert aliases(cohort, Selection()) == ()
    assert aliases(cohort, Selection.of(cohort.definition, {"eln_risk": ["favourable"], "fab_major": ["M7"]})) == ()


def test_a_set_shared_by_chance_is_not_an_alias(cohort):
    """Adverse risk holds seven patients of both sexes: sex must not be offered."""
    found = aliases(cohort, Selection.of(cohort.definition, {"eln_risk": ["adverse"]}))
    assert not [a for a in found if a.startswith("Sex")]
