"""Table 1 as it may leave of private data: small counts masked, and what would give them away."""

from __future__ import annotations

import numpy as np

from cohort.disclosure import small_cells
from cohort.results.overview import OverviewResult
from cohort.selection import heading
from cohort.statistics import TOTAL


def masked_table_one(result: OverviewResult, threshold: int) -> list[dict[str, str]]:
    """Counts of every category and set by group, small ones and what would give them away masked.

    A category is one table of levels by groups; of a set, whose levels overlap, each level against the rest is one.
    Numbers are left out: a median or a range of few is somebody's value.

    Returns
    -------
    list of dict
        Characteristic, Level and one column a group, "" where masked; one row a level.
    """
    view, rows = result.view, []
    columns = [(code, n) for code, n in result.columns if code != TOTAL] or list(result.columns)
    titles = {TOTAL: "All selected", **{g.code: g.label for g in view.groups}}
    counts: dict[str, dict[str, dict[str, int]]] = {}
    for row in result.table_one.to_pylist():
        if row["part"] in ("level", "missing"):
            level = row["level"] if row["part"] == "level" else "not reported"
            counts.setdefault(row["variable"], {}).setdefault(level, {})[row["group"]] = row["n"]
    for name, by_level in counts.items():
        variable = view.definition.variable(name)
        matrix = np.array([[by_group.get(code, 0) for code, _ in columns] for by_group in by_level.values()])
        if variable.kind == "set":
            sizes = np.array([n for _, n in columns])
            hidden = np.array([small_cells(np.array([line, sizes - line]), threshold).cells[0] for line in matrix])
        else:
            hidden = small_cells(matrix, threshold).cells
        labels = {lv.code: lv.label for lv in variable.levels}
        for level, line, masks in zip(by_level, matrix, hidden, strict=True):
            cells = ["" if mask else str(n) for n, mask in zip(line, masks, strict=True)]
            said = {"Characteristic": heading(variable, view.selection), "Level": labels.get(level, level)}
            rows.append(said | {titles[code]: cell for (code, _), cell in zip(columns, cells, strict=True)})
    return rows
