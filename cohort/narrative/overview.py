"""The overview in words: who these patients are, what became of them, what is missing."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from cohort.dictionary import Endpoint
from cohort.narrative.cautions import Caution
from cohort.narrative.labels import in_sentence
from cohort.results.overview import Box, OverviewResult
from cohort.wording import listed, missing, months, plural


def overview_sentence(result: OverviewResult) -> str:
    """Who this is and what became of them, in one sentence."""
    view = result.view
    if not view.n:
        return "No patient matches this selection."
    who = f"{view.n} of {view.cohort.n}" if view.selection.restricts else str(view.n)
    return f"{who} {view.definition.population}: {listed(_fates(result))}; {_followed(result)}."


def _fates(result: OverviewResult) -> list[str]:
    """ "6 relapsed", "3 died", "4 were lost to follow-up", with "none" for 0."""
    flow = result.flow
    n = result.boxes["n"].to_pylist()
    counted = dict(zip(flow.boxes, n, strict=True))
    said = []
    for clock, kind in ((flow.course, "event"), (flow.last, "end")):
        if clock is None:
            continue
        codes = [b for b in flow.boxes if b.kind == kind and b.code in result.view.definition.events]
        said += _happened(result, clock.rows, codes, counted)
    for box in flow.boxes:
        if box.kind == "end" and box.code == "lost":
            k = counted[box]
            said.append(f"{k or 'none'} {'was' if k == 1 else 'were'} {box.label}")
    return said


def _happened(result: OverviewResult, rows: str, boxes: list[Box], counted: dict[Box, int]) -> list[str]:
    """Counts of a clock's events in the words of the endpoint that counts just these, else event by event."""
    if not boxes:
        return []
    codes = {b.code for b in boxes}
    for endpoint in result.view.definition.identified_endpoints:
        if endpoint.rows == rows and set(endpoint.event) == codes:
            return [f"{sum(counted[b] for b in boxes) or 'none'} {endpoint.event_label}"]
    return [f"{counted[b] or 'none'} with {b.label}" for b in boxes]


def _followed(result: OverviewResult) -> str:
    found, unit = result.follow_up, result.view.definition.time_unit
    start = result.flow.last.origin_label.partition(" from ")[2]
    since = f" from {start}" if start else ""
    if found is None:
        return "follow-up not reported"
    if missing(found["reverse_km_median"]):
        return f"median follow-up{since} not reached (reverse Kaplan–Meier)"
    median = months(found["reverse_km_median"])
    unit = unit.removesuffix("s") if median == "1" else unit
    return f"median follow-up{since} {median} {unit} (reverse Kaplan–Meier)"


def overview_alt(result: OverviewResult) -> str:
    """Alternative text of the flow diagram, from its numbers."""
    if not result.view.n:
        return "Patient flow: no patient matches the selection."
    flow, n = result.flow, result.boxes["n"].to_pylist()
    stages = []
    for stage in range(len(flow.place)):
        words = []
        for i, box in enumerate(flow.boxes):
            if box.stage == stage and not box.inside:
                parts = [
                    f"{n[j]} {b.label}" for j, b in enumerate(flow.boxes) if b.inside == box.code and b.stage == stage
                ]
                words.append(f"{box.label} {n[i]}" + (f" (of these {listed(parts)})" if parts else ""))
        stages.append(", ".join(words))
    ways = [
        f"{flow.boxes[s].label} to {flow.boxes[t].label} {k}"
        for s, t, k in zip(*(result.links[c].to_pylist() for c in ("source", "target", "n")), strict=True)
        if k and flow.boxes[s].stage == len(flow.place) - 2
    ]
    lead = f"Patient flow of {plural(result.view.n, 'patient')}"
    return f"{lead}. {'; then '.join(stages)}. " + (f"Of these, {'; '.join(ways)}." if len(flow.place) > 2 else "")


def flow_heads(result: OverviewResult) -> tuple[str, ...]:
    """What stands above each stage of the diagram."""
    if result.flow.course is None:
        return ("Patients", "At last contact")
    start = "Treatment" if result.flow.course.origin in ("maintenance", "treatment") else "Time zero"
    return ("Patients", start, "First event", "At last contact")


def overview_cautions(result: OverviewResult) -> tuple[Caution, ...]:
    """What to keep in mind about the diagram."""
    view, flow = result.view, result.flow
    found = []
    for i, box in enumerate(flow.boxes):
        k = result.boxes["n"][i].as_py()
        if box.inside and k:
            leaves = "leaves" if k == 1 else "leave"
            found.append(
                Caution(
                    "FLOW",
                    f"Dashed: {plural(k, 'patient')} {leaves} the count for {_short(flow.course)} early but "
                    f"{'is' if k == 1 else 'are'} followed on for {_short(flow.last)}.",
                    f"Printed as: {box.label}. What the cohort knows about it stands in the notes below.",
                )
            )
    if view.aliases:
        shown = view.aliases[:4]
        more = f" and {len(view.aliases) - 4} more" if len(view.aliases) > 4 else ""
        found.append(
            Caution(
                "ALIAS",
                f"The same {plural(view.n, 'patient')} would be selected by: {'; '.join(shown)}{more}.",
                "What is seen here cannot be told apart from these characteristics in this cohort.",
            )
        )
    return tuple(found)


def _short(endpoint: Endpoint) -> str:
    """An endpoint's short label inside a sentence."""
    return in_sentence(endpoint.short)


def completeness_rows(result: OverviewResult) -> list[dict[str, str]]:
    """Reported n of N by variable and by clock, as printed."""
    view = result.view
    rows = [
        {"What": view.definition.variable(name).label, "Reported": f"{n} of {of}"}
        for name, n, of in zip(*(result.completeness[c].to_pylist() for c in ("variable", "n", "of")), strict=True)
    ]
    return rows + [
        {"What": f"{label} (time and ending)", "Reported": f"{n} of {view.n}"} for label, n in _clocks(result)
    ]


def completeness_sentence(result: OverviewResult) -> str:
    """What is missing among the selected patients, most first."""
    view = result.view
    table = zip(*(result.completeness[c].to_pylist() for c in ("variable", "n")), strict=True)
    gaps = [(view.n - n, view.definition.variable(name).label) for name, n in table]
    gaps += [(view.n - n, label) for label, n in _clocks(result)]
    missed = [f"{label} in {k}" for k, label in sorted(gaps, key=lambda g: -g[0]) if k]
    if missed:
        return f"Not reported, of {plural(view.n, 'patient')}: {listed(missed)}."
    whose = "the one patient" if view.n == 1 else f"all {view.n} patients"
    return (
        f"No gap in what the cohort lists: {len(gaps)} variables and times are reported for {whose}. "
        "What was never reported is in the notes below."
    )


def _clocks(result: OverviewResult) -> Iterable[tuple[str, int]]:
    view = result.view
    seen: set[str] = set()
    for endpoint in view.definition.identified_endpoints:
        if endpoint.rows not in seen:
            seen.add(endpoint.rows)
            time = view.cohort.outcome(endpoint).time
            yield endpoint.short, int((view.mask & ~np.isnan(time)).sum())
