"""The grid of definitions in a sentence."""

from types import SimpleNamespace

from cohort.narrative.sensitivity import grid_sentence


def row(estimate, p=None, current=False):
    return SimpleNamespace(estimate=estimate, p=p, definition=SimpleNamespace(current=current))


def test_one_definition_is_no_range():
    said = grid_sentence((row(0.7, current=True),), "24 months", 60)
    assert "one definition only" in said
    assert "70 %" in said
    assert "runs from" not in said
    assert "; exact p = 0.03" in grid_sentence((row(0.7, 0.0312, True),), "24 months", 60)


def test_several_run_from_the_lowest_to_the_highest():
    said = grid_sentence((row(0.7, current=True), row(0.5)), "24 months", 60)
    assert said.startswith("Over 2 definitions the share free of the event at 24 months runs from 50 % to 70 %")
    assert "the one in view gives 70 %" in said
