"""What the app's pages show of a view, from a notebook or a script: results, figure, files. No page is needed for it.

Example::

    from cohort import compare, figure, open_view, read_cohort, save, show, survival

    flt3 = read_cohort("data/flt3-itd-sorafenib-iti")
    view = open_view(flt3, "ttr_pub", by="eln_risk", against="adverse")
    show({"Estimates": survival(view).landmarks, "Exact test": compare(view).exact()})
    save(figure(view, "survival"), "rfs.svg")
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path

import pyarrow as pa

from cohort.claims import assess
from cohort.comparator import Comparator
from cohort.errors import CohortError
from cohort.results import adverse_events as adverse_events_result
from cohort.results.adverse_events import EventsResult
from cohort.results.comparison import ComparisonResult
from cohort.results.envelope import EnvelopeResult
from cohort.results.overview import OverviewResult
from cohort.results.patients import PatientsResult
from cohort.results.sensitivity import SensitivityResult
from cohort.results.subgroups import SubgroupsResult
from cohort.results.survival import SurvivalResult
from cohort.view import CohortView

FIGURES = ("overview", "survival", "subgroups", "adverse_events", "patients")
"""Pages with a figure."""

DIGITS = 10
"""Significant digits that :func:`show` prints."""


def compare(view: CohortView) -> ComparisonResult:
    """The groups in view side by side; ``.exact()`` is the permutation test."""
    return ComparisonResult(_exact_times(view))


def sensitivity(view: CohortView) -> SensitivityResult:
    """Single patients, the patients lost, and other definitions."""
    return SensitivityResult(_exact_times(view))


def subgroups(view: CohortView) -> SubgroupsResult:
    """Outcome by every baseline characteristic."""
    return SubgroupsResult(_exact_times(view).view)


def _exact_times(view: CohortView) -> SurvivalResult:
    if view.estimand.bounded:
        raise CohortError(
            f"{view.endpoint.label}: times are known between limits only; survival() gives its bounds, nothing else is "
            "computed from them."
        )
    return SurvivalResult(view)


def adverse_events(view: CohortView) -> EventsResult | None:
    """Adverse events of the selected patients, as counts or bounds; None where the cohort reports none."""
    return adverse_events_result.adverse_events(view)


def overview(view: CohortView) -> OverviewResult:
    """Flow of patients, Table 1, and what is missing."""
    return OverviewResult(view)


def patients(view: CohortView) -> PatientsResult:
    """Every selected patient: lanes, mutations, listing."""
    return PatientsResult(view)


def evidence(view: CohortView) -> list[dict[str, str]]:
    """The paper's claims against values recomputed from the whole cohort, one row a claim."""
    from cohort.narrative.evidence import ledger_records  # words are loaded when asked for

    return ledger_records(assess(view.cohort))


def figure(view: CohortView, page: str, external: Comparator | None = None) -> dict:
    """The figure of a page as a file has it: a Vega-Lite specification with title and caption, for :func:`save`.

    Parameters
    ----------
    page : one of FIGURES
    external : a published curve, drawn on the survival figure where it answers the question in view

    Raises
    ------
    CohortError
        The page has no figure, or there is nothing to draw for this view.
    """
    if page not in FIGURES:
        raise CohortError(f"page {page!r} has no figure; allowed: {', '.join(FIGURES)}.")
    if page == "survival":
        from cohort.figures.survival import envelope_file, survival_file  # drawing is loaded when asked for

        if view.estimand.bounded:
            return envelope_file(EnvelopeResult(view), external)
        return survival_file(SurvivalResult(view), external=external)
    if page == "subgroups":
        from cohort.figures.subgroups import forest_file

        return forest_file(subgroups(view))
    if page == "patients":
        from cohort.figures.patients import patients_file

        return patients_file(patients(view))
    return _flow(overview(view)) if page == "overview" else _adverse_events(adverse_events(view))


def _flow(result: OverviewResult) -> dict:
    from cohort.exports.figure import standalone
    from cohort.figures.overview import flow_figure
    from cohort.narrative import overview_alt, population_words

    title = f"Flow of patients. {result.view.definition.short_title}"
    return standalone(flow_figure(result), title, population_words(result.view), overview_alt(result))


def _adverse_events(result: EventsResult | None) -> dict:
    from cohort.figures.adverse_events import adverse_events_file

    if result is None or not result.countable:
        raise CohortError("there is no adverse event to draw: the cohort reports none for the selected patients.")
    return adverse_events_file(result)


def save(spec: dict, path: str | Path) -> None:
    """Write a figure as .svg, .png (300 dots an inch) or .pdf, by the ending of the path.

    Raises
    ------
    CohortError
        The path has another ending.
    """
    from cohort.exports.figure import pdf, png, svg

    kinds = {".svg": svg, ".png": png, ".pdf": pdf}
    path = Path(path)
    if path.suffix not in kinds:
        raise CohortError(f"{path.name}: no figure is written as {path.suffix!r}; allowed: {', '.join(kinds)}.")
    path.write_bytes(kinds[path.suffix](spec))


def show(numbers: Mapping[str, object]) -> None:
    """Print numbers under their names, with ten significant digits.

    A value is an Arrow table; rows, as dicts or dataclasses, alone, in a list, or as the values of a mapping; or a
    single number or text.
    """
    for name, value in numbers.items():
        print(f"\n{name}\n{_printed(value)}")


def _printed(value: object) -> str:
    if is_dataclass(value):
        value = [value]
    if isinstance(value, Mapping):
        value = value.values()
    if not isinstance(value, pa.Table | str | int | float):
        value = pa.Table.from_pylist([_row(row) for row in value])
    if not isinstance(value, pa.Table):
        return f"{value:.{DIGITS}g}" if isinstance(value, float) else str(value)
    if not value.num_rows:
        return "nothing"
    return value.to_pandas().to_string(index=False, float_format=f"{{:.{DIGITS}g}}".format, na_rep="")


def _row(row: object) -> dict:
    """A row as a flat dict: what a dataclass holds of its own kind is spread out."""
    if not is_dataclass(row):
        return dict(row)
    found = {}
    for name, value in ((f.name, getattr(row, f.name)) for f in fields(row)):
        found |= _row(value) if is_dataclass(value) else {name: value}
    return found
