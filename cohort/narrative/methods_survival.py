"""Sentences of the survival page's methods: estimand, population, estimation, comparison, sensitivity."""

from __future__ import annotations

import numpy as np

from cohort.comparator import Comparator, comparable
from cohort.estimand import happening_label
from cohort.guards import GUARDS
from cohort.narrative.comparison import RATIO_GROUPS
from cohort.narrative.survival import group_label, headline_month
from cohort.results.comparison import ComparisonResult
from cohort.results.envelope import EnvelopeResult
from cohort.results.sensitivity import SensitivityResult
from cohort.results.survival import SurvivalResult
from cohort.statistics import PermutationTest
from cohort.view import CohortView
from cohort.wording import count, listed, missing, months, months_interval, number, p_words, plural

INTERVALS = {
    "bpcp": "beta product limits (BPCP, method of moments) [@fay2013]",
    "log-log": "log-log limits with Greenwood's variance [@kalbfleisch2002]",
    "log": "limits on the log scale with Greenwood's variance [@greenwood1926]",
    "plain": "Greenwood's limits on the plain scale [@greenwood1926]",
}
"""Interval methods with their citation."""


def survival_sentences(view: CohortView, look: int, external: Comparator | None) -> list[str]:
    """Methods of the survival figure and of what is looked at under it."""
    found = [*estimand_sentences(view), *population_sentences(view)]
    if not view.in_view.any():
        return found
    if view.estimand.bounded:
        found += _envelope(view)
    else:
        result = SurvivalResult(view)
        found += [estimation_sentence(view), *_median(view), _follow_up(result), _rates()]
        found += _closer(result, look)
    if external is not None and comparable(external, view):
        found.append(
            f"A published curve of other patients ({external.label}, {external.population}) [@external] is drawn as "
            "published, unadjusted for differences between the populations, and is not tested against."
        )
    return found


# ---- the estimand ----------------------------------------------------------------------------------------------------


def estimand_sentences(view: CohortView) -> list[str]:
    """Label, origin, event, competing events, landmark, what is made of deaths and time zero, and the definition."""
    endpoint = view.endpoint
    labels = [happening_label(view.cohort, code) for code in endpoint.event]
    events = f"the first of {listed(labels)}" if len(labels) > 1 else labels[0]
    found = [
        f"The outcome was “{endpoint.label}”: time was counted in {view.definition.time_unit} from {_since(view)}, and "
        f"the event was {events}."
    ]
    if endpoint.competing:
        competing = [happening_label(view.cohort, code) for code in endpoint.competing]
        found.append(f"Competing events: {listed(competing)}.")
    if endpoint.definition:
        found.append(f"Definition: {endpoint.definition}")
    if endpoint.deaths == "counted":
        found.append("Deaths without a recorded event were counted as events.")
    if endpoint.zero == "delayed_entry":
        found.append("Patients entered the risk set at the start of maintenance (delayed entry).")
    if endpoint.zero == "entry":
        found.append("Time zero was moved to the start of maintenance.")
    if view.options.landmark != "0" and not view.estimand.bounded:
        base = view.definition.endpoint(view.options.endpoint)
        found.append(
            f"Only patients still at risk {view.options.landmark} months from {_origin(base.origin_label)} were "
            "analysed, the clock restarting there (landmark analysis) [@anderson1983]."
        )
    return found


def _since(view: CohortView) -> str:
    return _origin(view.endpoint.origin_label)


def _origin(label: str) -> str:
    return label.partition(" from ")[2] or label


def population_sentences(view: CohortView) -> list[str]:
    """Who was analysed, how many had the event, and why the others left."""
    definition, n = view.definition, int(view.in_view.sum())
    chosen = view.selection.describe(definition)
    who = f"Selected were {view.n} of {view.cohort.n} {definition.population} ({chosen})"
    if not view.selection.restricts:
        who = f"All {view.cohort.n} {definition.population} were selected"
    found = [who + (f"; data cut {definition.data_cut}." if definition.data_cut else ".")]
    if n < view.n:
        found.append(f"{plural(view.n - n, 'patient')} of these had no time at risk on this clock and could not count.")
    if n:
        found.append(f"Of {plural(n, 'patient')} analysed, {view.events} had the event.{_censored(view)}")
    return found


def _censored(view: CohortView) -> str:
    kind, reason = view.outcome.kind[view.in_view], view.outcome.reason[view.in_view]
    codes, counts = np.unique(reason[kind == 0].astype(str), return_counts=True)
    if not len(codes):
        return " Nobody was censored."
    words = [f"{happening_label(view.cohort, c)} ({k})" for c, k in zip(codes.tolist(), counts.tolist(), strict=True)]
    return f" Censored at the last observation: {listed(words)}."


# ---- estimation ------------------------------------------------------------------------------------------------------


def estimation_sentence(view: CohortView) -> str:
    """The estimator of the curve and its interval."""
    if view.endpoint.kind == "incidence":
        name = "Aalen–Johansen estimator [@aalen1978]"
        alone = "" if view.endpoint.competing else " (no event competes on this clock: it is 1 − Kaplan–Meier)"
        limits = "complementary log-log limits, with the variance that allows for ties [@gray1988]; beta product "
        limits += "limits where no event competes"
        return (
            f"Cumulative incidence was estimated by the {name}{alone}; pointwise 95 % confidence intervals: {limits}."
        )
    how = f"pointwise 95 % confidence intervals: {INTERVALS[view.options.interval]}"
    return f"Survival was estimated by the Kaplan–Meier method [@kaplan1958]; {how}."


