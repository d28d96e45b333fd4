"""The presentation as one file: whole, silent on the network, and deaf to markup in the data."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
from html.parser import HTMLParser

import pytest

from cohort.exports.inline_svg import inline_svg
from cohort.exports.offline import offline_html
from cohort.options import Options
from cohort.presentation import PAGES, Slide, changed, checksum, draw
from cohort.readers import read_cohort
from cohort.selection import Selection
from cohort.view import CohortView
from tests.support import printed

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>&lt;"
SHAPES = {"svg", "g", "path", "rect", "line", "circle", "text", "tspan", "defs", "clippath"}
PARTS = {"html", "head", "meta", "title", "style", "body", "section", "h1", "p", "span", "figure", "script"}


class Page(HTMLParser):
    """Elements, attributes and text of the file as a browser reads them."""

    def __init__(self, content: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.tags, self.attributes, self.text, self.inside, self.raw = [], [], [], "", {"style": "", "script": ""}
        self.feed(content.decode())

    def handle_starttag(self, tag, attrs):
        self.inside = tag
        self.tags.append(tag)
        self.attributes += [(tag, *pair) for pair in attrs]

    def handle_endtag(self, tag):
        self.inside = ""

    def handle_data(self, data):
        if self.inside in self.raw:
            self.raw[self.inside] += data
        else:
            self.text.append(data)


def offline(cohort, title=""):
    view = CohortView(cohort, Selection(), Options(endpoint="ttr_pub", by="eln_risk"))
    slides = tuple(Slide.of(view, page) for page in PAGES)
    slides = changed(slides, 1, title=title) if title else slides
    drawn = [draw(slide, cohort) for slide in slides]
    return offline_html(drawn, [checksum(cohort)] * len(drawn)), drawn


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """The founding cohort with markup for the names of a level, an event and the paper's summary."""
    folder = shutil.copytree(printed.FOLDER, tmp_path_factory.mktemp("data") / "flt3-itd-sorafenib-iti")
    file = folder / "cohort.toml"
    text = file.read_text(encoding="utf-8")
    text = text.replace('label = "adverse"', f'label = "{HOSTILE}"', 1).replace(
        '"morphological relapse"', f'"{HOSTILE}"'
    )
    file.write_text(text, encoding="utf-8")
    return read_cohort(folder)


def test_every_slide_is_there_with_all_its_words():
    content, drawn = offline(read_cohort(printed.FOLDER))
    page = Page(content)
    whole = "\n".join(page.text)
    assert page.tags.count("section") == len(drawn) == len(PAGES)
    assert page.tags.count("svg") == 2 * len(drawn)
    for i, slide in enumerate(drawn, 1):
        for words in (slide.title, slide.sentence, slide.foot, f"{i} / {len(drawn)}"):
            assert words in whole
    assert "Number at risk" in whole


def test_nothing_is_loaded_from_anywhere():
    page = Page(offline(read_cohort(printed.FOLDER))[0])
    addresses = [(tag, name, value) for tag, name, value in page.attributes if value and re.search(r"//|data:", value)]
    assert {(name, value) for _, name, value in addresses} == {("xmlns", "http://www.w3.org/2000/svg")}
    assert not [a for a in page.attributes if a[1] in ("src", "href", "xlink:href", "srcset", "action", "style")]
    assert "url(" not in page.raw["style"]
    assert "@import" not in page.raw["style"]
    assert not re.search(r"fetch|XMLHttp|import\(|innerHTML|eval", page.raw["script"])


def test_the_policy_allows_this_script_and_this_style_alone():
    page = Page(offline(read_cohort(printed.FOLDER))[0])
    (policy,) = [value for tag, name, value in page.attributes if tag == "meta" and "default-src" in (value or "")]
    for kind in ("script", "style"):
        digest = base64.b64encode(hashlib.sha256(page.raw[kind].encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_hostile_names_stay_text(hostile):
    content, _ = offline(hostile, title=HOSTILE)
    page = Page(content)
    assert set(page.tags) <= SHAPES | PARTS
    assert page.tags.count("script") == 1
    assert not [a for a in page.attributes if a[1].startswith("on")]
    assert sum(HOSTILE in text for text in page.text) > 4, "the names are shown letter for letter"
    assert "alert" not in page.raw["script"]
    assert b"<img" not in content


def test_a_drawing_keeps_shapes_and_text_only():
    drawing = b"""<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9"
      height="9" viewBox="0 0 9 9" onload="alert(1)"><script>alert(2)</script><style>*{}</style>
      <image href="http://evil.example/x.png"/><a xlink:href="javascript:alert(3)"><text>in a link</text></a>
      <foreignObject><b xmlns="http://www.w3.org/1999/xhtml">x</b></foreignObject>
      <clipPath id="clip0"><rect width="9" height="9"/></clipPath>
      <g clip-path="url(#clip0)" fill="url(http://evil.example/#a)" style="fill:url(//evil)" onclick="alert(4)">
      <text x="1" font-size="13px">kept &lt;b&gt;</text></g></svg>"""
    kept = inline_svg(drawing, 'said "aloud" <', "s1")
    page = Page(kept.encode())
    assert page.tags == ["svg", "clippath", "rect", "g", "text"]
    assert "".join(page.text).strip() == "kept <b>"
    assert "evil" not in kept
    assert "alert" not in kept
    found = {name: value for _, name, value in page.attributes}
    assert (found["id"], found["clip-path"]) == ("s1-clip0", "url(#s1-clip0)")
    assert (found["role"], found["aria-label"], found["viewbox"]) == ("img", 'said "aloud" <', "0 0 9 9")
    assert not {"onload", "onclick", "style", "href"} & set(found)


def test_ids_of_two_drawings_never_meet():
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><clipPath id="clip0"/><g id="a"/></svg>'
    ids = [
        value
        for name in ("f1-light", "f1-dark")
        for _, attribute, value in Page(inline_svg(drawing, "", name).encode()).attributes
        if attribute == "id"
    ]
    assert len(ids) == len(set(ids)) == 4


def test_every_drawing_of_a_file_has_a_name_of_its_own():
    content, _ = offline(read_cohort(printed.FOLDER))
    ids = [value for _, name, value in Page(content).attributes if name == "id"]
    assert ids
    assert len(ids) == len(set(ids))
    names = {i.rpartition("-")[0] for i in ids}
    assert {name.rpartition("-")[2] for name in names} == {"light", "dark"}
