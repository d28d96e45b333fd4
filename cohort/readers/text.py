"""Normalising the text of transcribed and uploaded tables before it is looked up in a list of codes.

Every function is pure and idempotent, takes one string and returns one string. They are for *coded* cells and headers
(sex, risk class, regimen), never for free text or quotations, and they never guess: a word that is not wholly made of
look-alikes comes back as it was.
"""

from __future__ import annotations

import re

# The glyphs of these letters are the same as the Latin ones in common fonts (Unicode TR 39, confusables.txt, of which
# this is the subset that serves coded columns: letters only, no fancy digits, no accents).
_LOOK_ALIKES = {
    # Cyrillic
    "А": "A", "В": "B", "Е": "E", "Ѕ": "S", "І": "I", "Ј": "J", "К": "K", "М": "M", "Н": "H", "О": "O", "Р": "P",
    "С": "C", "Т": "T", "У": "Y", "Х": "X", "а": "a", "е": "e", "ѕ": "s", "і": "i", "ј": "j", "о": "o", "р": "p",
    "с": "c", "у": "y", "х": "x",
    # Greek
    "Α": "A", "Β": "B", "Ε": "E", "Ζ": "Z", "Η": "H", "Ι": "I", "Κ": "K", "Μ": "M", "Ν": "N", "Ο": "O", "Ρ": "P",
    "Τ": "T", "Υ": "Y", "Χ": "X", "ο": "o",
}  # fmt: skip
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}  # ！ … ～ are ASCII ! … ~ moved up by 0xFEE0
_HYPHENS = dict.fromkeys(map(ord, "\u2010\u2011\u2212\ufe63"), "-")
_FOLD = str.maketrans(_LOOK_ALIKES)

# Zero-width characters, the soft hyphen and the bidirectional controls: invisible, so two equal-looking cells differ.
_INVISIBLE = dict.fromkeys(
    [0x00AD, 0x061C, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF]
)
_WORD = re.compile(r"\w+")
_LOOSE_HYPHEN = re.compile(r"(?<=\w)-\s+(?=\w)")


def collapse_space(text: str) -> str:
    """Drop invisible characters, turn each run of white space (no-break space included) into one space, and strip."""
    return " ".join(text.translate(_INVISIBLE).split())


def fold_confusables(text: str) -> str:
    """Fold letters of other scripts that look Latin: Cyrillic and Greek look-alikes, full-width forms, hyphens.

    A word is folded only if it is ASCII afterwards, so "М" (Cyrillic) becomes "M" while "Москва" and "α" stay: a
    half-folded word would be worse than a foreign one.
    """
    text = text.translate(_FULL_WIDTH).translate(_HYPHENS)

    def fold(match: re.Match[str]) -> str:
        folded = match[0].translate(_FOLD)
        return folded if folded.isascii() else match[0]

    return _WORD.sub(fold, text)


def close_hyphens(text: str) -> str:
    """Remove white space after a hyphen inside a word: "follow- up" is "follow-up", "AML1- ETO" is "AML1-ETO".

    Such gaps come from line breaks in typeset tables. A dash with space on both sides separates words and stays.
    """
    return _LOOSE_HYPHEN.sub("-", text)


def level_key(text: str) -> str:
    """Form in which a coded cell is looked up: visible, folded, hyphens closed, case folded."""
    return close_hyphens(fold_confusables(collapse_space(text))).casefold()
