"""A printed table as one HTML page or one Word document: three rules, title above, notes below."""

from __future__ import annotations

from collections.abc import Sequence

from cohort.exports import page, word


def html(rows: Sequence[dict], title: str, notes: Sequence[str] = ()) -> bytes:
    """The table as a page of its own.

    Parameters
    ----------
    rows : one dict a line, all with the same keys: the heads of the columns; cells as printed
    title, notes : plain text
    """
    return page.page(title, [page.table(rows, title, notes)])


def docx(rows: Sequence[dict], title: str, notes: Sequence[str] = ()) -> bytes:
    """The table as a Word document; on its side if it has many columns. Parameters as for :func:`html`."""
    out = word.document(title, landscape=bool(rows) and len(rows[0]) >= word.WIDE_TABLE)
    word.table(out, rows, title, notes)
    return word.saved(out)
