"""Curves as a projector shows them: fewer numbers under the axis, whole names, the highlighted patient marked."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa

from cohort.charts import kaplan_meier
from cohort.charts.theme import palette
from cohort.figures.at_risk import AtRiskFrame, at_risk_rows
from cohort.figures.survival import envelope_figure, frame_of, survival_figure
from cohort.narrative import group_totals
from cohort.narrative import presentation as words
from cohort.narrative.envelope import envelope_band
from cohort.results.envelope import EnvelopeResult
from cohort.results.survival import SurvivalResult
from cohort.statistics import survival_at
from cohort.view import CohortView

NAME = 230
"""Longest name of a group, in pixels."""

NAME_SIZE = 14
"""Type of the highlighted patient's name, in pixels."""


def projected_curves(view: CohortView, appearance: str) -> dict:
    """The survival figure of a view with its data sets: whole names, one row a group, the open patient marked."""
    result, frame = SurvivalResult(view), frame_of(SurvivalResult(view), appearance)
    if view.estimand.bounded:
        bounds = EnvelopeResult(view)
        data, at_ticks = envelope_figure(bounds, appearance)["datasets"], bounds.at_ticks
        title = view.definition.endpoint(view.options.endpoint).short
        frame = replace(frame, reasons=(), y_title=title, band=envelope_band(bounds))
    else:
        data, at_ticks = survival_figure(result, appearance)["datasets"], result.at_ticks
    frame, totals = AtRiskFrame.of(frame), group_totals(view)
    heads = {g.code: f"{g.label} ({totals[g.code]})" for g in frame.groups}
    spec = kaplan_meier.figure(frame, {**data, **at_risk_rows(at_ticks, frame, heads)}, view.cohort.recall)
    spec["layer"] = [_whole_names(layer) for layer in spec["layer"]]
    return spec if view.estimand.bounded else _with_patient(spec, result, frame)


def _whole_names(layer: dict) -> dict:
    """The layer with room for the names of groups: nobody can point at a name that is cut."""
    return {**layer, "mark": {**layer["mark"], "limit": NAME}} if "limit" in layer["mark"] else layer


def _with_patient(spec: dict, result: SurvivalResult, frame: kaplan_meier.Frame) -> dict:
    """The figure with the point marked and named at which the highlighted patient leaves."""
    view, i = result.view, words.highlighted(result.view)
    if i is None or not view.in_view[i] or view.group_of[i] < 0:
        return spec
    time, code = float(view.outcome.time[i]), view.groups[view.group_of[i]].code
    here = survival_at(result.curve, view.life_table, [time]).to_pylist()
    height = 100 * next(row[result.estimate] for row in here if row["group"] == code)
    late = time > 0.55 * frame.end
    p = palette(frame.appearance)
    point = {"x": min(time, frame.end), "s": height, "text": words.leaving(view, i)}
    place = {"x": {"field": "x", "type": "quantitative"}, "y": {"field": "s", "type": "quantitative"}}
    low = height < 80
    text = {
        "type": "text", "align": "right" if late else "left", "baseline": "bottom" if low else "top",
        "dx": -9 if late else 9, "dy": -9 if low else 9, "fontSize": NAME_SIZE, "fontWeight": 700,
    }  # fmt: skip
    named = {**place, "text": {"field": "text"}}
    layers = [
        {"mark": {"type": "point", "shape": "circle", "size": 230, "strokeWidth": 3, "color": p.ink, "opacity": 1,
                  "filled": False}, "encoding": place},
        # the name stands on a band of paper: it may lie over a curve
        {"mark": {**text, "stroke": p.background, "strokeWidth": 5, "strokeJoin": "round"}, "encoding": named},
        {"mark": {**text, "color": p.ink}, "encoding": named},
    ]  # fmt: skip
    found = [{"data": {"name": "highlight"}, **layer} for layer in layers]
    datasets = {**spec["datasets"], "highlight": pa.Table.from_pylist([point])}
    return {**spec, "layer": [*spec["layer"], *found], "datasets": datasets}
