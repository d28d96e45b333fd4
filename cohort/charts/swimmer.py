"""The swimmer figure: one lane a patient, with the mutation matrix on the same rows.

One layered single view. Its height is a number of pixels a row, so the browser draws as many rows as there are in the
data and keeps the figure when a filter changes; the specification depends on clock, grouping, columns and appearance.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt
import numpy as np
import pyarrow as pa

from cohort.charts import mutations
from cohort.charts.keep import Keep
from cohort.charts.lettering import width
from cohort.charts.swimmer_marks import HOLLOW, SHAPES, Mark
from cohort.charts.theme import config, on, palette
from cohort.dictionary import Level

HEAD = 58
"""Room above the lanes for the time axis and the heads of the matrix, in pixels."""

LABELS, MOST_LABELS, GROUP_LABELS = 44, 104, 118
"""Room left of the lanes for patient ids, the most of it, and for names of groups where there are any, in pixels."""

ID_SIZE = 13
"""Letters of patient ids, in pixels; smaller in flat lanes."""

AXIS = 42
"""Height of the time axis with its labels and title, in pixels."""

SEGMENTS = {
    "free": ("followed, no event yet", (1, 0), 0.9),
    "ended": ("censored for one endpoint, still followed", (6, 3), 0.6),
    "after": ("followed after an event", (1, 0), 0.3),
    "begun": ("followed after the start", (1, 0), 0.9),
    "before": ("before maintenance", (1, 0), 0.3),
    "unknown": ("start of maintenance in here", (1.5, 3), 0.9),
    "followed": ("followed", (1, 0), 0.9),
}
"""Pieces of a lane: words, dash and opacity. None of them says how long a patient was treated."""


@dataclass(frozen=True)
class Frame:
    """What the constant part of the figure depends on."""

    groups: tuple[Level, ...]
    marks: tuple[Mark, ...]
    segments: tuple[str, ...]
    columns: tuple[mutations.Column, ...]
    end: float
    x_title: str
    step: int = 18
    appearance: str = "light"
    labels: int = LABELS

    @property
    def ticks(self) -> tuple[float, ...]:
        """Ticks of the time axis, at most nine."""
        step = next((s for s in (1, 2, 3, 6, 12, 24, 60, 120) if self.end / s <= 8), 240)
        return tuple(float(t) for t in np.arange(0, self.end + 1e-9, step))

    @property
    def left(self) -> int:
        """Room left of the lanes in pixels."""
        return self.labels + (GROUP_LABELS if len(self.groups) > 1 else 0)

    def height(self, rows: int) -> int:
        """Total height of a file of the figure with this many rows, legends included, in pixels."""
        keys = 1 + sum(c.kind == "track" for c in self.columns) if self.columns else 0
        return self.step * rows + HEAD + 24 * (2 + len(self.marks) // 4) + 30 + 24 * keys


def figure(frame: Frame, data: dict[str, pa.Table], keep: Keep) -> dict:
    """The complete Vega-Lite specification: the kept part of this frame with the data sets filled in.

    Data sets: ``lanes`` (row, id, name, now, open, and the tooltip's who, what, more; ``name`` is the id as it fits),
    ``segments`` (row, x, x2, kind, g),
    ``marks`` (row, x, mark), ``heads`` (row, text, g), and with columns ``elsewhere`` (row, off, mark), ``cells``
    (row, off, state), ``tracks`` (row, off, col, letter, level) and ``counts`` (off, text, head).
    """
    spec = copy.copy(keep((__name__, frame), lambda: _constant(frame)))
    spec["datasets"] = spec["datasets"] | data
    return spec


def _constant(frame: Frame) -> dict:
    p = palette(frame.appearance)
    right = mutations.extent(frame.columns)
    hit = alt.Chart(alt.NamedData("lanes")).encode(
        y=mutations.ROW,
        x=alt.value(-frame.left),
        x2=alt.value(alt.expr(f"width + {right or 12}")),
    )
    hover = alt.selection_point(name="hover", on="pointerover", clear="pointerout", fields=["row"], empty=False)
    lane = alt.selection_point(name="lane", on="click", fields=["id", "now"])
    tint = hit.mark_rect(color=p.muted).encode(
        opacity=alt.when("datum.open").then(alt.value(0.22)).when(hover).then(alt.value(0.1)).otherwise(alt.value(0))
    )
    touch = (
        hit.mark_rect(opacity=0, cursor="pointer")
        .encode(tooltip=_tooltip())
        .properties(name="lane_rows")
        .add_params(lane, hover)
    )
    layers = [tint, *_lanes(frame), *mutations.layers(frame.columns, p, frame.step), *_marks(frame), touch, _ids(frame)]
    chart = (
        alt.layer(*layers)
        .resolve_scale(
            fill="independent", stroke="independent", shape="independent",
            strokeDash="independent", strokeWidth="independent", opacity="independent",
        )
        .properties(
            height=alt.Step(frame.step),
            autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
            padding={"left": 4, "right": 4, "top": 4, "bottom": 4},
            usermeta={"embedOptions": {"renderer": "svg"}},
        )
    )  # fmt: skip
    spec = chart.to_dict()
    # Altair moves the constant rows (heads) into "datasets"; as tables they travel like the others
    spec["datasets"] = {name: pa.Table.from_pylist(rows) for name, rows in spec["datasets"].items()}
    own = config(p)
    stacked = {"direction": "vertical", "anchor": "start", "margin": 3}
    spec["config"] = own | {"legend": own["legend"] | {"layout": {"top": stacked, "bottom": stacked}}}
    return spec


TOOLTIP = (("who", "Patient"), ("what", "Course"), ("more", "Genes"), ("click", "Click"))


def _tooltip() -> list[alt.Tooltip]:
    return [alt.Tooltip(f"{field}:N", title=title) for field, title in TOOLTIP]


def _lanes(frame: Frame) -> list[alt.Chart]:
    """Bars and names of groups."""
    p = palette(frame.appearance)
    x = alt.X(
        "x:Q",
        scale=alt.Scale(domain=[0, frame.end * 1.03], nice=False),
        axis=alt.Axis(
            orient="top", values=list(frame.ticks), title=frame.x_title, format="d", tickSize=5, titlePadding=6,
            grid=True, gridColor=p.faint, domain=False,
        ),
    )  # fmt: skip
    colour = alt.Color(
        "g:N",
        scale=alt.Scale(domain=[g.code for g in frame.groups], range=[on(p, g.colour) for g in frame.groups]),
        legend=None,
    )
    words, dashes, opacities = zip(*(SEGMENTS[kind] for kind in frame.segments), strict=True)
    words, dashes = list(words), [list(d) for d in dashes]
    legend = None if len(words) == 1 else alt.Legend(
        title=None, orient="top", direction="horizontal", symbolType="stroke", symbolSize=500, symbolOpacity=1,
        symbolStrokeColor=p.muted, symbolStrokeWidth=9, labelOffset=9, offset=_offset(frame), columnPadding=20,
    )  # fmt: skip
    bars = (
        alt.Chart(alt.NamedData("segments"))
        .mark_rule(strokeWidth=min(10, frame.step - 4), strokeCap="butt")
        .encode(
            y=mutations.ROW, x=x, x2="x2:Q", color=colour,
            strokeDash=alt.StrokeDash("kind:N", scale=alt.Scale(domain=words, range=dashes), legend=legend),
            opacity=alt.Opacity("kind:N", sort=words, scale=alt.Scale(domain=words, range=opacities), legend=legend),
        )
    )  # fmt: skip
    head = (
        alt.Chart(alt.InlineData([{"text": "Patient"}]))
        .mark_text(align="right", baseline="bottom", fontSize=12, color=p.muted)
        .encode(x=alt.value(-8), y=alt.value(-8), text="text:N")
    )
    if len(frame.groups) == 1:
        return [bars, head]
    names = (
        alt.Chart(alt.NamedData("heads"))
        .mark_text(align="right", baseline="middle", fontSize=13, fontWeight=600, limit=GROUP_LABELS - 8)
        .encode(y=mutations.ROW, x=alt.value(-frame.labels), text="text:N", color=colour)
    )
    return [bars, head, names]


def _ids(frame: Frame) -> alt.Chart:
    """Patient ids, above everything else so that they can be clicked themselves."""
    return (
        alt.Chart(alt.NamedData("lanes"))
        .mark_text(
            align="right", baseline="middle", fontSize=min(ID_SIZE, frame.step - 1), limit=frame.labels - 6,
            color=palette(frame.appearance).ink, cursor="pointer",
        )
        .encode(y=mutations.ROW, x=alt.value(-8), text="name:N", tooltip=_tooltip())
    )  # fmt: skip


def room_for(ids: Sequence[str]) -> int:
    """Room for these ids left of the lanes, in pixels, between LABELS and MOST_LABELS."""
    longest = max((width(text, ID_SIZE) for text in ids), default=0)
    return round(min(max(longest + 12, LABELS), MOST_LABELS))


def _offset(frame: Frame) -> int:
    """Distance of the legends above the lanes from the time axis: clear of the slanted heads of the matrix."""
    return max(10, round(mutations.rise(frame.columns)) - AXIS)


def _marks(frame: Frame) -> list[alt.Chart]:
    """What happened, on the time axis and in the column of what is known on the other clock only."""
    p = palette(frame.appearance)
    labels = [m.label for m in frame.marks]
    shapes = [SHAPES.get(m.shape, m.shape) for m in frame.marks]
    colours = [on(p, m.colour) if m.colour else p.ink for m in frame.marks]
    hollow = dict.fromkeys(HOLLOW, p.background)  # it hides the bar behind; open paths enclose nothing to fill
    fills = [c if m.filled else hollow.get(m.shape, "transparent") for m, c in zip(frame.marks, colours, strict=True)]

    def scale(values: list) -> alt.Scale:
        return alt.Scale(domain=labels, range=values)

    def encoded(data: str, legend: alt.Legend | None, **where) -> alt.Chart:
        return (
            alt.Chart(alt.NamedData(data))
            .mark_point(size=min(95, (frame.step - 5) ** 2), opacity=1, strokeWidth=1.9)
            .encode(
                y=mutations.ROW,
                shape=alt.Shape("mark:N", scale=scale(shapes), legend=legend),
                fill=alt.Fill("mark:N", scale=scale(fills), legend=legend),
                stroke=alt.Stroke("mark:N", scale=scale(colours), legend=legend),
                **where,
            )
        )  # fmt: skip

    legend = alt.Legend(
        title=None, orient="top", direction="horizontal", columns=3, symbolSize=95, symbolStrokeWidth=1.9,
        labelOffset=9, offset=_offset(frame), columnPadding=20, rowPadding=3,
    )  # fmt: skip
    found = [encoded("marks", legend, x="x:Q")]
    if any(c.kind == "contact" for c in frame.columns):
        found.append(encoded("elsewhere", None, x=mutations.place()))
    return found
