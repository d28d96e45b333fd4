"""What a proposed coding of endpoints would draw: one bare step a endpoint, to be looked at before it is accepted."""

from __future__ import annotations

import textwrap

import altair as alt
import pyarrow as pa

from cohort.charts.theme import config, on, palette
from cohort.dictionary import FALLBACK_COLOURS, FALLBACK_DASHES

PLOT_HEIGHT = 250
LABEL, LINE_LETTERS = 80, 46
"""Letters of an endpoint's name in the key, and of one line of it."""
LINE, GAP = 17, 6
"""Height of one line of the key and of the space under it, in pixels. It stands above the curves, clear of them."""
FULL = 101
"""Top of the vertical axis, in percent: a curve that stays at the top keeps its whole width."""
STROKES = ("——", "– –", "·····", "–··–", "-- -", "· ·")
"""How the dashes look in words: the key tells curves apart without colour too."""


def figure(curves: pa.Table, appearance: str) -> dict:
    """The specification.

    Parameters
    ----------
    curves : ``code``, ``label``, ``origin``, ``time``, ``estimate`` (a share), in drawing order (see ``cohort.draft``).
        Where time zeros differ, the key names each one's instead of the axis.
    """
    p = palette(appearance)
    codes = list(dict.fromkeys(curves["code"].to_pylist()))
    colours = [on(p, FALLBACK_COLOURS[i % len(FALLBACK_COLOURS)]) for i in range(len(codes))]
    dashes = [list(FALLBACK_DASHES[i % len(FALLBACK_DASHES)]) for i in range(len(codes))]
    places = [f"e{i}" for i in range(len(codes))]  # labels of an upload are data, never part of an expression
    index = dict(zip(codes, places, strict=True))
    rows = pa.table(
        {
            "e": pa.array([index[c] for c in curves["code"].to_pylist()], pa.string()),
            "x": curves["time"],
            "s": pa.array([100 * v for v in curves["estimate"].to_pylist()], pa.float64()),
        }
    )
    of = dict(zip(curves["code"].to_pylist(), _names(curves), strict=True))
    key = [
        (place, line) for i, place in enumerate(places) for line in _key_lines(STROKES[i % len(STROKES)], of[codes[i]])
    ]
    top = LINE * len(key) + GAP
    x = alt.X("x:Q", axis=alt.Axis(title=time_axis(curves), tickCount=6), scale=alt.Scale(nice=True, domainMin=0))
    y = alt.Y(
        "s:Q",
        scale=alt.Scale(domain=[0, FULL], range=[top + PLOT_HEIGHT, top]),
        axis=alt.Axis(values=[0, 50, 100], title=None, labelExpr="datum.label + ' %'"),
    )
    lines = (
        alt.Chart(alt.NamedData("curves"))
        .mark_line(interpolate="step-after", strokeWidth=2.2, clip=True)
        .encode(
            x=x,
            y=y,
            color=alt.Color("e:N", scale=alt.Scale(domain=places, range=colours), legend=None),
            strokeDash=alt.StrokeDash("e:N", scale=alt.Scale(domain=places, range=dashes), legend=None),
        )
    )
    points = FULL / PLOT_HEIGHT  # of the vertical axis, a pixel
    texts = pa.table(
        {
            "e": [place for place, _ in key],
            "s": [FULL + points * (GAP + LINE * (len(key) - i - 0.5)) for i in range(len(key))],
            "t": [line for _, line in key],
        }
    )
    labels = (
        alt.Chart(alt.NamedData("key"))
        .mark_text(align="left", baseline="middle", fontSize=12, limit={"expr": "width"})
        .encode(
            x=alt.value(0),
            y=y,
            text="t:N",
            color=alt.Color("e:N", scale=alt.Scale(domain=places, range=colours), legend=None),
        )
    )
    spec = (
        alt.layer(lines, labels)
        .properties(
            height=top + PLOT_HEIGHT,
            padding={"left": 4, "right": 8, "top": 4, "bottom": 4},
            autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),  # the axis is drawn at pixels: it must stay
            usermeta={"embedOptions": {"renderer": "svg"}},
        )
        .to_dict()
    )
    return {**spec, "config": config(p), "datasets": {"curves": rows, "key": texts}}


def time_axis(curves: pa.Table) -> str:
    """Title of the time axis: the time zero of all curves, or where to find that of each."""
    origins = set(curves["origin"].to_pylist())
    return f"Months from {origins.pop()}" if len(origins) == 1 else "Months from the time zero named above"


def _names(curves: pa.Table) -> list[str]:
    """What each row's curve is called in the key."""
    labels = [t if len(t) <= LABEL else f"{t[: LABEL - 1]}…" for t in curves["label"].to_pylist()]
    if len(set(curves["origin"].to_pylist())) == 1:
        return labels
    return [f"{t}, from {origin}" for t, origin in zip(labels, curves["origin"].to_pylist(), strict=True)]


def _key_lines(stroke: str, name: str) -> list[str]:
    """A curve's lines of the key: its stroke and its name, long names on several lines."""
    return textwrap.wrap(f"{stroke} {name}", LINE_LETTERS)
