"""When the later clock starts on the earlier one, where the data fix it or bound it, and who is known to have died."""

from __future__ import annotations

import numpy as np

from cohort.dictionary import Endpoint
from cohort.tables import Cohort
from cohort.timelines import Entry, clocks, entry, timeline

EARLIER, LATER, DEATH = "diagnosis", "maintenance", "death"
"""The two clocks between which an entry can be known, and the event code of a death."""


def entry_between(cohort: Cohort) -> Entry | None:
    """Start of the later clock on the earlier one, where the cohort has both."""

    def build() -> Entry | None:
        found = clocks(cohort.definition)
        if EARLIER not in found or LATER not in found:
            return None
        begin = entry(timeline(cohort, found[EARLIER]), timeline(cohort, found[LATER]))
        return begin if begin.exact.any() else None

    return cohort.once("entry between clocks", build)


def entry_limits(begin: Entry) -> tuple[np.ndarray, np.ndarray]:
    """Earliest and latest entry: arrays, shape (n,). Where unknown, none earlier than the shortest one known."""
    shortest = begin.hi[begin.exact].min()
    return np.where(begin.exact, begin.hi, np.minimum(shortest, begin.hi)), begin.hi


def shortest_entry(cohort: Cohort) -> float | None:
    """The shortest identified time between the two clocks' starts; the earliest assumed where it is not known."""
    begin = entry_between(cohort)
    return None if begin is None else float(begin.hi[begin.exact].min())


def death_endpoint(cohort: Cohort) -> Endpoint | None:
    """The endpoint that records deaths on the earlier clock, if one does."""
    return next(
        (e for e in cohort.definition.identified_endpoints if e.origin == EARLIER and e.event == (DEATH,)), None
    )


def known_deaths(cohort: Cohort) -> np.ndarray:
    """Who is known to have died, on the earlier clock: bool array, shape (n,)."""
    endpoint = death_endpoint(cohort)
    return np.zeros(cohort.n, dtype=bool) if endpoint is None else cohort.outcome(endpoint).kind == 1
