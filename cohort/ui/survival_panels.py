"""What the survival page is laid out from."""

from __future__ import annotations

import streamlit as st

from cohort import narrative
from cohort.charts.theme import on, palette
from cohort.exports import figure as figure_files
from cohort.exports.table import csv_bytes
from cohort.survival_figure import survival_file
from cohort.survival_result import SurvivalResult
from cohort.ui import panels, state
from cohort.view import INTERVAL_LABELS, NO_GROUPING, CohortView


def controls(view: CohortView) -> None:
    """Endpoint and grouping in sight; interval and axis behind "More", which costs a redraw nothing while closed."""
    definition = view.definition
    endpoint, by, more = st.columns([5, 5, 2], vertical_alignment="bottom")
    with endpoint:
        options = {e.code: e.short for e in definition.selectable_endpoints}
        panels.choice("Endpoint", "endpoint", options, view.options.endpoint, kind="select")
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
    panels.live_table(turned, "Estimates: " + narrative.survival_alt(result), "estimates", colours)


def files(result: SurvivalResult) -> None:
    """The figure and the data behind it, made when asked for."""
    content = repr((result.view.cohort.fingerprint, state.link(result.view)))
    name = f"riskset-{result.view.endpoint.code}"
    menu = panels.export_menu()
    if not menu.open:
        return
    with menu:
        panels.download(
            "Figure (SVG)",
            lambda: figure_files.svg(survival_file(result)),
            name,
            "svg",
            "image/svg+xml",
            content,
            "x_svg",
        )
        panels.download(
            "Figure (PNG, 3×)",
            lambda: figure_files.png(survival_file(result)),
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
