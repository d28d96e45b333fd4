"""The survival page where times are only known between limits."""

from __future__ import annotations

from cohort.charts.theme import on, palette
from cohort.envelope_result import EnvelopeResult
from cohort.exports import figure as figure_files
from cohort.exports.table import csv_bytes
from cohort.narrative import envelope as words
from cohort.survival_figure import envelope_figure, envelope_file
from cohort.ui import panels, state


def figure(result: EnvelopeResult) -> None:
    """The envelope of every group."""
    panels.figure(envelope_figure(result, panels.appearance()), words.envelope_alt(result), "survival_figure")


def bounds(result: EnvelopeResult) -> None:
    """Bounds as printed, one column a group."""
    p = palette(panels.appearance())
    colours = {g.label: on(p, g.colour) for g in result.view.groups}
    panels.live_table(words.envelope_table(result), "Bounds: " + words.envelope_alt(result), "bounds", colours)


def files(result: EnvelopeResult) -> None:
    """The figure and the envelope behind it, made when asked for."""
    menu = panels.export_menu()
    if not menu.open:
        return
    content = repr((result.view.cohort.fingerprint, state.link(result.view)))
    name = f"riskset-{result.view.options.endpoint}-bounds"
    with menu:
        for label, make, suffix, mime in (
            ("Figure (SVG)", lambda: figure_files.svg(envelope_file(result)), "svg", "image/svg+xml"),
            ("Figure (PNG, 3×)", lambda: figure_files.png(envelope_file(result)), "png", "image/png"),
            ("Envelope (CSV)", lambda: csv_bytes(result.envelope), "csv", "text/csv"),
        ):
            panels.download(label, make, name, suffix, mime, content, f"x_{suffix}")
