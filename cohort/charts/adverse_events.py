"""The adverse-events figure: one row a term, as bars by severity, brackets of what is certain, or dots by group.

Horizontal positions are shares of the patients in view (0 to 1), so a filter moves marks and tick labels and leaves
the specification alone. It depends on terms, columns, groups and appearance only; what a view shows is in the data.
"""

from __future__ import annotations

import copy
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import altair as alt
import pyarrow as pa

from cohort.charts.keep import Keep
from cohort.charts.theme import Palette, config, palette
from cohort.dictionary import Level

TOP = 54
"""Room for the key and the heads of the text columns, in pixels."""
FOOT = 50
"""Room for tick labels and the axis title, in pixels."""
LABEL_WIDTH = 34
"""Characters of a term on one line."""
CHARACTER = 6.5
"""Width of a character of 13 px, in pixels, on average."""

SEVERITY = {0: "#8A8F98", 1: "#56B4E9", 2: "#56B4E9", 3: "#E69F00", 4: "#D55E00", 5: "#000000"}
"""Colour of a grade band by its first grade; 0 is not graded. Segments also stand in order of severity."""

DOT_PITCH = 14
"""Distance of two groups' dots within a row, in pixels."""

MARKS = ("circle", "square", "triangle-up", "diamond")
"""Shape of each group, the second channel beside its colour."""

KEYS = {
    "box": "M-1,-0.8L1,-0.8L1,0.8L-1,0.8Z",
    "bracket": "M-1.4,-0.8L-1.4,0.8M-1.4,0L1.4,0M1.4,-0.8L1.4,0.8",
    "tick": "M0,-1L0,1",
}
"""Symbols of the key; a group's is its mark."""


@dataclass(frozen=True)
class Frame:
    """What the constant part of the figure depends on.

    ``right`` is the room for text columns in pixels. With ``groups`` a row is as high as its dots need.
    """

    terms: tuple[str, ...]
    right: int
    groups: tuple[Level, ...] = ()
    overall: bool = False
    appearance: str = "light"

    @property
    def left(self) -> int:
        """Room for the terms, in pixels."""
        longest = max((len(line) for term in self.terms for line in wrapped(term).split("\n")), default=0)
        return int(min(max(CHARACTER * longest + 20, 120), 250))

    @property
    def pitch(self) -> int:
        """Height of a row in pixels."""
        return max(44 if len(self.terms) <= 8 else 30, DOT_PITCH * len(self.groups) + 8)

    @property
    def height(self) -> int:
        """Total height in pixels."""
        return TOP + self.pitch * len(self.terms) + FOOT + 8


def figure(frame: Frame, data: dict[str, pa.Table], keep: Keep) -> dict:
    """The complete Vega-Lite specification: the kept part of this frame with the data sets filled in.

    ``data`` may leave out data sets; they are drawn empty.
    """
    spec = copy.copy(keep((__name__, frame), lambda: _constant(frame)))
    spec["datasets"] = {**EMPTY, **keep((__name__, frame, "kept"), lambda: _kept(frame)), **data}
    return spec


def _kept(frame: Frame) -> dict[str, pa.Table]:
    """Data that stay with the frame: the terms, and the one row that lines and room are drawn from."""
    return {
        "labels": rows("labels", [{"y": i, "text": wrapped(t)} for i, t in enumerate(frame.terms)]),
        "once": rows("once", [{"text": ""}]),
    }


def _constant(frame: Frame) -> dict:
    p = palette(frame.appearance)
    marks = _dots(frame) if frame.groups else _bars(frame, p)
    chart = (
        alt.layer(*_axis(frame, p), *marks, *_words(frame, p), *_key(p))
        .resolve_scale(shape="independent")
        .properties(
            height=frame.height,
            padding={"left": 4, "right": 4, "top": 4, "bottom": 4},
            usermeta={"embedOptions": {"renderer": "svg"}},
        )
    )
    spec = chart.to_dict()
    spec["config"] = config(p)
    return spec


_SHARE = alt.Scale(domain=[0, 1], nice=False)
_COLOUR = alt.Color("colour:N", scale=None)
_TOOLTIP = [
    alt.Tooltip(f"{name}:N", title=title) for name, title in (("term", "Term"), ("what", "Here"), ("more", "Of"))
]


def _x(field: str) -> alt.X:
    return alt.X(f"{field}:Q", scale=_SHARE, axis=None)


def _row(frame: Frame, field: str = "y") -> alt.Y:
    scale = alt.Scale(domain=[-0.5, len(frame.terms) - 0.5], reverse=True, nice=False)
    return alt.Y(f"{field}:Q", scale=scale, axis=None)


