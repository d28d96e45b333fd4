"""The language claims are written in, from text to a tree. Nothing is looked up or computed here.

A small language of its own and not Python's: whatever is not in this grammar cannot be said, so a claims file from
anywhere is safe to read. ``count(status=CR & age>=60) = 4`` is a comparison of a call and a number; inside the call
the same signs compare each patient's values.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from cohort.errors import CohortError

COMPARISONS = ("=", "!=", "<=", ">=", "<", ">")
_TOKEN = re.compile(
    r"(?P<number>\d+(?:\.\d+)?)(?!\w)|(?P<word>[^\W\d][\w.]*)|'(?P<quoted>[^']*)'|(?P<sign>!=|<=|>=|[-+*/()=<>&|,;])"
)
_DEEPEST = 30
"""Brackets and calls inside one another; a deeper tree would exhaust Python's stack."""
_LONGEST = 400
"""Words, numbers and signs of one text, for the same reason."""


class ExpressionError(CohortError):
    """An expression that cannot be read or evaluated: what is wrong, the text seen, what is allowed."""

    def __init__(self, what: str, seen: str, allowed: str = "") -> None:
        super().__init__(f"{what}. Seen: {seen!r}." + (f" Allowed: {allowed}." if allowed else ""))
        self.what, self.seen, self.allowed = what, seen, allowed


@dataclass(frozen=True)
class Number:
    """A number as written: its decimals say how precisely it was printed."""

    text: str


@dataclass(frozen=True)
class Word:
    """A name, or a code: ``age``, ``os_dx.time``, ``CR``."""

    text: str


@dataclass(frozen=True)
class Quoted:
    """Text that is not one word: ``'Hand-foot skin reaction'``."""

    text: str


@dataclass(frozen=True)
class Call:
    """A named function with its arguments."""

    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True)
class Operation:
    """Two expressions joined by a sign."""

    sign: str
    left: Node
    right: Node


Node = Number | Word | Quoted | Call | Operation


def read_expression(text: str) -> Node:
    """One expression. Raises ExpressionError."""
    found = read_comparisons(text)
    if len(found) != 1:
        raise ExpressionError("one expression is needed", text)
    return found[0]


def read_comparisons(text: str) -> tuple[Node, ...]:
    """Expressions separated by ``;``. Raises ExpressionError."""
    reader = _Reader(text)
    found = [reader.expression()]
    while reader.take(";"):
        found.append(reader.expression())
    if reader.at < len(reader.tokens):
        raise ExpressionError("an expression should end here", reader.rest())
    return tuple(found)


def written(node: Node) -> str:
    """The tree as text that reads back to the same tree."""
    match node:
        case Number(text) | Word(text):
            return text
        case Quoted(text):
            return f"'{text}'"
        case Call(name, arguments):
            return f"{name}({', '.join(map(written, arguments))})"
        case Operation(sign, left, right):
            sides = (_bracketed(left, sign, False), _bracketed(right, sign, True))
            return f" {sign} ".join(sides)


_BINDING = {"|": 1, "&": 2, **dict.fromkeys(COMPARISONS, 3), "+": 4, "-": 4, "*": 5, "/": 5}


def _bracketed(node: Node, sign: str, right: bool) -> str:
    inner = _BINDING[node.sign] if isinstance(node, Operation) else 9
    return f"({written(node)})" if inner < _BINDING[sign] + right else written(node)


class _Reader:
    """Recursive descent, one method a level of binding: ``|``, ``&``, comparison, ``+ -``, ``* /``, an atom."""

    def __init__(self, text: str) -> None:
        self.text, self.at, self.depth = text, 0, 0
        self.tokens: list[tuple[str, str, int]] = []
        place = 0
        while place < len(text):
            if text[place].isspace():
                place += 1
                continue
            match = _TOKEN.match(text, place)
            if match is None:
                raise ExpressionError("a character that means nothing here", text[place:])
            self.tokens.append((match.lastgroup, match[match.lastgroup], place))
            place = match.end()
        if len(self.tokens) > _LONGEST:
            raise ExpressionError("an expression is too long", text[:60], f"{_LONGEST} words, numbers and signs")

    def rest(self) -> str:
        """What has not been read yet."""
        return self.text[self.tokens[self.at][2] :] if self.at < len(self.tokens) else ""

    def take(self, *signs: str) -> str | None:
        """The next token if it is one of these signs."""
        if self.at < len(self.tokens) and self.tokens[self.at][0] == "sign" and self.tokens[self.at][1] in signs:
            self.at += 1
            return self.tokens[self.at - 1][1]
        return None

    def expression(self) -> Node:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise ExpressionError("an expression is nested too deeply", self.text)
        node = self._joined(("|",), lambda: self._joined(("&",), self._comparison))
        self.depth -= 1
        return node

    def _joined(self, signs: tuple[str, ...], part) -> Node:
        node = part()
        while sign := self.take(*signs):
            node = Operation(sign, node, part())
        return node

    def _comparison(self) -> Node:
        left = self._sum()
        sign = self.take(*COMPARISONS)
        return Operation(sign, left, self._sum()) if sign else left

    def _sum(self) -> Node:
        return self._joined(("+", "-"), lambda: self._joined(("*", "/"), self._atom))

    def _atom(self) -> Node:
        if self.take("("):
            node = self.expression()
            self._close()
            return node
        kind, text, _ = self.tokens[self.at] if self.at < len(self.tokens) else ("end", "", 0)
        if kind in ("end", "sign"):
            raise ExpressionError("a name, a number or a bracket is missing", self.rest() or self.text)
        self.at += 1
        if kind == "number":
            return Number(text)
        if kind == "quoted":
            return Quoted(text)
        return self._call(text) if self.take("(") else Word(text)

    def _call(self, name: str) -> Node:
        arguments: list[Node] = []
        if self.take(")"):
            return Call(name, ())
        while True:
            arguments.append(self.expression())
            if not self.take(","):
                break
        self._close()
        return Call(name, tuple(arguments))

    def _close(self) -> None:
        if not self.take(")"):
            raise ExpressionError("a closing bracket is missing", self.text)
