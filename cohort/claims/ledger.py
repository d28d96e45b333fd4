"""What a paper prints, against the tables: claims as data, a verdict for each, nothing remembered from before.

A claim holds expressions and no result. Every verdict, number and sentence is computed from the cohort at hand, so a
corrected cell changes whatever rests on it and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from cohort.claims.expressions import Comparison, Counted, Evaluation
from cohort.claims.grammar import ExpressionError, Node, read_comparisons, read_expression
from cohort.claims.values import names
from cohort.errors import CohortFolderError
from cohort.tables import Cohort

VALUE, STATEMENT, OMISSION = KINDS = ("value", "statement", "omission")
REPRODUCES, CRUDE, DIFFERS, CONTRADICTED, UNCHECKED, OMITTED = (
    "reproduces", "crude", "differs", "contradicted", "unchecked", "omitted",
)  # fmt: skip
VERDICTS = {
    REPRODUCES: "reproduces",
    CRUDE: "reproduces only as a crude count",
    DIFFERS: "does not reproduce",
    CONTRADICTED: "contradicted by the tables",
    UNCHECKED: "cannot be checked",
    OMITTED: "omitted by the text",
}
"""The fixed vocabulary: code in links and files, words on the page, in the order they are counted."""

COLUMNS = {
    "id": "short and unique, such as C01; a row whose id begins with # is a remark and is not read",
    "where": "where it is printed",
    "claim": "the claim, quoted or shortly paraphrased",
    "kind": "value (a printed number), statement (which tables can contradict) or omission (a fact the text omits)",
    "check": "comparisons that hold if the claim reproduces, separated by ;",
    "crude": "comparisons that hold if a printed estimate is a crude count; may be empty",
    "follows": "comparisons that would make the printed figure follow; may be empty",
    "follows_if": "what is assumed there, in words; placeholders allowed",
    "needs": "what the check cannot do without: name and words, such as hsct: who was transplanted; may be empty",
    "recomputed": "the recomputed values with placeholders in braces; may be empty",
    "sentence": "one neutral sentence with placeholders in braces",
    "reply": "the authors' reply, once there is one; may be empty",
}  # fmt: skip
"""Columns of claims.csv and what stands in each."""

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")

Template = tuple[str | Node, ...]


@dataclass(frozen=True)
class Claim:
    """One claim as read: expressions parsed, nothing evaluated. Fields are the columns of claims.csv."""

    id: str
    where: str
    claim: str
    kind: str
    check: tuple[Node, ...]
    crude: tuple[Node, ...]
    follows: tuple[Node, ...]
    follows_if: Template
    needs: tuple[tuple[str, str], ...]
    recomputed: Template
    sentence: Template
    reply: str
    row: int


@dataclass(frozen=True)
class Assessment:
    """One claim against the tables.

    Attributes
    ----------
    verdict : a code of VERDICTS
    recomputed, sentence, follows_if : templates of the claim, filled
    check, crude, follows : its comparisons as evaluated; ``check`` is empty where the tables lack what it needs
    lacking : what the check needs and the cohort does not have, in words
    counted : every count or list of patients on the way, and who is in it
    """

    claim: Claim
    verdict: str
    recomputed: str
    sentence: str
    follows_if: str
    check: tuple[Comparison, ...]
    crude: tuple[Comparison, ...]
    follows: tuple[Comparison, ...]
    lacking: tuple[str, ...]
    counted: tuple[Counted, ...]

    @property
    def would_follow(self) -> bool:
        """Whether a figure that does not reproduce follows under the claim's assumption."""
        return self.verdict in (DIFFERS, CONTRADICTED) and _all_hold(self.follows)


def assess(cohort: Cohort) -> tuple[Assessment, ...]:
    """Assess every claim the cohort ships, in file order; empty where it ships none. Computed once a cohort.

    Raises
    ------
    CohortFolderError
        A claim that cannot be read or evaluated: one sentence naming file, row, claim and column.
    """
    return cohort.once("claims", lambda: tuple(_assess(cohort, claim) for claim in read_claims(cohort)))


def read_claims(cohort: Cohort) -> tuple[Claim, ...]:
    """Parse the cohort's table of claims. Raises CohortFolderError as :func:`assess` does."""
    table = cohort.table("claims")
    rows = [] if table is None else table.to_pylist()
    texts = [{name: (row[name] or "").strip() for name in COLUMNS} for row in rows]
    found: list[Claim] = []
    for number, text in enumerate(texts, 1):
        if not text["id"].startswith("#"):
            found.append(_claim(cohort, text, number, {c.id for c in found}))
    return tuple(found)


