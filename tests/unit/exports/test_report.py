"""The report of a session: the same content in the same order as HTML, Word and PDF, and nothing in it runs."""

import base64
import io
import re
import socket
import time
import zlib
from datetime import UTC, datetime

import pytest
from docx import Document

from cohort.exports import report as reports
from cohort.exports.printable import printable
from cohort.exports.report import Report, Section
from cohort.exports.sources import sources
from tests.support.drawings import texts
from tests.unit.exports.test_figure_files import COHORT, HOSTILE, every_figure, survival
from tests.unit.exports.test_table_documents import Page, cells_of, is_inert

FOOT = "Retrospective, single-centre, 19 patients: not for treatment decisions."
LINK = "https://example.org/survival?endpoint=ttr_pub&by=eln_risk"
TABLE = [{"Group": "adverse", "n": "7"}, {"Group": "favourable", "n": "3"}]
MADE = datetime(2026, 11, 25, 17, 0, tzinfo=UTC)


def session():
    return Report(
        "Survival by ELN risk",
        (
            Section("Selection", ("19 of 19 patients: no restriction.",)),
            Section(
                "Curves", ("Two sentences.", "In two paragraphs."), survival(by="eln_risk"), "alt text", "Caption."
            ),
            Section("Estimates", table=TABLE, table_title="By group", notes=("† Fewer than 5 at risk.",)),
            Section("One curve", figure=survival(), alt="second", caption="Another."),
            sources(COHORT, [("Riskset", "0.1.0")]),
        ),
        FOOT,
        LINK,
        MADE,
    )


def test_html_has_everything_in_order():
    page = Page(reports.html(session()))
    assert is_inert(page)
    heads = [tag for tag, _ in page.elements if tag in ("h1", "h2")]
    assert heads == ["h1", "h2", "h2", "h2", "h2", "h2"]
    words = " ".join(page.words).replace("\xa0", " ")
    order = ["Survival by ELN risk", "Made on 25 November 2026 at 17:00 UTC.", "Selection", "19 of 19", "Curves",
             "Two sentences.", "In two paragraphs.", "Figure 1.", "Caption.", "Estimates", "Table 1. By group",
             "† Fewer than 5", "One curve", "Figure 2.", "Sources", "10.3389/fonc.2025.1698935", "CC BY 4.0",
             "Changes: Tables 1 and 2 were transcribed", COHORT.fingerprint, "Riskset", LINK, FOOT]  # fmt: skip
    places = [words.rindex(text) if text == "Sources" else words.index(text) for text in order]
    assert places == sorted(places)
    pictures = [a for tag, a in page.elements if tag == "img"]
    assert [a["alt"] for a in pictures] == ["alt text", "second"]
    svg = base64.b64decode(pictures[0]["src"].partition(",")[2])
    assert {"intermediate (9)", "3 · 0 · 0"} <= {t.words for t in texts(svg)}


def test_word_has_everything_in_order():
    out = Document(io.BytesIO(reports.docx(session())))
    lines = [p.text.replace("\xa0", " ") for p in out.paragraphs if p.text]
    order = ["Survival by ELN risk", "Selection", "19 of 19 patients: no restriction.", "Curves", "Two sentences.",
             "In two paragraphs.", "Figure 1. Caption.", "Estimates", "Table 1. By group", "† Fewer than 5 at risk.",
             "One curve", "Figure 2. Another.", "Sources", LINK]  # fmt: skip
    places = [lines.index(line) for line in order]
    assert places == sorted(places)
    assert cells_of(out.tables[0]) == [["Group", "n"], ["adverse", "7"], ["favourable", "3"]]
    figure, other, code = out.inline_shapes
    assert figure.width.mm == pytest.approx(178, abs=0.5)
    assert [s._inline.docPr.get("descr") for s in (figure, other)] == ["alt text", "second"]
    assert code.width == code.height
    assert FOOT in out.sections[0].footer.paragraphs[0].text
    assert out.core_properties.created.replace(tzinfo=UTC) == MADE


def test_pdf_is_tagged_text_with_embedded_fonts():
    pdf = reports.pdf(session())
    assert pdf.startswith(b"%PDF")
    plain = pdf + b"".join(_inflated(pdf))
    assert b"/MarkInfo" in plain
    assert b"alt text" in plain
    assert b"/Title" in plain
    fonts = {f.partition(b"+")[2] for f in re.findall(rb"/BaseFont\s*/([\w+-]+)", plain)}
    assert {b"LiberationSans", b"LiberationSans-Bold"} <= fonts, "those of the figures"
    assert any(f.startswith(b"LibertinusSerif") for f in fonts)
    assert len(re.findall(rb"/FontFile[23]", plain)) >= 4
    assert plain.count(b"/Subtype/Image") + plain.count(b"/Subtype /Image") <= 2, "figures are drawn, not pictures"


def _inflated(pdf):
    for data in re.findall(rb"(?s)stream\r?\n(.*?)\r?\nendstream", pdf):
        try:
            yield zlib.decompress(data)
        except zlib.error:
            continue


@pytest.mark.parametrize("kind", [reports.html, reports.docx, reports.pdf])
def test_needs_no_network_and_tells_how_far_it_is(kind, monkeypatch):
    def refused(*_):
        raise AssertionError("the report asks for nothing")

    monkeypatch.setattr(socket.socket, "connect", refused)
    heard = []
    assert kind(session(), lambda done, of: heard.append((done, of)))
    assert heard == [(i, 5) for i in range(1, 6)]


def test_two_reports_of_one_session_are_the_same():
    assert reports.html(session()) == reports.html(session())
    assert reports.pdf(session()) == reports.pdf(session())


@pytest.mark.parametrize("text", [*HOSTILE, '#read("/etc/passwd") $x$ *b* @ref `raw` \\ //', "]#panic()["],
                         ids=lambda s: ascii(s)[:20])  # fmt: skip
def test_hostile_text_is_shown_and_never_run(text):
    content = Report(text, (Section(text, (text,), None, text, text, [{text: text}], text, (text,)),), text, text)
    page = Page(reports.html(content))
    assert is_inert(page)
    assert page.cells == [printable(text)] * 2
    out = Document(io.BytesIO(reports.docx(content)))
    assert cells_of(out.tables[0]) == [[printable(text)]] * 2
    assert reports.pdf(content).startswith(b"%PDF")


def test_only_web_addresses_can_be_followed():
    for link, followed in (("javascript:alert(1)", False), ("https://example.org/?a=1&b=<x>", True)):
        page = Page(reports.html(Report("Title", (), link=link)))
        assert is_inert(page)
        assert any(tag == "a" for tag, _ in page.elements) == followed
        assert link in page.words


def test_a_figure_taller_than_a_page_is_made_smaller():
    forest = every_figure()["forest"]
    out = Document(io.BytesIO(reports.docx(Report("Title", (Section("Forest", figure=forest),)))))
    (drawn,) = out.inline_shapes
    assert drawn.height.mm <= reports.TALLEST_MM + 0.1
    assert drawn.width.mm < 178


def test_ten_figures_take_less_than_ten_seconds_of_computing():
    specs = [*every_figure().values(), *(survival(by=by, endpoint=endpoint) for by in ("none", "timing", "mrd_flow")
             for endpoint in ("os_dx", "ttr_pub"))]  # fmt: skip
    assert len(specs) == 10
    content = Report("Title", tuple(Section(str(i), figure=spec) for i, spec in enumerate(specs)))
    start = time.process_time()
    reports.docx(content)  # the slowest of the three: it needs every figure as PNG
    assert time.process_time() - start < 10