def _median(view: CohortView) -> list[str]:
    if view.endpoint.kind == "incidence":
        return []
    return ["Limits of medians invert those of the curve [@brookmeyer1982]."]


def _follow_up(result: SurvivalResult) -> str:
    view, rows = result.view, result.follow_up_rows
    each = [
        f"{'' if view.by is None else g.label + ' '}{months(r['reverse_km_median'])} "
        f"(95 % CI {months_interval(r['lower'], r['upper'])})"
        for g in view.groups
        if (r := rows.get(g.code))
    ]
    what = "Median follow-up by the reverse Kaplan–Meier method [@schemper1996]"
    return f"{what}, in months from {_since(view)}: {listed(each)}." if each else f"{what} is not defined here."


def _rates() -> str:
    return "Event rates have exact Poisson limits [@garwood1936]."


def _envelope(view: CohortView) -> list[str]:
    result = EnvelopeResult(view)
    partial = (result.envelope.schema.metadata or {}).get(b"search") == b"partial"
    searched = " The search over event times was partial, so the bounds are at least this wide." if partial else ""
    return [
        f"Times of {plural(len(result.uncertain), 'patient')} are known between limits only. Bounds enclose the "
        "Kaplan–Meier estimates [@kaplan1958] of every combination of times within their limits; around them lowest "
        f"and highest pointwise 95 % limit of all: {INTERVALS[result.interval]}.{searched} No test, ratio or median "
        "follow-up was computed."
    ]


# ---- what is looked at under the figure ------------------------------------------------------------------------------


def _closer(result: SurvivalResult, look: int) -> list[str]:
    view = result.view
    compared = ComparisonResult(result)
    grouped = view.by is not None and len(compared.groups) > 1
    found = [f"Groups: {view.by_label}."] if view.by is not None else []
    if view.options.panel == "compare":
        found += _comparison(compared) if grouped else []
    else:
        found += _sensitivity(SensitivityResult(result), compared)
    if grouped and look:
        found.append(
            f"This was comparison {look} of the session; limits and p values are not adjusted for the number of "
            "comparisons."
        )
    return found


def _comparison(compared: ComparisonResult) -> list[str]:
    when = compared.view.estimand.when(headline_month(compared.view))
    reference = group_label(compared.view, compared.reference)
    what = "cumulative incidence" if compared.survival.estimate == "incidence" else "survival"
    found = [
        "Observed events stand beside those expected were the hazards equal [@mantel1966].",
        f"Differences in {what} at {when} against {reference} have MOVER limits made of each group's own [@zou2008].",
    ]
    if compared.restricted_means:
        found.append(
            f"Restricted mean survival to {months(compared.tau)} months, the last year with at least "
            f"{GUARDS.few_at_risk} patients at risk in every group, has Greenwood limits [@royston2013]."
        )
    if len(compared.groups) <= RATIO_GROUPS and compared.firth.defined:
        cause = "Cause-specific hazard ratios" if compared.competing else "Hazard ratios"
        found.append(
            f"{cause} are those of Firth's penalised Cox regression with profile limits [@firth1993,heinze2001]."
        )
    if compared.testable and compared.view.options.test == "exact":
        found.append(test_sentence(compared, compared.exact()))
    if not (compared.view.by and compared.view.by.randomised):
        found.append("Differences between groups are read as associations.")
    return found


def test_sentence(compared: ComparisonResult, test: PermutationTest) -> str:
    """The test with its allocations or draws, seed and error, and the smallest p it could have given."""
    name = (
        "Groups were compared by a permutation test of the studentised log-rank statistic [@neuhaus1993,ditzhaus2018]"
    )
    if compared.competing:
        name = "Groups were compared by a permutation test of Gray's statistic [@gray1988]"
    if missing(test.p):
        return f"{name}; it is not defined here."
    if test.exact:
        return (
            f"{name}, two-sided, over all {count(test.allocations)} allocations of the patients to groups of these "
            f"sizes; smallest attainable {p_words(test.smallest)}."
        )
    return (
        f"{name}, two-sided, over {count(test.used)} random draws (seed {test.seed}) of {count(test.allocations)} "
        f"allocations [@phipson2010]; Monte-Carlo standard error {number(test.standard_error, 5)}, smallest p of the "
        f"draws: {p_words(test.smallest)}."
    )


def _sensitivity(examined: SensitivityResult, compared: ComparisonResult) -> list[str]:
    view = examined.view
    when = view.estimand.when(headline_month(view))
    tested = view.by is not None and view.options.test == "exact" and compared.testable
    test = [test_sentence(compared, compared.exact())] if tested else []
    if view.options.panel == "influence":
        again = " and the test" if tested else ""
        return [f"The estimate at {when}{again} was repeated with each patient left out in turn.", *test]
    if view.options.panel == "lost":
        lost = int(examined.lost.sum())
        if not lost:
            return ["Nobody was lost to follow-up on this clock."]
        assumed = (
            f"Of {plural(lost, 'patient')} lost to follow-up it was assumed in turn that all had the event at last "
            "contact, and that none ever had it."
        )
        tipping = "The tipping point is the fewest of them whose event at last contact moves p across 0.05."
        return [assumed, *([*test, tipping] if tested and examined.lost[examined.compared].any() else [])]
    return [
        f"The estimate at {when} was repeated under all {len(examined.definitions)} definitions that arise from "
        "handling events, loss to follow-up and cut-offs otherwise.",
        *test,
    ]