def _claim(cohort: Cohort, text: dict[str, str], row: int, seen: set[str]) -> Claim:
    def refuse(column: str, allowed: str) -> None:
        raise _problem(cohort, text["id"], row, column, "not allowed here", text[column], allowed)

    if not text["id"] or text["id"] in seen:
        refuse("id", "one row a claim, each id once")
    if text["kind"] not in KINDS:
        refuse("kind", ", ".join(KINDS))
    for column in ("claim", "check", "sentence"):
        if not text[column]:
            refuse(column, "not empty")
    if text["follows"] and not text["follows_if"]:
        refuse("follows_if", "what is assumed where follows is given")

    def parsed(column: str, read: Callable) -> tuple:
        with _located(cohort, text["id"], row, column):
            return read(text[column]) if text[column] else ()

    return Claim(
        **{name: text[name] for name in ("id", "where", "claim", "kind", "reply")},
        **{name: parsed(name, read_comparisons) for name in ("check", "crude", "follows")},
        **{name: parsed(name, _template) for name in ("follows_if", "recomputed", "sentence")},
        needs=parsed("needs", _needs),
        row=row,
    )


def _template(text: str) -> Template:
    """Plain text and the expressions between braces, in order."""
    parts = _PLACEHOLDER.split(text)
    if any("{" in plain or "}" in plain for plain in parts[::2]):
        raise ExpressionError("a brace without its other half", text)
    return tuple(read_expression(part) if i % 2 else part for i, part in enumerate(parts))


def _needs(text: str) -> tuple[tuple[str, str], ...]:
    found = [tuple(part.strip() for part in need.split(":", 1)) for need in text.split(";")]
    if any(len(need) != 2 or not all(need) for need in found):
        raise ExpressionError("a name and what it is are needed", text, "such as hsct: who was transplanted; …")
    return tuple(found)


def _assess(cohort: Cohort, claim: Claim) -> Assessment:
    evaluation = Evaluation(cohort)

    def compared(column: str) -> tuple[Comparison, ...]:
        with _located(cohort, claim.id, claim.row, column):
            return tuple(evaluation.compare(node) for node in getattr(claim, column))

    def filled(column: str) -> str:
        with _located(cohort, claim.id, claim.row, column):
            return "".join(p if isinstance(p, str) else evaluation.shown(p) for p in getattr(claim, column))

    known = {*names(cohort), *cohort.tables}
    lacking = tuple(words for name, words in claim.needs if name not in known)
    check = () if lacking else compared("check")
    crude, follows = compared("crude"), compared("follows")
    return Assessment(
        claim=claim,
        verdict=UNCHECKED if lacking else _verdict(claim.kind, check, crude),
        recomputed=filled("recomputed"),
        sentence=filled("sentence"),
        follows_if=filled("follows_if"),
        check=check,
        crude=crude,
        follows=follows,
        lacking=lacking,
        counted=evaluation.counted,
    )


def _verdict(kind: str, check: tuple[Comparison, ...], crude: tuple[Comparison, ...]) -> str:
    """The verdict on a claim whose needs are met.

    A comparison that fails decides; else one that cannot be evaluated leaves the claim unchecked. A fact the text
    omits is omitted as long as there is something to tell: otherwise silence and tables agree, and it reproduces.
    """
    failed = any(c.holds is False for c in check)
    if not failed and not _all_hold(check):
        return UNCHECKED
    if kind == OMISSION:
        return REPRODUCES if failed else OMITTED
    if not failed:
        return REPRODUCES
    if _all_hold(crude):
        return CRUDE
    return CONTRADICTED if kind == STATEMENT else DIFFERS


def _all_hold(comparisons: tuple[Comparison, ...]) -> bool:
    return bool(comparisons) and all(c.holds for c in comparisons)


@contextmanager
def _located(cohort: Cohort, claim: str, row: int, column: str) -> Iterator[None]:
    """Say of an expression's problem in which claim and column it is."""
    try:
        yield
    except ExpressionError as problem:
        raise _problem(cohort, claim, row, column, problem.what, problem.seen, problem.allowed) from None


def _problem(
    cohort: Cohort, claim: str, row: int, column: str, what: str, seen: str, allowed: str
) -> CohortFolderError:
    return CohortFolderError(
        f"claim {claim or '(no id)'}: {what}.",
        file=cohort.definition.files["claims"],
        row=row,
        column=column,
        seen=seen,
        allowed=allowed,
        remedy="docs/claims.md explains how claims are written.",
    )
