"""Which table of an upload holds adverse events, and what its columns are."""

from __future__ import annotations

import streamlit as st

from cohort.draft import Draft
from cohort.mapping import edit
from cohort.mapping.roles import EVENT_ROLES
from cohort.narrative import your_cohort as words
from cohort.ui.mapping_fields import choose


def adverse_events(shown: Draft) -> None:
    """The table and, where one is named, its columns by role."""
    mapping = shown.mapping
    table = next((c.table for c in mapping.columns if c.role in EVENT_ROLES), "")
    options = {"": "no table", **{t.name: t.name for t in shown.upload.tables}}
    with st.expander("Adverse events, one row an event", icon=":material/healing:", expanded=bool(table)):
        choose(
            "They are in", "m_ae_table", options, table,
            lambda d, name: edit.with_adverse_events(
                d.upload, d.mapping, name, edit.event_columns(d.upload, d.mapping, name)
            ),
        )  # fmt: skip
        if table:
            _columns(shown, table)


def _columns(shown: Draft, table: str) -> None:
    current = {c.role: c.column for c in shown.mapping.columns if c.table == table and c.role in (*EVENT_ROLES, "id")}
    names = shown.upload.table(table).names
    fields = list(words.EVENT_USES.items())
    if edit.use_of(shown.mapping, table) is None:
        fields = [("id", "Patient id"), *fields]
    places = st.columns(3)
    for i, (role, label) in enumerate(fields):
        none = {} if role in ("id", "ae_term") else {"": "no column"}
        with places[i % 3]:
            choose(
                label, f"m_{role}", none | {n: n for n in names}, current.get(role, ""),
                lambda d, n, role=role: edit.with_adverse_events(d.upload, d.mapping, table, {**current, role: n}),
            )  # fmt: skip
