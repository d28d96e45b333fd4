"""Cohort text in Markdown surfaces is shown letter for letter."""

import re

import pytest

from cohort.ui.text import plain


@pytest.mark.parametrize(
    "text",
    [
        "![x](http://h/x.png)",
        "**bold**",
        ":red[x]",
        "<b>x</b>",
        "$x^2$",
        "# head",
        "[a](b)",
        "1. x",
        "`c`",
        "a_b_c",
        "~~x~~",
    ],
)
def test_markup_is_escaped(text):
    escaped = plain(text)
    for mark in "*_[]()#<>`$:!~":
        for i, character in enumerate(escaped):
            if character == mark:
                assert escaped[i - 1] == "\\"


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
