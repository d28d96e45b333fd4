"""The selected patients as files that other programs, and this one, read back to the same numbers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cohort.exports.adam_files import adam_xpt_zip, adam_zip
from cohort.exports.cbioportal_files import cbioportal_zip
from cohort.exports.extract import EVERYBODY, Extract, extract
from cohort.exports.folder_files import folder_zip
from cohort.exports.parquet_files import parquet_zip
from cohort.exports.spss_files import spss_file
from cohort.tables import Cohort


@dataclass(frozen=True)
class CohortFormat:
    """A form in which a cohort can leave: what it is called, what it keeps, and what writes it."""

    code: str
    label: str
    note: str
    extension: str
    mime: str
    write: Callable[[Extract], bytes]


_ZIP = ("zip", "application/zip")

FORMATS = (
    CohortFormat(
        "folder", "Cohort folder", "Everything, with provenance; can be uploaded here again.", *_ZIP, folder_zip
    ),
    CohortFormat(
        "parquet", "Parquet", "Every table with labels, units, levels and the dictionary.", *_ZIP, parquet_zip
    ),
    CohortFormat("adam", "ADaM as CSV", "ADSL, ADTTE and ADAE with a codebook.", *_ZIP, adam_zip),
    CohortFormat("adam-xpt", "ADaM as XPT", "The same as SAS transport files, version 5.", *_ZIP, adam_xpt_zip),
    CohortFormat(
        "cbioportal", "cBioPortal", "Clinical files of a study; competing events are censored.", *_ZIP, cbioportal_zip
    ),
    CohortFormat(
        "spss", "SPSS", "One row a patient, variable and value labels.", "sav", "application/x-spss-sav", spss_file
    ),
)
"""Every format, the fullest first. From ADaM on, times that are only known between limits are left out."""


@dataclass(frozen=True)
class CohortFile:
    """A file to hand out."""

    name: str
    mime: str
    data: bytes


def cohort_file(cohort: Cohort, mask: np.ndarray, code: str, selection: str = EVERYBODY) -> CohortFile:
    """The selected patients in one of FORMATS.

    Parameters
    ----------
    cohort : the whole cohort
    mask : bool array, shape (n,): who is selected
    code : code of the format
    selection : the selection in words; it is written into the file

    Raises
    ------
    ExportError
        Nobody is selected, or the format cannot hold this cohort.
    KeyError
        An unknown format; the message lists those there are.
    """
    found = next((f for f in FORMATS if f.code == code), None)
    if found is None:
        raise KeyError(f"no format {code!r}; allowed: {', '.join(f.code for f in FORMATS)}")
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", cohort.definition.id)
    data = found.write(extract(cohort, mask, selection))
    return CohortFile(f"{name}-{found.code}.{found.extension}", found.mime, data)
