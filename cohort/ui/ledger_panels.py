"""The looks ledger of a session: noted by the pages that compare, shown on the Subgroups page."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from cohort.looks import Ledger, look
from cohort.narrative import looks as words
from cohort.ui import panels, state
from cohort.view import CohortView
from cohort.wording import plural

LOOKS = "looks"
"""Where a session keeps its ledgers, one a cohort."""


def note_look(view: CohortView, kind: str, factors: int = 0, tests: int = 1) -> None:
    """Note what this page shows; nothing is noted twice. ``factors`` and ``tests`` are those of :func:`look`."""
    taken = look(view, kind, datetime.now(UTC), factors, tests)
    if taken is not None:
        kept = st.session_state.get(LOOKS, {})
        st.session_state[LOOKS] = {**kept, view.definition.id: ledger().noted(taken)}


def ledger() -> Ledger:
    """The ledger of this session and the cohort that is open."""
    return st.session_state.get(LOOKS, {}).get(st.session_state["cohort_id"], Ledger())


def caution() -> None:
    """One line once two comparisons or more were looked at (guard L1)."""
    if sentence := words.looks_sentence(ledger()):
        st.caption(panels.plain(sentence))


def looks() -> None:
    """Every look of this session."""
    kept = ledger()
    if sentence := words.looks_sentence(kept):
        st.markdown(panels.plain(sentence))
    listing = st.expander(
        f"{plural(len(kept.looks), 'distinct look')}, in order", key="looks_list", on_change=state.touch
    )
    if listing.open:
        with listing:
            panels.live_table(words.looks_table(kept), "Looks in this session, in order", "looks_table")
