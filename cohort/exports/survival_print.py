"""The survival figure laid out anew in the width of a journal's column: same marks, same numbers, other places.

On screen a table of numbers stands right of its heads, and labels right of the curves; a column of 85 mm has no room
for either. Here a head that is too long stands above its numbers, ticks are thinned with their numbers until these
stand clear of one another, and labels are wrapped and moved apart. Nothing is cut off and no value changes.
"""

from __future__ import annotations

import textwrap

from cohort.charts.kaplan_meier import PLOT_HEIGHT, ROW_HEIGHT, TABLE_TOP

LETTER = 0.56
"""Mean width of a letter as a share of its size, on the wide side for Liberation Sans."""
NARROW = 600
"""Width in pixels below which a figure stands in a single column."""
LEAST_LEFT = 84
"""Room left of the axis for its labels, its title and "Censored"."""
BESIDE, BESIDE_WIDE = 22, 44
"""Distance of the heads from the axis: room for half a number, or for half of three of them."""
KEY_ROW = 18
LABEL_LINE = 15
CELL, KEY = 13, 13


def is_survival(spec: dict) -> bool:
    """Whether this is a survival figure: curves with a table under the axis."""
    return {"curve", "ends", "cells", "heads"} <= spec.get("datasets", {}).keys()


def fitted(spec: dict, width: int) -> dict:
    """The survival figure laid out at ``width`` pixels.

    Parameters
    ----------
    spec : specification whose data sets are lists of rows; changed in place
    width : whole width in pixels; the height follows
    """
    data = spec["datasets"]
    narrow = width < NARROW
    axis = _layer(spec, "curve", "line")["encoding"]["x"]
    end, beside = axis["scale"]["domain"][1], _beside(data["cells"])
    left = _left(data, width, beside)
    size = 12 if narrow else 14
    _wrap(data["ends"], width, size)
    plot = _plot_width(data, end, width - left - 4, size)
    _thin(axis["axis"], data, plot / end)
    spec["datasets"]["ends"] = _apart(data["ends"], plot / end, size)
    rows = _place_table(data, left, beside, plot)
    for layer in spec["layer"]:
        name, mark = layer["data"].get("name"), layer["mark"]
        if name == "ends":
            mark |= {"fontSize": size, "lineHeight": LABEL_LINE, "limit": width}
        if name == "heads":
            mark |= {"limit": width - 8}
            layer["encoding"]["x"] = {"value": {"expr": f"datum.wide ? {-left} : {-beside}"}}
            mark["align"] = {"expr": "datum.wide ? 'left' : 'right'"}
    top = _key(spec, data["marks"], left, width) if "marks" in data else 8
    below = TABLE_TOP + ROW_HEIGHT * rows + 4
    return spec | {
        "width": round(plot),
        "height": PLOT_HEIGHT,
        "autosize": {"type": "none"},
        "padding": {"left": left + 4, "right": width - left - 4 - round(plot), "top": top, "bottom": below},
        "config": spec["config"] | {"axisY": {"minExtent": left, "maxExtent": left, "titleX": 16 - left}},
    }


def _layer(spec: dict, data: str, mark: str) -> dict:
    return next(x for x in spec["layer"] if x["data"].get("name") == data and x["mark"]["type"] == mark)


def _beside(cells: list[dict]) -> int:
    return BESIDE_WIDE if any("·" in c["text"] for c in cells) else BESIDE


def _long(text: str, size: float) -> float:
    return LETTER * size * len(text)


def _left(data: dict, width: int, beside: int) -> int:
    """Room left of the axis: what the heads of rows need, at most a quarter of the width."""
    numbered = {c["row"] for c in data["cells"]}
    most = max((_long(h["text"], CELL) for h in data["heads"] if h["row"] in numbered), default=0)
    needed = round(most) + beside + 4
    return max(LEAST_LEFT, needed) if needed <= width / 4 else LEAST_LEFT


def _wrap(ends: list[dict], width: int, size: int) -> None:
    letters = max(round(0.27 * width / (LETTER * size)), 8)
    for row in ends:
        row["text"] = textwrap.wrap(row["text"], letters, break_on_hyphens=False, max_lines=3, placeholder="…")


