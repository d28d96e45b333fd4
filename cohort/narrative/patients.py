"""Words of the patients page: the opening sentence, one patient's course, alternative texts, cautions.

Outcomes are told in the order of time and only on the clock that dates them; nothing says how long anyone was treated.
"""

from __future__ import annotations

import numpy as np

from cohort.narrative.cautions import Caution
from cohort.narrative.survival import population_words
from cohort.results.mrd import MrdResult
from cohort.results.patients import PatientsResult
from cohort.wording import listed, months, plural, sentence_case

FEW = 25
"""Up to this many patients are named one by one in alternative texts and lists of ids."""

REGISTRY = ("W-GENES", "W-RFS", "W-LTFU", "W-MRD", "W-REGIMENS", "W-MONTHS", "W-SYNTHETIC")
"""Caveats of a cohort's dictionary that concern single patients, in the order they are shown."""


def event_words(result: PatientsResult, code: str) -> str:
    """An event or a reason for censoring as the dictionary calls it."""
    definition = result.view.definition
    return definition.events.get(code) or definition.reason(code).label


def patients_sentence(result: PatientsResult) -> str:
    """The answer of the patients page: how many there are and what became of them."""
    if not result.n:
        return (
            "No patient matches this selection."
            if not result.view.n
            else "No patient of this selection has that outcome."
        )
    view, mask = result.view, result.mask
    last = max(result.timelines.values(), key=lambda t: np.nan_to_num(t.last).max())
    happened = []
    for code in sorted(view.definition.events, key=lambda c: c == "death"):
        n = sum(((t.code == code) & t.is_event).any(axis=0) for t in result.timelines.values())
        n = int(((n > 0) & mask).sum())
        if n:
            happened.append(f"{event_words(result, code)} in {n}")
    ends, counts = np.unique(last.end[mask & (last.end != "")].astype(str), return_counts=True)
    still = [
        f"{n} {event_words(result, code)}"
        for code, n in sorted(zip(ends, counts, strict=True), key=lambda item: -item[1])
        if code not in view.definition.events
    ]
    span = last.last[mask & ~np.isnan(last.last)]
    shown = f" shown ({outcome_words(result)})" if result.outcome else ""
    sentence = f"{plural(result.n, 'patient')}{shown}: {listed(happened) or 'no event'}"
    if still:
        sentence += f"; at last contact {listed(still)}"
    if len(span):
        low, high = months(float(span.min())), months(float(span.max()))
        when = low if low == high else f"{low} to {high}"
        sentence += f". Followed for {when} {view.definition.time_unit} {last.clock.since}"
    return sentence + "."


def outcome_words(result: PatientsResult) -> str:
    """The outcome the page is narrowed to: "status on maintenance: morphological relapse"."""
    variable, code = result.outcome
    return f"{variable.label[:1].lower()}{variable.label[1:]}: {variable.level(code).label}"


def course_words(result: PatientsResult, i: int) -> str:
    """What happened to one patient, each clock's events in order of time, and when maintenance began if known."""
    unit = result.view.definition.time_unit
    found: dict[str, list[str]] = {}  # what ends both clocks at the same contact is said once, with both times
    for line in sorted(result.timelines.values(), key=lambda t: t.clock.code == "diagnosis"):
        for time, code in line.marks(i):
            found.setdefault(code, []).append(f"{_span(time, unit)} {line.clock.since}")
    if not found:
        return "No follow-up is reported."
    told = "; ".join(f"{event_words(result, code)} {listed(times)}" for code, times in found.items())
    return f"{sentence_case(told)}. {entry_words(result, i)}".strip()


def entry_words(result: PatientsResult, i: int) -> str:
    """When maintenance began, counted from diagnosis: exactly, at most, or nothing."""
    if result.entry is None or np.isnan(result.entry.hi[i]):
        return ""
    time = _span(float(result.entry.hi[i]), result.view.definition.time_unit)
    if result.entry.exact[i]:
        return f"Maintenance began {time} after diagnosis (difference of the two follow-up times)."
    return f"Maintenance began at most {time} after diagnosis (not printed)."


