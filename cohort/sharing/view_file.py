"""A view as a file: the same parameters as in its link, for data that no link may lead to."""

from __future__ import annotations

import json
import re

from cohort.errors import UploadError
from cohort.sharing.share import Query

FORMAT = "riskset view 1"
LARGEST = 64 * 1024
"""Bytes of the largest file read; a view is a few hundred."""


def view_file(page: str, query: Query) -> bytes:
    """A page and the parameters of its complete link as JSON."""
    return json.dumps({"format": FORMAT, "page": page, "view": query}, ensure_ascii=False, indent=1).encode()


def read_view_file(data: bytes, name: str = "") -> tuple[str, Query]:
    """Page and parameters of a file. What the parameters say is checked where a link is.

    Raises
    ------
    UploadError
        The file is not one that :func:`view_file` wrote.
    """
    remedy = "Choose a file saved with Share, View as a file."
    if len(data) > LARGEST:
        raise UploadError(
            "the file is too large for a view", file=name, seen=f"{len(data)} bytes",
            allowed=f"up to {LARGEST} bytes", remedy=remedy,
        )  # fmt: skip
    try:
        read = json.loads(data)
    except (ValueError, RecursionError):
        raise UploadError("the file is not JSON", file=name, seen=data[:40], allowed="a view", remedy=remedy) from None
    if not isinstance(read, dict) or read.get("format") != FORMAT:
        seen = read.get("format", "no format") if isinstance(read, dict) else type(read).__name__
        raise UploadError("the file is not a view", file=name, seen=seen, allowed=f"format {FORMAT}", remedy=remedy)
    page, query = read.get("page"), read.get("view")
    if not isinstance(page, str) or not re.fullmatch("[a-z_]{1,40}", page) or not _is_query(query):
        raise UploadError(
            "the file is not a view", file=name, allowed="a page and lists of texts by parameter", remedy=remedy
        )
    return page, query


def _is_query(value: object) -> bool:
    return isinstance(value, dict) and all(
        isinstance(texts, list) and texts and all(isinstance(text, str) for text in texts) for texts in value.values()
    )