def _at(expression: str | int):
    """A place in pixels, from the plot's signals ``width`` and ``height`` and the datum's own ``px``."""
    return alt.value(alt.expr(str(expression)))


def _layer(name: str) -> alt.Chart:
    return alt.Chart(alt.NamedData(name))


def _once() -> alt.Chart:
    return _layer("once")


def _axis(frame: Frame, p: Palette) -> list[alt.Chart]:
    """The share axis, drawn from data so that its labels follow the selection, and the rows' labels."""
    ticks, edge = _layer("ticks"), f"width + {frame.right}"
    # An invisible frame holds the room around the plot, so that longer texts never move the rows
    room = _once().mark_rect(opacity=0).encode(
        x=_at(-frame.left), x2=_at(edge), y=_at(-TOP), y2=_at(f"height + {FOOT}")
    )  # fmt: skip
    apart = (
        _once()
        .mark_rule(color=p.line, strokeDash=[2, 3])
        .encode(x=_at(8 - frame.left), x2=_at(edge), y=_at(frame.pitch))
    )
    return [
        room,
        ticks.mark_rule(color=p.faint).encode(x=_x("x"), y=_at(0), y2=_at("height + 5")),
        _once().mark_rule(color=p.line).encode(x=_at(0), y=_at(0), y2=_at("height")),
        _once().mark_rule(color=p.line).encode(x=_at(0), x2=_at("width"), y=_at("height")),
        ticks.mark_text(baseline="top", fontSize=13).encode(x=_x("x"), y=_at("height + 8"), text="text:N"),
        _layer("title").mark_text(baseline="top", fontSize=14)
        .encode(x=_at("width / 2"), y=_at("height + 30"), text="text:N"),
        _layer("labels")
        .mark_text(align="right", baseline="middle", fontSize=13, lineBreak="\n", lineHeight=15, limit=frame.left - 12)
        .encode(x=_at(-10), y=_row(frame), text="text:N"),
        *([apart] if frame.overall and len(frame.terms) > 1 else []),
    ]  # fmt: skip


def _bars(frame: Frame, p: Palette) -> list[alt.Chart]:
    """Stacked severity, and what is certain of a selection: each is empty where the other is shown."""
    bounds, y = _layer("bounds"), _row(frame)
    return [
        _layer("bars").mark_rect(stroke=p.background, strokeWidth=0.6)
        .encode(x=_x("x"), x2="x2:Q", y=y, y2="y2:Q", color=_COLOUR, tooltip=_TOOLTIP),
        bounds.mark_rect(opacity=0.25).encode(x=_x("c_lo"), x2="c_hi:Q", y=y, y2="y2:Q", color=_COLOUR),
        bounds.mark_rule(strokeWidth=2.6).encode(x=_x("lo"), x2="hi:Q", y=_row(frame, "mid"), color=_COLOUR),
        *(
            bounds.mark_tick(thickness=2.6, size=20, opacity=1).encode(x=_x(end), y=_row(frame, "mid"), color=_COLOUR)
            for end in ("lo", "hi")
        ),
        bounds.mark_tick(thickness=3, size=28, opacity=1, color=p.ink).encode(x=_x("exp"), y=_row(frame, "mid")),
        bounds.mark_rect(opacity=0)
        .encode(x=_at(0), x2=_at("width"), y=_row(frame, "top"), y2="bottom:Q", tooltip=_TOOLTIP),
        _layer("absent").mark_text(align="left", fontSize=13, fontStyle="italic", color=p.muted)
        .encode(x=_at(8), y=y, text="text:N"),
    ]  # fmt: skip


def _dots(frame: Frame) -> list[alt.Chart]:
    codes = [g.code for g in frame.groups]
    shape = alt.Shape("g:N", scale=alt.Scale(domain=codes, range=list(MARKS[: len(codes)])), legend=None)
    dots, y = _layer("dots"), _row(frame)
    return [
        dots.mark_rule(strokeWidth=1.8).encode(x=_x("lo"), x2="hi:Q", y=y, color=_COLOUR),
        dots.mark_point(filled=True, size=84, opacity=1)
        .encode(x=_x("x"), y=y, color=_COLOUR, shape=shape, tooltip=_TOOLTIP),
    ]  # fmt: skip


def _words(frame: Frame, p: Palette) -> list[alt.Chart]:
    """Text columns right of the plot."""
    beside, y = _at("width + datum.px"), _row(frame)
    texts = _layer("texts").encode(x=beside, y=y, text="text:N")
    return [
        texts.mark_text(align="left", fontSize=13, fontWeight=600).transform_filter("datum.strong"),
        texts.mark_text(align="left", fontSize=13, color=p.muted).transform_filter("!datum.strong"),
        _layer("heads").mark_text(align="left", baseline="bottom", fontSize=13, color=p.muted)
        .encode(x=beside, y=_at(-8), text="text:N"),
    ]  # fmt: skip


