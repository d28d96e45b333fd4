"""A sequence of saved views for a tumour board: kept as links, drawn anew from the data whenever it is shown.

A slide holds no number. Title, sentence, figure and foot are computed from its view, so that they never disagree with
one another or with the data.
"""

from __future__ import annotations

import hashlib
import json
import re
import textwrap
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace

from cohort.errors import UploadError
from cohort.exports.figure import svg
from cohort.exports.inline_svg import inline_svg
from cohort.figures.presentation import FIGURES, SCREEN, present_figure
from cohort.narrative import presentation as words
from cohort.options import Options
from cohort.selection import Rejected, Selection
from cohort.tables import Cohort
from cohort.view import CohortView

PAGES = tuple(FIGURES)
"""Pages whose view can be a slide."""

APPEARANCES = ("light", "dark")
MAX_SLIDES, MAX_TITLE, MAX_BYTES = 60, 120, 500_000
CHECKSUM_DIGITS = 12
FORMAT = "riskset presentation 1"

MARGINS = (88, 100)
"""What margins and gaps of a slide take of SCREEN's width and height, in pixels, as in ``present.css``."""

TITLE, SENTENCE, FOOT = (60, 62), (95, 47), (104, 40)
"""Characters of a line of each text, fewer than fit, and the height of a line in pixels."""

