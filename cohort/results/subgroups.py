"""Outcome by baseline characteristic: every level of every variable at once, from one life table.

A patient stands in many rows, one a variable at least, so the life table of all rows counts each patient once a row.
Rows that part the patients between them make a factor; factors are what a test would compare.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from cohort.dictionary import Variable
from cohort.guards import GUARDS
from cohort.narrative.survival import headline_month
from cohort.results.subgroups_rows import Row, rows_of
from cohort.statistics import cumulative_incidence, kaplan_meier, life_table, survival_at
from cohort.statistics.multiplicity import MinP, min_p
from cohort.statistics.regression import firth_cox
from cohort.view import WHOLE, CohortView

ASSAYS, ASCERTAINMENT = "mrd_assays", "G3"
"""Variable that says which assays were used, its last level being the most sensitive; the warning it answers to."""


_NO_RATIO = {"hr": None, "lower": None, "upper": None}


@dataclass(frozen=True, eq=False)
class Factor:
    """A way of parting the patients in view: index of each one's row among ``rows``, -1 where not reported."""

    label: str
    rows: tuple[int, ...]
    group: np.ndarray
    aliases: tuple[str, ...] = ()

    @property
    def sizes(self) -> list[int]:
        """Patients in each of ``rows``."""
        return np.bincount(self.group[self.group >= 0], minlength=len(self.rows)).tolist()


