"""What a cohort would amount to before it is made, and opening it, taking it along or putting it away."""

from __future__ import annotations

import streamlit as st

from cohort.charts import coding
from cohort.draft import Draft
from cohort.errors import CohortError
from cohort.exports.archive import zip_bytes
from cohort.narrative import your_cohort as words
from cohort.ui import own, panels, state, upload_panels
from cohort.ui.own import MADE
from cohort.ui.text import plain

ASKED, FROM_HERE = "open_asked", "open_repaired"


def amounts(shown: Draft) -> None:
    """The numbers before accepting: endpoints with events and medians beside the curves they would draw."""
    rows, figure = st.columns([5, 4])
    with rows:
        if listing := words.endpoints_listing(shown):
            panels.live_table(listing, words.coding_alt(shown), "endpoints_amount")
        st.caption(plain(words.missing_sentence(shown)))
        accept(shown)
    with figure:
        if shown.curves.num_rows:
            spec = coding.figure(shown.curves, panels.appearance())
            panels.figure(spec, words.coding_alt(shown), key="coding_figure")


def accept(shown: Draft) -> None:
    """Open the cohort, take it along as a folder, or put it away."""
    ready, before = not shown.stops, _opened_before(shown)
    as_it_is = ready and _is_open(shown)
    title = "" if before is None else state.load_cohort(before).definition.short_title
    note = ":material/check_circle:" if ready else ":material/front_hand:"
    said = words.opened(title) if as_it_is else words.readiness(shown) + words.takes_the_place(title if ready else "")
    st.markdown(f"{note} {plain(said)}")
    with st.container(horizontal=True, vertical_alignment="center"):
        if as_it_is:
            st.button("Back to it", key="back_to_cohort", type="primary", on_click=_back, args=(before,))
        else:
            st.button("Open this cohort", type="primary", key="open_cohort", disabled=not ready, on_click=_asked)
        if ready:
            panels.download(
                "Save as cohort folder (.zip)", lambda: zip_bytes(shown.files()), "cohort-folder", "zip",
                "application/zip", repr((shown.upload.digest, shown.mapping, sorted(shown.accepted))), "x_draft_folder",
                width="content",
            )  # fmt: skip
        st.button("Put it away", key="discard", type="tertiary", on_click=upload_panels.keep, args=(None,))
    if ready:
        st.caption(plain(words.FOLDER_NOTE))
    if st.session_state.pop(ASKED, False) and ready:
        with st.spinner(words.OPENING):
            _open(shown)
        st.rerun()


def open_from_here(shown: Draft) -> None:
    """The same beside the findings, once nothing is left to settle."""
    if not shown.stops and not _is_open(shown):
        st.button("Open with these repairs", key=FROM_HERE, type="primary", on_click=_asked)


def _asked() -> None:
    state.touch()
    st.session_state[ASKED] = True  # made in the run that follows, which can show that it works


def _open(shown: Draft) -> None:
    try:
        cohort = shown.build()
    except CohortError as problem:
        st.session_state[upload_panels.PROBLEM] = str(problem)
        return
    state.open_own(cohort, shown.upload.digest)
    made = st.session_state.get(MADE, {})
    st.session_state[MADE] = {**made, own.id_of(shown.upload.digest): _made_of(shown)}
    st.session_state["going"] = "survival"


def _opened_before(shown: Draft) -> str | None:
    """Id of the cohort that was opened from the same files, while it is in the session."""
    cohort_id = own.id_of(shown.upload.digest)
    return cohort_id if cohort_id in own.own_cohorts() else None


def _is_open(shown: Draft) -> bool:
    """Whether the cohort that was opened from the same files is the one this draft would make."""
    before = _opened_before(shown)
    return before is not None and st.session_state.get(MADE, {}).get(before) == _made_of(shown)


def _made_of(shown: Draft) -> tuple:
    """What the cohort of a draft depends on beside the files."""
    return shown.mapping, frozenset(shown.accepted)


def _back(cohort_id: str) -> None:
    state.touch()
    if st.session_state["cohort_id"] != cohort_id:  # filters and settings of the one in view stay
        state.change_cohort(cohort_id)
    st.session_state["going"] = "survival"
