"""Riskset: cohort outcomes, honest where n is small. Everything behind the pages, usable from a notebook."""

__version__ = "0.1.0"

from cohort.analysis import Survival, open_view, survival
from cohort.errors import CohortError
from cohort.pages import (
    adverse_events,
    compare,
    evidence,
    figure,
    overview,
    patients,
    save,
    sensitivity,
    show,
    subgroups,
)
from cohort.readers import read_cohort
from cohort.readers.comparator import read_comparator

__all__ = [
    "CohortError",
    "Survival",
    "__version__",
    "adverse_events",
    "compare",
    "evidence",
    "figure",
    "open_view",
    "overview",
    "patients",
    "read_cohort",
    "read_comparator",
    "save",
    "sensitivity",
    "show",
    "subgroups",
    "survival",
]
