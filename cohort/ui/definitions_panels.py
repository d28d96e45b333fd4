"""The grid of definitions as a figure, and the same lines as a table for reading and keyboard."""

from __future__ import annotations

import streamlit as st

from cohort.figures.sensitivity import definitions_grid
from cohort.narrative import sensitivity as words
from cohort.results.sensitivity import DefinitionRow, SensitivityResult
from cohort.ui import panels, state


def grid(result: SensitivityResult, rows: tuple[DefinitionRow, ...], month: float, said: str) -> None:
    """One line a definition, the one in view outlined."""
    panels.figure(definitions_grid(result, rows, month, panels.appearance()), said, "definitions_figure")
    st.caption(panels.plain(words.grid_caption(result)))
    menu = st.expander("The same as a table", key="definitions_rows", on_change=state.touch)
    if menu.open:
        with menu:
            panels.live_table(words.grid_table(result, rows, month), said, "definitions_table")
