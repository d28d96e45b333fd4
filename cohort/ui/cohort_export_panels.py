"""The cohort in view as files that other programs, and this one, read back."""

from __future__ import annotations

import streamlit as st

from cohort.exports.cohort_files import FORMATS, cohort_file
from cohort.ui import panels, privacy_panels, state
from cohort.ui.text import plain
from cohort.view import CohortView


def take_out(view: CohortView) -> None:
    """The selected patients of the cohort in view, in every format, after the preview where they are private."""
    st.subheader("Take the cohort out", anchor=False)
    selection = view.selection.describe(view.definition)
    who = f"{view.n} of {view.cohort.n} patients" + (f" ({selection})" if view.selection.restricts else "")
    st.markdown(f"{plain(view.definition.short_title)}: {plain(who)}, as the filters stand.")
    formats = st.expander("Files of single patients", icon=":material/download:", key="take_out", on_change=state.touch)
    if not formats.open:
        return
    with formats:
        if not view.n:
            st.caption("Nobody is selected: there is nothing to write. Relax a filter.")
        elif privacy_panels.may_leave(view, "take_out"):
            _files(view, selection)


def _files(view: CohortView, selection: str) -> None:
    columns = st.columns(2)
    for i, found in enumerate(FORMATS):
        with columns[i % 2]:
            panels.download(
                found.label,
                lambda code=found.code: cohort_file(view.cohort, view.mask, code, selection).data,
                f"riskset-{found.code}",
                found.extension,
                found.mime,
                repr((view.cohort.fingerprint, found.code, view.mask.tobytes())),
                f"x_cohort_{found.code}",
            )
            st.caption(plain(found.note))
