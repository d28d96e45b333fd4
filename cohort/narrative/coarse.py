"""Words on a figure in coarse steps: what was done to it, and no count that it does not show."""

from __future__ import annotations

from cohort.narrative.survival import interval_name
from cohort.results.coarse import CoarseResult
from cohort.wording import listed


def subtitle(result: CoarseResult) -> str:
    """The line under the title."""
    view = result.view
    chosen = [f"{name}: {text}" for name, text in view.selection.words(view.definition)]
    who = f"Selected by {listed(chosen)}" if chosen else view.definition.population
    return f"{who[:1].upper()}{who[1:]}; drawn in steps at which at least {result.threshold} patients leave"


def caption(result: CoarseResult) -> str:
    """What the steps do to the estimate, and who is not shown."""
    what = "Cumulative incidence" if result.estimate == "incidence" else "Kaplan–Meier estimate"
    said = [
        f"{what}; band: pointwise 95 % confidence interval, {interval_name(result)}, of the steps as drawn.",
        "Patients who leave between two steps are counted at the later one: "
        + ("the curve may start later and end elsewhere" if result.estimate == "incidence"
           else "the curve never lies below the estimate from single times")
        + ". For showing, not for analysis.",
    ]  # fmt: skip
    if len(result.shown) < len(result.view.groups):
        said.append(f"Groups of fewer than {result.threshold} patients are left out.")
    return " ".join(said)