@dataclass(frozen=True, eq=False)
class SubgroupsResult:
    """Numbers of every row for the patients selected now and the endpoint in view, which has exact times."""

    view: CohortView

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """Every row, those nobody is in among them."""
        return rows_of(self.view)

    @property
    def estimate(self) -> str:
        """Name of the estimate's column: "survival" or "incidence"."""
        return "incidence" if self.view.endpoint.kind == "incidence" else "survival"

    @property
    def month(self) -> float:
        """Month of the estimates: the reader's where the endpoint has it, else its headline month."""
        chosen = [t for t in self.view.endpoint.landmarks if f"{t:g}" == self.view.options.month]
        return chosen[0] if chosen else headline_month(self.view)

    @property
    def ratios_asked(self) -> bool:
        """Whether hazard ratios are shown in place of estimates."""
        return self.view.options.forest == "ratio"

    @cached_property
    def places(self) -> np.ndarray:
        """Places of the patients in view: int array, shape (patients,)."""
        return np.flatnonzero(self.view.in_view)

    @cached_property
    def member(self) -> np.ndarray:
        """Which patient in view is in which row: bool array, shape (rows, patients)."""
        return np.array([row.inside for row in self.rows], dtype=bool).reshape(-1, self.view.cohort.n)[:, self.places]

    @cached_property
    def sizes(self) -> np.ndarray:
        """Patients in view of each row."""
        return self.member.sum(axis=1)

    @cached_property
    def events(self) -> np.ndarray:
        """Patients of each row with the event."""
        return (self.member & (self._kind == 1)).sum(axis=1)

    @property
    def _time(self) -> np.ndarray:
        return self.view.outcome.time[self.places]

    @property
    def _kind(self) -> np.ndarray:
        return self.view.outcome.kind[self.places]

    @cached_property
    def life_table(self) -> pa.Table:
        """Life table of all rows: a patient is counted once in each row, and once in the whole."""
        everybody = np.ones((1, len(self.places)), dtype=bool)
        group, who = np.concatenate([self.member, everybody]).nonzero()
        levels = [*map(str, range(len(self.rows))), WHOLE]
        return life_table(self._time[who], self._kind[who], group, levels)

    @cached_property
    def estimates(self) -> dict[str, dict]:
        """Estimate at the month with limits and numbers, by row number as text and for WHOLE; empty rows have none."""
        table, options = self.life_table, self.view.options
        curve = cumulative_incidence(table) if self.estimate == "incidence" else kaplan_meier(table, options.interval)
        return {row["group"]: row for row in survival_at(curve, table, [self.month]).to_pylist()}

    @cached_property
    def ratios(self) -> tuple[dict | None, ...]:
        """Firth's hazard ratio of each row against the other patients with a reported value; None if not defined.

        A dict has ``hr``, ``lower`` and ``upper``, a limit null where it is unbounded, ``others`` and ``other_events``.
        All three are null where a side has too few patients or both have too few events to say anything (guard T1), and
        in the row of those whose value is not reported, who are compared with nobody.
        """
        view = self.view
        return view.cohort.recall(("subgroup ratios", *view.composition, view.selection), self._fit)

    def _fit(self) -> tuple[dict | None, ...]:
        fitted: dict[tuple[bytes, bytes], dict | None] = {}
        found = []
        for row, inside in zip(self.rows, self.member, strict=True):
            others = row.reported[self.places] & ~inside
            key, turned = (inside.tobytes(), others.tobytes()), (others.tobytes(), inside.tobytes())
            if key not in fitted:  # the two sides of a factor have one fit: their ratios are inverse
                fitted[key] = self._ratio(inside, others)
                fitted.setdefault(turned, _inverse(fitted[key], int(inside.sum()), self._events(inside)))
            stands = (row.inside & row.reported).any() or fitted[key] is None
            found.append(fitted[key] if stands else fitted[key] | _NO_RATIO)
        return tuple(found)

    def _ratio(self, inside: np.ndarray, others: np.ndarray) -> dict | None:
        if not (inside.any() and others.any()):
            return None
        counts = {"others": int(others.sum()), "other_events": self._events(others)}
        events = counts["other_events"] + self._events(inside)
        if min(inside.sum(), counts["others"]) < GUARDS.test_group or events < GUARDS.test_events:
            return _NO_RATIO | counts
        group = np.where(inside, 1, np.where(others, 0, -1))
        fitted = firth_cox(life_table(self._time, self._kind, group, ["others", "row"]), reference="others")
        (found,) = fitted.coefficients.to_pylist()
        return {name: found[name] for name in _NO_RATIO} | counts

    def _events(self, inside: np.ndarray) -> int:
        return int((inside & (self._kind == 1)).sum())

    @cached_property
    def aliases(self) -> tuple[tuple[int, ...], ...]:
        """Sets of rows that hold exactly the same patients; neither nobody nor everybody in view."""
        sets: dict[bytes, list[int]] = {}
        packed = np.packbits(self.member, axis=1)
        for i, n in enumerate(self.sizes):
            if 0 < n < len(self.places):
                sets.setdefault(packed[i].tobytes(), []).append(i)
        return tuple(tuple(rows) for rows in sets.values() if len(rows) > 1)

    @cached_property
    def assayed(self) -> dict[int, int]:
        """Patients with the more sensitive assay, by row, where the rows of a factor differ in their share (G3)."""
        view = self.view
        assays = next((v for v in view.definition.variables if v.name == ASSAYS), None)
        if assays is None or ASCERTAINMENT not in view.endpoint.warnings:
            return {}
        counts = (self.member & view.cohort.membership(assays)[-1][self.places]).sum(axis=1)
        share = np.divide(counts, self.sizes, out=np.zeros(len(self.rows)), where=self.sizes > 0)
        found = {}
        for rows in self._by_split.values():
            present = [i for i in rows if self.sizes[i]]
            if self.rows[rows[0]].variable.name != ASSAYS and len({share[i] for i in present}) > 1:
                found |= {i: int(counts[i]) for i in present}
        return found

    @cached_property
    def _by_split(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for i, row in enumerate(self.rows):
            found.setdefault(row.split, []).append(i)
        return found

    def known_late(self, variable: Variable) -> bool:
        """Whether a variable becomes known only after the endpoint's time zero (G2)."""
        return self.view.endpoint.origin == "diagnosis" and variable.known_at != "diagnosis"

    # ---- factors, and their test on request ------------------------------------------------------------------------

    @cached_property
    def factors(self) -> tuple[Factor, ...]:
        """Factors with two groups or more to compare, each way of parting the patients once, its aliases named.

        A level of a category needs one patient, either side of a set or a cut-point two.
        """
        found: dict[tuple, list[Factor]] = {}
        for rows in self._by_split.values():
            present = self._known(rows)
            if len(present) < 2 or self._lone(present):
                continue
            inside = self.member[list(present)]
            group = np.where(inside.any(axis=0), inside.argmax(axis=0), -1)
            same = {g: k for k, g in enumerate(dict.fromkeys(group[group >= 0].tolist()))} | {-1: -1}
            parting = tuple(same[g] for g in group.tolist())
            found.setdefault(parting, []).append(Factor(self.rows[rows[0]].factor, present, group))
        return tuple(
            Factor(first.label, first.rows, first.group, tuple(f.label for f in others))
            for first, *others in found.values()
        )

    @cached_property
    def untested(self) -> tuple[Row, ...]:
        """Rows of one patient that make no factor for that: a gene only one has or lacks, one side of a cut-point."""
        lone = [self._lone(self._known(rows)) for rows in self._by_split.values()]
        return tuple(self.rows[i] for rows in lone for i in rows)

    def _known(self, rows: list[int]) -> tuple[int, ...]:
        """Those of the rows that stand for a reported value and hold a patient in view."""
        return tuple(i for i in rows if self.sizes[i] and (self.rows[i].inside & self.rows[i].reported).any())

    def _lone(self, rows: tuple[int, ...]) -> list[int]:
        """Those of the rows that hold one patient where a factor needs two."""
        return [i for i in rows if self.sizes[i] == 1 and self.rows[i].variable.kind != "category"]

    @property
    def min_p_key(self) -> tuple:
        """What the test of all factors depends on."""
        return ("min-p", self.view.definition.id, *self.view.composition, self.view.selection)

    def min_p(self, progress: Callable[[float], None] | None = None) -> MinP:
        """Permutation p of every factor and the same adjusted for all of them (Westfall and Young)."""
        factors = self.factors
        return self.view.cohort.recall(
            self.min_p_key,
            lambda: min_p(
                self._time,
                self._kind,
                [f.group for f in factors],
                [len(f.rows) for f in factors],
                progress=progress,
            ),
        )


def _inverse(found: dict | None, others: int, other_events: int) -> dict | None:
    """The ratio seen from the other side."""
    if found is None:
        return None
    ends = {"hr": found["hr"], "lower": found["upper"], "upper": found["lower"]}
    turned = {name: None if value is None else 1 / value for name, value in ends.items()}
    return turned | {"others": others, "other_events": other_events}
