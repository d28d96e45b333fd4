"""One export menu for every page: the figure, the table, the data, the words and the code of what is on screen."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import pyarrow as pa
import pyarrow.parquet as pq
import streamlit as st

from cohort.comparator import Comparator
from cohort.exports import figure as figure_files
from cohort.exports.script import script
from cohort.exports.table import csv_bytes
from cohort.exports.table_files import docx as word_file
from cohort.exports.table_files import html as web_page
from cohort.narrative.methods import methods_paragraph, references
from cohort.narrative.results import results_sentence
from cohort.page_parts import PageParts, page_parts
from cohort.ui import panels, state
from cohort.ui.text import plain
from cohort.view import CohortView

FIGURES = {"svg": "image/svg+xml", "png": "image/png", "pdf": "application/pdf"}
TABLES = {
    "csv": "text/csv",
    "html": "text/html",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
SIZE, GREY = "export_size", "export_grey"


@dataclass(frozen=True, eq=False)
class _Menu:
    """What the menu is filled from, and what its files are told apart by."""

    view: CohortView
    page: str
    parts: PageParts
    external: Comparator | None
    look: int

    @property
    def content(self) -> str:
        return repr((self.view.cohort.fingerprint, state.link(self.view), self.page, self.look))


def exports(
    view: CohortView,
    page: str,
    *,
    external: Comparator | None = None,
    looked: str = "",
    look: int = 0,
    more: Mapping[str, Callable[[], list[dict]]] = MappingProxyType({}),
    key: str = "export",
) -> None:
    """The menu, filled only while it is open; ``more`` are further data of the session by name.

    ``look`` is which comparison of the session it is, ``looked`` the sentence on all of them.
    """
    opened = panels.export_menu(key)
    if not opened.open:
        return
    parts = page_parts(view, page, external, looked)
    parts = replace(parts, data={**parts.data, **more})
    menu = _Menu(view, page, parts, external, look)
    tabs = {
        "Figure": _figure if parts.screen else None,
        "Table": _table if parts.table else None,
        "Data": _data if parts.data else None,
        "Words": _words,
        "Code": _code,
    }
    shown = {name: draw for name, draw in tabs.items() if draw}
    with opened:
        for tab, draw in zip(st.tabs(list(shown)), shown.values(), strict=True):
            with tab:
                draw(menu)


def _figure(menu: _Menu) -> None:
    presets = figure_files.PRESETS
    st.segmented_control(
        "Size", list(presets), key=SIZE, default=figure_files.SCREEN.code, required=True, on_change=state.touch,
        format_func=lambda code: presets[code].label,
    )  # fmt: skip
    st.checkbox("Greys that print apart", key=GREY, on_change=state.touch)
    preset, grey = presets[st.session_state[SIZE]], st.session_state[GREY]
    spec = menu.parts.file if preset is figure_files.SCREEN and menu.parts.file else menu.parts.screen
    makers = {"svg": figure_files.svg, "png": figure_files.png, "pdf": figure_files.pdf}
    with st.container(horizontal=True):
        for suffix, mime in FIGURES.items():
            panels.download(
                suffix.upper(),
                lambda make=makers[suffix]: make(spec(), preset, grey),
                f"{menu.parts.name}-{preset.code}" + ("-grey" if grey else ""),
                suffix,
                mime,
                menu.content + preset.code + str(grey),
                f"x_{suffix}",
                width="content",
            )
    st.caption(
        "Screen: title, definition and notes inside, PNG at three times its size. Columns: for a journal, 300 dpi, "
        "text of at least 7 pt; the caption goes under it."
    )
    if menu.parts.caption:
        st.code(menu.parts.caption, language=None, wrap_lines=True)


def _table(menu: _Menu) -> None:
    rows, title = menu.parts.table, menu.parts.title
    makers = {
        "csv": lambda: csv_bytes(rows()),
        "html": lambda: web_page(rows(), title, menu.parts.notes),
        "docx": lambda: word_file(rows(), title, menu.parts.notes),
    }
    with st.container(horizontal=True):
        for suffix, mime in TABLES.items():
            panels.download(
                suffix.upper(), makers[suffix], f"{menu.parts.name}-table", suffix, mime, menu.content,
                f"x_table_{suffix}", width="content",
            )  # fmt: skip


def _data(menu: _Menu) -> None:
    for name, make in menu.parts.data.items():
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(plain(name), width="content")
            stem = f"{menu.parts.name}-{name.lower().replace(' ', '-')}"
            panels.download("CSV", lambda make=make: csv_bytes(make()), stem, "csv", "text/csv", menu.content,
                            f"x_csv_{name}", width="content")  # fmt: skip
            panels.download("Parquet", lambda make=make: _parquet(make()), stem, "parquet",
                            "application/vnd.apache.parquet", menu.content, f"x_parquet_{name}",
                            width="content")  # fmt: skip


def _parquet(data: pa.Table | list[dict]) -> bytes:
    out = io.BytesIO()
    pq.write_table(data if isinstance(data, pa.Table) else pa.Table.from_pylist(data), out)
    return out.getvalue()


def _words(menu: _Menu) -> None:
    """Results, methods and references, each with a button that copies it."""
    arguments = {"look": menu.look, "external": menu.external}
    cited = references(menu.view, menu.page, **arguments)
    for head, text in (
        ("Results", results_sentence(menu.parts.result)),
        ("Methods", methods_paragraph(menu.view, menu.page, **arguments)),
        ("References", "\n".join(f"{i}. {reference}" for i, reference in enumerate(cited, 1))),
    ):
        if text:
            st.markdown(f"**{head}**")
            st.code(text, language=None, wrap_lines=True)


def _code(menu: _Menu) -> None:
    """A script that gives the same numbers and the same figure."""
    text = script(menu.view, menu.page, menu.external)
    panels.download(
        "Script", lambda: text.encode("utf-8"), menu.parts.name, "py", "text/x-python", menu.content, "x_script",
        width="content",
    )  # fmt: skip
    st.code(text, language="python")
