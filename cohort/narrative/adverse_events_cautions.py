"""What to keep in mind about adverse events, in plain words, most important first."""

from __future__ import annotations

from cohort.guards import GUARDS
from cohort.narrative.adverse_events_words import source, these
from cohort.narrative.cautions import Caution
from cohort.results.adverse_events import AggregateResult, EventsResult, PatientResult
from cohort.wording import listed, plural, sentence_case


def adverse_events_cautions(result: EventsResult) -> tuple[Caution, ...]:
    """What to keep in mind about the figure, most important first."""
    if not result.view.n:
        return ()
    found = _patient_cautions(result) if result.level == "patient" else _aggregate_cautions(result)
    return tuple(found)


def _aggregate_cautions(result: AggregateResult) -> list[Caution]:
    view, who = result.view, sentence_case(source(result))
    note = view.definition.adverse_events.get("note", "")
    found = []
    if result.is_subgroup:
        found.append(
            Caution(
                "AE1",
                f"{who} reports adverse events for all {result.population} patients only: for {these(view.n)} nothing "
                "but the bounds is certain.",
                "If k of N patients had the event, of n patients at least max(0, k + n − N) and at most min(k, n) had "
                f"it. A number scaled by n/N would be invented. {note}",
            )
        )
    quotes = dict(zip(result.table["term"].to_pylist(), result.table["quote"].to_pylist(), strict=True))
    for term in result.terms:
        if not result.row(term):
            said = f"{who} says: “{quotes[term]}” " if quotes[term] else ""
            found.append(
                Caution("AE2", f"{term}: no number of patients is reported.", f"{said}Not reported is not zero.")
            )
    if view.by is not None:
        found.append(
            Caution(
                "AE3",
                f"Groups of “{view.by_label}” cannot be compared here: no adverse event is reported by patient.",
                "Select one group in the sidebar to see what is certain for it.",
            )
        )
    if not result.is_subgroup and note:
        found.append(Caution("AE0", "Only totals are reported.", note))
    return found


def _patient_cautions(result: PatientResult) -> list[Caution]:
    view, found = result.view, []
    sizes = result.values("n")[0].tolist() if result.terms else []
    small = [g.label for g, n in zip(result.groups, sizes, strict=False) if 0 < n < GUARDS.small_group]
    if small:
        who = f"Very few patients ({listed(small)})" if view.by else f"Only {plural(result.n_safety, 'patient')}"
        found.append(
            Caution(
                "N1",
                f"{who}: read each as an individual, not as a rate.",
                f"Below {GUARDS.small_group} patients one more patient moves a share by 20 points or more.",
            )
        )
    if result.left_out:
        found.append(
            Caution(
                "AE4",
                f"At most four groups fit side by side; not drawn: {listed([g.label for g in result.left_out])}.",
                "The largest groups of the whole cohort are drawn, so that a filter never swaps them. Select a group "
                "in the sidebar to see it alone.",
            )
        )
    outside = view.n - result.n_safety
    if outside:
        found.append(
            Caution(
                "AE5",
                f"{plural(outside, 'selected patient')} outside the safety set {'is' if outside == 1 else 'are'} not "
                "counted.",
                "Adverse events are counted among patients who received treatment.",
            )
        )
    found.append(
        Caution(
            "AE6",
            "A share ignores how long each patient was followed, and groups are described, not tested.",
            "Patients followed for longer have more time for an event (SAVVY 2021), and the terms were not chosen in "
            f"advance. {view.definition.adverse_events.get('note', '')}",
        )
    )
    return found
