"""What may leave: the threshold of a session, and the preview that comes before any file of a private cohort."""

from __future__ import annotations

import streamlit as st

from cohort.disclosure import OPEN, UPLOAD, Policy, policy_for
from cohort.disclosure_preview import preview
from cohort.narrative import your_cohort as words
from cohort.ui import state
from cohort.ui.text import plain
from cohort.view import CohortView

THRESHOLD, ALLOWED = "disclosure_threshold", "may_leave"
OFF = 1
THRESHOLDS = (*range(5, 21), OFF)


def policy(view: CohortView) -> Policy:
    """What may leave of this view's cohort, as this session has set it."""
    if not policy_for(view.definition).hides:
        return OPEN
    threshold = st.session_state.get(THRESHOLD, UPLOAD.threshold)
    return OPEN if threshold == OFF else Policy(threshold=threshold)


def settings(view: CohortView) -> None:
    """The smallest number of patients a file may show without being asked about, and what that does."""
    if not policy_for(view.definition).hides:
        return
    st.session_state["w_threshold"] = st.session_state.get(THRESHOLD, UPLOAD.threshold)
    choice, effect = st.columns([2, 5], vertical_alignment="bottom")
    with choice:
        st.selectbox(
            "Smallest group a file may show",
            THRESHOLDS,
            key="w_threshold",
            format_func=lambda k: "off, my own responsibility" if k == OFF else f"{k} patients",
            on_change=_threshold_chosen,
            help="11 is the rule of the US Centers for Medicare and Medicaid Services; 5 to 10 are in use elsewhere.",
        )
    effect.caption(plain(words.policy_words(policy(view))))


def _threshold_chosen() -> None:
    state.touch()
    st.session_state[THRESHOLD] = st.session_state["w_threshold"]
    st.session_state[ALLOWED] = None


def may_leave(view: CohortView, key: str) -> bool:
    """Show what files of this view give away; True once their owner has read it, or where nothing is private."""
    rule = policy(view)
    if not policy_for(view.definition).hides:
        return True
    if not rule.hides:
        st.caption(f":material/lock_open: {plain(words.policy_words(rule))}")
        return True
    seen = (view.cohort.fingerprint, view.selection, view.composition, view.grouping, rule.threshold)
    st.markdown("**Before it leaves**")
    st.markdown("\n".join(f"- {plain(sentence)}" for sentence in preview(view, rule).sentences))
    st.session_state[f"w_leave_{key}"] = st.session_state.get(ALLOWED) == seen

    def decided() -> None:
        state.touch()
        st.session_state[ALLOWED] = seen if st.session_state[f"w_leave_{key}"] else None

    return st.checkbox(
        "I have read this. Files of this view leave as they are, nothing masked.",
        key=f"w_leave_{key}",
        on_change=decided,
    )