def _plot_width(data: dict, end: float, room: float, size: int) -> float:
    """As wide as the last numbers under the axis and the labels allow; a label starts where its curve ends."""
    widest = room - max([10, *(_long(c["text"], CELL) / 2 for c in data["cells"])])
    for row in data["ends"]:
        free = room - 12 - max((_long(line, size) for line in row["text"]), default=0)
        widest = min(widest, free * end / row["x"]) if row["x"] else widest
    return max(widest, 0.4 * room)


def _thin(axis: dict, data: dict, per_month: float) -> None:
    """Every tick, or every second, third … of them: as many as their numbers leave room for."""
    ticks = axis["values"]
    widest = max((_long(c["text"], CELL) for c in data["cells"]), default=0) + 8
    gap = (ticks[1] - ticks[0]) * per_month if len(ticks) > 1 else widest
    every = next((k for k in range(1, len(ticks)) if k * gap >= widest), max(len(ticks) - 1, 1))
    axis |= {"values": ticks[::every], "labelOverlap": False, "labelFlush": False}
    data["cells"] = [c for c in data["cells"] if c["x"] in axis["values"]]


def _apart(ends: list[dict], per_month: float, size: int) -> list[dict]:
    """Labels moved down, or up from the floor, until none covers another."""
    per_percent = PLOT_HEIGHT / 101
    placed: list[tuple[float, float, float, float]] = []
    for row in sorted(ends, key=lambda r: -r["s"]):
        tall = LABEL_LINE * len(row["text"]) / per_percent
        start, stop = (row["x"] * per_month + d for d in (0, 8 + max((_long(t, size) for t in row["text"]), default=0)))
        beside = [(bottom, top) for a, b, bottom, top in placed if a < stop and start < b]
        floor = tall / 2
        steps = [row["s"] - k / 2 for k in range(400) if row["s"] - k / 2 >= floor]
        steps += [floor + k / 2 for k in range(400)]
        middle = next(
            (m for m in steps if all(m + tall / 2 <= bottom or m - tall / 2 >= top for bottom, top in beside)), row["s"]
        )
        placed.append((start, stop, middle - tall / 2, middle + tall / 2))
        row["s"] = middle
    return ends


def _place_table(data: dict, left: int, beside: int, plot: float) -> int:
    """New rows for heads and cells; a head that has no room beside its numbers stands above them. Returns their number.

    Row 0 also names the interval, at its right end.
    """
    room = left - beside
    numbered = {c["row"] for c in data["cells"]}
    heads: dict[int, list[dict]] = {}
    for head in data["heads"]:
        heads.setdefault(head["row"], []).append(head)
    at: dict[int, int] = {}
    line = 0 if 0 in heads else 1
    for row in sorted(heads):
        for head in heads[row]:
            wide = row not in numbered or _long(head["text"], CELL) > room
            head |= {"wide": wide, "row": line}
            line += wide
        if row in numbered:
            at[row], line = line, line + 1
    shift = int(0 in heads and plot + left < 460)  # the head of the table and the name of the interval on one line
    for head in data["heads"]:
        head["row"] += shift
    for cell in data["cells"]:
        cell["row"] = at[cell["row"]] + shift
    return line + shift


def _key(spec: dict, marks: list[dict], left: int, width: int) -> int:
    """The key of the censoring marks over the whole width, in one line or under one another. Returns its height."""
    shape = _layer(spec, "marks", "point")["encoding"]["shape"]
    names = shape["scale"]["domain"]
    inline = sum(_long(n, KEY) + 34 for n in names) + 80 <= width
    height = KEY_ROW * (1 if inline else len(names) + 1) + 10
    shape["legend"] |= {
        "orient": "none",
        "legendX": -left,
        "legendY": -height,
        "titleOrient": "left" if inline else "top",
        "direction": "horizontal" if inline else "vertical",
        "labelLimit": width,
        "rowPadding": 2,
    }
    return height + 4
