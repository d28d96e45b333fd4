"""Everything the adverse-events page shows of one view, as tidy tables; figures, sentences and exports read these.

A cohort reports adverse events as totals (table ``ae_aggregate``) or patient by patient (table ``ae_events``). Totals
say nothing about who had what: for a selection only bounds follow from them (STATISTICS A8).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
import pyarrow as pa

from cohort.dictionary import Level
from cohort.results.adverse_events_grades import ANY, OVERALL, SEVERE, UNGRADED, GradeBand, grade_band
from cohort.statistics import GRADE_BANDS, aggregate_bounds, aggregate_incidence, incidence, subgroup_bounds
from cohort.view import WHOLE, CohortView

MAX_GROUPS = 4
"""Groups a figure can hold side by side and stay legible (STATISTICS C4)."""


@dataclass(frozen=True)
class Joint:
    """What the totals of several terms imply together: "pair", "one or more" or a severe grade, with certain bounds."""

    kind: str
    what: tuple[str, ...]
    lower: int
    upper: int


@dataclass(frozen=True, eq=False)
class AggregateResult:
    """Published totals and what is certain of the selected patients."""

    view: CohortView
    level = "aggregate"

    @property
    def table(self) -> pa.Table:
        """The totals as reported."""
        return self.view.cohort.tables["ae_aggregate"]

    @property
    def is_subgroup(self) -> bool:
        """Whether somebody is left out, so that only bounds are known."""
        return self.view.n < self.view.cohort.n

    @property
    def countable(self) -> bool:
        """Whether there is a patient to count adverse events in."""
        return self.view.n > 0

    @cached_property
    def population(self) -> int:
        """Patients the totals are about."""
        return max((n for n in self.table["n"].to_pylist() if n is not None), default=self.view.cohort.n)

    @cached_property
    def reported(self) -> pa.Table:
        """The totals with shares and exact limits; null where no count is reported."""
        return aggregate_incidence(self.table)

    @cached_property
    def bounds(self) -> pa.Table:
        """Certain bounds, expected count and central 95 % range for the selected patients, a row a total.

        Where the totals are about fewer patients than the cohort has, nobody says which: the bounds then hold for
        the whole cohort as the population.
        """
        return aggregate_bounds(self._among_all, self.view.n)

    @property
    def _among_all(self) -> pa.Table:
        n = [None if n is None else max(n, self.view.cohort.n) for n in self.table["n"].to_pylist()]
        at = self.table.column_names.index("n")
        return self.table.set_column(at, "n", pa.array(n, pa.int64()))

    @cached_property
    def _rows(self) -> dict[tuple[str, str], dict]:
        return {(r["term"], r["grade_band"]): r for r in self.reported.to_pylist()}

    @cached_property
    def _bound_rows(self) -> dict[tuple[str, str], dict]:
        return {(r["term"], r["grade_band"]): r for r in self.bounds.to_pylist()}

    def row(self, term: str, band: str = ANY) -> dict | None:
        """The total of a term and grade band; None where the source has no count."""
        row = self._rows.get((term, band))
        return row if row and row["k"] is not None else None

    def bound(self, term: str, band: str = ANY) -> dict | None:
        """The bounds of a term and grade band; None where the source has no count."""
        row = self._bound_rows.get((term, band))
        return row if row and row["k"] is not None else None

    @cached_property
    def bands(self) -> tuple[GradeBand, ...]:
        """Grade bands as reported, mildest first."""
        codes = dict.fromkeys(c for c in self.table["grade_band"].to_pylist() if c != ANY)
        return tuple(sorted(map(grade_band, codes), key=lambda b: (b.first or 99, b.code)))

    @cached_property
    def terms(self) -> tuple[str, ...]:
        """Terms of the figure, most frequent (or by name) first; a term without a count is kept, last."""
        found = list(dict.fromkeys(self.table["term"].to_pylist()))
        found = [t for t in found if t != OVERALL or self.row(t)]
        if self.view.options.ae_sort == "name":
            return tuple(sorted(found, key=str.casefold))
        return tuple(sorted(found, key=lambda t: (self.row(t) is None, -(self.row(t) or {"k": 0})["k"])))

    @property
    def counted(self) -> tuple[str, ...]:
        """Terms with a count of patients, in the figure's order, without the row about all terms."""
        return tuple(t for t in self.terms if t != OVERALL and self.row(t))

    @cached_property
    def segments(self) -> pa.Table:
        """Severity of each term for stacking: ``term``, ``band``, ``start`` and ``k`` in patients, ``n``.

        What the bands leave of the total is "ungraded". Bands that add up to more than the total overlap and cannot
        be stacked: the total is then one "ungraded" segment.
        """
        out = []
        for term in self.terms:
            total = self.row(term)
            parts = [(b.code, row["k"]) for b in self.bands if total and (row := self.row(term, b.code))]
            rest = (total["k"] if total else 0) - sum(k for _, k in parts)
            parts = [(UNGRADED, total["k"])] if rest < 0 else [*parts, (UNGRADED, rest)]
            start = 0
            for band, k in (part for part in parts if part[1]):
                out.append({"term": term, "band": band, "start": start, "k": k, "n": total["n"]})
                start += k
        whole = ((name, pa.int64()) for name in ("start", "k", "n"))
        return pa.Table.from_pylist(out, schema=pa.schema([("term", pa.string()), ("band", pa.string()), *whole]))

    @cached_property
    def joint(self) -> tuple[Joint, ...]:
        """What is certain of several terms together, for the selected patients (Fréchet bounds)."""
        among, n = max(self.population, self.view.cohort.n), self.view.n
        k = {t: self.row(t)["k"] for t in self.counted}
        found = []
        if len(k) > 1:
            lower, upper = max(0, max(k.values()) + n - among), min(n, sum(k.values()))
            found.append(Joint("one or more", tuple(k), lower, upper))
        pairs = [(max(0, k[a] + k[b] + n - 2 * among), min(k[a], k[b], n), (a, b)) for a, b in combinations(k, 2)]
        pairs = sorted((p for p in pairs if p[0] > 0), key=lambda p: -p[0])
        found += [Joint("pair", what, lower, upper) for lower, upper, what in pairs[:2]]
        for band in self.bands:
            graded = [self.row(t, band.code) for t in k]
            if band.first >= SEVERE and graded and all(graded):
                most, total = max(r["k"] for r in graded), min(among, sum(r["k"] for r in graded))
                lower, upper = subgroup_bounds([most, total], among, n).lower[0], min(n, total)
                found.append(Joint("grade", (band.label,), int(lower), int(upper)))
        return tuple(found)


