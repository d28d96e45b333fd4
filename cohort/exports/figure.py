"""A figure on screen as a file: the same specification, with title, subtitle and caption inside it."""

from __future__ import annotations

import copy
import json
import textwrap

import pyarrow as pa

WIDTH = 900
"""Width of an exported figure in pixels; a 300-dpi PNG of it is 3 times as many."""


def standalone(spec: dict, title: str, subtitle: str, caption: str, foot: int = 0, width: int = WIDTH) -> dict:
    """The figure with everything a reader needs who has only the file.

    Parameters
    ----------
    spec : a specification with ``height`` and named data sets (Arrow tables)
    title, subtitle, caption : plain text; wrapped here
    foot : pixels below the plot at which the caption starts. 0 puts the caption under the subtitle instead, for
        figures that are not one layered view.
    """
    out = copy.deepcopy({key: value for key, value in spec.items() if key != "datasets"})
    out["datasets"] = {
        name: data.to_pylist() if isinstance(data, pa.Table) else data
        for name, data in spec.get("datasets", {}).items()
    }
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


def svg(spec: dict) -> bytes:
    """The figure as SVG, text kept as text."""
    import vl_convert

    return vl_convert.vegalite_to_svg(json.dumps(spec)).encode("utf-8")


def png(spec: dict) -> bytes:
    """The figure as PNG at three times its size."""
    import vl_convert

    return vl_convert.vegalite_to_png(json.dumps(spec), scale=3)
