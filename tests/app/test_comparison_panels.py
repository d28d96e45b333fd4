"""What is clicked in the comparison: a test is asked for anew for another comparison, and every test is counted."""

import re
from functools import partial

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.harness import open_page, title

COHORT = "flt3-itd-sorafenib-iti"

page = partial(open_page, "survival")


def words(at):
    said = " ".join(e.value for kind in ("markdown", "caption", "warning") for e in at.get(kind))
    return re.sub(r"\\(.)", r"\1", said)


def button(at, key):
    return next(b for b in at.button if b.key == key)


def call(at, name, *args, **values):
    """The options after a callback of the page, in a script of its own with this page's session."""

    def clicked(name, args, values):
        from cohort.ui import state

        getattr(state, name)(*args, **values)

    run = AppTest.from_function(clicked, kwargs={"name": name, "args": args, "values": values})
    for key in ("cohort_id", "options", "selection", "rejected", "revision"):
        run.session_state[key] = at.session_state[key]
    run.run()
    assert not run.exception
    return run.session_state["options"]


CHANGES = [
    {"by": "timing"},
    {"against": "adverse"},
    {"endpoint": "ttr_pub"},
    {"treat": "stopped_early.competing"},
    {"landmark": "12"},
    {"deaths": "counted"},
]


@pytest.fixture(scope="module")
def tested():
    at = page(endpoint=["os_dx"], by=["eln_risk"], test=["exact"])
    assert at.session_state["options"].test == "exact", "a link shows the test its author saw"
    return at


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_another_comparison_hides_the_test(tested, change):
    assert call(tested, "set_options", **change).test == "hidden"


@pytest.mark.parametrize("change", [{"axis": "full"}, {"panel": "influence"}, {"behind": "n~all"}, {"by": "eln_risk"}])
def test_the_same_comparison_keeps_it(tested, change):
    assert call(tested, "set_options", **change).test == "exact"


def test_a_filter_or_a_cut_off_hides_the_test(tested):
    same = tested.session_state["selection"]
    assert call(tested, "set_selection", same).test == "exact"
    other = type(same)(cutoffs={"mrd_flow": "01"})
    assert other != same
    assert call(tested, "set_selection", other).test == "hidden"


def test_the_exact_p_leads_to_the_adjusted_one(tested):
    assert "the one adjusted for the number of baseline factors looked at (min-p) is on the Subgroups page" in words(
        tested
    )
    at = page(endpoint=["os_dx"], by=["timing"], test=["exact"])
    button(at, "to_min_p").click().run()
    assert not at.exception
    assert title(at) == "Subgroups"
    assert button(at, "ask_min_p").label.replace("\\", "") == (
        "p values adjusted for the number of factors looked at (min-p)"
    )
    assert "of each of 24 factors beside its value" in words(at)
    assert "TP53 (TP53 reported)" in words(at)


def test_other_weights_and_pairs_are_counted_and_said_to_be_secondary():
    at = page(endpoint=["os_dx"], by=["eln_risk"], test=["exact"])
    assert "comparisons looked at" not in words(at)
    at.session_state["secondaries"] = True
    at.run()
    assert not at.exception
    assert "Secondary: chosen beforehand or not at all." in words(at)
    looks = at.session_state["looks"][COHORT]
    assert [(x.kind, x.comparisons) for x in looks.looks] == [("test", 1), ("weights", 4), ("pairs", 3)]
    assert "8 comparisons looked at in this session" in words(at)


def test_every_definition_with_a_p_is_counted():
    at = page(endpoint=["os_dx"], by=["mrd_flow"], panel=["definitions"], test=["exact"])
    assert not at.exception
    looks = at.session_state["looks"][COHORT].looks
    assert [(x.kind, x.comparisons) for x in looks] == [("test", 1), ("definitions", 5)], "6 definitions in all"
    assert "6 comparisons looked at in this session" in words(at)
    hidden = page(endpoint=["os_dx"], by=["mrd_flow"], panel=["definitions"])
    assert "looks" not in hidden.session_state, "without p values nothing is compared"


@pytest.mark.parametrize("panel", ["influence", "lost"])
def test_influence_and_tipping_say_how_often_was_looked(panel):
    at = page(endpoint=["os_dx"], by=["timing"], test=["exact"])
    at.query_params["by"], at.query_params["panel"] = ["mrd_flow"], [panel]
    at.run()
    assert not at.exception
    assert "2 comparisons looked at in this session" in words(at)
