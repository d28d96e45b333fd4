"""The survival page where times are only known between limits."""

from __future__ import annotations

from cohort.behind import number_code
from cohort.charts.theme import on, palette
from cohort.figures.survival import envelope_figure
from cohort.narrative import envelope as words
from cohort.results.envelope import EnvelopeResult
from cohort.ui import behind_panels, panels


def figure(result: EnvelopeResult) -> None:
    """The envelope of every group."""
    panels.figure(envelope_figure(result, panels.appearance()), words.envelope_alt(result), "survival_figure")
    behind_panels.opened_number(result.view)


def bounds(result: EnvelopeResult) -> None:
    """Bounds as printed, one column a group; a count of patients or events lists them."""
    p = palette(panels.appearance())
    colours = {g.label: on(p, g.colour) for g in result.view.groups}
    rows = words.envelope_table(result)
    opens = {
        (i, g.label): number_code(words.COUNTS[row[""]], g.code)
        for i, row in enumerate(rows) if row[""] in words.COUNTS for g in result.view.groups
    }  # fmt: skip
    panels.live_table(rows, "Bounds: " + words.envelope_alt(result), "bounds", colours, opens)
