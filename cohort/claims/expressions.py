"""Evaluating expressions over a cohort: names become columns, functions become estimates, signs join them.

What a parameter takes follows from its name: ``endpoint`` a code of the registry, ``who`` a condition on patients,
``number`` one number a patient, ``month``, ``k`` and ``n`` a number, anything else text.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass

import numpy as np

from cohort.claims.functions import FUNCTIONS
from cohort.claims.grammar import (
    COMPARISONS,
    Call,
    ExpressionError,
    Node,
    Number,
    Operation,
    Quoted,
    Word,
    written,
)
from cohort.claims.registry import Function
from cohort.claims.values import (
    COUNT,
    PERCENT,
    PLAIN,
    Codes,
    Interval,
    Names,
    Quantity,
    Series,
    Value,
    Who,
    in_sentence,
    named,
)
from cohort.dictionary import Endpoint
from cohort.tables import Cohort
from cohort.wording import missing

TOLERANCE = 1e-9
REACHED_NOT = "not_reached"
_NUMBERS = ("month", "k", "n")
_ARITHMETIC = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}
_SAID = {"+": "plus", "-": "minus", "*": "times", "/": "divided by", "=": "=", "!=": "≠", "<=": "≤", ">=": "≥"}
_ORDER = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


@dataclass(frozen=True)
class Counted:
    """A count or list of patients that was evaluated on the way, and who is in it."""

    expression: str
    words: str
    ids: tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    """One comparison of a claim as evaluated.

    Attributes
    ----------
    expression, words : what was computed, as written and in words
    found, wanted : its value and what it was compared with, as printed
    holds : whether it holds; None where a value is not reported or not estimable
    """

    expression: str
    words: str
    found: str
    wanted: str
    holds: bool | None


class Evaluation:
    """Evaluates expressions over one cohort and notes whom they count or list on the way (``counted``)."""

    def __init__(self, cohort: Cohort) -> None:
        self.cohort, self._counted = cohort, {}

    @property
    def counted(self) -> tuple[Counted, ...]:
        """Counts and lists of patients that were evaluated, each once, in order; that of all patients is left out."""
        return tuple(self._counted.values())

    def shown(self, node: Node) -> str:
        """An expression's value as printed. Raises ExpressionError."""
        value = self.of(node)
        if isinstance(value, Quantity | Interval | Names):
            return value.shown()
        raise ExpressionError("this has one value a patient and cannot be printed", written(node), "count(…), ids(…)")

    def compare(self, node: Node) -> Comparison:
        """Evaluate a comparison of two numbers. Raises ExpressionError."""
        if not isinstance(node, Operation) or node.sign not in COMPARISONS:
            raise ExpressionError("a comparison is needed", written(node), "such as n() = 19")
        left = self._quantity(node.left)
        words = _unbracketed(node.left, left)
        sign = _SAID.get(node.sign, node.sign)
        if node.right == Word(REACHED_NOT) and node.sign in ("=", "!="):
            holds = missing(left.value) == (node.sign == "=")
            return Comparison(written(node.left), words, left.shown(), f"{sign} not reached", holds)
        right = self._quantity(node.right)
        unit = " %" if left.unit == PERCENT else ""
        computed = not isinstance(node.right, Number)
        wanted = f"{right.shown()} ({_unbracketed(node.right, right)})" if computed else f"{node.right.text}{unit}"
        holds = None if missing(left.value) or missing(right.value) else _holds(node, left.value, right.value)
        return Comparison(written(node.left), words, left.shown(), f"{sign} {wanted}", holds)

    def of(self, node: Node) -> Value:
        """The value of an expression. Raises ExpressionError."""
        match node:
            case Number(text):
                return Quantity(float(text), "", text)
            case Word(text):
                return named(self.cohort, text)
            case Call():
                return self._call(node)
            case Operation(sign, _, _) if sign in _ARITHMETIC:
                return self._arithmetic(node)
            case Operation(sign, _, _) if sign in COMPARISONS:
                return self._condition(node)
            case Operation(sign, left, right):
                a, b = self._who(left), self._who(right)
                mask = a.mask & b.mask if sign == "&" else a.mask | b.mask
                return Who(mask, f"{a.words} and {b.words}" if sign == "&" else f"({a.words} or {b.words})")
        raise ExpressionError("text stands where a value is needed", written(node))

    # ---- functions ---------------------------------------------------------------------------------------------------

    def _call(self, node: Call) -> Value:
        function = FUNCTIONS.get(node.name)
        if function is None:
            raise ExpressionError("no function has this name", node.name, ", ".join(sorted(FUNCTIONS)))
        if not function.needed <= len(node.arguments) <= len(function.parameters):
            raise ExpressionError("arguments are missing or too many", written(node), function.signature)
        arguments, words = [], {}
        for name, argument in zip(function.parameters, node.arguments, strict=False):
            value, said = self._argument(name, argument)
            arguments.append(value)
            words |= said
        found = function.compute(self.cohort, *arguments)
        text = function.words.format(**words)
        if "who" in words and "{who}" not in function.words:
            text += f" among patients with {words['who']}"
        return self._as_value(function, found, text, node)

    def _as_value(self, function: Function, found: object, words: str, node: Call) -> Value:
        if isinstance(found, Codes):
            return Codes(found.values, found.levels, words)
        if isinstance(found, tuple):
            if function.unit == PLAIN:
                return Names(found, words)
            return Interval(*found, function.unit, words)
        if isinstance(found, np.ndarray):
            ids = tuple(self.cohort.ids[found])
            if node.arguments:
                self._counted.setdefault(words, Counted(written(node), words, ids))
            return Quantity(float(len(ids)), COUNT, words) if function.unit == COUNT else Names(ids, words)
        return Quantity(float(found), function.unit, words, function.absent)

    def _argument(self, name: str, node: Node) -> tuple[object, dict[str, str]]:
        if name == "endpoint":
            endpoint = self._endpoint(node)
            return endpoint, {"endpoint": in_sentence(endpoint.short), "event": endpoint.event_label}
        if name == "who":
            who = self._who(node)
            return who.mask, {"who": who.words}
        if name == "number":
            series = self._series(node)
            return series.values, {"number": series.words}
        if name in _NUMBERS:
            quantity = self._quantity(node)
            if name == "month" and not quantity.value >= 0:
                raise ExpressionError("not a month", written(node), "0 or more")
            return quantity.value, {name: quantity.words}
        if isinstance(node, Word | Quoted | Number):
            return node.text, {name: _said_of_text(name, node.text)}
        raise ExpressionError("a word or quoted text is needed", written(node))

    def _endpoint(self, node: Node) -> Endpoint:
        known = self.cohort.definition.identified_endpoints
        found = next((e for e in known if isinstance(node, Word) and e.code == node.text), None)
        if found is None:
            raise ExpressionError("not an endpoint of this cohort", written(node), ", ".join(e.code for e in known))
        return found

    # ---- one kind of value -------------------------------------------------------------------------------------------

    def _quantity(self, node: Node) -> Quantity:
        value = self.of(node)
        if not isinstance(value, Quantity):
            raise ExpressionError("one number is needed", written(node), "such as count(…) or median(…)")
        return value

    def _series(self, node: Node) -> Series:
        value = self.of(node)
        if not isinstance(value, Series):
            raise ExpressionError("one number a patient is needed", written(node), "such as age or os_dx.time")
        return value

    def _who(self, node: Node) -> Who:
        value = self.of(node)
        if not isinstance(value, Who):
            raise ExpressionError("a condition on patients is needed", written(node), "such as status=CR")
        return value

    # ---- signs -------------------------------------------------------------------------------------------------------

    def _arithmetic(self, node: Operation) -> Quantity | Series:
        left, right = self.of(node.left), self.of(node.right)
        if not (isinstance(left, Quantity | Series) and isinstance(right, Quantity | Series)):
            raise ExpressionError("only numbers can be added or multiplied", written(node))
        words = f"{left.words} {_SAID[node.sign]} {right.words}"
        unit = left.unit if node.sign in "+-" and right.unit in ("", left.unit) else PLAIN
        with np.errstate(divide="ignore", invalid="ignore"):
            sides = [np.asarray(getattr(v, "values", getattr(v, "value", None)), dtype=float) for v in (left, right)]
            found = _ARITHMETIC[node.sign](*sides)
        found = np.where(np.isfinite(found), found, np.nan)
        if found.ndim:
            return Series(found, unit, words)
        absent = next((v.absent for v in (left, right) if missing(v.value)), left.absent)
        return Quantity(float(found), unit, f"({words})", absent)

    def _condition(self, node: Operation) -> Who:
        left = self.of(node.left)
        if isinstance(left, Codes):
            return self._codes_condition(node, left)
        if not isinstance(left, Series):
            raise ExpressionError("a condition starts with a patient's value", written(node), "such as age >= 60")
        right = self.of(node.right)
        if not isinstance(right, Series | Quantity):
            raise ExpressionError("a number can be compared with a number only", written(node))
        other = right.values if isinstance(right, Series) else np.full(self.cohort.n, right.value)
        unit = f" {left.unit}" if isinstance(right, Quantity) and left.unit else ""
        words = f"{left.words} {_SAID.get(node.sign, node.sign)} {right.words}{unit}"
        known = ~(np.isnan(left.values) | np.isnan(other))
        difference = left.values - other
        if node.sign in ("=", "!="):
            return Who(known & ((np.abs(difference) <= TOLERANCE) == (node.sign == "=")), words)
        return Who(known & _ORDER[node.sign](left.values, other), words)

    def _codes_condition(self, node: Operation, left: Codes) -> Who:
        if node.sign not in ("=", "!="):
            raise ExpressionError("codes can be equal or not, nothing else", written(node), "= or !=")
        code = node.right.text if isinstance(node.right, Word | Quoted | Number) else None
        if code in left.levels:
            mask, label = left.have(code), left.levels[code]
        else:
            mask, label = self._same(left, node)
        sign = _SAID[node.sign] if not left.multiple else "include" if node.sign == "=" else "do not include"
        words = f"{left.words} {sign} {label}"
        return Who(mask if node.sign == "=" else ~mask, words)

    def _same(self, left: Codes, node: Operation) -> tuple[np.ndarray, str]:
        """Who has the same code in two columns."""
        try:
            right = self.of(node.right)
        except ExpressionError:
            right = None
        if not isinstance(right, Codes) or left.multiple or right.multiple:
            raise ExpressionError("not one of the codes", written(node.right), ", ".join(left.levels))
        return left.values == right.values, right.words


def _unbracketed(node: Node, value: Quantity) -> str:
    """A formula in words that stands alone: the brackets of a sum are for a sum inside something else."""
    return value.words[1:-1] if isinstance(node, Operation) else value.words


def _said_of_text(name: str, text: str) -> str:
    if name == "band":
        return "any grade" if text == "any" else f"grade {text.replace('-', '–')}"
    return in_sentence(text)


def _holds(node: Operation, left: float, right: float) -> bool:
    if node.sign in _ORDER:
        strict = node.sign in ("<", ">")
        return bool(_ORDER[node.sign](left, right) and (not strict or abs(left - right) > TOLERANCE)) or (
            not strict and abs(left - right) <= TOLERANCE
        )
    half = 0.0
    if isinstance(node.right, Number):  # a printed number stands for everything that rounds to it
        half = 0.5 * 10.0 ** -len(node.right.text.partition(".")[2])
    return (abs(left - right) <= half + TOLERANCE) == (node.sign == "=")
