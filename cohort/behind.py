"""From a number on screen to the patients it counts.

A number is named by a short code that stands in the link: what is counted, in which group, before or at which month
("risk~adverse~24"), which level of a variable ("level~sex~female"), or which part of a number split at one of its fixed
cut-points ("cut~age~60~low"). Patients are found by asking the same outcome and selection the number was computed from,
never by a list kept beside it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from cohort.dictionary import Level, Variable
from cohort.selection import heading
from cohort.statistics.life_table import TIE_TOLERANCE
from cohort.view import WHOLE, CohortView
from cohort.wording import in_months, months, plural

SEPARATOR, WITHIN, EVERYBODY = "~", "@", "all"
COUNTED = ("n", "risk", "event", "competing", "censored", "free", "had", "unknown")
"""What a number of a group can count; the last three by what is known of the patients at a month."""

SIDES = ("low", "high", "unknown")
"""Below a cut-point, at or above it, not reported."""

NONE_REPORTED = "none_reported"
"""Code of a set's level that says no other is reported."""


@dataclass(frozen=True, eq=False)
class Behind:
    """Who is behind a number: the number in words, and places in the patient table."""

    code: str
    words: str
    places: np.ndarray


def number_code(what: str, group: str = WHOLE, month: float | None = None) -> str:
    """Name of a number of the survival figure or its table; ``what`` is one of COUNTED."""
    parts = [what, EVERYBODY if group == WHOLE else group] + ([] if month is None else [f"{month:g}"])
    return SEPARATOR.join(parts)


def level_code(variable: str, level: str, what: str = "level", month: float | None = None, group: str = "") -> str:
    """Name of a count of a variable's level, within one group of the view if ``group`` names one.

    ``what`` is "level" (selected), "levelin" (selected, with the outcome reported), "levelevent" (with the event) or
    "levelrisk" (at risk at ``month``); with "lack" for "level", the same of those whom a set does not list it for.
    """
    within = [WITHIN + group] if group else []
    return SEPARATOR.join((what, variable, level, *([] if month is None else [f"{month:g}"]), *within))


def cut_code(variable: str, cut: float, side: str, what: str = "cut", month: float | None = None) -> str:
    """Name of a count of one side of a number's cut-point, one of SIDES; ``what`` as in :func:`level_code`."""
    return SEPARATOR.join((what, variable, f"{cut:g}", side, *([] if month is None else [f"{month:g}"])))


def behind(view: CohortView, code: str) -> Behind | None:
    """The patients behind a number of this view; None where the code names no number here.

    The code comes from a link or the browser, so nothing in it is taken on trust.
    """
    what, *parts = code.split(SEPARATOR)
    for prefix, members in (("level", _level), ("lack", _lack), ("cut", _cut)):
        if what.startswith(prefix):
            return _of_variable(view, code, what.removeprefix(prefix), members, parts)
    if what in COUNTED and len(parts) in (1, 2):
        return _of_group(view, code, what, *parts)
    return None


Found = tuple[str, np.ndarray] | None


def _of_variable(view: CohortView, code: str, what: str, members, parts: list[str]) -> Behind | None:
    group = parts.pop().removeprefix(WITHIN) if parts and parts[-1].startswith(WITHIN) else ""
    codes = [g.code for g in view.groups]
    if group and group not in codes:
        return None
    month = _month(parts.pop()) if what == "risk" and parts else None
    if what not in ("", "in", "event", "risk") or not parts or (what == "risk" and month is None):
        return None
    name, *rest = parts
    try:
        variable = view.definition.variable(name)
    except KeyError:
        return None
    found = members(view, variable, rest) if variable.is_filter else None
    if found is None:
        return None
    words, inside = found
    inside = inside & (view.in_view if what else view.mask)
    if group:
        words = f"{view.groups[codes.index(group)].label}, {words}"
        inside = inside & (view.group_of == codes.index(group))
    if what == "event":
        inside, words = inside & (view.outcome.kind == 1), f"{words}, {view.endpoint.event_label}"
    if what == "risk":
        inside, words = inside & ~_before(view, month), f"{words}, at risk at {view.estimand.when(month)}"
    return _found(code, words, inside)


def _level(view: CohortView, variable: Variable, rest: list[str]) -> Found:
    codes = [level.code for level in variable.levels]
    if variable.kind == "number" or len(rest) != 1 or rest[0] not in codes:
        return None
    member = view.cohort.membership(variable, view.selection.cutoff(variable))[codes.index(rest[0])]
    level = variable.level(rest[0])
    label = set_labels(level)[0] if variable.kind == "set" else level.label
    return f"{heading(variable, view.selection)} {label}", member


