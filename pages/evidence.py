"""Evidence: what the paper prints, against what its tables give."""

import streamlit as st

from cohort.narrative.evidence import evidence_note, evidence_sentence
from cohort.ui import evidence_panels, frame, panels

view = frame.current_view()
found = evidence_panels.assessed(view)

if found is not None:
    panels.answer(evidence_sentence(found))
if found:
    evidence_panels.ledger(view, found)
    evidence_panels.files(view)
    st.caption(panels.plain(evidence_note(view)))
elif found is not None:
    with st.columns([2, 5])[0]:
        evidence_panels.template(view)
