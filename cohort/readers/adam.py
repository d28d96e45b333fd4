"""CDISC ADaM among tables of any physical format, by the names the standard gives columns. What they mean is mapped
later (:mod:`cohort.mapping.adam`)."""

from __future__ import annotations

from collections.abc import Iterable

from cohort.readers.raw import RawTable

_TIMES = {"USUBJID", "PARAMCD", "AVAL", "CNSR"}
_EVENTS = ({"USUBJID", "AEDECOD"}, {"USUBJID", "AETERM"})


def dataset_kind(table: RawTable) -> str:
    """ "ADTTE", "ADAE", "ADSL" or "": ADaM Implementation Guide 1.3 and its time-to-event structure 1.0.

    ADSL is known by one row a subject, for a study of one arm need not have a column of treatments.
    """
    names = {name.upper(): name for name in table.names}
    if names.keys() >= _TIMES:
        return "ADTTE"
    if any(names.keys() >= wanted for wanted in _EVENTS):
        return "ADAE"
    if "USUBJID" not in names or "PARAMCD" in names:
        return ""
    return "ADSL" if len(table.column(names["USUBJID"]).values.unique()) == table.rows else ""


def is_adam(tables: Iterable[RawTable]) -> bool:
    """Whether there are times to an event in the standard's structure."""
    return any(dataset_kind(table) == "ADTTE" for table in tables)
