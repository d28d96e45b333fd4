"""What the adverse-events page says: the answer, how events were recorded, caption and alternative text.

Of totals, a selection only ever gets bounds: no sentence here scales a count (STATISTICS A8).
"""

from __future__ import annotations

from cohort.narrative.adverse_events_words import (
    cells,
    in_sentence,
    nobody,
    rate,
    share,
    source,
    span,
    these,
    upper_limit,
)
from cohort.narrative.survival import population_words
from cohort.results.adverse_events import AggregateResult, EventsResult, PatientResult
from cohort.results.adverse_events_grades import SEVERE
from cohort.results.adverse_events_relatedness import relatedness
from cohort.wording import NOT_REPORTED_TEXT, count, listed, number, plural, sentence_case

_NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def adverse_events_sentence(result: EventsResult | None) -> str:
    """The answer of the page in one or two sentences."""
    if result is None:
        return "Nothing is known of adverse events in this cohort: its folder holds no table of them."
    if not result.view.n:
        return "No patient matches this selection, so there is no adverse event to count."
    if result.level == "patient":
        return _patient_sentence(result)
    return _subgroup_sentence(result) if result.is_subgroup else _whole_sentence(result)


def _leading(result: AggregateResult) -> str | None:
    """The most frequent term with a count, whatever the order on screen."""
    return max(result.counted, key=lambda t: result.row(t)["k"], default=None)


def _whole_sentence(result: AggregateResult) -> str:
    term = _leading(result)
    if term is None:
        return f"{sentence_case(source(result))} names adverse events but reports no number of patients."
    row = result.row(term)
    text = f"{term} was reported in {row['k']} of {plural(row['n'], 'patient')} ({share(row)})"
    severe = [
        f"{_in_words(result.row(term, b.code)['k'])} had grade {b.label}"
        for b in result.bands
        if b.first >= SEVERE and result.row(term, b.code)
    ]
    text = f"{text}; {listed(severe)}." if severe else f"{text}."
    return " ".join([text, *(f"{fact}." for fact in nobody(result))])


def _in_words(k: int) -> str:
    return _NUMBERS[k] if k < len(_NUMBERS) else str(k)


def _subgroup_sentence(result: AggregateResult) -> str:
    term, n = _leading(result), result.view.n
    if term is None:
        return _whole_sentence(result)
    name, bound = in_sentence(term), result.bound(term)
    lower, upper = bound["lower"], bound["upper"]
    if n == 1 and lower != upper:
        said = f"{source(result)} leaves open whether {name} occurred"
    elif lower == upper:
        said = f"{source(result)} allows exactly {lower} with {name}"
    else:
        said = f"{source(result)} allows between {lower} and {upper} with {name}"
    return f"For {these(n)} {said}; it reports adverse events for all {result.population} only."


def _patient_sentence(result: PatientResult) -> str:
    view, n = result.view, result.n_safety
    if not n:
        chosen = "The selected patient is not" if view.n == 1 else f"None of the {view.n} selected patients is"
        return f"{chosen} in the safety set, so no adverse event can be counted."
    counts = cells(result)
    if not counts:
        return f"No adverse event is recorded for {these(n)}."
    if view.by is not None:
        present = [f"{g.label} {rate(r)}" for g, r in zip(result.groups, counts[0], strict=True) if r["n"]]
        if not present:
            return "No selected patient is in a group that is drawn here."
        return f"Patients with at least one adverse event: {listed(present)}."
    overall, severe = counts[0][0], cells(result, "3-5")[0][0]["k"]
    text = f"{overall['k']} of {plural(n, 'patient')} had at least one adverse event ({share(overall)})"
    if not overall["k"]:
        return f"No adverse event in {plural(n, 'patient')} (upper 95 % limit {upper_limit(overall)})."
    text += f"; {severe or _in_words(severe)} had grade {SEVERE} or higher"
    most = max((row[0]["k"] for row in counts[1:]), default=0)
    leading = [in_sentence(t) for t, row in zip(result.terms[1:], counts[1:], strict=True) if row[0]["k"] == most]
    return f"{text}; {leading[0]} was the most frequent, in {most}." if len(leading) == 1 and most else f"{text}."