def _key(p: Palette) -> list[alt.Chart]:
    signs = KEYS | {mark: mark for mark in MARKS}
    shape = alt.Shape("kind:N", scale=alt.Scale(domain=list(signs), range=list(signs.values())), legend=None)
    key, y = _layer("key"), _at(12 - TOP)
    return [
        key.mark_point(size=90, strokeWidth=2.4, filled=True).encode(
            x=_at("datum.px + 8"), y=y, shape=shape, opacity=alt.Opacity("alpha:Q", scale=None),
            stroke=alt.Stroke("colour:N", scale=None), fill=alt.Fill("colour:N", scale=None),
        ),
        key.mark_text(align="left", fontSize=13, color=p.ink).encode(x=_at("datum.px + 24"), y=y, text="text:N"),
    ]  # fmt: skip


def wrapped(term: str) -> str:
    """A term on at most two lines."""
    lines = textwrap.wrap(term, LABEL_WIDTH) or [term]
    return "\n".join([lines[0], " ".join(lines[1:])] if len(lines) > 1 else lines)


def _schema(text: str = "", number: str = "", flag: str = "") -> pa.Schema:
    fields = [(n, pa.string()) for n in text.split()] + [(n, pa.float64()) for n in number.split()]
    return pa.schema([*fields, *((n, pa.bool_()) for n in flag.split())])


SCHEMAS = {
    "bars": _schema("colour term what more", "x x2 y y2"),
    "bounds": _schema("colour term what more", "lo hi c_lo c_hi exp y y2 mid top bottom"),
    "dots": _schema("g colour term what more", "x lo hi y"),
    "texts": _schema("text", "y px", "strong"),
    "absent": _schema("text", "y"),
    "heads": _schema("text", "px"),
    "ticks": _schema("text", "x"),
    "title": _schema("text"),
    "labels": _schema("text", "y"),
    "once": _schema("text"),
    "key": _schema("kind colour text", "px alpha"),
}
"""Columns of every data set. ``y`` counts rows from 0; ``px`` are pixels right of the plot (key: of its start)."""

EMPTY = {name: schema.empty_table() for name, schema in SCHEMAS.items()}


def rows(name: str, records: Iterable[dict]) -> pa.Table:
    """Records as the data set called ``name``."""
    return pa.Table.from_pylist(list(records), schema=SCHEMAS[name])


def bar(row: int, start: float, end: float, colour: str, **words: str) -> dict:
    """One segment of a bar: shares ``start`` to ``end`` of the patients in view. ``words``: term, what, more."""
    return {"x": start, "x2": end, "y": row - 0.27, "y2": row + 0.27, "colour": colour, **words}


def bracket(row: int, n: int, bound: dict, colour: str, **words: str) -> dict:
    """One row of bounds, from patients to shares of ``n``. ``words``: term, what, more."""
    names = {"lo": "lower", "hi": "upper", "c_lo": "central_lower", "c_hi": "central_upper", "exp": "expected"}
    place = {"y": row - 0.16, "y2": row + 0.16, "mid": row, "top": row - 0.45, "bottom": row + 0.45}
    return {name: bound[column] / n for name, column in names.items()} | place | {"colour": colour, **words}


def count_ticks(n: int) -> list[dict]:
    """Ticks of a share axis in patients: every one up to 12, then in round steps, and always ``n`` itself."""
    step = next((s for s in (1, 5, 10, 25, 50, 100, 250, 500, 1000) if n / s <= 12), max(1, n // 10))
    ticks = [t for t in range(0, n, step) if n - t >= 0.6 * step]
    return [{"x": t / max(n, 1), "text": str(t)} for t in (*ticks, n)]


def percent_ticks() -> list[dict]:
    """Ticks of a share axis in percent."""
    return [{"x": t / 100, "text": f"{t} %"} for t in (0, 25, 50, 75, 100)]


def key_rows(entries: Sequence[tuple[str, str, str, float]]) -> pa.Table:
    """The key from left to right: (kind of symbol, colour, text, opacity)."""
    out, px, names = [], 0.0, ("kind", "colour", "text", "alpha")
    for entry in entries:
        out.append(dict(zip(names, entry, strict=True)) | {"px": px})
        px += 24 + CHARACTER * len(entry[2]) + 18
    return rows("key", out)


def offset(index: int, count: int, pitch: int) -> float:
    """Vertical place of a group's dot within its row, in rows."""
    return (index - (count - 1) / 2) * DOT_PITCH / pitch
