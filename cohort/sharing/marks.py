"""Marks that an author puts on the survival figure: a short text at a month."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from cohort.sharing.link_values import Rejected, read_each, tidy

TEXT, MARKS = 60, 5
"""Characters of a mark, and marks of a figure."""


@dataclass(frozen=True)
class Mark:
    """A text at a month, on the clock of the figure."""

    month: float
    text: str

    def written(self) -> str:
        """As it stands in a link: "24:first relapse after stop"."""
        return f"{self.month:g}:{self.text}"


def read_marks(values: Iterable[str]) -> tuple[tuple[Mark, ...], tuple[Rejected, ...]]:
    """Marks as they stand in a link, or one a line as a reader writes them; what is not one is rejected."""
    allowed = f"up to {MARKS} marks, each a month, a colon and up to {TEXT} characters"
    return read_each("mark", values, _read, MARKS, allowed)


def _read(value: str) -> Mark | None:
    month, _, text = value.partition(":")
    text = tidy(text)
    if not re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,2})?", month.strip()) or not 0 < len(text) <= TEXT:
        return None
    return Mark(float(month), text)
