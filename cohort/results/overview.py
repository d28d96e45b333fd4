"""Everything the overview page shows of one view: who was included, what became of them, Table 1, what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cohort.dictionary import NOT_REPORTED, Endpoint, Variable
from cohort.statistics import TOTAL, Characteristics, completeness, follow_up, life_table, table_one
from cohort.statistics.life_table import TIE_TOLERANCE
from cohort.view import WHOLE, CohortView

INCLUDED, STARTED, NO_EVENT = "included", "started", "no_event"
"""Codes of the boxes that are neither an event nor a reason for censoring."""


@dataclass(frozen=True)
class Box:
    """One state a patient can be in at one stage of the flow.

    Attributes
    ----------
    stage : column of the diagram, from 0
    kind : "step" (nobody is told apart), "event", "none" (no event recorded), "end" (why follow-up ended) or "missing"
    inside : code of the box of the same stage that this one is a part of, or ""
    """

    stage: int
    code: str
    label: str
    kind: str
    inside: str = ""


@dataclass(frozen=True, eq=False)
class Flow:
    """Who passes through which box: ``place[s, i]`` is the index into ``boxes`` of patient i at stage s.

    Attributes
    ----------
    boxes : in drawing order, stage by stage; a part stands after the box it is inside
    place : int array, shape (stages, N)
    part : int array, shape (N,): index of the part a patient is also in, -1 for most
    last, course : the clock that runs to the last contact, and the one that records what happened on the way (or None)
    """

    boxes: tuple[Box, ...]
    place: np.ndarray
    part: np.ndarray
    last: Endpoint
    course: Endpoint | None

    def members(self, index: int) -> np.ndarray:
        """Who is in a box: bool array, shape (N,)."""
        box = self.boxes[index]
        return self.part == index if box.inside else self.place[box.stage] == index


def last_contact(view: CohortView) -> Endpoint:
    """The endpoint whose clock runs longest: it says how each patient was last seen.

    Of clocks with equally many patients and the same total time, the first in the registry.
    """

    def reach(endpoint: Endpoint) -> tuple[int, float]:
        time = view.cohort.outcome(endpoint).time
        return int((~np.isnan(time)).sum()), float(np.nansum(time))

    return max(view.definition.identified_endpoints, key=reach)


def course(view: CohortView, last: Endpoint) -> Endpoint | None:
    """The endpoint that tells most about the way there: of those on another clock, the one with most kinds of event.

    None where no clock tells of anything before the last contact: the same ending told twice is no course.
    """
    others = [e for e in view.definition.identified_endpoints if e.rows != last.rows and on_the_way(view, e, last)]
    return max(others, key=lambda e: len(e.event), default=None)


def on_the_way(view: CohortView, way: Endpoint, last: Endpoint) -> set[str]:
    """Codes of the events that the course adds to the last contact.

    Those that never end the last contact. Where there are none, one code may stand for the event of both clocks (two
    columns of 0 and 1): then all of them, if anybody had one before the last contact.
    """
    out, end = view.cohort.outcome(way), view.cohort.outcome(last)
    had = out.event != ""
    own = set(out.event[had]) - set(end.event)
    early = had & (out.event != end.event)
    if way.origin == last.origin:
        early |= had & (out.time < end.time * (1 - TIE_TOLERANCE))  # an unknown time compares false
    return own or (set(out.event[had]) if early.any() else set())


def ordered(view: CohortView, codes: Sequence[str]) -> list[str]:
    """Codes in the order of the outcome variable that has them as levels, else in that of the registry."""
    rank = {code: i for i, code in enumerate(view.definition.events)}
    for variable in view.definition.variables:
        levels = [level.code for level in variable.levels]
        if variable.role == "outcome" and set(codes) <= set(levels):
            rank = {code: i for i, code in enumerate(levels)}
    return sorted(codes, key=lambda code: rank.get(code, len(rank)))


def flow_of(view: CohortView) -> Flow:
    """The flow of the whole cohort: inclusion, start, first event, last contact. It does not depend on the selection.

    Generic: events and reasons are those that occur on the two clocks of :func:`last_contact` and :func:`course`. A
    reason of the course that the last contact does not know, such as relapse follow-up that ends early, is a part of
    "no event recorded", because it says nothing of how the patient was last seen.
    """
    definition, cohort = view.definition, view.cohort
    last = last_contact(view)
    way = course(view, last)
    end = cohort.outcome(last)
    reasons = [r.code for r in definition.reasons if (end.reason == r.code).any()]
    fatal = ordered(view, sorted({e for e in end.event if e}))
    boxes: list[Box] = [Box(0, INCLUDED, "included", "step")]
    stages = [np.zeros(cohort.n, dtype=np.int64)]
    part = np.full(cohort.n, -1, dtype=np.int64)
    if way is not None:
        stages += _course_stages(view, way, last, reasons, boxes, part)
    stage = len(stages)
    ends = [Box(stage, r, definition.reason(r).label, "end") for r in reasons]
    ends += [Box(stage, e, definition.events.get(e, e), "end") for e in fatal]
    state = np.where(end.event != "", end.event, end.reason)
    stages.append(_placed(boxes, ends, np.where(np.isnan(end.time), NOT_REPORTED, state), stage))
    return Flow(tuple(boxes), np.array(stages), part, last, way)


def _course_stages(
    view: CohortView, way: Endpoint, last: Endpoint, reasons: Sequence[str], boxes: list[Box], part: np.ndarray
) -> list[np.ndarray]:
    """Start and first event; writes into ``boxes`` and ``part``."""
    definition, out = view.definition, view.cohort.outcome(way)
    seen = ~np.isnan(out.time)
    start = way.origin_label.partition(" from ")[2] or way.origin
    since = [view.cohort.outcome(e).time for e in definition.identified_endpoints if e.origin == way.origin]
    known = ~np.isnan(since).all(axis=0)  # whoever is followed from there by any clock
    started = _placed(boxes, [Box(1, STARTED, start, "step")], np.where(known, STARTED, NOT_REPORTED).astype(object), 1)
    events = ordered(view, sorted(on_the_way(view, way, last)))
    labels = [definition.events.get(e, e) for e in events]
    codes = np.where(np.isin(out.event, events), out.event, NO_EVENT)
    first = [Box(2, NO_EVENT, f"no {_in_common(labels)} recorded", "none")]
    first += [Box(2, e, label, "event") for e, label in zip(events, labels, strict=True)]
    place = _placed(boxes, first, np.where(seen, codes, NOT_REPORTED), 2)
    end = view.cohort.outcome(last).time
    # on one clock it shows whether anybody was followed on, and two words for one ending are no early one
    early = out.time < end * (1 - TIE_TOLERANCE) if way.origin == last.origin else seen
    for reason in definition.reasons:
        who = (out.reason == reason.code) & early
        if reason.code not in reasons and who.any():
            boxes.append(Box(2, reason.code, reason.label, "none", inside=NO_EVENT))
            part[who] = len(boxes) - 1
    return [started, place]


def _placed(boxes: list[Box], new: list[Box], codes: np.ndarray, stage: int) -> np.ndarray:
    """Append the boxes of a stage and return each patient's index into all boxes."""
    if (codes == NOT_REPORTED).any():
        new = [*new, Box(stage, NOT_REPORTED, "not reported", "missing")]
    index = {box.code: len(boxes) + i for i, box in enumerate(new)}
    boxes += new
    return np.array([index[code] for code in codes], dtype=np.int64)


