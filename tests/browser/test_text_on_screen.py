"""Text of a cohort, shown by Streamlit's own Markdown in a browser: letter for letter, and never markup."""

from __future__ import annotations

import json
import random
import re

import pytest

from cohort.ui.text import visible
from tests.support.servers import serve
from tests.support.visitor import IDLE

FIXED = [
    "![x](http://h/x.png)", "[a](http://b)", "<img src=x onerror=alert(1)>", "<b>x</b>", "http://evil.example/x",
    "&amp; &#60;b&gt;", "www.evil.example", "me@evil.example", "**bold** and *it*", "__init__", "a_b_c", "_a_ b",
    "# head", "C#", "a # b #", "1. x", "12) x", "- x", "+ x", "> x", "---", "===", "    code", "`c`", "~~x~~ and ~y~",
    "$x^2$", "$$y$$", ":red[x]", ":material/home:", ":smile: :100: :+1:", "12:30 and 3:1",
    "X1::Y1, A::smile: x", "CI: 3.5–4 (95 %)",
    "a | b", "x \\ y \\* z", "::name", ":::box", "[^1] and [x]: y", "Relapse-free survival (as published)",
    "FAB M2, n < 5 & age > 60", "a\u202eb\u200bc", "{x} {{y}}", "!important", "a:b:c",
]  # fmt: skip
PIECES = [
    *"\\`*_[](){}#+-.!:$~<>|&;=@/^\"' aB1",
    "x1",
    ":b",
    "www.",
    "http://",
    "12.",
    "](",
    "![",
    "**",
    "__",
    "~~",
    "$$",
    ":red[",
    "A::",
    ":a:",
]
MARKUP = "a:not([href^='#']), b, blockquote, code, del, em, hr, i, img, input, math, ol, pre, script, strong, table"
ELEMENTS = {"items": "li", "headings": "h5", "paragraphs": "p"}


def texts() -> list[str]:
    """The fixed ones, and 300 out of everything that is markup somewhere."""
    chance = random.Random(20261125)
    made = ("".join(chance.choices(PIECES, k=chance.randint(1, 12))) for _ in range(400))
    return [*FIXED, *(text for text in made if visible(text).strip())]


def as_shown(text: str) -> str:
    """What a reader sees of a text: the browser draws any run of white space as one blank."""
    return re.sub(r"\s+", " ", visible(text)).strip()


@pytest.fixture(scope="module")
def markdown_url():
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("TEXTS", json.dumps(texts()))
        with serve("tests/browser/markdown_app.py") as port:
            yield f"http://localhost:{port}"


def test_every_text_is_shown_letter_for_letter_and_none_is_markup(page, markdown_url):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(markdown_url)
    page.wait_for_selector(IDLE)
    wanted = [as_shown(text) for text in texts()]
    for key, element in ELEMENTS.items():
        box = page.locator(f".st-key-{key} [data-testid='stMarkdownContainer']")
        box.locator(element).nth(len(wanted) - 1).wait_for(state="attached")
        shown = box.locator(element).evaluate_all("all => all.map(e => e.textContent)")
        differ = [(is_, be) for is_, be in zip(map(as_shown, shown), wanted, strict=True) if is_ != be]
        assert not differ, f"{key}: {differ}"
        assert not box.locator(MARKUP).evaluate_all("all => all.map(e => e.outerHTML)"), key
    names = [box.get_attribute("aria-label") for box in page.get_by_role("checkbox").all()]
    assert len(names) == 60
    foreign = [url for url in asked if not url.startswith((markdown_url, "data:", "blob:"))]
    assert not foreign
