"""Words of the sensitivity panels: who moves a number, what the lost could change, what another definition gives."""

from __future__ import annotations

import numpy as np

from cohort.behind import number_code
from cohort.estimand import HANDLINGS
from cohort.narrative.survival import group_label
from cohort.results.sensitivity import LOSSES, Definition, DefinitionRow, SensitivityResult
from cohort.statistics.sensitivity import TippingPoint
from cohort.wording import (
    NOT_ESTIMABLE,
    listed,
    missing,
    p_value,
    p_words,
    percent,
    percent_interval,
    plural,
    sentence_case,
)


def influence_sentence(result: SensitivityResult, rows: list[dict], month: float) -> str:
    """Which patient moves the estimate most, in both directions."""
    known = [r for r in rows if not missing(r["estimate"]) and not missing(r["with_all"])]
    when = result.view.estimand.when(month)
    if not known:
        return f"No estimate at {when} can be made with a patient left out."
    n = len(result.places)
    most = max(known, key=lambda r: abs(r["estimate"] - r["with_all"]))
    who = result.view.cohort.ids[most["place"]]
    group = "" if result.view.by is None else f" ({group_label(result.view, most['group'])})"
    moved = f"{percent(most['with_all'], n)} to {percent(most['estimate'], n)}"
    said = f"Leaving out patient {who}{group} moves the estimate at {when} most: from {moved}."
    return f"{said} {_decisive(result, rows, when)}".strip()


def _decisive(result: SensitivityResult, rows: list[dict], when: str) -> str:
    """Whom an estimate cannot do without; "" where there is nobody."""
    view = result.view
    needed = [
        f"{view.cohort.ids[r['place']]}" + ("" if view.by is None else f" ({group_label(view, r['group'])})")
        for r in rows if missing(r["estimate"]) and not missing(r["with_all"])
    ]  # fmt: skip
    if not needed:
        return ""
    who = f"patient {needed[0]}" if len(needed) == 1 else f"any one of patients {listed(needed)}"
    whose = "" if view.by is None else " of that group"
    return f"Without {who} there is no estimate{whose} at {when}."


def tests_sentence(result: SensitivityResult, found: np.ndarray, p: float) -> str:
    """The range of the exact p with one patient left out, and who makes it."""
    known = np.flatnonzero(~np.isnan(found))
    if not len(known):
        return "With any patient left out the test is not defined."
    ids = result.view.cohort.ids[result.compared]
    most = known[np.abs(np.log(found[known]) - np.log(p)).argmax()]
    low, high = float(np.nanmin(found)), float(np.nanmax(found))
    return (
        f"Removing patient {ids[most]} moves the exact p from {p_value(p)} to {p_value(float(found[most]))}. With one "
        f"patient left out it lies between {p_value(low)} and {p_value(high)}."
    )


def most_influential(result: SensitivityResult, found: np.ndarray, p: float, count: int = 3) -> list[tuple[str, str]]:
    """(patient, "p 0.005 → 0.024") of those who move the exact p most."""
    known = [i for i in np.flatnonzero(~np.isnan(found)) if p_value(float(found[i])) != p_value(p)]
    ids = result.view.cohort.ids[result.compared]
    order = sorted(known, key=lambda i: -abs(np.log(found[i]) - np.log(p)))
    return [(str(ids[i]), f"p {p_value(p)} → {p_value(float(found[i]))}") for i in order[:count]]


# ---- the lost --------------------------------------------------------------------------------------------------------


def lost_sentence(result: SensitivityResult) -> str:
    """How many were lost, and what that leaves open."""
    n, d = int(result.lost.sum()), int(result.view.in_view.sum())
    if not any(reason.lost for reason in result.view.definition.reasons):
        return "No reason for leaving is marked as loss to follow-up in this cohort's dictionary."
    if not n:
        return "Nobody in view was lost to follow-up on this clock."
    ids = [str(i) for i in result.view.cohort.ids[result.lost]]
    who = f" ({listed(ids)})" if n <= 20 else ""
    verb = "was" if n == 1 else "were"
    if_so = "each of them had the event at last contact, or none of them ever"
    if n == 1:
        if_so = "this patient had the event at last contact, or never"
    return f"{n} of {plural(d, 'patient')}{who} {verb} lost to follow-up. Had {if_so}, the estimates would be:"


def lost_table(result: SensitivityResult) -> list[dict[str, str]]:
    """Estimates at the landmarks under each assumption, and who is known to be how, one row a group and month."""
    view = result.view
    names = {"censored": "As recorded (censored)", "event": "All had the event", "free": "None had the event"}
    rows = []
    for code, month in _lost_rows(result):
        when = view.estimand.when(month)
        label = when if view.by is None else f"{group_label(view, code)}, {when}"
        estimates = {names[k]: _estimate(result.loss_estimates[k].get((code, month)), result) for k in LOSSES}
        known = dict(zip(KNOWN, map(str, result.crude(code, month)), strict=True))
        rows.append({"": label, **estimates, **known})
    return rows


KNOWN = {"Known free then": "free", "With the event by then": "had", "Unknown then": "unknown"}
"""Columns that count patients by what is known of them at the month, and the name of each count."""


