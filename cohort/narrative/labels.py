"""Labels of the dictionary inside a sentence."""

from __future__ import annotations

import re

_CAPITALISED = re.compile(r"\W*[^\W\d_][^\W\d_A-Z]+(?:[-/][^\W\d_]?[^\W\d_A-Z]*)*\W*")
"""A word without a digit and with no capital but the first of each part between hyphens."""

_SMALL = frozenset("a after and at before by for from in of on or the to until with without".split())  # noqa: SIM905
"""Words that stay small in Title Case."""


def in_sentence(label: str) -> str:
    """A label inside a sentence: "Overall Survival" is "overall survival", "Relapse, any" is "relapse, any".

    A label in Title Case loses all its capitals, any other that of its first word; acronyms and names with capitals or
    digits inside stay ("OS", "FLT3-ITD").
    """
    words = label.split(" ")
    lowered = [word.lower() if _CAPITALISED.fullmatch(word) else word for word in words]
    sentence_case = any(word[:1].islower() and word not in _SMALL for word in words[1:])
    return " ".join([lowered[0], *(words[1:] if sentence_case else lowered[1:])])
