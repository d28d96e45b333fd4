"""From an overview result to its flow diagram: the one place that knows both."""

from __future__ import annotations

from cohort import narrative
from cohort.charts import flow as flow_chart
from cohort.dictionary import CohortDefinition
from cohort.results.overview import NO_EVENT, OverviewResult

_NEUTRAL, _DEATH, _CALM = "#8A8F98", "#000000", "#3C6E9F"


def flow_figure(result: OverviewResult, appearance: str = "light") -> dict:
    """The flow diagram's specification with its data sets."""
    narrowed = result.view.selection.restricts
    frame, keep = _frame(result, appearance), result.view.cohort.recall
    where = keep(("flow layout", frame), lambda: flow_chart.layout(frame))
    return flow_chart.figure(
        frame,
        {
            "boxes": flow_chart.box_rows(frame, where, result.boxes, narrowed),
            "bands": flow_chart.band_rows(frame, where, result.links, narrowed),
            "numbers": flow_chart.number_rows(frame, where, result.links),
        },
        keep,
    )


def _frame(result: OverviewResult, appearance: str) -> flow_chart.Frame:
    """What stays the same in the diagram while filters change."""
    boxes, definition = result.flow.boxes, result.view.definition
    index = {(b.stage, b.code): i for i, b in enumerate(boxes)}
    whole = result.boxes["whole"].to_pylist()
    nodes = tuple(
        flow_chart.Node(
            b.stage, b.label, _colour(definition, b.kind, b.code), whole[i], index.get((b.stage, b.inside), -1)
        )
        for i, b in enumerate(boxes)
    )  # fmt: skip
    links = tuple(zip(*(result.links[c].to_pylist() for c in ("source", "target", "whole")), strict=True))
    return flow_chart.Frame(nodes, links, narrative.flow_heads(result), appearance)


def _colour(definition: CohortDefinition, kind: str, code: str) -> str:
    """A state's colour: that of the outcome level of the same code, so that it is the same on every page."""
    for variable in definition.variables:
        for level in variable.levels if variable.role == "outcome" else ():
            if level.code == code:
                return level.colour
    if kind in ("step", "missing"):
        return _NEUTRAL
    if code == NO_EVENT:
        return _CALM
    codes = [e for e in definition.events if e != "death"]
    fallback = {"alive": "#0072B2", "lost": "#CC79A7", "death": _DEATH}
    return fallback.get(code) or ("#D55E00", "#E69F00", "#8C6D1F")[codes.index(code) % 3 if code in codes else 2]
