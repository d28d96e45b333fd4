"""The cohorts a visitor handed in: in their session and nowhere else."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from cohort.tables import Cohort

OWN = "own_cohorts"
"""Where a session keeps them: id -> cohort."""

MADE = "opened_drafts"
"""Where a session keeps what each was made of beside its files: id -> mapping and accepted repairs."""

OWN_PREFIX = "own-"
"""How their ids begin, in every session."""

NOT_IN_LINKS = (
    "data that somebody handed in stay in that person's session and are never part of a link. Whoever holds the files "
    "opens them on the page Your cohort, or exports the cohort there and passes the export on."
)


def own_cohorts() -> Mapping[str, Cohort]:
    """The cohorts handed in during this session, by id, in order of arrival."""
    return st.session_state.get(OWN, {})


def id_of(digest: str) -> str:
    """Id of the cohort made of the files with this digest."""
    return f"{OWN_PREFIX}{digest[:8]}"


def keep(cohort: Cohort, digest: str) -> str:
    """Keep a cohort under an id of ours; whatever its dictionary says, an upload is private.

    ``digest`` is that of the files: the same files handed in again take the place of the first time. A cohort of other
    files that is called the same gets a number behind its name.
    """
    cohort_id = id_of(digest)
    title = cohort.definition.short_title
    taken = {c.definition.short_title for i, c in own_cohorts().items() if i != cohort_id}
    title = next(t for i in itertools.count(1) if (t := title if i == 1 else f"{title} ({i})") not in taken)
    definition = replace(cohort.definition, id=cohort_id, kind="private", short_title=title)
    own = Cohort(definition, cohort.tables, cohort.fingerprint, cohort.comparators)
    st.session_state[OWN] = {**own_cohorts(), cohort_id: own}
    return cohort_id


def drop(cohort_id: str) -> None:
    """Drop one of them, and what other parts of the app kept of it."""
    state = st.session_state
    state[OWN] = {i: c for i, c in own_cohorts().items() if i != cohort_id}
    state[MADE] = {i: made for i, made in state.get(MADE, {}).items() if i != cohort_id}
    state["looks"] = {i: ledger for i, ledger in state.get("looks", {}).items() if i != cohort_id}
    state["opened_drafts"] = {i: made for i, made in state.get("opened_drafts", {}).items() if i != cohort_id}
    state["slides"] = tuple(slide for slide in state.get("slides", ()) if slide.cohort != cohort_id)
    if state.get("private_view", ("",))[0] == cohort_id:
        del state["private_view"]
