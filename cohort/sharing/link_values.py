"""Values of a link, which anybody may have written: read if this cohort knows them, else said and left out."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from cohort.dictionary import CohortDefinition, Variable
from cohort.disclosure import policy_for
from cohort.sharing.patient_list import read_ids
from cohort.wording import plural


@dataclass(frozen=True)
class Rejected:
    """A part of a link that this cohort cannot honour: what, the value seen, what is allowed."""

    name: str
    value: str
    allowed: str

    def sentence(self) -> str:
        """One sentence for the banner."""
        return f"“{self.name} = {self.value}” is not known here and was left out; {self.allowed}"


def shortened(value: str) -> str:
    """A value as it is quoted: its first 40 characters."""
    return value if len(value) <= 40 else value[:39] + "…"


_INVISIBLE = re.compile("[\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]")


def tidy(text: str) -> str:
    """One line of plain text: no invisible or direction-changing characters, single spaces."""
    return " ".join(_INVISIBLE.sub(" ", text).split())


def read_each(
    name: str, values: Iterable[str], read: Callable, most: int, allowed: str
) -> tuple[tuple, tuple[Rejected, ...]]:
    """Each value read once, the first ``most`` of them; those that ``read`` makes nothing of are rejected."""
    found, rejected = [], []
    for value in values:
        one = read(value)
        if one is None or (one not in found and len(found) == most):
            rejected.append(Rejected(name, shortened(tidy(value)), f"allowed: {allowed}."))
        elif one not in found:
            found.append(one)
    return tuple(found), tuple(rejected)


def read_levels(variable: Variable, values: list[str], rejected: list[Rejected]) -> list[str]:
    """Levels of a category or set that the variable has."""
    codes = [level.code for level in variable.levels]
    for value in values:
        if value not in codes:
            rejected.append(Rejected(variable.name, shortened(value), f"allowed: {', '.join(codes)}."))
    return [v for v in values if v in codes]


def read_range(variable: Variable, values: list[str], rejected: list[Rejected]) -> tuple[float, float] | None:
    """A range within the variable's bounds, or None."""
    low, high = variable.bounds
    try:
        numbers = [float(v) for v in values]
    except ValueError:
        numbers = []
    if len(numbers) == 2 and all(math.isfinite(x) and low <= x <= high for x in numbers):
        return min(numbers), max(numbers)
    if values:
        allowed = f"allowed: two numbers from {low:g} to {high:g}."
        rejected.append(Rejected(variable.name, shortened(" ".join(values)), allowed))
    return None


def read_patients(
    name: str, values: list[str], definition: CohortDefinition, ids: Sequence[str], rejected: list[Rejected]
) -> tuple[str, ...]:
    """Patients of a frozen list that the cohort has, in its order."""
    if policy_for(definition).hides:
        allowed = "lists of patients travel for public cohorts only."
        rejected.append(Rejected(name, shortened(",".join(values)), allowed))
        return ()
    found, unknown = read_ids(values, ids)
    if unknown:
        who = f"ids of this cohort, from {ids[0]} to {ids[-1]}" if len(ids) else "nothing"
        kept = f"{plural(len(found), 'patient')} of the list {'is' if len(found) == 1 else 'are'} known."
        rejected.append(Rejected(name, shortened(",".join(unknown)), f"allowed: {who}. {kept}"))
    return found
