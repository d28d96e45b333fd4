"""Figures as a projector shows them: the data sets of the screen, laid out in a small room and then magnified.

Type, lines, marks and distances are magnified together, so a figure here is the figure on screen seen from nearer.
What would need smaller type than the back of a room can read is left out and counted in ``note``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import cached_property
from itertools import groupby

import numpy as np
import pyarrow.compute as pc

from cohort.charts import adverse_events as bars
from cohort.charts import forest, swimmer
from cohort.charts.theme import palette
from cohort.figures.adverse_events import adverse_events_figure
from cohort.figures.adverse_events import frame_of as adverse_events_frame
from cohort.figures.overview import flow_figure
from cohort.figures.patients import frame_of as lanes_frame
from cohort.figures.patients import patients_figure
from cohort.figures.presentation_curves import projected_curves
from cohort.figures.subgroups import forest_figure
from cohort.narrative import presentation as words
from cohort.results.adverse_events import adverse_events
from cohort.results.overview import OverviewResult
from cohort.results.patients import PatientsResult
from cohort.results.subgroups import SubgroupsResult
from cohort.results.subgroups_rows import PRE_SPECIFIED, Row
from cohort.view import CohortView

SCREEN = (1920, 1080)
"""The projector that pixels are counted on; a smaller one shows everything in proportion."""

TYPE = 13
"""Smallest type of a figure as laid out, in pixels."""

READABLE = 30.5
"""The same type on SCREEN: 30 pixels there are 20 on a projector of 1280 × 720, and figures are fitted to the pixel."""

ZOOM = READABLE / TYPE


@dataclass(frozen=True)
class PresentFigure:
    """A specification complete with data, size and zoom, and what it leaves out, in words."""

    spec: dict
    note: str = ""


def present_figure(
    view: CohortView, page: str, width: int, height: int, appearance: str = "light"
) -> PresentFigure | None:
    """The figure of a view for a projector.

    Parameters
    ----------
    view : the view; the patient whose profile is open in it is the one highlighted
    page : a key of FIGURES
    width, height : room for the figure in pixels of SCREEN
    appearance : "light" or "dark"

    Returns
    -------
    PresentFigure, or None where the page has no figure of this view (nobody selected, nothing reported).
    """
    size = round(width / ZOOM), round(height / ZOOM)
    drawn = FIGURES[page](view, size[1], appearance) if view.n else None
    if drawn is None:
        return None
    spec = _legible({key: value for key, value in drawn.spec.items() if key != "datasets"})
    datasets = {name: table.to_pylist() for name, table in drawn.spec["datasets"].items()}
    fitted = {"width": size[0], "height": size[1], "padding": 4, "autosize": {"type": "fit", "contains": "padding"}}
    return PresentFigure(spec | fitted | {"datasets": datasets}, drawn.note)


def _legible(part: object) -> object:
    """The same specification with no type smaller than TYPE and without what only a pointer reads."""
    if isinstance(part, dict):
        return {
            key: max(value, TYPE) if key.lower().endswith("fontsize") and isinstance(value, int | float)
            else _legible(value)
            for key, value in part.items() if key != "tooltip"
        }  # fmt: skip
    return [_legible(item) for item in part] if isinstance(part, list) else part


# ---- lanes -----------------------------------------------------------------------------------------------------------

KEY = 17
"""Height of a row of the keys above the lanes, in pixels."""


@dataclass(frozen=True, eq=False)
class _FewLanes(PatientsResult):
    """The lanes that can be read, evenly spaced through the list; the highlighted patient keeps theirs."""

    most: int = 0

    @cached_property
    def lanes(self) -> np.ndarray:
        lanes = self.order
        if len(lanes) <= self.most:
            return lanes
        here = np.flatnonzero(self.view.cohort.ids[lanes] == self.view.options.patient)
        kept = np.linspace(0, len(lanes) - 1, self.most).round().astype(int)
        if len(here):
            kept[np.abs(kept - here[0]).argmin()] = here[0]
        return lanes[kept]


def _patients(view: CohortView, height: int, appearance: str) -> PresentFigure | None:
    frame = lanes_frame(PatientsResult(view), appearance)
    keys = (len(frame.segments) > 1) + -(-len(frame.marks) // 3)
    room = height - swimmer.HEAD - KEY * keys
    result = _FewLanes(view, room // TYPE)
    if not result.n:
        return None
    drawn, n = patients_figure(result, appearance)["datasets"], len(result.lanes)
    frame = replace(frame, columns=(), step=min(30, room // n))
    spec = swimmer.figure(
        frame, {name: drawn[name] for name in ("lanes", "heads", "segments", "marks")}, view.cohort.recall
    )
    if len(frame.groups) > 1:
        spec["config"] = _keys_to_the_right(spec["config"])
    if words.highlighted(view) in result.lanes:
        spec = {**spec, "layer": [*spec["layer"], _veil(frame)]}
    note = f"{n} of {result.n} patients drawn, evenly spaced through the list" if n < result.n else ""
    return PresentFigure(spec, note)


def _keys_to_the_right(config: dict) -> dict:
    """Keys end where the lanes end, and may begin over the names of groups: a long reason for leaving is not cut."""
    legend, layout = config["legend"], config["legend"]["layout"]
    return config | {"legend": legend | {"layout": layout | {"top": layout["top"] | {"anchor": "end"}}}}


def _veil(frame: swimmer.Frame) -> dict:
    """Dims every lane but the highlighted one."""
    return {
        "data": {"name": "lanes"},
        "transform": [{"filter": "!datum.open"}],
        "mark": {"type": "rect", "color": palette(frame.appearance).background, "opacity": 0.62},
        "encoding": {
            "y": {"field": "row", "type": "ordinal", "axis": None},
            "x": {"value": -frame.left},
            "x2": {"value": {"expr": "width + 40"}},
        },
    }


# ---- rows ------------------------------------------------------------------------------------------------------------

FOREST_LINE, TERM_ROW = 15, 30
"""Least height of a line of the forest, and of a row of adverse events, in pixels."""


@dataclass(frozen=True, eq=False)
class _FirstRows(SubgroupsResult):
    """The first characteristics of the dictionary, as many as can be read."""

    room: int = 0

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        kept, line, part = [], 1, None
        for _, group in groupby(super().rows, key=lambda row: row.variable.name):
            found = list(group)
            line += len(found) + 1
            if (first := found[0].variable.group == PRE_SPECIFIED) is not part:
                line, part = line + (1 if part is None else 2), first
            if line > self.room:
                break
            kept += found
        return tuple(kept)

    @property
    def ratios(self) -> tuple[dict | None, ...]:
        return SubgroupsResult(self.view).ratios  # of all rows: they are kept with the cohort


def _subgroups(view: CohortView, height: int, appearance: str) -> PresentFigure | None:
    if view.estimand.bounded:
        return None
    result = _FirstRows(view, (height - forest.HEAD - forest.FOOT - 8) // FOREST_LINE)
    shown, everything = len(result.rows), len(SubgroupsResult(view).rows)
    note = f"the first {shown} of {everything} rows" if shown < everything else ""
    note = "; ".join(filter(None, (note, words.weak_words(result))))
    drawn = forest_figure(result, appearance)
    return PresentFigure({**drawn, "layer": [_apart(layer) for layer in drawn["layer"]]}, note)


def _apart(layer: dict) -> dict:
    """The layer with every other tick and without bold heads, which would touch at this size."""
    if "text" in layer["mark"]:
        return {**layer, "mark": {**layer["mark"], "fontWeight": "normal"}}
    x = layer["encoding"].get("x", {})
    if not x.get("axis"):
        return layer
    axis = {**x["axis"], "values": x["axis"]["values"][::2]}
    return {**layer, "encoding": {**layer["encoding"], "x": {**x, "axis": axis}}}


@dataclass(frozen=True)
class _Terms(bars.Frame):
    """Terms that can be read, in rows of a given height."""

    row: int = TERM_ROW

    @property
    def pitch(self) -> int:
        return self.row


def _adverse_events(view: CohortView, height: int, appearance: str) -> PresentFigure | None:
    result = adverse_events(view)
    if result is None or not result.countable:
        return None
    frame, room = adverse_events_frame(result, appearance), height - bars.TOP - bars.FOOT - 8
    least = max(TERM_ROW, bars.DOT_PITCH * len(frame.groups) + 8)
    n = min(len(frame.terms), room // least)
    given = {f.name: getattr(frame, f.name) for f in fields(frame)} | {"terms": frame.terms[:n]}
    drawn = adverse_events_figure(result, appearance)["datasets"]
    data = {
        name: table.filter(pc.field("y") < n - 0.5) if "y" in table.column_names else table
        for name, table in drawn.items() if name not in ("labels", "once")
    }  # fmt: skip
    note = f"the first {n} of {len(frame.terms)} rows" if n < len(frame.terms) else ""
    return PresentFigure(bars.figure(_Terms(**given, row=min(44, room // n)), data, view.cohort.recall), note)


def _survival(view: CohortView, height: int, appearance: str) -> PresentFigure:
    return PresentFigure(projected_curves(view, appearance))


def _overview(view: CohortView, height: int, appearance: str) -> PresentFigure:
    return PresentFigure(flow_figure(OverviewResult(view), appearance))


FIGURES: dict[str, Callable[[CohortView, int, str], PresentFigure | None]] = {
    "overview": _overview,
    "survival": _survival,
    "subgroups": _subgroups,
    "adverse_events": _adverse_events,
    "patients": _patients,
}
"""How the figure of each page is laid out: view, height in pixels as laid out, appearance."""
