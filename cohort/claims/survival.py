"""Functions of claims about time to an event: known counts, bounds, estimates and follow-up.

The first line of a docstring is the function's documentation (docs/claims.md). Estimates are those of
``cohort.statistics``, from the life table.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from cohort.claims.grammar import ExpressionError
from cohort.claims.registry import Function, registering
from cohort.claims.values import COUNT, MONTHS, PERCENT
from cohort.dictionary import Endpoint
from cohort.statistics import cumulative_incidence, follow_up, kaplan_meier, life_table, median_survival, survival_at
from cohort.tables import Cohort
from cohort.wording import NOT_REACHED

FUNCTIONS: dict[str, Function] = {}
_function = registering(FUNCTIONS)


@_function("events(endpoint)", COUNT, "patients who {event}")
def _events(cohort: Cohort, endpoint: Endpoint) -> np.ndarray:
    """Number of patients with the event."""
    return cohort.outcome(endpoint).kind == 1


@_function("events_by(endpoint, month)", COUNT, "patients who {event} by {month} months")
def _events_by(cohort: Cohort, endpoint: Endpoint, month: float) -> np.ndarray:
    """Number of patients with the event at or before a month."""
    out = cohort.outcome(endpoint)
    return (out.kind == 1) & (out.time <= month)


@_function("known_free(endpoint, month)", COUNT, "patients known free of the event ({endpoint}) at {month} months")
def _known_free(cohort: Cohort, endpoint: Endpoint, month: float) -> np.ndarray:
    """Number of patients who cannot have had the event by a month: still observed then, or with a competing event."""
    out = cohort.outcome(endpoint)
    return ((out.time >= month) | (out.kind == 2)) & ~_events_by(cohort, endpoint, month)


@_function("unknown(endpoint, month)", COUNT, "patients censored ({endpoint}) before {month} months")
def _unknown(cohort: Cohort, endpoint: Endpoint, month: float) -> np.ndarray:
    """Number of patients whose observation ends, censored, before a month."""
    out = cohort.outcome(endpoint)
    return (out.kind == 0) & (out.time < month)


@_function("at_risk(endpoint, month)", COUNT, "patients at risk ({endpoint}) at {month} months")
def _at_risk(cohort: Cohort, endpoint: Endpoint, month: float) -> np.ndarray:
    """Number at risk at a month: time is that month or later, as in R's survfit."""
    return cohort.outcome(endpoint).time >= month


@_function(
    "bounds(endpoint, month)", PERCENT, "{endpoint} at {month} months if all those unknown had, or had not, the event"
)
def _bounds(cohort: Cohort, endpoint: Endpoint, month: float) -> tuple[float, float]:
    """Smallest and largest share free of the event at a month that what is not known allows; for sentences."""
    free, unknown = _known_free(cohort, endpoint, month).sum(), _unknown(cohort, endpoint, month).sum()
    reported = (~np.isnan(cohort.outcome(endpoint).time)).sum()
    return _percent(free / reported, (free + unknown) / reported) if reported else (np.nan, np.nan)


@_function("km(endpoint, month[, who])", PERCENT, "Kaplan–Meier estimate of {endpoint} at {month} months")
def _km(cohort: Cohort, endpoint: Endpoint, month: float, who: np.ndarray | None = None) -> float:
    """Kaplan–Meier estimate at a month, in percent."""
    return 100 * _estimate(cohort, endpoint, month, who)[0]


@_function("km_interval(endpoint, month)", PERCENT, "95 % limits (BPCP) of {endpoint} at {month} months")
def _km_interval(cohort: Cohort, endpoint: Endpoint, month: float) -> tuple[float, float]:
    """Beta product (BPCP) 95 % limits of the Kaplan–Meier estimate; for sentences."""
    return _percent(*_estimate(cohort, endpoint, month)[1:])


