"""What exactly is estimated: which happenings count, compete or censor, whether deaths count, and from when.

An endpoint of the registry is a starting point; a reader may change its handling of events and of intercurrent
reasons (ICH E9(R1)). The result is an endpoint like any other, with a sentence that says what it is, and everybody's
outcome on its clock. Where the data only bound a time the outcome carries both limits and the estimate is an envelope.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cohort.dictionary import Endpoint
from cohort.entry_times import (
    DEATH,
    EARLIER,
    LATER,
    death_endpoint,
    entry_between,
    entry_limits,
    known_deaths,
    shortest_entry,
)
from cohort.statistics import landmark
from cohort.tables import Cohort, Outcome
from cohort.timelines import clocks
from cohort.wording import in_months, listed, sentence_case

if TYPE_CHECKING:
    from cohort.options import Options

HANDLINGS = {"counted": "counted", "competing": "competing event", "censored": "censored"}
"""What can be made of a happening, in the words of the composer."""

DEATHS = {"as_recorded": "not counted", "counted": "counted"}
ZEROS = {
    "origin": "diagnosis",
    "delayed_entry": "diagnosis, at risk from maintenance",
    "entry": "start of maintenance",
}
LANDMARKS = ("0", "3", "6", "12", "24", "36")
"""Months at which the clock may be restarted among those still at risk; 0 is no landmark."""


@dataclass(frozen=True)
class Happening:
    """An event or intercurrent reason on an endpoint's clock, and what the registry makes of it."""

    code: str
    label: str
    registry: str


@dataclass(frozen=True, eq=False)
class Estimand:
    """An endpoint as composed, everybody's outcome on it, and what of the request could not be done."""

    endpoint: Endpoint
    outcome: Outcome
    composed: bool = False
    notes: tuple[str, ...] = ()
    landmark: float = 0.0

    def when(self, month: float) -> str:
        """A time on this clock in words: "24 months", or "24 months after the landmark" where it was restarted."""
        return in_months(month) + (" after the landmark" if self.landmark else "")

    @property
    def treatment(self) -> frozenset[str]:
        """What is counted and what competes, as it stands in a link: "stopped_early.competing", "deaths.counted"."""
        found = [f"{code}.counted" for code in self.endpoint.event]
        found += [f"{code}.competing" for code in self.endpoint.competing]
        return frozenset([*found, *(["deaths.counted"] if self.endpoint.deaths == "counted" else [])])

    @property
    def bounded(self) -> bool:
        """Whether some time or entry is only known between limits, so that the estimate is an envelope."""
        return self.endpoint.status == "bounded"


def happenings(cohort: Cohort, endpoint: Endpoint) -> tuple[Happening, ...]:
    """What occurs in the endpoint's rows and can be handled in more than one way, in registry order."""

    def build() -> tuple[Happening, ...]:
        rows = [r for r in cohort.tables["endpoints"].to_pylist() if r["endpoint"] == endpoint.rows]
        events = {r["event"] for r in rows}
        reasons = {r["reason"] for r in rows}
        found = [(code, label) for code, label in cohort.definition.events.items() if code in events]
        found += [(r.code, r.label) for r in cohort.definition.reasons if r.intercurrent and r.code in reasons]
        return tuple(Happening(code, label, _registry(endpoint, code)) for code, label in found)

    return cohort.once(("happenings", endpoint.code), build)


def _registry(endpoint: Endpoint, code: str) -> str:
    return "counted" if code in endpoint.event else "competing" if code in endpoint.competing else "censored"


def read_handling(text: str) -> dict[str, str]:
    """ "molecular_relapse.censored,stopped_early.competing" as a mapping; what has not that form is left out."""
    pairs = (part.rpartition(".") for part in text.split(",") if part)
    return {code: handling for code, _, handling in pairs if handling in HANDLINGS}


def write_handling(cohort: Cohort, endpoint: Endpoint, handling: dict[str, str]) -> str:
    """The part of a handling that differs from the registry, as it stands in a link."""
    return ",".join(
        f"{h.code}.{handling[h.code]}"
        for h in happenings(cohort, endpoint)
        if h.code in handling and handling[h.code] != h.registry
    )


