"""A sequence of slides as one HTML file that opens from a disk: no network, no font, no image beside it.

The drawings stand in it as SVG and the texts as text; its script, a constant of the program, only turns the slides.
Nothing of a cohort is ever part of the script or the style, and a content security policy allows just these two by
their digests, so that markup in a level's name stays text even where a reader's browser is old (SECURITY.md 7).
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from html import escape
from pathlib import Path

from cohort import __version__
from cohort.presentation import APPEARANCES, DrawnSlide

_HERE = Path(__file__).parent
_SLIDE_STYLE = _HERE.parent / "ui" / "present.css"


def offline_html(slides: Sequence[DrawnSlide], checksums: Sequence[str]) -> bytes:
    """The sequence as a file.

    Parameters
    ----------
    slides : drawn slides, in order; at least one
    checksums : checksums of the data they were drawn from, kept in the file's head
    """
    style, script = _constants()
    policy = (
        f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    shown = "\n".join(_section(slide, f"{i} / {len(slides)}") for i, slide in enumerate(slides, 1))
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Riskset {escape(__version__)}">
<meta name="description" content="Drawn from data with checksum {escape(", ".join(dict.fromkeys(checksums)))}">
<title>{escape(slides[0].title)}</title>
<style>{style}</style>
</head>
<body class="stage" data-appearance="light">
{shown}
<script>{script}</script>
</body>
</html>
""".encode()


def _section(slide: DrawnSlide, place: str) -> str:
    figures = "\n".join(
        f'<figure class="{appearance}">{slide.figures[appearance]}</figure>'
        for appearance in APPEARANCES
        if appearance in slide.figures
    )
    return f"""<section class="slide">
<h1>{escape(slide.title)}</h1>
<p class="said">{escape(slide.sentence)}</p>
{figures}
<p class="foot"><span>{escape(slide.foot)}</span><span class="at">{place}</span></p>
</section>"""


@cache
def _constants() -> tuple[str, str]:
    """Style and script: constants of the program, nothing of a cohort."""
    style = "".join(path.read_text(encoding="utf-8") for path in (_SLIDE_STYLE, _HERE / "offline.css"))
    return style, (_HERE / "offline.js").read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
