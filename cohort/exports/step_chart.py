"""A survival figure as the points and texts an office program's own chart and table are made from.

Such programs have no step function: a scatter chart with straight lines whose points are doubled at the steps draws
one. Everything is read from the specification on screen, so the slide shows what the screen shows. On screen a curve
fades where it rests on few; here its line pales from there on.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from cohort.exports.printable import printable

LIMITS = {"lo": "lower 95 % limit", "hi": "upper 95 % limit"}
THIN = "Thin lines: the limits of the band."
LABEL_LETTERS = 18
MARKERS = {"plus": "+", "triangle": "△", "diamond": "◇", "circle": "○", "square": "□", "x": "×", "star": "✳"}
"""PowerPoint's markers and how they look in a sentence. It has no upright stroke: a plus is the field's other mark."""
MARKER_OF = {"triangle-down": "triangle", "triangle-up": "triangle", "cross": "x"}


@dataclass(frozen=True)
class Line:
    """One series of the chart.

    Attributes
    ----------
    name : in words
    colour : "#RRGGBB"
    points : (month, percent), the step function's corners, or the places of marks
    kind : "curve", "limit", "marks" or "label", a place without a mark that carries the text of a curve
    dash : PowerPoint's name of the dash, of a curve
    pale_from : month from which the curve pales, or None
    label : text of a label, wrapped
    marker : PowerPoint's name of the marker, of marks
    """

    name: str
    colour: str
    points: tuple[tuple[float, float], ...]
    kind: str
    dash: str = "solid"
    pale_from: float | None = None
    label: tuple[str, ...] = ()
    marker: str = ""


@dataclass(frozen=True)
class StepChart:
    """A survival figure as numbers: what PowerPoint's chart and table are made from."""

    lines: tuple[Line, ...]
    end: float
    ticks: tuple[float, ...]
    x_title: str
    y_title: str
    rows: tuple[tuple[str, str, tuple[str, ...]], ...]
    """Head, colour and one text a tick, of every row of the table under the axis."""
    key: str
    """What the marks stand for, in words."""


def steps(points: Sequence[tuple[float, float]], end: float) -> tuple[tuple[float, float], ...]:
    """The corners of a step function that holds each height until the next point, drawn no further than ``end``.

    Parameters
    ----------
    points : (time, height) in the order of time
    end : last time that is drawn
    """
    corners: list[tuple[float, float]] = []
    for time, height in points:
        if corners:
            corners.append((min(time, end), corners[-1][1]))
        if time > end:
            break
        corners.append((time, height))
    return tuple(dict.fromkeys(corners))


def step_chart(spec: dict) -> StepChart:
    """The numbers of a survival figure's specification, whose data sets are lists of rows."""
    data = spec["datasets"]
    main = _encoding(spec, "curve", "line")
    colours = dict(zip(main["color"]["scale"]["domain"], main["color"]["scale"]["range"], strict=True))
    dashes = dict(zip(main["strokeDash"]["scale"]["domain"], main["strokeDash"]["scale"]["range"], strict=True))
    end, axis = main["x"]["scale"]["domain"][1], main["x"]["axis"]
    names = {row["g"]: row["name"] for row in data["curve"]}
    lines: list[Line] = []
    for group in names:
        lines += _curves(
            [row for row in data["curve"] if row["g"] == group],
            end, names[group], colours[group], _dash(dashes[group]),
        )  # fmt: skip
    marks, key = _marks(spec, names, colours, end)
    return StepChart(
        lines=(*sorted(lines, key=lambda line: line.kind != "limit"), *marks, *_labels(data["ends"], names, colours)),
        end=end,
        ticks=tuple(axis["values"]),
        x_title=axis["title"],
        y_title=main["y"]["axis"]["title"],
        rows=_table(data, colours, axis["values"]),
        key=key,
    )


def _encoding(spec: dict, data: str, mark: str) -> dict:
    return next(x for x in spec["layer"] if x["data"].get("name") == data and x["mark"]["type"] == mark)["encoding"]


def _labels(ends: list[dict], names: dict[str, str], colours: dict[str, str]) -> list[Line]:
    """One label a group, where the screen has it: moved apart from the others."""
    return [
        Line(
            f"{names.get(row['g'], row['g'])}, label", colours[row["g"]], ((row["x"], row["s"]),), "label",
            label=tuple(textwrap.wrap(printable(row["text"]), LABEL_LETTERS)[:3]),
        )
        for row in ends
    ]  # fmt: skip


def _curves(rows: list[dict], end: float, name: str, colour: str, dash: str) -> list[Line]:
    """The curve, or an envelope's two edges, of one group, with its limits."""
    parts: dict[str, list[dict]] = {}
    for row in rows:
        part = row["part"].rpartition("/")[2]
        parts.setdefault("" if part in ("solid", "faint", "whole") else part, []).append(row)
    lines, limited = [], parts.pop("limits", None) or parts.get("", [])
    for part, mine in parts.items():
        faint = [row["x"] for row in mine if row["seg"] == "faint"]
        points = steps([(row["x"], row["s"]) for row in mine], end)
        words = f"{name}, {part} edge" if part else name
        lines.append(Line(words, colour, points, "curve", dash, min(faint, default=None)))
    for column, words in LIMITS.items():
        points = steps([(row["x"], row[column]) for row in limited if row[column] is not None], end)
        if points and limited[0]["seg"] != "whole":
            lines.append(Line(f"{name}, {words}", colour, points, "limit"))
    return lines


def _dash(dash: Sequence[float]) -> str:
    """PowerPoint's dash nearest to a pattern of strokes and gaps."""
    if len(dash) < 2 or not dash[1]:
        return "solid"
    if len(dash) > 2:
        return "dashDot"
    return next(name for most, name in ((2, "sysDot"), (4, "sysDash"), (8, "dash"), (1e9, "lgDash")) if dash[0] <= most)


def _marks(spec: dict, names: dict, colours: dict, end: float) -> tuple[list[Line], str]:
    if "marks" not in spec["datasets"] or not spec["datasets"]["marks"]:
        return [], THIN
    scale = _encoding(spec, "marks", "point")["shape"]["scale"]
    markers: dict[str, str] = {}
    for why, shape in zip(scale["domain"], scale["range"], strict=True):
        free = [m for m in MARKERS if m not in markers.values()] or list(MARKERS)
        wanted = MARKER_OF.get(shape, shape)
        markers[why] = wanted if wanted in free else free[0]
    found: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for row in spec["datasets"]["marks"]:
        if row["x"] <= end:
            found.setdefault((row["g"], row["reason"]), []).append((row["x"], row["s"]))
    lines = [
        Line(f"{names.get(g, g)}, censored: {why}", colours[g], tuple(places), "marks", marker=markers[why])
        for (g, why), places in found.items()
    ]
    used = [why for why in markers if any(why == reason for _, reason in found)]
    return lines, "Censored: " + ", ".join(f"{MARKERS[markers[w]]} {w}" for w in used) + f". {THIN}"


def _table(data: dict, colours: dict, ticks: Sequence[float]) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    cells = {(row["row"], row["x"]): row["text"] for row in data["cells"]}
    return tuple(
        (head["text"], colours[head["g"]], tuple(cells.get((head["row"], tick), "") for tick in ticks))
        for head in sorted(data["heads"], key=lambda h: h["row"])
    )
