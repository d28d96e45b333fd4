"""What the survival page shows where times are only known between limits: an envelope, not a line."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import pyarrow as pa

from cohort.results.survival import time_axis
from cohort.statistics import envelope_at, survival_envelope
from cohort.view import CohortView


@dataclass(frozen=True, eq=False)
class EnvelopeResult:
    """Every curve that the limits of the times allow, by group, as tidy tables."""

    view: CohortView

    @cached_property
    def envelope(self) -> pa.Table:
        """Lowest and highest S(t), and limits over all possibilities; steps as in a curve."""
        view, out = self.view, self.view.outcome
        keep = view.in_view

        def part(values: np.ndarray | None) -> np.ndarray | None:
            return None if values is None else values[keep]

        high = out.time if out.time_hi is None else out.time_hi
        key = ("envelope", *view.composition, view.options.interval, *view.grouping, view.selection)
        return view.cohort.recall(
            key,
            lambda: survival_envelope(
                out.time[keep],
                high[keep],
                out.kind[keep],
                view.group_of[keep],
                [g.code for g in view.groups],
                entry_lo=part(out.entry_lo),
                entry_hi=part(out.entry_hi),
                interval=self.interval,
            ),
        )

    @property
    def interval(self) -> str:
        """The interval in force: beta product limits are not defined for delayed entry, log-log ones are."""
        delayed = self.view.outcome.entry_hi is not None
        return "log-log" if delayed and self.view.options.interval == "bpcp" else self.view.options.interval

    @cached_property
    def axis(self) -> tuple[float, tuple[float, ...]]:
        """End of the time axis and its ticks."""
        return time_axis(self.view)

    @cached_property
    def uncertain(self) -> np.ndarray:
        """Patients in view with a time or entry known between limits only, as places in the patient table."""
        out, open_ = self.view.outcome, np.zeros(self.view.cohort.n, dtype=bool)
        if out.time_hi is not None:
            open_ |= out.time_hi > out.time
        if out.entry_hi is not None:
            open_ |= out.entry_hi > out.entry_lo
        return np.flatnonzero(open_ & self.view.in_view)

    @cached_property
    def falls_alone(self) -> list[tuple[str, float]]:
        """(group, time) of every fall of a lower bound at which as few as one patient may be at risk."""
        rows = self.envelope.to_pylist()
        return [
            (now["group"], now["time"])
            for before, now in pairwise(rows)
            if before["group"] == now["group"]
            and now["survival_low"] < before["survival_low"]
            and now["n_risk_low"] == 1
        ]

    @cached_property
    def people(self) -> dict[str, tuple[int, int]]:
        """(patients, events) of every group, by code."""
        view = self.view
        inside = [view.in_view & (view.group_of == i) for i in range(len(view.groups))]
        return {
            g.code: (int(m.sum()), int((view.outcome.kind[m] == 1).sum()))
            for g, m in zip(view.groups, inside, strict=True)
        }

    @cached_property
    def at_ticks(self) -> pa.Table:
        """Fewest and most at risk, with the event and censored before each tick, as text ("14–16")."""
        view, out = self.view, self.view.outcome
        high = out.time if out.time_hi is None else out.time_hi
        risk = {(r["group"], r["time"]): r for r in envelope_at(self.envelope, self.axis[1]).to_pylist()}
        rows = []
        for i, g in enumerate(view.groups):
            inside = view.in_view & (view.group_of == i)
            if not inside.any():
                continue
            for tick in self.axis[1]:
                found = risk[g.code, tick]
                row = {"group": g.code, "time": tick, "n_risk": _span(found["n_risk_low"], found["n_risk_high"])}
                for name, kind in (("n_event", 1), ("n_censor", 0)):
                    mine = inside & (out.kind == kind)
                    row[name] = _span(int((high[mine] < tick).sum()), int((out.time[mine] < tick).sum()))
                rows.append(row)
        return pa.Table.from_pylist(rows) if rows else pa.table({c: [] for c in ("group", "time", *_COUNTS)})

    @cached_property
    def landmark_rows(self) -> dict[tuple[str, float], dict]:
        """Bounds at the landmarks as rows, by group and month."""
        found = envelope_at(self.envelope, self.view.endpoint.landmarks).to_pylist()
        return {(r["group"], r["time"]): r for r in found}

    @cached_property
    def medians(self) -> dict[str, tuple[float | None, float | None]]:
        """Earliest and latest median of each group; None where a bounding curve does not reach one half."""
        found = {}
        for g in self.view.groups:
            mine = [r for r in self.envelope.to_pylist() if r["group"] == g.code]
            found[g.code] = tuple(
                next((r["time"] for r in mine if r[edge] is not None and r[edge] <= 0.5), None)
                for edge in ("survival_low", "survival_high")
            )
        return found


_COUNTS = ("n_risk", "n_event", "n_censor")


def _span(low: int, high: int) -> str:
    return str(low) if low == high else f"{low}–{high}"
