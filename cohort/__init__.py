"""Riskset: cohort outcomes, honest where n is small. Everything behind the pages, usable from a notebook."""

from cohort.analysis import Survival, survival
from cohort.errors import CohortError
from cohort.readers import read_cohort

__version__ = "0.1.0"

__all__ = ["CohortError", "Survival", "__version__", "read_cohort", "survival"]
