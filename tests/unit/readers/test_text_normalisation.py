"""Coded cells from transcribed and uploaded tables: look-alike letters, gaps after hyphens, invisible characters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohort.readers.text import close_hyphens, collapse_space, fold_confusables, level_key


@pytest.mark.parametrize(
    ("raw", "folded"),
    [
        ("\u041c", "M"),  # Cyrillic Em, as in the sex column of the founding table
        ("\u041c2\u0430", "M2a"),
        ("\u0421R", "CR"),  # a single Cyrillic Es inside a Latin word
        ("\u0391\u039c\u039a", "AMK"),  # Greek capitals
        ("\uff2d\uff12\uff41", "M2a"),  # full-width letters and digit
        ("ID\u2011Ara\u2010C", "ID-Ara-C"),  # no-break hyphen and Unicode hyphen
        ("\u22125", "-5"),  # minus sign
    ],
)
def test_a_word_of_look_alikes_becomes_ascii(raw, folded):
    assert fold_confusables(raw) == folded


@pytest.mark.parametrize("word", ["Москва", "да", "α", "IFN-α", "женский", "男", "é", "10⁹", "≥ 0.01 %", "M\u0416"])
def test_a_word_that_is_not_wholly_look_alike_is_left_alone(word):
    assert fold_confusables(word) == word


def test_each_word_is_judged_by_itself():
    assert fold_confusables("\u041c Москва") == "M Москва"


@pytest.mark.parametrize(
    ("raw", "closed"),
    [
        ("Lost to follow- up", "Lost to follow-up"),
        ("AML1- ETO", "AML1-ETO"),
        ("ID- Ara-C*2", "ID-Ara-C*2"),
        ("MD-Ara- C", "MD-Ara-C"),
        ("non-\u00a0 relapse", "non-relapse"),
    ],
)
def test_a_gap_after_a_hyphen_is_closed(raw, closed):
    assert close_hyphens(raw) == closed


@pytest.mark.parametrize("text", ["12 - 24", "IDA +ID-Ara-C", "negative -", "- none", "follow–  up"])
def test_a_dash_between_words_is_not_a_hyphen(text):
    assert close_hyphens(text) == text


@pytest.mark.parametrize(
    "raw",
    [
        "  Complex   Karyotype ",
        "Complex\u00a0Karyotype",
        "Complex\u2009\u3000Karyotype",
        "Com\u00adplex Karyo\u200btype",
        "\ufeffComplex\tKaryotype\r\n",
        "\u202eComplex\u202c \u2066Karyotype\u2069",
    ],
)
def test_equal_looking_cells_become_equal(raw):
    assert collapse_space(raw) == "Complex Karyotype"


@pytest.mark.parametrize(
    ("raw", "key"),
    [
        ("\u041c", "m"),
        ("Favorable", "favorable"),
        (" Lost  to follow-\u00a0up ", "lost to follow-up"),
        ("AML1- ETO", "aml1-eto"),
        ("ADVERSE", "adverse"),
    ],
)
def test_level_key_is_the_form_that_is_looked_up(raw, key):
    assert level_key(raw) == key


def test_level_key_keeps_different_levels_apart():
    printed = ["M1", "M2", "M2a", "M2b", "M4", "M5", "M5a", "M7", "D-CHAG", "DCHAG", "-", "", "negative"]
    assert len({level_key(p) for p in printed}) == len(printed)


@pytest.mark.parametrize("function", [collapse_space, fold_confusables, close_hyphens])
@given(text=st.text())
def test_twice_is_once(function, text):
    once = function(text)
    assert function(once) == once


@given(st.text(alphabet=st.characters(min_codepoint=0x21, max_codepoint=0x7E)))
def test_plain_ascii_is_never_changed(text):
    assert fold_confusables(text) == text
    assert collapse_space(text) == text
    assert close_hyphens(text) == text
