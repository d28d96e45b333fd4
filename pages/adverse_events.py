"""Adverse events: what was reported, by term and severity; for a selection of totals, what is certain."""

import streamlit as st

from cohort import narrative
from cohort.figures.adverse_events import adverse_events_figure
from cohort.results.adverse_events import adverse_events
from cohort.ui import adverse_events_panels, frame, panels

view = frame.current_view()
result = adverse_events(view)

panels.answer(narrative.adverse_events_sentence(result))
if result is None:
    adverse_events_panels.absent()
else:
    adverse_events_panels.controls(result)
    if not frame.empty(view) and result.countable:
        alt = narrative.adverse_events_alt(result)
        panels.figure(adverse_events_figure(result, panels.appearance()), alt, key="adverse_events_figure")
        panels.cautions(narrative.adverse_events_cautions(result))
        adverse_events_panels.counts(result)
        adverse_events_panels.files(result)
        st.caption(panels.plain(narrative.adverse_events_caption(result)))
