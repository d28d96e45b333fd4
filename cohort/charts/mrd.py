"""Measurable residual disease, one chart an assay: measured values on a log axis, "negative" as a row of its own.

Two assays never share an axis: a transcript ratio is not a percentage of cells (STATISTICS C4).
"""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass

import altair as alt
import pyarrow as pa

from cohort.charts.keep import Keep
from cohort.charts.theme import config, on, palette

HEIGHT = 250
ROW = 30
"""Distance of the "negative" row below the axis, in pixels."""

CALLS = ("at or above the cut-off", "below the cut-off", "detected", "negative")
BELOW = ("negative", "detected, no number")
"""Rows under the axis: results without a number."""


@dataclass(frozen=True)
class Frame:
    """What the constant part of an assay's chart depends on.

    ``span`` is in percent; ``calls`` are the CALLS that occur in the cohort; ``below`` are the rows under the axis.
    """

    y_title: str
    span: tuple[float, float]
    calls: tuple[str, ...]
    below: tuple[str, ...] = BELOW[:1]
    positive: str = "#E69F00"
    negative: str = "#0072B2"
    appearance: str = "light"

    @property
    def domain(self) -> tuple[float, float]:
        """Limits of the axis: half a decade beyond the values."""
        return self.span[0] / 3, self.span[1] * 3

    @property
    def ticks(self) -> tuple[float, ...]:
        """Decades inside the axis."""
        low, high = self.domain
        return tuple(10.0**k for k in range(math.ceil(math.log10(low)), math.floor(math.log10(high)) + 1))


def figure(frame: Frame, data: dict[str, pa.Table], keep: Keep) -> dict:
    """The complete specification.

    Data sets: ``mrd`` (i, id, y, below, call, text, what) and ``lines`` (y, text, on).
    """
    spec = copy.copy(keep((__name__, frame), lambda: _constant(frame)))
    spec["datasets"] = spec["datasets"] | data
    return spec


def _constant(frame: Frame) -> dict:
    p = palette(frame.appearance)
    x = alt.X("i:O", axis=None, scale=alt.Scale(paddingOuter=0.6))
    y = alt.Y(
        "y:Q",
        scale=alt.Scale(type="log", domain=list(frame.domain), nice=False, clamp=True),
        axis=alt.Axis(
            values=list(frame.ticks),
            title=frame.y_title,
            labelExpr="format(datum.value, '~r') + ' %'",
            tickSize=5,
            titlePadding=10,
        ),
    )
    below = alt.value(alt.expr(f"height + {ROW} * datum.below"))
    foot = max(1, len(frame.below)) + 0.8
    positive, negative = on(p, frame.positive), on(p, frame.negative)
    styles = {
        CALLS[0]: (positive, positive), CALLS[1]: (p.background, positive), CALLS[2]: (negative, negative),
        CALLS[3]: (p.background, negative),
    }  # fmt: skip
    scale = {"domain": list(frame.calls)}
    legend = (
        alt.Legend(title=None, orient="top", direction="horizontal", symbolSize=90, columnPadding=16)
        if len(frame.calls) > 1
        else None
    )
    look = {
        "fill": alt.Fill("call:N", scale=alt.Scale(**scale, range=[styles[c][0] for c in frame.calls]), legend=legend),
        "stroke": alt.Stroke(
            "call:N", scale=alt.Scale(**scale, range=[styles[c][1] for c in frame.calls]), legend=legend
        ),
        "tooltip": [alt.Tooltip("id:N", title="Patient"), alt.Tooltip("what:N", title="Printed")],
    }
    base = alt.Chart(alt.NamedData("mrd"))
    measured, absent = "isValid(datum.y)", "!isValid(datum.y)"
    lines = alt.Chart(alt.NamedData("lines"))
    heads = [*enumerate(frame.below, 1), (foot, "patient")]
    values = base.transform_filter(measured).encode(x=x, y=y, text="text:N")
    beside = {"dx": 9, "align": "left", "fontSize": 12}
    point = {"size": 95, "strokeWidth": 1.8, "opacity": 1}
    layers = [
        lines.mark_rule(color=p.line, strokeDash=[4, 4], strokeWidth=1.2).encode(y=y).transform_filter("datum.on == 0"),
        lines.mark_rule(color=p.ink, strokeWidth=1.4).encode(y=y).transform_filter("datum.on == 1"),
        lines.mark_text(align="right", baseline="bottom", dy=-3, fontSize=12, color=p.ink).encode(
            y=y, x=alt.value(alt.expr("width")), text="text:N"
        ),
        base.transform_filter(measured).mark_point(**point).encode(x=x, y=y, **look),
        values.mark_text(**beside, stroke=p.background, strokeWidth=4, strokeJoin="round"),
        values.mark_text(**beside, color=p.ink),
        base.transform_filter(absent).mark_point(**point).encode(x=x, y=below, **look),
        base.mark_text(fontSize=12, color=p.ink, baseline="middle").encode(
            x=x, y=alt.value(alt.expr(f"height + {ROW * foot}")), text="id:N"
        ),
        alt.Chart(alt.InlineData([{"text": text, "row": row} for row, text in heads]))
        .mark_text(align="right", baseline="middle", fontSize=12, color=p.ink)
        .encode(x=alt.value(-9), y=alt.value(alt.expr(f"height + {ROW} * datum.row")), text="text:N"),
    ]  # fmt: skip
    chart = alt.layer(*layers).properties(
        height=HEIGHT + round(ROW * foot), padding={"left": 4, "right": 8, "top": 4, "bottom": 4},
        usermeta={"embedOptions": {"renderer": "svg"}},
    )  # fmt: skip
    spec = chart.to_dict()
    # Altair moves the constant rows (names of rows) into "datasets"; as tables they travel like the others
    spec["datasets"] = {name: pa.Table.from_pylist(kept) for name, kept in spec["datasets"].items()}
    spec["config"] = config(p)
    return spec


def rows(table: pa.Table, cutoff: float | None) -> pa.Table:
    """Results of one assay as drawn, numbered in the order given.

    Parameters
    ----------
    table : patient_id, call, value_pct, unit, raw
    cutoff : percent at and above which a value is called positive, or None where the assay has no published cut-off
    """
    found = table.to_pylist()
    return pa.table(
        {
            "i": pa.array(range(len(found)), pa.int64()),
            "id": table["patient_id"],
            "y": table["value_pct"],
            "below": pa.array([1 if r["call"] == "negative" else 2 for r in found], pa.int64()),
            "call": pa.array([_call(r["call"], r["value_pct"], cutoff) for r in found], pa.string()),
            "text": pa.array([f"{r['value_pct']:g}" if r["value_pct"] is not None else "" for r in found], pa.string()),
            "what": pa.array([r["raw"] or "" for r in found], pa.string()),
        }
    )


def _call(call: str, value: float | None, cutoff: float | None) -> str:
    if value is None:
        return CALLS[3] if call == "negative" else CALLS[2]
    if cutoff is None:
        return CALLS[2]
    return CALLS[0] if value >= cutoff else CALLS[1]


def line_rows(cutoffs: tuple[tuple[float, str, bool], ...]) -> pa.Table:
    """Lines at the published cut-offs, the one in force marked."""
    return pa.table(
        {
            "y": pa.array([c for c, _, _ in cutoffs], pa.float64()),
            "text": pa.array([label + (", in force" if on_ else "") for _, label, on_ in cutoffs], pa.string()),
            "on": pa.array([int(on_) for _, _, on_ in cutoffs], pa.int64()),
        }
    )
