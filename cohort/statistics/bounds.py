"""Kaplan–Meier when some times are known only between limits: an envelope of all the curves they allow, not a line."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from cohort.statistics.life_table import EVENT, TIE_TOLERANCE, grouped_table, life_table, nullable, read_rows
from cohort.statistics.permutation import SEED
from cohort.statistics.survival import kaplan_meier

JUST_AFTER = 1e-8
"""A row that holds just after a time t has time t + JUST_AFTER * (the next time): apart from t, and printed like it."""

_BLOCK = 1000  # configurations worked on at once
_COLUMNS = ("survival_low", "survival_high", "lower", "upper", "n_risk_low", "n_risk_high")
_EXTREME = (np.minimum, np.maximum) * 2


def survival_envelope(
    time_lo: np.ndarray,
    time_hi: np.ndarray,
    kind: np.ndarray,
    group: np.ndarray,
    levels: Sequence[str],
    entry_lo: np.ndarray | None = None,
    entry_hi: np.ndarray | None = None,
    interval: str = "bpcp",
    max_combinations: int = 20_000,
    seed: int = SEED,
) -> pa.Table:
    """Lowest and highest Kaplan–Meier estimate that times known only between limits allow, by group.

    Parameters
    ----------
    time_lo, time_hi : float arrays, shape (n,)
        Earliest and latest time of the event or censoring (both included); equal where it is known.
    kind : int array, shape (n,)
        1 is the event; anything else is censored here. Kinds are known, only times are not.
    group, levels : as for ``life_table``
    entry_lo, entry_hi : float arrays, shape (n,), optional
        Delayed entry between these limits; both or neither. A patient is at risk from just after entry, so entry comes
        before the patient's time in every configuration: limits are clipped to where that holds. A patient whose
        ``entry_hi`` is not before the time may have entered just before it, at risk at that time only.
    interval : one of ``INTERVALS``
        Beta product limits are not defined with delayed entry: log-log limits then take their place.
    max_combinations : int
        Up to this many combinations of event times all are looked at, else a search looks at about as many.
    seed : int
        Of that search.

    Returns
    -------
    pyarrow.Table
        ``group``, ``time``, ``survival_low``, ``survival_high``, ``lower``, ``upper`` (smallest lower and largest upper
        limit over all configurations looked at; null where one of them has none), ``n_risk_low``, ``n_risk_high`` (at
        risk at the row's time; who may have entered just before their own time is not among the fewest). A row holds on
        [time, next time), from 0 to the group's last possible time; a curve whose last patient left earlier keeps its
        value. Rows are the distinct limits of the group; where the envelope just after one differs from that at it, a
        row with a time larger by ``JUST_AFTER`` follows. Metadata: ``search`` "complete" or "partial" (the envelope is
        then at least this wide), ``interval``, ``level``, ``n``.

    Raises
    ------
    ValueError
        A lower limit above its upper one, an entry that cannot precede the patient's time, only one limit of entry, or
        a value that ``life_table`` does not allow.

    Notes
    -----
    S(t) is a product of 1 - d/Y. For given event times it rises with the numbers at risk, so it is highest with every
    censoring at its latest and every entry at its earliest, and lowest the other way round. In an event's own time it
    is not monotone (a later event meets fewer patients), but it depends on the order of the times only: the candidates
    are the distinct limits of the group and one point in every gap between them. With delayed entry a gap holds as many
    points as there are events with unknown time, so that these too come in any order. Kaplan EL, Meier P. JASA
    1958;53:457–481.
    """
    time_lo, time_hi = np.asarray(time_lo, dtype=float), np.asarray(time_hi, dtype=float)
    kind, group, delayed = np.asarray(kind), np.asarray(group), entry_hi is not None
    if delayed != (entry_lo is not None):
        raise ValueError("only one limit of entry was given: both, or neither")
    table = life_table(time_hi, kind, group, levels)
    zero = np.zeros(len(time_hi))
    entry_lo, entry_hi = (np.asarray(e, dtype=float) for e in ((entry_lo, entry_hi) if delayed else (zero, zero)))
    interval = "log-log" if delayed and interval == "bpcp" else interval
    code, columns, partial = [], [], False
    for i in np.unique(group[group >= 0]):
        limits = [a[group == i] for a in (time_lo, time_hi, entry_lo, entry_hi)]
        _refuse(*limits)
        values = life_table(np.concatenate([[0.0], *limits]), np.zeros(4 * len(limits[0]) + 1, int))["time"].to_numpy()
        curves = _Curves(values, *limits, kind[group == i] == EVENT, delayed, interval)
        if math.prod(len(c) for c in curves.candidates) <= max_combinations:
            for events in _combinations(curves.candidates):
                curves.look(events)
        else:
            partial = True
            _search(curves, max_combinations, seed)
        columns.append(curves.rows())
        code.append(np.full(columns[-1].shape[1], i))
    code = np.concatenate([np.zeros(0, int), *code])
    time, *extremes = np.concatenate([np.zeros((7, 0)), *columns], axis=1)
    metadata = table.schema.metadata | {"search": "partial" if partial else "complete", "interval": interval}
    named = dict(zip(_COLUMNS, extremes, strict=True))
    named |= {name: nullable(named[name]) for name in ("lower", "upper")}
    named |= {name: named[name].astype(np.int64) for name in _COLUMNS[4:]}
    return grouped_table(code, pa.array(levels, pa.string()), {"time": time, **named}, metadata | {"level": "0.95"})


def _refuse(time_lo: np.ndarray, time_hi: np.ndarray, entry_lo: np.ndarray, entry_hi: np.ndarray) -> None:
    for name, low, high in (("time", time_lo, time_hi), ("entry", entry_lo, entry_hi)):
        if (low > high).any():
            where = (low > high).argmax()
            raise ValueError(f"{name} {low[where]} to {high[where]} is not allowed: the lower limit comes first")
    if (late := (entry_lo > 0) & (time_hi - entry_lo <= TIE_TOLERANCE * time_hi)).any():
        where = late.argmax()
        raise ValueError(f"entry {entry_lo[where]} is not allowed: before the patient's time, {time_hi[where]} at most")


@dataclass(eq=False)
class _Curves:
    """The curves of one group, looked at a few configurations at a time, and their extremes so far.

    Only the order of times matters, so they are whole numbers here: ``values[i]`` is ``i * step``, and the numbers
    between are points in the gap after it.
    """

    values: np.ndarray
    time_lo: np.ndarray
    time_hi: np.ndarray
    entry_lo: np.ndarray
    entry_hi: np.ndarray
    event: np.ndarray
    delayed: bool
    interval: str
    looked: int = 0
    extremes: np.ndarray | None = None

    def __post_init__(self) -> None:
        searched = int((self.event & (self.time_hi > self.time_lo)).sum())
        self.step = 1 + (max(1, searched) if self.delayed else 1)
        limits = (self.time_lo, self.time_hi, self.entry_lo, self.entry_hi)
        low, self.last, self.first_entry, self.last_entry = (self._place(a) for a in limits)
        self.first = np.where(self.first_entry > 0, np.maximum(low, self.first_entry + 1), low)
        self.open = np.flatnonzero(self.event & (self.last > self.first))
        self.candidates = [np.arange(self.first[i], self.last[i] + 1) for i in self.open]

    def _place(self, time: np.ndarray) -> np.ndarray:
        return self.step * (self.values.searchsorted(time, side="right") - 1)

    @cached_property
    def _corners(self) -> tuple[tuple[np.ndarray, np.ndarray], ...]:
        """(end, entry) with fewest and with most at risk; one pair if they are the same."""
        # Whoever may have entered and left within one gap may have been at risk at no event at all
        absent = ~self.event & (self.last > self.first) & (self.last_entry >= self.first)
        fewest = np.where(absent, self.first + 0.5, self.first), self.last_entry
        most = np.where(self.event, self.first, self.last), self.first_entry
        return (most,) if all(np.array_equal(a, b) for a, b in zip(fewest, most, strict=True)) else (fewest, most)

    def look(self, events: np.ndarray) -> np.ndarray:
        """Take in the configurations with these times of the open events, shape (m, open events).

        Returns S with fewest and then with most at risk, shape (1 or 2, m, times).
        """
        found = []
        for end, entry in self._corners:
            ends = np.tile(end.astype(float), (len(events), 1))
            ends[:, self.open] = events
            found.append(self._estimate(ends, np.maximum(np.minimum(entry, ends - 0.25), 0) if self.delayed else None))
        found = np.array(found)
        self.looked += len(events)
        every = [ufunc.reduce(found[:, i], axis=(0, 1)) for i, ufunc in zip((0, 0, 1, 2), _EXTREME, strict=True)]
        if self.extremes is not None:
            every = [ufunc(a, b) for ufunc, a, b in zip(_EXTREME, self.extremes, every, strict=True)]
        self.extremes = np.array(every)
        return found[:, 0]

    def _estimate(self, ends: np.ndarray, entry: np.ndarray | None) -> np.ndarray:
        """S and its limits at every whole number, shape (3, m, times)."""
        m, size = len(ends), self.step * (len(self.values) - 1) + 1
        of = np.arange(m).repeat(ends.shape[1])
        kind = np.tile(self.event.astype(int), m)
        table = life_table(ends.ravel(), kind, of, [str(i) for i in range(m)], None if entry is None else entry.ravel())
        rows = read_rows(kaplan_meier(table, self.interval))
        key = rows.code * (size + 1) + rows["time"]
        here = key.searchsorted(np.arange(m)[:, None] * (size + 1) + np.arange(size), side="right") - 1
        return np.array([rows[name][here] for name in ("survival", "lower", "upper")])

    def rows(self) -> np.ndarray:
        """Times and columns of the envelope, shape (7, rows)."""
        place = self.step * np.arange(len(self.values))[:, None]
        perhaps = (self.last >= place) & ((self.first_entry < place) | (self.first_entry == 0))
        surely = (self.first >= place) & ((self.last_entry < place) | (self.last_entry == 0))
        at_risk = np.array([surely.sum(axis=1), perhaps.sum(axis=1)])
        at, after = self.extremes[:, :: self.step], self.extremes[:, self.step - 1 :: self.step]
        kept = ((after != at[:, :-1]) & ~(np.isnan(after) & np.isnan(at[:, :-1]))).any(axis=0)
        at, after = np.vstack([at, at_risk]), np.vstack([after, at_risk[:, 1:]])
        time = np.append(self.values, (self.values[:-1] + JUST_AFTER * self.values[1:])[kept])
        return np.vstack([time, np.hstack([at, after[:, kept]])])[:, time.argsort()]


def _combinations(candidates: list[np.ndarray]) -> Iterator[np.ndarray]:
    """Every combination of one candidate each, some at a time, shape (m, len(candidates))."""
    sizes = [len(c) for c in candidates]
    for start in range(0, total := math.prod(sizes), _BLOCK):
        number = np.arange(start, min(start + _BLOCK, total))
        events = np.empty((len(number), len(sizes)), dtype=np.int64)
        for i, (size, values) in enumerate(zip(sizes, candidates, strict=True)):
            events[:, i] = values[number % size]
            number = number // size
        yield events


def _search(curves: _Curves, budget: int, seed: int) -> None:
    """Coordinate search for the extremes of S at one random time after the other, from random configurations.

    The first two begin with all events at their earliest and at their latest. One event after the other is moved over
    its candidates, the others held, and left where S at that time is smallest (then, from the next start, largest).
    """
    random, candidates = np.random.default_rng(seed), curves.candidates
    for start in range(budget):
        if curves.looked >= budget:
            return
        events = np.array([c[(0, -1)[start]] if start < 2 else random.choice(c) for c in candidates])
        target = random.integers(curves.step * (len(curves.values) - 1) + 1)
        lowest = (start // 2) % 2 == 0
        for i in random.permutation(len(candidates)):
            tried = np.tile(events, (len(candidates[i]), 1))
            tried[:, i] = candidates[i]
            survival = curves.look(tried)[0 if lowest else -1, :, target]
            events = tried[survival.argmin() if lowest else survival.argmax()]


def envelope_at(envelope: pa.Table, times: Sequence[float]) -> pa.Table:
    """The envelope at given times, by group.

    Parameters
    ----------
    envelope : from :func:`survival_envelope`
    times : sequence of float, shape (m,)

    Returns
    -------
    pyarrow.Table
        The envelope's columns, one row per non-empty group and time; ``n_risk_low`` and ``n_risk_high`` count the
        patients at risk at that time. Estimates and limits are null beyond the group's last possible time.
    """
    rows, times = read_rows(envelope), np.asarray(times, dtype=float)
    if times.ndim != 1 or not (times >= 0).all():
        raise ValueError(f"times {times.tolist()!r} is not allowed: a list of numbers, each 0 or more")
    found = np.full((len(_COLUMNS), len(rows.starts), len(times)), np.nan)
    found[4:] = 0
    for i, (start, end) in enumerate(zip(rows.starts, rows.ends, strict=True)):
        own = rows["time"][start:end]
        here = start + own.searchsorted(times * (1 + TIE_TOLERANCE), side="right") - 1
        following = start + own.searchsorted(times * (1 - TIE_TOLERANCE))
        seen = following < end
        for j, name in enumerate(_COLUMNS):
            found[j, i, seen] = rows[name][(here if j < 4 else following)[seen]]
    columns = dict(zip(_COLUMNS, found.reshape(len(_COLUMNS), -1), strict=True))
    columns = {name: nullable(v) if i < 4 else v.astype(np.int64) for i, (name, v) in enumerate(columns.items())}
    columns = {"time": np.tile(times, len(rows.starts)), **columns}
    return grouped_table(np.repeat(rows.code[rows.starts], len(times)), rows.levels, columns, envelope.schema.metadata)
