"""Marks of the swimmer figure: each event and each reason for censoring in a shape and filling of its own."""

from __future__ import annotations

from dataclasses import dataclass

SHAPES = {
    "cross": "M-.7,-.7L.7,.7M-.7,.7L.7,-.7",
    "arrow": "M0,0L1.7,0M1.1,-.6L1.7,0L1.1,.6",
    "question": "M.55,-.45C.55,-1.15 1.55,-1.15 1.5,-.45C1.45,.05 1,-.05 1,.45M1,.9L1,1.05",
    "star": "M0,-1L.27,-.36L.95,-.31L.43,.14L.59,.81L0,.45L-.59,.81L-.43,.14L-.95,-.31L-.27,-.36Z",
    "hexagon": "M-.5,-.87L.5,-.87L1,0L.5,.87L-.5,.87L-1,0Z",
}
"""Marks Vega has no shape for, as paths in a box from -1 to 1; arrow and question stand behind the end of the lane."""

DRAWN = {
    "molecular_relapse": ("triangle-up", "#E69F00", True),
    "morphological_relapse": ("diamond", "#D55E00", True),
    "relapse": ("diamond", "#D55E00", True),
    "death": ("cross", "", False),
    "alive": ("arrow", "", False),
    "lost": ("question", "", False),
    "stopped_early": ("circle", "#0072B2", False),
}
"""Shape, colour ("" is the colour of text) and filling of what can happen, by its code."""

_SHAPES = {
    "square": "#009E73",
    "triangle-down": "#CC79A7",
    "triangle-right": "#56B4E9",
    "star": "#8C6D1F",
    "triangle-left": "#0072B2",
    "hexagon": "#D55E00",
}
OTHERS = tuple((shape, colour, True) for shape, colour in _SHAPES.items())
OTHER_REASONS = tuple((shape, colour, False) for shape, colour in reversed(_SHAPES.items()))
"""Marks of other events, filled, and of other reasons for censoring, hollow: no two share shape and filling."""

HOLLOW = ("circle", *_SHAPES)
"""Shapes that can be drawn hollow."""


@dataclass(frozen=True)
class Mark:
    """Something that can happen to a patient: its words and how it is drawn."""

    label: str
    shape: str
    colour: str
    filled: bool


def mark_of(code: str, label: str, index: int = 0, event: bool = True) -> Mark:
    """The mark of an event or reason. ``index`` tells unknown codes of the same kind apart."""
    others = OTHERS + OTHER_REASONS[::-1] if event else OTHER_REASONS + OTHERS[::-1]
    shape, colour, filled = DRAWN.get(code, others[index % len(others)])
    return Mark(label, shape, colour, filled)
