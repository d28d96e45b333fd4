"""A drawing as part of a page: shapes and text only, nothing that could run, load or clash with another drawing."""

from __future__ import annotations

import re
from xml.etree import ElementTree

_SVG = "http://www.w3.org/2000/svg"
ElementTree.register_namespace("", _SVG)

_SHAPES = frozenset(("svg", "g", "path", "rect", "line", "circle", "text", "tspan", "defs", "clipPath"))
_ATTRIBUTES = frozenset((
    "viewBox", "id", "transform", "d", "x", "y", "x1", "x2", "y1", "y2", "dx", "dy", "cx", "cy", "r", "width",
    "height", "opacity", "fill", "fill-opacity", "stroke", "stroke-opacity", "stroke-width", "stroke-dasharray",
    "stroke-dashoffset", "stroke-linecap", "stroke-linejoin", "stroke-miterlimit", "font-family", "font-size",
    "font-weight", "font-style", "text-anchor", "clip-path", "display",
))  # fmt: skip
_INSIDE = re.compile(r"url\(#([\w-]+)\)")
_UNPRINTABLE = re.compile("[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]")


def inline_svg(drawing: bytes, label: str, name: str) -> str:
    """An ``<svg>`` element that may stand in an HTML page beside others.

    Parameters
    ----------
    drawing : an SVG file
    label : its alternative text
    name : put before every id, so that two drawings on a page never share one; letters, digits and "-"

    Notes
    -----
    What is not on the lists above is dropped: scripts, styles, handlers, links, images, foreign content. The size is
    left to the page. Text of a cohort leaves the serialiser escaped.
    """
    root = ElementTree.fromstring(_UNPRINTABLE.sub("", drawing.decode("utf-8")))
    _keep(root, name)
    for size in ("width", "height"):
        root.attrib.pop(size, None)
    root.attrib |= {"role": "img", "aria-label": _UNPRINTABLE.sub("", label)}
    return ElementTree.tostring(root, encoding="unicode")


def _keep(element: ElementTree.Element, name: str) -> None:
    kept = {key: _own(key, value, name) for key, value in element.attrib.items() if key in _ATTRIBUTES}
    element.attrib.clear()
    element.attrib |= {key: value for key, value in kept.items() if value}
    for child in list(element):
        if child.tag.removeprefix(f"{{{_SVG}}}") in _SHAPES and child.tag.startswith("{"):
            _keep(child, name)
        else:
            element.remove(child)


def _own(key: str, value: str, name: str) -> str:
    """The value, its ids made this drawing's own; a reference to anything outside the drawing is dropped."""
    if key == "id":
        return f"{name}-{value}"
    if "url" in value.lower():
        found = _INSIDE.fullmatch(value.strip())
        return f"url(#{name}-{found[1]})" if found else ""
    return value
