"""From a survival result to its figure: the one place that knows both."""

from __future__ import annotations

from cohort import narrative
from cohort.behind import number_code
from cohort.charts import kaplan_meier, kaplan_meier_rows
from cohort.envelope_result import EnvelopeResult
from cohort.exports.figure import standalone
from cohort.narrative import envelope as words
from cohort.survival_result import SurvivalResult
from cohort.view import CohortView


def frame_of(result: SurvivalResult, appearance: str) -> kaplan_meier.Frame:
    """What stays the same in the figure while filters change."""
    view: CohortView = result.view
    used = {r for r in view.outcome.reason if r}
    end, ticks = result.axis
    what = "Cumulative incidence" if result.estimate == "incidence" else view.endpoint.short
    return kaplan_meier.Frame(
        groups=view.groups,
        reasons=tuple(r for r in view.definition.reasons if r.code in used),
        end=end,
        ticks=ticks,
        landmarks=tuple(t for t in view.endpoint.landmarks if t in (12, 24)),
        x_title=view.endpoint.origin_label,
        y_title=what,
        appearance=appearance,
        band=f"Band: pointwise 95 % CI, {narrative.interval_name(result)}",
    )


def survival_figure(result: SurvivalResult, appearance: str = "light", clicks: int = 0) -> dict:
    """The Vega-Lite specification of the survival figure with its data sets.

    ``clicks`` counts the numbers opened so far: it makes a second click on the same number a new one.
    """
    view = result.view
    frame = frame_of(result, appearance)
    totals = narrative.group_totals(view)
    whole = result.whole_curve if view.selection.restricts and view.by is None else None
    cells, heads = kaplan_meier_rows.table_rows(result.at_ticks, frame, totals, number_code, str(clicks))
    reasons = {r.code: r.label for r in view.definition.reasons}
    return kaplan_meier.figure(
        frame,
        {
            "curve": kaplan_meier_rows.curve_rows(result.curve, result.estimate, frame, result.fade_from, whole),
            "marks": kaplan_meier_rows.mark_rows(result.censored, reasons),
            "ends": kaplan_meier_rows.end_rows(result.curve, result.estimate, frame, totals, whole),
            "cells": cells,
            "heads": heads,
        },
    )


def survival_file(result: SurvivalResult, looked: str = "") -> dict:
    """The figure for a file: light, with title, subtitle, caption and what was looked at in the session in it."""
    frame = frame_of(result, "light")
    return standalone(
        survival_figure(result),
        result.view.endpoint.label + (f", by {result.view.by_label}" if result.view.by else ""),
        narrative.survival_subtitle(result),
        f"{narrative.survival_caption(result)} {looked}".strip(),
        foot=frame.height - kaplan_meier.PLOT_HEIGHT + 4,
    )


def _envelope_frame(result: EnvelopeResult, appearance: str) -> kaplan_meier.Frame:
    view = result.view
    end, ticks = result.axis
    return kaplan_meier.Frame(
        groups=view.groups,
        reasons=(),
        end=end,
        ticks=ticks,
        landmarks=tuple(t for t in view.endpoint.landmarks if t in (12, 24)),
        x_title=view.endpoint.origin_label,
        y_title=view.definition.endpoint(view.options.endpoint).short,
        appearance=appearance,
        band=words.envelope_band(result),
    )


def envelope_figure(result: EnvelopeResult, appearance: str = "light") -> dict:
    """The specification of the survival figure with an envelope in place of each curve."""
    view = result.view
    frame = _envelope_frame(result, appearance)
    totals = narrative.group_totals(view)
    cells, heads = kaplan_meier_rows.table_rows(result.at_ticks, frame, totals, lambda *_: "")
    edges = result.envelope.rename_columns(
        ["survival" if c == "survival_high" else c for c in result.envelope.column_names]
    )
    return kaplan_meier.figure(
        frame,
        {
            "curve": kaplan_meier_rows.envelope_rows(result.envelope, frame),
            "ends": kaplan_meier_rows.end_rows(edges, "survival", frame, totals),
            "cells": cells,
            "heads": heads,
        },
    )


def envelope_file(result: EnvelopeResult) -> dict:
    """The envelope for a file: light, with title, subtitle and caption in it."""
    frame = _envelope_frame(result, "light")
    return standalone(
        envelope_figure(result),
        result.view.endpoint.label + (f", by {result.view.by_label}" if result.view.by else ""),
        words.envelope_subtitle(result),
        words.envelope_caption(result),
        foot=frame.height - kaplan_meier.PLOT_HEIGHT + 4,
    )
