"""Words of a slide: its title, one sentence to say aloud, the highlighted patient, and what stands at the foot.

Of a patient only what happened is told, and counts among patients with the same traits: never a survival to expect.
"""

from __future__ import annotations

import re

import numpy as np

from cohort.guards import GUARDS
from cohort.narrative.adverse_events import adverse_events_alt, adverse_events_sentence
from cohort.narrative.envelope import envelope_alt, envelope_sentence
from cohort.narrative.labels import in_sentence
from cohort.narrative.overview import overview_alt, overview_sentence
from cohort.narrative.patients import patients_alt, patients_sentence
from cohort.narrative.subgroups import WEAK, bounded_sentence, quantity, subgroups_alt, subgroups_sentence
from cohort.narrative.survival import survival_alt, survival_sentence
from cohort.results.adverse_events import adverse_events
from cohort.results.envelope import EnvelopeResult
from cohort.results.overview import OverviewResult
from cohort.results.patients import PatientsResult
from cohort.results.subgroups import SubgroupsResult
from cohort.results.survival import SurvivalResult
from cohort.view import CohortView
from cohort.wording import listed, months, plural, sentence_case

HIGHLIGHTING = ("survival", "patients")
"""Pages on which a patient can be highlighted."""

_DESIGN = re.compile(r"\b(retrospective|single-(?:centre|center|arm))\b", re.IGNORECASE)


def slide_title(view: CohortView, page: str) -> str:
    """What the figure is about, and of whom."""
    what = {
        "overview": "Patient flow",
        "survival": view.endpoint.short,
        "subgroups": f"{view.endpoint.short} by baseline characteristic",
        "adverse_events": "Adverse events",
        "patients": "Follow-up by patient",
    }[page]
    by = f", by {view.by_label}" if view.by is not None and page in ("survival", "adverse_events", "patients") else ""
    who = f": {view.selection.describe(view.definition)}" if view.selection.restricts else ""
    return what + by + who


def slide_sentence(view: CohortView, page: str) -> str:
    """What a speaker says to the figure: the page's own sentence, or the highlighted patient among their like."""
    i = highlighted(view)
    if i is not None and page in HIGHLIGHTING:
        return patient_sentence(view, i)
    if page == "survival":
        if view.estimand.bounded:
            return envelope_sentence(EnvelopeResult(view))
        return _curves_sentence(view) if view.by is not None and view.n else survival_sentence(SurvivalResult(view))
    if page == "subgroups":
        return bounded_sentence(view) if view.estimand.bounded else _forest_sentence(SubgroupsResult(view))
    if page == "adverse_events":
        return adverse_events_sentence(adverse_events(view))
    return patients_sentence(PatientsResult(view)) if page == "patients" else overview_sentence(OverviewResult(view))


def _curves_sentence(view: CohortView) -> str:
    """Counts of every group; what the curves stand at is read off the figure."""
    people = SurvivalResult(view).person_rows
    present = [(g.label, people[g.code]) for g in view.groups if g.code in people]
    counts = [f"{label} {row['n_event']} of {row['n']}" for label, row in present]
    return f"{sentence_case(view.endpoint.event_label)}: {listed(counts)}."


def _forest_sentence(result: SubgroupsResult) -> str:
    """Everybody's counts and what a row shows; how many rows there are is said at the foot."""
    if not len(result.places):
        return subgroups_sentence(result)
    view, what = result.view, f"estimated {quantity(result)} at {result.month:g} months"
    if result.ratios_asked:
        what = "hazard ratio of each level against the other patients"
    counts = f"{view.events} of {plural(len(result.places), 'patient')} {view.endpoint.event_label}"
    return f"{counts}; each row: {what}; differences are descriptive."


def slide_alt(view: CohortView, page: str) -> str:
    """Alternative text of the figure, from its numbers."""
    if page == "survival":
        return envelope_alt(EnvelopeResult(view)) if view.estimand.bounded else survival_alt(SurvivalResult(view))
    if page == "subgroups":
        return subgroups_alt(SubgroupsResult(view))
    if page == "adverse_events":
        return adverse_events_alt(adverse_events(view))
    return patients_alt(PatientsResult(view)) if page == "patients" else overview_alt(OverviewResult(view))


def weak_words(result: SubgroupsResult) -> str:
    """What the dagger beside an estimate says."""
    few = f"{GUARDS.small_group} patients" if result.ratios_asked else f"{GUARDS.few_at_risk} at risk"
    return f"{WEAK.strip()} fewer than {few}"


# ---- the highlighted patient -----------------------------------------------------------------------------------------


def highlighted(view: CohortView) -> int | None:
    """Place in the patient table of the patient whose profile is open in the view, or None."""
    found = np.flatnonzero(view.cohort.ids == view.options.patient)
    return int(found[0]) if len(found) else None


def leaving(view: CohortView, i: int) -> str:
    """How and when a patient leaves the risk set: "patient 9: morphological relapse, 5 months"."""
    outcome, definition = view.outcome, view.definition
    code, time = str(outcome.event[i]), months(float(outcome.time[i]))
    what = definition.events.get(code, code) if code else definition.reason(str(outcome.reason[i])).label
    unit = definition.time_unit.removesuffix("s") if time == "1" else definition.time_unit
    return f"patient {view.cohort.ids[i]}: {what}, {time} {unit}"


def patient_sentence(view: CohortView, i: int) -> str:
    """What happened to one patient and to how many of those with the traits in view: counts, never a prediction."""
    name = f"Patient {view.cohort.ids[i]}"
    if not view.mask[i]:
        return f"{name} is not among the patients in view."
    if np.isnan(view.outcome.time[i]):
        return f"{name}: {in_sentence(view.endpoint.short)} is not reported."
    group = view.group_of[i]
    if group < 0:
        return f"{name} has no reported value of {view.by_label}."
    mates = view.in_view & (view.group_of == group)
    traits = [text for _, text in view.selection.words(view.definition)]
    traits += [f"{view.by.label} {view.groups[group].label}"] if view.by is not None else []
    k, n = int((view.outcome.kind[mates] == 1).sum()), int(mates.sum())
    among = f" with these traits ({'; '.join(traits)})" if traits else " of the cohort"
    what = leaving(view, i)
    if view.outcome.bounded:
        what = what.rpartition(",")[0]
    return f"{sentence_case(what)}; {k} of {plural(n, 'patient')}{among} {view.endpoint.event_label}."


# ---- the foot --------------------------------------------------------------------------------------------------------


def slide_foot(view: CohortView, page: str, title: str, note: str = "") -> str:
    """Who is in view and how the data came about; ``note`` says what the figure leaves out."""
    definition, selected = view.definition, view.selection.describe(view.definition)
    who = f"{view.n} of {plural(view.cohort.n, 'patient')}" if view.selection.restricts else f"n = {view.cohort.n}"
    if view.selection.restricts and selected not in title:
        who += f" ({selected})"
    designs = [word.lower().replace("-", " ") for word in _DESIGN.findall(definition.summary)]
    made = ["synthetic data, no patient is real"] if definition.kind == "synthetic" else list(dict.fromkeys(designs))
    counted = highlighted(view) is not None and page in HIGHLIGHTING
    parts = [*made, who, note, "counts, not a prediction" if counted else "", "not for treatment decisions"]
    text = ", ".join(part for part in parts[: len(made) + 1])
    rest = "; ".join([text, *(part for part in parts[len(made) + 1 :] if part)])
    return f"{sentence_case(rest)}."