@dataclass(frozen=True, eq=False)
class PatientResult:
    """Worst grade per patient and term among the selected patients of the safety set.

    Arrays have shape (terms, groups), in the order of :attr:`terms` and :attr:`groups`.
    """

    view: CohortView
    level = "patient"

    bands = tuple(grade_band(code) for code in ("1-2", "3", "4", "5"))
    """Grade bands of the figure, mildest first."""

    @cached_property
    def safety(self) -> np.ndarray:
        """Who is in the safety set: bool array, shape (patients,). Everybody where the cohort names no such set."""
        definition = self.view.definition
        name = definition.adverse_events.get("safety_variable")
        if not name:
            return np.ones(self.view.cohort.n, dtype=bool)
        variable = definition.variable(name)
        yes = [lv.code for lv in variable.levels].index("yes")
        return self.view.cohort.group_index(variable) == yes

    @cached_property
    def groups(self) -> tuple[Level, ...]:
        """Groups side by side in their fixed order: at most four, the largest of the whole safety set."""
        view = self.view
        if view.by is None:
            return (Level(WHOLE, WHOLE, view.groups[0].colour),)
        return tuple(view.groups[i] for i in self._drawn)

    @cached_property
    def _drawn(self) -> list[int]:
        known = self.view.group_of[self.safety & (self.view.group_of >= 0)]
        size = np.bincount(known, minlength=len(self.view.groups))
        largest = sorted(np.argsort(-size, kind="stable")[:MAX_GROUPS].tolist())
        return [i for i in largest if size[i]]

    @property
    def left_out(self) -> tuple[Level, ...]:
        """Groups that do not fit in the figure."""
        return tuple(g for g in self.view.groups if g not in self.groups) if self.view.by else ()

    @cached_property
    def _counted(self) -> np.ndarray:
        """Group among :attr:`groups` of every patient who counts, -1 for who does not: int array, (patients,)."""
        view = self.view
        group = view.group_of if view.by is None else np.full(view.cohort.n, -1)
        if view.by is not None:
            for place, i in enumerate(self._drawn):
                group = np.where(view.group_of == i, place, group)
        return np.where(view.mask & self.safety, group, -1)

    @property
    def n_safety(self) -> int:
        """Selected patients in the safety set, whatever their group."""
        return int((self.view.mask & self.safety).sum())

    @property
    def countable(self) -> bool:
        """Whether there is a patient to count adverse events in."""
        return bool((self._counted >= 0).any()) and bool(self.terms)

    @cached_property
    def counts(self) -> pa.Table:
        """Tidy counts of all terms: term, group, grade_band, k, n, share, lower, upper."""
        events = self.view.cohort.tables["ae_events"].select(["patient_id", "term", "grade"])
        at = events.column_names.index("term")
        overall = events.set_column(at, "term", pa.array([OVERALL] * events.num_rows, pa.string()))
        inside = self._counted >= 0
        by = pa.DictionaryArray.from_arrays(
            pa.array(self._counted[inside].astype(np.int32)), pa.array([g.code for g in self.groups], pa.string())
        )
        return incidence(pa.concat_tables([overall, events]), self.view.cohort.ids[inside].tolist(), by)

    @cached_property
    def _arrays(self) -> dict[str, np.ndarray]:
        shape = (-1, len(self.groups), len(self._bands))
        return {c: self.counts[c].to_numpy().reshape(shape) for c in ("k", "n", "share", "lower", "upper")}

    @cached_property
    def _bands(self) -> dict[str, int]:
        return {code: i for i, code in enumerate(GRADE_BANDS)}

    @cached_property
    def _order(self) -> list[tuple[str, int]]:
        """Terms shown and their place in the counts: the row about all first, then by frequency in the whole cohort."""
        terms = self.counts["term"].combine_chunks().dictionary.to_pylist()
        share = np.nan_to_num(self._arrays["share"][:, :, self._bands[ANY]]).max(axis=1)
        enough = share * 100 >= float(self.view.options.ae_min) - 1e-9
        kept = [(t, i) for i, t in enumerate(terms) if t != OVERALL and enough[i]]
        if self.view.options.ae_sort == "name":
            kept.sort(key=lambda entry: entry[0].casefold())
        return [(OVERALL, terms.index(OVERALL)), *kept] if OVERALL in terms else kept

    @property
    def terms(self) -> tuple[str, ...]:
        """Terms shown, the row about all terms first."""
        return tuple(t for t, _ in self._order)

    @property
    def hidden(self) -> int:
        """Terms below the threshold."""
        return self._arrays["k"].shape[0] - len(self._order)

    def values(self, name: str, band: str = ANY) -> np.ndarray:
        """``k``, ``n``, ``share``, ``lower`` or ``upper`` of the terms shown: array, shape (terms, groups)."""
        return self._arrays[name][[i for _, i in self._order]][:, :, self._bands[band]]

    def ungraded(self) -> np.ndarray:
        """Patients whose events of a term carry no grade: int array, shape (terms, groups)."""
        return self.values("k") - self.values("k", "1-2") - self.values("k", "3-5")


EventsResult = AggregateResult | PatientResult


def adverse_events(view: CohortView) -> EventsResult | None:
    """What the cohort reports of adverse events; None where it has no table of them."""
    tables = view.cohort.tables
    kinds = {"patient": "ae_events", "aggregate": "ae_aggregate"}
    wanted = view.definition.adverse_events.get("level")
    order = ("aggregate", "patient") if wanted == "aggregate" else ("patient", "aggregate")
    level = next((name for name in order if name in kinds and kinds[name] in tables), None)
    return None if level is None else (PatientResult if level == "patient" else AggregateResult)(view)
