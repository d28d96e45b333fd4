"""The bar on every page: its title, who is selected as removable chips, how many that are, and what the view can do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from cohort.ui import state
from cohort.ui.components import component
from cohort.ui.text import visible
from cohort.view import CohortView
from cohort.wording import sentence_case

KEY = "cohort_bar"


@dataclass(frozen=True)
class Tool:
    """A button at the right of the bar. ``icon`` is a name of the Material set, ``shortcut`` one letter."""

    code: str
    label: str
    icon: str
    hint: str
    pressed: Callable[[], None]
    shortcut: str = ""
    disabled: bool = False


def bar(title: str, view: CohortView, tools: Sequence[Tool], names_cohort: bool = False) -> None:
    """Draw the bar. One part of ours: as nine elements of Streamlit's own it was a fifth of a redraw.

    In somebody else's page nothing can be chosen here: without the sidebar a filter taken away could not be put back.
    ``names_cohort``: the page may speak of another cohort than the one in view, which is named therefore.
    """
    words = view.selection.words(view.definition)
    embedded = st.context.is_embedded
    component("bar")(
        key=KEY,
        data={
            "title": visible(title),
            "chips": [] if embedded else [{"name": name, "text": visible(text)} for name, text in words],
            "lead": _lead(view, embedded, names_cohort),
            "n": view.n,
            "total": view.cohort.n,
            "events": view.events,
            "noun": "event" if view.events == 1 else "events",
            "endpoint": visible(view.endpoint.short.lower()),
            "focus": list(st.session_state.get("focus", (0, ""))),
            "tools": [
                {"code": t.code, "label": t.label, "icon": t.icon, "hint": t.hint, "key": t.shortcut, "off": t.disabled}
                for t in tools
            ],
        },
        on_drop_change=_dropped,
        on_reset_change=state.reset,
        **{f"on_{tool.code}_change": tool.pressed for tool in tools},
    )


def _lead(view: CohortView, embedded: bool, names_cohort: bool) -> str:
    if embedded:
        return f"{visible(sentence_case(view.selection.describe(view.definition)))}: "
    if names_cohort:
        return f"In view is {visible(view.definition.short_title)}: "
    return "" if view.selection.restricts else "All patients: "


def _dropped() -> None:
    """Take one filter away. Its name comes from the browser: what is no filter of this selection changes nothing."""
    name = st.session_state[KEY].get("drop")
    definition = state.load_cohort(st.session_state["cohort_id"]).definition
    if isinstance(name, str) and name in {known for known, _ in st.session_state["selection"].words(definition)}:
        state.drop(name)