def _lack(view: CohortView, variable: Variable, rest: list[str]) -> Found:
    found = _level(view, variable, rest) if variable.kind == "set" else None
    return found and (f"{variable.label} {set_labels(variable.level(rest[0]))[1]}", ~found[1])


def set_labels(level: Level) -> tuple[str, str]:
    """Those whom a set lists a level for and the others, in words: not reported is never wild type."""
    if level.code == NONE_REPORTED:
        return level.label, "at least one reported"
    return f"{level.label} reported", f"{level.label} not reported"


def _cut(view: CohortView, variable: Variable, rest: list[str]) -> Found:
    cut = next((c for c in variable.cuts if len(rest) == 2 and f"{c:g}" == rest[0]), None)
    if cut is None or rest[1] not in SIDES:
        return None
    words, inside = cut_sides(view, variable, cut)[rest[1]]
    unit = f" {variable.unit}" if variable.unit and rest[1] != "unknown" else ""
    return f"{variable.label} {words}{unit}", inside


def cut_sides(view: CohortView, variable: Variable, cut: float) -> dict[str, tuple[str, np.ndarray]]:
    """Each of SIDES in words, and who of the cohort is there: bool array, shape (n,)."""
    values = view.cohort.numbers(variable)
    return {
        "low": (f"< {cut:g}", values < cut),
        "high": (f"≥ {cut:g}", values >= cut),
        "unknown": ("not reported", np.isnan(values)),
    }


def _before(view: CohortView, time: float) -> np.ndarray:
    """Whose observation ended before a time: bool array, shape (n,)."""
    # The tolerance of the life table's ties: a time converted from days may differ in its last digit
    return view.outcome.time < time * (1 - TIE_TOLERANCE)


def _of_group(view: CohortView, code: str, what: str, group: str, month: str | None = None) -> Behind | None:
    codes = [EVERYBODY if g.code == WHOLE else g.code for g in view.groups]
    if group not in codes:
        return None
    place = codes.index(group)
    inside, out = view.in_view & (view.group_of == place), view.outcome
    name = "" if view.by is None else f"{view.groups[place].label}, "
    time = None if month is None else _month(month)
    if time is None and (month is not None or what in _KNOWN):
        return None
    before = np.ones(len(inside), dtype=bool) if time is None else _before(view, time)
    until = "" if time is None else f" before {view.estimand.when(time)}"
    kind = {"event": 1, "competing": 2, "censored": 0}.get(what)
    if what == "n":
        words = "patients"
    elif what in _KNOWN:
        had = (out.kind == 1) & (out.time <= time * (1 + TIE_TOLERANCE))
        unknown = (out.kind == 0) & before
        inside = inside & {"free": ~had & ~unknown, "had": had, "unknown": unknown}[what]
        words = f"{_KNOWN[what]} {view.estimand.when(time)}"
    elif what == "risk":
        inside = inside & ~before if time else inside
        words = f"at risk at {view.estimand.when(time or 0)}"
    else:
        inside = inside & (out.kind == kind) & before
        words = {"event": view.endpoint.event_label, "competing": "had a competing event", "censored": "were censored"}
        words = words[what] + until
    found = _found(code, name + words, inside)
    if what == "risk" and len(view.groups) > TOLD_APART:
        found = replace(found, words=f"{found.words} (events and censored: open them in the table of estimates)")
    return found


_KNOWN = {"free": "known to be free of the event at", "had": "known to have had the event by", "unknown": "unknown at"}

TOLD_APART = 2
"""Up to so many groups, events and censored have rows of their own under the axis; with more, at risk opens alone."""


def _month(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 <= value < 1e6 else None


def _found(code: str, words: str, inside: np.ndarray) -> Behind:
    places = np.flatnonzero(inside)
    return Behind(code, f"{words}: {plural(len(places), 'patient')}", places)


def course_of(view: CohortView, place: int) -> str:
    """What happened to one patient on the clock in view: "molecular relapse at 13 months"."""
    out, definition = view.outcome, view.definition
    if np.isnan(out.time[place]):
        return "not at risk here"
    what = out.event[place] or out.reason[place]
    label = definition.events.get(what) or definition.reason(what).label
    low, high = out.time[place], (out.time if out.time_hi is None else out.time_hi)[place]
    when = in_months(low) if low == high else f"{months(low)}–{in_months(high)}"
    return f"{label} at {when}"
