"""Tables as pages and Word documents: three rules, every cell as printed, and no text that runs."""

import io
from html.parser import HTMLParser

import pytest
from docx import Document
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st

from cohort.exports import table_files
from cohort.exports.printable import ABSENT, printable
from tests.unit.exports.test_figure_files import HOSTILE

ROWS = [
    {"": "Patients", "favourable": "3", "adverse": "7"},
    {"": "Estimate at 24 months", "favourable": "not estimable", "adverse": "29 % (1–84 %)"},
]


class Page(HTMLParser):
    """Elements with their attributes, cells and the text of the page."""

    def __init__(self, data):
        super().__init__()
        self.elements, self.cells, self.words, self.in_cell = [], [], [], False
        self.feed(data.decode("utf-8"))

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag in ("td", "th"):
            self.cells.append("")
            self.in_cell = True

    def handle_endtag(self, tag):
        self.in_cell = self.in_cell and tag not in ("td", "th")

    def handle_data(self, data):
        self.words.append(data)
        if self.in_cell:
            self.cells[-1] += data


def is_inert(page):
    """Nothing on the page runs, is fetched or is followed but web links."""
    for tag, attributes in page.elements:
        assert tag not in ("script", "iframe", "object", "embed", "svg", "link", "base", "form")
        assert not [name for name in attributes if name.startswith("on")]
        assert attributes.get("src", "data:image/svg+xml;").startswith("data:image/svg+xml;")
        assert attributes.get("href", "https://").startswith(("https://", "http://"))
    policy = next(a["content"] for t, a in page.elements if t == "meta" and "http-equiv" in a)
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    return True


def cells_of(table):
    return [[cell.text for cell in row.cells] for row in table.rows]


def edges(element):
    return {edge.tag.rpartition("}")[2]: edge.get(qn("w:val")) for edge in element}


def test_page_prints_every_cell():
    page = Page(table_files.html(ROWS, "Estimates", ["† Fewer than 5 at risk."]))
    assert [c.replace("\xa0", " ") for c in page.cells] == [*ROWS[0], *(v for row in ROWS for v in row.values())]
    assert page.words.count("Estimates") == 2, "title of the page and of the table"
    assert "† Fewer than 5 at risk." in page.words
    assert is_inert(page)


def test_word_table_has_three_rules_title_above_and_notes_below():
    out = Document(io.BytesIO(table_files.docx(ROWS, "Estimates", ["† Fewer than 5 at risk."])))
    (table,) = out.tables
    assert [[c.replace("\xa0", " ") for c in row] for row in cells_of(table)] == [
        list(ROWS[0]), *(list(row.values()) for row in ROWS),
    ]  # fmt: skip
    assert [p.text for p in out.paragraphs] == ["Estimates", "† Fewer than 5 at risk."]
    body = [child.tag.rpartition("}")[2] for child in out.element.body]
    assert body[:3] == ["p", "tbl", "p"]
    assert edges(table._tbl.tblPr.find(qn("w:tblBorders"))) == {"top": "single", "bottom": "single"}
    under = [edges(e) for e in table._tbl.iter(qn("w:tcBorders"))]
    assert under == [{"bottom": "single"}] * len(ROWS[0])
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None


def test_a_table_with_many_columns_lies_on_its_side():
    def page(columns):
        rows = [{f"column {i}": str(i) for i in range(columns)}]
        return Document(io.BytesIO(table_files.docx(rows, "Wide"))).sections[0]

    assert page(4).page_width < page(4).page_height
    assert page(10).page_width > page(10).page_height


@pytest.mark.parametrize("text", HOSTILE, ids=lambda s: ascii(s)[:20])
def test_hostile_text_is_shown_and_never_run(text):
    rows = [{"Group": text, text: "1"}]
    page = Page(table_files.html(rows, text, [text]))
    assert is_inert(page)
    assert page.cells == ["Group", printable(text), printable(text), "1"]
    out = Document(io.BytesIO(table_files.docx(rows, text, [text])))
    assert cells_of(out.tables[0]) == [["Group", printable(text)], [printable(text), "1"]]
    assert not list(out.element.iter(qn("w:instrText"), qn("w:fldSimple"), qn("w:hyperlink")))


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(), max_size=60))
def test_any_text_makes_a_document(text):
    page = Page(table_files.html([{"a": text}], text, [text]))
    assert is_inert(page)
    assert page.cells == ["a", printable(text)]
    out = Document(io.BytesIO(table_files.docx([{"a": text}], text, [text])))
    assert cells_of(out.tables[0]) == [["a"], [printable(text)]]


def test_absent_values_are_a_dash():
    assert [printable(v) for v in (None, float("nan"), float("inf"), 0.5, 3)] == [ABSENT, ABSENT, ABSENT, "0.5", "3"]


def test_an_empty_table_is_a_title_with_notes():
    assert Page(table_files.html([], "Nothing", ["No patient."])).cells == []
    assert not Document(io.BytesIO(table_files.docx([], "Nothing", ["No patient."]))).tables


def test_columns_share_the_page_and_none_vanishes():
    for rows in ([{"a": "x" * 300, "b": "1"}], [{f"months after start {i}": "not estimable" for i in range(12)}]):
        out = Document(io.BytesIO(table_files.docx(rows, "Wide")))
        page = out.sections[0]
        widths = [column.width for column in out.tables[0].columns]
        assert sum(widths) <= page.page_width - page.left_margin - page.right_margin + 635 * len(widths), (
            "to a twip each"
        )
        assert min(widths) > 3 * 36000, "more than its margins of 1 mm"
