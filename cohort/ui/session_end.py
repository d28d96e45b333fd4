"""What a session leaves in the process when it ends: nothing, and soon.

Streamlit keeps a session whose connection broke for ``server.disconnectedSessionTTL`` seconds, so that a visitor whose
network failed can come back, but looks at that limit only when another session ends (SECURITY.md 0.12). On a server
with few visitors somebody's data would stay for hours. Here the session is closed when its time is over.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.state import SafeSessionState

Session = tuple[str, SafeSessionState]
"""Id and state of a session."""

EARLY = 1.0
"""Seconds before the limit at which an ended session is closed: after it Streamlit would not find it to close it."""


def _left(session: Session) -> None:
    """The connection broke. Streamlit says so on its event loop, on which sessions have to be closed too."""
    with contextlib.suppress(RuntimeError):  # no loop: the server itself is ending
        loop = asyncio.get_running_loop()
        loop.call_later(max(0.0, st.get_option("server.disconnectedSessionTTL") - EARLY), _close, session)


def _close(session: Session) -> None:
    session_id, kept = session
    if not runtime.exists() or runtime.get_instance().is_active_session(session_id):
        return  # the visitor came back
    runtime.get_instance().close_session(session_id)
    with contextlib.suppress(AttributeError):  # not a public door
        kept._state.clear()  # Streamlit's loop holds on to the last session until another one comes
    settle_again()


@st.cache_resource(scope="session", show_spinner=False, on_release=_left)
def watch() -> Session:
    """Note in a session, on every run, that it is to be closed once it has ended."""
    context = get_script_run_ctx()
    return context.session_id, context.session_state


@st.cache_resource(show_spinner=False)
def settle() -> bool:
    """Once a process, after the first page was drawn: take what was loaded out of the garbage collector's walk.

    Streamlit collects after every run; without this it visits every object numpy, pandas and Altair left behind,
    20–45 ms a redraw (PERFORMANCE.md 1).
    """
    gc.collect()
    gc.freeze()
    return True


def settle_again() -> None:
    """Collect what an ended session left, also of what was there when the process settled, such as the first session.

    What is frozen is never collected, even where nothing but itself refers to it.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
