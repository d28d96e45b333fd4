"""The selected patients as a cohort of their own: what every file of a cohort is written from."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cohort.dictionary import CohortDefinition, Endpoint
from cohort.errors import CohortError
from cohort.tables import Cohort

EVERYBODY = "all patients"


class ExportError(CohortError):
    """A cohort cannot be written in the form asked for. One sentence: what is wrong, what was seen, what to do."""


@dataclass(frozen=True, eq=False)
class Extract:
    """The selected patients.

    Attributes
    ----------
    cohort : their tables and the dictionary that fits them; ``fingerprint`` is that of the whole cohort's files
    selection : the selection in words, "all patients" where nobody is left out
    whole : number of patients of the whole cohort
    """

    cohort: Cohort
    selection: str
    whole: int

    @property
    def definition(self) -> CohortDefinition:
        """The data dictionary."""
        return self.cohort.definition

    @property
    def words(self) -> str:
        """ "9 of 19 patients: Sex male"."""
        return f"{self.cohort.n} of {self.whole} patients: {self.selection}"

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """Endpoints with one exact time a patient, just as the rows record it; other formats hold no others."""
        return tuple(
            e for e in self.definition.identified_endpoints if e.deaths == "as_recorded" and e.zero == "origin"
        )

    @property
    def about(self) -> dict[str, str]:
        """What must travel with the data, by name; entries the cohort does not have are left out."""
        citation, licence = self.definition.citation, self.definition.licence
        found = {
            "title": self.definition.title,
            "selection": self.words,
            "citation": citation.get("text", ""),
            "doi": citation.get("doi", ""),
            "licence": licence.get("name", ""),
            "licence_url": licence.get("url", ""),
            "changes": licence.get("changes", ""),
            "data_cut": self.definition.data_cut,
            "source_sha256": self.cohort.fingerprint,
        }
        return {name: str(text) for name, text in found.items() if text}


def extract(cohort: Cohort, mask: np.ndarray, selection: str = EVERYBODY) -> Extract:
    """Take the selected patients out of a cohort.

    Tables about the cohort as a whole (totals of adverse events, claims of the paper) go with everybody only: nothing
    in them says which part belongs to a selection. An endpoint of which the selection has no row is no longer
    identified. A time that is only bounded keeps its limits where the rows print them; limits that the program derives
    from other patients are derived anew from the selected ones.

    Parameters
    ----------
    cohort : the whole cohort
    mask : bool array, shape (n,): who is selected
    selection : the selection in words

    Raises
    ------
    ExportError
        Nobody is selected, or nobody selected has a time on any endpoint.
    """
    mask = np.asarray(mask, dtype=bool)
    if mask.shape != (cohort.n,):
        raise ValueError(f"mask has shape {mask.shape}; one value a patient, shape ({cohort.n},), is needed")
    if not mask.any():
        raise ExportError(f"No patient is selected (0 of {cohort.n}): there is nothing to write. Relax a filter.")
    ids = pa.array(cohort.ids[mask], pa.string())
    tables = {}
    for name, table in cohort.tables.items():
        if "patient_id" in table.column_names:
            tables[name] = table.filter(pc.is_in(table["patient_id"], ids))
        elif mask.all():
            tables[name] = table
    definition = _definition(cohort.definition, tables, selection, cohort.n)
    if not definition.identified_endpoints:
        raise ExportError(
            f"None of the {len(ids)} selected patients has a time on an identified endpoint; a cohort needs at least "
            "one. Relax a filter."
        )
    return Extract(Cohort(definition, tables, cohort.fingerprint), selection, cohort.n)


def _definition(
    definition: CohortDefinition, tables: dict[str, pa.Table], selection: str, whole: int
) -> CohortDefinition:
    present = set(tables["endpoints"]["endpoint"].to_pylist())
    n = tables["patients"].num_rows
    text = {}
    if n < whole:
        part = f"{n} of {whole} patients"
        text = {
            "title": f"{definition.title} ({part})",
            "short_title": f"{definition.short_title} ({part})",
            "summary": f"{definition.summary} Selection: {part}, {selection}.".strip(),
        }
    return replace(
        definition,
        files={name: f"{name}.csv" for name in tables},  # a declared name may hold a path
        endpoints=tuple(e if e.rows in present else replace(e, status="not identified") for e in definition.endpoints),
        adverse_events=definition.adverse_events if {"ae_aggregate", "ae_events"} & set(tables) else {},
        **text,
    )
