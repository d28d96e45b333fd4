"""Words of a published curve beside the cohort's own: external, unadjusted, and drawn only where it fits."""

from __future__ import annotations

from cohort.comparator import Comparator, comparable
from cohort.narrative.cautions import Caution
from cohort.view import CohortView
from cohort.wording import NOT_ESTIMABLE, missing


def external_caption(external: Comparator | None) -> str:
    """What the dashed line is and where it comes from; "" without one."""
    if external is None:
        return ""
    return (
        f"Dashed grey: external, unadjusted: {external.label}, {external.population} ({external.citation}), as "
        "published; not adjusted for differences between the populations."
    )


def external_cautions(view: CohortView, external: Comparator | None) -> tuple[Caution, ...]:
    """What to keep in mind about the published curve, or why it is not drawn."""
    if external is None:
        return ()
    if comparable(external, view):
        return (
            Caution(
                "external",
                f"The dashed curve ({external.label}) is of other patients and adjusted for nothing.",
                "A distance between it and the cohort's curves can come from who was included, from when and for how "
                "long they were followed, and from how the event was looked for. No test compares them.",
            ),
        )
    asked = view.definition.endpoint(external.endpoint_code)
    return (
        Caution(
            "external",
            f"The external curve ({external.label}) is not drawn: it shows {_named(asked.label)} counted from "
            f"{external.origin}, and this figure {_named(view.endpoint.label)} counted from {view.endpoint.origin}.",
            "Only curves of the same endpoint, defined as in the registry and counted from the same time zero, stand "
            "on one axis.",
        ),
    )


def external_alt(view: CohortView, external: Comparator | None) -> str:
    """The published curve at the endpoint's landmarks, for the alternative text; "" where none is drawn."""
    if external is None or not comparable(external, view):
        return ""
    at = "; ".join(f"{month:g} months {_share(external.at(month))}" for month in view.endpoint.landmarks)
    return f"External, unadjusted, {external.label}: {at}."


def _share(value: float | None) -> str:
    """A share with the decimals it was published with, one at most."""
    return NOT_ESTIMABLE if missing(value) else f"{100 * value:.1f}".removesuffix(".0") + " %"


def _named(label: str) -> str:
    return f"“{label}”"
