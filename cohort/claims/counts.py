"""Functions of claims that count and describe patients, adverse events and dates.

The first line of a docstring is the function's documentation (docs/claims.md).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np

from cohort.claims.eln2022 import eln2022
from cohort.claims.grammar import ExpressionError
from cohort.claims.registry import Function, registering
from cohort.claims.values import COUNT, MONTHS, PERCENT, PLAIN, Codes, named
from cohort.statistics import clopper_pearson
from cohort.tables import Cohort
from cohort.wording import NOT_REPORTED_TEXT, missing, number

FUNCTIONS: dict[str, Function] = {}
_function = registering(FUNCTIONS)
DAYS_PER_MONTH = 30.4375


@_function("n()", COUNT, "all patients")
def _n(cohort: Cohort) -> np.ndarray:
    """Number of patients in the cohort."""
    return np.ones(cohort.n, dtype=bool)


@_function("count(who)", COUNT, "patients with {who}")
def _count(cohort: Cohort, who: np.ndarray) -> np.ndarray:
    """Number of patients who meet a condition."""
    return who


@_function("ids(who)", PLAIN, "patients with {who}")
def _ids(cohort: Cohort, who: np.ndarray) -> np.ndarray:
    """Which patients meet a condition; for sentences."""
    return who


@_function("values(number, who)", PLAIN, "{number} of patients with {who}")
def _values(cohort: Cohort, values: np.ndarray, who: np.ndarray) -> tuple[str, ...]:
    """The number of each patient who meets a condition, with the patient's id in brackets; for sentences."""
    return tuple(
        f"{NOT_REPORTED_TEXT if np.isnan(v) else number(v, 4)} ({i})"
        for i, v in zip(cohort.ids[who], values[who], strict=True)
    )


@_function("median(number[, who])", PLAIN, "median of {number}")
def _median(cohort: Cohort, values: np.ndarray, who: np.ndarray | None = None) -> float:
    """Median of a number among the patients, or among those who meet a condition; missing values are left out."""
    return _over(np.median, values, who)


@_function("min(number[, who])", PLAIN, "smallest {number}")
def _min(cohort: Cohort, values: np.ndarray, who: np.ndarray | None = None) -> float:
    """Smallest value of a number."""
    return _over(np.min, values, who)


@_function("max(number[, who])", PLAIN, "largest {number}")
def _max(cohort: Cohort, values: np.ndarray, who: np.ndarray | None = None) -> float:
    """Largest value of a number."""
    return _over(np.max, values, who)


def _over(summary: Callable, values: np.ndarray, who: np.ndarray | None) -> float:
    kept = values if who is None else values[who]
    kept = kept[~np.isnan(kept)]
    return float(summary(kept)) if len(kept) else np.nan


@_function("share(k, n)", PERCENT, "{k} as a percentage of {n}")
def _share(cohort: Cohort, k: float, n: float) -> float:
    """k as a percentage of n."""
    return 100 * k / n if n else np.nan


@_function("limits(k, n)", PERCENT, "exact 95 % limits of {k} among {n}")
def _limits(cohort: Cohort, k: float, n: float) -> tuple[float, float]:
    """Exact (Clopper–Pearson) 95 % limits of k among n; for sentences."""
    if missing(k) or missing(n):
        return np.nan, np.nan
    if not 0 <= k <= n:
        raise ExpressionError("limits need a count between 0 and n", f"{k:g} of {n:g}")
    lower, upper = clopper_pearson(k, n)
    return 100 * float(lower), 100 * float(upper)


@_function("eln2022(gene)", PLAIN, "ELN 2022 class by rule, {gene} present in all")
def _eln2022(cohort: Cohort, gene: str) -> Codes:
    """ELN 2022 class of each patient from ``karyotype``, ``fusion`` and ``genes``; ``gene`` is in all by inclusion."""
    columns = [named(cohort, name) for name in ("karyotype", "fusion", "genes")]
    if [isinstance(c, Codes) and c.multiple for c in columns] != [False, False, True]:
        raise ExpressionError("the ELN rule needs two categories and a set", "karyotype, fusion, genes")
    rows = zip(*(c.values for c in columns), strict=True)
    found = [eln2022(karyotype, fusion, {*genes, gene}) for karyotype, fusion, genes in rows]
    return Codes(np.array(found, dtype=object), {c: c for c in sorted(set(found))}, "")


@_function("months_between(start, end)", MONTHS, "months from {start} to {end}")
def _months_between(cohort: Cohort, start: str, end: str) -> float:
    """Months between two dates written '2025-05-31', at 30.4375 days each."""
    try:
        return (date.fromisoformat(end) - date.fromisoformat(start)).days / DAYS_PER_MONTH
    except ValueError:
        raise ExpressionError("not a date", f"{start}, {end}", "dates such as '2025-05-31'") from None


@_function("ae(term, band)", COUNT, "patients with {term} of {band}", NOT_REPORTED_TEXT)
def _ae(cohort: Cohort, term: str, band: str) -> float:
    """Number of patients with an adverse event in a grade band of ``ae_aggregate.csv``; not reported is never 0."""
    return _reported(cohort, term, band)[0]


@_function("ae_share(term, band)", PERCENT, "patients with {term} of {band}, in percent", NOT_REPORTED_TEXT)
def _ae_share(cohort: Cohort, term: str, band: str) -> float:
    """The same in percent of the patients it was reported for."""
    return _share(cohort, *_reported(cohort, term, band))


def _reported(cohort: Cohort, term: str, band: str) -> tuple[float, float]:
    """k and n of a term and band; k is NaN where no count is reported."""
    table = cohort.table("ae_aggregate")
    rows = [] if table is None else [r for r in table.to_pylist() if r["term"] == term]
    if not rows:
        terms = [] if table is None else dict.fromkeys(table["term"].to_pylist())
        raise ExpressionError("no adverse event of this name", term, ", ".join(terms) or "none: no ae_aggregate table")
    row = next((r for r in rows if r["grade_band"] == band), {"k": None, "n": None})
    return (np.nan if row["k"] is None else float(row["k"])), float(row["n"] or 0)
