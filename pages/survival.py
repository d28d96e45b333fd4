"""Survival: curves of the selected patients with the table under them, every estimate beside, and a closer look."""

import streamlit as st

from cohort import narrative
from cohort.narrative import envelope as envelope_words
from cohort.results.envelope import EnvelopeResult
from cohort.results.survival import SurvivalResult
from cohort.ui import behind_panels, closer_panels, envelope_panels, frame, panels, survival_panels

view = frame.current_view()
top, middle = st.container(), st.container()

if view.estimand.bounded:
    bounds = EnvelopeResult(view)
    if view.n:
        with middle:
            envelope_panels.figure(bounds)
    with top:
        panels.answer(envelope_words.envelope_sentence(bounds))
        survival_panels.controls(view)
    if not frame.empty(view):
        panels.cautions(envelope_words.envelope_cautions(bounds))
        envelope_panels.bounds(bounds)
        survival_panels.files(view)
        st.caption(panels.plain(envelope_words.envelope_caption(bounds)))
else:
    result = SurvivalResult(view)
    if view.n:
        with middle:  # first of all: the figure is what the visitor waits for
            survival_panels.figure(result)
            behind_panels.opened_number(view)
    with top:
        panels.answer(narrative.survival_sentence(result))
        survival_panels.controls(view)
    if not frame.empty(view):
        survival_panels.cautions(result)
        survival_panels.estimates(result)
        closer_panels.closer(result)
        survival_panels.files(view)
        st.caption(panels.plain(survival_panels.caption(result)))
