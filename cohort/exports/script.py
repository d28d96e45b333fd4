"""A view as a short Python script: the same numbers and the same figure, from the data files and this package alone.

What a script holds follows from the view: only what its page shows is computed. Text of a cohort enters as Python
literals only.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields

from cohort import __version__
from cohort.comparator import Comparator, comparable
from cohort.narrative.comparison import RATIO_GROUPS
from cohort.narrative.survival import headline_month, population_words
from cohort.options import NO_GROUPING, Options
from cohort.results.adverse_events import adverse_events
from cohort.results.comparison import ComparisonResult
from cohort.results.patients import PatientsResult
from cohort.results.sensitivity import LOSSES, SensitivityResult
from cohort.results.survival import SurvivalResult
from cohort.sharing.patient_list import write_ids
from cohort.view import CohortView

PAGES = ("overview", "survival", "subgroups", "adverse_events", "patients", "evidence")
"""Pages whose numbers a script gives."""

NOT_NUMBERS = ("endpoint", "by", "behind", "verdict")
"""Options that are written otherwise, or that change no number and no figure."""


@dataclass
class _Script:
    """The parts of a script while it is put together: imports, lines, and the numbers as (name, expression)."""

    names: set[str] = field(default_factory=lambda: {"open_view", "read_cohort", "show"})
    imports: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    numbers: list[tuple[str, str]] = field(default_factory=list)
    figure: bool = True

    def result(self, name: str, function: str) -> None:
        self.names.add(function)
        self.lines.append(f"{name} = {function}(view)")

    def number(self, name: str, expression: str) -> None:
        self.numbers.append((name, expression))


def script(view: CohortView, page: str, external: Comparator | None = None, folder: str = "") -> str:
    """A script that reproduces the numbers and the figure of a page.

    Parameters
    ----------
    view : the view
    page : one of PAGES
    external : the published curve beside it, if any
    folder : where the cohort's folder is; default its place in the repository

    Raises
    ------
    KeyError
        The page has no script; the message lists those that have.
    """
    if page not in PAGES:
        raise KeyError(f"no script of page {page!r}; allowed: {', '.join(PAGES)}")
    parts = _Script()
    _WRITERS[page](parts, view)
    beside = external if page == "survival" and external is not None and comparable(external, view) else None
    if beside is not None:
        _read_external(parts, view, beside)
    if parts.figure:
        parts.names |= {"figure", "save"}
    drawn = f"figure(view, {page!r}{', external' if beside else ''})"
    lines = [
        f"# Made by Riskset {__version__}. Run it where the package is found: the top folder of its repository.",
        *parts.imports,
        f"from cohort import {', '.join(sorted(parts.names))}",
        "",
        f"data = read_cohort({folder or 'data/' + view.definition.id!r})",
        f"if data.fingerprint != {view.cohort.fingerprint!r}:",
        '    print("The data differ from those this script was made with, so its numbers may differ.")',
        f"print({f'{view.endpoint.label}. {population_words(view)}'!r})",
        *_open(view),
        *parts.lines,
        "numbers = {",
        *(f"    {name!r}: {expression}," for name, expression in parts.numbers),
        "}",
        "show(numbers)",
        *([f"drawing = {drawn}", f"save(drawing, 'riskset-{page}.svg')"] if parts.figure else []),
    ]
    return "\n".join(lines) + "\n"


def _open(view: CohortView) -> list[str]:
    """The call that opens the view, one argument a line; what is as by default is left out."""
    selection, options, opening = view.selection, view.options, Options.default(view.definition)
    arguments = {
        "by": options.by if options.by != NO_GROUPING else None,
        "where": {name: list(codes) for name, codes in selection.levels},
        "ranges": dict(selection.ranges),
        "keep_unknown": sorted(selection.keep_unknown),
        "cutoffs": dict(selection.cutoffs),
        "among": ",".join(write_ids(selection.patients)),
        "marks": [mark.written() for mark in view.marks],
    }
    changed = {f.name: getattr(options, f.name) for f in fields(Options) if f.name not in NOT_NUMBERS}
    arguments |= {name: value for name, value in changed.items() if value != getattr(opening, name)}
    written = [f"    {name}={value!r}," for name, value in arguments.items() if value]
    if not written:
        return [f"view = open_view(data, {options.endpoint!r})"]
    return ["view = open_view(", f"    data, {options.endpoint!r},", *written, ")"]


def _read_external(parts: _Script, view: CohortView, external: Comparator) -> None:
    if external in view.cohort.comparators:
        parts.lines.append(f"external = next(c for c in data.comparators if c.file == {external.file!r})")
        return
    parts.imports.append("from pathlib import Path\n")
    parts.names.add("read_comparator")
    file = repr(external.file)
    parts.lines.append(f"external = read_comparator(Path({file}).read_bytes(), {file}, data.definition)")


def _nobody(parts: _Script) -> None:
    parts.figure = False
    parts.number("Patients", "view.n")


# ---- survival --------------------------------------------------------------------------------------------------------


def _survival(parts: _Script, view: CohortView) -> None:
    if not view.in_view.any():
        return _nobody(parts)
    parts.result("result", "survival")
    if view.estimand.bounded:
        parts.number("Bounds", "result.landmark_rows")
        medians = '[{"group": g, "earliest": low, "latest": high} for g, (low, high) in result.medians.items()]'
        parts.number("Medians", medians)
        return parts.number("At risk", "result.at_ticks")
    parts.number("Estimates", "result.landmarks")
    if view.endpoint.kind == "survival":
        parts.number("Medians", "result.medians")
    for name, attribute in (("Follow-up", "follow_up"), ("Rates", "person_time"), ("At risk", "at_ticks")):
        parts.number(name, f"result.{attribute}")
    shown = SurvivalResult(view)
    if view.options.panel == "compare":
        return _comparison(parts, ComparisonResult(shown))
    parts.result("examined", "sensitivity")
    {"influence": _influence, "lost": _lost, "definitions": _definitions}[view.options.panel](
        parts, SensitivityResult(shown)
    )


def _comparison(parts: _Script, compared: ComparisonResult) -> None:
    if compared.view.by is None or len(compared.groups) < 2:
        return
    month = headline_month(compared.view)
    parts.result("compared", "compare")
    parts.number("Observed and expected", "compared.log_rank.groups")
    parts.number(f"Differences at {month:g} months", f"compared.differences({month:g})")
    if compared.restricted_means:
        parts.number("Restricted means", "compared.restricted_means")
        parts.number("Differences of restricted means", "compared.mean_differences")
    if len(compared.groups) <= RATIO_GROUPS and compared.firth.defined:
        parts.number("Hazard ratios (Firth)", "compared.firth.coefficients")
    if _tested(compared):
        parts.number("Permutation test", "compared.exact()")


def _tested(compared: ComparisonResult) -> bool:
    return compared.view.by is not None and compared.testable and compared.view.options.test == "exact"


def _influence(parts: _Script, examined: SensitivityResult) -> None:
    if len(examined.places) < 2:
        return
    month = headline_month(examined.view)
    parts.number(f"Estimates at {month:g} months without each patient", f"examined.estimates_without({month:g})")
    if _tested(examined.comparison):
        pairs = "zip(data.ids[examined.compared], examined.tests_without())"
        parts.number("Permutation test", "examined.comparison.exact()")
        parts.number("Exact p without each patient", f'[{{"patient": i, "p": p}} for i, p in {pairs}]')


def _lost(parts: _Script, examined: SensitivityResult) -> None:
    if not examined.lost.any():
        return
    for loss, words in LOSSES.items():
        parts.number(f"Estimates, the lost taken as {words}", f"examined.loss_estimates[{loss!r}]")
    if _tested(examined.comparison) and examined.lost[examined.compared].any():
        parts.number("Tipping point", "examined.tipping()")


def _definitions(parts: _Script, examined: SensitivityResult) -> None:
    view = examined.view
    tests = view.options.test == "exact" and view.by is not None
    parts.number("Definitions", f"examined.grid({headline_month(view):g}, {tests})")


# ---- the other pages -------------------------------------------------------------------------------------------------


def _subgroups(parts: _Script, view: CohortView) -> None:
    if view.estimand.bounded or not view.n:
        return _nobody(parts)
    parts.imports.append("from cohort.narrative.subgroups import subgroups_records")
    parts.result("result", "subgroups")
    parts.number("Rows", "subgroups_records(result)")


def _adverse_events(parts: _Script, view: CohortView) -> None:
    found = adverse_events(view)
    if found is None or not view.n:
        return _nobody(parts)
    parts.result("result", "adverse_events")
    parts.figure = found.countable
    if found.level == "patient":
        parts.number("Counts", "result.counts")
    else:
        parts.number("Bounds", "result.bounds") if found.is_subgroup else parts.number("Reported", "result.reported")


def _overview(parts: _Script, view: CohortView) -> None:
    if not view.n:
        return _nobody(parts)
    parts.result("result", "overview")
    for name, expression in (
        ("Table 1", "result.table_one"), ("Flow", "result.boxes"), ("Follow-up", "[result.follow_up]"),
    ):  # fmt: skip
        parts.number(name, expression)


def _patients(parts: _Script, view: CohortView) -> None:
    if not PatientsResult(view).n:
        return _nobody(parts)
    parts.imports.append("import pyarrow as pa\n")
    parts.result("result", "patients")
    parts.number("Patients", "pa.table(result.listing)")


def _evidence(parts: _Script, view: CohortView) -> None:
    parts.figure = False
    parts.names.add("evidence")
    parts.number("Claims", "evidence(view)")


_WRITERS = {
    "overview": _overview,
    "survival": _survival,
    "subgroups": _subgroups,
    "adverse_events": _adverse_events,
    "patients": _patients,
    "evidence": _evidence,
}
