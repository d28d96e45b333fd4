"""Results in the style a journal accepts: counts, estimate with limits, then the test where it was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import singledispatch

from cohort.claims import Assessment
from cohort.narrative.adverse_events import adverse_events_sentence
from cohort.narrative.comparison import REFERENCE, comparison_table, test_sentence
from cohort.narrative.envelope import envelope_sentence
from cohort.narrative.evidence import evidence_sentence
from cohort.narrative.overview import overview_sentence
from cohort.narrative.patients import patients_sentence
from cohort.narrative.subgroups import WEAK, estimate_words, ratio_words, row_words, subgroups_sentence
from cohort.narrative.survival import headline_month, interval_name, survival_sentence
from cohort.results.adverse_events import AggregateResult, PatientResult
from cohort.results.comparison import ComparisonResult
from cohort.results.envelope import EnvelopeResult
from cohort.results.overview import OverviewResult
from cohort.results.patients import PatientsResult
from cohort.results.subgroups import SubgroupsResult
from cohort.results.subgroups_rows import PRE_SPECIFIED
from cohort.results.survival import SurvivalResult
from cohort.wording import listed, months, months_interval


@singledispatch
def results_sentence(result: object) -> str:
    """The result in sentences, computed from the object its figure is drawn from.

    Parameters
    ----------
    result : SurvivalResult, EnvelopeResult, SubgroupsResult, OverviewResult, PatientsResult, what
        ``adverse_events()`` gives, or the assessments of the claims

    Raises
    ------
    TypeError
        Nothing is written about such an object.
    """
    raise TypeError(f"no results are written of {type(result).__name__}")


@results_sentence.register
def _(result: SurvivalResult) -> str:
    view = result.view
    said = [survival_sentence(result)]
    if not result.person_rows:  # nobody in view, or nobody in any of its groups
        return said[0]
    said.append(f"Limits at {view.estimand.when(headline_month(view))}: {interval_name(result)}.")
    if result.estimate == "survival":
        rows = {r["group"]: r for r in result.medians.to_pylist()}
        each = [
            f"{'' if view.by is None else g.label + ' '}{months(r['median'])} "
            f"(95 % CI {months_interval(r['lower'], r['upper'])})"
            for g in view.groups
            if (r := rows.get(g.code))
        ]
        said.append(f"Median in months: {listed(each)}.")
    compared = ComparisonResult(result)
    if view.by is not None and view.options.panel == "compare" and len(compared.groups) > 1:
        said += _comparison(compared)
    return " ".join(said)


def _comparison(compared: ComparisonResult) -> list[str]:
    """Every quantity of the comparison with its limits, and then the p value."""
    said = []
    for row in comparison_table(compared):
        (heading, name), *cells = row.items()
        others = [f"{group} {cell}" for group, cell in cells if cell != REFERENCE]
        against = "" if len(others) == len(cells) else f", {heading[:1].lower()}{heading[1:]}"
        said.append(f"{name}{against}: {listed(others)}.")
    if compared.testable and compared.view.options.test == "exact":
        said.append(test_sentence(compared, compared.exact()))
    return said


@results_sentence.register
def _(result: EnvelopeResult) -> str:
    return envelope_sentence(result)


@results_sentence.register
def _(result: SubgroupsResult) -> str:
    words = ratio_words if result.ratios_asked else estimate_words
    first = [i for i, row in enumerate(result.rows) if row.variable.group == PRE_SPECIFIED and result.sizes[i]]
    rows = [
        f"{row_words(result, i)} {result.events[i]} of {result.sizes[i]}, {words(result, i).removesuffix(WEAK)}"
        for i in first
    ]
    said = subgroups_sentence(result)
    return f"{said} Events, and the estimate with its 95 % CI: {'; '.join(rows)}." if rows else said


@results_sentence.register
def _(result: OverviewResult) -> str:
    return overview_sentence(result)


@results_sentence.register
def _(result: PatientsResult) -> str:
    return patients_sentence(result)


@results_sentence.register(AggregateResult)
@results_sentence.register(PatientResult)
@results_sentence.register(type(None))
def _(result: AggregateResult | PatientResult | None) -> str:
    return adverse_events_sentence(result)


@results_sentence.register(tuple)
@results_sentence.register(list)
def _(result: Sequence[Assessment]) -> str:
    return evidence_sentence(result)
