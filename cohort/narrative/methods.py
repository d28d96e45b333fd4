"""Methods in the style a journal accepts, from the same objects as the drawing: only what the view used is said.

The estimand is named before the estimator (ICH E9(R1)), the interval and the test by method and citation, p values with
what they could have been; then software, data and licence. Nothing here ranks groups.
"""

from __future__ import annotations

import importlib.metadata
import platform

import cohort
from cohort.comparator import Comparator
from cohort.narrative.bibliography import numbered
from cohort.narrative.methods_pages import (
    adverse_events_sentences,
    evidence_sentences,
    overview_sentences,
    patients_sentences,
    subgroups_sentences,
)
from cohort.narrative.methods_survival import survival_sentences
from cohort.narrative.results import results_sentence
from cohort.statistics.multiplicity import MinP
from cohort.view import CohortView

PAGES = ("overview", "survival", "subgroups", "adverse_events", "patients", "evidence")
"""Pages that have a methods paragraph."""

PACKAGES = ("numpy", "scipy", "pyarrow")
"""Packages that the numbers rest on."""


def methods_paragraph(
    view: CohortView,
    page: str = "survival",
    *,
    look: int = 0,
    external: Comparator | None = None,
    min_p: MinP | None = None,
) -> str:
    """How the numbers of a page were made, citations numbered as in :func:`references`.

    Parameters
    ----------
    view : what is shown
    page : one of PAGES
    look : which comparison of the session it is, counted from 1; 0 leaves that out
    external : the published curve beside it, if any
    min_p : the test of all baseline factors, where it was asked for on the subgroups page

    Raises
    ------
    KeyError
        The page has no methods; the message lists those that have.
    """
    return _made(view, page, look, external, min_p)[0]


def references(
    view: CohortView,
    page: str = "survival",
    *,
    look: int = 0,
    external: Comparator | None = None,
    min_p: MinP | None = None,
) -> list[str]:
    """What :func:`methods_paragraph` cites, in the order of its numbers; arguments as there."""
    return _made(view, page, look, external, min_p)[1]


def _made(
    view: CohortView, page: str, look: int, external: Comparator | None, min_p: MinP | None
) -> tuple[str, list[str]]:
    if page not in PAGES:
        raise KeyError(f"no methods of page {page!r}; allowed: {', '.join(PAGES)}")
    sentences = {
        "overview": lambda: overview_sentences(view),
        "survival": lambda: survival_sentences(view, look, external),
        "subgroups": lambda: subgroups_sentences(view, look, min_p),
        "adverse_events": lambda: adverse_events_sentences(view),
        "patients": lambda: patients_sentences(view),
        "evidence": lambda: evidence_sentences(view),
    }[page]()
    more = {"riskset": f"The Riskset developers. Riskset: an explorer of cohort outcomes [software], version "
                       f"{cohort.__version__}."}  # fmt: skip
    citation = view.definition.citation
    if citation.get("text"):
        doi = f" doi:{citation['doi']}" if citation.get("doi") else ""
        more["source"] = citation["text"] + doi
    if external is not None:
        more["external"] = external.citation
    return numbered([*sentences, _software(), *_data(view)], more)


def _software() -> str:
    versions = [f"{name} {importlib.metadata.version(name)}" for name in PACKAGES]
    return (
        f"Analyses were made with Riskset {cohort.__version__} [@riskset] (Python {platform.python_version()}, "
        f"{', '.join(versions)})."
    )


def _data(view: CohortView) -> list[str]:
    """Source, licence with changes, and checksum."""
    definition, licence = view.definition, view.definition.licence
    cited = " [@source]" if definition.citation.get("text") else ""
    synthetic = " They are synthetic: a script made them, no patient is real." if definition.kind == "synthetic" else ""
    found = [f"Data: {definition.short_title}{cited}, SHA-256 checksum {view.cohort.fingerprint[:12]}.{synthetic}"]
    if licence.get("name"):
        changes = f"; changes: {licence['changes']}" if licence.get("changes") else "."
        found.append(f"Licence of the data: {licence['name']}{changes}")
    return found


__all__ = ["PAGES", "methods_paragraph", "references", "results_sentence"]
