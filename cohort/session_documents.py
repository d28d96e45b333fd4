"""The saved views of a session as a slide deck and as one report, from the same parts as the pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from cohort.exports import report, slides
from cohort.exports.report import Report, Section
from cohort.exports.sources import sources
from cohort.figures.presentation import present_figure
from cohort.looks import Ledger
from cohort.narrative import looks as looks_words
from cohort.narrative.methods import methods_paragraph, references
from cohort.narrative.presentation import slide_foot, slide_title
from cohort.narrative.results import results_sentence
from cohort.page_parts import PageParts, page_parts
from cohort.presentation import Slide
from cohort.tables import Cohort
from cohort.view import CohortView

Kept = Sequence[tuple[Slide, Cohort]]
Link = Callable[[CohortView, str], str]
"""The complete link to a page of a view, "" where there is none."""

ROOM = (1500, 820)
"""Pixels a forest is laid out in for a slide."""

LISTED = 60
"""Rows of a table that a report prints; the whole table is a file of its own."""


def deck(kept: Kept, link: Link) -> list[slides.Slide]:
    """One slide a saved view that has something to draw, in order."""
    made = []
    for slide, view, parts in _opened(kept):
        if parts.screen is None:
            continue
        title = slide.title or slide_title(view, slide.page)
        # A forest of every variable is too tall for a wall: the slide shows the first rows, as Present does
        short = present_figure(view, slide.page, *ROOM) if slide.page == "subgroups" else None
        made.append(
            slides.Slide(
                title=title,
                sentence=parts.sentence,
                figure=short.spec if short else parts.screen(),
                alt=parts.alt,
                caption=parts.caption,
                footnote=slide_foot(view, slide.page, title, short.note if short else ""),
                link=link(view, slide.page),
            )
        )
    return made


def session_report(
    kept: Kept, link: Link, ledger: Ledger, versions: Sequence[tuple[str, str]], made: datetime | None = None
) -> Report:
    """Everything saved: selections, figures, tables, methods with references, cautions, looks and sources."""
    sections, cohorts = [], {}
    for slide, view, parts in _opened(kept):
        cohorts.setdefault(view.definition.id, view)
        sections += _view_sections(slide, view, parts, ledger.comparisons if view.by else 0)
    if ledger.looks:
        sections.append(
            Section(
                "Looks in this session",
                (looks_words.looks_sentence(ledger),),
                table=looks_words.looks_table(ledger),
                table_title="Every distinct comparison, in order",
            )
        )
    sections += [sources(view.cohort, versions) for view in cohorts.values()]
    first = next(iter(cohorts.values()), None)
    return Report(
        title=f"Report: {first.definition.short_title}" if first else "Report",
        sections=tuple(sections),
        footnote=slide_foot(first, "overview", "") if first else "",
        link=link(first, kept[0][0].page) if first else "",
        made=made,
    )


def _opened(kept: Kept) -> list[tuple[Slide, CohortView, PageParts]]:
    found = []
    for slide, cohort in kept:
        view = slide.view(cohort)[0]
        found.append((slide, view, page_parts(view, slide.page)))
    return found


def _view_sections(slide: Slide, view: CohortView, parts: PageParts, look: int) -> list[Section]:
    rows = parts.table()[:LISTED] if parts.table else ()
    left = f"The first {LISTED} rows." if parts.table and len(rows) == LISTED else ""
    return [
        Section(
            slide.title or slide_title(view, slide.page),
            (results_sentence(parts.result), f"Selection: {view.selection.describe(view.definition)}."),
            figure=parts.screen() if parts.screen else None,
            alt=parts.alt,
            caption=parts.caption,
            table=rows,
            table_title=parts.title,
            notes=tuple(t for t in (*(f"{c.text} {c.why}".strip() for c in parts.cautions), left) if t),
        ),
        Section(
            "Methods",
            (methods_paragraph(view, slide.page, look=look),),
            notes=tuple(f"{i}. {cited}" for i, cited in enumerate(references(view, slide.page, look=look), 1)),
        ),
    ]


FORMATS: dict[str, tuple[Callable, str]] = {
    "pdf": (report.pdf, "application/pdf"),
    "docx": (report.docx, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "html": (report.html, "text/html"),
}
"""What a report is written as: suffix -> (writer, media type)."""
