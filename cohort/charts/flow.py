"""The patient flow: boxes for the states, bands as wide as the number of patients who went from one to the next.

Boxes stand where the whole cohort puts them and keep their place under every filter; a filter changes the counts, how
far the bar in each box is filled, and the coloured bands, which run inside the pale ones of the whole cohort.
"""

from __future__ import annotations

import copy
import textwrap
from dataclasses import dataclass

import altair as alt
import numpy as np
import pyarrow as pa

from cohort.charts.keep import Keep
from cohort.charts.theme import config, on, palette

HEIGHT = 312
HEAD = 22
GAP = 12
WIDEST = 14.0
"""Most pixels a patient is drawn wide."""
LINE = 17
PAD = 12
BAR = 6
"""Width of the bar at a box's left edge that is filled as far as the selection reaches, in pixels."""
COUNT = 24
"""Room for the count above a box's label, in pixels."""
SPANS = {
    2: ((0, 30), (62, 100)),
    4: ((0, 14), (22, 39.5), (47.5, 73.5), (82, 100)),
}
"""Left and right edge of each stage's boxes, in percent of the width, by number of stages."""
PIXELS = 8.2
"""Pixels a percent of the width has on a laptop's screen: where labels are wrapped."""
READABLE = 11.0
"""Bands narrower than this carry no number of their own."""


@dataclass(frozen=True)
class Node:
    """One box: what the constant part of the figure knows of it."""

    stage: int
    label: str
    colour: str
    whole: int
    inside: int = -1


@dataclass(frozen=True)
class Frame:
    """What the constant part of the figure depends on. ``links``: (source, target, patients of the whole cohort)."""

    nodes: tuple[Node, ...]
    links: tuple[tuple[int, int, int], ...]
    heads: tuple[str, ...]
    appearance: str = "light"

    @property
    def spans(self) -> tuple[tuple[float, float], ...]:
        """Left and right edge of each stage."""
        return SPANS[len(self.heads)]


@dataclass(frozen=True)
class Layout:
    """Where everything stands: x in percent of the width, y in pixels from the top."""

    per_patient: float
    boxes: tuple[tuple[float, float, float, float], ...]
    labels: tuple[str, ...]
    links: tuple[tuple[float, float, float], ...]
    """Middle at the source, middle at the target, width: of each link of the frame."""


def figure(frame: Frame, data: dict[str, pa.Table], keep: Keep) -> dict:
    """The complete Vega-Lite specification: the kept part of this frame with the data sets filled in."""
    spec = copy.copy(keep((__name__, frame), lambda: _constant(frame)))
    spec["datasets"] = data | {"heads": _heads(frame)}
    return spec


def layout(frame: Frame) -> Layout:
    """Place boxes and bands for the whole cohort."""
    labels = [_wrapped(frame, node) for node in frame.nodes]
    least = [COUNT + LINE * (label.count("\n") + 1) + PAD for label in labels]
    for i, node in enumerate(frame.nodes):
        if node.inside >= 0:
            least[node.inside] += least[i] + PAD // 2
    stages = [
        [i for i, node in enumerate(frame.nodes) if node.stage == s and node.inside < 0]
        for s in range(len(frame.heads))
    ]
    room = HEIGHT - HEAD
    per_patient = min(_widest(frame, stage, least, room) for stage in stages)
    boxes: dict[int, tuple[float, float, float, float]] = {}
    for stage, (left, right) in zip(stages, frame.spans, strict=True):
        heights = [max(least[i], per_patient * frame.nodes[i].whole) for i in stage]
        top = HEAD + max(0.0, (room - sum(heights) - GAP * (len(stage) - 1)) / 2)
        for i, height in zip(stage, heights, strict=True):
            boxes[i] = (left, right, top, top + height)
            top += height + GAP
    for i, node in enumerate(frame.nodes):
        if node.inside >= 0:
            left, right, _, bottom = boxes[node.inside]
            taken = sum(
                least[j] + PAD // 2 for j in range(i + 1, len(frame.nodes)) if frame.nodes[j].inside == node.inside
            )
            bottom -= taken + PAD // 2
            boxes[i] = (left + 2, right - 1, bottom - least[i], bottom)
    links = _links(frame, boxes, per_patient)
    return Layout(per_patient, tuple(boxes[i] for i in range(len(frame.nodes))), tuple(labels), links)


def _wrapped(frame: Frame, node: Node) -> str:
    left, right = frame.spans[node.stage]
    inset = 3 if node.inside >= 0 else 0
    letters = int(((right - left - inset) * PIXELS - 22) / 6.6)
    return "\n".join(textwrap.wrap(node.label, max(letters, 8)))