def offers_deaths(cohort: Cohort, endpoint: Endpoint) -> bool:
    """Whether deaths that only the other clock records could be counted on this one."""
    return (
        endpoint.origin == LATER
        and entry_between(cohort) is not None
        and DEATH not in {h.code for h in happenings(cohort, endpoint)}
        and bool(known_deaths(cohort).any())
    )


def offers_zeros(cohort: Cohort, endpoint: Endpoint) -> bool:
    """Whether the endpoint's time zero could be moved to the later clock's start."""
    return endpoint.origin == EARLIER and entry_between(cohort) is not None


def estimand(cohort: Cohort, options: Options) -> Estimand:
    """The endpoint asked for, composed as the options say, with everybody's outcome."""
    key = ("estimand", options.endpoint, options.treat, options.deaths, options.zero, options.landmark)
    return cohort.recall(key, lambda: _compose(cohort, options))


def _compose(cohort: Cohort, options: Options) -> Estimand:
    base, notes = cohort.definition.endpoint(options.endpoint), []
    known = happenings(cohort, base)
    handling = {h.code: h.registry for h in known} | {
        code: how for code, how in read_handling(options.treat).items() if code in {h.code for h in known}
    }
    if "counted" not in handling.values():
        notes.append("At least one event must be counted; the handling of events is as in the registry.")
        handling = {h.code: h.registry for h in known}
    deaths = (options.deaths or base.deaths) if offers_deaths(cohort, base) else "as_recorded"
    zero = (options.zero or base.zero) if offers_zeros(cohort, base) else "origin"
    bounded = deaths == "counted" or zero != "origin"
    if bounded and "competing" in handling.values():
        notes.append("With times known between limits only, competing events are not available; they are censored.")
        handling = {code: "censored" if how == "competing" else how for code, how in handling.items()}
    mark = float(options.landmark)
    if bounded and mark:
        notes.append("With times known between limits only, the clock cannot be restarted; there is no landmark.")
        mark = 0.0
    endpoint = replace(
        base,
        event=tuple(c for c, how in handling.items() if how == "counted") or base.event,
        competing=tuple(c for c, how in handling.items() if how == "competing"),
        deaths=deaths,
        zero=zero,
        origin=LATER if zero == "entry" else base.origin,
    )
    if deaths == "counted":
        endpoint = replace(endpoint, event=tuple(dict.fromkeys((*endpoint.event, DEATH))))
    outcome = _outcome(cohort, endpoint, base)
    if mark:
        outcome = _from_landmark(outcome, mark)
    as_registered = (
        all(handling[h.code] == h.registry for h in known) and (deaths, zero) == (base.deaths, base.zero) and not mark
    )
    if not as_registered:
        endpoint = _named(cohort, endpoint, base, mark)
    status = "bounded" if outcome.bounded else "identified"
    return Estimand(replace(endpoint, status=status), outcome, not as_registered, tuple(notes), mark)


# ---- outcomes --------------------------------------------------------------------------------------------------------


def _outcome(cohort: Cohort, endpoint: Endpoint, base: Endpoint) -> Outcome:
    recorded = cohort.outcome(base)
    code = np.where(recorded.event != "", recorded.event, recorded.reason)
    low, high = recorded.time.copy(), (recorded.time if recorded.time_hi is None else recorded.time_hi).copy()
    begin = entry_between(cohort)
    if endpoint.deaths == "counted":
        death, when = known_deaths(cohort), cohort.outcome(death_endpoint(cohort)).time
        moved = death & (recorded.event == "")
        shortest, latest = entry_limits(begin)
        low = np.where(moved, np.fmax(recorded.time, when - latest), low)
        high = np.where(moved, np.fmax(low, when - shortest), high)
        code = np.where(moved, DEATH, code)
    entry_lo = entry_hi = None
    if endpoint.zero != "origin":
        shortest, latest = entry_limits(begin)
        if endpoint.zero == "entry":
            low, high = np.fmax(low - latest, 0), np.fmax(high - shortest, 0)
        else:
            entry_lo, entry_hi = np.nan_to_num(shortest), np.where(np.isnan(latest), 0.0, latest)
    kind = np.array([1 if c in endpoint.event else 2 if c in endpoint.competing else 0 for c in code])
    return Outcome(
        time=low,
        kind=kind,
        reason=np.where(kind == 0, code, "").astype(object),
        event=np.where(kind == 0, "", code).astype(object),
        time_hi=None if np.array_equal(low, high, equal_nan=True) else high,
        entry_lo=entry_lo,
        entry_hi=entry_hi,
    )


