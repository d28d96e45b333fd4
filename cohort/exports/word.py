"""Parts of a Word document in a journal's look: three-line tables, figures with alternative text, plain type."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from cohort.exports.printable import is_number, printable
from cohort.exports.qr import qr_png

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

FONT = "Arial"
WIDE_TABLE = 7
"""Number of columns from which a page with a table lies on its side."""
LETTER, MARGIN_MM = 0.63, 1.0
"""Mean width of a letter as a share of its size, on the wide side for bold Arial; room beside a cell's text."""
_BREAKS = re.compile(r"(?<=[-–])| ")
KEPT_TOGETHER = 25
"""Number of lines up to which a table stands on one page."""
_INK, _MUTED = "1B2430", "4A5563"


def document(title: str, landscape: bool = False, made: datetime | None = None) -> Document:
    """An empty A4 document with our styles; ``made`` is written into its properties."""
    from docx import Document as new
    from docx.enum.section import WD_ORIENT
    from docx.shared import Mm, Pt, RGBColor

    out = new()
    page = out.sections[0]
    page.page_width, page.page_height = (Mm(297), Mm(210)) if landscape else (Mm(210), Mm(297))
    page.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    page.left_margin = page.right_margin = Mm(16)
    page.top_margin = page.bottom_margin = Mm(20)
    for name, size, colour in (
        ("Normal", 10.5, _INK), ("Title", 18, _INK), ("Heading 1", 13, _INK), ("Caption", 9, _MUTED),
        ("Footer", 8, _MUTED),
    ):  # fmt: skip
        style = out.styles[name]
        style.font.name, style.font.size, style.font.color.rgb = FONT, Pt(size), RGBColor.from_string(colour)
        _one_font(style.element)
    for name, bold, after in (("Title", True, 8), ("Heading 1", True, 4), ("Caption", False, 3), ("Normal", False, 6)):
        out.styles[name].font.bold, out.styles[name].paragraph_format.space_after = bold, Pt(after)
    out.styles["Title"].element.pPr.remove(out.styles["Title"].element.pPr.find(_tag("w:pBdr")))
    out.core_properties.title = printable(title)[:250]
    out.core_properties.author = out.core_properties.comments = ""
    out.core_properties.language = "en-GB"
    if made:
        out.core_properties.created = out.core_properties.modified = made
    return out


def _tag(name: str) -> str:
    from docx.oxml.ns import qn

    return qn(name)


def _one_font(style) -> None:
    """The theme's fonts would win over ours in headings and in other scripts."""
    fonts = style.rPr.rFonts
    for key in list(fonts.attrib):
        if "Theme" in key or "theme" in key:
            del fonts.attrib[key]
    for kind in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(_tag(f"w:{kind}"), FONT)


def paragraph(out: Document, text: object, style: str = "Normal", lead: str = "") -> Paragraph:
    """A paragraph of plain text; ``lead`` stands before it in bold."""
    added = out.add_paragraph(style=style)
    if lead:
        added.add_run(printable(lead) + " ").bold = True
    added.add_run(printable(text))
    return added


