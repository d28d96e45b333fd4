"""Words the adverse-events sentences, tables and cautions share."""

from __future__ import annotations

from cohort.results.adverse_events import AggregateResult, EventsResult, PatientResult
from cohort.results.adverse_events_grades import ANY, OVERALL
from cohort.wording import percent, percent_interval


def in_sentence(term: str) -> str:
    """A term inside a sentence: "fever"; an acronym keeps its capitals."""
    return term[:1].lower() + term[1:] if len(term) > 1 and term[1].islower() else term


def limits(lower: float | None, upper: float | None, n: int) -> str:
    """Limits of a share without their sign: "67–99"."""
    return percent_interval(lower, upper, n).removesuffix(" %")


def share(row: dict) -> str:
    """ "89 %, 95 % CI 67–99" of a row with share, lower, upper and n."""
    return f"{percent(row['share'], row['n'])}, 95 % CI {limits(row['lower'], row['upper'], row['n'])}"


def upper_limit(row: dict) -> str:
    """The exact upper limit of a share of which nobody was seen: "17.6 %"."""
    return f"{100 * row['upper']:.1f} %"


def rate(row: dict) -> str:
    """ "17 of 19 (89 %, 95 % CI 67–99)"; zero patients get the exact upper limit instead."""
    k, n = row["k"], row["n"]
    if not n:
        return "no patient"
    return f"{k} of {n} ({share(row)})" if k else f"0 of {n} (upper 95 % limit {upper_limit(row)})"


def span(lower: int, upper: int) -> str:
    """Bounds of a count: "5–7", or "7" where only one count is possible."""
    return str(lower) if lower == upper else f"{lower}–{upper}"


def source(result: EventsResult) -> str:
    """Who reports the adverse events."""
    return "the paper" if result.view.definition.kind == "published" else "the source"


def these(n: int) -> str:
    """The selected patients: "these 7 patients"."""
    return "this patient" if n == 1 else f"these {n} patients"


def nobody(result: AggregateResult) -> list[str]:
    """Grade bands that the source says no patient had of any term, each with its exact upper limit."""
    rows = [(b, result.row(OVERALL, b.code)) for b in result.bands]
    return [
        f"No grade {b.label} adverse event was reported: 0 of {r['n']}, upper 95 % limit {upper_limit(r)}"
        for b, r in rows
        if r and r["k"] == 0
    ]


def cells(result: PatientResult, band: str = ANY) -> list[list[dict]]:
    """Counts of the terms shown, [term][group], each with k, n, share, lower and upper."""
    names = ("k", "n", "share", "lower", "upper")
    arrays = [result.values(name, band).tolist() for name in names]
    return [
        [dict(zip(names, values, strict=True)) for values in zip(*term, strict=True)]
        for term in zip(*arrays, strict=True)
    ]
