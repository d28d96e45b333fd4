"""Words of the looks ledger."""

from __future__ import annotations

from cohort.looks import EVERY, Ledger
from cohort.wording import plural

TIMES = "%H:%M"
LOOKED = {
    "comparison": "groups side by side",
    "forest": "forest of estimates",
    "test": "with its test",
    "weights": "with the other weights",
    "pairs": "every pair of groups",
    "definitions": "with every other definition",
}


def looks_sentence(ledger: Ledger) -> str:
    """How many comparisons, and what that many would turn up by chance; "" for a single one (guard L1)."""
    if ledger.comparisons < 2:
        return ""
    forests = [taken for taken in ledger.looks if taken.grouping == EVERY]
    factors = sum(taken.comparisons for taken in forests)
    named = f"the factors of {plural(len(forests), 'forest')}"
    among = ""
    if forests:
        among = f" ({named})" if factors == ledger.comparisons else f", {factors} of them {named}"
    chance = "more than 99 %" if ledger.chance > 0.99 else f"about {100 * ledger.chance:.0f} %"
    return (
        f"{ledger.comparisons} comparisons looked at in this session{among}; were none of them real, the chance that "
        f"at least one falls below 0.05 is {chance} (taking them as independent)."
    )


def looks_table(ledger: Ledger) -> list[dict[str, str]]:
    """The ledger as printed, one row a look."""
    return [
        {
            "Look": str(number),
            "Time (UTC)": taken.at.strftime(TIMES),
            "Endpoint": taken.endpoint,
            "Grouping": taken.grouping,
            "Filter": taken.filters,
            "Comparisons": str(taken.comparisons),
            "Looked at": LOOKED[taken.kind],
            "Test shown": "yes" if taken.tested else "no",
        }
        for number, taken in enumerate(ledger.looks, 1)
    ]


def looks_records(ledger: Ledger) -> list[dict[str, object]]:
    """The ledger as a file: the table with full times and the address of each look."""
    return [
        {**row, "Time (UTC)": taken.at.isoformat(timespec="seconds"), "Address": "?" + taken.query}
        for row, taken in zip(looks_table(ledger), ledger.looks, strict=True)
    ]
