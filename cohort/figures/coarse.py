"""The survival figure of data that must not be shown as they are: coarse steps, no mark of a single patient."""

from __future__ import annotations

from dataclasses import replace

from cohort.charts import kaplan_meier, kaplan_meier_rows
from cohort.exports.figure import standalone
from cohort.figures.at_risk import AtRiskFrame, at_risk_rows
from cohort.figures.survival import frame_of
from cohort.narrative import coarse as words
from cohort.results.coarse import CoarseResult


def coarse_file(result: CoarseResult) -> dict:
    """The figure for a file, with its title, and what was done to it, in it.

    Only the groups that are shown have a number: no total tells of the others.
    """
    view = result.view
    frame = AtRiskFrame.of(frame_of(result, "light"))
    frame = replace(frame, groups=tuple(g for g in frame.groups if g.code in result.shown), reasons=())
    alone = len(frame.groups) == 1 and view.by is None
    heads = {g.code: "All selected" if alone else g.label for g in frame.groups}
    drawn = kaplan_meier_rows.curve_rows(result.curve, result.estimate, frame, {})
    data = {
        "curve": drawn,
        "marks": kaplan_meier_rows.mark_rows(result.censored, {}),
        "ends": kaplan_meier_rows.end_rows(result.curve, result.estimate, frame, {g: view.n for g in result.shown}),
        **at_risk_rows(result.at_ticks, frame, heads),
    }
    return standalone(
        kaplan_meier.figure(frame, data, view.cohort.recall),
        view.endpoint.label + (f", by {view.by_label}" if view.by else ""),
        words.subtitle(result),
        words.caption(result),
        foot=frame.height - kaplan_meier.PLOT_HEIGHT + 4,
    )
