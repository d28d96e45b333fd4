"""The survival page where times are only known between limits."""

from __future__ import annotations

from cohort.charts.theme import on, palette
from cohort.envelope_result import EnvelopeResult
from cohort.narrative import envelope as words
from cohort.survival_figure import envelope_figure
from cohort.ui import panels


def figure(result: EnvelopeResult) -> None:
    """The envelope of every group."""
    panels.figure(envelope_figure(result, panels.appearance()), words.envelope_alt(result), "survival_figure")


def bounds(result: EnvelopeResult) -> None:
    """Bounds as printed, one column a group."""
    p = palette(panels.appearance())
    colours = {g.label: on(p, g.colour) for g in result.view.groups}
    panels.live_table(words.envelope_table(result), "Bounds: " + words.envelope_alt(result), "bounds", colours)
