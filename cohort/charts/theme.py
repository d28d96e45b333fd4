"""Colours and type of every figure, on screen in light and dark and in exports.

Figures carry their own theme so that what is downloaded is what was on screen.
"""

from __future__ import annotations

from dataclasses import dataclass

FONT = "Source Sans, Liberation Sans, DejaVu Sans, sans-serif"


@dataclass(frozen=True)
class Palette:
    """Neutral colours of one appearance; contrast of text on background is at least 4.5:1."""

    name: str
    background: str
    ink: str
    muted: str
    line: str
    faint: str
    whole: str


LIGHT = Palette("light", "#FFFFFF", "#1B2430", "#5A6675", "#9AA5B1", "#E4E8EC", "#8A939D")
DARK = Palette("dark", "#12171D", "#E8EDF2", "#A7B3BF", "#5C6875", "#2A343E", "#8793A0")


def palette(name: str) -> Palette:
    """The palette called "light" or "dark"; anything else is light."""
    return DARK if name == "dark" else LIGHT


_ON_DARK = {
    "#0072B2": "#4BA3DC",
    "#009E73": "#2CC295",
    "#D55E00": "#FF8540",
    "#3C6E9F": "#7FB2E0",
    "#8C6D1F": "#C9A64A",
    "#CC79A7": "#DE93BC",
    "#7F7F7F": "#A9A9A9",
    "#8A8F98": "#A7ADB6",
    "#000000": "#E8EDF2",
}
_ON_LIGHT = {"#E69F00": "#C98700", "#56B4E9": "#2F93CB", "#F0E442": "#B5A900"}


def on(palette_: Palette, colour: str) -> str:
    """An Okabe–Ito colour adjusted so that a line and its number are legible on this background."""
    return (_ON_DARK if palette_.name == "dark" else _ON_LIGHT).get(colour.upper(), colour)


def config(p: Palette) -> dict:
    """Vega-Lite config: thin axes, no grid boxes, figure text of 12 px or more."""
    return {
        "background": p.background,
        "aria": False,  # one alternative text for the figure, computed from its numbers, instead of one a mark
        "font": FONT,
        "view": {"stroke": None},
        "axis": {
            "labelFontSize": 13,
            "titleFontSize": 14,
            "titleFontWeight": "normal",
            "labelColor": p.ink,
            "titleColor": p.ink,
            "domainColor": p.line,
            "tickColor": p.line,
            "grid": False,
            "labelFont": FONT,
            "titleFont": FONT,
        },
        "legend": {
            "labelFontSize": 13,
            "titleFontSize": 13,
            "labelColor": p.ink,
            "titleColor": p.ink,
            "labelLimit": 420,
        },
        "title": {"color": p.ink, "subtitleColor": p.muted, "fontSize": 17, "subtitleFontSize": 13, "anchor": "start"},
        "header": {"labelColor": p.ink, "titleColor": p.ink},
        "text": {"color": p.ink, "font": FONT, "fontSize": 13},
    }
