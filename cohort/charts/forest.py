"""The forest: one line a level, its counts and estimate as text on the left, its dot with limits on the right.

One layered single-view specification whose lines stand in an order fixed by the data dictionary: a filter changes the
data sets alone, so the browser moves dots and swaps texts in place. There is no line for an overall effect.
"""

from __future__ import annotations

from dataclasses import dataclass

import altair as alt
import pyarrow as pa

from cohort.charts.keep import Keep
from cohort.charts.theme import config, palette

LINE = 19
HEAD, FOOT = 44, 30
"""Room above the lines for the heads of the columns and the axis, and below for the second axis, in pixels."""

LABEL = -442
COLUMNS = {"n": -236, "events": -192, "third": -134, "text": -120}
"""Where the columns stand, in pixels from the left end of the axis: numbers end there, text starts there."""

LEVEL_ROOM, LEVEL_SIZE = COLUMNS["n"] - LABEL - 38, 13
"""Room for the name of a level, and size of its letters, in pixels."""

NOTES = {"assayed": 66, "same": 82}
"""Where the columns right of the axis stand, in pixels from its right end."""

RIGHT = 132
"""How far the rule over the exploratory part goes beyond the axis, in pixels."""

DOMAINS = {"estimate": (0.0, 100.0), "ratio": (0.01, 100.0)}
"""Ends of the axis: percent, or a ratio on a log scale."""

GUIDES = {"estimate": (0, 50, 100), "ratio": (1,)}
TICKS = {"estimate": (0, 25, 50, 75, 100), "ratio": (0.01, 0.1, 1, 10, 100)}

NUMBER = "number"
"""Name of the selection that holds the number clicked."""

TOOLTIP = (("what", "Row"), ("n", "Patients"), ("events", "Events"), ("text", "Estimate"), ("same", "Same patients as"))


@dataclass(frozen=True)
class Frame:
    """What stays the same while filters change.

    Attributes
    ----------
    lines : lines of the figure, heads included
    rule : empty line between the first part, of pre-specified or main variables, and the other, None where there is
        one part only
    measure : a key of DOMAINS
    heads : head of every column by its key in COLUMNS and NOTES; two lines at most
    x_title : title of the axis
    """

    lines: int
    rule: int | None
    measure: str
    heads: tuple[tuple[str, str], ...]
    x_title: str
    appearance: str = "light"

    @property
    def height(self) -> int:
        """Total height in pixels."""
        return LINE * self.lines + HEAD + FOOT + 8


def figure(frame: Frame, data: dict[str, pa.Table], keep: Keep) -> dict:
    """The complete Vega-Lite specification.

    Data sets: ``labels`` (line, text, note; weight "section", "head" or "level"), ``numbers`` and ``texts`` (line,
    column, text; numbers have the ``code`` that opens them and ``now``, which changes with every click), ``dots``
    (line; est, lo, hi inside the axis, null where there is none; below, above: a limit lies beyond the axis; stroke,
    fill, and the words of TOOLTIP).
    """
    rule = [] if frame.rule is None else [frame.rule]
    fixed = {"guides": GUIDES[frame.measure], "rule": rule, "once": [0.0]}
    tables = {name: pa.table({"at": pa.array(values, pa.float64())}) for name, values in fixed.items()}
    return {**keep((__name__, frame), lambda: _constant(frame)), "datasets": data | tables}


def _constant(frame: Frame) -> dict:
    p = palette(frame.appearance)
    layers = [*_grid(frame, p), *_marks(frame, p), *_texts(frame, p), *_heads(frame, p)]
    spec = (
        alt.layer(*layers)
        .properties(
            height=frame.height,
            # texts beside the axis count as part of the view: they need no padding of their own
            padding={"left": 4, "right": 4, "top": 4, "bottom": 4},
            usermeta={"embedOptions": {"renderer": "svg"}},
        )
        .resolve_axis(x="independent")
        .to_dict()
    )
    spec["config"] = config(p) | {"mark": {"tooltip": None}}
    return spec


def _y(frame: Frame, field: str = "line") -> alt.Y:
    return alt.Y(f"{field}:Q", scale=alt.Scale(domain=[frame.lines - 0.4, -0.6], nice=False), axis=None)


def _x(frame: Frame, field: str, axis: alt.Axis | None = None) -> alt.X:
    kind = "log" if frame.measure == "ratio" else "linear"
    scale = alt.Scale(type=kind, domain=list(DOMAINS[frame.measure]), nice=False)
    return alt.X(f"{field}:Q", scale=scale, axis=axis)


def _grid(frame: Frame, p) -> list[alt.Chart]:
    """Faint guides, the axis above and below, and the thin rule over the exploratory part."""
    label = "format(datum.value, '~g')" if frame.measure == "ratio" else "datum.label + ' %'"
    axis = {"values": list(TICKS[frame.measure]), "labelExpr": label, "tickSize": 4, "labelFontSize": 12,
            "domain": False}  # fmt: skip
    above = alt.Axis(orient="top", title=frame.x_title, titleFontSize=12.5, titlePadding=5, **axis)
    below = alt.Axis(orient="bottom", title=None, **axis)
    guides = alt.Chart(alt.NamedData("guides"))
    drawn = [
        guides.mark_rule(color=p.faint, strokeWidth=1).encode(x=_x(frame, "at", above)),
        guides.mark_rule(opacity=0).encode(x=_x(frame, "at", below)),
    ]
    if frame.rule is not None:
        rule = alt.Chart(alt.NamedData("rule")).mark_rule(color=p.line, strokeWidth=1)
        drawn.append(rule.encode(y=_y(frame, "at"), x=alt.value(LABEL), x2=alt.value(alt.expr(f"width + {RIGHT}"))))
    return drawn


