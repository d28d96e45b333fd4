"""What came with a link, and what is otherwise than when it was made, in words."""

from __future__ import annotations

from cohort.behind import EVERYBODY
from cohort.sharing.marks import Mark
from cohort.sharing.share import NONE, Drift, Headline, Letter
from cohort.view import CohortView
from cohort.wording import NOT_ESTIMABLE, listed, months


def drift_words(view: CohortView, found: Drift) -> tuple[str, ...]:
    """What is otherwise, then each curve's numbers then and now, and which of them changed. One sentence each."""
    lines = []
    if found.other_data:
        lines.append(
            f"This link was made with other data (checksum {found.letter.data}; the data here have {found.data})."
        )
    if found.letter.version not in ("", found.version):
        lines.append(f"It was made with version {found.letter.version} of Riskset; this is {found.version}.")
    if not found.letter.saw:
        return (*lines, "It does not say which numbers its author saw.")
    changed = [(then, now) for then, now in found.pairs if then != now]
    if not changed:
        return (*lines, f"The numbers its author saw are those of today: {_all(view, found.now)}.")
    for then, now in changed:
        lines.append(f"{_label(view, then or now)}then {_numbers(then)}; now {_numbers(now)}. {_changes(then, now)}")
    if same := [now for then, now in found.pairs if then == now]:
        lines.append(f"As it was: {_all(view, same)}.")
    return tuple(lines)


def quiet(found: Drift) -> bool:
    """Whether a line in passing will do: the data are the author's and no number is otherwise."""
    return not found.other_data and (not found.letter.saw or all(then == now for then, now in found.pairs))


def letter_lines(letter: Letter, marks: tuple[Mark, ...]) -> tuple[str, ...]:
    """What the author of a link says, and the marks on the figure in view, for who cannot see them there."""
    who = f"Note from {letter.author}" if letter.author else "Note that came with this link"
    note = [f"{who}: {letter.note}" if letter.note else f"This link is from {letter.author}."]
    marked = [f"month {m.month:g}, “{m.text}”" for m in marks]
    return (
        *(note if letter.note or letter.author else ()),
        *([f"Marked on the survival figure: {'; '.join(marked)}."] if marked else ()),
    )


def _all(view: CohortView, headlines: tuple[Headline, ...] | list[Headline]) -> str:
    return listed([f"{_label(view, h)}{_numbers(h)}" for h in headlines])


def _label(view: CohortView, headline: Headline) -> str:
    if headline.group == EVERYBODY:
        return f"{view.endpoint.short}: "
    label = next((g.label for g in view.groups if g.code == headline.group), "a group that is not here now")
    return f"{view.endpoint.short}, {label}: "


def _numbers(headline: Headline | None) -> str:
    if headline is None:
        return "nobody"
    who = f"{headline.events} of {headline.n} patients with the event"
    if headline.estimate == NONE:
        return f"{who}, estimate at {months(headline.month)} months {NOT_ESTIMABLE}"
    return f"{who}, {headline.estimate} % ({_limits(headline)}) at {months(headline.month)} months"


def _limits(headline: Headline) -> str:
    return "limits not estimable" if headline.limits == NONE else f"95 % CI {headline.limits}"


def _changes(then: Headline | None, now: Headline | None) -> str:
    if then is None or now is None:
        return "The author saw nobody here." if then is None else "Nobody is here now."
    compared = {
        "patients": (then.n, now.n),
        "events": (then.events, now.events),
        "month": (months(then.month), months(now.month)),
        "estimate": (_or_not(then.estimate), _or_not(now.estimate)),
        "limits": (_or_not(then.limits), _or_not(now.limits)),
    }
    return f"Changed: {listed([f'{name} ({a} → {b})' for name, (a, b) in compared.items() if a != b])}."


def _or_not(text: str) -> str:
    return NOT_ESTIMABLE if text == NONE else text
