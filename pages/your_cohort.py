"""Your cohort: files of one's own, what they mean, and everything on the other pages for them."""

from cohort.narrative.your_cohort import page_sentence
from cohort.ui import (
    cohort_export_panels,
    frame,
    mapping_panels,
    opening_panels,
    panels,
    privacy_panels,
    state,
    upload_panels,
)

view = frame.current_view()
draft = upload_panels.draft()

panels.answer(page_sentence(draft, list(state.own_cohorts().values())))
if draft is not None:
    opening_panels.amounts(draft)
    mapping_panels.sections(draft)
upload_panels.drop_zone(compact=draft is not None)
if draft is None:
    upload_panels.start_help()
upload_panels.own_cohorts()
if draft is None or state.is_own(view):
    cohort_export_panels.take_out(view)
privacy_panels.settings(view)
