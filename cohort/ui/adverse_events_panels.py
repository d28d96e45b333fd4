"""What the adverse-events page is laid out from."""

from __future__ import annotations

import re

import streamlit as st

from cohort import narrative
from cohort.adverse_events_figure import adverse_events_file
from cohort.adverse_events_result import EventsResult
from cohort.exports import figure as figure_files
from cohort.exports.table import csv_bytes
from cohort.ui import panels, state
from cohort.view import NO_GROUPING

_BRACKETS = re.compile(r"\((?:n = |≤ )?\d[^)]*\)")
ORDERS = {"frequency": "frequency", "name": "name"}
THRESHOLDS = {"0": "all terms", "5": "≥ 5 %", "10": "≥ 10 %", "20": "≥ 20 %"}


def controls(result: EventsResult) -> None:
    """Order of terms; by patient also the grouping and the threshold."""
    view = result.view
    if result.level == "aggregate":
        order, recorded = st.columns([2, 7], vertical_alignment="center")
        with order:
            panels.choice("Order of terms", "ae_sort", ORDERS, view.options.ae_sort)
        with recorded:
            _card(result)
        return
    by, threshold, order = st.columns([4, 5, 3], vertical_alignment="bottom")
    with by:
        options = {NO_GROUPING: "nothing (bars by grade)", **{v.name: v.label for v in view.definition.groupings}}
        panels.choice("Compare by", "by", options, view.options.by, kind="select")
    with threshold:
        panels.choice("Terms in at least", "ae_min", THRESHOLDS, view.options.ae_min)
    with order:
        panels.choice("Order of terms", "ae_sort", ORDERS, view.options.ae_sort)
    _card(result)


def _card(result: EventsResult) -> None:
    """How the adverse events were recorded, in a few quiet words."""
    facts = [f"{name} **{panels.plain(value)}**" for name, value in narrative.adverse_events_card(result)]
    st.caption(" · ".join(facts))


def counts(result: EventsResult) -> None:
    """The numbers of the figure as printed, with what stands in footnotes."""
    rows = [
        {name: _kept_together(cell) for name, cell in row.items()} for row in narrative.adverse_events_table(result)
    ]
    panels.table(rows, alt="Table. " + narrative.adverse_events_alt(result))
    for note in narrative.adverse_events_notes(result):
        st.caption(panels.plain(note))


def _kept_together(cell: str) -> str:
    """No line break within the brackets of numbers: "17 of 19 (89 %, 67–99)"."""
    return _BRACKETS.sub(lambda found: found[0].replace(" ", "\u00a0"), cell)


def absent() -> None:
    """What a cohort without adverse events lacks, and how to add it."""
    st.markdown(
        "The page needs one of two tables in the cohort's folder, named under `[files]` in `cohort.toml`:\n"
        "- `ae_aggregate.csv`, totals as a paper prints them: one row a term and grade band, with "
        "`term, grade_band, k, n, pct_printed, scale, quote`; an empty `k` is “not reported”.\n"
        "- `ae_events.csv`, one row an event: `patient_id, term, grade, onset_month, serious, related`.\n\n"
        "State the grading scale under `[adverse_events]` in `cohort.toml`: `scale` (for example WHO I–IV or CTCAE "
        "v5.0), and for events by patient `safety_variable`, the variable whose level `yes` is the denominator."
    )


def files(result: EventsResult) -> None:
    """The figure and the data behind it, made when asked for."""
    menu = panels.export_menu()
    if not menu.open:
        return
    content = repr((result.view.cohort.fingerprint, state.link(result.view)))
    name = "riskset-adverse-events"
    data = result.counts if result.level == "patient" else result.bounds if result.is_subgroup else result.reported
    with menu:
        for label, make, suffix, mime, part in (
            ("Figure (SVG)", lambda: figure_files.svg(adverse_events_file(result)), "svg", "image/svg+xml", ""),
            ("Figure (PNG, 3×)", lambda: figure_files.png(adverse_events_file(result)), "png", "image/png", ""),
            ("Counts (CSV)", lambda: csv_bytes(data), "csv", "text/csv", "-counts"),
            ("Table (CSV)", lambda: csv_bytes(narrative.adverse_events_table(result)), "csv", "text/csv", "-table"),
        ):  # fmt: skip
            panels.download(label, make, name + part, suffix, mime, content, f"x_ae_{suffix}{part}")
