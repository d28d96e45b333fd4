"""A cohort in memory: its definition and its validated Arrow tables.

Arrow tables cannot be changed in place, so one cohort is shared by every session of a process without copies.
Patients are rows in the order of ``patients.csv``; every array below has one entry a patient, in that order.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from cohort.comparator import Comparator
from cohort.dictionary import CohortDefinition, Endpoint, Variable

RECALLED = 256
"""Answers to readers' choices kept a cohort."""


@dataclass(frozen=True, eq=False)
class Outcome:
    """What happened to each patient on one endpoint's clock.

    Attributes
    ----------
    time : float array, shape (n,), in the cohort's time unit; NaN where the endpoint is not reported.
    kind : int array, shape (n,): 0 censored, 1 the event, 2 a competing event.
    reason : object array, shape (n,): censoring reason code, "" where an event was seen.
    event : object array, shape (n,): event code, "" where censored.
    time_hi : float array, shape (n,), or None: upper limit where ``time`` is only the lower one.
    entry_lo, entry_hi : float arrays, shape (n,), or None: at risk only from an entry that lies between them.
    """

    time: np.ndarray
    kind: np.ndarray
    reason: np.ndarray
    event: np.ndarray
    time_hi: np.ndarray | None = None
    entry_lo: np.ndarray | None = None
    entry_hi: np.ndarray | None = None

    @property
    def bounded(self) -> bool:
        """Whether something about time is only known between limits."""
        return self.time_hi is not None or self.entry_hi is not None


@dataclass(frozen=True, eq=False)
class Cohort:
    """One cohort: definition, Arrow tables by name, the SHA-256 of the files it was read from, published curves."""

    definition: CohortDefinition
    tables: Mapping[str, pa.Table]
    fingerprint: str
    comparators: tuple[Comparator, ...] = ()
    _arrays: dict = field(default_factory=dict, repr=False)
    _recent: OrderedDict = field(default_factory=OrderedDict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def patients(self) -> pa.Table:
        """One row a patient; field metadata carries label, unit and source."""
        return self.tables["patients"]

    @property
    def n(self) -> int:
        """Number of patients."""
        return self.patients.num_rows

    @property
    def ids(self) -> np.ndarray:
        """Patient ids as printed, shape (n,)."""
        return self._array("ids", lambda: np.array(self.patients["patient_id"].to_pylist(), dtype=object))

    def table(self, name: str) -> pa.Table | None:
        """The named table, or None where the cohort does not have it."""
        return self.tables.get(name)

    def membership(self, variable: Variable, cutoff: str | None = None) -> np.ndarray:
        """Which patient is in which level: bool array, shape (levels, n), levels in dictionary order.

        For a category exactly one level is true a patient; for a set any number.
        """
        column = variable.column(cutoff)

        def build() -> np.ndarray:
            values = self.patients[column].to_pylist()
            codes = [level.code for level in variable.levels]
            if variable.kind == "set":
                return np.array([[c in (v or ()) for v in values] for c in codes], dtype=bool).reshape(
                    len(codes), self.n
                )
            return np.array([[c == v for v in values] for c in codes], dtype=bool).reshape(len(codes), self.n)

        return self._array(("membership", column), build)

    def group_index(self, variable: Variable, cutoff: str | None = None) -> np.ndarray:
        """Index of each patient's level of a category: int array, shape (n,); -1 where none is reported."""

        def build() -> np.ndarray:
            member = self.membership(variable, cutoff)
            return np.where(member.any(axis=0), member.argmax(axis=0), -1)

        return self._array(("group", variable.column(cutoff)), build)

    def numbers(self, variable: Variable) -> np.ndarray:
        """Values of a number: float array, shape (n,), NaN where not reported."""
        return self._array(
            ("number", variable.name),
            lambda: np.array(
                [np.nan if v is None else v for v in self.patients[variable.name].to_pylist()], dtype=float
            ),
        )

    def outcome(self, endpoint: Endpoint) -> Outcome:
        """Time, kind, reason and event of every patient on this endpoint's clock."""

        def build() -> Outcome:
            rows = {r["patient_id"]: r for r in self.tables["endpoints"].to_pylist() if r["endpoint"] == endpoint.rows}
            found = [rows.get(i) for i in self.ids]
            event = np.array([(r["event"] or "") if r else "" for r in found], dtype=object)
            kind = np.array([1 if e in endpoint.event else 2 if e in endpoint.competing else 0 for e in event])
            low, high = (np.array([r[c] if r else np.nan for r in found], dtype=float) for c in ("time_lo", "time_hi"))
            return Outcome(
                time=low,
                kind=kind,
                reason=np.array([(r["reason"] or "") if r else "" for r in found], dtype=object),
                event=event,
                time_hi=None if np.array_equal(low, high, equal_nan=True) else high,
            )

        return self._array(("outcome", endpoint.code), build)

    def once(self, key: object, build):
        """What follows from this cohort's tables alone, computed at most once; it is kept with the cohort."""
        return self._array(key, build)

    def recall(self, key: object, build):
        """What follows from these tables and a choice of the reader: the last RECALLED answers are kept.

        They are kept with the cohort and go with it, so an answer about one cohort never reaches another.
        """
        with self._lock:
            if key in self._recent:
                self._recent.move_to_end(key)
                return self._recent[key]
        answer = build()  # outside the lock: a long enumeration must not hold up other readers
        with self._lock:
            self._recent[key] = answer
            while len(self._recent) > RECALLED:
                self._recent.popitem(last=False)
        return answer

    def recalls(self, key: object) -> bool:
        """Whether :meth:`recall` would answer at once."""
        return key in self._recent

    def _array(self, key: object, build):
        if key not in self._arrays:
            self._arrays[key] = build()
        return self._arrays[key]
