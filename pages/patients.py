"""Patients: one lane a patient beside their mutations, MRD, the listing, and one profile down to its source cells."""

import streamlit as st

from cohort import narrative
from cohort.results.patients import PatientsResult
from cohort.ui import frame, panels, patients_panels

view = frame.current_view()
result = PatientsResult(view)

top, middle = st.container(), st.container()
if result.n:
    with middle:  # first of all: the figure is what the visitor waits for
        patients_panels.lanes(result)
if frame.empty(view):
    patients_panels.profile(result)
else:
    with top:
        panels.answer(narrative.patients_sentence(result))
        patients_panels.controls(result)
        patients_panels.opened(result)
    if not patients_panels.nobody(result):
        panels.cautions(narrative.patients_cautions(result))
        patients_panels.mrd(result)
        patients_panels.listing(result)
        patients_panels.files(result)
    patients_panels.profile(result)
