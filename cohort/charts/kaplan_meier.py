"""The survival figure to the KMunicate standard: curves, limits, censoring and the table under them, as one object.

One layered single-view specification, so that the numbers stand exactly under their ticks on screen and in exports.
The specification depends on endpoint, grouping, axis and appearance only; a filter changes the data sets alone, which
lets the browser move marks in place instead of rebuilding the figure (PERFORMANCE.md 1).
"""

from __future__ import annotations

import copy
from dataclasses import dataclass

import altair as alt
import pyarrow as pa

from cohort.charts.keep import Keep
from cohort.charts.theme import config, on, palette
from cohort.dictionary import Level, Reason

PLOT_HEIGHT = 330
ROW_HEIGHT = 18
TABLE_TOP = 62
NOTE_LINE, NOTES_TOP = 13, 3
EXTENT = 152
"""Room left of the vertical axis for its labels and the heads of the table, in pixels."""


SHAPES = {"stroke": "M0,-1.1L0,1.1"}
"""Vega's own "stroke" lies flat; the field's mark for a censored patient stands upright."""


@dataclass(frozen=True)
class Frame:
    """What the constant part of the figure depends on.

    ``external`` names a published curve beside the cohort's own, "" for none; ``external_at_risk`` says whether its
    numbers at risk are known and stand under the table.
    """

    groups: tuple[Level, ...]
    reasons: tuple[Reason, ...]
    end: float
    ticks: tuple[float, ...]
    landmarks: tuple[float, ...]
    x_title: str
    y_title: str
    appearance: str = "light"
    band: str = ""
    external: str = ""
    external_at_risk: bool = False

    @property
    def stacked(self) -> bool:
        """Up to two groups get three rows each; more get one row of "at risk · events · censored"."""
        return len(self.groups) <= 2

    @property
    def table_rows(self) -> int:
        """Number of text rows under the axis."""
        own = len(self.groups) * (4 if len(self.groups) == 2 else 3) if self.stacked else len(self.groups)
        return 1 + own + self.external_at_risk

    @property
    def height(self) -> int:
        """Total height in pixels, table included."""
        return PLOT_HEIGHT + TABLE_TOP + ROW_HEIGHT * self.table_rows + 8


def figure(frame: Frame, data: dict[str, pa.Table], keep: Keep) -> dict:
    """The complete Vega-Lite specification: the kept part of this frame with the data sets filled in."""
    spec = copy.copy(keep((__name__, frame), lambda: _constant(frame)))
    marks = [t for t in frame.landmarks if t <= frame.end]
    spec["datasets"] = {"notes": NO_NOTES} | data | {"landmarks": pa.table({"x": pa.array(marks, pa.float64())})}
    return spec


