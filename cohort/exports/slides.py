"""A sequence of views as PowerPoint slides: survival figures as its own charts, all others as vector pictures.

python-pptx takes no SVG, so a picture is put in as PowerPoint itself does it: a PNG that any program shows, and with it
the SVG that PowerPoint 2016 and later and LibreOffice draw.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cohort.errors import CohortError
from cohort.exports import figure as figures
from cohort.exports.native_chart import add_chart
from cohort.exports.printable import printable
from cohort.exports.qr import qr_png
from cohort.exports.step_chart import StepChart, step_chart
from cohort.exports.survival_print import is_survival

WIDTH, HEIGHT = 13.333, 7.5
"""Size of a slide in inches, 16:9."""
FIGURE = (0.45, 1.95, 9.0, 4.95)
"""Left, top, width and height of the figure and its table."""
ASIDE = (9.7, 1.95, 3.2)
"""Left, top and width of the column with definitions, link and QR code."""
ROOMY = 5
"""Most rows of the table that are set in larger type."""
LETTER = 0.0078
"""Mean width of a letter in inches at one point, on the wide side for Arial."""
QR = 1.15
LONGEST_CAPTION = 1200
SLIDE = figures.Preset("slide", "slide", 134)
"""Pictures are laid out narrower than a journal's double column, so that their text is larger on the wall."""
_INK, _MUTED = "1B2430", "4A5563"
_SVG_BLIP = "{96DAC541-7B7A-43D3-8B79-37D633B846F1}"
_SVG_SPACE = "http://schemas.microsoft.com/office/drawing/2016/SVG/main"


@dataclass(frozen=True, eq=False)
class Slide:
    """One view of the sequence.

    Attributes
    ----------
    title, sentence : plain text; the sentence answers the page's question
    figure : specification on screen with its data sets
    alt : its alternative text
    caption : definitions and methods
    footnote : what the data are, and that they are not for treatment decisions
    link : address of the view, also drawn as QR code; "" for none
    """

    title: str
    sentence: str
    figure: dict
    alt: str = ""
    caption: str = ""
    footnote: str = ""
    link: str = ""


def pptx(slides: Sequence[Slide], progress: Callable[[int, int], None] = lambda done, of: None) -> bytes:
    """The slides as a PowerPoint file; ``progress`` is told after each slide how many of how many are done."""
    from pptx import Presentation
    from pptx.util import Inches

    deck = Presentation()
    deck.slide_width, deck.slide_height = Inches(WIDTH), Inches(HEIGHT)
    deck.core_properties.title = printable(slides[0].title)[:250] if slides else ""
    deck.core_properties.author = ""
    for done, content in enumerate(slides, 1):
        _add(deck, content)
        progress(done, len(slides))
    file = io.BytesIO()
    deck.save(file)
    return file.getvalue()


def _add(deck, content: Slide) -> None:
    slide = deck.slides.add_slide(deck.slide_layouts[5])  # "Title Only": outlines and screen readers find it
    title = slide.shapes.title
    _place(title, (FIGURE[0], 0.3, 12.4, 0.75))
    _write(title.text_frame, content.title, 26 if len(content.title) <= 80 else 20, bold=True, most=180)
    _box(slide, (FIGURE[0], 1.05, 12.4, 0.8), content.sentence, 17 if len(content.sentence) <= 200 else 13, most=420)
    spec = figures.with_rows(content.figure)
    key = ""
    if is_survival(spec):
        chart = step_chart(spec)
        key = chart.key
        _native(slide, chart, content.alt)
    else:
        _picture(slide, content.figure, content.alt)
    _aside(slide, " ".join(t for t in (key, content.caption) if t), content.link)
    _box(slide, (FIGURE[0], 7.0, 12.4, 0.35), content.footnote, 10, _MUTED, most=220)
    said = (content.sentence, content.caption, content.footnote, content.link)
    slide.notes_slide.notes_text_frame.text = "\n".join(printable(text) for text in said if text)


