"""Text of a cohort on its way to a Streamlit widget that renders Markdown."""

from __future__ import annotations

import re

_MARKUP = re.compile(r"([\\`*_{}\[\]()#+\-.!:$~<>|])")
_ADDRESS = re.compile(r"\b(https?|ftp|www)(?=\\[:.])|(?=@)", re.IGNORECASE)
_INVISIBLE = re.compile("[\u0000-\u0008\u000b-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def plain(text: object) -> str:
    """Return text that Markdown shows letter for letter: markup is escaped, invisible and bidi characters removed.

    Streamlit renders Markdown in labels, metrics, captions and tables; a level called ``![x](http://…)`` would make
    every reader's browser call that address (SECURITY.md 2.3). Bare addresses are linked after the escapes are
    resolved, so a word joiner, which nobody sees, parts the scheme from what follows: a link's text is never a link.
    """
    escaped = _MARKUP.sub(r"\\\1", _INVISIBLE.sub("", str(text).replace("\n", " ")))
    return _ADDRESS.sub(lambda found: f"{found[1] or ''}\u2060", escaped)
