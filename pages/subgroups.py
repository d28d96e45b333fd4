"""Subgroups: the outcome of the selected patients by every baseline characteristic, and what was looked at so far."""

import streamlit as st

from cohort.narrative import subgroups as words
from cohort.narrative.subgroups_cautions import subgroups_cautions
from cohort.results.subgroups import SubgroupsResult
from cohort.ui import behind_panels, frame, ledger_panels, panels, subgroups_panels

view = frame.current_view()
top = st.container()

if view.estimand.bounded:
    with top:
        panels.answer(words.bounded_sentence(view))
        subgroups_panels.controls(view, None)
    if not frame.empty(view):
        subgroups_panels.bounded(view)
else:
    result = SubgroupsResult(view)
    if view.n:
        subgroups_panels.figure(result)  # first of all: it is what the visitor waits for
        behind_panels.opened_number(view)
        subgroups_panels.keep_in_sight(view)
    with top:
        panels.answer(words.subgroups_sentence(result))
        subgroups_panels.controls(view, result)
    if not frame.empty(view):
        ledger_panels.note_look(view, "forest", factors=len(result.factors))
        panels.cautions(subgroups_cautions(result))
        subgroups_panels.aliases(result)
        subgroups_panels.table(result)
        subgroups_panels.files(result)
        st.caption(panels.plain(words.subgroups_caption(result)))
        st.subheader("Looks in this session")
        looks = st.container()
        subgroups_panels.tests(result)
        with looks:  # last: the tests are a look too
            ledger_panels.looks()
