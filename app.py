"""Riskset: an explorer of cohort outcomes. The frame: page set-up, the view of this run, filters, the page."""

import streamlit as st

from cohort.errors import CohortError
from cohort.ui import frame, sidebar, state

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
    with bar:
        frame.head(page.title, view, rejected)
    with st.sidebar:
        sidebar.sidebar(view, pages, sidebar.name_of(page))
    state.write_address(view)
frame.settle()
