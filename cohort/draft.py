"""An upload on its way to a cohort: the mapping as its owner has it now, and what it would amount to."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pyarrow as pa

from cohort.mapping import build, cells, cohort_files, propose
from cohort.mapping.checks import every_finding, still_open
from cohort.mapping.column_checks import missing
from cohort.mapping.endpoint_checks import EndpointSummary, endpoint_summaries
from cohort.mapping.findings import Finding
from cohort.mapping.outcomes import all_outcomes, time_zero
from cohort.mapping.patients import Patients
from cohort.mapping.roles import Mapping, MappingError
from cohort.readers.raw import Upload
from cohort.statistics import cumulative_incidence, kaplan_meier, life_table
from cohort.statistics.life_table import COMPETING
from cohort.tables import Cohort

EXAMPLES = 4
"""Different values of a column that are shown of it."""

DRAWN = 6
"""Endpoints whose curve is drawn before the mapping is accepted."""


@dataclass(frozen=True)
class Column:
    """What a column holds, before anybody says what it means: example values, gaps and different values."""

    examples: str
    missing: int
    distinct: int


@dataclass(frozen=True, eq=False)
class Draft:
    """One upload under one mapping. Nothing in it changes; an edit makes another draft.

    Attributes
    ----------
    accepted : code of every repair that is to be made, with what it does in words
    """

    upload: Upload
    mapping: Mapping
    accepted: MappingType[str, str] = field(default_factory=dict)
    _columns: dict[tuple[str, str], Column] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, upload: Upload) -> Draft:
        """The proposed mapping. Raises MappingError where the upload holds no table."""
        return cls(upload, propose(upload))

    def edited(self, mapping: Mapping) -> Draft:
        """The same upload under another mapping."""
        return replace(self, mapping=mapping)

    def repaired(self, code: str, words: str, accept: bool) -> Draft:
        """With one repair accepted, or taken back."""
        others = {c: w for c, w in self.accepted.items() if c != code}
        return replace(self, accepted={**others, code: words} if accept else others)

    @cached_property
    def patients(self) -> Patients:
        """The upload's rows by patient."""
        return Patients(self.upload, self.mapping, frozenset(self.accepted))

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What is left to know, the most pressing first."""
        return still_open(self._every_finding, self.accepted)

    @cached_property
    def _every_finding(self) -> tuple[Finding, ...]:
        return every_finding(self.patients)

    @cached_property
    def settled(self) -> dict[str, list[Finding]]:
        """Findings that the accepted repairs are made on, by the repair's code, as they are with all of them made."""
        out: dict[str, list[Finding]] = {}
        for finding in self._every_finding:
            if finding.repair and finding.repair.code in self.accepted:
                out.setdefault(finding.repair.code, []).append(finding)
        return out

    @property
    def stops(self) -> tuple[Finding, ...]:
        """What has to be settled before a cohort can be made."""
        return tuple(f for f in self.findings if f.severity == "stop")

    @cached_property
    def endpoints(self) -> tuple[EndpointSummary, ...]:
        """What each endpoint amounts to; empty while the mapping does not fit the files."""
        try:
            return endpoint_summaries(self.patients)
        except MappingError:
            return ()

    @cached_property
    def missing(self) -> dict[str, int]:
        """Patients without a value, by column in use."""
        try:
            return missing(self.patients)
        except MappingError:
            return {}

    @property
    def n(self) -> int:
        """Number of patients, 0 while the mapping does not say who they are."""
        try:
            return len(self.patients.ids)
        except MappingError:
            return 0

    @cached_property
    def curves(self) -> pa.Table:
        """The first DRAWN endpoints as the mapping codes them.

        Returns
        -------
        pyarrow.Table
            ``code``, ``label``, ``origin`` (time zero in words), ``time`` (months), ``estimate``: Kaplan–Meier S(t),
            or the Aalen–Johansen cumulative incidence where events compete. Each row holds to the next time.
        """
        rows: dict[str, list] = {"code": [], "label": [], "origin": [], "time": [], "estimate": []}
        endpoints = {e.code: e for e in self.mapping.endpoints}
        found = all_outcomes(self.patients) if self.endpoints else {}
        for code in list(found)[:DRAWN]:
            outcome = found[code]
            usable = outcome.reported & (outcome.time >= 0)
            if not usable.any():
                continue
            table = life_table(outcome.time[usable], outcome.kind[usable])
            competes = bool((outcome.kind[usable] == COMPETING).any())
            curve = cumulative_incidence(table) if competes else kaplan_meier(table, "log-log")
            time = curve["time"].to_numpy()
            rows["code"] += [code] * len(time)
            rows["label"] += [endpoints[code].label] * len(time)
            rows["origin"] += [time_zero(self.mapping, endpoints[code])] * len(time)
            rows["time"] += time.tolist()
            rows["estimate"] += curve["incidence" if competes else "survival"].to_pylist()
        return pa.table(rows)

    def column(self, table: str, name: str) -> Column:
        """What a column of the upload holds; counted once an upload."""
        if (table, name) not in self._columns:
            raw = self.upload.table(table).column(name)
            values, found = raw.values, cells.counted(raw.values)
            shown = sorted(found, key=found.get, reverse=True)[:EXAMPLES]
            more = " …" if len(found) > EXAMPLES else ""
            gaps = int(np.sum(cells.text(values).is_null().to_numpy(zero_copy_only=False)))
            said = [f"{t[:40]} {raw.levels[t][:40]}" if raw.levels.get(t) else t[:40] for t in shown]
            self._columns[(table, name)] = Column("; ".join(said) + more, gaps, len(found))
        return self._columns[(table, name)]

    def build(self) -> Cohort:
        """The cohort. Raises CohortError where it cannot be made."""
        return build(self.upload, self.mapping, tuple(self.accepted))

    def files(self) -> dict[str, bytes]:
        """The cohort as files of our own layout. Raises CohortError where it cannot be made."""
        return cohort_files(self.upload, self.mapping, tuple(self.accepted))