def _native(slide, chart: StepChart, alt: str) -> None:
    """Chart and table, the numbers under their ticks."""
    from pptx.util import Inches

    left, top, width, height = FIGURE
    size, row = (13, 0.28) if len(chart.rows) <= ROOMY else (11, 0.235)
    tall = height - row * len(chart.rows) - 0.05
    cell = 0.1 + LETTER * size * max((len(t) for _, _, texts in chart.rows for t in texts), default=0)
    before, after = _room(chart, size, cell)
    plot = width - before - after
    inner = (before / width, 0.14 / tall, plot / width, 1 - (0.14 + 0.78) / tall)
    place = tuple(int(Inches(v)) for v in (left, top, width, tall))
    add_chart(slide, chart, place, inner, 14 if tall > 3.2 else 12, alt)
    if chart.rows:
        gap = plot * (chart.ticks[1] - chart.ticks[0]) / chart.end if len(chart.ticks) > 1 else cell
        cell = min(cell, gap)
        _table(slide, chart, (left, top + tall + 0.05), (before - cell / 2, cell, gap - cell), size, row)


def _room(chart: StepChart, size: int, cell: float) -> tuple[float, float]:
    """Room beside the plot in inches: for the heads of the table's rows, and for labels that start near the end."""
    heads = max((len(head) for head, _, texts in chart.rows if any(texts)), default=0)
    labels = [line for line in chart.lines if line.kind == "label" and line.points[0][0] > 0.75 * chart.end]
    longest = max((len(text) for line in labels for text in line.label), default=0)
    return min(max(heads * size * LETTER + 0.2 + cell / 2, 1.2), 3.0), 0.3 + 0.115 * longest


def _table(slide, chart: StepChart, corner: tuple[float, ...], columns: tuple[float, ...], size: int, high: float):
    """Numbers under their ticks: ``columns`` are the widths of the heads, of a number, and of the room between two."""
    from pptx.util import Inches

    heads, cell, between = columns[0], columns[1], columns[2:] if columns[2] > 0.01 else ()
    widths = [heads, cell, *(w for _ in chart.ticks[1:] for w in (*between, cell))]
    whole = (*corner, sum(widths), high * len(chart.rows))
    frame = slide.shapes.add_table(len(chart.rows), len(widths), *(Inches(v) for v in whole))
    frame._element.nvGraphicFramePr.cNvPr.set("descr", "Patients at risk, events and censored patients under the axis")
    table = frame.table
    table.first_row = table.horz_banding = False
    table._tbl.tblPr.find(_tag("a:tableStyleId")).text = _NO_STYLE
    for column, wide in zip(table.columns, widths, strict=True):
        column.width = Inches(wide)
    for row, (head, colour, texts) in zip(table.rows, chart.rows, strict=True):
        row.height = Inches(high)
        cells = list(row.cells)
        if not any(texts):  # the name of a group or of the table has the line to itself
            cells[0].merge(cells[-1])
        numbers = [texts[0], *(t for text in texts[1:] for t in (*("" for _ in between), text))]
        for i, (target, text) in enumerate(zip(cells, (head, *numbers), strict=True)):
            _cell(target, text, size, colour, "left" if not any(texts) else "right" if i == 0 else "center")


def _cell(target, text: str, size: int, colour: str, side: str) -> None:
    from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
    from pptx.util import Inches

    target.margin_top = target.margin_bottom = 0
    target.margin_left = Inches(0.02)
    target.margin_right = Inches(0.12 if side == "right" else 0.02)  # heads end left of the first number
    target.vertical_anchor = MSO_ANCHOR.MIDDLE
    _write(target.text_frame, text, size, colour[1:])
    target.text_frame.word_wrap = False
    target.text_frame.paragraphs[0].alignment = {
        "left": PP_ALIGN.LEFT, "right": PP_ALIGN.RIGHT, "center": PP_ALIGN.CENTER,
    }[side]  # fmt: skip


