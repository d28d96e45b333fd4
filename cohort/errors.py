"""What can go wrong with a cohort, said to people.

Every message has four parts: what is wrong, the value seen, what is allowed, what to do. These errors are shown as
one sentence on the page; anything else that is raised is a defect of the program and is logged, not shown.
"""

from __future__ import annotations


class CohortError(Exception):
    """Base of everything that is shown to a person without a traceback."""


class PlacedError(CohortError):
    """Something that is wrong at one place of a file.

    Parameters
    ----------
    what : str
        What is wrong, in words.
    file, row, column, seen, allowed, remedy
        Where it is, the value seen, what is allowed, what to do.
    """

    def __init__(
        self,
        what: str,
        *,
        file: str = "",
        row: int | None = None,
        column: str | None = None,
        seen: object = None,
        allowed: str = "",
        remedy: str = "",
    ) -> None:
        super().__init__(_sentence(what, file, row, column, seen, allowed, remedy))
        self.file, self.row, self.column, self.seen, self.allowed = file, row, column, seen, allowed


class CohortFolderError(PlacedError):
    """A cohort folder cannot be read: a file, a column or a cell is not what ``cohort.toml`` declares.

    ``row`` counts from 1 below the header.
    """


class DefinitionError(CohortError):
    """``cohort.toml`` itself does not hold together."""


class UploadError(PlacedError):
    """Files that were handed in cannot be read, or are more than is allowed.

    ``row`` counts as in the file, its header included.
    """


def _sentence(
    what: str, file: str, row: int | None, column: str | None, seen: object, allowed: str, remedy: str
) -> str:
    place = file + (f", row {row}" if row is not None else "") + (f", column '{column}'" if column else "")
    parts = [(f"{place}: " if place else "") + what.rstrip(".") + "."]
    if seen is not None:
        parts.append(f"Seen: {str(seen)[:120]!r}.")
    if allowed:
        parts.append(f"Allowed: {allowed}.")
    if remedy:
        parts.append(remedy)
    # a library's words may quote the file: what cannot be seen or would break the line is a space
    return "".join(c if c.isprintable() else " " for c in " ".join(parts))
