"""Cohort text in Markdown surfaces is shown letter for letter."""

import re

import pytest

from cohort.ui.text import plain


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("![x](http://h/x.png)", "!\\[x\\](http\u2060:\u2060//h/x.png)"),
        ("**bold**", "\\*\\*bold\\*\\*"),
        (":red[x]", ":\u2060red\\[x\\]"),
        (":a{b}", ":\u2060a\\{b}"),
        (":material/home:", ":\u2060material/home:\u2060"),
        ("<b>x</b>", "\\<b>x\\</b>"),
        ("$x^2$", "\\$x^2\\$"),
        ("# head #", "\\# head \\#"),
        ("1. x", "1\\. x"),
        ("- x", "\\- x"),
        ("`c`", "\\`c\\`"),
        ("_a_", "\\_a\\_"),
        ("~~x~~", "\\~\\~x\\~\\~"),
        ("&lt;", "\\&lt;"),
        ("a -> b", "a -\u2060> b"),
    ],
)
def test_what_would_be_markup_is_escaped(text, escaped):
    """That the browser shows it letter for letter, and 440 more: tests/browser/test_text_on_screen.py."""
    assert plain(text) == escaped


@pytest.mark.parametrize(
    "text",
    [
        "Relapse-free survival (as published)",
        "hormone_therapy",
        "CI: 3.5–4 (95 %)",
        "12:30",
        "RUNX1::RUNX1T1",
        "C#",
        "R&D",
        "n > 5!",
    ],
)
def test_what_is_no_markup_where_it_stands_is_left_alone(text):
    """A label is also its widget's name for a screen reader, which would read the backslashes out."""
    assert plain(text) == text


def test_invisible_and_bidi_characters_are_removed():
    assert plain("a\u202eb\u200bc\x07") == "abc"


def test_words_of_the_field_stay_readable():
    assert plain("FAB class M2") == "FAB class M2"
    assert plain("≥ 0\u202f%") == "≥ 0\u202f%"


@pytest.mark.parametrize(
    "text", ["see https://evil.example/x", "HTTP://evil.example", "www.evil.example", "me@evil.example"]
)
def test_a_bare_address_is_text_and_not_a_link(text):
    """Streamlit links bare addresses after resolving escapes, so escaping alone would leave them live."""
    shown = plain(text).replace("\\", "")
    assert not re.search(r"(?i)https?://|www\.|\w@\w", shown)
    assert shown.replace("\u2060", "") == text
