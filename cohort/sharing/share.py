"""The complete link of a view: what a reviewer opens in March to see what the author saw in January.

The address bar holds the short link: what differs from the opening view. A shared link holds every choice, so that a
default changed later does not change what it means, and with it what its author saw. Its parameters:

======== ===============================================================================================
cohort   id of the cohort; after it the selection and the options, as in the address bar
note     plain text of the author, up to ``NOTE`` characters; ``author`` is whom it is from
mark     ``month:text``, up to ``MARKS`` times: a mark on the survival figure
saw      ``group~patients~events~month~estimate~lower~upper``, percent as printed, once a group ("all" for one
         curve); where times are only known between limits the lowest and the highest estimate stand for one;
         "-" is not estimable
data     the first ``CHECKSUM`` digits of the SHA-256 of the cohort's files
v        version of the app
======== ===============================================================================================
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from urllib.parse import quote, urlencode

from cohort import __version__
from cohort.behind import EVERYBODY, SEPARATOR
from cohort.disclosure import policy_for
from cohort.narrative.survival import headline_month
from cohort.options import Options
from cohort.results.envelope import EnvelopeResult
from cohort.results.survival import SurvivalResult
from cohort.selection import CUTOFF_SUFFIX, Selection
from cohort.sharing.link_values import Rejected, read_each, shortened, tidy
from cohort.sharing.marks import Mark, read_marks
from cohort.view import WHOLE, CohortView
from cohort.wording import NOT_ESTIMABLE, missing, percent

Query = dict[str, list[str]]

NOTE, AUTHOR, GROUPS, CHECKSUM = 280, 60, 40, 12
NONE = "-"
"""In the place of a number: not estimable."""

PARAMETERS = ("note", "author", "mark", "saw", "data", "v")
"""What travels beside the view."""

_ESTIMAND = ("endpoint", "treat", "deaths", "zero", "landmark")
USED = {
    "overview": ("by",),
    "survival": ("by", "against", "interval", "axis", "panel", "test", "beside"),
    "subgroups": ("interval", "month", "forest"),
    "adverse_events": ("by", "ae_sort", "ae_min"),
    "patients": ("show", "clock"),
    "evidence": ("verdict",),
    "your_cohort": (),
    "methods": ("by", "interval"),
}
"""Options a page shows, beside the definition of the endpoint: these stand in its link whatever their value."""


@dataclass(frozen=True)
class Headline:
    """The numbers of one curve that a reader takes away, as printed.

    Attributes
    ----------
    group : code of the group, EVERYBODY for one curve
    n, events : patients and events
    month : of the estimate
    shares : estimate, lower and upper limit in percent ("66", "61.2" from 100 patients on, NONE); with two estimates,
        the lowest and the highest, where times are only known between limits
    """

    group: str
    n: int
    events: int
    month: float
    shares: tuple[str, ...]

    @property
    def estimate(self) -> str:
        """The estimate as printed, without unit: "66", or "61–66" between limits."""
        return "–".join(dict.fromkeys(self.shares[:-2]))

    @property
    def limits(self) -> str:
        """The confidence limits as printed, without unit: "37–88"."""
        return NONE if NONE in self.shares[-2:] else "–".join(self.shares[-2:])


@dataclass(frozen=True)
class Letter:
    """What travels with a view: the author's words, and what the author saw."""

    note: str = ""
    author: str = ""
    marks: tuple[Mark, ...] = ()
    saw: tuple[Headline, ...] = ()
    data: str = ""
    version: str = ""


@dataclass(frozen=True)
class Drift:
    """A link made with other data or another version: what its author saw beside what is seen now."""

    letter: Letter
    data: str
    version: str
    now: tuple[Headline, ...]

    @property
    def other_data(self) -> bool:
        """Whether the data are not those of the author."""
        return bool(self.letter.data) and self.letter.data != self.data

    @property
    def pairs(self) -> tuple[tuple[Headline | None, Headline | None], ...]:
        """(then, now) of every group the author saw or there is now, in today's order."""
        then, now = ({h.group: h for h in found} for found in (self.letter.saw, self.now))
        return tuple((then.get(group), now.get(group)) for group in dict.fromkeys((*now, *then)))


def is_public(view: CohortView) -> bool:
    """Whether anybody may open this cohort: only then does a link lead to it, and do ids of patients travel."""
    return not policy_for(view.definition).hides


def checksum(view: CohortView) -> str:
    """The first digits of the checksum of the cohort's files."""
    return view.cohort.fingerprint[:CHECKSUM]


def headlines(view: CohortView) -> tuple[Headline, ...]:
    """The numbers of the view that a reader takes away; of groups that somebody is in."""
    key = ("headlines", view.selection, *view.composition, *view.grouping, view.options.interval)
    return view.cohort.recall(key, lambda: tuple(_headlines(view)))


def _headlines(view: CohortView) -> Iterable[Headline]:
    month = headline_month(view)
    if view.estimand.bounded:
        bounds = EnvelopeResult(view)
        people = bounds.people
        rows = {code: row for (code, at), row in bounds.landmark_rows.items() if at == month}
        names = ("survival_low", "survival_high")
    else:
        result = SurvivalResult(view)
        people = {code: (row["n"], row["n_event"]) for code, row in result.person_rows.items()}
        rows, names = result.landmark_rows[month], (result.estimate,)
    for group in view.groups:
        n, events = people.get(group.code, (0, 0))
        if n:
            code = EVERYBODY if group.code == WHOLE else group.code
            yield Headline(code, n, events, month, _printed(rows[group.code], names, n))


