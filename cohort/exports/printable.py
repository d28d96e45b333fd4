"""Text of a cohort on its way into a document: what no document can hold is left out, nothing is run."""

from __future__ import annotations

import math
import re
import sys

from cohort.wording import number

_UNPRINTABLE = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff\ufffe\uffff]"
)
_SPACE = re.compile("[\t\n\r\u2028\u2029]+")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_PERCENT = re.compile(r"(?<=\d) %")
"""A line never breaks between a number and its percent sign."""
ABSENT = "–"
"""Stands in a cell that holds nothing."""


def printable(value: object) -> str:
    """A value as one line of text: without control, invisible and bidi characters, which XML refuses or readers miss.

    Absent and infinite values read "–"; numbers are printed without invented decimals.
    """
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ABSENT
    if isinstance(value, float):
        return number(value, 6)
    return _PERCENT.sub("\u00a0%", visible(_SPACE.sub(" ", str(value))).strip())


def visible(value: object, most: int = sys.maxsize) -> object:
    """Every text in a value, lists and dicts included, without characters that cannot be seen, and cut to a length.

    The renderer of figures ends the whole process at a NUL character, and takes half a minute over 5000 letters.
    """
    if isinstance(value, str):
        text = _UNPRINTABLE.sub("", value)
        return text if len(text) <= most else text[: most - 1] + "…"
    if isinstance(value, dict):
        return {key: visible(item, most) for key, item in value.items()}
    return [visible(item, most) for item in value] if isinstance(value, list | tuple) else value


def disarmed(text: str) -> str:
    """Text that a spreadsheet shows instead of running it (OWASP ASVS 5, 1.2.10)."""
    return "'" + text if text.startswith(_FORMULA) else text


def is_number(text: str) -> bool:
    """Whether a cell is a plain number, to be set flush right."""
    return bool(re.fullmatch(r"[−-]?\d+(\.\d+)?([ \u00a0]?%)?|–", text))
