"""What a view would give away if it were exported, and what disclosure control would hide of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow.compute as pc

from cohort.dictionary import Variable
from cohort.disclosure import Policy, rounded_curve, small_cells
from cohort.selection import heading
from cohort.tables import Cohort
from cohort.view import CohortView
from cohort.wording import listed

EVENTS = ("with the event", "with a competing event", "censored")


@dataclass(frozen=True)
class Preview:
    """What an export of one view shows, and what of it the policy hides.

    Attributes
    ----------
    n, whole : patients in the view and in the cohort
    licence : the data's licence, "" where none is stated
    counts, small, masked : counts shown, those from 1 to below the threshold, and those masked because of them
    smallest, where : the smallest count above 0 and what it counts; 0 and "" where there is none
    distinguished_by : labels of the variables that make the view, by filter or grouping
    unique, unique_in_listing : patients alone with their values of those, or of all baseline and treatment variables
    steps, rounded_steps : times at which somebody leaves the curves, and those left after rounding
    """

    policy: Policy
    n: int
    whole: int
    licence: str
    counts: int
    small: int
    masked: int
    smallest: int
    where: str
    distinguished_by: tuple[str, ...]
    unique: int
    unique_in_listing: int
    steps: int
    rounded_steps: int

    @property
    def left_out(self) -> int:
        """Patients of the cohort who are not in the view."""
        return self.whole - self.n

    @property
    def differs_by_few(self) -> bool:
        """Whether numbers about few people follow by subtracting the view from the whole cohort."""
        return 0 < self.left_out < self.policy.threshold

    @property
    def sentences(self) -> tuple[str, ...]:
        """The preview in plain words."""
        found = [f"The view holds {self.n} of {self.whole} patients."]
        if self.smallest:
            found.append(f"The smallest count it shows is {self.smallest} ({self.where}).")
        if self.distinguished_by:
            words = listed(list(self.distinguished_by))
            found.append(f"{_alone(self.unique)} with these values of {words}.")
        found.append(f"{_alone(self.unique_in_listing)} with these values of all characteristics in the listing.")
        if not self.policy.hides:
            licence = f" ({self.licence})" if self.licence else ""
            return (*found, f"The data are open{licence}: nothing is hidden.")
        return (*found, *self._hidden())

    def _hidden(self) -> Iterator[str]:
        k = self.policy.threshold
        if self.differs_by_few:
            yield (
                f"It leaves out {self.left_out}: their numbers follow by subtracting the view from the whole cohort. "
                f"Leave out none, or at least {k}."
            )
        if self.small:
            yield (
                f"{self.masked} of {self.counts} counts would be masked: {self.small} because they lie between 1 and "
                f"{k - 1}, {self.masked - self.small} so that none of those follows from a total."
            )
        if self.policy.rounded_curves and self.rounded_steps < self.steps:
            yield (
                f"Curves would have {self.rounded_steps} instead of {self.steps} steps, so that at least {k} patients "
                "leave at each."
            )
        if not self.policy.listing:
            yield "The listing, the swimmer plot, profiles and files of single patients would be left out."


def preview(view: CohortView, policy: Policy) -> Preview:
    """What an export of this view would show.

    Counted are the selected patients by level of every baseline and treatment variable, by ending on the endpoint in
    view and by term of patient-level adverse events, each in every group of the figure and in all.
    """
    counts = small = masked = smallest = 0
    where = ""
    hidden_groups, hidden_total = np.zeros(len(view.groups), dtype=bool), False
    for title, rows, table in _tables(view):
        grouped = len(view.groups) > 1
        mask = small_cells(table if grouped else table[:, 0], policy.threshold)
        inner = np.hstack([table, table.sum(axis=1, keepdims=True)]) if grouped else table
        counts += inner.size
        small += int(((inner > 0) & (inner < policy.threshold)).sum())
        masked += int(mask.cells.sum() + (mask.row_totals.sum() if grouped else 0))
        if grouped:
            hidden_groups |= mask.column_totals
        hidden_total |= mask.total
        least = int(table[table > 0].min(initial=view.n + 1))
        if least <= view.n and (not smallest or least < smallest):
            row, group = np.argwhere(table == least)[0]
            place = f" in {view.groups[group].label}" if grouped else ""
            smallest, where = least, f"{title}: {rows[row]}{place}"
    sizes = np.bincount(view.group_of[view.mask & (view.group_of >= 0)], minlength=len(view.groups))
    totals = np.array([*(sizes if len(sizes) > 1 else ()), view.n])
    counts += len(totals)
    small += int(((totals > 0) & (totals < policy.threshold)).sum())
    masked += int(hidden_groups.sum()) + int(hidden_total)
    chosen = _distinguishing(view)
    return Preview(
        policy=policy,
        n=view.n,
        whole=view.cohort.n,
        licence=str(view.definition.licence.get("name", "")),
        counts=counts,
        small=small,
        masked=masked,
        smallest=smallest,
        where=where,
        distinguished_by=tuple(heading(v, view.selection) for v in chosen),
        unique=_unique(view, chosen),
        unique_in_listing=_unique(view, view.definition.filters),
        steps=view.life_table.num_rows,
        rounded_steps=rounded_curve(view.life_table, policy.threshold).num_rows,
    )


def _alone(n: int) -> str:
    return (
        "No patient is the only one"
        if n == 0
        else f"{n} patient is the only one"
        if n == 1
        else f"{n} patients are each the only one"
    )


def _tables(view: CohortView) -> Iterator[tuple[str, list[str], np.ndarray]]:
    """Counts an export shows: title, row labels, int array of shape (rows, groups); rows add up to the group."""
    group = np.zeros((view.cohort.n, len(view.groups)), dtype=np.int64)
    places = np.flatnonzero(view.mask & (view.group_of >= 0))
    group[places, view.group_of[places]] = 1
    yield "Outcome", list(EVENTS), _by_row([view.outcome.kind == k for k in (1, 2, 0)], group * view.in_view[:, None])
    for variable in view.definition.filters:
        if variable.kind == "number":
            continue
        member = view.cohort.membership(variable, view.selection.cutoff(variable))
        title, labels = heading(variable, view.selection), [lv.label for lv in variable.levels]
        if variable.kind == "set":
            yield from _with_and_without(title, labels, member, group)
        elif variable is not view.by:
            yield title, labels, _by_row(member, group)
    events = view.cohort.table("ae_events")
    if events is not None:
        terms = list(dict.fromkeys(events["term"].to_pylist()))
        who = [_patients_with(view.cohort, events, term) for term in terms]
        yield from _with_and_without("Adverse event", terms, who, group)


def _by_row(member, group: np.ndarray) -> np.ndarray:
    return np.asarray(member).astype(np.int64) @ group


def _with_and_without(
    title: str, labels: list[str], member, group: np.ndarray
) -> Iterator[tuple[str, list[str], np.ndarray]]:
    for label, has in zip(labels, member, strict=True):
        yield title, [label, f"{label} not reported"], _by_row([has, ~has], group)


def _patients_with(cohort: Cohort, events, term: str) -> np.ndarray:
    return np.isin(cohort.ids, events.filter(pc.equal(events["term"], term))["patient_id"].to_pylist())


def _distinguishing(view: CohortView) -> tuple[Variable, ...]:
    names = {name for name, _ in (*view.selection.levels, *view.selection.ranges)} | {view.options.by}
    return tuple(v for v in view.definition.filters if v.name in names)


def _unique(view: CohortView, variables: tuple[Variable, ...]) -> int:
    """Selected patients whose combination of values no other selected patient has."""
    columns = [np.zeros(view.cohort.n)]
    for variable in variables:
        if variable.kind == "number":
            columns.append(np.nan_to_num(view.cohort.numbers(variable), nan=-np.finfo(float).max))
        elif variable.kind == "set":
            columns += list(view.cohort.membership(variable))
        else:
            columns.append(view.cohort.group_index(variable, view.selection.cutoff(variable)))
    _, times = np.unique(np.column_stack(columns)[view.mask], axis=0, return_counts=True)
    return int((times == 1).sum())
