"""Overview: who the patients of this cohort are and what became of them."""

import streamlit as st

from cohort import narrative
from cohort.figures.overview import flow_figure
from cohort.results.overview import OverviewResult
from cohort.ui import frame, overview_panels, panels

view = frame.current_view()
result = OverviewResult(view)

if not frame.empty(view):
    panels.answer(narrative.overview_sentence(result))
    spec = flow_figure(result, panels.appearance())
    panels.figure(spec, narrative.overview_alt(result), key="overview_figure")
    st.caption(panels.plain(view.definition.summary))
    panels.cautions(narrative.overview_cautions(result))
    overview_panels.table_one(result)
    overview_panels.missing_data(result)
overview_panels.notes(view.definition)
overview_panels.source(result)
