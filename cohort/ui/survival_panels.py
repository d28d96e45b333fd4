"""What the survival page is laid out from."""

from __future__ import annotations

import streamlit as st

from cohort import narrative
from cohort.behind import number_code
from cohort.charts.kaplan_meier import NUMBER
from cohort.charts.theme import on, palette
from cohort.exports import figure as figure_files
from cohort.exports.table import csv_bytes
from cohort.narrative import looks as looks_words
from cohort.survival_figure import survival_figure, survival_file
from cohort.survival_result import SurvivalResult
from cohort.ui import composer_panels, ledger_panels, panels, state
from cohort.view import INTERVAL_LABELS, NO_GROUPING, CohortView


def controls(view: CohortView) -> None:
    """Endpoint and grouping in sight; the composer, interval and axis in menus that cost nothing while closed."""
    definition = view.definition
    endpoint, compose, by, more = st.columns([5, 3, 5, 2], vertical_alignment="bottom")
    with endpoint:
        options = {
            e.code: e.short + (" (bounds)" if e.status == "bounded" else "") for e in definition.selectable_endpoints
        }
        panels.choice("Endpoint", "endpoint", options, view.options.endpoint, kind="select")
    with compose:
        composer_panels.composer(view)
    with by:
        options = {NO_GROUPING: "nothing (one curve)", **{v.name: v.label for v in definition.groupings}}
        panels.choice("Compare by", "by", options, view.options.by, kind="select")
    with more:
        menu = st.popover("More", icon=":material/tune:", key="more", on_change=state.touch, width="stretch")
        if menu.open:
            with menu:
                panels.choice("95 % confidence interval", "interval", INTERVAL_LABELS, view.options.interval)
                panels.choice("Time axis", "axis", {"standard": "standard", "full": "full"}, view.options.axis)


def estimates(result: SurvivalResult) -> None:
    """Every estimate of the figure as printed, one column a group."""
    rows = narrative.estimates_table(result)
    what = [name for name in rows[0] if name != "Group"]
    turned = [{"": name, **{row["Group"]: row[name] for row in rows}} for name in what]
    p = palette(panels.appearance())
    colours = {g.label: on(p, g.colour) for g in result.view.groups}
    opens = {
        (i, g.label): number_code(COUNTS[name], g.code)
        for i, name in enumerate(what) if name in COUNTS for g in result.view.groups
    }  # fmt: skip
    panels.live_table(turned, "Estimates: " + narrative.survival_alt(result), "estimates", colours, opens)


COUNTS = {"Patients": "n", "Events": "event"}
"""Rows of the table of estimates whose numbers open their patients."""


def figure(result: SurvivalResult) -> None:
    """The curves; a click on a number of the table under the axis lists its patients."""
    spec = survival_figure(result, panels.appearance(), st.session_state.get(CLICKS, 0))
    panels.figure(spec, narrative.survival_alt(result), FIGURE, on_select=_number_clicked, selection_mode=NUMBER)


FIGURE, CLICKS = "survival_figure", "survival_clicks"


def _number_clicked() -> None:
    st.session_state[CLICKS] = st.session_state.get(CLICKS, 0) + 1
    picked = st.session_state[FIGURE]["selection"].get(NUMBER)
    if picked:
        state.set_option("behind", str(picked[0].get("code", ""))[:120])


def files(result: SurvivalResult) -> None:
    """The figure and the data behind it, made when asked for."""
    content = repr((result.view.cohort.fingerprint, state.link(result.view)))
    name = f"riskset-{result.view.endpoint.code}"
    menu = panels.export_menu()
    if not menu.open:
        return
    kept = ledger_panels.ledger()
    looked = looks_words.looks_sentence(kept) if result.view.by else ""
    content = repr((content, kept))
    with menu:
        panels.download(
            "Figure (SVG)",
            lambda: figure_files.svg(survival_file(result, looked)),
            name,
            "svg",
            "image/svg+xml",
            content,
            "x_svg",
        )
        panels.download(
            "Figure (PNG, 3×)",
            lambda: figure_files.png(survival_file(result, looked)),
            name,
            "png",
            "image/png",
            content,
            "x_png",
        )
        panels.download(
            "Curve (CSV)", lambda: csv_bytes(result.curve), name + "-curve", "csv", "text/csv", content, "x_curve"
        )
        panels.download(
            "Estimates (CSV)",
            lambda: csv_bytes(narrative.estimates_table(result)),
            name + "-estimates",
            "csv",
            "text/csv",
            content,
            "x_estimates",
        )
