"""Risk sets: who is at risk and who has the event, by group and event time, from the life table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from cohort.statistics.difference import against_reference
from cohort.statistics.life_table import read_rows
from cohort.statistics.survival import number_at_risk


@dataclass(frozen=True, eq=False)
class RiskSets:
    """At risk and with the event, by group (the reference is the first) and distinct time with an event in any group.

    Attributes
    ----------
    code : int array, shape (groups,): index into ``levels``; only groups that have patients
    levels : string array, the life table's
    time : float array, shape (times,)
    n_risk, n_event : int arrays, shape (groups, times)
    """

    code: np.ndarray
    levels: pa.Array
    time: np.ndarray
    n_risk: np.ndarray
    n_event: np.ndarray

    @property
    def reference(self) -> str | None:
        """Label of the first group; None where there are no patients."""
        return self.levels[int(self.code[0])].as_py() if len(self.code) else None

    def among(self, groups: np.ndarray) -> RiskSets:
        """The risk sets of some groups (boolean, shape (groups,)), at the times of their events."""
        n_risk, n_event = self.n_risk[groups], self.n_event[groups]
        kept = n_event.any(axis=0)
        return RiskSets(self.code[groups], self.levels, self.time[kept], n_risk[:, kept], n_event[:, kept])

    def comparable(self) -> np.ndarray:
        """Groups at risk together with the reference at some event, or linked to it by groups that are."""
        present = (self.n_risk > 0).astype(float)
        return _reached(present @ present.T > 0)

    def estimable(self) -> np.ndarray:
        """Groups whose coefficient has a finite maximum of the partial likelihood.

        Group g is ahead of h if g has an event while h is at risk. The coefficient is finite when a chain of these
        leads from the group to the reference and another one back (Ford LR. Am Math Monthly 1957;64(8):28–33, on
        paired comparisons); with a chain one way only the likelihood rises for ever: it is monotone.
        """
        ahead = self.n_event @ (self.n_risk > 0).T > 0
        return _reached(ahead) & _reached(ahead.T)


def _reached(edges: np.ndarray) -> np.ndarray:
    """Nodes that can be reached from the first."""
    reached = np.arange(len(edges)) == 0
    for _ in edges:
        reached = reached | edges[reached].any(axis=0)
    return reached


def risk_sets(table: pa.Table, reference: str | None = None) -> RiskSets:
    """Risk sets of a life table's groups that have patients.

    Parameters
    ----------
    table : life table
        Competing events count as censored; delayed entry is allowed.
    reference : str, optional
        The group to put in front of the others. Without it the groups stay in the table's order.

    Raises
    ------
    ValueError
        ``reference`` has no patients.
    """
    rows = read_rows(table)
    code = rows.code[rows.starts]
    others, first = against_reference(code, rows.levels, reference)
    order = np.concatenate([first[:1], others]) if len(others) else np.arange(len(code))
    happened = rows["n_event"] > 0
    time = np.unique(rows["time"][happened])
    n_risk = number_at_risk(table, time)["n_risk"].to_numpy().reshape(len(code), len(time))
    n_event = np.zeros_like(n_risk)
    group = np.repeat(np.arange(len(code)), rows.ends - rows.starts)
    n_event[group[happened], time.searchsorted(rows["time"][happened])] = rows["n_event"][happened]
    return RiskSets(code[order], rows.levels, time, n_risk[order], n_event[order])
