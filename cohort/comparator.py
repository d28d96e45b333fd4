"""A published curve of other patients, to be drawn beside a cohort's own: external, and adjusted for nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    from cohort.view import CohortView


@dataclass(frozen=True, eq=False)
class Comparator:
    """A curve read off a publication.

    Attributes
    ----------
    label, citation : its short name on the figure, and where it was published
    endpoint_code : the endpoint of this cohort's registry that it answers to
    table : ``time`` (in the cohort's unit, increasing from 0), ``survival`` (a share, from 1 downwards) and ``n_risk``
        (null where none is printed); each row holds on [time, next time)
    origin : time zero it is counted from, as endpoints name it
    population : who its patients were
    file : name of the file it was read from
    """

    label: str
    citation: str
    endpoint_code: str
    table: pa.Table
    origin: str = ""
    population: str = ""
    file: str = ""

    def at(self, month: float) -> float | None:
        """S at a time; None before its first row and later than its last."""
        times, values = (self.table[name].to_pylist() for name in ("time", "survival"))
        known = [value for time, value in zip(times, values, strict=True) if time <= month]
        return known[-1] if known and month <= times[-1] else None


def comparable(comparator: Comparator, view: CohortView) -> bool:
    """Whether it answers the question in view: the same endpoint as the registry has it, from the same time zero."""
    endpoint = view.endpoint
    same = comparator.endpoint_code == endpoint.code and comparator.origin == endpoint.origin
    return same and endpoint.kind == "survival" and not view.estimand.composed
