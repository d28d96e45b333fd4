"""Riskset: an explorer of cohort outcomes. The frame: page set-up, the view of this run, filters, the page."""

import streamlit as st

from cohort.errors import CohortError
from cohort.ui import frame, present_panels, session_end, share_panels, sidebar, state


def run() -> None:
    """One run. In a function: Streamlit keeps the names of a script for as long as nobody else runs it."""
    st.set_page_config(page_title="Riskset", page_icon=frame.ICON, layout="wide")

    pages = frame.pages()
    page = st.navigation(pages, position="hidden")

    try:
        view, rejected = state.open_view()
    except CohortError as problem:
        st.title("This cohort cannot be read")
        st.error(frame.plain(problem))
        st.stop()

    frame.follow(pages, view)
    bar = st.container()
    try:
        # The page first: its figure is what the visitor waits for, and the server sends while it computes the rest.
        with frame.viewing(view):
            page.run()
    finally:
        here = sidebar.name_of(page)
        with bar:
            tools = present_panels.tools(view, here)
            frame.head(page, view, rejected, tools, share=lambda: share_panels.menu(view, here))
            share_panels.arrived(view)
        if not st.context.is_embedded:
            with st.sidebar:
                sidebar.sidebar(view, pages, here)
        state.write_address(view)


run()
session_end.settle()
session_end.watch()
