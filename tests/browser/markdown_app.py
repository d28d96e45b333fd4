"""A page that shows texts the ways the app does: as list items, headings, paragraphs, and as a widget's label."""

import json
import os

import streamlit as st

from cohort.ui.text import plain

texts = [plain(text) for text in json.loads(os.environ["TEXTS"])]
for key, lead in (("items", "- "), ("headings", "##### "), ("paragraphs", "")):
    with st.container(key=key):
        st.markdown("\n\n".join(f"{lead}{text}" for text in texts))
with st.container(key="labels"):
    for text in texts[:60]:
        st.checkbox(text)
