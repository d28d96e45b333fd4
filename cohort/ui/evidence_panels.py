"""What the evidence page is laid out from."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from cohort.claims import VERDICTS, Assessment, Comparison, assess
from cohort.claims.grammar import written
from cohort.errors import CohortError
from cohort.exports.table import csv_bytes
from cohort.narrative.evidence import (
    NOTHING,
    evidence_choices,
    evidence_scope,
    evidence_why,
    template_records,
)
from cohort.ui import export_panels, panels, state
from cohort.ui.components import component
from cohort.ui.text import plain
from cohort.view import CohortView
from cohort.wording import sentence_case

LEDGER = "claims_ledger"


def assessed(view: CohortView) -> tuple[Assessment, ...] | None:
    """Every claim of the cohort with its verdict; None, and the reason on the page, where they cannot be read."""
    try:
        return assess(view.cohort)
    except CohortError as problem:
        st.error(f"The claims of this cohort cannot be read. {plain(problem)}")
        return None


def files(view: CohortView) -> None:
    """The ledger as a file, and a claims file to start from."""
    export_panels.exports(view, "evidence")


def template(view: CohortView) -> None:
    """A claims file to start from."""
    panels.download(
        "Template for claims (CSV)",
        lambda: csv_bytes(template_records(view.cohort)),
        "claims-template",
        "csv",
        "text/csv",
        f"template {view.cohort.fingerprint}",
        "x_template",
    )


def ledger(view: CohortView, assessments: Sequence[Assessment]) -> None:
    """The claims of the verdict asked for; a row opens to its formulas and the patients behind every count."""
    if scope := evidence_scope(view):
        st.caption(plain(scope))
    wanted = view.options.verdict
    rows = [_row(a) for a in assessments if wanted in ("all", a.verdict)]
    component("claims")(
        key=LEDGER,
        data={
            "choices": [{"code": c, "word": w, "n": n} for c, w, n in evidence_choices(assessments)],
            "chosen": wanted,
            "rows": rows,
            "alt": f"Ledger of claims: {len(rows)} of {len(assessments)}",
            "nobody": "No claim has this verdict.",
        },
        on_patient_change=lambda: _asked("patient", state.open_patient),
        on_verdict_change=lambda: _asked("verdict", _narrow),
    )


def _asked(what: str, answer: Callable[[str], None]) -> None:
    """Answer a click in the ledger. The value comes from the browser, so whoever answers checks it."""
    value = st.session_state[LEDGER].get(what)
    if isinstance(value, str):
        answer(value)


def _narrow(verdict: str) -> None:
    if verdict == "all" or verdict in VERDICTS:
        state.set_option("verdict", verdict)


def _row(assessment: Assessment) -> dict:
    claim = assessment.claim
    groups = {
        "Check": assessment.check,
        "As a crude count": assessment.crude,
        "Would follow if": assessment.follows if assessment.would_follow else (),
    }
    return {
        "id": claim.id,
        "where": claim.where,
        "claim": claim.claim,
        "recomputed": _unbroken(assessment.recomputed) or NOTHING,
        "verdict": assessment.verdict,
        "word": sentence_case(VERDICTS[assessment.verdict]),
        "why": _unbroken(evidence_why(assessment)),
        "reply": claim.reply,
        "groups": [{"title": t, "lines": [_line(c) for c in lines]} for t, lines in groups.items() if lines],
        "lacks": [written(node) for node in claim.check] if assessment.lacking else [],
        "counted": [
            {"words": sentence_case(c.words), "expression": c.expression, "ids": c.ids} for c in assessment.counted
        ],
    }


def _unbroken(text: str) -> str:
    """Keep "88.0 %" on one line."""
    return text.replace(" %", "\u00a0%")


def _line(comparison: Comparison) -> dict:
    said = {True: "holds", False: "does not hold", None: "no value"}[comparison.holds]
    return {
        "words": sentence_case(comparison.words),
        "expression": comparison.expression,
        "found": _unbroken(comparison.found),
        "wanted": _unbroken(comparison.wanted),
        "said": said,
    }
