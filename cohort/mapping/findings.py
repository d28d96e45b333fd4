"""What is found in an upload under a mapping, each as one sentence with its place and, where there is one, a repair."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cohort.wording import listed

SEVERITIES = ("stop", "repair", "note")
_SHOWN = 5


@dataclass(frozen=True)
class Repair:
    """Something that can be done about a finding: its code, as accepted in ``build``, and what it does, in words."""

    code: str
    words: str


@dataclass(frozen=True)
class Finding:
    """One thing to know before a mapping is accepted.

    Attributes
    ----------
    severity : "stop" (no cohort is made until it is settled), "repair" (a cohort can be made either way) or "note"
    code : kind of finding
    sentence : what was found, with its place, the value seen and what is allowed
    table, column, rows, seen, allowed : the same in parts; rows are counted as in the file
    repair : what can be done at once, or None
    remedy : what to do, in words
    confirm : code that settles it without changing anything, where the owner may know better; "" if there is none
    """

    severity: str
    code: str
    sentence: str
    table: str = ""
    column: str = ""
    rows: tuple[int, ...] = ()
    seen: tuple[str, ...] = ()
    allowed: str = ""
    repair: Repair | None = None
    remedy: str = ""
    confirm: str = ""


def found_at(
    severity: str,
    code: str,
    what: str,
    *,
    table: str,
    column: str = "",
    rows: Iterable[int] = (),
    seen: Iterable[str] = (),
    allowed: str = "",
    repair: Repair | None = None,
    remedy: str = "",
    confirm: str = "",
) -> Finding:
    """A finding with a place, its sentence put together from the parts."""
    rows, seen = tuple(int(r) for r in rows), tuple(dict.fromkeys(s[:60] for s in seen))
    place = table + (f", {_rows(rows)}" if rows else "") + (f", column {column!r}" if column else "")
    parts = [f"{place}: {what}."]
    if seen:
        more = f" and {len(seen) - _SHOWN} more" if len(seen) > _SHOWN else ""
        parts.append(f"Seen: {', '.join(repr(s) for s in seen[:_SHOWN])}{more}.")
    if allowed:
        parts.append(f"Allowed: {allowed}.")
    remedy = remedy or (f"Proposed: {repair.words}." if repair else "")
    return Finding(severity, code, " ".join(parts), table, column, rows, seen, allowed, repair, remedy, confirm)


def _rows(rows: tuple[int, ...]) -> str:
    if len(rows) == 1:
        return f"row {rows[0]}"
    shown = [str(r) for r in rows[:_SHOWN]]
    return f"rows {listed(shown)}" if len(rows) <= _SHOWN else f"rows {', '.join(shown)} and {len(rows) - _SHOWN} more"
