"""Sentences of the methods of the pages other than survival."""

from __future__ import annotations

import numpy as np

from cohort.narrative.adverse_events_words import source
from cohort.narrative.methods_survival import estimand_sentences, estimation_sentence, population_sentences
from cohort.results.adverse_events import PatientResult, adverse_events
from cohort.results.patients import PatientsResult
from cohort.results.subgroups import SubgroupsResult
from cohort.statistics.multiplicity import MinP
from cohort.view import CohortView
from cohort.wording import count, listed, months, plural


def _selected(view: CohortView) -> str:
    definition = view.definition
    cut = f"; data cut {definition.data_cut}." if definition.data_cut else "."
    if not view.selection.restricts:
        return f"All {view.cohort.n} {definition.population} were selected{cut}"
    chosen = view.selection.describe(definition)
    return f"Selected were {view.n} of {view.cohort.n} {definition.population} ({chosen}){cut}"


def overview_sentences(view: CohortView) -> list[str]:
    """Methods of the flow of patients and Table 1."""
    return [
        _selected(view),
        "Categories are given as n/N (%), N being the patients with a value; numbers as median with interquartile "
        "range (linear interpolation of the order statistics, R type 7 [@hyndman1996]) and range.",
        "Characteristics are described, not tested.",
    ]


def subgroups_sentences(view: CohortView, look: int, found: MinP | None) -> list[str]:
    """Methods of the forest."""
    said = [*estimand_sentences(view), *population_sentences(view)]
    if view.estimand.bounded or not view.in_view.any():
        return [*said, "Times are known between limits only: no forest is drawn."] if view.estimand.bounded else said
    result = SubgroupsResult(view)
    said.append(
        "Every level of every baseline characteristic is described; numbers are split at cut-points fixed in the data "
        "dictionary, and patients without a reported value stand in a level of their own."
    )
    if result.ratios_asked:
        cause = " (cause-specific)" if view.endpoint.competing else ""
        said.append(
            f"Hazard ratios{cause} of each level against the other patients with a reported value are those of Firth's "
            "penalised Cox regression with profile limits [@firth1993,heinze2001]."
        )
    else:
        said.append(f"{estimation_sentence(view)} Estimates are given at {months(result.month)} months.")
    if found is not None:
        error = float(np.nanmax([0.0, *found.raw_standard_error, *found.adjusted_standard_error]))
        said.append(
            f"Permutation p values of the studentised log-rank statistic [@neuhaus1993,ditzhaus2018] of "
            f"{plural(len(result.factors), 'factor')} are given beside those adjusted for all of them by the "
            f"single-step min-p method [@westfall1993] ({count(found.draws)} draws, seed {found.seed}; Monte-Carlo "
            f"standard error at most {error:.3f})."
        )
    else:
        said.append("No row is tested.")
    if look:
        said.append(f"With these, {plural(look, 'comparison')} had been looked at in the session.")
    return said


def adverse_events_sentences(view: CohortView) -> list[str]:
    """Methods of the adverse events: counts, or bounds where only totals are known."""
    result = adverse_events(view)
    if result is None:
        return [_selected(view), "The cohort holds no table of adverse events."]
    scale = view.definition.adverse_events.get("scale")
    said = [
        _selected(view),
        "Patients, not events, are counted"
        + (f"; grades are {scale}, as reported and never converted." if scale else "."),
    ]
    exact = "Shares have exact (Clopper–Pearson) 95 % limits [@clopper1934]."
    if isinstance(result, PatientResult):
        by = f" They are given by {view.by_label}." if view.by is not None else ""
        return [
            *said,
            f"Each patient counts once a term, with the worst grade, among the {result.n_safety} selected patients of "
            f"the safety set.{by}",
            exact,
        ]
    if not result.is_subgroup:
        return [*said, f"{source(result).capitalize()} reports totals of {result.population} patients. {exact}"]
    return [
        *said,
        f"{source(result).capitalize()} reports totals of {result.population} patients only. Of k with an event "
        f"among N, between max(0, k + n − N) and min(k, n) of the n = {view.n} selected patients had it; beside these "
        "bounds stand the number expected if event and selection are unrelated, nk/N, and its central 95 % range "
        "(hypergeometric).",
    ]


def patients_sentences(view: CohortView) -> list[str]:
    """Methods of the lanes, the matrix and the listing."""
    result = PatientsResult(view)
    said = [
        _selected(view),
        f"Each lane is the time a patient was followed {result.timeline.clock.since}, with events and the reason for "
        "leaving as recorded; it does not show how long anyone was treated.",
    ]
    if result.entry is not None:
        unknown = int((~result.entry.exact & result.mask).sum())
        said.append(
            "The start of maintenance is the difference of the two follow-up times where both end at the same contact"
            + (f", and is known as an upper limit only in {plural(unknown, 'patient')}." if unknown else ".")
        )
    if result.genes:
        said.append("Genes are shown as reported; one that is not reported is not known to be wild type.")
    if result.mrd is not None:
        said.append("Residual disease is shown by assay, each on its own axis, with the cut-offs of the dictionary.")
    return said


def evidence_sentences(view: CohortView) -> list[str]:
    """Methods of the ledger of claims."""
    claims = view.cohort.table("claims")
    if claims is None:
        return ["The cohort holds no claims to recompute."]
    methods = [
        "survival by Kaplan–Meier [@kaplan1958] with beta product limits [@fay2013]",
        "follow-up by reverse Kaplan–Meier [@schemper1996]",
        "shares with exact limits [@clopper1934]",
    ]
    return [
        f"The {claims.num_rows} claims of the paper were set against values recomputed from its tables, of all "
        f"{plural(view.cohort.n, 'patient')}: {listed(methods)}.",
        "Printed figures are compared at the precision they are printed with; a verdict concerns a sentence and the "
        "tables beside it.",
    ]
