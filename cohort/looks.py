"""What was looked at in a session: every distinct endpoint, grouping and filter, in order.

A small cohort yields a small p somewhere if it is looked at often enough; the ledger keeps count. It is kept a session
and a cohort, holds no patient data, and leaves the session only as a file the reader asks for.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from cohort.statistics.multiplicity import chance_of_false_positive
from cohort.view import CohortView

KINDS = ("comparison", "forest", "test")
"""Groups side by side, a forest of all characteristics, and either of them with its test shown."""

EVERY = "every baseline characteristic"
"""The grouping of a forest."""


@dataclass(frozen=True)
class Look:
    """One distinct endpoint, grouping and filter.

    Attributes
    ----------
    endpoint, grouping, filters : in words
    kind : one of KINDS
    at : when it was first looked at
    query : the same as URL parameters: what makes it distinct
    comparisons : how many comparisons were on show, the factors of a forest or 1
    """

    endpoint: str
    grouping: str
    filters: str
    kind: str
    at: datetime
    query: str
    comparisons: int = 1

    @property
    def tested(self) -> bool:
        """Whether a test was shown."""
        return self.kind == "test"


def look(view: CohortView, kind: str, at: datetime, factors: int = 0) -> Look | None:
    """The look that a view is; None where nothing is compared. ``factors`` is their number in a forest, else 0."""
    if kind not in KINDS:
        raise ValueError(f"kind {kind!r} is not allowed: one of {', '.join(KINDS)}")
    if not (factors or view.by):
        return None
    options = view.options
    names = ("endpoint", "treat", "deaths", "zero", "landmark")
    query = {name: [getattr(options, name)] for name in names if getattr(options, name) not in ("", "0")}
    split = {"by": [options.by]} | ({"against": [options.against]} if options.against else {})
    query |= view.selection.to_query() | ({} if factors else split)
    return Look(
        endpoint=view.endpoint.label,
        grouping=EVERY if factors else view.by_label,
        filters=view.selection.describe(view.definition),
        kind=kind,
        at=at,
        query=urlencode(query, doseq=True),
        comparisons=factors or 1,
    )


@dataclass(frozen=True)
class Ledger:
    """Distinct looks in the order they were first taken."""

    looks: tuple[Look, ...] = ()

    def noted(self, taken: Look) -> Ledger:
        """The ledger with this look: new, known already, or known and now with its test shown."""
        for place, known in enumerate(self.looks):
            if known.query == taken.query:
                if known.tested or not taken.tested:
                    return self
                return Ledger((*self.looks[:place], replace(known, kind="test"), *self.looks[place + 1 :]))
        return Ledger((*self.looks, taken))

    @property
    def comparisons(self) -> int:
        """Comparisons looked at, every factor of a forest among them."""
        return sum(taken.comparisons for taken in self.looks)

    @property
    def chance(self) -> float:
        """Chance that at least one of them falls below 0.05 if they are independent and none is real."""
        return chance_of_false_positive(self.comparisons)
