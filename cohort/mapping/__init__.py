"""From an uploaded file to a cohort: propose what its columns mean, find what does not fit, build our own layout."""

from cohort.mapping.build import build, cohort_files
from cohort.mapping.checks import findings
from cohort.mapping.findings import Finding, Repair
from cohort.mapping.propose import propose
from cohort.mapping.roles import ColumnRole, EndpointMap, Mapping, MappingError, TableUse, Value

__all__ = [
    "ColumnRole",
    "EndpointMap",
    "Finding",
    "Mapping",
    "MappingError",
    "Repair",
    "TableUse",
    "Value",
    "build",
    "cohort_files",
    "findings",
    "propose",
]
