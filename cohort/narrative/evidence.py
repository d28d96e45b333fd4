"""The ledger of claims in words: the score, why each verdict stands, and the ledger as a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from cohort.claims import COLUMNS, VERDICTS, Assessment
from cohort.claims.ledger import CONTRADICTED, CRUDE, DIFFERS, OMISSION, OMITTED, REPRODUCES, UNCHECKED
from cohort.tables import Cohort
from cohort.view import CohortView
from cohort.wording import listed, plural, sentence_case

NOTHING = "–"
"""Cell of the recomputed values where nothing can be recomputed."""

_SCORE = {
    REPRODUCES: ("reproduces", "reproduce"),
    CRUDE: ("reproduces only as a crude count", "reproduce only as crude counts"),
    DIFFERS: ("does not reproduce", "do not reproduce"),
    CONTRADICTED: ("is contradicted by the tables", "are contradicted by the tables"),
    UNCHECKED: ("cannot be checked", "cannot be checked"),
}


def evidence_sentence(assessments: Sequence[Assessment]) -> str:
    """How many claims got which verdict, in one sentence."""
    if not assessments:
        return "This cohort ships no claims; with a claims.csv, every printed number is set against its tables here."
    printed = [a.verdict for a in assessments if a.claim.kind != OMISSION]
    counts = Counter(printed)
    score = [f"{counts[v]} {words[counts[v] != 1]}" for v, words in _SCORE.items() if counts[v]]
    omitted = sum(a.verdict == OMITTED for a in assessments)
    left_out = f"the text omits {plural(omitted, 'fact')} that the tables hold" if omitted else ""
    of = f"Of {plural(len(printed), 'printed claim')}, {listed(score)}" if printed else ""
    return sentence_case("; ".join(part for part in (of, left_out) if part)) + "."


def evidence_scope(view: CohortView) -> str:
    """That the ledger speaks of everybody, where a filter is on; else empty."""
    if not view.selection.restricts:
        return ""
    return f"The filter does not apply here: the claims speak of all {plural(view.cohort.n, 'patient')}."


def evidence_note(view: CohortView) -> str:
    """How the ledger is to be read."""
    return (
        "Every value, sentence and verdict is computed from the tables when the page is opened; none is stored. "
        "Printed figures are compared at the precision they are printed with. Intervals are 95 % limits: beta product "
        "(BPCP) for survival, exact for counts, log-log for follow-up. A verdict concerns a sentence and the tables "
        f"beside it, not the treatment. {view.definition.short_title}, data checksum {view.cohort.fingerprint[:12]}."
    )


def evidence_choices(assessments: Sequence[Assessment]) -> list[tuple[str, str, int]]:
    """Verdicts to narrow the ledger to: code, word and count; one that nobody got stays, at 0."""
    counts = Counter(a.verdict for a in assessments)
    verdicts = [(code, sentence_case(words), counts[code]) for code, words in VERDICTS.items()]
    return [("all", "All", len(assessments)), *verdicts]


def evidence_why(assessment: Assessment) -> str:
    """Why the verdict stands: what is lacking, the claim's sentence, and what the figure would follow from."""
    parts = []
    if assessment.lacking:
        parts.append(f"Not in the tables: {listed(list(assessment.lacking))}.")
    absent = [c.words for c in assessment.check if c.holds is None]
    if assessment.verdict == UNCHECKED and absent:
        parts.append(f"No value to compare: {listed(list(dict.fromkeys(absent)))}.")
    parts.append(assessment.sentence)
    if assessment.would_follow:
        parts.append(f"The printed figure would follow if {assessment.follows_if}.")
    return " ".join(parts)


def ledger_records(assessments: Sequence[Assessment]) -> list[dict[str, str]]:
    """The ledger as rows of a file."""
    return [
        {
            "id": a.claim.id,
            "where": a.claim.where,
            "claim": a.claim.claim,
            "recomputed": a.recomputed or NOTHING,
            "verdict": VERDICTS[a.verdict],
            "why": evidence_why(a),
            "checks": "; ".join(f"{c.expression} = {c.found} (asked: {c.wanted})" for c in a.check),
            "reply": a.claim.reply,
        }
        for a in assessments
    ]


def template_records(cohort: Cohort) -> list[dict[str, str]]:
    """A claims file to start from: a remark that explains the columns, and two examples that hold for this cohort."""
    endpoint = next((e for e in cohort.definition.identified_endpoints if e.kind == "survival"), None)
    examples = [
        {
            "id": "X01",
            "where": "Abstract",
            "claim": f"{cohort.n} patients",
            "kind": "value",
            "check": f"n() = {cohort.n}",
            "recomputed": "{n()} patients",
            "sentence": "Counted in the patient table.",
        }
    ]
    if endpoint is not None:
        month = f"{endpoint.landmarks[0]:g}"
        code = endpoint.code
        examples.append(
            {
                "id": "X02",
                "where": "Results",
                "claim": f"no estimate of {endpoint.short} exceeds 100% at {month} {cohort.definition.time_unit}",
                "kind": "statement",
                "check": f"km({code}, {month}) <= 100",
                "recomputed": f"{{km({code}, {month})}} (95 % CI {{km_interval({code}, {month})}})",
                "sentence": f"{{events_by({code}, {month})}} of {{n()}} patients had the event by then.",
            }
        )
    remark = {**COLUMNS, "id": f"# {COLUMNS['id']}"}
    return [{name: row.get(name, "") for name in COLUMNS} for row in (remark, *examples)]
