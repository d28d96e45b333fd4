"""Under the survival figure: comparison, single patients, the lost, definitions; the composer; numbers that open."""

import re
from functools import partial

import pytest

from tests.support.harness import alternative_text, open_page, part, title

page = partial(open_page, "survival")


def words(at):
    said = " ".join(e.value for kind in ("markdown", "caption", "warning") for e in at.get(kind))
    return re.sub(r"\\(.)", r"\1", said)  # as read, without the escapes that keep markup from being markup


def button(at, key):
    return next(b for b in at.button if b.key == key)


def test_no_p_value_is_shown_before_it_is_asked_for():
    at = page(endpoint=["os_dx"], by=["eln_risk"])
    assert "Events observed, and expected were the hazards equal" in words(at)
    assert "p =" not in words(at)
    button(at, "show_test").click().run()
    assert "Permutation test of the studentised log-rank statistic: p = 0.03" in words(at)
    assert not at.exception
    button(at, "hide_test").click().run()
    assert "p =" not in words(at)


def test_a_link_shows_the_test_its_author_saw():
    at = page(endpoint=["os_dx"], by=["fab_major"], against=["M7"], test=["exact"])
    assert "p = 0.053 (exact: all 19 allocations" in words(at)
    assert "smallest attainable p = 0.053" in words(at)


@pytest.mark.parametrize(
    ("panel", "said"),
    [
        ("influence", "Removing patient 9 moves the exact p from 0.034 to"),
        ("lost", "Tipping point: one lost patient having the event at last contact (patient 11)"),
        ("definitions", "Over 6 definitions the share free of the event at 24 months runs from"),
    ],
)
def test_each_panel_answers_in_a_sentence(panel, said):
    at = page(endpoint=["os_dx"], by=["mrd_flow"], panel=[panel], test=["exact"])
    assert not at.exception
    assert said in words(at)


def test_influence_leads_to_the_patient():
    at = page(endpoint=["os_dx"], by=["mrd_flow"], panel=["influence"], test=["exact"])
    button(at, "moves_9").click().run()
    assert title(at) == "Patients"
    assert "Patient 9" in " ".join(e.value for e in at.subheader)


def test_a_number_opens_its_patients_and_a_patient_their_profile():
    at = page(endpoint=["ttr_pub"], by=["eln_risk"], behind=["event~favourable"])
    labels = [b.label for b in at.button if str(b.key).startswith("behind_")]
    assert [re.sub(r"\\(.)", r"\1", label) for label in labels] == [
        "5: molecular relapse at 6 months",
        "10: molecular relapse at 16 months",
    ]
    button(at, "behind_4").click().run()
    assert "Patient 5" in " ".join(e.value for e in at.subheader)


def test_a_number_that_is_not_there_is_said():
    assert "There is no number" in words(page(behind=["risk~nobody~12"]))


def test_counts_of_the_table_of_estimates_are_numbers_that_open():
    codes = part(page(endpoint=["ttr_pub"], by=["timing"]), "table", "estimates")["codes"]
    assert codes[0][1:] == ["n~induction", "n~consolidation"]
    assert codes[1][1:] == ["event~induction", "event~consolidation"]


def test_a_composed_endpoint_says_what_it_is_in_figure_caption_and_link():
    at = page(endpoint=["ttr_pub"], treat=["molecular_relapse.competing"], landmark=["6"])
    assert not at.exception
    assert alternative_text(at, "survival_figure").startswith("Cumulative incidence curve, Morphological relapse (")
    assert "molecular relapse competes with it" in words(at)
    assert "the clock restarts there" in words(at)


def test_censoring_at_a_molecular_relapse_is_called_informative():
    at = page(endpoint=["ttr_pub"], treat=["molecular_relapse.censored"])
    assert "as if what follows it were like what follows any other leaving" in " ".join(e.label for e in at.expander)


def test_a_bounded_endpoint_is_an_envelope_in_words_and_figure():
    at = page(endpoint=["rfs_eln"])
    assert not at.exception
    assert "is between 61 and 68 %" in words(at)
    assert alternative_text(at, "survival_figure").startswith("Envelope of Kaplan–Meier curves")
    assert not [b for b in at.button if b.key == "show_test"]


def test_a_level_that_the_variable_does_not_have_is_refused():
    at = page(by=["timing"], against=["M7"])
    assert "“against = M7” is not known here" in words(at)


def test_looks_are_counted_and_said_beside_the_test():
    at = page(endpoint=["os_dx"], by=["timing"], test=["exact"])
    at.query_params["by"] = ["mrd_flow"]
    at.run()
    assert "2 comparisons looked at in this session" in words(at)
