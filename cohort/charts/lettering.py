"""Labels that have to fit: how wide they are about, and short forms that stay as different as the labels are.

A renderer cuts a label at its end, where names that begin alike differ. These forms leave something out before it does.
"""

from __future__ import annotations

from collections.abc import Sequence

_EMS = (("ijl'|", 0.22), ("ftI.,:; !/[]", 0.28), ("r()-", 0.33), ("ckvxyzsJ", 0.5), ("mwMW@%", 0.86))
_EM = {letter: share for letters, share in _EMS for letter in letters}
"""Width of letters by their size, as in Liberation Sans; a small letter that is not here is as wide as a digit."""

_SLACK = 0.93
"""Share of the room that is used: fonts differ from one machine to the next."""
_ENDS = (0.5, 0.62, 0.38, 0.75, 0.25)
"""Shares of a short form that its end may take, the first tried first."""


def width(text: str, size: float) -> float:
    """About how wide a text is in pixels, set in a sans-serif letter of ``size`` pixels."""
    return size * sum(_EM.get(c) or (0.68 if c.isupper() else 0.56) for c in text)


def fitted(texts: Sequence[str], room: float, size: float) -> list[str]:
    """The texts that fit as they are, the others with something left out, "…" in its place.

    Parameters
    ----------
    texts : labels read beside each other
    room, size : pixels they may take, and of a letter

    Returns
    -------
    list of str
        One a text, in order. Where room allows it, texts that differ stay different.
    """
    forms = [[_shortened(text, room, size, share) for text in texts] for share in _ENDS]
    return min([*forms, _numbered(forms[0], texts, room, size)], key=lambda form: len(set(texts)) - len(set(form)))


def ends(texts: Sequence[str], room: float, size: float) -> list[str]:
    """As :func:`fitted`, but of the end of each text, where ids that are numbered on differ; else of its middle."""
    short = [_shortened(text, room, size, 1.0) for text in texts]
    return short if len(set(short)) == len(set(texts)) else fitted(texts, room, size)


def _shortened(text: str, room: float, size: float, share: float) -> str:
    return text if width(text, size) <= room else _cut(text, room * _SLACK, size, share)


def _cut(text: str, room: float, size: float, share: float) -> str:
    """A text with its middle left out; ``share`` of what is kept is its end, 1 for its end alone."""
    kept = len(text)
    short = text
    while width(short, size) > room and kept > 1:
        kept -= 1
        tail = max(1, round(kept * share))
        short = f"{text[: kept - tail].rstrip()}…{text[len(text) - tail :].lstrip()}"
    return short


def _numbered(short: Sequence[str], texts: Sequence[str], room: float, size: float) -> list[str]:
    """Short forms told apart by a number, for texts that differ where nothing short shows it."""
    found: dict[str, list[str]] = {}
    for form, text in zip(short, texts, strict=True):
        found.setdefault(form, [])
        if text not in found[form]:
            found[form].append(text)
    out = []
    for form, text in zip(short, texts, strict=True):
        mark = f" ({found[form].index(text) + 1})"
        alone = len(found[form]) == 1
        out.append(form if alone else _cut(text, room * _SLACK - width(mark, size), size, 0.5) + mark)
    return out
