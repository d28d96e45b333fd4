"""The patients behind a number that was clicked, each one click from the profile and its source cells."""

from __future__ import annotations

import streamlit as st

from cohort.behind import behind, course_of
from cohort.ui import state
from cohort.ui.text import plain
from cohort.view import CohortView

SHOWN = 60


def opened_number(view: CohortView) -> None:
    """Who is behind the number that is open, if one is."""
    if not view.options.behind:
        return
    found = behind(view, view.options.behind)
    with st.container(border=True, key="behind"):
        if found is None:
            st.markdown(
                f"There is no number “{plain(view.options.behind[:40])}” in this view. Click a number to open it."
            )
        else:
            st.markdown(f"**{plain(found.words)}.** Open a patient for the course and the source cells.")
            patients(view, found.places[:SHOWN], "behind")
            if len(found.places) > SHOWN:
                st.caption(
                    f"The first {SHOWN} of {len(found.places)}; the others are in the listing of the Patients page."
                )
        st.button("Close", key="close_behind", type="tertiary", on_click=state.set_option, args=("behind", ""))


def patients(view: CohortView, places, key: str) -> None:
    """One button a patient, with what happened to them; it opens the profile."""
    with st.container(horizontal=True, gap="small", key=f"{key}_patients"):
        for place in places:
            patient = view.cohort.ids[place]
            st.button(
                f"{plain(patient)}: {plain(course_of(view, int(place)))}",
                key=f"{key}_{place}",
                on_click=state.open_patient,
                args=(patient,),
            )
