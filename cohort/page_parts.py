"""What can be taken away from a page: its figure, table, data and words, made from the view when they are asked for.

Exports, slides and reports all start here, so that each holds what is on screen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from cohort import narrative
from cohort.claims import assess
from cohort.comparator import Comparator, comparable
from cohort.figures.adverse_events import adverse_events_figure, adverse_events_file
from cohort.figures.overview import flow_figure
from cohort.figures.patients import patients_figure, patients_file
from cohort.figures.subgroups import forest_figure, forest_file
from cohort.figures.survival import envelope_figure, envelope_file, survival_figure, survival_file
from cohort.narrative import envelope, evidence, subgroups, subgroups_cautions
from cohort.narrative.cautions import Caution
from cohort.narrative.external import external_alt, external_caption, external_cautions
from cohort.results.adverse_events import adverse_events
from cohort.results.envelope import EnvelopeResult
from cohort.results.overview import OverviewResult
from cohort.results.patients import PatientsResult
from cohort.results.patients_listing import dictionary_rows, source_rows
from cohort.results.subgroups import SubgroupsResult
from cohort.results.survival import SurvivalResult
from cohort.view import CohortView

Rows = Callable[[], list[dict[str, str]]]


@dataclass(frozen=True, eq=False)
class PageParts:
    """One page of one view, ready to be taken away.

    Attributes
    ----------
    name : stem of file names
    title : of figure and table
    result : what sentences of results are about
    sentence, caption, alt : the page's answer; definition and methods; alternative text of the figure
    screen, file : the figure as on screen, and with title, definition and notes in it; None where there is none
    table, notes : the printed table and what stands below it
    data : tables behind the figure by name
    cautions : what to keep in mind
    """

    name: str
    title: str
    result: object
    sentence: str
    caption: str = ""
    alt: str = ""
    screen: Callable[[], dict] | None = None
    file: Callable[[], dict] | None = None
    table: Rows | None = None
    notes: Sequence[str] = ()
    data: Mapping[str, Callable[[], pa.Table | list[dict]]] = field(default_factory=dict)
    cautions: Sequence[Caution] = ()


def page_parts(view: CohortView, page: str, external: Comparator | None = None, looked: str = "") -> PageParts:
    """The parts of a page; ``looked`` is the sentence on what was looked at in the session.

    Raises
    ------
    KeyError
        The page has nothing to take away.
    """
    if page == "survival":
        return _bounds(view, looked) if view.estimand.bounded else _survival(view, external, looked)
    return {
        "overview": _overview,
        "subgroups": _subgroups,
        "adverse_events": _adverse_events,
        "patients": _patients,
        "evidence": _evidence,
    }[page](view, looked)


def _survival(view: CohortView, external: Comparator | None, looked: str) -> PageParts:
    result = SurvivalResult(view)
    drawn = external if external is not None and comparable(external, view) else None
    caption = " ".join(t for t in (narrative.survival_caption(result), external_caption(drawn), looked) if t)
    return PageParts(
        name=f"riskset-{view.options.endpoint}",
        title=view.endpoint.label + (f", by {view.by_label}" if view.by else ""),
        result=result,
        sentence=narrative.survival_sentence(result),
        caption=caption,
        alt=f"{narrative.survival_alt(result)} {external_alt(view, drawn)}".strip(),
        screen=(lambda: survival_figure(result, external=external)) if view.n else None,
        file=lambda: survival_file(result, looked, external),
        table=lambda: narrative.estimates_table(result),
        notes=(narrative.survival_subtitle(result), caption),
        data={"Curve": lambda: result.curve, "Life table": lambda: view.life_table},
        cautions=(*narrative.survival_cautions(result), *external_cautions(view, external)),
    )


def _bounds(view: CohortView, looked: str) -> PageParts:
    result = EnvelopeResult(view)
    caption = f"{envelope.envelope_caption(result)} {looked}".strip()
    return PageParts(
        name=f"riskset-{view.options.endpoint}-bounds",
        title=view.endpoint.label + (f", by {view.by_label}" if view.by else ""),
        result=result,
        sentence=envelope.envelope_sentence(result),
        caption=caption,
        alt=envelope.envelope_alt(result),
        screen=(lambda: envelope_figure(result)) if view.n else None,
        file=lambda: envelope_file(result),
        table=lambda: envelope.envelope_table(result),
        notes=(envelope.envelope_subtitle(result), caption),
        data={"Envelope": lambda: result.envelope},
        cautions=envelope.envelope_cautions(result),
    )


def _overview(view: CohortView, looked: str) -> PageParts:
    result = OverviewResult(view)
    sentence, printed = narrative.overview_sentence(result), narrative.table_one_as_printed(result)
    return PageParts(
        name="riskset-overview",
        title=f"Table 1. {narrative.population_words(view)}",
        result=result,
        sentence=sentence,
        caption=sentence,
        alt=narrative.overview_alt(result),
        screen=(lambda: flow_figure(result)) if view.n else None,
        table=printed.records,
        notes=printed.notes,
        data={"Table 1": printed.records},
        cautions=narrative.overview_cautions(result),
    )


def _subgroups(view: CohortView, looked: str) -> PageParts:
    result = SubgroupsResult(view)
    caption = f"{subgroups.subgroups_caption(result)} {looked}".strip()
    return PageParts(
        name=f"riskset-subgroups-{view.options.endpoint}",
        title=f"{view.endpoint.label}, by baseline characteristic",
        result=result,
        sentence=subgroups.subgroups_sentence(result),
        caption=caption,
        alt=subgroups.subgroups_alt(result),
        screen=lambda: forest_figure(result),
        file=lambda: forest_file(result, looked),
        table=lambda: subgroups.subgroups_table(result),
        notes=(caption,),
        data={"Rows": lambda: subgroups.subgroups_records(result)},
        cautions=subgroups_cautions.subgroups_cautions(result),
    )


def _adverse_events(view: CohortView, looked: str) -> PageParts:
    result = adverse_events(view)
    sentence = narrative.adverse_events_sentence(result)
    if result is None or not result.countable or not view.n:
        return PageParts("riskset-adverse-events", "Adverse events", result, sentence)
    data = result.counts if result.level == "patient" else result.bounds if result.is_subgroup else result.reported
    return PageParts(
        name="riskset-adverse-events",
        title="Adverse events",
        result=result,
        sentence=sentence,
        caption=narrative.adverse_events_caption(result),
        alt=narrative.adverse_events_alt(result),
        screen=lambda: adverse_events_figure(result),
        file=lambda: adverse_events_file(result),
        table=lambda: narrative.adverse_events_table(result),
        notes=(narrative.adverse_events_subtitle(result), narrative.adverse_events_caption(result)),
        data={"Counts": lambda: data},
        cautions=narrative.adverse_events_cautions(result),
    )


def _patients(view: CohortView, looked: str) -> PageParts:
    result = PatientsResult(view)
    data = {"Listing": lambda: pa.table(result.listing), "Dictionary": lambda: dictionary_rows(result)}
    if view.cohort.table("provenance") is not None:
        data["Source cells"] = lambda: source_rows(result)
    return PageParts(
        name="riskset-patients",
        title="Patients",
        result=result,
        sentence=narrative.patients_sentence(result),
        caption=narrative.patients_caption(result),
        alt=narrative.patients_alt(result),
        screen=(lambda: patients_figure(result)) if result.n else None,
        file=lambda: patients_file(result),
        table=lambda: pa.table(result.listing).to_pylist(),
        notes=(narrative.patients_subtitle(result),),
        data=data,
        cautions=narrative.patients_cautions(result),
    )


def _evidence(view: CohortView, looked: str) -> PageParts:
    found = assess(view.cohort)
    sentence = evidence.evidence_sentence(found)
    return PageParts(
        name="riskset-claims",
        title=sentence,
        result=found,
        sentence=sentence,
        table=lambda: evidence.ledger_records(found),
        data={
            "Ledger": lambda: evidence.ledger_records(found),
            "Template": lambda: evidence.template_records(view.cohort),
        },
    )
