"""Everything the patients page shows of one view, as tidy tables: lanes, mutations, MRD, the listing, one profile."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cohort.dictionary import Variable
from cohort.genes import Gene, reported_genes
from cohort.results.mrd import MrdResult
from cohort.results.patients_lanes import longer, pieces
from cohort.selection import heading
from cohort.timelines import Clock, Entry, Timeline, clocks, entry, timeline
from cohort.view import CohortView
from cohort.wording import NOT_REPORTED_TEXT, number

MAX_LANES = 60
MAX_DRIVERS = 20
"""Lanes drawn at most (of a longer list evenly spaced ones, short and long), and driver columns."""

TRACKS = ("eln_risk", "karyotype")
"""Variables drawn as columns of the matrix."""

GROUPS = {"brief": "At a glance", "patient": "Patient", "disease": "Disease", "genes": "Genes", "outcome": "Outcome"}


@dataclass(frozen=True, eq=False)
class PatientsResult:
    """Lanes, matrix, listing and profile of one view. Row numbers are places in the drawn order."""

    view: CohortView

    @cached_property
    def mask(self) -> np.ndarray:
        """Who is shown: the selection, narrowed to one outcome if asked. Bool array, shape (n,)."""
        if self.outcome is None:
            return self.view.mask
        variable, code = self.outcome
        member = self.view.cohort.membership(variable)
        return self.view.mask & member[[lv.code for lv in variable.levels].index(code)]

    @cached_property
    def outcome(self) -> tuple[Variable, str] | None:
        """The outcome the page is narrowed to, as (variable, level code), or None."""
        name, _, code = self.view.options.show.partition(".")
        return (self.view.definition.variable(name), code) if code else None

    @property
    def n(self) -> int:
        """Number of patients shown."""
        return int(self.mask.sum())

    # ---- time ------------------------------------------------------------------------------------------------------

    @cached_property
    def clocks(self) -> dict[str, Clock]:
        """Time zeros this cohort has."""
        return self.view.cohort.once("clocks", lambda: clocks(self.view.definition))

    @cached_property
    def timelines(self) -> dict[str, Timeline]:
        """Everybody on every clock."""
        cohort = self.view.cohort
        return cohort.once("timelines", lambda: {code: timeline(cohort, clock) for code, clock in self.clocks.items()})

    @cached_property
    def timeline(self) -> Timeline:
        """The clock in view; the only one there is where the cohort lacks the one asked for."""
        return self.timelines.get(self.view.options.clock) or next(iter(self.timelines.values()))

    @cached_property
    def other(self) -> Timeline | None:
        """The clock that is not in view."""
        return next((t for t in self.timelines.values() if t is not self.timeline), None)

    @cached_property
    def entry(self) -> Entry | None:
        """Start of maintenance counted from diagnosis, where the cohort has both clocks."""
        both = [self.timelines.get(code) for code in ("diagnosis", "maintenance")]
        return self.view.cohort.once("entry", lambda: entry(both[0], both[1]) if all(both) else None)

    @cached_property
    def time_end(self) -> float:
        """End of the time axis: the last observation of the whole cohort, so that a filter never moves it."""
        last = self.timeline.last
        return float(np.nanmax(last)) if not np.isnan(last).all() else 12.0

    # ---- lanes -----------------------------------------------------------------------------------------------------

    @cached_property
    def order(self) -> np.ndarray:
        """Places in the patient table of everyone shown: by group, then longest follow-up first, ties as printed."""
        places = np.flatnonzero(self.mask)
        last = np.nan_to_num(self.timeline.last[places], nan=-1.0)
        group = self.view.group_of[places]
        group = np.where(group < 0, len(self.view.groups), group)
        return places[np.lexsort((places, -last, group))]

    @cached_property
    def lanes(self) -> np.ndarray:
        """The part of ``order`` that is drawn: all of it up to MAX_LANES, evenly spaced places of it beyond."""
        if len(self.order) <= MAX_LANES:
            return self.order
        kept = np.zeros(len(self.order), dtype=bool)
        kept[np.linspace(0, len(self.order) - 1, MAX_LANES).round().astype(int)] = True
        kept |= self.view.cohort.ids[self.order] == self.view.options.patient  # the open profile keeps its lane
        return self.order[kept]

    @cached_property
    def segments(self) -> pa.Table:
        """Lanes in pieces: row, patient_id, start, stop, kind, group.

        ``kind`` is "free" (followed, no event yet), "ended" (censored for one endpoint without an event and followed
        on for another), "after" (followed after the first event), "before" (before maintenance), "unknown"
        (maintenance begins somewhere in it), "begun" (followed, maintenance begun) or "followed" (no second clock).
        Nothing says how long anyone was treated.
        """
        found = pieces(self.timeline, self.entry, self.lanes)
        kind, start, stop = (np.concatenate(part) for part in zip(*found, strict=True))
        row = np.tile(np.arange(len(self.lanes)), len(found))
        place, keep = self.lanes[row], longer(start, stop)
        return pa.table(
            {
                "row": row[keep],
                "patient_id": pa.array(self.view.cohort.ids[place][keep], pa.string()),
                "start": start[keep],
                "stop": stop[keep],
                "kind": pa.array(kind[keep].astype(object), pa.string()),
                "group": pa.array(self._group_codes[place][keep], pa.string()),
            }
        )

    @property
    def _group_codes(self) -> np.ndarray:
        codes = np.array([*(g.code for g in self.view.groups), ""], dtype=object)
        return codes[self.view.group_of]

    @cached_property
    def marks(self) -> pa.Table:
        """What happened on this clock: row, patient_id, time, code (event or reason)."""
        found = [(row, i, *mark) for row, i in enumerate(self.lanes) for mark in self.timeline.marks(i)]
        return self._mark_table(found)

    @cached_property
    def elsewhere(self) -> pa.Table:
        """What is known on the other clock only and has no place on this one: row, patient_id, time, code.

        ``time`` is counted on the other clock. Empty for a patient whose two clocks end at the same contact.
        """
        if self.other is None or self.entry is None:
            return self._mark_table([])
        found = [
            (row, i, *mark)
            for row, i in enumerate(self.lanes)
            if not self.entry.exact[i]
            for mark in self.other.marks(i)[:1]
        ]
        return self._mark_table(found)

    def _mark_table(self, found: list[tuple[int, int, float, str]]) -> pa.Table:
        ids = self.view.cohort.ids
        return pa.table(
            {
                "row": pa.array([row for row, _, _, _ in found], pa.int64()),
                "patient_id": pa.array([ids[i] for _, i, _, _ in found], pa.string()),
                "time": pa.array([t for _, _, t, _ in found], pa.float64()),
                "code": pa.array([c for _, _, _, c in found], pa.string()),
            }
        )

    # ---- matrix ----------------------------------------------------------------------------------------------------

    @property
    def reported(self) -> dict[Gene, np.ndarray]:
        """Who carries which gene as reported, drivers by frequency, then pharmacogenes."""
        return reported_genes(self.view.cohort)

    @property
    def genes(self) -> tuple[Gene, ...]:
        """Columns of the matrix, rare drivers of a long list left out; empty where the cohort has no mutations."""
        drivers = [gene for gene in self.reported if gene.driver][:MAX_DRIVERS]
        return (*drivers, *(gene for gene in self.reported if not gene.driver))

    @cached_property
    def gene_counts(self) -> dict[Gene, int]:
        """Patients shown in whom each gene is reported."""
        return {gene: int((who & self.mask).sum()) for gene, who in self.reported.items()}

    @property
    def tracks(self) -> tuple[Variable, ...]:
        """Variables drawn beside the matrix, where there is one."""
        names = {v.name: v for v in self.view.definition.variables if v.kind == "category"}
        return tuple(names[name] for name in TRACKS if name in names) if self.genes else ()

    # ---- MRD -------------------------------------------------------------------------------------------------------

    @cached_property
    def mrd(self) -> MrdResult | None:
        """MRD of everyone shown, or None where the cohort has none."""
        return MrdResult(self.view, self.mask) if self.view.cohort.table("mrd") is not None else None

    # ---- listing ---------------------------------------------------------------------------------------------------

    @cached_property
    def listing(self) -> dict[str, pa.Array]:
        """Everyone shown in the order of the lanes, column heads and cells in words; numbers stay numbers."""
        view, places = self.view, self.order
        columns = {"Patient": pa.array(view.cohort.ids[places], pa.string())}

        def put(head: str, column: pa.Array) -> None:
            columns[head if head not in columns else f"{head} ({len(columns)})"] = column

        for variable in view.definition.variables:
            put(heading(variable, view.selection), self._column(variable, places))
        reasons = {r.code: r.label for r in view.definition.reasons}
        words = {"": "", **reasons, **view.definition.events}
        unit = view.definition.time_unit
        for line in self.timelines.values():
            for k, endpoint in enumerate(line.clock.endpoints):
                put(f"{endpoint.short}, {unit}", pa.array(line.time[k, places], from_pandas=True))
                put(
                    f"{endpoint.short} ends with",
                    pa.array([words.get(c, c) for c in line.code[k, places]], pa.string()),
                )
        return columns

    def _column(self, variable: Variable, places: np.ndarray) -> pa.Array:
        cohort = self.view.cohort
        if variable.kind == "number":
            return pa.array(cohort.numbers(variable)[places], from_pandas=True)
        labels = np.array([*(lv.label for lv in variable.levels), NOT_REPORTED_TEXT], dtype=object)
        if variable.kind == "set":
            member = cohort.membership(variable)[:, places]
            return pa.array([", ".join(labels[:-1][row]) or NOT_REPORTED_TEXT for row in member.T], pa.string())
        return pa.array(labels[cohort.group_index(variable, self.view.selection.cutoff(variable))[places]], pa.string())

    # ---- one patient -----------------------------------------------------------------------------------------------

    @property
    def patient(self) -> int | None:
        """Place in the patient table of the open profile, or None."""
        found = np.flatnonzero(self.view.cohort.ids == self.view.options.patient)
        return int(found[0]) if len(found) else None

    def values(self, variable: Variable, places: np.ndarray) -> list[str]:
        """Values of the patients at these places in the dictionary's words, numbers with their unit."""
        cells = self._column(variable, places).to_pylist()
        if variable.kind != "number":
            return cells
        return [NOT_REPORTED_TEXT if c is None else f"{number(c, 4)} {variable.unit}".strip() for c in cells]

    def record(self, i: int) -> dict[str, list[tuple[str, str]]]:
        """One patient's values by group of the dictionary: title -> [(label, value), …]."""
        found: dict[str, list[tuple[str, str]]] = {}
        for variable in self.view.definition.variables:
            title = GROUPS.get(variable.group, variable.group.replace("_", " "))
            if self.view.definition.kind == "private" and variable.group == "disease":
                title = "Characteristics"  # in somebody's own data, what no word was recognised in
            found.setdefault(title, []).append(
                (heading(variable, self.view.selection), self.values(variable, np.array([i]))[0])
            )
        return found

    def rows_of(self, table: str, i: int) -> list[dict] | None:
        """One patient's rows of a table in the order of the file, or None where the cohort does not have it."""
        found = self.view.cohort.table(table)
        if found is None:
            return None
        return found.filter(pc.equal(found["patient_id"], self.view.cohort.ids[i])).to_pylist()
