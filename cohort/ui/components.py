"""Our own browser parts: facets, table of numbers, alternative text. Registered once, from the files beside this."""

from __future__ import annotations

import functools
from pathlib import Path

import streamlit as st

_HERE = Path(__file__).parent


@functools.cache
def component(name: str):
    """The mounting command of the part whose script is ``<name>.js`` and style ``<name>.css``.

    Both files are constants of the program: nothing of a cohort, a link or an upload is ever part of them. Data reach
    the script as JSON and are shown as text.
    """
    style = _HERE / f"{name}.css"
    return st.components.v2.component(
        f"riskset_{name}",
        css=style.read_text(encoding="utf-8") if style.exists() else None,
        js=(_HERE / f"{name}.js").read_text(encoding="utf-8"),
    )
