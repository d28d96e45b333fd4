"""What the overview page is laid out from."""

from __future__ import annotations

import re

import streamlit as st

from cohort import narrative
from cohort.dictionary import CohortDefinition
from cohort.options import NO_GROUPING
from cohort.results.overview import OverviewResult
from cohort.ui import behind_panels, export_panels, panels
from cohort.ui.text import plain

_WEB = re.compile(r"https?://[^\s()<>\[\]\"'\\]+")
CHECKSUM_DIGITS = 12


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
        export_panels.exports(result.view, "overview")
    names = ("Characteristic", *printed.heads)
    empty = [""] * len(printed.heads)
    rows = [dict(zip(names, (row.label, *(row.cells or empty)), strict=True)) for row in printed.rows]
    opens = {(i, names[1 + j]): code for i, row in enumerate(printed.rows) for j, code in enumerate(row.codes)}
    kinds = [row.kind for row in printed.rows]
    if not rows:
        st.markdown(plain(narrative.NO_TABLE_ONE))
        return
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
