"""Files of statistics packages, through ReadStat (pyreadstat), which writes to a path only."""

from __future__ import annotations

import os
from collections.abc import Callable

from cohort.exports.extract import ExportError


def in_memory(write: Callable[[str], None]) -> bytes:
    """What ``write`` writes to the path it is given. The path is a piece of memory: patients never reach a disk.

    Raises
    ------
    ExportError
        The system has no memory files (they are Linux's ``memfd_create``).
    """
    if not hasattr(os, "memfd_create"):
        raise ExportError(
            "SPSS and SAS files are made on Linux only, where they can be written without touching a disk. Choose the "
            "cohort folder, Parquet, ADaM as CSV or cBioPortal files here."
        )
    with os.fdopen(os.memfd_create("riskset"), "rb") as file:
        write(f"/proc/self/fd/{file.fileno()}")
        return file.read()