def adverse_events_card(result: EventsResult) -> tuple[tuple[str, str], ...]:
    """How the adverse events were recorded, as (what, value); what nobody says reads "not reported"."""
    meta = result.view.definition.adverse_events
    aggregate = result.level == "aggregate"
    return (
        ("Grading", meta.get("scale") or NOT_REPORTED_TEXT),
        ("Counted", meta.get("counting") or f"patients, worst grade of each{', as reported' if aggregate else ''}"),
        ("Reported", f"totals only, for all {result.population}" if aggregate else "patient by patient"),
        ("Exposure", meta.get("exposure") or NOT_REPORTED_TEXT),
        ("Attribution", meta.get("attribution") or _attribution(result)),
    )


def _attribution(result: EventsResult) -> str:
    """What the events themselves say of how they are related to treatment: "by event: 3 related, 2 not related"."""
    related = relatedness(result.view.cohort)
    known = {words: related.get(code, 0) for code, words in (("yes", "related"), ("no", "not related"))}
    if not any(known.values()):
        return NOT_REPORTED_TEXT
    counts = known | {NOT_REPORTED_TEXT: sum(related.values()) - sum(known.values())}
    return f"by event, in all patients: {', '.join(f'{count(k)} {words}' for words, k in counts.items() if k)}"


def adverse_events_subtitle(result: EventsResult) -> str:
    """The line under the title of an exported figure."""
    counted = f"; safety set n = {result.n_safety}" if result.level == "patient" else ""
    card = dict(adverse_events_card(result))
    return f"{population_words(result.view)}{counted}; grades: {card['Grading']}; reported: {card['Reported']}"


def adverse_events_caption(result: EventsResult) -> str:
    """Definition and methods of the figure in the style a journal accepts."""
    order = "by name" if result.view.options.ae_sort == "name" else "by frequency in the whole cohort"
    scale = result.view.definition.adverse_events.get("scale") or f"scale {NOT_REPORTED_TEXT}"
    parts = [f"Patients, not events, are counted. Grades: {scale}, as reported and never converted. Terms {order}."]
    if result.level == "patient":
        parts += _patient_methods(result)
    elif result.is_subgroup:
        parts.append(
            f"Bracket: every number of the {plural(result.view.n, 'patient')} that the published totals allow. Tick: "
            "the number expected if the event were unrelated to the selection. Light band: central 95 % range then "
            "(hypergeometric). Tick and band are arithmetic, not observations."
        )
    else:
        parts.append("95 % CI: exact (Clopper–Pearson). A term without a number reads “not reported”, never zero.")
    if result.view.definition.kind == "synthetic":
        parts.append("SYNTHETIC data, made by a script.")
    return " ".join(parts)


def _patient_methods(result: PatientResult) -> list[str]:
    parts = [
        "A patient counts once a term, with the worst grade. Denominator: the safety set within the selection. "
        "95 % CI: exact (Clopper–Pearson). A term of this cohort that nobody here had stays, as 0."
    ]
    if result.hidden:
        where = "at least one group" if result.view.by is not None else "the selection"
        parts.append(f"Shown: terms in at least {result.view.options.ae_min} % of {where}; not {result.hidden} more.")
    return parts


def adverse_events_alt(result: EventsResult) -> str:
    """Alternative text of the figure, from its numbers."""
    if not result.view.n:
        return "Adverse events: no patient matches the selection."
    if result.level == "patient":
        return _patient_alt(result)
    n, pieces = result.view.n, []
    if result.is_subgroup:
        lead = f"Bounds for {these(n)}, from totals of {result.population}"
        for term in result.terms:
            b = result.bound(term)
            certain = b and f"{span(b['lower'], b['upper'])} of {n}, expected if unrelated {number(b['expected'])}"
            pieces.append(f"{term}: {certain or NOT_REPORTED_TEXT}")
    else:
        lead = f"Bars by grade, patients of {result.population} with each adverse event"
        for term in result.terms:
            row = result.row(term)
            graded = [f"grade {b.label} {r['k']}" for b in result.bands if (r := result.row(term, b.code))]
            pieces.append(f"{term}: {', '.join([rate(row), *graded]) if row else NOT_REPORTED_TEXT}")
    return f"{lead}. {'; '.join(pieces)}."


def _patient_alt(result: PatientResult) -> str:
    single = result.view.by is None
    kind = "Bars by worst grade" if single else f"Dots with 95 % CI by {result.view.by_label}"
    pieces = []
    for term, row in zip(result.terms, cells(result), strict=True):
        numbers = [f"{r['k']} of {r['n']}" if r["n"] else "no patient" for r in row]
        named = numbers if single else [f"{g.label} {x}" for g, x in zip(result.groups, numbers, strict=True)]
        pieces.append(f"{term}: {', '.join(named)}")
    return f"{kind}, patients with each adverse event. {'; '.join(pieces)}."
