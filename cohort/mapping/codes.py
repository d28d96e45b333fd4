"""Codes for links and files: short, safe in an address, unique, and the same whenever the text is the same."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from cohort.readers.text import collapse_space, fold_confusables

LONGEST = 40


def slug(text: str) -> str:
    """Text as letters, digits, "_", "." and "-" only: "Xanomeline High Dose" is "Xanomeline_High_Dose", "≥ 60" "ge60".

    Letters that have no plain form are written by their number, so that two foreign words do not share a code.
    """
    text = fold_confusables(collapse_space(text))
    for sign, word in (("≥", "ge"), (">=", "ge"), ("≤", "le"), ("<=", "le"), (">", "gt"), ("<", "lt"), ("+", "plus")):
        text = re.sub(rf"{re.escape(sign)}\s*", word, text)
    plain = unicodedata.normalize("NFKD", text)
    plain = "".join(
        c if c.isascii() else f"u{ord(c):x}" if c.isalnum() else "" if unicodedata.combining(c) else "_" for c in plain
    )
    return re.sub(r"[^A-Za-z0-9.-]+", "_", plain).strip("_.-")[:LONGEST].rstrip("_.-")


class Codes:
    """Gives each text a code of its own. A code that is taken gets a number."""

    def __init__(self, taken: Iterable[str] = (), lower: bool = False) -> None:
        self._taken, self._lower, self._by_text = set(taken), lower, {}

    def of(self, text: str, wanted: str = "") -> str:
        """Code of a text: ``wanted`` if it is given and free; always the same one for the same text."""
        if text not in self._by_text:
            code = wanted or slug(text) or "blank"
            code = code.lower() if self._lower else code
            n, free = 1, code
            while free in self._taken:
                n += 1
                free = f"{code}_{n}"
            self._taken.add(free)
            self._by_text[text] = free
        return self._by_text[text]

    def items(self) -> list[tuple[str, str]]:
        """Texts with their codes, in order of first use."""
        return list(self._by_text.items())
