"""What came with the link a visitor opened, and what they send along with theirs. Kept in their session only."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from cohort.sharing.link_values import tidy
from cohort.sharing.marks import Mark
from cohort.sharing.share import Drift, Letter, drift
from cohort.view import CohortView

CAME, MARKED, DRAFT = "letter_came", "letter_marks", "letter_draft"


def receive(view: CohortView, letter: Letter) -> None:
    """Keep what came with a view; its marks are on the figure from now on."""
    st.session_state[CAME] = letter, _numbers(view)
    put_marks(view, letter.marks)


def forget() -> None:
    """Another view was opened: nothing came with it."""
    st.session_state.pop(CAME, None)
    st.session_state.pop(MARKED, None)


def came() -> Letter | None:
    """The letter that came with the link, until the reader has put it away."""
    return st.session_state.get(CAME, (None,))[0]


def put_away() -> None:
    """The reader has read it: its words go; the numbers it says stay for comparison, the marks on the figure."""
    letter, numbers = st.session_state[CAME]
    st.session_state[CAME] = replace(letter, note="", author="", marks=()), numbers


def drifted(view: CohortView) -> Drift | None:
    """What is otherwise than when the link was made, as long as the view is the one it led to."""
    letter, numbers = st.session_state.get(CAME, (None, None))
    return drift(view, letter) if letter is not None and numbers == _numbers(view) else None


def _numbers(view: CohortView) -> tuple:
    """What the headline numbers depend on."""
    return view.definition.id, view.selection, view.composition, view.grouping, view.options.interval


def put_marks(view: CohortView, marks: tuple[Mark, ...]) -> None:
    """Mark the survival figure. The months are on the clock in view: with another endpoint they would mislead."""
    st.session_state[MARKED] = _clock(view), marks


def marked(view: CohortView) -> CohortView:
    """The view with the marks on its clock."""
    clock, marks = st.session_state.get(MARKED, (None, ()))
    return replace(view, marks=marks) if marks and clock == _clock(view) else view


def _clock(view: CohortView) -> tuple:
    return view.definition.id, *view.composition


def draft() -> Letter:
    """The words that go along with the next link."""
    return st.session_state.get(DRAFT, Letter())


def draft_with(marks: tuple[Mark, ...]) -> Letter:
    """The words that go along, and the marks of the figure."""
    return replace(draft(), marks=marks)


def write(name: str, text: str) -> None:
    """Change the note or whom it is from."""
    st.session_state[DRAFT] = replace(draft(), **{name: tidy(text)})
