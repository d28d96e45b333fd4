"""Files to validated Arrow tables: one module a format."""

from cohort.readers.folder import cohort_folders, read_cohort

__all__ = ["cohort_folders", "read_cohort"]
