"""When what is known to have happened to each patient, on each clock, and when one clock starts on the other.

A clock is a time zero (diagnosis, start of maintenance) with the endpoint rows counted from it. Two clocks meet at the
last contact only: if both stop there for the same reason, the later time zero is known on the earlier clock; if not,
it is only bounded (STATISTICS A5.1). Nothing is carried over from one clock to the other beyond that.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cohort.dictionary import CohortDefinition, Endpoint
from cohort.tables import Cohort


@dataclass(frozen=True)
class Clock:
    """A time zero and the endpoints read from it, one for each kind of rows in ``endpoints.csv``."""

    code: str
    title: str
    endpoints: tuple[Endpoint, ...]

    @property
    def since(self) -> str:
        """ "from start of maintenance": the title without its unit."""
        return self.title[self.title.index("from") :] if "from" in self.title else f"from {self.code}"


def clocks(definition: CohortDefinition) -> dict[str, Clock]:
    """Every clock that identified endpoints run on, by code of its origin, in dictionary order."""
    found: dict[str, dict[str, Endpoint]] = {}
    for endpoint in definition.identified_endpoints:
        found.setdefault(endpoint.origin, {}).setdefault(endpoint.rows, endpoint)
    return {
        origin: Clock(origin, next(iter(rows.values())).origin_label, tuple(rows.values()))
        for origin, rows in found.items()
    }


@dataclass(frozen=True, eq=False)
class Timeline:
    """Everybody on one clock.

    Attributes
    ----------
    last : float array, shape (n,): time of the last observation; NaN where nothing is reported
    free : float array, shape (n,): until when every endpoint is observed without an event, at most ``last``
    end : object array, shape (n,): code of what ends the observation, an event or a reason for censoring
    time, code : arrays, shape (rows, n): each endpoint's time and its event or reason code
    is_event : bool array, shape (rows, n)
    """

    clock: Clock
    last: np.ndarray
    free: np.ndarray
    end: np.ndarray
    time: np.ndarray
    code: np.ndarray
    is_event: np.ndarray

    def marks(self, i: int) -> list[tuple[float, str]]:
        """What patient ``i`` has on this clock, (time, code), in order of time.

        Events always; a reason for censoring where the observation ends, or where it differs from how that ends (an
        earlier stop of the same kind of follow-up for another reason).
        """
        found = {
            (float(t), str(c))
            for t, c, event in zip(self.time[:, i], self.code[:, i], self.is_event[:, i], strict=True)
            if not np.isnan(t) and (event or t == self.last[i] or c != self.end[i])
        }
        return sorted(found)


def timeline(cohort: Cohort, clock: Clock) -> Timeline:
    """Put the outcomes of a clock's endpoints side by side."""
    outcomes = [cohort.outcome(e) for e in clock.endpoints]
    time = np.vstack([o.time for o in outcomes])
    is_event = np.vstack([o.event != "" for o in outcomes])
    code = np.vstack([np.where(o.event != "", o.event, o.reason) for o in outcomes])
    known = ~np.isnan(time)
    last = np.where(known, time, -np.inf).max(axis=0)
    ending = np.where(known & (time == last), 1 + is_event, 0).argmax(axis=0)
    nobody = np.isinf(last)
    return Timeline(
        clock=clock,
        last=np.where(nobody, np.nan, last),
        free=np.where(nobody, np.nan, np.where(known, time, np.inf).min(axis=0)),
        end=np.where(nobody, "", code[ending, np.arange(cohort.n)]),
        time=time,
        code=code,
        is_event=is_event,
    )


@dataclass(frozen=True, eq=False)
class Entry:
    """When the later clock starts on the earlier one.

    Attributes
    ----------
    hi : float array, shape (n,): the latest it can be; NaN where nothing is known
    exact : bool array, shape (n,): whether it is that very time. Elsewhere it lies after 0 and not after ``hi``.
    """

    hi: np.ndarray
    exact: np.ndarray


def entry(earlier: Timeline, later: Timeline) -> Entry:
    """Start of the later clock, counted on the earlier one (STATISTICS A5.1).

    Observation on the later clock ends no later than the last contact, so the difference of the two last times is an
    upper limit; it is the time itself where both end for the same reason, that is at the same contact.
    """
    difference = earlier.last - later.last
    known = ~np.isnan(difference) & (np.where(np.isnan(difference), 0, difference) >= 0)
    return Entry(hi=np.where(known, difference, np.nan), exact=known & (earlier.end == later.end))
