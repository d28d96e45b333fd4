"""Everything worth knowing about an upload before its mapping is accepted."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from cohort.mapping.column_checks import column_findings
from cohort.mapping.date_checks import date_findings
from cohort.mapping.endpoint_checks import endpoint_findings
from cohort.mapping.findings import Finding
from cohort.mapping.patients import Patients
from cohort.mapping.roles import VARIABLE_ROLES, Mapping, MappingError
from cohort.mapping.table_checks import table_findings
from cohort.readers.raw import Upload

ORDER = {"stop": 0, "repair": 1, "note": 2}


def findings(upload: Upload, mapping: Mapping, accepted_repairs: Collection[str] = ()) -> tuple[Finding, ...]:
    """Look through an upload under a mapping.

    Rows, patients, events and medians of each endpoint, gaps, repeated ids, impossible values, dates
    that are none or contradict each other, spellings and look-alike letters in coded columns, numbers beside units, and
    a status coded the other way round.

    Parameters
    ----------
    accepted_repairs : codes of repairs to apply first; what they settle is no longer found

    Returns
    -------
    tuple of Finding
        Those that stop come first, then repairs, then notes.
    """
    return still_open(every_finding(Patients(upload, mapping, frozenset(accepted_repairs))), accepted_repairs)


def still_open(found: Iterable[Finding], accepted_repairs: Collection[str]) -> tuple[Finding, ...]:
    """Those of the findings that no accepted repair settles."""
    return tuple(f for f in found if f.repair is None or f.repair.code not in accepted_repairs)


def every_finding(patients: Patients) -> tuple[Finding, ...]:
    """All findings, in the same order, with those that the accepted repairs are made on."""
    try:
        _check_names(patients)
        found = [
            *table_findings(patients),
            *endpoint_findings(patients),
            *date_findings(patients),
            *column_findings(patients),
        ]
    except MappingError as problem:
        return (Finding("stop", "mapping", str(problem)),)
    return tuple(sorted(found, key=lambda f: ORDER[f.severity]))


def _check_names(patients: Patients) -> None:
    """Every table and column the mapping names is in the upload, and is joined to the patients."""
    mapping = patients.mapping
    for use in (*mapping.tables, mapping.event_table):
        if use is not None:
            patients.raw(use.table, use.id or None)
    for role in mapping.columns:
        for column in [m.value for m in role.members] or [role.column]:
            patients.raw(role.table, column)
        if role.role in VARIABLE_ROLES:
            patients.positions(role.table)
    for endpoint in mapping.endpoints:
        for column in (*endpoint.columns, *(endpoint.where or ())[:1]):
            patients.raw(endpoint.table, column)
        patients.positions(endpoint.table)
