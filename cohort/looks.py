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

KINDS = ("comparison", "forest", "test", "weights", "pairs", "definitions")
"""Groups side by side, a forest of all characteristics, and either of them with its test shown.

The others are families of tests beside that of a comparison, each a look of its own: the other weights, every pair of
groups, and the comparison under every other definition.
"""

FAMILIES = KINDS[3:]

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
    comparisons : how many comparisons were on show: the factors of a forest, the tests of a family, or 1
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
        return self.kind not in ("comparison", "forest")

    def same(self, other: Look) -> bool:
        """Whether the other look is of the same things, its test shown or not."""
        families = [taken.kind if taken.kind in FAMILIES else "" for taken in (self, other)]
        return self.query == other.query and families[0] == families[1]


def look(view: CohortView, kind: str, at: datetime, factors: int = 0, tests: int = 1) -> Look | None:
    """The look that a view is; None where nothing is compared.

    ``factors`` is their number in a forest, else 0; ``tests`` that of the tests of one of FAMILIES.
    """
    if kind not in KINDS:
        raise ValueError(f"kind {kind!r} is not allowed: one of {', '.join(KINDS)}")
    if not (factors or view.by) or not tests:
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
        comparisons=factors or tests,
    )


@dataclass(frozen=True)
class Ledger:
    """Distinct looks in the order they were first taken."""

    looks: tuple[Look, ...] = ()

    def noted(self, taken: Look) -> Ledger:
        """The ledger with this look: new, known already, or known and now with its test shown."""
        for place, known in enumerate(self.looks):
            if known.same(taken):
                if known.tested or not taken.tested:
                    return self
                return Ledger((*self.looks[:place], replace(known, kind=taken.kind), *self.looks[place + 1 :]))
        return Ledger((*self.looks, taken))

    @property
    def comparisons(self) -> int:
        """Comparisons looked at, every factor of a forest and every test of a family among them."""
        return sum(taken.comparisons for taken in self.looks)

    @property
    def chance(self) -> float:
        """Chance that at least one of them falls below 0.05 if they are independent and none is real."""
        return chance_of_false_positive(self.comparisons)