def _from_landmark(outcome: Outcome, mark: float) -> Outcome:
    """Those still at risk after the landmark, the clock restarted."""
    at_risk, *_ = landmark(outcome.time, outcome.kind, mark)
    return replace(outcome, time=np.where(at_risk, outcome.time - mark, np.nan))


# ---- words -----------------------------------------------------------------------------------------------------------


def happening_label(cohort: Cohort, code: str) -> str:
    """An event or reason in words."""
    return cohort.definition.events.get(code) or cohort.definition.reason(code).label


def happening_noun(cohort: Cohort, code: str) -> str:
    """An event or reason inside a sentence."""
    return cohort.definition.events.get(code) or cohort.definition.reason(code).noun or happening_label(cohort, code)


def _in_brackets(noun: str) -> str:
    """A noun without the remark it ends with, for where brackets stand around it."""
    return noun.partition(" (")[0]


def _named(cohort: Cohort, endpoint: Endpoint, base: Endpoint, mark: float) -> Endpoint:
    """The composed endpoint with its own label, short name, definition and axis."""
    counted, competing = (
        [happening_noun(cohort, code) for code in codes] for codes in (endpoint.event, endpoint.competing)
    )
    occurring = [h for h in happenings(cohort, base) if h.code not in endpoint.event + endpoint.competing]
    censored = [happening_noun(cohort, h.code) for h in occurring]
    kind = "incidence" if competing else base.kind
    origin = clocks(cohort.definition)[LATER].endpoints[0].origin_label if endpoint.zero == "entry" else None
    origin_label = origin or base.origin_label
    since = origin_label.removeprefix("Months from ")
    changes = [
        f"{_in_brackets(happening_noun(cohort, h.code))} {_registry(endpoint, h.code)}"
        for h in happenings(cohort, base) if _registry(endpoint, h.code) != h.registry
    ]  # fmt: skip
    if endpoint.deaths != base.deaths:
        changes.append("deaths counted" if endpoint.deaths == "counted" else "deaths not counted")
    if endpoint.zero != base.zero:
        changes.append(f"time zero: {ZEROS[endpoint.zero]}")
    if mark:
        changes.append(f"landmark {in_months(mark)}")
    same_event = set(endpoint.event) == set(base.event)
    what = listed(counted)
    subject = base.short if kind == base.kind else f"Cumulative incidence of {listed(counted, 'or')}"
    short = base.short if kind == base.kind else sentence_case(listed([_in_brackets(noun) for noun in counted], "or"))
    sentence = f"Composed by the reader: time from {since} to {'the first of ' if len(counted) > 1 else ''}{what}"
    sentence += f"; {listed(competing)} competes with it" if competing else ""
    sentence += f"; censored at {listed([*censored, 'the last observation of this follow-up'])}."
    if endpoint.deaths == "counted":
        sentence += " " + _bounded_words(cohort, "deaths without a recorded event")
    if endpoint.zero != "origin":
        sentence += " " + _bounded_words(cohort, "starts of maintenance")
    if mark:
        sentence += f" Among those still at risk {in_months(mark)} from {since}; the clock restarts there."
        origin_label = f"Months from the landmark ({in_months(mark)} from {since})"
    return replace(
        endpoint,
        label=f"{subject}: {'; '.join(changes)}",
        short=f"{short} ({'; '.join(changes)})",
        kind=kind,
        origin_label=origin_label,
        event_label=base.event_label if same_event else f"had {listed(counted, 'or')}",
        free_label=base.free_label if same_event else f"were free of {' and '.join(counted)}",
        definition=sentence,
    )


def _bounded_words(cohort: Cohort, what: str) -> str:
    shortest = in_months(shortest_entry(cohort))
    return (
        f"The {what} are dated between limits where the tables do not fix them: maintenance began no later than "
        f"overall minus relapse follow-up allows and no sooner than {shortest} after diagnosis (shortest known)."
    )
