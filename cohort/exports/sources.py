"""The last section of a report: what to cite, under which licence, which data and which software."""

from __future__ import annotations

from collections.abc import Sequence

from cohort.exports.report import Section
from cohort.tables import Cohort


def sources(cohort: Cohort, versions: Sequence[tuple[str, str]]) -> Section:
    """Citation, licence with the changes made, data cut and checksum in words; software with versions as a table.

    Parameters
    ----------
    cohort : the cohort the report is about
    versions : name and version of the software the numbers depend on
    """
    definition = cohort.definition
    citation, licence = definition.citation, definition.licence
    cited = " ".join(t for t in (citation.get("text", ""), _after("doi:", citation.get("doi", ""))) if t)
    permitted = " ".join(t for t in (licence.get("name", ""), licence.get("url", "")) if t)
    lines = (
        _after("Data: ", definition.title),
        _after("Cite: ", cited),
        _after("Licence of the data: ", permitted),
        _after("Changes: ", licence.get("changes", "")),
        _after("Data cut: ", definition.data_cut),
        f"Data checksum: SHA-256 {cohort.fingerprint}",
    )
    return Section(
        "Sources",
        tuple(line for line in lines if line),
        table=[{"Software": name, "Version": version} for name, version in versions],
        table_title="Software the numbers depend on",
    )


def _after(lead: str, text: str) -> str:
    return lead + text if text else ""
