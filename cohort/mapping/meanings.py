"""What a status in words says: that something happened, that it did not, or that something else came before it."""

from __future__ import annotations

import re

from cohort.mapping.words import (
    COMPETES,
    DEATH,
    EVENT,
    NEGATED,
    NO_EVENT,
    OTHER_CAUSE,
    RELAPSE,
    RELAPSE_COUNTS,
    words_of,
)

HAPPENS, COMPETING, NOTHING, UNSAID = "event", "competing", "censored", ""
"""What a status can mean for an endpoint; UNSAID is for its owner to say."""

ALIVE_COUNTS = ("rfs", "pfs", "dfs", "efs", "ttr", "ttp", "cir", "dor")
"""Endpoints that end with a relapse of somebody who lives."""

_CODED = re.compile(r"\s*([01])\s*[:=]\s*\S.*")


def stated(text: str) -> str:
    """The words of a text without what they deny: "death" of "Death without relapse"."""
    return NEGATED.sub(" ", words_of(text)).strip()


def says_event(text: str) -> bool:
    """Whether a status in words says that something happened."""
    said = stated(text)
    return bool(EVENT.search(said)) and not NO_EVENT.search(said)


def says_no_event(text: str) -> bool:
    """Whether a status in words says that nothing happened, or that nobody knows."""
    said = stated(text)
    return bool(NO_EVENT.search(said)) or (said != words_of(text) and not EVENT.search(said))


def meaning(value: str, label: str, kind: str) -> str:
    """What a status means for an endpoint.

    Parameters
    ----------
    value, label : the cell, and its words
    kind : code of :data:`cohort.mapping.words.ENDPOINTS`, or anything else where it is not known

    Returns
    -------
    str
        HAPPENS, COMPETING, NOTHING or UNSAID. A death competes with a relapse where only relapses count (Gooley TA et
        al., Stat Med 1999;18:695), and a death from another cause with one from the disease.
    """
    said = stated(label)
    if COMPETES.search(said):
        return COMPETING
    coded = _CODED.fullmatch(value)
    if coded:
        return HAPPENS if coded[1] == "1" else NOTHING
    died, relapsed, alive = DEATH.search(said), RELAPSE.search(said), NO_EVENT.search(said)
    if relapsed and kind in ALIVE_COUNTS:
        return HAPPENS  # "alive with relapse"
    if died and not alive:
        other = kind in RELAPSE_COUNTS or (kind == "dss" and OTHER_CAUSE.search(said))
        return COMPETING if other else HAPPENS
    return HAPPENS if says_event(label) else NOTHING if says_no_event(label) else UNSAID
