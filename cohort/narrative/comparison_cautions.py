"""What a comparison of groups can and cannot say, before any test is asked for."""

from __future__ import annotations

import numpy as np

from cohort.dictionary import Level
from cohort.guards import GUARDS
from cohort.narrative.cautions import Caution
from cohort.results.comparison import ComparisonResult
from cohort.view import CohortView
from cohort.wording import count, listed, plural, ratio

LARGEST_RATIO = 100
"""Above this a detectable hazard ratio is not printed: nothing of the kind is ever seen."""


def comparison_cautions(result: ComparisonResult) -> tuple[Caution, ...]:
    """What a comparison of these groups can and cannot say, most important first."""
    if len(result.groups) < 2:
        return ()
    return (*_sparse(result), *_zero_events(result), _assignment(result))


def _assignment(result: ComparisonResult) -> Caution:
    """What a difference is one of: of the assignment where groups were assigned at random, else an association."""
    view = result.view
    if view.by.randomised:
        few = result.total_events < GUARDS.few_events
        return Caution(
            "randomised",
            "These groups were assigned at random: a difference between them is one of the assignment"
            + (f", on {plural(result.total_events, 'event')} in all." if few else "."),
            "Chance is what the interval and the exact p are about. A filter by anything known only after the "
            "assignment, or a clock that starts later than it, compares groups that are no longer those assigned.",
        )
    if view.by.role == "treatment":
        said = "A difference between these groups is an association with treatment, not its effect."
    else:
        treated = " in treated patients" if not view.definition.randomised and _all_treated(view) else ""
        said = f"A difference between these groups is a prognostic association{treated}."
    return Caution(
        "association",
        said,
        "Nobody was assigned to these groups at random: whatever else differs between them may account for it.",
    )


def _all_treated(view: CohortView) -> bool:
    """Whether the cohort says so: everybody is followed from the start of a treatment."""
    since = [e for e in view.definition.identified_endpoints if e.origin in ("maintenance", "treatment")]
    return any(not np.isnan(view.cohort.outcome(e).time).any() for e in since)


def _sparse(result: ComparisonResult) -> list[Caution]:
    tiny = [g for g in result.groups if result.sizes[g.code] < GUARDS.test_group]
    d = result.total_events
    found = []
    if tiny or d < GUARDS.test_events:
        found.append(
            Caution(
                "T1",
                _rests_on(result, tiny),
                "The smallest attainable p is printed beside the exact one. Asymptotic p values from such groups are "
                "too small far too often and are not shown.",
            )
        )
    if GUARDS.test_events <= d < GUARDS.few_events:
        able = result.detectable_ratio
        power = ""
        if able is not None and able > LARGEST_RATIO:
            power = ": with groups of these sizes no realistic hazard ratio could be found with 80 % power"
        elif able is not None:
            power = (
                f": with groups of these sizes only a hazard ratio of about {ratio(able)} or more would be found with "
                "80 % power"
            )
        found.append(
            Caution(
                "T2",
                f"{plural(d, 'event')} in all{power}.",
                "Power is at the 5 % level, two-sided (Schoenfeld 1981). A larger p does not show that groups are "
                "alike.",
            )
        )
    return found


def _rests_on(result: ComparisonResult, tiny: list[Level]) -> str:
    """What a comparison with next to nothing in it hangs on, the smallest groups named."""
    if not tiny:
        d = result.total_events
        return f"This comparison rests on {plural(d, 'event')}: one or two patients decide what is seen."
    sizes = [result.sizes[g.code] for g in tiny]
    if len(tiny) == 1:
        opening = f"{tiny[0].label} is {'one patient' if sizes[0] == 1 else 'two patients'}"
    else:
        opening = (
            f"{listed([f'{g.label} ({n})' for g, n in zip(tiny, sizes, strict=True)])} are one or two patients each"
        )
    if not result.listable or result.total_events < GUARDS.test_events:
        return f"{opening}: one or two patients decide what is seen."
    whom = "that patient" if sizes == [1] else "them"
    floor = f"one in {count(result.allocations)}"
    return f"{opening}: whatever happened to {whom}, no exact p below {floor} is possible."


def _zero_events(result: ComparisonResult) -> list[Caution]:
    none = [g.label for g in result.groups if not result.events[g.code]]
    if not none or not result.total_events:
        return []
    return [
        Caution(
            "T3",
            f"No event in {listed(none)}: the ordinary Cox ratio is not estimable (it grows without limit).",
            "Where groups are large enough for a ratio, Firth's penalised likelihood keeps it finite; its profile "
            "limits show how little is known.",
        )
    ]