def _widest(frame: Frame, stage: list[int], least: list[float], room: float) -> float:
    """Pixels a patient can have so that the stage's boxes fit under one another."""
    low, high = 0.0, WIDEST
    for _ in range(30):
        middle = (low + high) / 2
        needed = sum(max(least[i], middle * frame.nodes[i].whole) for i in stage) + GAP * (len(stage) - 1)
        low, high = (middle, high) if needed <= room else (low, middle)
    return low


def _links(frame: Frame, boxes: dict, per_patient: float) -> tuple[tuple[float, float, float], ...]:
    """Stack the bands at both ends, each end centred on its box, in the order of the boxes they lead to."""

    def start(i: int, total: int) -> float:
        _, _, top, bottom = boxes[i]
        return (top + bottom - per_patient * total) / 2

    left = {i: start(i, sum(n for s, _, n in frame.links if s == i)) for i in boxes}
    right = {i: start(i, sum(n for _, t, n in frame.links if t == i)) for i in boxes}
    placed = []
    for source, target, n in frame.links:
        width = per_patient * n
        placed.append((left[source] + width / 2, right[target] + width / 2, width))
        left[source] += width
        right[target] += width
    return tuple(placed)


def _constant(frame: Frame) -> dict:
    p = palette(frame.appearance)
    tones = list(dict.fromkeys(on(p, node.colour) for node in frame.nodes))
    tone = alt.Color("tone:N", scale=alt.Scale(domain=tones, range=tones), legend=None)
    x = alt.X("x:Q", scale=alt.Scale(domain=[0, 100], nice=False, zero=False), axis=None)
    y = alt.Y("y:Q", scale=alt.Scale(domain=[HEIGHT, 0], nice=False, zero=False), axis=None)
    who = [
        alt.Tooltip("name:N", title="Where"),
        alt.Tooltip("count:N", title="Selected"),
        alt.Tooltip("who:N", title="Patients"),
    ]
    bands = (
        alt.Chart(alt.NamedData("bands")).mark_area(interpolate="monotone").encode(x=x, y=y, y2="y2:Q", detail="link:N")
    )
    boxes = alt.Chart(alt.NamedData("boxes"))
    room = alt.expr("width * (datum.x2 - datum.x) / 100 - 16")
    layers = [
        bands.mark_area(interpolate="monotone", color=p.faint).transform_filter("datum.part == 'whole'"),
        bands.mark_area(interpolate="monotone", opacity=0.38)
        .encode(color=tone, tooltip=who)
        .transform_filter("datum.part == 'chosen'"),
        boxes.mark_rect(fill=p.background, stroke=p.line, strokeWidth=1)
        .encode(x=x, x2="x2:Q", y=y, y2="y2:Q", tooltip=who)
        .transform_filter("!datum.inside"),
        boxes.mark_rect(fill=p.background, stroke=p.muted, strokeWidth=1.2, strokeDash=[4, 3])
        .encode(x=x, x2="x2:Q", y=y, y2="y2:Q", tooltip=who)
        .transform_filter("datum.inside"),
        boxes.mark_rule(color=p.faint, strokeWidth=BAR, xOffset=BAR / 2)
        .encode(x=x, y=y, y2="y2:Q")
        .transform_filter("!datum.inside"),
        boxes.mark_rule(strokeWidth=BAR, xOffset=BAR / 2)
        .encode(x=x, y=alt.Y("fill:Q", axis=None), y2="y2:Q", color=tone)
        .transform_filter("!datum.inside"),
        boxes.mark_text(align="left", baseline="top", fontSize=18, fontWeight=600, dx=12, dy=7, limit=room)
        .encode(x=x, y=y, text="count:N", opacity=alt.condition("datum.n > 0", alt.value(1), alt.value(0.6))),
        boxes.mark_text(
            align="left", baseline="top", fontSize=13, lineBreak="\n", lineHeight=LINE - 1, dx=12, dy=7 + COUNT,
            limit=room,
        )
        .encode(x=x, y=y, text="label:N", opacity=alt.condition("datum.n > 0", alt.value(1), alt.value(0.6))),
        alt.Chart(alt.NamedData("numbers"))
        .mark_text(align="left", baseline="middle", fontSize=12, dx=6)
        .encode(x=x, y=y, text="text:N"),
        alt.Chart(alt.NamedData("heads"))
        .mark_text(align="left", baseline="top", fontSize=12, color=p.muted)
        .encode(x=x, y=y, text="text:N"),
    ]  # fmt: skip
    chart = alt.layer(*layers).properties(
        height=HEIGHT,
        padding={"left": 1, "right": 1, "top": 1, "bottom": 1},
        usermeta={"embedOptions": {"renderer": "svg"}},
    )
    spec = chart.to_dict()
    spec["config"] = config(p)
    return spec


