"""What a proposed coding of endpoints would draw: one bare step a endpoint, to be looked at before it is accepted."""

from __future__ import annotations

import altair as alt
import pyarrow as pa

from cohort.charts.theme import config, on, palette
from cohort.dictionary import FALLBACK_COLOURS, FALLBACK_DASHES

HEIGHT = 250
LABEL = 30
"""Letters of an endpoint's name in the key."""
KEY_STEP = 9
"""Distance of two lines of the key, in points of the vertical axis."""
STROKES = ("——", "– –", "·····", "–··–", "-- -", "· ·")
"""How the dashes look in words: the key tells curves apart without colour too."""


def figure(curves: pa.Table, title: str, appearance: str) -> dict:
    """The specification.

    Parameters
    ----------
    curves : ``code``, ``label``, ``time``, ``estimate`` (a share), in drawing order (see ``cohort.draft``)
    title : title of the time axis
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
    x = alt.X("x:Q", axis=alt.Axis(title=title, tickCount=6), scale=alt.Scale(nice=True, domainMin=0))
    y = alt.Y(
        "s:Q",
        scale=alt.Scale(domain=[0, 101]),
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
    names = dict(zip(curves["code"].to_pylist(), curves["label"].to_pylist(), strict=True))
    end = max(curves["time"].to_pylist(), default=0)
    key = pa.table(
        {
            "e": places,
            "x": [end] * len(codes),
            "s": [100.0 - KEY_STEP * i for i in range(len(codes))],
            "t": [f"{STROKES[i % len(STROKES)]}  {_shortened(names[c])}" for i, c in enumerate(codes)],
        }
    )
    labels = (
        alt.Chart(alt.NamedData("key"))
        .mark_text(align="right", baseline="middle", fontSize=12)
        .encode(
            x=x, y=y, text="t:N", color=alt.Color("e:N", scale=alt.Scale(domain=places, range=colours), legend=None)
        )
    )
    spec = alt.layer(lines, labels).properties(height=HEIGHT, usermeta={"embedOptions": {"renderer": "svg"}}).to_dict()
    return {**spec, "config": config(p), "datasets": {"curves": rows, "key": key}}


def _shortened(label: str) -> str:
    return label if len(label) <= LABEL else f"{label[: LABEL - 1]}…"
