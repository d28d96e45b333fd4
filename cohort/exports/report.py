"""One document of a session: what was selected, figures, tables, methods, cautions, sources. As HTML, Word or PDF."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cohort.exports import figure as figures
from cohort.exports import page, word
from cohort.exports.printable import is_number, printable
from cohort.exports.qr import qr_png

TALLEST_MM = 205
"""Height a figure may have, so that its caption stands on the same page."""
LONGEST_WORD = 30
"""Letters of a word after which a line of the PDF may break it."""


@dataclass(frozen=True, eq=False)
class Section:
    """One heading and what stands below it, in this order.

    Attributes
    ----------
    heading : plain text
    sentences : one paragraph each
    figure : specification on screen with its data sets
    alt, caption : its alternative text, and what stands below it
    table : one dict a line, cells as printed
    table_title : what stands above it
    notes : small print below
    """

    heading: str
    sentences: tuple[str, ...] = ()
    figure: dict | None = None
    alt: str = ""
    caption: str = ""
    table: Sequence[dict] = ()
    table_title: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Report:
    """A document; its sections stand in the order they are given.

    Attributes
    ----------
    title : plain text
    footnote : what the data are, and that they are not for treatment decisions; at the foot of every page
    link : address of the view; "" for none
    made : when it was made; None leaves it out
    """

    title: str
    sections: tuple[Section, ...]
    footnote: str = ""
    link: str = ""
    made: datetime | None = None

    @property
    def made_words(self) -> str:
        """When it was made, in words."""
        return f"Made on {self.made:%d %B %Y at %H:%M %Z}".strip() + "." if self.made else ""


Progress = Callable[[int, int], None]


def _quiet(done: int, of: int) -> None:
    pass


def html(report: Report, progress: Progress = _quiet) -> bytes:
    """The report as one HTML file without scripts; ``progress`` hears how many sections of how many are done."""
    body = [page.element("h1", report.title)]
    body += [page.element("p", report.made_words, "notes")] if report.made else []
    number = _Numbers()
    for done, section in enumerate(report.sections, 1):
        body.append(page.element("h2", section.heading))
        body += [page.element("p", sentence) for sentence in section.sentences]
        if section.figure is not None:
            svg = figures.svg(section.figure, figures.DOUBLE)
            body.append(page.figure(svg, section.alt, section.caption, number.figure()))
        if section.table:
            body.append(page.table(section.table, f"Table {number.table()}. {section.table_title}"))
        body += [page.element("p", note, "notes") for note in section.notes]
        progress(done, len(report.sections))
    if report.link:
        body.append(page.link(report.link))
    return page.page(report.title, body, report.footnote)


def docx(report: Report, progress: Progress = _quiet) -> bytes:
    """The report as a Word document with figures of 300 dots an inch; ``progress`` as for :func:`html`."""
    out = word.document(report.title, made=report.made)
    word.paragraph(out, report.title, "Title")
    if report.made:
        word.paragraph(out, report.made_words, "Caption")
    number = _Numbers()
    for done, section in enumerate(report.sections, 1):
        word.paragraph(out, section.heading, "Heading 1")
        for sentence in section.sentences:
            word.paragraph(out, sentence).paragraph_format.keep_with_next = section.figure is not None
        if section.figure is not None:
            drawing = figures.draw(section.figure, figures.DOUBLE)
            word.figure(out, drawing.png(), _size_mm(drawing), section.alt, section.caption, number.figure())
        if section.table:
            word.table(out, section.table, section.table_title, number=number.table())
        for note in section.notes:
            word.paragraph(out, note, "Caption")
        progress(done, len(report.sections))
    if report.link:
        word.link(out, report.link)
    word.footer(out, report.footnote)
    return word.saved(out)


def pdf(report: Report, progress: Progress = _quiet) -> bytes:
    """The report as a tagged PDF, text as text and fonts embedded; ``progress`` as for :func:`html`.

    The typesetter (Typst) gets everything as data; it reads no file but its template and asks no network.
    """
    import typst

    sections = []
    for done, section in enumerate(report.sections, 1):
        sections.append(_typeset(section))
        progress(done, len(report.sections))
    code = qr_png(report.link) if report.link else None
    data = {
        "title": _broken(report.title),
        "made": report.made_words,
        "footnote": _broken(report.footnote),
        "link": _broken(report.link),
        "qr": None if code is None else list(code),
        "sections": sections,
    }
    template = Path(__file__).with_name("report.typ").read_bytes()
    return typst.compile(template, sys_inputs={"report": json.dumps(data)}, timestamp=report.made)


def _typeset(section: Section) -> dict:
    names = list(section.table[0]) if section.table else []
    grid = [[_broken(name) if name else "" for name in names]] if names else []
    grid += [[_broken(row[name]) for name in names] for row in section.table]
    drawing = None if section.figure is None else figures.draw(section.figure, figures.DOUBLE)
    width, height = _size_mm(drawing) if drawing else (0, 0)
    return {
        "heading": _broken(section.heading),
        "sentences": [_broken(text) for text in section.sentences],
        "figure": list(drawing.pdf()) if drawing else None,
        "width": width,
        "height": height,
        "alt": printable(section.alt),
        "caption": _broken(section.caption),
        "table": grid,
        "flush": [all(is_number(line[i]) for line in grid[1:]) for i in range(len(names))],
        "table_title": _broken(section.table_title),
        "notes": [_broken(text) for text in section.notes],
    }


class _Numbers:
    """Figures and tables are counted apart."""

    def __init__(self) -> None:
        self._figures = self._tables = 0

    def figure(self) -> int:
        self._figures += 1
        return self._figures

    def table(self) -> int:
        self._tables += 1
        return self._tables


def _size_mm(drawing: figures.Drawing) -> tuple[float, float]:
    """Printed size in millimetres; a figure taller than a page is made smaller."""
    wide, tall = (points / 72 * 25.4 for points in figures.size(drawing.svg()))
    share = min(1.0, TALLEST_MM / tall)
    return wide * share, tall * share


def _broken(value: object) -> str:
    """Printable text whose longest words may be broken: the typesetter breaks none by itself."""
    return " ".join(
        word if len(word) <= LONGEST_WORD
        else "\u200b".join(word[i : i + LONGEST_WORD] for i in range(0, len(word), LONGEST_WORD))
        for word in printable(value).split(" ")
    )  # fmt: skip
