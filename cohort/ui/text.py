"""Text of a cohort on its way to a Streamlit widget that renders Markdown."""

from __future__ import annotations

import re

_MARKUP = re.compile(
    r"""[\\`*\[\]{$~<|]                 # always markup, { after a name
    | (?<![^\W_])_ | _(?![^\W_])       # inside a word an underscore is a letter
    | ^[-+>=] | ^\d{1,9}[.)]           # a list or a quotation begins a line
    | (?<![^\W_])\#                    # a heading, and what may close one
    | &(?=\#?\w+;)                     # a character by its name
    """,
    re.VERBOSE,
)
_LATER = re.compile(
    r"""(?:https?|ftp|www)(?=[:.]) | (?=@)     # bare addresses
    | (?<=:)                                  # icons, emoji and directives, a name behind a colon; not …
      (?!\s|\d+(?![\d:_])                     # … CI: 3, 12:30 …
        |(?<=\w:):\w+(?![\w:+/-])|(?<=\w::)\w+(?![\w:+/-]))  # … and RUNX1::RUNX1T1
    | (?<=[<>~-])(?=[=>-])                    # arrows and ≤
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""What Streamlit reads after the escapes are resolved."""
_INVISIBLE = re.compile("[\u0000-\u0008\u000b-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def visible(text: object) -> str:
    """Return the text without invisible and bidi characters: for our own parts, which show it letter for letter."""
    return _INVISIBLE.sub("", str(text).replace("\n", " "))


def plain(text: object) -> str:
    """Return text that Markdown shows letter for letter: markup is escaped, invisible and bidi characters removed.

    Streamlit renders Markdown in labels, metrics, captions and tables; a level called ``![x](http://…)`` would make
    every reader's browser call that address (SECURITY.md 2.3). Bare addresses are linked after the escapes are
    resolved, icons and emoji too, so a word joiner, which nobody sees, parts their beginning from what follows.

    Escaped is only what would be markup where it stands: a widget's label is also its name for a screen reader, and
    there the backslashes are read out.
    """
    escaped = _MARKUP.sub(lambda found: f"{found[0][:-1]}\\{found[0][-1]}", visible(text).strip())
    return _LATER.sub(lambda found: f"{found[0]}\u2060", escaped)
