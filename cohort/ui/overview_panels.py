"""What the overview page is laid out from."""

from __future__ import annotations

import re

import streamlit as st

from cohort import narrative
from cohort.charts import flow as flow_chart
from cohort.dictionary import CohortDefinition
from cohort.exports.table import csv_bytes
from cohort.overview_result import NO_EVENT, OverviewResult
from cohort.ui import behind_panels, panels, state
from cohort.ui.text import plain
from cohort.view import NO_GROUPING

_WEB = re.compile(r"https?://[^\s()<>\[\]\"'\\]+")
_NEUTRAL, _DEATH, _CALM = "#8A8F98", "#000000", "#3C6E9F"
CHECKSUM_DIGITS = 12


def flow_figure(result: OverviewResult, appearance: str) -> dict:
    """The flow diagram's specification with its data sets."""
    narrowed = result.view.selection.restricts
    frame = _frame(result, appearance)
    return flow_chart.figure(
        frame,
        {
            "boxes": flow_chart.box_rows(frame, result.boxes, narrowed),
            "bands": flow_chart.band_rows(frame, result.links, narrowed),
            "numbers": flow_chart.number_rows(frame, result.links),
        },
    )


def _frame(result: OverviewResult, appearance: str) -> flow_chart.Frame:
    """What stays the same in the diagram while filters change."""
    boxes, definition = result.flow.boxes, result.view.definition
    index = {(b.stage, b.code): i for i, b in enumerate(boxes)}
    whole = result.boxes["whole"].to_pylist()
    nodes = tuple(
        flow_chart.Node(
            b.stage, b.label, _colour(definition, b.kind, b.code), whole[i], index.get((b.stage, b.inside), -1)
        )
        for i, b in enumerate(boxes)
    )  # fmt: skip
    links = tuple(zip(*(result.links[c].to_pylist() for c in ("source", "target", "whole")), strict=True))
    return flow_chart.Frame(nodes, links, narrative.flow_heads(result), appearance)


def _colour(definition: CohortDefinition, kind: str, code: str) -> str:
    """A state's colour: that of the outcome level of the same code, so that it is the same on every page."""
    for variable in definition.variables:
        for level in variable.levels if variable.role == "outcome" else ():
            if level.code == code:
                return level.colour
    if kind in ("step", "missing"):
        return _NEUTRAL
    if code == NO_EVENT:
        return _CALM
    codes = [e for e in definition.events if e != "death"]
    fallback = {"alive": "#0072B2", "lost": "#CC79A7", "death": _DEATH}
    return fallback.get(code) or ("#D55E00", "#E69F00", "#8C6D1F")[codes.index(code) % 3 if code in codes else 2]


def table_one(result: OverviewResult) -> None:
    """Table 1 with the choice of groups and its file above it."""
    definition = result.view.definition
    title, by, export = st.columns([5, 4, 2], vertical_alignment="bottom")
    title.markdown("##### Table 1. Who they are")
    with by:
        options = {NO_GROUPING: "nothing (one column)", **{v.name: v.label for v in definition.groupings}}
        panels.choice("Compare by", "by", options, result.view.options.by, kind="select")
    printed = narrative.table_one_as_printed(result)
    with export:
        menu = panels.export_menu()
    if menu.open:
        with menu:
            panels.download(
                "Table 1 (CSV)",
                lambda: csv_bytes(printed.records()),
                "riskset-table1",
                "csv",
                "text/csv",
                repr((result.view.cohort.fingerprint, state.link(result.view))),
                "x_table1",
            )
    names = ("Characteristic", *printed.heads)
    empty = [""] * len(printed.heads)
    rows = [dict(zip(names, (row.label, *(row.cells or empty)), strict=True)) for row in printed.rows]
    opens = {(i, names[1 + j]): code for i, row in enumerate(printed.rows) for j, code in enumerate(row.codes)}
    kinds = [row.kind for row in printed.rows]
    panels.live_table(rows, f"Table 1: {narrative.overview_sentence(result)}", "table_one", opens=opens, kinds=kinds)
    behind_panels.opened_number(result.view)
    for note in printed.notes:
        st.caption(plain(note))


def missing_data(result: OverviewResult) -> None:
    """What is not reported, in one sentence, with every variable behind it."""
    st.markdown("##### What is missing")
    st.markdown(plain(narrative.completeness_sentence(result)))
    with st.expander("Reported, by variable"):
        panels.table(narrative.completeness_rows(result), alt="Number of patients with a value, by variable")


def notes(definition: CohortDefinition) -> None:
    """The cohort's own caveats, numbered."""
    if definition.caveats:
        st.markdown("##### What to keep in mind about this cohort")
        st.caption("\n".join(f"{i}. {plain(c['text'])}" for i, c in enumerate(definition.caveats, 1)))


def source(result: OverviewResult) -> None:
    """Where the data come from, under which licence, what was changed, and which version this is."""
    definition = result.view.definition
    citation, licence = definition.citation, definition.licence
    st.markdown("##### Source")
    lines = [plain(definition.title)]
    if citation.get("text"):
        doi = f" {_link('doi:' + citation['doi'], citation.get('url', ''))}" if citation.get("doi") else ""
        lines.append(f"**Cite:** {plain(citation['text'])}{doi}")
    if licence.get("name"):
        lines.append(f"**Licence:** {_link(licence['name'], licence.get('url', ''))}")
    if licence.get("changes"):
        lines.append(f"**Changes:** {plain(licence['changes'])}")
    cut = f"**Data cut:** {plain(definition.data_cut)}. " if definition.data_cut else ""
    lines.append(f"{cut}**Data checksum:** {result.view.cohort.fingerprint[:CHECKSUM_DIGITS]} (SHA-256 of all files)")
    st.markdown("\n\n".join(lines))


def _link(text: str, url: str) -> str:
    """A link where the address is a plain web address, else the text alone."""
    return f"[{plain(text)}]({url})" if _WEB.fullmatch(url) else plain(text)
