"""What is looked at more closely under the survival figure, one thing at a time: only that is computed."""

from __future__ import annotations

from cohort.results.comparison import ComparisonResult
from cohort.results.sensitivity import SensitivityResult
from cohort.results.survival import SurvivalResult
from cohort.ui import comparison_panels, panels, sensitivity_panels

CHOICES = {
    "compare": "Compare groups",
    "influence": "Single patients",
    "lost": "Lost to follow-up",
    "definitions": "Definitions",
}


def closer(result: SurvivalResult) -> None:
    """The choice and the panel chosen."""
    options = result.view.options
    panels.choice("Look closer", "panel", CHOICES, options.panel)
    if options.panel == "compare":
        comparison_panels.comparison(ComparisonResult(result))
        return
    examined = SensitivityResult(result)
    {
        "influence": sensitivity_panels.influence,
        "lost": sensitivity_panels.lost,
        "definitions": sensitivity_panels.definitions,
    }[options.panel](examined)
