"""Measurable residual disease of the patients shown: results by assay, cut-offs, and who is positive by which rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from cohort.dictionary import Variable
from cohort.view import CohortView


@dataclass(frozen=True)
class Definition:
    """One way to call a patient MRD-positive, whom it selects, and whether it is the filter in force."""

    words: str
    ids: tuple[str, ...]
    in_force: bool = False


@dataclass(frozen=True, eq=False)
class MrdResult:
    """MRD of the patients in ``mask`` (bool array, shape (n,)). A transcript ratio is never put beside a cell count."""

    view: CohortView
    mask: np.ndarray

    @cached_property
    def whole(self) -> dict[str, pa.Table]:
        """Results of the whole cohort by assay, in the order of the file.

        Columns: patient_id, assay, call, value_pct (null without a number), unit, raw.
        """
        return self.view.cohort.once("mrd by assay", self._whole)

    def _whole(self) -> dict[str, pa.Table]:
        table = self.view.cohort.table("mrd")
        assay = np.array(table["assay"].to_pylist(), dtype=object)
        return {code: table.filter(pa.array(assay == code)) for code in dict.fromkeys(assay)}

    @cached_property
    def shown(self) -> dict[str, pa.Table]:
        """The same for the patients shown."""
        ids = set(self.view.cohort.ids[self.mask])
        return {
            code: table.filter(pa.array([i in ids for i in table["patient_id"].to_pylist()], pa.bool_()))
            for code, table in self.whole.items()
        }

    @property
    def assays(self) -> tuple[str, ...]:
        """Assays of the whole cohort in the order of the file."""
        return tuple(self.whole)

    def variable(self, assay: str) -> Variable | None:
        """The dictionary's entry for an assay: the variable called ``mrd_<assay>``."""
        return next((v for v in self.view.definition.variables if v.name == f"mrd_{assay}"), None)

    def unit(self, assay: str) -> str:
        """The unit of an assay's values as the file gives it."""
        return next((u for u in self.whole[assay]["unit"].to_pylist() if u), "%")

    def cutoffs(self, assay: str) -> tuple[tuple[float, str, bool], ...]:
        """Published cut-offs of an assay: (percent, label, whether it is the one in force)."""
        variable = self.variable(assay)
        if variable is None:
            return ()
        force = self.view.selection.cutoff(variable)
        return tuple((float(c.code), c.label, c.code == force) for c in variable.cutoffs)

    def span(self, assay: str) -> tuple[float, float]:
        """Smallest and largest of the whole cohort's positive values and the cut-offs, in percent: a fixed axis."""
        values = self.whole[assay]["value_pct"].to_pylist()
        marks = [v for v in values if v] + [c for c, _, _ in self.cutoffs(assay)]
        return (min(marks), max(marks)) if marks else (0.01, 1.0)

    @cached_property
    def definitions(self) -> tuple[Definition, ...]:
        """Ways to call a patient MRD-positive (STATISTICS A5.8), least inclusive assay first.

        Each cut-off of each assay that has one; the first of them applied to every assay; and anything detectable.
        """
        found = [
            Definition(f"{assay} {label}", self._ids(_at_least(cutoff), assay), in_force)
            for assay in self.assays
            for cutoff, label, in_force in self.cutoffs(assay)
        ]
        first = next((c for a in self.assays for c in self.cutoffs(a)), None)
        if first is not None and len(self.assays) > 1:
            found.append(Definition(f"{' or '.join(self.assays)} {first[1]}", self._ids(_at_least(first[0]))))
        return (*found, Definition("anything detectable", self._ids(lambda row: row["call"] == "detected")))

    def _ids(self, test: Callable[[dict], bool], assay: str | None = None) -> tuple[str, ...]:
        rows = [row for code, found in self._rows.items() if assay in (None, code) for row in found]
        chosen = {row["patient_id"] for row in rows if test(row)}
        return tuple(i for i in self.view.cohort.ids[self.mask] if i in chosen)

    @cached_property
    def _rows(self) -> dict[str, list[dict]]:
        return {code: table.to_pylist() for code, table in self.shown.items()}


def _at_least(cutoff: float) -> Callable[[dict], bool]:
    return lambda row: row["value_pct"] is not None and row["value_pct"] >= cutoff
