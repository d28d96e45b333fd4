"""Tables of the adverse-events page as printed, and the lines under them."""

from __future__ import annotations

from cohort.narrative.adverse_events_words import cells, in_sentence, limits, nobody, rate, span, these, upper_limit
from cohort.results.adverse_events import AggregateResult, EventsResult, Joint, PatientResult
from cohort.results.adverse_events_grades import ANY, OVERALL, SEVERE
from cohort.wording import NOT_REPORTED_TEXT, count_of, listed, number, percent

ELSEWHERE = "none ‡"
"""Cell of a grade that the source excludes for all terms together and not term by term."""


def adverse_events_table(result: EventsResult) -> list[dict[str, str]]:
    """The table under the figure, one row a term, every cell as printed."""
    if result.level == "patient":
        return _patient_table(result)
    codes = [ANY, *(b.code for b in result.bands)]
    overall = [OVERALL] if OVERALL not in result.terms and any(result.row(OVERALL, c) for c in codes) else []
    row = _bounds_row if result.is_subgroup else _total_row
    return [row(result, term) for term in (*result.terms, *overall)]


def _total_row(result: AggregateResult, term: str) -> dict[str, str]:
    total = result.row(term)
    row = {"Adverse event": term, "Any grade (%, 95 % CI)": _total(total) if total else NOT_REPORTED_TEXT}
    for band in result.bands:
        found = result.row(term, band.code)
        known = found and (rate(found) if term == OVERALL else f"{found['k']} of {found['n']}")
        row[f"Grade {band.label}"] = known or _silent(result, band.code)
    return row


def _total(row: dict) -> str:
    return rate(row).replace("95 % CI ", "")


def _bounds_row(result: AggregateResult, term: str) -> dict[str, str]:
    n, total, bound = result.view.n, result.row(term), result.bound(term)
    row = {
        "Adverse event": term,
        f"All {result.population}, as reported": count_of(total["k"], total["n"]) if total else NOT_REPORTED_TEXT,
        f"Certain, of {these(n).removesuffix(' patients')}": _span(bound, "lower", "upper"),
        "If unrelated: expected": number(bound["expected"]) if bound else NOT_REPORTED_TEXT,
        "If unrelated: central 95 %": _span(bound, "central_lower", "central_upper"),
    }
    for band in result.bands:
        found = result.bound(term, band.code)
        row[f"Grade {band.label}, certain"] = (
            _span(found, "lower", "upper") if found else _silent(result, band.code)
        )  # fmt: skip
    return row


def _span(bound: dict | None, lower: str, upper: str) -> str:
    return span(bound[lower], bound[upper]) if bound else NOT_REPORTED_TEXT


def _silent(result: AggregateResult, band: str) -> str:
    """A grade band the source does not report for a term: excluded for all terms together, or not reported."""
    overall = result.row(OVERALL, band)
    return ELSEWHERE if overall and overall["k"] == 0 else NOT_REPORTED_TEXT


def _patient_table(result: PatientResult) -> list[dict[str, str]]:
    single, tight = result.view.by is None, len(result.groups) > 2
    total, severe, fatal = (cells(result, band) for band in (ANY, "3-5", "5"))
    rows = []
    for i, term in enumerate(result.terms):
        row = {"Adverse event": term}
        for j, group in enumerate(result.groups):
            head = f"{'All' if single else group.label} (n = {total[i][j]['n']})"
            row[f"{head}, any grade"] = _short(total[i][j], tight)
            row[f"{head}, grade ≥ {SEVERE}"] = _short(severe[i][j], tight)
            if single:
                row["Grade 5"] = str(fatal[i][j]["k"])
        rows.append(row)
    return rows


def _short(row: dict, tight: bool) -> str:
    """A cell whose denominator stands in the head of its column; without percent signs where columns are many."""
    if not row["n"]:
        return "no patient"
    if not row["k"]:
        text = f"0 (≤ {upper_limit(row)})"
    else:
        text = f"{row['k']} ({percent(row['share'], row['n'])}, {limits(row['lower'], row['upper'], row['n'])})"
    return text.replace(" %", "") if tight else text


def adverse_events_notes(result: EventsResult) -> tuple[str, ...]:
    """Lines under the table: its footnote, and what the totals imply together."""
    if result.level == "patient":
        return ("Patients (%, 95 % CI). 0 (≤ x %): nobody, with the exact upper 95 % limit.",)
    notes = [f"‡ Stated for all terms together. {'; '.join(nobody(result))}."] if nobody(result) else []
    facts = [_joint_words(fact) for fact in result.joint] if result.view.n > 1 else []
    if facts:
        who = f"of {these(result.view.n)}" if result.is_subgroup else f"of all {result.population} patients"
        notes.append(f"Also certain from the totals, {who}: {'; '.join(facts)}.")
    return tuple(notes)


def _joint_words(fact: Joint) -> str:
    count = f"{'exactly ' if fact.lower == fact.upper else ''}{span(fact.lower, fact.upper)}"
    if fact.kind == "pair":
        return f"{listed([in_sentence(t) for t in fact.what])} together in {count}"
    if fact.kind == "grade":
        return f"a grade {fact.what[0]} event among these terms in {count}"
    return f"at least one of the {len(fact.what)} terms in {count}"