def lost_opened(result: SensitivityResult) -> dict[tuple[int, str], str]:
    """Names of the numbers in :func:`lost_table` that open their patients, by row and column."""
    return {
        (i, column): number_code(what, code, month)
        for i, (code, month) in enumerate(_lost_rows(result)) for column, what in KNOWN.items()
    }  # fmt: skip


def _lost_rows(result: SensitivityResult) -> list[tuple[str, float]]:
    """Group and month of each row: those with an estimate under some assumption."""
    return [
        (g.code, month)
        for g in result.view.groups for month in result.view.endpoint.landmarks
        if any((g.code, month) in result.loss_estimates[loss] for loss in LOSSES)
    ]  # fmt: skip


def _estimate(row: dict | None, result: SensitivityResult) -> str:
    value = None if row is None else row[result.survival.estimate]
    if missing(value):
        return NOT_ESTIMABLE
    n = int(result.view.in_view.sum())
    return f"{percent(value, n)} ({percent_interval(row['lower'], row['upper'], n)})"


def tipping_sentence(result: SensitivityResult, found: TippingPoint) -> str:
    """The fewest lost patients that would move p across 0.05, or that none do."""
    ids = result.view.cohort.ids[result.compared]
    if missing(found.p):
        return "The test is not defined here, so there is no tipping point."
    if found.patients is None:
        return (
            f"No choice among the lost having the event at last contact moves the exact p ({p_value(found.p)}) across "
            f"0.05; with all of them it is {p_value(found.p_all)}."
        )
    who = listed([str(i) for i in ids[list(found.patients)]])
    one = len(found.patients) == 1
    return (
        f"Tipping point: {'one lost patient' if one else f'{len(found.patients)} lost patients'} having the event at "
        f"last contact (patient{'' if one else 's'} {who}) would move the exact p from {p_value(found.p)} to "
        f"{p_value(found.p_tipped)}; with all of the lost it is {p_value(found.p_all)}."
    )


# ---- the grid --------------------------------------------------------------------------------------------------------


def grid_sentence(rows: tuple[DefinitionRow, ...], when: str, n: int) -> str:
    """The range over all definitions at a time in words, with the one in view."""
    known = [r for r in rows if not missing(r.estimate)]
    if not known:
        return f"No definition gives an estimate at {when}."
    low, high = min(r.estimate for r in known), max(r.estimate for r in known)
    if len(rows) == 1:
        tested = f"; exact {p_words(rows[0].p)}" if not missing(rows[0].p) else ""
        return (
            f"There is one definition only: the share free of the event at {when} is {percent(low, n)}{tested}. What "
            "could be counted otherwise would need another event or another time zero in the data."
        )
    text = (
        f"Over {plural(len(rows), 'definition')} the share free of the event at {when} runs from "
        f"{percent(low, n)} to {percent(high, n)}"
    )
    here = next((r for r in known if r.definition.current), None)
    text += f"; the one in view gives {percent(here.estimate, n)}" if here else ""
    tested = [r.p for r in known if not missing(r.p)]
    if tested:
        text += f". The exact p runs from {p_value(min(tested))} to {p_value(max(tested))}"
        text += f"; in view {p_words(here.p)}" if here and not missing(here.p) else ""
    return text + "."


def grid_caption(result: SensitivityResult) -> str:
    """How to read the grid: whom the estimates are of, and what the choices mean."""
    text = "The line in view is outlined. Estimates are of all patients in view together"
    text += f"; p compares the groups of {result.view.by_label}. " if result.view.by else ". "
    return text + (
        "Where an event competes, the share is one minus the cumulative incidence. Assumed of the lost: the event at "
        "last contact, or none to the end of follow-up."
    )


def grid_columns(result: SensitivityResult) -> tuple[str, ...]:
    """Heads of the grid's columns of choices."""
    heads = [sentence_case(h.label) for h in result.handled]
    if len({d.loss for d in result.definitions}) > 1:
        heads.append("Lost to follow-up")
    return (*heads, *(["Cut-off"] if result.definitions[0].cutoff else []))


def grid_choices(result: SensitivityResult, definition: Definition) -> tuple[str, ...]:
    """One definition's choices, in the order of :func:`grid_columns`."""
    found = [HANDLINGS[how] for _, how in definition.handling]
    if len({d.loss for d in result.definitions}) > 1:
        found.append(LOSSES[definition.loss])
    return (*found, *([result.view.by.cutoff_label(definition.cutoff)] if definition.cutoff else []))


def grid_estimate(row: DefinitionRow, n: int) -> str:
    """ "66 % (37–88 %)"."""
    return NOT_ESTIMABLE if missing(row.estimate) else (
        f"{percent(row.estimate, n)} ({percent_interval(row.lower, row.upper, n)})"
    )  # fmt: skip


def grid_table(result: SensitivityResult, rows: tuple[DefinitionRow, ...], month: float) -> list[dict[str, str]]:
    """The grid as printed, one row a definition."""
    n = int(result.view.in_view.sum())
    columns = grid_columns(result)
    return [
        {
            "": "in view" if row.definition.current else "",
            **dict(zip(columns, grid_choices(result, row.definition), strict=True)),
            "Events": str(row.n_event),
            f"Free of the event at {result.view.estimand.when(month)}": grid_estimate(row, n),
            "Exact p": p_value(row.p) if row.p is not None else "not asked for",
        }
        for row in rows
    ]
