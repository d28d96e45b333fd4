"""The cohorts a visitor handed in: in their session and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from cohort.tables import Cohort

OWN = "own_cohorts"
"""Where a session keeps them: id -> cohort."""

OWN_PREFIX = "own-"
"""How their ids begin, in every session."""

NOT_IN_LINKS = (
    "data that somebody handed in stay in that person's session and are never part of a link. Whoever holds the files "
    "opens them on the page Your cohort, or exports the cohort there and passes the export on."
)


def own_cohorts() -> Mapping[str, Cohort]:
    """The cohorts handed in during this session, by id, in order of arrival."""
    return st.session_state.get(OWN, {})


def keep(cohort: Cohort, digest: str) -> str:
    """Keep a cohort under an id of ours; whatever its dictionary says, an upload is private.

    ``digest`` is that of the files: the same files handed in again take the place of the first time.
    """
    cohort_id = f"{OWN_PREFIX}{digest[:8]}"
    definition = replace(cohort.definition, id=cohort_id, kind="private")
    own = Cohort(definition, cohort.tables, cohort.fingerprint, cohort.comparators)
    st.session_state[OWN] = {**own_cohorts(), cohort_id: own}
    return cohort_id


def drop(cohort_id: str) -> None:
    """Drop one of them, and what other parts of the app kept of it."""
    state = st.session_state
    state[OWN] = {i: c for i, c in own_cohorts().items() if i != cohort_id}
    state["looks"] = {i: ledger for i, ledger in state.get("looks", {}).items() if i != cohort_id}
    state["slides"] = tuple(slide for slide in state.get("slides", ()) if slide.cohort != cohort_id)
    if state.get("private_view", ("",))[0] == cohort_id:
        del state["private_view"]
