"""The frame around every page: routing, the view of this run, the bar that says who is selected."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from copy import copy
from pathlib import Path

import streamlit as st

from cohort import narrative
from cohort.ui import state
from cohort.ui.bar import Tool, bar
from cohort.ui.text import plain
from cohort.view import CohortView

ICON = str(Path(__file__).with_name("icon.png"))
"""Ours: a Material icon as page icon would be fetched from another host by every reader's browser."""

_view: ContextVar[CohortView] = ContextVar("cohort_view")

PAGES = (
    ("overview", "Overview"),
    ("survival", "Survival"),
    ("subgroups", "Subgroups"),
    ("adverse_events", "Adverse events"),
    ("patients", "Patients"),
    ("evidence", "Evidence"),
    ("present", "Present"),
    ("your_cohort", "Your cohort"),
    ("methods", "Methods"),
)


def pages() -> list:
    """Every page. The address of a page is its file name: a cold link must find the same one (ENGINEERING.md B2).

    Made once a session: ``st.Page`` asks the file system for every part of every path, milliseconds a redraw. Each
    run gets copies: a page notes that it was run, and at a quick second click the run before it may not have ended.
    """
    if "pages" not in st.session_state:
        st.session_state["pages"] = [
            st.Page(f"pages/{name}.py", title=title, default=name == "overview") for name, title in PAGES
        ]
    return [copy(page) for page in st.session_state["pages"]]


def follow(pages: list, view: CohortView) -> None:
    """Go to the page clicked in the sidebar, taking the view along in the address."""
    asked = state.page_asked()
    for page in pages:
        if asked is not None and asked == (page.url_path or "overview"):
            st.switch_page(page, query_params=state.link(view))


@contextmanager
def viewing(view: CohortView):
    """Make a view the current one while a page runs."""
    token = _view.set(view)
    try:
        yield
    finally:
        _view.reset(token)


def current_view() -> CohortView:
    """The view that app.py prepared for this run. A page's first statement.

    Streamlit's older ``pages/`` discovery can start a page without app.py: on the first deep link after a server
    start, and on every ``AppTest.switch_page``. The public call to ``st.navigation`` ends that discovery for the
    process, and the rerun goes through app.py with the same page and address.
    """
    try:
        return _view.get()
    except LookupError:
        st.navigation(pages(), position="hidden")
        st.rerun()


def head(page, view: CohortView, rejected: tuple, tools: Sequence[Tool], share: Callable[[], None]) -> None:
    """The bar of every page, with ``tools`` and what ``share`` draws at its right; then what a link got wrong."""
    with st.container(horizontal=True):
        bar(page.title, view, tools, names_cohort=page.url_path == "your_cohort")
        share()
    with st.container():  # always there: a notice that comes or goes must not move, and so rebuild, the page below
        if alias := narrative.alias_sentence(view):
            st.caption(f":material/content_copy: {plain(alias)}")
        for problem in rejected:
            st.warning(
                f"This link: {plain(problem.sentence())} Everything else is as asked.", icon=":material/link_off:"
            )
        if state.is_own(view):
            st.caption(":material/lock: Your own data: in this browser session only, and in no link.")
        if view.definition.kind == "synthetic":
            st.info(
                "Synthetic cohort: every value was made by a script. No patient is real.", icon=":material/science:"
            )


def empty(view: CohortView) -> bool:
    """Say that nobody matches, why, and the one click that helps. True if the page should stop there."""
    if view.n:
        return False
    st.subheader("No patient matches this selection.")
    words = view.selection.words(view.definition)
    st.markdown(
        "Each filter alone still selects somebody; together they leave no one. Remove one of them, or start again."
        if len(words) > 1
        else "Nobody in this cohort has that value. Remove the filter to see the others."
    )
    with st.container(horizontal=True):
        for name, text in words:
            st.button(f"Remove {plain(text)}", key=f"relax_{name}", on_click=state.drop, args=(name,))
        st.button("Show all patients", key="relax_all", type="primary", on_click=state.reset)
    return True
