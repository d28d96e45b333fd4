"""The influence strip: the same number with each patient left out in turn, one mark a patient, stacked where equal."""

from __future__ import annotations

from dataclasses import dataclass

import altair as alt
import pyarrow as pa

from cohort.charts.keep import Keep
from cohort.charts.theme import config, on, palette
from cohort.dictionary import Level

BINS, FINE_BINS = 32, 96
"""Marks closer than this share of the axis are stacked; the finer one is for marks without names."""

ROW, FINE_ROW, HIGHEST = 25, 10, 420
"""Height of a row of marks with and without names, and of all rows at most, in pixels."""

LINE_LABEL = 14
PATIENT = "left_out"
"""Name of the selection that holds the patient clicked."""


@dataclass(frozen=True)
class Frame:
    """What stays the same in the strip while filters change."""

    groups: tuple[Level, ...]
    title: str
    log: bool
    domain: tuple[float, float]
    rows: int
    named: bool
    lines: int = 1
    appearance: str = "light"

    @property
    def height(self) -> int:
        """Total height in pixels."""
        wanted = ROW * max(self.rows, 2) if self.named else min(FINE_ROW * max(self.rows, 4), HIGHEST)
        return wanted + 70 + LINE_LABEL * self.lines


def figure(frame: Frame, data: dict[str, pa.Table], keep: Keep) -> dict:
    """The complete specification: the kept part of this frame with the data sets "patients" and "all".

    A line of "all" has g (a group's code, "" for everybody), x, said, its place among the lines, and its side of the
    axis.
    """
    return {**keep((__name__, frame), lambda: _constant(frame)), "datasets": data}


def _constant(frame: Frame) -> dict:
    p = palette(frame.appearance)
    colour = alt.Scale(
        domain=[*(g.code for g in frame.groups), ""], range=[*(on(p, g.colour) for g in frame.groups), p.ink]
    )
    # Ticks of a probability on a log axis are few and named; Vega's own would print 0.00010
    axis = (
        alt.Axis(title=frame.title, format="~g", values=[0.001, 0.01, 0.05, 0.1, 0.5, 1] if frame.log else None)
        if frame.log
        else alt.Axis(title=frame.title, labelExpr="datum.label + ' %'")
    )
    scale = alt.Scale(type="log" if frame.log else "linear", domain=list(frame.domain), clamp=True, nice=False)
    x = alt.X("x:Q", scale=scale, axis=axis)
    y = alt.Y("row:Q", scale=alt.Scale(domain=[-0.6, max(frame.rows, 2) - 0.4]), axis=None)
    line = alt.Chart(alt.NamedData("all")).encode(x=x, color=alt.Color("g:N", scale=colour, legend=None))
    top = alt.value(alt.expr(f"-{LINE_LABEL} * datum.line"))
    named = [
        line.transform_filter(f"datum.side == '{side}'")
        .mark_text(align=side, baseline="bottom", fontSize=12, dx=dx, tooltip=None)
        .encode(y=top, text="said:N")
        for side, dx in (("left", -2), ("right", 2))
    ]
    whole = line.mark_rule(strokeWidth=1.6, strokeDash=[5, 4], tooltip=None).encode(
        y=top, y2=alt.value(alt.expr("height"))
    )
    base = alt.Chart(alt.NamedData("patients")).encode(
        x=x, y=y, color=alt.Color("g:N", scale=colour, legend=None),
        tooltip=[alt.Tooltip("who:N", title="Without patient"), alt.Tooltip("said:N", title=" ")],
    )  # fmt: skip
    dots = base.mark_point(filled=True, opacity=0.6 if not frame.named else 0.25, size=430 if frame.named else 30,
                           cursor="pointer").add_params(
        alt.selection_point(name=PATIENT, fields=["who"], on="click", toggle=False, clear=False)
    )  # fmt: skip
    layers = [whole, *named, dots]
    if frame.named:
        layers.append(
            base.mark_text(fontSize=12, fontWeight=600, color=p.ink).encode(text="who:N", color=alt.value(p.ink))
        )
    spec = alt.layer(*layers).properties(
        height=frame.height, padding={"left": 8, "right": 24, "top": 4, "bottom": 4},
        usermeta={"embedOptions": {"renderer": "svg"}},
    ).to_dict()  # fmt: skip
    spec["config"] = config(p)
    return spec


def stacked(values: list[float], domain: tuple[float, float], log: bool, bins: int = BINS) -> list[int]:
    """Row of each mark: marks that would cover one another stand on top of one another, in the order given."""
    import math

    def place(v: float) -> int:
        low, high, v = (math.log(max(t, 1e-12)) for t in (*domain, v)) if log else (*domain, v)
        return int(bins * (v - low) / ((high - low) or 1))

    seen: dict[int, int] = {}
    rows = []
    for v in values:
        where = place(v)
        rows.append(seen.get(where, 0))
        seen[where] = rows[-1] + 1
    return rows