def _printed(row: dict, names: tuple[str, ...], n: int) -> tuple[str, ...]:
    limits = (row["lower"], row["upper"])
    if any(map(missing, limits)) or limits[0] == limits[1]:
        limits = (None, None)  # as in cohort.wording.percent_interval
    shown = (percent(share, n) for share in (*(row[name] for name in names), *limits))
    return tuple(NONE if text == NOT_ESTIMABLE else text.removesuffix(" %") for text in shown)


def freeze(view: CohortView) -> CohortView:
    """The same patients, at least one, as a list of their ids in place of the rule that selects them."""
    ids = tuple(view.cohort.ids[view.mask])
    return replace(view, selection=Selection(cutoffs=view.selection.cutoffs, patients=ids))


def link_query(view: CohortView, page: str, letter: Letter) -> Query:
    """The complete link as URL parameters; of the letter the author's words, what is seen now is added here."""
    query = {"cohort": [view.definition.id]} | view.selection.to_query()
    query |= {v.name + CUTOFF_SUFFIX: [view.selection.cutoff(v)] for v in view.definition.filters if v.cutoffs}
    query |= _options(view, page)
    query |= {"note": [letter.note]} if letter.note else {}
    query |= {"author": [letter.author]} if letter.author else {}
    if not is_public(view):
        query.pop("patient", None)  # an id of somebody's patient stays with the data
    query |= {"mark": [m.written() for m in letter.marks]} if letter.marks else {}
    saw = [SEPARATOR.join((h.group, f"{h.n}", f"{h.events}", f"{h.month:g}", *h.shares)) for h in headlines(view)]
    return query | ({"saw": saw} if saw else {}) | {"data": [checksum(view)], "v": [__version__]}


def _options(view: CohortView, page: str) -> Query:
    """Every option of the page that has a value, and others where they are not the default."""
    default, here = Options.default(view.definition), (*_ESTIMAND, *USED.get(page, ()))
    values = {f.name: getattr(view.options, f.name) for f in fields(Options)}
    return {k: [v] for k, v in values.items() if v and (k in here or page not in USED or v != getattr(default, k))}


def address(base: str, page: str, query: Query) -> str:
    """A link to be read by people: ``base`` is the address of the front page."""
    path = "" if page == "overview" else page
    return f"{base.rstrip('/')}/{path}?{urlencode(query, doseq=True, safe=',:', quote_via=quote)}"


def read_letter(query: Mapping[str, list[str]]) -> tuple[Letter, tuple[Rejected, ...], frozenset[str]]:
    """What travelled with a view; what has not the form of it is rejected, never guessed."""
    rejected: list[Rejected] = []

    def read(name: str, pattern: str, allowed: str) -> str:
        value = query[name][-1] if query.get(name) else ""
        if re.fullmatch(pattern, value):
            return value
        rejected.append(Rejected(name, shortened(value), f"allowed: {allowed}."))
        return ""

    marks, unread = read_marks(query.get("mark", ()))
    saw, unseen = read_each("saw", query.get("saw", ()), _read_headline, GROUPS, _SAW)
    letter = Letter(
        note=_read_text("note", query, NOTE, rejected),
        author=_read_text("author", query, AUTHOR, rejected),
        marks=marks,
        saw=saw,
        data=read("data", f"([0-9a-f]{{{CHECKSUM}}})?", f"{CHECKSUM} digits of a checksum"),
        version=read(
            "v", r"([0-9]{1,4}(\.[0-9]{1,4}){1,3}(\.?(a|b|rc|dev|post)[0-9]{1,4})?)?", "a version such as 0.1.0"
        ),
    )
    return letter, (*rejected, *unread, *unseen), frozenset(query.keys() & set(PARAMETERS))


def drift(view: CohortView, letter: Letter) -> Drift | None:
    """What is otherwise than when the link was made; None where neither data nor version differ, or it says nothing."""
    found = Drift(letter, checksum(view), __version__, ())
    if not found.other_data and letter.version in ("", __version__):
        return None
    return replace(found, now=headlines(view))


# ---- values of a link ------------------------------------------------------------------------------------------------


def _read_text(name: str, query: Mapping[str, list[str]], most: int, rejected: list[Rejected]) -> str:
    text = tidy(query[name][-1]) if query.get(name) else ""
    if len(text) <= most:
        return text
    rejected.append(Rejected(name, shortened(text), f"allowed: up to {most} characters of plain text."))
    return ""


def _read_headline(value: str) -> Headline | None:
    group, *numbers = value.split(SEPARATOR)
    if len(numbers) not in (6, 7) or not re.fullmatch(r"[\w.+-]{1,40}", group):
        return None
    n, events, month, *shares = numbers
    counted = all(re.fullmatch(r"[0-9]{1,7}", x) for x in (n, events)) and re.fullmatch(_DECIMAL, month)
    if not counted or not all(x == NONE or (re.fullmatch(_DECIMAL, x) and float(x) <= 100) for x in shares):
        return None
    return Headline(group, int(n), int(events), float(month), tuple(shares))


_DECIMAL = r"[0-9]{1,4}(\.[0-9]{1,2})?"
_VERSION = r"[0-9]{1,4}(\.[0-9]{1,4}){1,3}(\.?(a|b|rc|dev|post)[0-9]{1,4})?"
_SAW = "what the author saw, as group~patients~events~month~estimate~lower~upper"