def _span(time: float, unit: str) -> str:
    words = months(time)
    return f"{words} {unit.removesuffix('s') if words == '1' else unit}"


def people_words(result: PatientsResult, places: np.ndarray) -> list[str]:
    """Who each patient is in a few words: the patient group of the dictionary, without labels."""
    variables = [v for v in result.view.definition.variables if v.group == "patient" and v.is_filter]
    values = [result.values(v, places) for v in variables]
    return [", ".join(words) for words in zip(*values, strict=True)] if values else [""] * len(places)


def genes_words(result: PatientsResult, i: int) -> str:
    """Genes reported in one patient, drivers apart from pharmacogenes; "" where the cohort has no mutations."""
    if not result.genes:
        return ""
    drivers = [g.symbol for g, who in result.reported.items() if who[i] and g.driver]
    others = [g.symbol for g, who in result.reported.items() if who[i] and not g.driver]
    words = ", ".join(drivers) or "none reported"
    return words + (f"; pharmacogenes {', '.join(others)}" if others else "")


def profile_sentence(result: PatientsResult, i: int) -> str:
    """The sentence a profile opens with."""
    person = people_words(result, np.array([i]))[0]
    return f"{person[:1].upper()}{person[1:]}. {course_words(result, i)}" if person else course_words(result, i)


def lanes_note(result: PatientsResult) -> str:
    """How many lanes are drawn, in what order, what is not on this clock, and what the matrix counts."""
    line, shown = result.timeline, len(result.lanes)
    cut = f"{shown} of {plural(result.n, 'patient')} drawn, evenly spaced through the list"
    what = cut if shown < result.n else "One bar a patient"
    by = f"by {result.view.by_label}, then " if result.view.by is not None else ""
    parts = [f"{what}, sorted {by}by follow-up {line.clock.since}. A bar is time followed, not time treated."]
    if result.entry is not None:
        bounded = int((~result.entry.exact & ~np.isnan(result.entry.hi))[result.lanes].sum())
        if bounded and line.clock.code == "diagnosis":
            parts.append(
                f"In {bounded} of {shown} the start of maintenance is only bounded (hatched); relapse is dated from "
                "there and stands in its own column."
            )
        elif bounded:
            parts.append(
                f"In {bounded} of {shown} the last contact is dated from diagnosis only and stands in its own column; "
                "nothing is drawn after a relapse."
            )
    if result.genes:
        parts.append("Under the matrix: patients shown in whom the gene is reported.")
        omitted = len(result.reported) - len(result.genes)
        parts += [f"{omitted} rarer genes have no column."] if omitted else []
        parts += [text.partition(". ")[0] + "." for text in (_caveats(result).get("W-GENES"),) if text]
    return " ".join(parts)


def _caveats(result: PatientsResult) -> dict[str, str]:
    return {c["id"]: c["text"] for c in result.view.definition.caveats}


def patients_alt(result: PatientsResult) -> str:
    """Alternative text of the lanes and the matrix, from their numbers."""
    if not result.n:
        return "Follow-up by patient: nobody to show."
    lead = f"Swimmer plot, {len(result.lanes)} of {plural(result.n, 'patient')}, months {result.timeline.clock.since}"
    if result.n > FEW:
        return f"{lead}. {patients_sentence(result)}"
    unit = result.view.definition.time_unit
    marks: dict[str, list[str]] = {}
    for row in result.marks.to_pylist():
        marks.setdefault(row["patient_id"], []).append(
            f"{event_words(result, row['code'])} {months(row['time'])} {unit}"
        )
    lanes = [
        f"patient {i}: {', '.join(marks.get(i, ['no follow-up reported']))}"
        for i in result.view.cohort.ids[result.lanes]
    ]
    genes = [f"{g.symbol} {n}" for g, n in result.gene_counts.items() if n]
    tail = f" Genes reported: {', '.join(genes)}." if genes else ""
    return f"{lead}. {'; '.join(lanes)}.{tail}"


