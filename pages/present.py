"""Present: the views kept in this session on a stage, one after another, and before that as a list."""

from cohort.ui import frame, present_panels

view = frame.current_view()

if not present_panels.on_stage():
    present_panels.waiting(view)
