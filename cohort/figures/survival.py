"""From a survival result to its figure: the one place that knows both."""

from __future__ import annotations

import pyarrow as pa

from cohort import narrative
from cohort.behind import number_code
from cohort.charts import kaplan_meier, kaplan_meier_rows
from cohort.comparator import Comparator, comparable
from cohort.exports.figure import standalone
from cohort.narrative import envelope as words
from cohort.narrative.external import external_caption
from cohort.results.envelope import EnvelopeResult
from cohort.results.survival import SurvivalResult
from cohort.view import CohortView


def frame_of(result: SurvivalResult, appearance: str, external: Comparator | None = None) -> kaplan_meier.Frame:
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
        **_beside(external),
    )


def _beside(external: Comparator | None) -> dict:
    if external is None:
        return {}
    known = external.table["n_risk"].null_count < external.table.num_rows
    return {"external": external.label, "external_at_risk": known}


def _drawn(external: Comparator | None, view: CohortView) -> Comparator | None:
    """The published curve where it answers the question in view, else None."""
    return external if external is not None and comparable(external, view) else None


def survival_figure(
    result: SurvivalResult, appearance: str = "light", clicks: int = 0, external: Comparator | None = None
) -> dict:
    """The Vega-Lite specification of the survival figure with its data sets.

    ``clicks`` counts the numbers opened so far: it makes a second click on the same number a new one. ``external`` is a
    published curve, drawn where it answers the question in view.
    """
    view = result.view
    external = _drawn(external, view)
    published = None if external is None else external.table
    frame = frame_of(result, appearance, external)
    totals = narrative.group_totals(view)
    whole = result.whole_curve if view.selection.restricts and view.by is None else None
    cells, heads = kaplan_meier_rows.table_rows(result.at_ticks, frame, totals, number_code, str(clicks), published)
    reasons = {r.code: r.label for r in view.definition.reasons}
    return kaplan_meier.figure(
        frame,
        {
            "curve": kaplan_meier_rows.curve_rows(result.curve, result.estimate, frame, result.fade_from, whole),
            "marks": kaplan_meier_rows.mark_rows(result.censored, reasons),
            "ends": kaplan_meier_rows.end_rows(result.curve, result.estimate, frame, totals, whole, published),
            "cells": cells,
            "heads": heads,
            "notes": kaplan_meier_rows.note_rows(view.marks, frame),
        }
        | _external_rows(published),
        view.cohort.recall,
    )


def _external_rows(published: pa.Table | None) -> dict[str, pa.Table]:
    return {} if published is None else {"external": kaplan_meier_rows.external_rows(published)}


def survival_file(result: SurvivalResult, looked: str = "", external: Comparator | None = None) -> dict:
    """The figure for a file: light, with title, subtitle, caption and what was looked at in the session in it."""
    external = _drawn(external, result.view)
    frame = frame_of(result, "light", external)
    return standalone(
        survival_figure(result, external=external),
        result.view.endpoint.label + (f", by {result.view.by_label}" if result.view.by else ""),
        narrative.survival_subtitle(result),
        _joined(narrative.survival_caption(result), external_caption(external), looked),
        foot=frame.height - kaplan_meier.PLOT_HEIGHT + 4,
    )


def _joined(*sentences: str) -> str:
    return " ".join(s for s in sentences if s)


def _envelope_frame(result: EnvelopeResult, appearance: str, external: Comparator | None = None) -> kaplan_meier.Frame:
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
        **_beside(external),
    )


def envelope_figure(result: EnvelopeResult, appearance: str = "light", external: Comparator | None = None) -> dict:
    """The specification of the survival figure with an envelope in place of each curve."""
    view = result.view
    external = _drawn(external, view)
    published = None if external is None else external.table
    frame = _envelope_frame(result, appearance, external)
    totals = narrative.group_totals(view)
    cells, heads = kaplan_meier_rows.table_rows(result.at_ticks, frame, totals, lambda *_: "", external=published)
    edges = result.envelope.rename_columns(
        ["survival" if c == "survival_high" else c for c in result.envelope.column_names]
    )
    return kaplan_meier.figure(
        frame,
        {
            "curve": kaplan_meier_rows.envelope_rows(result.envelope, frame),
            "ends": kaplan_meier_rows.end_rows(edges, "survival", frame, totals, external=published),
            "cells": cells,
            "heads": heads,
            "notes": kaplan_meier_rows.note_rows(view.marks, frame),
        }
        | _external_rows(published),
        view.cohort.recall,
    )


def envelope_file(result: EnvelopeResult, external: Comparator | None = None) -> dict:
    """The envelope for a file: light, with title, subtitle and caption in it."""
    external = _drawn(external, result.view)
    frame = _envelope_frame(result, "light", external)
    return standalone(
        envelope_figure(result, external=external),
        result.view.endpoint.label + (f", by {result.view.by_label}" if result.view.by else ""),
        words.envelope_subtitle(result),
        _joined(words.envelope_caption(result), external_caption(external)),
        foot=frame.height - kaplan_meier.PLOT_HEIGHT + 4,
    )
