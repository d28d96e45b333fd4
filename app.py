"""Riskset: an explorer of cohort outcomes. The frame: page set-up, the view of this run, filters, the page."""

import streamlit as st

from cohort.errors import CohortError
from cohort.ui import frame, present_panels, share_panels, sidebar, state

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
    # The page first: its figure is what the visitor waits for, and the server sends while it still computes the rest.
    with frame.viewing(view):
        page.run()
finally:
    here = sidebar.name_of(page)
    with bar:
        tools = (present_panels.tools, share_panels.tools)
        frame.head(page.title, view, rejected, tools=lambda: [draw(view, here) for draw in tools])
        share_panels.arrived(view)
    if not st.context.is_embedded:
        with st.sidebar:
            sidebar.sidebar(view, pages, here)
    state.write_address(view)
frame.settle()