_NO_STYLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
"""PowerPoint's "No Style, No Grid"."""


def _picture(slide, spec: dict, alt: str) -> None:
    """The figure as PNG with its SVG, as large as its place allows."""
    from pptx.opc.constants import RELATIONSHIP_TYPE
    from pptx.opc.package import Part
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls
    from pptx.util import Inches

    try:
        drawing = figures.draw(spec, SLIDE)
    except CohortError:  # too many texts beside the plot
        drawing = figures.draw(spec, figures.DOUBLE)
    svg = drawing.svg()
    wide, tall = figures.size(svg)
    left, top, width, height = FIGURE
    scale = min(width / wide, height / tall)
    place = (left + (width - wide * scale) / 2, top, wide * scale, tall * scale)
    drawn = slide.shapes.add_picture(io.BytesIO(drawing.png()), *(Inches(v) for v in place))
    drawn._element.nvPicPr.cNvPr.set("descr", printable(alt))
    package = slide.part.package
    vector = Part(package.next_image_partname("svg"), "image/svg+xml", package, svg)
    link = slide.part.relate_to(vector, RELATIONSHIP_TYPE.IMAGE)
    drawn._element.blipFill.find(_tag("a:blip")).append(
        parse_xml(
            f'<a:extLst {nsdecls("a", "r")}><a:ext uri="{_SVG_BLIP}"><asvg:svgBlip xmlns:asvg="{_SVG_SPACE}" '
            f'r:embed="{link}"/></a:ext></a:extLst>'
        )
    )


def _aside(slide, caption: str, link: str) -> None:
    """Definitions beside the figure; link and QR code below them."""
    from pptx.util import Inches

    left, top, width = ASIDE
    bottom = FIGURE[1] + FIGURE[3]
    size = 11 if len(caption) <= 850 else 9
    _box(slide, (left, top, width, bottom - top - (QR + 0.55 if link else 0)), caption, size, _MUTED, LONGEST_CAPTION)
    if link:
        code = qr_png(link)
        if code:
            place = (left + width - QR, bottom - QR, QR, QR)
            drawn = slide.shapes.add_picture(io.BytesIO(code), *(Inches(v) for v in place))
            drawn._element.nvPicPr.cNvPr.set("descr", "QR code of the link to this view")
        shown = link if len(link) <= 160 else link[:157] + "…"
        _box(slide, (left, bottom - QR, width - QR - 0.1, QR), shown, 8, _MUTED)


def _box(
    slide, place: tuple[float, ...], text: str, size: float, colour: str = _INK, most: int = LONGEST_CAPTION
) -> None:
    from pptx.util import Inches

    if text:
        box = slide.shapes.add_textbox(*(Inches(v) for v in place))
        _write(box.text_frame, text, size, colour, most=most)


def _write(frame, text: str, size: float, colour: str = _INK, bold: bool = False, most: int = LONGEST_CAPTION) -> None:
    """Put text into a frame; longer text than there is room for ends in "…" and stands whole in the notes."""
    from pptx.dml.color import RGBColor
    from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
    from pptx.util import Pt

    shown = printable(text)
    frame.text = shown if len(shown) <= most else shown[: most - 1].rsplit(" ", 1)[0] + "…"
    frame.word_wrap, frame.vertical_anchor = True, MSO_ANCHOR.TOP
    frame.margin_left = frame.margin_right = 0
    for paragraph in frame.paragraphs:
        paragraph.alignment = PP_ALIGN.LEFT
        font = paragraph.font
        font.name, font.size, font.bold, font.color.rgb = "Arial", Pt(size), bold, RGBColor.from_string(colour)


def _place(shape, place: tuple[float, ...]) -> None:
    from pptx.util import Inches

    shape.left, shape.top, shape.width, shape.height = (Inches(v) for v in place)


def _tag(name: str) -> str:
    from pptx.oxml.ns import qn

    return qn(name)
