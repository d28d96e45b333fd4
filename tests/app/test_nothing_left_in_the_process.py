"""What a visitor handed in is gone from the process when the session is: no cache of the program keeps a word of it."""

import gc
import weakref
from secrets import token_hex

from cohort.exports.figure import png, svg
from cohort.page_parts import page_parts
from cohort.ui import own, state
from cohort.ui.frame import PAGES
from tests.support.handing_in import opened, press, simple

DRAWN = ("survival", "overview", "subgroups", "patients")


def held_by(word: str) -> list[str]:
    """Everything in the process that holds a text with this word."""
    gc.unfreeze()  # what was there when the process settled cannot be seen otherwise
    gc.collect()
    found = []
    for thing in gc.get_objects():
        for part in gc.get_referents(thing):
            if type(part) is str and word in part:
                found.append(f"{type(thing).__name__}: {part[:60]}")
    return found


def visit(word: str) -> weakref.ref:
    """A visit that draws every page and makes files of a cohort with this word in names and cells, then forgets it."""
    at = opened(simple(**{f"{word}_group": [f"{word} a", f"{word} b"] * 2}))
    at.selectbox(key="w_by").set_value(f"{word}_group").run()
    for page, _ in PAGES:
        at.switch_page(f"pages/{page}.py").run()
        assert not at.exception, page
    assert held_by(word), "the search finds what is there"
    (cohort,) = at.session_state[own.OWN].values()
    gone = weakref.ref(cohort)
    view = state.CohortView(cohort, at.session_state["selection"], at.session_state["options"])
    for page in DRAWN:
        parts = page_parts(view, page)
        assert svg(parts.screen())
        assert png(parts.screen())
    at.switch_page("pages/your_cohort.py").run()
    press(at, "forget_all")
    return gone


def test_a_cohort_that_was_forgotten_has_left_no_word_behind():
    word = f"canary{token_hex(4)}"
    gone = visit(word)
    assert held_by(word) == []
    assert gone() is None
