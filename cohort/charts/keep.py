"""Who keeps the part of a figure that stays the same from redraw to redraw.

That part carries words of a cohort (labels of groups, terms, titles), so no chart keeps it: it would stay in the
process after a private cohort has gone. Whoever asks for a figure hands in where to keep it, as a rule
``Cohort.recall``, which goes with the cohort.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

T = TypeVar("T")


class Keep(Protocol):
    """Gives what is kept under a key, built on the first call."""

    def __call__(self, key: object, build: Callable[[], T]) -> T: ...
