"""The grid of definitions: one line each, its choices in columns, its estimate with limits, its exact p beside."""

from __future__ import annotations

from dataclasses import dataclass

import altair as alt
import pyarrow as pa

from cohort.charts.keep import Keep
from cohort.charts.theme import config, palette

ROW, COLUMN, PIXELS_A_LETTER = 20, 14, 5.9
HEAD_LINE = 14


@dataclass(frozen=True)
class Frame:
    """What stays the same while filters change: the columns of choices, the number of lines, whether p is shown."""

    columns: tuple[str, ...]
    widths: tuple[int, ...]
    rows: int
    x_title: str
    tested: bool
    appearance: str = "light"

    @property
    def left(self) -> float:
        """Room for the columns of choices, in pixels."""
        return sum(self.widths) * PIXELS_A_LETTER + COLUMN * len(self.columns)

    @property
    def head(self) -> int:
        """Room above the lines for the longest head, in pixels."""
        return HEAD_LINE * max((title.count("\n") + 1 for title in self.columns), default=1) + 8

    @property
    def height(self) -> int:
        """Total height in pixels."""
        return ROW * self.rows + self.head + 64

    def start(self, column: int) -> float:
        """Where a column begins, in pixels left of the axis."""
        return -self.left + sum(self.widths[:column]) * PIXELS_A_LETTER + COLUMN * column


def figure(frame: Frame, rows: pa.Table, keep: Keep) -> dict:
    """The complete specification with its rows: row, current, est, lo, hi, text, p and c0, c1, … of the choices."""
    return {**keep((__name__, frame), lambda: _constant(frame)), "datasets": {"rows": rows}}


def _constant(frame: Frame) -> dict:
    p = palette(frame.appearance)
    base = alt.Chart(alt.NamedData("rows"))
    x = alt.X("est:Q", scale=alt.Scale(domain=[0, 100]), axis=alt.Axis(
        title=frame.x_title, values=[0, 25, 50, 75, 100], labelExpr="datum.label + ' %'"))  # fmt: skip
    scale = alt.Scale(domain=[-0.6, frame.rows - 0.4], reverse=True, nice=False, zero=False)
    y = alt.Y("row:Q", scale=scale, axis=None)
    right = 128 + (70 if frame.tested else 0)
    outline = (
        base.transform_filter("datum.current")
        .transform_calculate(top="datum.row - 0.48", bottom="datum.row + 0.48")
        .mark_rect(fill=None, stroke=p.ink, strokeWidth=1.6, cornerRadius=3)
        .encode(y=alt.Y("top:Q", scale=scale, axis=None), y2="bottom:Q", x=alt.value(-frame.left - 8),
                x2=alt.value(alt.expr(f"width + {right}")))
    )  # fmt: skip
    limits = base.mark_rule(strokeWidth=1.6, color=p.whole).encode(x=alt.X("lo:Q"), x2="hi:Q", y=y)
    dots = base.mark_point(filled=True, size=70, color=p.ink, opacity=1).encode(x=x, y=y)
    layers = [outline, limits, dots, _texts(base, y, "text", alt.expr("width + 12"), p.ink)]
    heads = [(alt.expr("width + 12"), "estimate (95 % CI)")]
    if frame.tested:
        layers.append(_texts(base, y, "p", alt.expr("width + 136"), p.ink))
        heads.append((alt.expr("width + 136"), "exact p"))
    for i, title in enumerate(frame.columns):
        layers.append(_texts(base, y, f"c{i}", frame.start(i), p.ink))
        heads.append((frame.start(i), title))
    for place, title in heads:
        layers.append(
            base.transform_filter("datum.row == 0")
            .mark_text(
                align="left",
                baseline="top",
                fontSize=12,
                fontWeight=600,
                color=p.muted,
                lineHeight=HEAD_LINE,
                tooltip=None,
            )
            .encode(x=alt.value(place), y=alt.value(-frame.head), text=alt.value(title.split("\n")))
        )
    spec = alt.layer(*layers).properties(
        height=frame.height, padding={"left": 4, "right": 8, "top": 4, "bottom": 4},
        usermeta={"embedOptions": {"renderer": "svg"}},
    ).to_dict()  # fmt: skip
    spec["config"] = config(p)
    return spec


def _texts(base: alt.Chart, y: alt.Y, field: str, place: float | alt.expr, ink: str) -> alt.Chart:
    return base.mark_text(align="left", fontSize=12.5, color=ink, tooltip=None).encode(
        x=alt.value(place), y=y, text=f"{field}:N"
    )
