"""Slides and report of the saved views: made with a progress bar, then taken away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import streamlit as st

from cohort.presentation import Slide
from cohort.tables import Cohort
from cohort.ui import ledger_panels, panels, state
from cohort.ui.methods_panels import versions
from cohort.ui.share_panels import complete_link

MADE = "documents"
"""Where a session keeps the last document made: (what it was made of, file)."""

DOCUMENTS = {"pptx": "Slides (PPTX)", "pdf": "Report (PDF)", "docx": "Report (DOCX)", "html": "Report (HTML)"}
SLIDES_TYPE = "application/vnd.openxmlformats-officedocument.presentationml.presentation"


def documents(found: Sequence[tuple[Slide, Cohort]], content: str) -> None:
    """Choose a document, make it, take it."""
    kind = st.segmented_control(
        "Document", list(DOCUMENTS), format_func=DOCUMENTS.get, key="document_kind", default="pptx", required=True,
        on_change=state.touch,
    )  # fmt: skip
    asked = (kind, content, ledger_panels.ledger())
    if st.button("Make it", key="make_document", icon=":material/description:", on_click=state.touch):
        bar = st.progress(0.0, text="Drawing the saved views")
        st.session_state[MADE] = (asked, _made(kind, found, lambda done, of: bar.progress(done / of)))
        bar.empty()
    made_of, file = st.session_state.get(MADE, (None, b""))
    if made_of == asked:
        panels.download(
            DOCUMENTS[kind], lambda: file, "riskset-slides" if kind == "pptx" else "riskset-report", kind, _mime(kind),
            content, f"x_document_{kind}",
        )  # fmt: skip


def _made(kind: str, found: Sequence[tuple[Slide, Cohort]], progress: Callable[[int, int], None]) -> bytes:
    from cohort.exports import slides  # the writers of documents are loaded when one is asked for
    from cohort.session_documents import FORMATS, deck, session_report

    if kind == "pptx":
        return slides.pptx(deck(found, complete_link), progress)
    report = session_report(found, complete_link, ledger_panels.ledger(), versions(), datetime.now(UTC))
    return FORMATS[kind][0](report, progress)


def _mime(kind: str) -> str:
    from cohort.session_documents import FORMATS

    return SLIDES_TYPE if kind == "pptx" else FORMATS[kind][1]