def _marks(frame: Frame, p) -> list[alt.Chart]:
    dots = alt.Chart(alt.NamedData("dots"))
    stroke = alt.Stroke("stroke:N", scale=None)
    tip = [alt.Tooltip(f"{name}:N", title=title) for name, title in TOOLTIP]
    limits = dots.mark_rule(strokeWidth=1.7).encode(x=_x(frame, "lo"), x2="hi:Q", y=_y(frame), stroke=stroke)
    point = (
        dots.transform_filter("isValid(datum.est)")
        .mark_point(size=62, strokeWidth=1.8, opacity=1, filled=False)
        .encode(x=_x(frame, "est"), y=_y(frame), stroke=stroke, fill=alt.Fill("fill:N", scale=None), tooltip=tip)
    )
    arrows = [
        dots.transform_filter(f"datum.{side}")
        .mark_point(shape=shape, size=46, strokeWidth=1.7, filled=False)
        .encode(x=_x(frame, end), y=_y(frame), stroke=stroke)
        for side, shape, end in (("below", "M.6,-.8L-.4,0L.6,.8", "lo"), ("above", "M-.6,-.8L.4,0L-.6,.8", "hi"))
        if frame.measure == "ratio"
    ]
    return [limits, *arrows, point]


def _texts(frame: Frame, p) -> list[alt.Chart]:
    labels = alt.Chart(alt.NamedData("labels"))
    layers = [
        labels.transform_filter("datum.weight == 'section'")
        .mark_text(align="left", fontSize=12, fontWeight=600, color=p.muted)
        .encode(x=alt.value(LABEL), y=_y(frame), text="text:N"),
        labels.transform_filter("datum.weight == 'head'")
        .mark_text(align="left", fontSize=13, fontWeight=600, color=p.ink, limit=-LABEL - 8)
        .encode(x=alt.value(LABEL), y=_y(frame), text="text:N"),
        labels.transform_filter("datum.weight == 'level'")
        .mark_text(align="left", fontSize=LEVEL_SIZE, color=p.ink, limit=LEVEL_ROOM)
        .encode(x=alt.value(LABEL + 12), y=_y(frame), text="text:N"),
        labels.mark_text(align="left", fontSize=12, color=p.muted, fontStyle="italic")
        .encode(x=alt.value(8), y=_y(frame), text="note:N"),
        alt.Chart(alt.NamedData("numbers"))
        .mark_text(align="right", fontSize=13, color=p.ink, cursor="pointer")
        .encode(
            x=alt.value(_place(("n", "events", "third"))),
            y=_y(frame),
            text="text:N",
            tooltip=alt.condition("datum.code != ''", alt.value("Show these patients"), alt.value(None)),
        )
        .add_params(alt.selection_point(name=NUMBER, fields=["code", "now"], on="click", toggle=False, clear=False)),
        alt.Chart(alt.NamedData("texts"))
        .transform_filter("datum.column == 'text'")
        .mark_text(align="left", fontSize=13, color=p.ink)
        .encode(x=alt.value(COLUMNS["text"]), y=_y(frame), text="text:N"),
    ]  # fmt: skip
    notes = alt.Chart(alt.NamedData("texts"))
    for name, align in (("assayed", "right"), ("same", "left")):
        if name in dict(frame.heads):
            layers.append(
                notes.transform_filter(f"datum.column == '{name}'")
                .mark_text(align=align, fontSize=12, color=p.muted)
                .encode(x=alt.value(_beside(frame, name)), y=_y(frame), text="text:N")
            )
    return layers


def _place(names: tuple[str, ...]) -> alt.expr:
    """Where a number stands: its column's place."""
    choice = str(COLUMNS[names[-1]])
    for name in names[-2::-1]:
        choice = f"datum.column == '{name}' ? {COLUMNS[name]} : {choice}"
    return alt.expr(choice)


def _beside(frame: Frame, name: str) -> alt.expr:
    """Where a column right of the axis stands; the last one closes up if the other is not there."""
    return alt.expr(f"width + {NOTES[name] if 'assayed' in dict(frame.heads) else NOTES['same'] - NOTES['assayed']}")


def _heads(frame: Frame, p) -> list[alt.Chart]:
    def head(name: str, words: str) -> alt.Chart:
        place = _beside(frame, name) if name in NOTES else COLUMNS[name]
        align = "left" if name in ("text", "same") else "right"
        lines = words.split("\n")
        return (
            alt.Chart(alt.NamedData("once"))
            .mark_text(
                align=align, baseline="bottom", fontSize=12, fontWeight=600, color=p.muted, text=lines, lineHeight=14
            )
            .encode(x=alt.value(place), y=alt.value(-10 - 14 * (len(lines) - 1)))
        )

    return [head(name, words) for name, words in frame.heads]
