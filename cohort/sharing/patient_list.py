"""A list of patient ids as it stands in a link: "1-4,7,9".

A run stands for its numbers, not for places in the table: "1-4" is 1, 2, 3 and 4 in every version of the data, so a
list stays frozen when patients are added between them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_NUMBERED = re.compile(r"([A-Za-z_]*)(\d{1,15})")
_RUN = re.compile(r"([A-Za-z_]*)(\d{1,15})-\1(\d{1,15})")
LONGEST_RUN = 100_000
"""A link is written by anybody: a run of more ids than this is not spelled out."""


def write_ids(ids: Sequence[str]) -> list[str]:
    """Ids as values of a URL parameter: one with runs and commas, or one an id where an id itself has such signs.

    Examples
    --------
    >>> write_ids(["1", "2", "3", "4", "7", "9"])
    ['1-4,7,9']
    >>> write_ids(["S009", "S010", "S011"])
    ['S009-S011']
    """
    if any("," in i or "-" in i for i in ids):
        return list(ids)
    runs: list[list[str]] = []
    for patient in ids:
        if runs and patient == _next(runs[-1][-1]):
            runs[-1].append(patient)
        else:
            runs.append([patient])
    parts = [",".join(run) if len(run) < 3 else f"{run[0]}-{run[-1]}" for run in runs]
    return [",".join(parts)] if parts else []


def _next(patient: str) -> str | None:
    """The id that follows: its number and one, as wide ("S009" -> "S010"). None where it does not end in a number."""
    found = _NUMBERED.fullmatch(patient)
    return found and found[1] + str(int(found[2]) + 1).zfill(len(found[2]))


def read_ids(values: Iterable[str], known: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Read what :func:`write_ids` wrote, or what anybody else did.

    Parameters
    ----------
    values : values of the URL parameter
    known : ids of the cohort, in its order

    Returns
    -------
    found, unknown
        Ids of the cohort that were asked for, in its order; and asked for but of nobody in it, each once.
    """
    members, asked = set(known), []
    for value in values:
        for part in [value] if value in members else value.split(","):
            asked += [part] if part in members else _spelled_out(part)
    wanted = dict.fromkeys(i for i in asked if i)
    return tuple(i for i in known if i in wanted), tuple(i for i in wanted if i not in members)


def _spelled_out(part: str) -> list[str]:
    run = _RUN.fullmatch(part)
    if run is None:
        return [part]
    prefix, first, last = run.groups()
    low, high = int(first), int(last)
    if not low <= high < low + LONGEST_RUN:
        return [part]
    return [prefix + str(i).zfill(len(first)) for i in range(low, high + 1)]
