"""How the functions of claims are declared: a signature, a unit, a formula in words, and what computes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cohort.wording import NOT_ESTIMABLE


@dataclass(frozen=True)
class Function:
    """One named function.

    Attributes
    ----------
    signature : "km(endpoint, month[, who])"; a parameter's name says what it takes (see ``expressions``)
    unit : unit of what it returns
    words : its formula with the arguments' words in braces
    absent : what is said where there is no number
    compute : called with the cohort and the arguments; returns a number, a pair of limits, texts, one code a
        patient, or the bool array of who is counted or listed
    """

    name: str
    signature: str
    unit: str
    words: str
    absent: str
    compute: Callable

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of all parameters, optional ones last."""
        inside = self.signature.partition("(")[2].rstrip(")").replace("[", "").replace("]", "")
        return tuple(p.strip() for p in inside.split(",") if p.strip())

    @property
    def needed(self) -> int:
        """How many parameters must be given."""
        return len(self.parameters) - self.signature.count("[")

    @property
    def doc(self) -> str:
        """What it is, in one line."""
        return self.compute.__doc__.splitlines()[0]


def registering(into: dict[str, Function]) -> Callable:
    """A decorator that enters a function into a table under the name in its signature."""

    def function(signature: str, unit: str, words: str, absent: str = NOT_ESTIMABLE) -> Callable:
        def enter(compute: Callable) -> Callable:
            name = signature.partition("(")[0]
            into[name] = Function(name, signature, unit, words, absent, compute)
            return compute

        return enter

    return function
