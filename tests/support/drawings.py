"""What stands in an SVG: its texts with their places, and its colours."""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.etree import ElementTree

_MOVED = re.compile(r"translate\((-?[\d.e-]+),(-?[\d.e-]+)\)")


@dataclass(frozen=True)
class Text:
    """One upright text: its words, left end, right end and middle in pixels, and its size."""

    words: str
    left: float
    right: float
    y: float
    size: float


def texts(svg: bytes, letter: float = 0.5) -> list[Text]:
    """Every text of the drawing that is not turned; a letter is taken to be ``letter`` of its size wide."""
    found: list[Text] = []

    def walk(node, x, y):
        moved = node.get("transform", "")
        for dx, dy in _MOVED.findall(moved):
            x, y = x + float(dx), y + float(dy)
        if node.tag.endswith("}text") and "rotate" not in moved:
            size = float(node.get("font-size").removesuffix("px"))
            lines = [t for t in (node.text, *(c.text for c in node)) if t]
            for i, line in enumerate(lines):
                wide = letter * size * len(line)
                left = x - wide * {"start": 0, "middle": 0.5, "end": 1}[node.get("text-anchor", "start")]
                found.append(Text(line, left, left + wide, y + 1.1 * size * i, size))
        for child in node:
            walk(child, x, y)

    walk(ElementTree.fromstring(svg), 0.0, 0.0)
    return found


def overlaps(svg: bytes) -> list[tuple[str, str]]:
    """Pairs of texts that cover one another."""
    placed = texts(svg)
    return [
        (a.words, b.words)
        for i, a in enumerate(placed)
        for b in placed[i + 1 :]
        if a.left < b.right and b.left < a.right and abs(a.y - b.y) < 0.7 * min(a.size, b.size)
    ]


def colours(svg: bytes) -> set[str]:
    """Every colour named by its hexadecimal code."""
    return {c.upper() for c in re.findall(r"#[0-9a-fA-F]{6}\b", svg.decode())}
