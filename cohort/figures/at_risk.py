"""The survival figure with one row a group under the axis: the number at risk, nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import pyarrow as pa

from cohort.charts import kaplan_meier


@dataclass(frozen=True)
class AtRiskFrame(kaplan_meier.Frame):
    """One row a group under the axis, however few groups there are."""

    @classmethod
    def of(cls, frame: kaplan_meier.Frame) -> AtRiskFrame:
        """The same frame with these rows."""
        return cls(**{f.name: getattr(frame, f.name) for f in fields(frame)})

    @property
    def stacked(self) -> bool:
        return False


def at_risk_rows(at_ticks: pa.Table, frame: kaplan_meier.Frame, heads: Mapping[str, str]) -> dict[str, pa.Table]:
    """Cells and heads of the table under the axis; ``heads`` says what stands before each group's row."""
    row = {g.code: i for i, g in enumerate(frame.groups, 1)}
    cells = [
        {"g": r["group"], "row": row[r["group"]], "x": r["time"], "text": str(r["n_risk"]), "code": "", "now": ""}
        for r in at_ticks.to_pylist()
    ]
    said = [{"g": kaplan_meier.WHOLE, "row": 0, "text": "Number at risk"}]
    said += [{"g": g.code, "row": row[g.code], "text": heads[g.code]} for g in frame.groups]
    return {"cells": pa.Table.from_pylist(cells), "heads": pa.Table.from_pylist(said)}
