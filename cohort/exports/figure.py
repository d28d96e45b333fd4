"""A figure on screen as a file: the same specification and data as SVG, PNG or PDF, as on screen or for a journal."""

from __future__ import annotations

import copy
import json
import re
import textwrap
import unicodedata
from dataclasses import dataclass

import pyarrow as pa

from cohort.charts.theme import FONT
from cohort.errors import CohortError
from cohort.exports.cut_off import cut_off
from cohort.exports.greys import greyed
from cohort.exports.printable import visible
from cohort.exports.survival_print import fitted, is_survival

WIDTH = 900
"""Width of a figure as on screen in pixels; a PNG of it is 3 times as many."""


def standalone(spec: dict, title: str, subtitle: str, caption: str, foot: int = 0, width: int = WIDTH) -> dict:
    """The figure with everything a reader needs who has only the file.

    Parameters
    ----------
    spec : a specification with ``height`` and named data sets (Arrow tables)
    title, subtitle, caption : plain text; wrapped here
    foot : pixels below the plot at which the caption starts. 0 puts the caption under the subtitle instead, for
        figures that are not one layered view.
    """
    out = with_rows(spec)
    heading, below, notes = (textwrap.wrap(text, n) for text, n in ((title, 84), (subtitle, 122), (caption, 138)))
    layered = bool(foot) and "layer" in out
    if layered:
        text = {"type": "text", "align": "left", "baseline": "top", "fontSize": 12, "lineHeight": 15}
        out["layer"].append(
            {
                "data": {"values": [{}]},
                "mark": {**text, "color": out["config"]["title"]["subtitleColor"]},
                "encoding": {
                    "text": {"value": notes},
                    "x": {"value": -_LEFT},
                    "y": {"value": {"expr": f"height + {foot}"}},
                },
            }
        )
    else:
        below = [*below, *notes]
    out["title"] = {"text": heading, "subtitle": below, "offset": 12, "frame": "bounds"}
    out["width"] = width
    out["autosize"] = {"type": "fit", "contains": "padding"}
    out["height"] = spec["height"] + 22 * len(heading) + 16 * len(below) + (15 * len(notes) + 16 if layered else 0)
    return out


_LEFT = 150

SMALLEST_TEXT = 12
"""Smallest text of a figure in pixels (``cohort.charts.theme``); printed at ``PRINTED_TEXT`` points."""
PRINTED_TEXT = 7
LONGEST_TEXT = 400
"""Letters of a text that are drawn; a line of a figure holds fewer."""
LEAST_PLOT = 120
"""Narrowest plot in pixels that is still read; 25 mm in print."""
DPI = 300
PRINT_FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
"""Families of the same widths: a file opened where the first is missing keeps its layout."""


@dataclass(frozen=True)
class Preset:
    """A size a figure is made in.

    Attributes
    ----------
    code, label : as in a link, and in words
    width_mm : printed width in millimetres; None as on screen
    """

    code: str
    label: str
    width_mm: float | None = None

    @property
    def points(self) -> float:
        """Points a pixel measures on paper: all of a figure, text and lines, is scaled by it."""
        return 72 / 100 if self.width_mm is None else PRINTED_TEXT / SMALLEST_TEXT

    @property
    def width(self) -> int:
        """Width in pixels at which the figure is laid out."""
        return WIDTH if self.width_mm is None else round(self.width_mm / 25.4 * 72 / self.points)


SCREEN = Preset("screen", "as on screen")
SINGLE = Preset("single", "single column, 85 mm", 85)
DOUBLE = Preset("double", "double column, 178 mm", 178)
PRESETS = {p.code: p for p in (SCREEN, SINGLE, DOUBLE)}


@dataclass(frozen=True, eq=False)
class Drawing:
    """A figure laid out once, to be taken as SVG, PNG and PDF; nothing else keeps it."""

    drawn: str
    preset: Preset

    def svg(self) -> bytes:
        """The figure as SVG, text kept as text."""
        return (self.drawn if self.preset is SCREEN else _sized(self.drawn, self.preset.points, "pt")).encode("utf-8")

    def png(self) -> bytes:
        """The figure as PNG at 300 dots an inch; as on screen at three times its size."""
        import vl_convert

        return vl_convert.svg_to_png(_raised(self.drawn), scale=self.preset.points, ppi=DPI)

    def pdf(self) -> bytes:
        """The figure as PDF in its printed size, text kept as text and fonts embedded."""
        import vl_convert

        return vl_convert.svg_to_pdf(_sized(_raised(self.drawn), self.preset.points))


