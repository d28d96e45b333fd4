"""Texts of a drawing that would reach beyond its edge: in a narrow column a key or a head may."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree

LETTER = 0.5
"""Mean width of a letter as a share of its size, on the narrow side: what is reported is surely cut off."""
_MOVED = re.compile(r"translate\((-?[\d.]+)")
_STARTS = {"start": 0.0, "middle": -0.5, "end": -1.0}


def cut_off(svg: str) -> list[str]:
    """Upright texts of an SVG of Vega's that begin left of its left edge or end right of its right edge."""
    root = ElementTree.fromstring(svg)
    width = float(root.get("viewBox").split()[2])
    return [text for start, end, text in _texts(root, 0.0) if start < -2 or end > width + 2]


def _texts(node: ElementTree.Element, x: float) -> Iterator[tuple[float, float, str]]:
    """Left end, right end and text of every upright text; Vega places everything by moves alone."""
    moved = node.get("transform", "")
    x += sum(float(found) for found in _MOVED.findall(moved))
    if node.tag.endswith("}text") and "rotate" not in moved:
        lines = [line for line in (node.text, *(child.text for child in node)) if line]
        wide = LETTER * float(node.get("font-size", "0").removesuffix("px")) * max(map(len, lines), default=0)
        start = x + wide * _STARTS[node.get("text-anchor", "start")]
        yield start, start + wide, " ".join(lines)
    for child in node:
        yield from _texts(child, x)
