"""What the adverse-events page is laid out from."""

from __future__ import annotations

import re

import streamlit as st

from cohort import narrative
from cohort.options import NO_GROUPING
from cohort.results.adverse_events import EventsResult
from cohort.ui import export_panels, panels

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
        "v5.0), and for events by patient `safety_variable`, the variable whose level `yes` is the denominator.\n\n"
        "For a cohort handed in on the page Your cohort: hand in a table with one row an event together with the "
        "patients' and name it there under Columns, Adverse events."
    )


def files(result: EventsResult) -> None:
    """The figure, its table and the counts behind it."""
    export_panels.exports(result.view, "adverse_events")