def patients_caption(result: PatientsResult) -> str:
    """Everything a reader of the figure's file needs beside the title."""
    notes = [text for text in (_caveats(result).get("W-GENES"),) if text and result.genes]
    notes += [c.text for c in patients_cautions(result) if c.code == "W-HSCT"]
    endpoints = [e.definition for e in result.timeline.clock.endpoints]
    synthetic = " SYNTHETIC data, made by a script." if result.view.definition.kind == "synthetic" else ""
    return " ".join([lanes_note(result), *endpoints, *notes]) + synthetic


def patients_subtitle(result: PatientsResult) -> str:
    """The line under the figure's title."""
    shown = f"; shown: {outcome_words(result)} ({result.n})" if result.outcome else ""
    cut = result.view.definition.data_cut
    return population_words(result.view) + shown + (f"; data cut {cut}" if cut else "")


def patients_cautions(result: PatientsResult) -> tuple[Caution, ...]:
    """What to keep in mind about single patients, most important first."""
    if not result.n:
        return ()
    texts, found = _caveats(result), []
    if result.outcome:
        found.append(
            Caution(
                "OUTCOME",
                "These patients were chosen by what happened to them later: describe them, compute no rate from them.",
                "An outcome narrows this page only, because a survival curve of patients picked by it answers nothing.",
            )
        )
    early = np.zeros(result.view.cohort.n, dtype=bool)
    for line in result.timelines.values():
        early |= (line.code == "stopped_early").any(axis=0) & result.mask
    if early.any():
        who = listed([str(i) for i in result.view.cohort.ids[early]])
        noun = "patient" if early.sum() == 1 else "patients"
        label = result.view.definition.reason("stopped_early").label
        found.append(Caution("W-HSCT", f"In {noun} {who} {label}: an inference, not data.", texts.get("W-HSCT", "")))
    return (*found, *(Caution(code, texts[code]) for code in REGISTRY if code in texts))


def ids_words(ids: tuple[str, ...]) -> str:
    """Patient ids as printed in a table; a long list is cut and says so."""
    if not ids:
        return "nobody"
    rest = f" and {len(ids) - FEW} more" if len(ids) > FEW else ""
    return ", ".join(ids[:FEW]) + rest


def mrd_alt(mrd: MrdResult, assay: str) -> str:
    """Alternative text of one assay's chart."""
    rows = mrd.shown[assay].to_pylist()
    values = [f"patient {r['patient_id']} {r['value_pct']:g} %" for r in rows if r["value_pct"] is not None]
    negative = [r["patient_id"] for r in rows if r["call"] == "negative"]
    lines = [f"cut-off {label}{' (in force)' if on else ''}" for _, label, on in mrd.cutoffs(assay)]
    parts = [f"MRD before maintenance, {assay}, {mrd.unit(assay)}, logarithmic axis", *lines]
    parts += [f"measured: {', '.join(values) or 'none'}", f"negative: {ids_words(tuple(negative))}"]
    return "; ".join(parts) + "."


def mrd_note(result: PatientsResult) -> str:
    """What the MRD charts do and do not say."""
    mrd = result.mrd
    force = [f"{assay} {label}" for assay in mrd.assays for _, label, on in mrd.cutoffs(assay) if on]
    parts = [f"Threshold in force: {listed(force)}." if force else ""]
    if len(mrd.assays) > 1:
        parts.append(
            "Each assay has its own axis: a transcript ratio is not a percentage of cells, and they share no cut-off."
        )
    untested = [f"{assay} {result.n - len(set(mrd.shown[assay]['patient_id'].to_pylist()))}" for assay in mrd.assays]
    parts.append(f"Without a printed result: {listed(untested)} of {plural(result.n, 'patient')}.")
    parts.append("“Negative” is the word printed, not a zero.")
    return " ".join(p for p in parts if p)


def definitions_table(result: PatientsResult) -> list[dict[str, str]]:
    """Who is MRD-positive by which definition, one row a definition, every cell as printed."""
    return [
        {
            "Counted as positive": d.words + (" (filter in force)" if d.in_force else ""),
            "Patients": f"{len(d.ids)} of {result.n}",
            "Which": ids_words(d.ids),
        }
        for d in (result.mrd.definitions if result.mrd else ())
    ]
