"""The rows of the forest: every level of every variable that was known before the outcome, in a fixed order.

Categories have their levels, sets each member and those without it, numbers the two sides of every cut-point that the
dictionary fixes. No other cut-point is offered and none is searched for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from cohort.behind import SIDES, cut_code, cut_sides, level_code, set_labels
from cohort.dictionary import NOT_REPORTED, CohortDefinition, Variable
from cohort.selection import heading
from cohort.view import CohortView

PRE_SPECIFIED = "brief"
"""Group of the variables that come first. In a cohort that comes with the product these were named before the data were
looked at and all others are exploratory; of somebody's own data nobody said so (:func:`part_of`)."""


@dataclass(frozen=True, eq=False)
class Row:
    """One level of a variable.

    Attributes
    ----------
    label, factor : the row and the factor it belongs to, in words
    split : number of the factor; rows of one split part the patients
    colour : of the level in the dictionary, "" where it has none
    inside, reported : who is in the row, and whose value is known at all: bool arrays, shape (n,)
    code_of : names a count of the row so that a click can open it: (what, month) to a code of :mod:`cohort.behind`
    """

    variable: Variable
    label: str
    factor: str
    split: int
    colour: str
    inside: np.ndarray
    reported: np.ndarray
    code_of: Callable[[str, float | None], str]


def parts_of(definition: CohortDefinition) -> tuple[str, str]:
    """What the first and the other variables of a cohort are: "pre-specified" where somebody said so, else neutral."""
    return ("main", "further") if definition.kind == "private" else ("pre-specified", "exploratory")


def part_of(definition: CohortDefinition, variable: Variable) -> str:
    """The part of the forest a variable stands in, one of :func:`parts_of`."""
    return parts_of(definition)[variable.group != PRE_SPECIFIED]


def rows_of(view: CohortView) -> tuple[Row, ...]:
    """Every row of the forest in dictionary order, PRE_SPECIFIED variables first; the same whatever is selected."""
    return view.cohort.recall(("subgroup rows", view.selection.cutoffs), lambda: _rows(view))


def _rows(view: CohortView) -> tuple[Row, ...]:
    filters = view.definition.filters
    first = [v for v in filters if v.group == PRE_SPECIFIED]
    rows: list[Row] = []
    for variable in first + [v for v in filters if v.group != PRE_SPECIFIED]:
        for factor, parts in _splits(view, variable):
            known = np.logical_or.reduce([p.inside for p in parts if p.reported])
            split = rows[-1].split + 1 if rows else 0
            rows += [Row(variable, p.label, factor, split, p.colour, p.inside, known, p.code_of) for p in parts]
    return tuple(rows)


class _Part(NamedTuple):
    """One row while its factor is put together; ``reported`` is whether it stands for a known value."""

    label: str
    inside: np.ndarray
    code_of: Callable[[str, float | None], str]
    reported: bool = True
    colour: str = ""


def _splits(view: CohortView, variable: Variable) -> list[tuple[str, list[_Part]]]:
    """The ways a variable parts the patients: its levels, each member of a set, each fixed cut-point of a number."""
    name = variable.name
    if variable.kind == "number":
        unit = f" {variable.unit}" if variable.unit else ""
        return [(f"{variable.label}, cut at {cut:g}{unit}", _sides(view, variable, cut)) for cut in variable.cuts]
    member = view.cohort.membership(variable, view.selection.cutoff(variable))
    if variable.kind == "category":
        parts = [
            _Part(lv.label, member[i], _level_codes(name, lv.code, "level"), lv.code != NOT_REPORTED, lv.colour)
            for i, lv in enumerate(variable.levels)
        ]
        return [(heading(variable, view.selection), parts)]
    splits = []
    for level, inside in zip(variable.levels, member, strict=True):
        listed, lacking = set_labels(level)
        pair = [
            _Part(listed, inside, _level_codes(name, level.code, "level")),
            _Part(lacking, ~inside, _level_codes(name, level.code, "lack")),
        ]
        splits.append((f"{variable.label}: {level.label}", pair))
    return splits


def _level_codes(name: str, level: str, prefix: str) -> Callable[[str, float | None], str]:
    return lambda what, month=None: level_code(name, level, prefix + what, month)


def _sides(view: CohortView, variable: Variable, cut: float) -> list[_Part]:
    def codes(side: str) -> Callable[[str, float | None], str]:
        return lambda what, month=None: cut_code(variable.name, cut, side, "cut" + what, month)

    sides = cut_sides(view, variable, cut)
    return [
        _Part(*sides[side], codes(side), reported=side != "unknown")
        for side in SIDES
        if side != "unknown" or sides[side][1].any()
    ]