def _heads(frame: Frame) -> pa.Table:
    """What stands above each stage: a data set like the others, because Altair puts inline rows among those too."""
    left = [left for left, _ in frame.spans]
    return pa.table({"x": left, "y": [2.0] * len(left), "text": pa.array(frame.heads, pa.string())})


def box_rows(frame: Frame, where: Layout, boxes: pa.Table, narrowed: bool) -> pa.Table:
    """The boxes as drawn. ``narrowed`` says that a selection leaves patients out: counts read "5 of 13"."""
    n, whole, ids = (boxes[c].to_pylist() for c in ("n", "whole", "ids"))
    x, x2, y, y2 = np.array(where.boxes, dtype=float).T
    share = np.array([k / w if w else 0.0 for k, w in zip(n, whole, strict=True)])
    p = palette(frame.appearance)
    return pa.table(
        {
            "x": x, "x2": x2, "y": y, "y2": y2, "fill": y2 - share * (y2 - y), "n": boxes["n"],
            "inside": [node.inside >= 0 for node in frame.nodes],
            "tone": pa.array([on(p, node.colour) for node in frame.nodes], pa.string()),
            "label": pa.array(where.labels, pa.string()),
            "name": pa.array([node.label for node in frame.nodes], pa.string()),
            "count": pa.array(_counts(n, whole, narrowed), pa.string()),
            "who": pa.array([i or "nobody" for i in ids], pa.string()),
        }
    )  # fmt: skip


def _counts(n: list[int], whole: list[int], narrowed: bool) -> list[str]:
    return [f"{k} of {w}" if narrowed else str(k) for k, w in zip(n, whole, strict=True)]


def band_rows(frame: Frame, where: Layout, links: pa.Table, narrowed: bool) -> pa.Table:
    """The bands as drawn, four points each: where a selection leaves patients out, the whole cohort's behind."""
    p = palette(frame.appearance)
    n, ids = links["n"].to_pylist(), links["ids"].to_pylist()
    parts = [("whole", [whole for _, _, whole in frame.links])] if narrowed else []
    parts.append(("chosen", n))
    rows: dict[str, list] = {k: [] for k in ("part", "link", "x", "y", "y2", "tone", "name", "count", "who")}
    for part, counts in parts:
        for i, (source, target, whole) in enumerate(frame.links):
            if not counts[i]:
                continue
            left, right = where.boxes[source][1], where.boxes[target][0]
            half = max(where.per_patient * counts[i], 1.0) / 2
            named = frame.nodes[source if frame.nodes[source].stage > 1 else target]
            for x, middle in zip(
                (left, left + 0.12 * (right - left), right - 0.12 * (right - left), right),
                (where.links[i][0],) * 2 + (where.links[i][1],) * 2,
                strict=True,
            ):
                for key, value in (("x", x), ("y", middle - half), ("y2", middle + half)):
                    rows[key].append(float(value))
            rows["part"] += [part] * 4
            rows["link"] += [f"{part}{i}"] * 4
            rows["tone"] += [on(p, named.colour)] * 4
            rows["name"] += [f"{frame.nodes[source].label} → {frame.nodes[target].label}"] * 4
            rows["count"] += _counts([n[i]], [whole], narrowed) * 4
            rows["who"] += [ids[i] or "nobody"] * 4
    return pa.table({k: pa.array(v, pa.float64() if k in ("x", "y", "y2") else pa.string()) for k, v in rows.items()})


def number_rows(frame: Frame, where: Layout, links: pa.Table) -> pa.Table:
    """Counts on the bands into the last stage, where the band is wide enough to carry one."""
    last = len(frame.heads) - 1
    shown = [
        (where.boxes[source][1], where.links[i][0], str(n))
        for i, ((source, target, _), n) in enumerate(zip(frame.links, links["n"].to_pylist(), strict=True))
        if n and frame.nodes[target].stage == last and where.links[i][2] >= READABLE and last > 1
    ]
    return pa.table(
        {
            "x": pa.array([x for x, _, _ in shown], pa.float64()),
            "y": pa.array([y for _, y, _ in shown], pa.float64()),
            "text": pa.array([t for _, _, t in shown], pa.string()),
        }
    )