def draw(spec: dict, preset: Preset = SCREEN, grey: bool = False) -> Drawing:
    """Lay a figure out.

    Parameters
    ----------
    spec : the specification on screen with its data sets, or for SCREEN one made by :func:`standalone`
    preset : one of PRESETS; laid out anew at that width, from the same marks and data
    grey : whether colours become greys of distinct lightness

    Raises
    ------
    CohortError
        The figure does not fit into the width with text of 7 points.
    """
    return Drawing(_drawn(spec, preset, grey), preset)


def svg(spec: dict, preset: Preset = SCREEN, grey: bool = False) -> bytes:
    """The figure as SVG. See :func:`draw` and :class:`Drawing`, here and below."""
    return draw(spec, preset, grey).svg()


def png(spec: dict, preset: Preset = SCREEN, grey: bool = False) -> bytes:
    """The figure as PNG."""
    return draw(spec, preset, grey).png()


def pdf(spec: dict, preset: Preset = SCREEN, grey: bool = False) -> bytes:
    """The figure as PDF."""
    return draw(spec, preset, grey).pdf()


def size(svg_file: bytes) -> tuple[float, float]:
    """Width and height of an SVG of ours in its own units: points, or pixels as on screen."""
    found = _SIZE.search(svg_file.decode("utf-8"))
    return float(found[1]), float(found[3])


def _drawn(spec: dict, preset: Preset, grey: bool) -> str:
    out = visible(with_rows(spec), LONGEST_TEXT)
    if preset is not SCREEN or "width" not in out:
        out = fitted(out, preset.width) if is_survival(out) else _filling(out, preset.width)
    drawn = _rendered(json.dumps(greyed(out) if grey else out).replace(json.dumps(FONT), json.dumps(PRINT_FONT)))
    if preset is not SCREEN and preset.width < DOUBLE.width and (_plot(drawn) < LEAST_PLOT or cut_off(drawn)):
        raise CohortError(
            f"The figure does not fit into {preset.width_mm:g} mm with text of {PRINTED_TEXT} points: its texts leave "
            f"too little for the plot, or would be cut off. Allowed: {DOUBLE.label}."
        )
    return drawn


def _rendered(spec: str) -> str:
    """The drawing, the same for the same figure: the renderer numbers its clips through all drawings of a process."""
    import vl_convert

    numbers: dict[str, str] = {}
    return _CLIP.sub(
        lambda found: f"{found[1]}clip{numbers.setdefault(found[2], str(len(numbers) + 1))}{found[3]}",
        vl_convert.vegalite_to_svg(spec),
    )


def _plot(drawn: str) -> float:
    """Width of the plot without the texts beside it, in pixels."""
    found = _PLOT.search(drawn)
    return float(found[1]) if found else 0.0


def with_rows(spec: dict) -> dict:
    """A copy of the specification whose Arrow tables are lists of rows, to be changed freely."""
    out = copy.deepcopy({key: value for key, value in spec.items() if key != "datasets"})
    out["datasets"] = {
        name: data.to_pylist() if isinstance(data, pa.Table) else data
        for name, data in spec.get("datasets", {}).items()
    }
    return out


def _filling(spec: dict, width: int) -> dict:
    kind = "fit-x" if isinstance(spec.get("height"), dict) else "fit"
    return {**spec, "width": width, "autosize": {"type": kind, "contains": "padding"}}


_SIZE = re.compile(r'width="([\d.]+)(pt)?" height="([\d.]+)(?:pt)?"')
_CLIP = re.compile(r'(clip-path="url\(#|<clipPath id=")clip(\d+)(\)"|")')
_PLOT = re.compile(r'class="background"[^>]* d="M[\d.]+,[\d.]+h(-?[\d.]+)')
_RAISED = re.compile(r"[⁰⁴-⁹⁻]+")


def _sized(drawn: str, points: float, unit: str = "") -> str:
    """The SVG in its printed size; its viewBox keeps the pixels."""
    width, height = (points * side for side in size(drawn.encode("utf-8")))
    return _SIZE.sub(f'width="{width:.2f}{unit}" height="{height:.2f}{unit}"', drawn, count=1)


def _raised(drawn: str) -> str:
    """Superscripts the embedded font lacks, as raised digits: the whole text would change its font otherwise."""

    def raised(found: re.Match) -> str:
        digits = unicodedata.normalize("NFKC", found[0])
        return f'<tspan baseline-shift="super" font-size="70%">{digits}</tspan>'

    return re.sub(r">[^<]*</text>", lambda text: _RAISED.sub(raised, text[0]), drawn)
