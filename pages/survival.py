"""Survival: curves of the selected patients with the table under them, and every estimate beside."""

import streamlit as st

from cohort import narrative
from cohort.survival_figure import survival_figure
from cohort.survival_result import SurvivalResult
from cohort.ui import frame, panels, survival_panels

view = frame.current_view()
result = SurvivalResult(view)

top, middle = st.container(), st.container()
if view.n:
    with middle:  # first of all: the figure is what the visitor waits for
        panels.figure(
            survival_figure(result, panels.appearance()), narrative.survival_alt(result), key="survival_figure"
        )
with top:
    panels.answer(narrative.survival_sentence(result))
    survival_panels.controls(view)
if not frame.empty(view):
    panels.cautions(narrative.survival_cautions(result))
    survival_panels.estimates(result)
    survival_panels.files(result)
    st.caption(panels.plain(narrative.survival_caption(result)))