def _constant(frame: Frame) -> dict:
    p = palette(frame.appearance)
    codes = [g.code for g in frame.groups]
    beside = [EXTERNAL] if frame.external else []
    colours = [*(on(p, g.colour) for g in frame.groups), p.whole, *([p.muted] if beside else [])]
    colour = alt.Scale(domain=[*codes, WHOLE, *beside], range=colours)
    dash = alt.Scale(domain=[*codes, WHOLE], range=[*(list(g.dash) for g in frame.groups), [1, 0]])
    by_colour = alt.Color("g:N", scale=colour, legend=None)
    x = alt.X(
        "x:Q",
        scale=alt.Scale(domain=[0, frame.end], nice=False),
        axis=alt.Axis(values=list(frame.ticks), title=frame.x_title, format="d", tickSize=5, titlePadding=4),
    )
    y = alt.Y(
        "s:Q",
        scale=alt.Scale(domain=[0, 101]),
        axis=alt.Axis(values=[0, 25, 50, 75, 100], title=frame.y_title, tickSize=5, labelExpr="datum.label + ' %'"),
    )
    band = (
        alt.Chart(alt.NamedData("curve"))
        .mark_area(interpolate="step-after", opacity=0.13, clip=True)
        .encode(x=x, y=alt.Y("lo:Q", title=frame.y_title), y2="hi:Q", color=by_colour)
        .transform_filter("datum.seg != 'faint' && datum.g != '" + WHOLE + "' && isValid(datum.lo)")
    )
    faint_band = (
        alt.Chart(alt.NamedData("curve"))
        .mark_area(interpolate="step-after", opacity=0.06, clip=True)
        .encode(x=x, y="lo:Q", y2="hi:Q", color=by_colour)
        .transform_filter("datum.seg == 'faint' && datum.g != '" + WHOLE + "' && isValid(datum.lo)")
    )
    landmark = (
        alt.Chart(alt.NamedData("landmarks"))
        .mark_rule(color=p.line, strokeDash=[2, 4], strokeWidth=1, tooltip=None)
        .encode(x="x:Q")
    )
    lines = (
        alt.Chart(alt.NamedData("curve"))
        .mark_line(interpolate="step-after", strokeWidth=2.4, clip=True, strokeCap="butt")
        .encode(
            x=x,
            y=y,
            color=by_colour,
            detail="part:N",
            strokeDash=alt.StrokeDash("g:N", scale=dash, legend=None),
            opacity=alt.Opacity(
                "seg:N",
                sort=["solid", "faint", "whole"],
                scale=alt.Scale(domain=["solid", "faint", "whole"], range=[1, 0.55, 0.75]),
                legend=None,
            ),
        )
    )
    external = (
        alt.Chart(alt.NamedData("external"))
        .mark_line(interpolate="step-after", strokeWidth=1.8, strokeDash=[10, 4], color=p.muted, clip=True)
        .encode(x=x, y=y)
    )
    points = (
        alt.Chart(alt.NamedData("curve"))
        .mark_point(size=260, opacity=0, filled=True, clip=True)
        .encode(x=x, y=y, tooltip=[alt.Tooltip(f"{c}:N", title=t) for c, t in TOOLTIP])
    )
    marks = (
        alt.Chart(alt.NamedData("marks"))
        .mark_point(filled=False, strokeWidth=1.7, size=85)
        .transform_filter(f"datum.x <= {frame.end}")
        .encode(
            x=x,
            y=y,
            color=by_colour,
            shape=alt.Shape(
                "reason:N",
                scale=alt.Scale(
                    domain=[r.label for r in frame.reasons], range=[SHAPES.get(r.shape, r.shape) for r in frame.reasons]
                ),
                legend=alt.Legend(
                    title="Censored:",
                    orient="top",
                    direction="horizontal",
                    titleOrient="left",
                    symbolStrokeColor=p.ink,
                    symbolStrokeWidth=1.6,
                    offset=2,
                    titleFontWeight="normal",
                ),
            ),
            tooltip=[
                alt.Tooltip("when:N", title="Leaves at"),
                alt.Tooltip("reason:N", title="Reason"),
                alt.Tooltip("who:N", title="Patients"),
            ],
        )
    )
    ends = (
        alt.Chart(alt.NamedData("ends"))
        .mark_text(
            align="left", baseline="middle", fontSize=14, fontWeight=600, limit=170, dx=8, lineBreak="\n", tooltip=None
        )
        .encode(x=x, y=y, text="text:N", color=by_colour)
    )
    row_y = alt.value(alt.expr(f"height + {TABLE_TOP} + {ROW_HEIGHT} * datum.row"))
    cells = (
        alt.Chart(alt.NamedData("cells"))
        .mark_text(baseline="middle", fontSize=13, cursor="pointer", tooltip=None)
        .encode(x=x, y=row_y, text="text:N", color=by_colour)
        .add_params(alt.selection_point(name=NUMBER, fields=["code", "now"], on="click", toggle=False, clear=False))
    )
    heads = (
        alt.Chart(alt.NamedData("heads"))
        .mark_text(align="right", baseline="middle", fontSize=13, limit=EXTENT + 18, tooltip=None)
        .encode(
            x=alt.value(-22 if frame.stacked else -44),
            y=row_y,
            text="text:N",
            color=by_colour,
        )
    )
    named = (
        alt.Chart(alt.NamedData("landmarks"))
        .transform_aggregate(n="count()")
        .mark_text(align="right", baseline="middle", fontSize=12, color=p.muted, text=frame.band, tooltip=None)
        .encode(x=alt.value(alt.expr("width")), y=alt.value(alt.expr(f"height + {TABLE_TOP}")))
    )
    notes = alt.Chart(alt.NamedData("notes"))
    note_rule = notes.mark_rule(color=p.line, strokeWidth=1).encode(x=x)
    note_texts = [
        notes.transform_filter(f"datum.side == '{side}'")
        .mark_text(
            align=side,
            baseline="top",
            fontSize=12,
            fontStyle="italic",
            color=p.ink,
            dx=dx,
            lineBreak="\n",
            tooltip=None,
        )
        .encode(x=x, y=alt.value(alt.expr(f"{NOTE_LINE} * datum.line + {NOTES_TOP}")), text="text:N")
        for side, dx in (("left", 5), ("right", -5))
    ]
    drawn = [lines, *([external] if beside else []), points]
    layers = [
        landmark,
        note_rule,
        band,
        faint_band,
        *drawn,
        *([marks] if frame.reasons else []),
        ends,
        cells,
        heads,
        named,
        *note_texts,
    ]
    chart = (
        alt.layer(*layers)
        .properties(
            height=frame.height,
            padding={"left": 4, "right": 112, "top": 4, "bottom": 4},
            usermeta={"embedOptions": {"renderer": "svg"}},
        )
        .configure_axisY(minExtent=EXTENT, maxExtent=EXTENT, titleX=26 - EXTENT)
    )
    spec = chart.to_dict()
    spec["config"] = config(p) | {"axisY": spec["config"]["axisY"]}
    return spec


NO_NOTES = pa.table({"x": pa.array([], pa.float64()), "line": pa.array([], pa.int64()),
                     "side": pa.array([], pa.string()), "text": pa.array([], pa.string())})  # fmt: skip
"""An author's marks on the figure: month, line from the top, side of the rule its text starts at, text."""

NUMBER = "number"
"""Name of the selection that holds the number clicked in the table under the axis."""

WHOLE = "__whole__"
"""Group name of the grey curve behind a selection."""

EXTERNAL = "__external__"
"""Group name of a published curve beside the cohort's own."""

TOOLTIP = (
    ("name", "Group"),
    ("when", "From"),
    ("estimate", "Estimate"),
    ("ci", "95 % CI"),
    ("risk", "At risk"),
    ("here", "Here"),
)