_UNSEEN = re.compile("[\u0000-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


@dataclass(frozen=True)
class Slide:
    """One saved view.

    Attributes
    ----------
    page : one of PAGES
    cohort : id of the cohort
    data : first digits of the cohort's checksum when the view was saved
    parameters : the view as in its link: ((name, (value, …)), …)
    title : the reader's own title, "" for the computed one
    highlight : id of the patient to highlight, or ""
    """

    page: str
    cohort: str
    data: str
    parameters: tuple[tuple[str, tuple[str, ...]], ...] = ()
    title: str = ""
    highlight: str = ""

    @classmethod
    def of(cls, view: CohortView, page: str) -> Slide:
        """Save a view; the patient whose profile is open in it is highlighted where the page can."""
        query = {name: values for name, values in view.to_query().items() if name != "patient"}
        highlight = view.options.patient if page in words.HIGHLIGHTING else ""
        return cls(page, view.definition.id, checksum(view.cohort), _frozen(query), highlight=highlight)

    def view(self, cohort: Cohort) -> tuple[CohortView, tuple[Rejected, ...]]:
        """The view on this cohort, and what of it the cohort does not have (any more)."""
        query = {name: list(values) for name, values in self.parameters}
        query |= {"patient": [self.highlight]} if self.highlight else {}
        selection, refused, _ = Selection.from_query(query, cohort.definition, cohort.ids)
        options, refused_too, _ = Options.from_query(query, cohort)
        return CohortView(cohort, selection, options), (*refused, *refused_too)


@dataclass(frozen=True)
class DrawnSlide:
    """A slide as shown: plain text, and one ``<svg>`` element an appearance (none where there is nothing to draw)."""

    title: str
    sentence: str
    foot: str
    figures: Mapping[str, str]


def checksum(cohort: Cohort) -> str:
    """The first digits of a cohort's checksum."""
    return cohort.fingerprint[:CHECKSUM_DIGITS]


def draw(slide: Slide, cohort: Cohort) -> DrawnSlide:
    """Title, sentence, figure and foot of a slide. Drawn once for a cohort, and kept with it."""
    return cohort.recall(("slide", slide), lambda: _draw(slide, cohort))


def is_drawn(slide: Slide, cohort: Cohort) -> bool:
    """Whether :func:`draw` would answer at once."""
    return cohort.recalls(("slide", slide))


def _draw(slide: Slide, cohort: Cohort) -> DrawnSlide:
    view, page = slide.view(cohort)[0], slide.page
    title = slide.title or words.slide_title(view, page)
    sentence, foot = words.slide_sentence(view, page), words.slide_foot(view, page, title)
    first = present_figure(view, page, *_room(title, sentence, foot))
    foot = words.slide_foot(view, page, title, first.note if first else "")
    if first is None:
        return DrawnSlide(title, sentence, foot, {})
    room, alt = _room(title, sentence, foot), words.slide_alt(view, page)
    name = "f" + hashlib.sha256(repr(slide).encode("utf-8")).hexdigest()[:8]
    return DrawnSlide(
        title,
        sentence,
        foot,
        {
            appearance: inline_svg(svg(present_figure(view, page, *room, appearance).spec), alt, f"{name}-{appearance}")
            for appearance in APPEARANCES
        },
    )


def _room(title: str, sentence: str, foot: str) -> tuple[int, int]:
    """Width and height that these texts leave for the figure, in pixels of SCREEN."""
    rows = ((title, TITLE), (sentence, SENTENCE), (foot, FOOT))
    taken = sum(height * max(1, len(textwrap.wrap(text, width))) for text, (width, height) in rows)
    return SCREEN[0] - MARGINS[0], SCREEN[1] - MARGINS[1] - taken


# ---- a sequence ------------------------------------------------------------------------------------------------------


def moved(slides: tuple[Slide, ...], i: int, by: int) -> tuple[Slide, ...]:
    """The sequence with slide ``i`` moved ``by`` places; it stops at either end."""
    rest, to = [*slides[:i], *slides[i + 1 :]], min(max(i + by, 0), len(slides) - 1)
    return (*rest[:to], slides[i], *rest[to:])


def changed(slides: tuple[Slide, ...], i: int, **values: str) -> tuple[Slide, ...]:
    """The sequence with another title or highlighted patient on slide ``i``; a title is cut to MAX_TITLE characters."""
    if "title" in values:
        values["title"] = _cleaned(values["title"])
    return (*slides[:i], replace(slides[i], **values), *slides[i + 1 :])


def to_json(slides: tuple[Slide, ...]) -> bytes:
    """The sequence as a file that :func:`from_json` reads: links and titles, no data."""
    rows = [asdict(slide) | {"parameters": {name: list(v) for name, v in slide.parameters}} for slide in slides]
    return json.dumps({"format": FORMAT, "slides": rows}, ensure_ascii=False, indent=1).encode("utf-8")


def from_json(content: bytes, name: str) -> tuple[Slide, ...]:
    """Read a sequence that anybody may have written.

    Raises
    ------
    UploadError
        The file is not such a sequence, or is more than is allowed. What a slide asks of its cohort is checked like a
        link, when the slide is drawn.
    """
    again = "Export the sequence again on the page Present."
    if len(content) > MAX_BYTES:
        raise UploadError("too large", file=name, seen=f"{len(content)} bytes", allowed=f"{MAX_BYTES}", remedy=again)
    try:
        read = json.loads(content)
    except (ValueError, RecursionError):
        raise UploadError("not JSON", file=name, allowed="a sequence exported here", remedy=again) from None
    rows = read.get("slides") if isinstance(read, dict) and read.get("format") == FORMAT else None
    if not isinstance(rows, list) or len(rows) > MAX_SLIDES:
        allowed = f"format {FORMAT!r} with a list of at most {MAX_SLIDES} slides"
        raise UploadError("not a sequence of views", file=name, allowed=allowed, remedy=again)
    return tuple(_slide(row, i, name, again) for i, row in enumerate(rows, 1))


def _slide(row: object, i: int, name: str, again: str) -> Slide:
    texts = [f.name for f in fields(Slide) if f.name != "parameters"]
    query = row.get("parameters") if isinstance(row, dict) else None
    if (
        not isinstance(query, dict)
        or not all(isinstance(row.get(text), str) for text in texts)
        or not all(isinstance(v, list) and all(isinstance(x, str) for x in v) for v in query.values())
    ):
        allowed = f"texts {', '.join(texts)} and parameters, each a list of texts"
        raise UploadError("a slide cannot be read", file=name, row=i, allowed=allowed, remedy=again)
    if row["page"] not in PAGES:
        raise UploadError(
            "unknown page", file=name, row=i, column="page", seen=row["page"], allowed=", ".join(PAGES), remedy=again
        )
    return Slide(
        **{text: row[text] for text in texts} | {"parameters": _frozen(query), "title": _cleaned(row["title"])}
    )


def _frozen(query: Mapping[str, list[str]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((name, tuple(values)) for name, values in query.items())


def _cleaned(title: str) -> str:
    """A title on one line without characters that cannot be seen."""
    return " ".join(_UNSEEN.sub(" ", title).split())[:MAX_TITLE]