@_function("km_lowest(endpoint)", PERCENT, "lowest Kaplan–Meier estimate of {endpoint}")
def _km_lowest(cohort: Cohort, endpoint: Endpoint) -> float:
    """Lowest value of the whole Kaplan–Meier curve, in percent."""
    return 100 * min(_curve(endpoint, _life_table(cohort, endpoint))["survival"].to_pylist(), default=np.nan)


@_function(
    "incidence(endpoint, month)", PERCENT, "cumulative incidence (Aalen–Johansen), {endpoint}, at {month} months"
)
def _incidence(cohort: Cohort, endpoint: Endpoint, month: float) -> float:
    """Aalen–Johansen cumulative incidence at a month, in percent, competing events taken into account."""
    table = _life_table(cohort, endpoint)
    return 100 * _first(survival_at(cumulative_incidence(table), table, [month]), "incidence")[0]


@_function("median_survival(endpoint)", MONTHS, "median of {endpoint}", NOT_REACHED)
def _median_survival(cohort: Cohort, endpoint: Endpoint) -> float:
    """Kaplan–Meier median time; compare it with ``not_reached`` where a paper says so."""
    return _median_of(cohort, endpoint)[0]


@_function("median_interval(endpoint)", MONTHS, "95 % limits (BPCP) of the median of {endpoint}")
def _median_interval(cohort: Cohort, endpoint: Endpoint) -> tuple[float, float]:
    """95 % limits of the median time, from inverting the BPCP limits; for sentences."""
    return _median_of(cohort, endpoint)[1:]


@_function("reverse_km(endpoint)", MONTHS, "median follow-up by reverse Kaplan–Meier ({endpoint})", NOT_REACHED)
def _reverse_km(cohort: Cohort, endpoint: Endpoint) -> float:
    """Median follow-up by the reverse Kaplan–Meier method."""
    return _follow_up(cohort, endpoint, "reverse_km_median")[0]


@_function("reverse_km_interval(endpoint)", MONTHS, "95 % limits (log-log) of median follow-up ({endpoint})")
def _reverse_km_interval(cohort: Cohort, endpoint: Endpoint) -> tuple[float, float]:
    """Log-log 95 % limits of the reverse Kaplan–Meier median; for sentences."""
    return _follow_up(cohort, endpoint, "lower", "upper")


def _life_table(cohort: Cohort, endpoint: Endpoint, who: np.ndarray | None = None) -> pa.Table:
    out = cohort.outcome(endpoint)
    keep = ~np.isnan(out.time) if who is None else ~np.isnan(out.time) & who
    return life_table(out.time[keep], out.kind[keep])


def _curve(endpoint: Endpoint, table: pa.Table) -> pa.Table:
    if endpoint.kind != "survival":
        raise ExpressionError("Kaplan–Meier is for endpoints of kind survival", endpoint.code, "incidence(…) for these")
    return kaplan_meier(table)


def _estimate(cohort: Cohort, endpoint: Endpoint, month: float, who: np.ndarray | None = None) -> tuple[float, ...]:
    """S(t) and its limits; NaN where not estimable."""
    table = _life_table(cohort, endpoint, who)
    return _first(survival_at(_curve(endpoint, table), table, [month]), "survival", "lower", "upper")


def _median_of(cohort: Cohort, endpoint: Endpoint) -> tuple[float, ...]:
    return _first(median_survival(_curve(endpoint, _life_table(cohort, endpoint))), "median", "lower", "upper")


def _follow_up(cohort: Cohort, endpoint: Endpoint, *columns: str) -> tuple[float, ...]:
    return _first(follow_up(_life_table(cohort, endpoint)), *columns)


def _first(table: pa.Table, *columns: str) -> tuple[float, ...]:
    """Cells of the first row, NaN for null and where there is no row."""
    return tuple(next((np.nan if v is None else v for v in table[name].to_pylist()), np.nan) for name in columns)


def _percent(*shares: float) -> tuple[float, ...]:
    return tuple(100 * float(share) for share in shares)