def table(out: Document, rows: Sequence[dict], title: str = "", notes: Sequence[str] = (), number: int = 0) -> None:
    """A table with three rules, title above, notes below; its head is repeated on every page."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    names = list(rows[0]) if rows else []
    if title or number:
        paragraph(out, title, "Caption", f"Table {number}." if number else "").paragraph_format.keep_with_next = True
    if names:
        grid = [[printable(n) if n else "" for n in names], *([printable(row[n]) for n in names] for row in rows)]
        flush = [all(is_number(line[i]) for line in grid[1:]) for i in range(len(names))]
        added = out.add_table(len(grid), len(names))
        _rules(added)
        size = 8.5 if len(names) < WIDE_TABLE else 7
        _widths(out, added, grid, size)
        for i, (line, values) in enumerate(zip(added.rows, grid, strict=True)):
            line._tr.get_or_add_trPr().append(_element("w:cantSplit"))
            for cell, value, right in zip(line.cells, values, flush, strict=True):
                text = cell.paragraphs[0]
                text.paragraph_format.space_after = Pt(1)
                text.paragraph_format.space_before = Pt(1)
                text.paragraph_format.keep_with_next = i == 0 or (len(grid) <= KEPT_TOGETHER and i < len(grid) - 1)
                text.alignment = WD_ALIGN_PARAGRAPH.RIGHT if right else WD_ALIGN_PARAGRAPH.LEFT
                run = text.add_run(value)
                run.font.size, run.bold = Pt(size), i == 0
    for note in notes:
        paragraph(out, note, "Caption")


def _element(name: str, **attributes: str):
    from docx.oxml import OxmlElement

    made = OxmlElement(name)
    for key, value in attributes.items():
        made.set(_tag(f"w:{key}"), value)
    return made


def _rules(added) -> None:
    """Rules above and below the table and under its head, and no other."""
    borders = _element("w:tblBorders")
    for edge in ("top", "bottom"):
        borders.append(_element(f"w:{edge}", val="single", sz="8", space="0", color=_INK))
    added._tbl.tblPr.append(borders)
    margins = _element("w:tblCellMar")
    for side in ("left", "right"):
        margins.append(_element(f"w:{side}", w=str(round(MARGIN_MM / 25.4 * 1440)), type="dxa"))
    added._tbl.tblPr.append(margins)
    added.autofit = False
    head = added.rows[0]
    head._tr.get_or_add_trPr().append(_element("w:tblHeader"))
    for cell in head.cells:
        under = _element("w:tcBorders")
        under.append(_element("w:bottom", val="single", sz="4", space="0", color=_INK))
        cell._tc.get_or_add_tcPr().append(under)


def _widths(out: Document, added, grid: list[list[str]], size: float) -> None:
    """Each column holds its longest word; what is left of the page goes where the longest texts are."""
    from docx.shared import Mm, Pt

    page = out.sections[0]
    room = page.page_width - page.left_margin - page.right_margin
    columns = list(zip(*grid, strict=True))
    letter = Pt(LETTER * size)
    least = [
        letter * min(max(len(w) for text in c for w in _BREAKS.split(text)), 30) + 2 * Mm(MARGIN_MM) for c in columns
    ]
    most = [letter * min(max(map(len, c)), 60) + 2 * Mm(MARGIN_MM) for c in columns]
    wanted = [max(high - low, 0) for low, high in zip(least, most, strict=True)]
    share = max(room - sum(least), 0) / max(sum(wanted), 1)
    shrink = min(room / sum(least), 1.0)
    for column, low, more in zip(added.columns, least, wanted, strict=True):
        column.width = round(shrink * low + min(share, 1.0) * more)
    for line in added.rows:
        for cell, column in zip(line.cells, added.columns, strict=True):
            cell.width = column.width


def figure(out: Document, png: bytes, size_mm: tuple[float, float], alt: str, caption: str, number: int) -> None:
    """A figure in its printed size, with its alternative text and its caption below."""
    from docx.shared import Mm

    added = out.add_paragraph()
    added.paragraph_format.keep_with_next = True
    picture = added.add_run().add_picture(io.BytesIO(png), Mm(size_mm[0]), Mm(size_mm[1]))
    picture._inline.docPr.set("descr", printable(alt)[:8000])
    paragraph(out, caption, "Caption", f"Figure {number}.")


def link(out: Document, address: str) -> None:
    """An address as text and as QR code."""
    from docx.shared import Mm

    code = qr_png(address)
    if code:
        drawn = out.add_paragraph().add_run().add_picture(io.BytesIO(code), Mm(24))
        drawn._inline.docPr.set("descr", "QR code of the link")
    paragraph(out, address, "Caption")


def footer(out: Document, text: str) -> None:
    """Text and the number of the page at the foot of every page."""
    foot = out.sections[0].footer.paragraphs[0]
    foot.style = out.styles["Footer"]
    foot.text = f"{printable(text)} · " if text else ""
    field = _element("w:fldSimple", instr="PAGE")
    foot._p.append(field)


def saved(out: Document) -> bytes:
    """The document as bytes."""
    file = io.BytesIO()
    out.save(file)
    return file.getvalue()
