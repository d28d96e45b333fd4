"""Rows and grade bands of adverse events, as sources report them."""

from __future__ import annotations

import re
from dataclasses import dataclass

OVERALL = "Any adverse event"
"""The row about all terms together."""

ANY = "any"
UNGRADED = "ungraded"
SEVERE = 3
"""First grade that counts as severe, on the WHO scale and in CTCAE alike."""

_ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5}


@dataclass(frozen=True)
class GradeBand:
    """A span of grades exactly as the source reports it: ``code`` as in the data, ``label`` as printed, first grade."""

    code: str
    label: str
    first: int


def grade_band(code: str) -> GradeBand:
    """Read "I-II", "III", "1-2" or "3"; a band that is not a grade sorts last and counts as not graded (first 0)."""
    grades = [_ROMAN.get(part) or (int(part) if part.isdecimal() else 0) for part in re.split(r"[-–]", code.strip())]
    return GradeBand(code, code.replace("-", "–"), grades[0])
