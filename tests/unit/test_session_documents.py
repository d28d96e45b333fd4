"""Slides and report of saved views: the same sentences, numbers and cautions as the pages."""

import io
import re
from datetime import UTC, datetime

from pptx import Presentation

from cohort import open_view, read_cohort
from cohort.exports import report, slides
from cohort.looks import Ledger, look
from cohort.presentation import Slide
from cohort.session_documents import deck, session_report
from tests.support import printed

COHORT = read_cohort(printed.FOLDER)
VERSIONS = (("Riskset", "test"),)


def link(view, page):
    return f"https://example.org/{page}"


def kept(*views):
    return [(Slide.of(view, page), COHORT) for view, page in views]


def test_the_deck_has_a_slide_a_view_with_the_pages_sentence_and_a_native_chart():
    saved = kept((open_view(COHORT, "ttr_pub", by="eln_risk"), "survival"), (open_view(COHORT), "adverse_events"))
    made = Presentation(io.BytesIO(slides.pptx(deck(saved, link))))
    texts = [" ".join(s.text_frame.text for s in slide.shapes if s.has_text_frame) for slide in made.slides]
    assert len(texts) == 2
    relapsed = printed.events_among(printed.who({"eln_risk": {"adverse"}}), "ttr_pub")
    assert f"{relapsed} of 7 (adverse)" in texts[0]
    assert "not for treatment decisions" in texts[0]
    assert any(shape.has_chart for shape in made.slides[0].shapes)


def test_a_slide_of_the_forest_keeps_its_type_legible_and_counts_the_rows_left_out():
    saved = kept((open_view(COHORT, "ttr_pub"), "subgroups"))
    assert re.search(r"the first \d+ of \d+ rows", deck(saved, link)[0].footnote)


def test_the_report_holds_results_methods_cautions_looks_and_sources():
    view = open_view(COHORT, "ttr_pub", by="timing", where={"sex": ["male"]})
    at = datetime(2026, 1, 2, tzinfo=UTC)
    ledger = Ledger().noted(look(view, "comparison", at))
    made = session_report(kept((view, "survival")), link, ledger, VERSIONS, at)
    text = report.html(made).decode("utf-8")
    men = printed.who({"sex": {"male"}})
    assert f"{len(men)} of 19 patients" in text
    assert "Sorafenib timing" in text
    assert "Fay MP" in text
    assert "Looks in this session" in text
    assert COHORT.fingerprint in text
    assert "https://example.org/survival" in text
    assert not re.search(r"\b(nan|None|inf)\b", re.sub(r"<[^>]+>", " ", text))


def test_methods_of_each_view_cite_their_own_references():
    saved = kept((open_view(COHORT, "ttr_pub", by="timing"), "survival"), (open_view(COHORT, "rfs_eln"), "survival"))
    sections = session_report(saved, link, Ledger(), VERSIONS).sections
    for section in (s for s in sections if s.heading == "Methods"):
        cited = {int(n) for group in re.findall(r"\[([\d, ]+)\]", section.sentences[0]) for n in group.split(",")}
        assert cited == set(range(1, len(section.notes) + 1))
