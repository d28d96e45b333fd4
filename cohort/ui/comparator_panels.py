"""A published curve beside the cohort's own: one that the cohort ships, or one handed in for this session."""

from __future__ import annotations

import streamlit as st

from cohort.comparator import Comparator
from cohort.errors import CohortError
from cohort.readers.comparator import read_comparator
from cohort.ui import panels, state
from cohort.ui.text import plain
from cohort.view import CohortView

OWN, REFUSED = "own_comparator", "comparator_refused"
"""Where a session keeps a curve handed in, by cohort, and the sentence about one that could not be read."""

LIMIT = 200_000


def beside(view: CohortView) -> Comparator | None:
    """The published curve in view: one handed in comes before one the cohort ships."""
    own = st.session_state.get(OWN, {}).get(view.definition.id)
    if own is not None:
        return own
    return next((c for c in view.cohort.comparators if c.file == view.options.beside), None)


def choose(view: CohortView) -> None:
    """Choose a curve, or hand one in."""
    shipped = {"": "none", **{c.file: f"{c.label} ({c.citation})" for c in view.cohort.comparators}}
    own = st.session_state.get(OWN, {}).get(view.definition.id)
    if own is not None:
        st.markdown(f"**Published curve beside:** {plain(own.label)}, in this session only.")
        st.button("Take it away", key="forget_comparator", on_click=_forget, args=(view.definition.id,))
        return
    if len(shipped) > 1:
        panels.choice("Published curve beside", "beside", shipped, view.options.beside, kind="select")
    st.file_uploader(
        "Published curve from a CSV file",
        type=["csv"],
        key="w_comparator",
        on_change=_handed_in,
        args=(view,),
        help="Columns time, survival and, where printed, n_risk; above them lines # label:, # citation:, # endpoint:, "
        "# origin:, # population:. It stays in this session and is in no link.",
    )
    if st.session_state.get(REFUSED):
        st.warning(plain(st.session_state[REFUSED]))


def _handed_in(view: CohortView) -> None:
    state.touch()
    file = st.session_state["w_comparator"]
    st.session_state[REFUSED] = ""
    if file is None:
        return
    try:
        if file.size > LIMIT:
            raise CohortError(f"{file.name}: {file.size} bytes are too many; allowed: {LIMIT}, a curve has few rows.")
        curve = read_comparator(file.getvalue(), file.name, view.definition)
    except CohortError as problem:
        st.session_state[REFUSED] = str(problem)
        return
    st.session_state[OWN] = {**st.session_state.get(OWN, {}), view.definition.id: curve}


def _forget(cohort_id: str) -> None:
    state.touch()
    st.session_state[OWN] = {k: v for k, v in st.session_state.get(OWN, {}).items() if k != cohort_id}
