"""How much may be handed in. Whatever is more is refused before it is read, with one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cohort.errors import UploadError

_SMALLER = "Keep the columns and rows that the analysis needs, and hand in the file again."


@dataclass(frozen=True)
class UploadLimits:
    """Limits of one upload; the defaults let a cohort of 200,000 patients in and keep a reader below 1 GiB and 10 s.

    Attributes
    ----------
    files, file_bytes : files handed in together, and bytes of each (``server.maxUploadSize`` says the same)
    rows, columns, cells : of one table; ``cells`` of all tables together
    text_bytes : memory the columns take, all tables together
    members, unpacked_bytes, ratio : of a .zip (and of an .xlsx, which is one); ``ratio`` is unpacked to packed size and
        counts above ``file_bytes`` only, for a small sparse table packs very well
    address_space, cpu_seconds, wall_seconds : of the process that reads; ``wall_seconds`` includes its start and
        leaves one of ten seconds for ending it
    """

    files: int = 20
    file_bytes: int = 10 * 2**20
    rows: int = 200_000
    columns: int = 2_000
    cells: int = 5_000_000
    text_bytes: int = 200 * 2**20
    members: int = 50
    unpacked_bytes: int = 100 * 2**20
    ratio: int = 100
    address_space: int = 2**30
    cpu_seconds: int = 9
    wall_seconds: float = 9.0

    def check_files(self, files: Sequence[tuple[str, bytes]]) -> None:
        """Refuse too many files, and a file that is too large or empty. Raises UploadError."""
        if not files:
            raise UploadError("No file was handed in", remedy="Choose the files of one cohort.")
        if len(files) > self.files:
            raise UploadError(
                "Too many files at once",
                seen=len(files),
                allowed=f"up to {self.files}",
                remedy="Hand in the files of one cohort, or one .zip of them.",
            )
        for name, data in files:
            if len(data) > self.file_bytes:
                raise UploadError(
                    "the file is too large",
                    file=name,
                    seen=_megabytes(len(data)),
                    allowed=f"up to {_megabytes(self.file_bytes)}",
                    remedy=_SMALLER,
                )
            if not data:
                raise UploadError("the file is empty", file=name, seen="0 bytes", remedy="Export it again.")

    def check_members(self, file: str, members: int) -> None:
        """Refuse an archive of too many files. Raises UploadError."""
        if members > self.members:
            raise UploadError(
                "too many files in the archive",
                file=file,
                seen=members,
                allowed=f"up to {self.members}",
                remedy="Put the files of one cohort into it, and nothing else.",
            )

    def check_unpacked(self, file: str, packed: int, unpacked: int) -> None:
        """Refuse an archive that would unpack to too much, by the sizes it declares. Raises UploadError."""
        if unpacked > self.unpacked_bytes:
            raise UploadError(
                "too large when unpacked",
                file=file,
                seen=_megabytes(unpacked),
                allowed=f"up to {_megabytes(self.unpacked_bytes)}",
                remedy=_SMALLER,
            )
        if unpacked > self.file_bytes and unpacked > self.ratio * packed:
            raise UploadError(
                "unpacks to far more than it holds",
                file=file,
                seen=f"{unpacked // max(packed, 1)} times its size",
                allowed=f"up to {self.ratio} times",
                remedy="Make the file again without empty space, or save the table as CSV.",
            )

    def check_table(self, file: str, rows: int, columns: int) -> None:
        """Refuse a table with too many rows, columns or cells, before its cells are read. Raises UploadError."""
        for what, n, most in (("rows", rows, self.rows), ("columns", columns, self.columns)):
            if n > most:
                raise _too_many(file, what, n, most)
        self.check_cells(file, rows * columns)

    def check_cells(self, file: str, cells: int) -> None:
        """Refuse too many cells. Raises UploadError."""
        if cells > self.cells:
            raise _too_many(file, "cells", cells, self.cells)

    def check_memory(self, file: str, size: int) -> None:
        """Refuse columns that take too much memory. Raises UploadError."""
        if size > self.text_bytes:
            raise UploadError(
                "the columns hold too much text",
                file=file,
                seen=_megabytes(size),
                allowed=f"up to {_megabytes(self.text_bytes)}",
                remedy=_SMALLER,
            )


def _too_many(file: str, what: str, n: int, most: int) -> UploadError:
    return UploadError(f"too many {what}", file=file, seen=f"{n:,}", allowed=f"up to {most:,}", remedy=_SMALLER)


def _megabytes(size: int) -> str:
    return f"{size / 2**20:,.0f} MB" if size >= 2**20 else f"{size / 2**10:,.0f} kB"


LIMITS = UploadLimits()
