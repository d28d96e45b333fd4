"""An upload on its way to a cohort: the mapping as its owner has it now, and what it would amount to."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pyarrow as pa

from cohort.mapping import build, cells, cohort_files, findings, propose
from cohort.mapping.column_checks import missing
from cohort.mapping.endpoint_checks import EndpointSummary, endpoint_summaries
from cohort.mapping.findings import Finding
from cohort.mapping.outcomes import all_outcomes
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
        return findings(self.upload, self.mapping, tuple(self.accepted))

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
            ``code``, ``label``, ``time`` (months), ``estimate``: Kaplan–Meier S(t), or the Aalen–Johansen cumulative
            incidence where events compete. Each row holds to the next time.
        """
        rows: dict[str, list] = {"code": [], "label": [], "time": [], "estimate": []}
        labels = {e.code: e.label for e in self.mapping.endpoints}
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
            rows["label"] += [labels[code]] * len(time)
            rows["time"] += time.tolist()
            rows["estimate"] += curve["incidence" if competes else "survival"].to_pylist()
        return pa.table(rows)

    def column(self, table: str, name: str) -> Column:
        """What a column of the upload holds; counted once an upload."""
        if (table, name) not in self._columns:
            values = self.upload.table(table).column(name).values
            found = cells.counted(values)
            shown = sorted(found, key=found.get, reverse=True)[:EXAMPLES]
            more = " …" if len(found) > EXAMPLES else ""
            gaps = int(np.sum(cells.text(values).is_null().to_numpy(zero_copy_only=False)))
            self._columns[(table, name)] = Column("; ".join(t[:40] for t in shown) + more, gaps, len(found))
        return self._columns[(table, name)]

    def build(self) -> Cohort:
        """The cohort. Raises CohortError where it cannot be made."""
        return build(self.upload, self.mapping, tuple(self.accepted))

    def files(self) -> dict[str, bytes]:
        """The cohort as files of our own layout. Raises CohortError where it cannot be made."""
        return cohort_files(self.upload, self.mapping, tuple(self.accepted))
