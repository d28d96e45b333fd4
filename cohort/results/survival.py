"""Everything the survival page shows of one view, as tidy tables; figures, sentences and exports read these."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from cohort.guards import GUARDS
from cohort.statistics import (
    cumulative_incidence,
    follow_up,
    kaplan_meier,
    median_survival,
    number_at_risk,
    person_time,
    survival_at,
)
from cohort.view import CohortView


def time_axis(view: CohortView) -> tuple[float, tuple[float, ...]]:
    """End of the time axis and its ticks, from the whole cohort so that a filter never moves them.

    The standard axis ends at the last tick with at least ``GUARDS.axis_count`` patients and ``GUARDS.axis_share`` of
    them at risk (Pocock 2002); the full axis at the tick after the last patient.
    """
    table = view.whole_life_table
    time, n_risk = table["time"].to_numpy(), table["n_risk"].to_numpy()
    if not len(time):
        return 12.0, (0.0, 12.0)
    enough = time[(n_risk >= GUARDS.axis_count) & (n_risk >= GUARDS.axis_share * n_risk[0])]
    last = float(time[-1]) if view.options.axis == "full" or not len(enough) else float(enough[-1])
    step = next((s for s in (1, 2, 3, 6, 12, 24, 60, 120) if last / s <= 8), 240)
    full = view.options.axis == "full" or last < step
    end = step * (math.ceil(last / step) if full else math.floor(last / step))
    return float(end), tuple(float(t) for t in np.arange(0, end + step / 2, step))


@dataclass(frozen=True, eq=False)
class SurvivalResult:
    """Curves, table at the ticks, estimates, medians and follow-up of one view.

    Group names in every table are level codes of ``view.groups``. Curves of an incidence endpoint have the column
    ``survival`` replaced by ``incidence``; :attr:`estimate` names the column.
    """

    view: CohortView

    @property
    def estimate(self) -> str:
        """Name of the estimate's column: "survival" or "incidence"."""
        return "incidence" if self.view.endpoint.kind == "incidence" else "survival"

    @cached_property
    def curve(self) -> pa.Table:
        """Step function of each group with pointwise 95 % limits."""
        return self._curve(self.view.life_table)

    @property
    def whole_curve(self) -> pa.Table:
        """Step function of the whole cohort; computed once a process."""
        view = self.view
        key = ("whole curve", *view.composition, view.options.interval)
        return view.cohort.recall(key, lambda: self._curve(view.whole_life_table))

    def _curve(self, table: pa.Table) -> pa.Table:
        if self.estimate == "incidence":
            return cumulative_incidence(table)
        return kaplan_meier(table, self.view.options.interval)

    @cached_property
    def axis(self) -> tuple[float, tuple[float, ...]]:
        """End of the time axis and its ticks."""
        return time_axis(self.view)

    @cached_property
    def at_ticks(self) -> pa.Table:
        """Number at risk, events and censored before each tick; the three add up to n."""
        return number_at_risk(self.view.life_table, self.axis[1])

    @cached_property
    def landmarks(self) -> pa.Table:
        """Estimates at the endpoint's landmark times, null beyond a group's last patient."""
        return survival_at(self.curve, self.view.life_table, self.view.endpoint.landmarks)

    @cached_property
    def landmark_rows(self) -> dict[float, dict[str, dict]]:
        """The estimates as rows, by month and group."""
        rows: dict[float, dict[str, dict]] = {month: {} for month in self.view.endpoint.landmarks}
        for row in self.landmarks.to_pylist():
            rows[row["time"]][row["group"]] = row
        return rows

    @cached_property
    def person_rows(self) -> dict[str, dict]:
        """Patients, events, person-time and rate as rows, by group; a group that nobody is in has no row."""
        return {row["group"]: row for row in self.person_time.to_pylist()}

    @cached_property
    def follow_up_rows(self) -> dict[str, dict]:
        """Median follow-up as rows, by group."""
        return {row["group"]: row for row in self.follow_up.to_pylist()}

    @cached_property
    def median_rows(self) -> dict[str, dict]:
        """Medians as rows, by group; empty for an incidence endpoint."""
        return {row["group"]: row for row in self.medians.to_pylist()}

    @cached_property
    def medians(self) -> pa.Table:
        """Median time with limits; null where not reached or not estimable. Empty for an incidence endpoint."""
        return median_survival(self.curve) if self.estimate == "survival" else pa.table({"group": []})

    @cached_property
    def follow_up(self) -> pa.Table:
        """Median follow-up: reverse Kaplan–Meier and naive."""
        return follow_up(self.view.life_table)

    @cached_property
    def person_time(self) -> pa.Table:
        """Patients, events, person-time and exact rate of each group."""
        return person_time(self.view.life_table)

    @cached_property
    def fade_from(self) -> dict[str, float]:
        """Time from which one more event would move a group's estimate by more than ``GUARDS.one_more_event``."""
        return fade_from(self.curve, self.estimate)

    @cached_property
    def censored(self) -> pa.Table:
        """Who leaves without the event: group, time, reason code, number, ids, and the curve's height there."""
        view = self.view
        out = view.outcome
        rows = {}
        for i in np.flatnonzero(view.in_view & (out.kind == 0) & (view.group_of >= 0)):
            rows.setdefault((int(view.group_of[i]), float(out.time[i]), str(out.reason[i])), []).append(
                view.cohort.ids[i]
            )
        keys = sorted(rows)
        groups = [view.groups[g].code for g, _, _ in keys]
        times = np.array([t for _, t, _ in keys], dtype=float)
        return pa.table(
            {
                "group": pa.array(groups, pa.string()),
                "time": times,
                "reason": pa.array([r for _, _, r in keys], pa.string()),
                "n": pa.array([len(rows[k]) for k in keys], pa.int64()),
                "ids": pa.array(
                    [", ".join(rows[k][:12]) + ("…" if len(rows[k]) > 12 else "") for k in keys], pa.string()
                ),
                "height": self._heights(groups, times),
            }
        )

    def _heights(self, groups: list[str], times: np.ndarray) -> np.ndarray:
        curve_group = np.array(self.curve["group"].to_pylist(), dtype=object)
        time, value = self.curve["time"].to_numpy(), self.curve[self.estimate].to_numpy()
        heights = np.empty(len(times))
        for code in dict.fromkeys(groups):
            mine, wanted = curve_group == code, np.array([g == code for g in groups])
            heights[wanted] = value[mine][np.searchsorted(time[mine], times[wanted], side="right") - 1]
        return heights


def fade_from(curve: pa.Table, estimate: str) -> dict[str, float]:
    """First time of each group from which one more event would move the estimate by more than the guard allows.

    One more event at t moves a survival curve by S(t)/n(t⁺), n(t⁺) being the number at risk just after t (Gebski 2018),
    and a cumulative incidence by the share still free of *any* first event over the same number.
    """
    group = np.array(curve["group"].to_pylist(), dtype=object)
    time, n_risk = curve["time"].to_numpy(), curve["n_risk"].to_numpy()
    events = sum(curve[c].to_numpy() for c in ("n_event", "n_competing") if c in curve.column_names)
    after = n_risk - np.where(time > 0, events + curve["n_censor"].to_numpy(), 0)
    found = {}
    for code in dict.fromkeys(group):
        mine = group == code
        if estimate == "incidence":
            free = np.cumprod(1 - np.where(time[mine] > 0, events[mine], 0) / n_risk[mine])
        else:
            free = curve[estimate].to_numpy()[mine]
        times = time[mine][free > GUARDS.one_more_event * after[mine]]
        if len(times):
            found[code] = float(times[0])
    return found