def _in_common(labels: Sequence[str]) -> str:
    """The words all labels end with: "relapse" of "molecular relapse" and "morphological relapse"; else "event"."""
    words = [label.split() for label in labels]
    common: list[str] = []
    for position in zip(*(reversed(w) for w in words), strict=False):
        if len(set(position)) > 1:
            break
        common.insert(0, position[0])
    return " ".join(common) or "event"


@dataclass(frozen=True, eq=False)
class OverviewResult:
    """The flow, its counts, Table 1 and completeness of one view."""

    view: CohortView

    @cached_property
    def flow(self) -> Flow:
        """Boxes of the whole cohort and who is in them; kept with the cohort."""
        return self.view.cohort.once("flow", lambda: flow_of(self.view))

    @cached_property
    def boxes(self) -> pa.Table:
        """``box`` (index), ``n`` selected, ``whole`` in the cohort, ``ids`` of the selected; one row a box."""
        members = np.array([self.flow.members(i) for i in range(len(self.flow.boxes))])
        chosen = members & self.view.mask
        return pa.table(
            {
                "box": np.arange(len(members)),
                "n": chosen.sum(axis=1),
                "whole": members.sum(axis=1),
                "ids": pa.array([self._ids(who) for who in chosen], pa.string()),
            }
        )

    @cached_property
    def links(self) -> pa.Table:
        """``source``, ``target`` (boxes), ``n`` selected, ``whole``, ``ids``; one row a pair anybody went through."""
        place, size = self.flow.place, len(self.flow.boxes)
        pair = (place[:-1] * size + place[1:]).ravel()
        found, where = np.unique(pair, return_inverse=True)
        mask = np.tile(self.view.mask, len(place) - 1)
        n = np.bincount(where[mask], minlength=len(found))
        who = np.tile(np.arange(self.view.cohort.n), len(place) - 1)
        ids = [self._ids(who[(where == i) & mask]) for i in range(len(found))]
        return pa.table(
            {
                "source": found // size,
                "target": found % size,
                "n": n,
                "whole": np.bincount(where, minlength=len(found)),
                "ids": pa.array(ids, pa.string()),
            }
        )

    def _ids(self, who: np.ndarray) -> str:
        ids = self.view.cohort.ids[who]
        return ", ".join(ids[:12]) + ("…" if len(ids) > 12 else "")

    @cached_property
    def follow_up(self) -> dict | None:
        """Median follow-up of the selection on the clock to the last contact; None where nobody is in view."""
        out = self.view.cohort.outcome(self.flow.last)
        keep = self.view.mask & ~np.isnan(out.time)
        if not keep.any():
            return None
        table = life_table(out.time[keep], out.kind[keep], np.zeros(int(keep.sum()), dtype=np.int64), [WHOLE])
        return follow_up(table).to_pylist()[0]

    @cached_property
    def characteristics(self) -> Characteristics:
        """Rows of Table 1 and who is in each, at the cut-offs in force; kept with the cohort."""
        view = self.view
        cutoffs = view.selection.cutoffs
        return view.cohort.once(
            ("characteristics", cutoffs),
            lambda: Characteristics.read(view.cohort.patients, view.definition, dict(cutoffs)),
        )

    @cached_property
    def table_one(self) -> pa.Table:
        """Table 1 of the selection, together and by the groups in view (see ``statistics.table_one``)."""
        return self._table_one(self.view.mask, self.view.by)

    @cached_property
    def whole_table_one(self) -> pa.Table:
        """Table 1 of the whole cohort, for the column beside a selection: the same rows as :attr:`table_one`."""
        view = self.view
        everybody = np.ones(view.cohort.n, dtype=bool)
        found = view.cohort.once(("table_one", view.selection.cutoffs), lambda: self._table_one(everybody, by=None))
        if view.by is None:
            return found
        return found.filter(pc.not_equal(found["variable"], view.by.name))

    def _table_one(self, mask: np.ndarray, by: Variable | None) -> pa.Table:
        view = self.view
        cutoffs = dict(view.selection.cutoffs)
        return table_one(view.cohort.patients, view.definition, mask, by, cutoffs, self.characteristics)

    @cached_property
    def columns(self) -> tuple[tuple[str, int], ...]:
        """Columns of :attr:`table_one` with their number of patients: the total, then the groups."""
        view = self.view
        sizes = np.bincount(view.group_of[view.mask & (view.group_of >= 0)], minlength=len(view.groups))
        groups = [] if view.by is None else [(g.code, int(k)) for g, k in zip(view.groups, sizes, strict=True)]
        return ((TOTAL, view.n), *groups)

    @cached_property
    def completeness(self) -> pa.Table:
        """``variable``, ``n`` reported, ``of`` selected: every baseline and treatment variable."""
        return completeness(self.characteristics, self.view.mask)
