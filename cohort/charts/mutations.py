"""The mutation matrix: columns that stand to the right of the lanes, on the same rows.

It is drawn as layers of the swimmer figure, at a fixed distance in pixels from the right edge of its time axis, so that
rows agree on screen, at every width and in every export.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import altair as alt

from cohort.charts.theme import Palette, on

COLUMN = 19
GAP = 13
FIRST = 26
"""Width of a column, gap between tracks, and distance of the first column from the time axis, in pixels."""

ROW = alt.Y("row:O", axis=None)
"""Vertical place of every layer of the figure. All say that there is no axis: Vega-Lite fails if only some do."""

ANGLE = -52
HEAD_SIZE = 12
LONG_HEAD = 10
"""Longer heads are cut to their first word, in characters."""

REPORTED = "mutation reported"
PHARMACOGENE = "pharmacogene variant reported"
NOT_REPORTED = "not reported (not the same as wild type)"


@dataclass(frozen=True)
class Column:
    """One column of the matrix.

    ``kind`` is "contact" (what is known on the other clock), "track" (a category, ``levels`` are its (label, colour)
    pairs), "driver" or "pharmacogene". A change of kind leaves a gap.
    """

    kind: str
    label: str
    levels: tuple[tuple[str, str], ...] = ()


def places(columns: tuple[Column, ...]) -> list[float]:
    """Distance of each column's centre from the right end of the time axis, in pixels."""
    found, x, before = [], float(FIRST), ""
    for column in columns:
        x += (GAP if before and column.kind != before else 0) + (COLUMN if before else 0)
        found.append(x)
        before = column.kind
    return found


def extent(columns: tuple[Column, ...]) -> float:
    """Width of the matrix in pixels, 0 without one."""
    return places(columns)[-1] + COLUMN / 2 + 3 if columns else 0.0


def head(column: Column) -> str:
    """What stands above a column: its label, or the first word of a long one (the legend has all of it)."""
    return column.label if len(column.label) <= LONG_HEAD else column.label.split()[0]


def rise(columns: tuple[Column, ...]) -> float:
    """How far the slanted heads reach above the lanes, in pixels."""
    longest = max((len(head(c)) for c in columns), default=0)
    return 9 + longest * HEAD_SIZE * 0.56 * math.sin(math.radians(-ANGLE)) if longest else 0.0


def letters(column: Column) -> dict[str, str]:
    """Level label -> the letter that stands for it in the column: its first, two where one is shared."""
    labels = [label for label, _ in column.levels]
    first = [label[:1].upper() for label in labels]
    return {label: a if first.count(a) == 1 else label[:2].capitalize() for label, a in zip(labels, first, strict=True)}


def spelled(column: Column) -> dict[str, str]:
    """Level label -> "F favourable", as the legend has it."""
    return {label: f"{letter} {label}" for label, letter in letters(column).items()}


def place() -> alt.Value:
    """Horizontal place of a row of data with the field ``off``."""
    return alt.value(alt.expr("width + datum.off"))


def layers(columns: tuple[Column, ...], p: Palette, step: int) -> list[alt.Chart]:
    """Cells, heads and counts of the matrix. Data sets: ``cells``, ``tracks``, ``counts``."""
    if not columns:
        return []
    heads = (
        alt.Chart(alt.InlineData([{"off": x, "text": head(c)} for c, x in zip(columns, places(columns), strict=True)]))
        .mark_text(align="left", baseline="middle", angle=ANGLE % 360, fontSize=HEAD_SIZE, color=p.ink)
        .encode(x=place(), y=alt.value(-9), text="text:N")
    )
    found = [heads]
    if any(c.kind in ("driver", "pharmacogene") for c in columns):
        found += [_cells(p, step), *_counts(p)]
    tracks = [(i, c) for i, c in enumerate(columns) if c.kind == "track"]
    for i, column in tracks:
        found.append(_track(i, column, p, step))
    if tracks:
        found.append(
            alt.Chart(alt.NamedData("tracks"))
            .mark_text(fontSize=12, color=p.ink, baseline="middle")
            .encode(x=place(), y=ROW, text="letter:N")
        )
    return found


def _legend(p: Palette, title: str | None = None) -> alt.Legend:
    return alt.Legend(
        title=title, orient="bottom", direction="horizontal", titleOrient="left", titleFontWeight="normal",
        symbolSize=130, offset=30, columnPadding=16,
    )  # fmt: skip


def _cells(p: Palette, step: int) -> alt.Chart:
    states = [REPORTED, PHARMACOGENE, NOT_REPORTED]
    tint = on(p, "#CC79A7")

    def scale(*values) -> alt.Scale:
        return alt.Scale(domain=states, range=list(values))

    return (
        alt.Chart(alt.NamedData("cells"))
        .mark_point(shape="square", size=_size(step), opacity=1)
        .encode(
            x=place(),
            y=ROW,
            fill=alt.Fill("state:N", scale=scale(p.muted, p.background, p.background), legend=_legend(p)),
            stroke=alt.Stroke("state:N", scale=scale(p.muted, tint, p.line), legend=_legend(p)),
            strokeWidth=alt.StrokeWidth("state:N", sort=states, scale=scale(1, 2.6, 0.8), legend=_legend(p)),
            strokeDash=alt.StrokeDash("state:N", scale=scale([1, 0], [1, 0], [1.5, 2]), legend=_legend(p)),
        )
    )


def _size(step: int) -> int:
    return min(13, step - 4) ** 2


def _counts(p: Palette) -> list[alt.Chart]:
    base = alt.Chart(alt.NamedData("counts")).encode(x=place(), y=alt.value(alt.expr("height + 13")), text="text:N")
    return [
        base.transform_filter("datum.head == 0").mark_text(fontSize=12, color=p.ink),
        base.transform_filter("datum.head == 1").mark_text(fontSize=12, color=p.muted, align="right"),
    ]


def _track(i: int, column: Column, p: Palette, step: int) -> alt.Chart:
    words = spelled(column)
    scale = alt.Scale(
        domain=[words[label] for label, _ in column.levels], range=[on(p, colour) for _, colour in column.levels]
    )
    return (
        alt.Chart(alt.NamedData("tracks"))
        .transform_filter(f"datum.col == {i}")
        .mark_point(shape="square", size=(min(COLUMN, step) - 3) ** 2, opacity=0.42, strokeWidth=0)
        .encode(x=place(), y=ROW, fill=alt.Fill("level:N", scale=scale, legend=_legend(p, f"{column.label}:")))
    )
