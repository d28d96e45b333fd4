"""Fields a mapping is edited with. None owns its value: it is set from the draft, and a change makes another draft."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

import streamlit as st

from cohort.draft import Draft
from cohort.mapping.roles import Mapping as ColumnMapping
from cohort.ui import upload_panels
from cohort.ui.text import plain


def apply(change: Callable[[Draft], ColumnMapping]) -> None:
    """Change the mapping of the draft that is open, in a widget's callback."""
    shown = upload_panels.draft()
    if shown is not None:
        upload_panels.keep(shown.edited(change(shown)))


def choose(
    label: str, key: str, options: Mapping[str, str], current: str, change: Callable[[Draft, str], ColumnMapping]
) -> None:
    """One of several; ``options`` maps the value to the words shown, letter for letter."""
    st.session_state[key] = current
    st.selectbox(
        plain(label), list(options), key=key, format_func=options.get,
        on_change=lambda: apply(lambda shown: change(shown, st.session_state[key])),
    )  # fmt: skip


def choose_some(
    label: str,
    key: str,
    options: Mapping[str, str],
    current: Collection[str],
    change: Callable[[Draft, Sequence[str]], ColumnMapping],
) -> None:
    """Any number of several."""
    st.session_state[key] = list(current)
    st.multiselect(
        plain(label), list(options), key=key, format_func=options.get, placeholder="none",
        on_change=lambda: apply(lambda shown: change(shown, st.session_state[key])),
    )  # fmt: skip


def text(label: str, key: str, current: str, change: Callable[[Draft, str], ColumnMapping]) -> None:
    """A line of words."""
    st.session_state[key] = current
    st.text_input(
        plain(label), key=key, max_chars=80,
        on_change=lambda: apply(lambda shown: change(shown, st.session_state[key])),
    )  # fmt: skip
