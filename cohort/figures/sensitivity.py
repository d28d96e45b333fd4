"""From a sensitivity result to its figures."""

from __future__ import annotations

import textwrap

import numpy as np
import pyarrow as pa

from cohort.charts import definitions, influence
from cohort.narrative import sensitivity as words
from cohort.results.sensitivity import DefinitionRow, SensitivityResult
from cohort.view import CohortView
from cohort.wording import missing, p_value, percent

NAMED, TALLEST = 60, 20
"""Marks carry the patient's id up to this many patients, and up to this many on top of one another."""

EVERYBODY = "everybody"


def estimate_strip(result: SensitivityResult, rows: list[dict], month: float, appearance: str) -> dict:
    """The estimate at a month with each patient left out."""
    view = result.view
    known = [r for r in rows if not missing(r["estimate"])]
    n = len(result.places)
    values = [100 * r["estimate"] for r in known]
    whole = {r["group"]: 100 * r["with_all"] for r in known if not missing(r["with_all"])}
    what = "Cumulative incidence" if result.survival.estimate == "incidence" else "Kaplan–Meier estimate"
    return _strip(
        view,
        f"{what} at {view.estimand.when(month)} with one patient left out",
        (0.0, 100.0),
        [
            (r["group"], str(view.cohort.ids[r["place"]]), v, percent(v / 100, n))
            for r, v in zip(known, values, strict=True)
        ],
        whole,
        appearance,
    )


def test_strip(result: SensitivityResult, found: np.ndarray, p: float, appearance: str) -> dict:
    """The exact p with each patient left out, on a log axis."""
    view = result.view
    group = view.group_of[result.compared]
    marks = [
        (view.groups[group[i]].code, str(view.cohort.ids[place]), float(found[i]), f"p {p_value(float(found[i]))}")
        for i, place in enumerate(result.compared) if not np.isnan(found[i])
    ]  # fmt: skip
    return _strip(
        view,
        "Exact p with one patient left out (log scale)",
        (0.0005, 1.0),
        marks,
        {"": p},
        appearance,
        log=True,
    )


def definitions_grid(
    result: SensitivityResult, rows: tuple[DefinitionRow, ...], month: float, appearance: str = "light"
) -> dict:
    """Every definition with its estimate, the one in view outlined."""
    columns, n = words.grid_columns(result), int(result.view.in_view.sum())
    choices = [words.grid_choices(result, row.definition) for row in rows]
    heads = tuple("\n".join(textwrap.wrap(c, 22)) for c in columns)
    widths = tuple(
        max(max(len(line) for line in head.split("\n")), *(len(c[i]) for c in choices)) for i, head in enumerate(heads)
    )
    frame = definitions.Frame(
        heads,
        widths,
        len(rows),
        f"Free of the event at {result.view.estimand.when(month)}",
        any(r.p is not None for r in rows),
        appearance,
    )
    cells = {
        "row": pa.array(range(len(rows)), pa.int64()),
        "current": pa.array([r.definition.current for r in rows]),
        **{
            name: pa.array([None if missing(v) else 100 * v for v in (getattr(r, field) for r in rows)], pa.float64())
            for name, field in (("est", "estimate"), ("lo", "lower"), ("hi", "upper"))
        },
        "text": pa.array([words.grid_estimate(r, n) for r in rows], pa.string()),
        "p": pa.array([p_value(r.p) for r in rows], pa.string()),
        **{f"c{i}": pa.array([c[i] for c in choices], pa.string()) for i in range(len(columns))},
    }
    return definitions.figure(frame, pa.table(cells), result.view.cohort.recall)


def _strip(
    view: CohortView,
    title: str,
    domain: tuple[float, float],
    marks: list[tuple[str, str, float, str]],
    whole: dict[str, float],
    appearance: str,
    log: bool = False,
) -> dict:
    groups, values = view.groups, [value for _, _, value, _ in marks]
    rows = influence.stacked(values, domain, log)
    named = len(marks) <= NAMED and max(rows, default=0) < TALLEST
    if not named:
        rows = influence.stacked(values, domain, log, influence.FINE_BINS)
    height = 4 * -(-(max(rows, default=0) + 1) // 4)
    frame = influence.Frame(groups, title, log, domain, height, named, len(whole), appearance)
    labels = {g.code: g.label for g in groups} if len(groups) > 1 else {}
    middle = (domain[0] * domain[1]) ** 0.5 if log else sum(domain) / 2
    return influence.figure(
        frame,
        {
            "patients": pa.table(
                {
                    "g": pa.array([m[0] for m in marks], pa.string()),
                    "who": pa.array([m[1] for m in marks], pa.string()),
                    "x": pa.array([m[2] for m in marks], pa.float64()),
                    "said": pa.array([m[3] for m in marks], pa.string()),
                    "row": pa.array(rows, pa.int64()),
                }
            ),
            "all": pa.table(
                {
                    "g": pa.array(list(whole), pa.string()),
                    "x": pa.array(list(whole.values()), pa.float64()),
                    "said": pa.array([f"all of {labels[g]}" if g in labels else EVERYBODY for g in whole], pa.string()),
                    "line": pa.array(range(len(whole)), pa.int64()),
                    "side": pa.array(["left" if x < middle else "right" for x in whole.values()], pa.string()),
                }
            ),
        },
        view.cohort.recall,
    )
