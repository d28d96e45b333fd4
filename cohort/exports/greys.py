"""Colours of a figure as greys that stay apart in print; dashes, shapes and labels are there already."""

from __future__ import annotations

import re
from collections.abc import Iterator

_HEX = re.compile(r"#[0-9a-fA-F]{6}")
NEUTRAL = 0.16
"""Largest distance between the channels of a colour, of 1, that still counts as grey: ink and rules."""
DARKEST, LIGHTEST = 12.0, 55.0
"""Lightness (CIE L*) between which greys are spread, so that a number in the grey of its curve can be read."""
PALE = 70.0
"""Lightness from which on a colour fills an area: where there is one, greys reach up to it."""
APART = 24.0
"""Distance in lightness that is enough; less where there are many colours."""
DEFAULT = "#777777"
"""In place of the blue Vega gives to marks that name no colour."""
_FILLED = ("color", "fill", "stroke")


def greyed(spec: dict) -> dict:
    """The specification with every colour a grey: distinct colours get distinct lightness, in the order they had.

    Okabe–Ito's bluish green, orange and vermillion have almost the same lightness, so a plain conversion would make
    the groups alike. Text of a cohort is never touched: data sets are recoloured in columns that hold colours only.
    """
    columns = set(_colour_columns(spec))
    found = dict.fromkeys(_colours(spec, columns))
    hues = sorted((c for c in found if not _is_neutral(c)), key=lambda c: (_lightness(c), c))
    new = dict(zip(hues, _spread([_lightness(c) for c in hues]), strict=True))
    greys = {c: _grey(new.get(c, _lightness(c))) for c in found}

    def swapped(value: object, key: str = "") -> object:
        if isinstance(value, dict):
            return {k: v if k == "datasets" else swapped(v, k) for k, v in value.items()}
        if isinstance(value, list):
            return [swapped(v, key) for v in value]
        return greys[value.upper()] if isinstance(value, str) and _HEX.fullmatch(value) else value

    out = swapped(spec)
    own = out.get("config", {})
    out["config"] = own | {"mark": {"color": DEFAULT} | own.get("mark", {})}
    out["datasets"] = {
        name: [{k: swapped(v) if k in columns else v for k, v in row.items()} for row in rows]
        for name, rows in spec.get("datasets", {}).items()
    }
    return out


def _colour_columns(node: object) -> Iterator[str]:
    """Columns whose values are drawn as the colours they name."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in _FILLED and isinstance(value, dict) and "field" in value and value.get("scale", 0) is None:
                yield value["field"]
            if key != "datasets":
                yield from _colour_columns(value)
    elif isinstance(node, list):
        for value in node:
            yield from _colour_columns(value)


def _colours(spec: dict, columns: set[str]) -> Iterator[str]:
    def walk(node: object) -> Iterator[str]:
        if isinstance(node, dict):
            for key, value in node.items():
                if key != "datasets":
                    yield from walk(value)
        elif isinstance(node, list):
            for value in node:
                yield from walk(value)
        elif isinstance(node, str) and _HEX.fullmatch(node):
            yield node.upper()

    yield from walk(spec)
    for rows in spec.get("datasets", {}).values():
        for row in rows:
            for name in columns & row.keys():
                yield from walk(row[name])


def _is_neutral(colour: str) -> bool:
    channels = _channels(colour)
    return max(channels) - min(channels) <= NEUTRAL


def _channels(colour: str) -> tuple[float, float, float]:
    return tuple(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))


def _lightness(colour: str) -> float:
    """CIE L* of an sRGB colour (IEC 61966-2-1, D65)."""
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in _channels(colour))
    y = 0.2126 * r + 0.7152 * g + 0.0722 * b
    return 116 * y ** (1 / 3) - 16 if y > 216 / 24389 else y * 24389 / 27


def _grey(lightness: float) -> str:
    y = ((lightness + 16) / 116) ** 3 if lightness > 8 else lightness * 27 / 24389
    channel = round(255 * (12.92 * y if y <= 0.0031308 else 1.055 * y ** (1 / 2.4) - 0.055))
    return f"#{channel:02X}{channel:02X}{channel:02X}"


def _spread(lightness: list[float]) -> list[float]:
    """Ascending values moved as little downwards as keeps them apart, then upwards where the dark end is reached."""
    lightest = max(lightness, default=0)
    top = lightest if lightest >= PALE else LIGHTEST
    gap = min(APART, (top - DARKEST) / max(len(lightness) - 1, 1))
    out: list[float] = []
    for value in reversed(lightness):
        out.append(min(value, out[-1] - gap if out else top))
    out.reverse()
    for i, value in enumerate(out):
        out[i] = max(value, DARKEST + gap * i)
    return out
