"""Methods: how every number is defined and computed, and a second implementation beside ours."""

import streamlit as st

from cohort.ui import frame, methods_panels, panels

view = frame.current_view()

panels.answer(methods_panels.sentence(view))
methods_panels.recompute(view)
for tab, draw in zip(st.tabs(list(methods_panels.SECTIONS)), methods_panels.SECTIONS.values(), strict=True):
    with tab:
        draw(view)
