"""What follows what in the lane of a patient: the time before and after what can happen on a clock."""

from __future__ import annotations

import numpy as np

from cohort.statistics.life_table import TIE_TOLERANCE
from cohort.timelines import Entry, Timeline

Piece = tuple[np.ndarray, np.ndarray, np.ndarray]


def pieces(line: Timeline, entry: Entry | None, places: np.ndarray) -> list[Piece]:
    """The pieces of some patients' lanes on a clock, those without a length among them.

    Parameters
    ----------
    line, entry : the clock in view, and when the later clock starts on the earlier one where the cohort has both
    places : places of the patients in the patient table

    Returns
    -------
    list of (kind, start, stop)
        Arrays of shape (patients,), one triple a piece, in order of time; times in the clock's unit, NaN where
        nothing is reported.
    """
    last, zero = line.last[places], np.zeros(len(places))
    if entry is not None and line.clock.code == "diagnosis":
        known = ~np.isnan(entry.hi[places])
        cut = np.where(known, entry.hi[places], 0.0)
        before, since = np.where(entry.exact[places], "before", "unknown"), np.where(known, "begun", "followed")
        return [(before, zero, cut), (since, cut, last)]
    free = line.free[places]
    event = np.minimum(np.where(line.is_event, line.time, np.inf).min(axis=0)[places], last)
    kinds = [np.full(len(places), kind) for kind in ("free", "ended", "after")]
    return list(zip(kinds, (zero, free, event), (free, event, last), strict=True))


def longer(start: np.ndarray, stop: np.ndarray) -> np.ndarray:
    """Which pieces have a length; a tie of two endpoints' times is none, and an unknown time has none."""
    return stop - start > TIE_TOLERANCE * stop
