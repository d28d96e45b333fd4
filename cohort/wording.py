"""Numbers as a journal prints them. No "NaN", "inf" or "None" ever reaches a reader.

Rules: integers of percent below n = 100, one decimal from there on; a percentage carries its n/N; what is not reached,
not estimable or not reported is spelled out.
"""

from __future__ import annotations

import math

NOT_REACHED = "not reached"
NOT_ESTIMABLE = "not estimable"
NOT_REPORTED_TEXT = "not reported"


def missing(value: float | None) -> bool:
    """Whether a number is absent (null, NaN or infinite)."""
    return value is None or not math.isfinite(value)


def percent(share: float | None, n: int) -> str:
    """A share as "66 %" (n below 100) or "66.4 %"; "not estimable" where it is absent."""
    if missing(share):
        return NOT_ESTIMABLE
    return f"{100 * share:.{0 if n < 100 else 1}f} %"


def percent_interval(lower: float | None, upper: float | None, n: int) -> str:
    """Limits as "37–88 %". A zero-width interval claims certainty nobody has: it reads "not estimable"."""
    if missing(lower) or missing(upper) or lower == upper:
        return NOT_ESTIMABLE
    digits = 0 if n < 100 else 1
    return f"{100 * lower:.{digits}f}–{100 * upper:.{digits}f} %"


def count_of(k: int, n: int) -> str:
    """ "6 of 19 (32 %)"; "0 of 0" carries no percentage."""
    return f"{k} of {n} ({percent(k / n, n)})" if n else f"{k} of {n}"


def months(value: float | None, absent: str = NOT_REACHED) -> str:
    """A time in months without invented decimals: "16", "54.5", or the word for its absence."""
    if missing(value):
        return absent
    return f"{value:.1f}".removesuffix(".0")


def in_months(value: float | None, absent: str = NOT_REACHED) -> str:
    """A time with its unit: "1 month", "54.5 months"."""
    text = months(value, absent)
    return text if missing(value) else f"{text} month" if text == "1" else f"{text} months"


def months_interval(lower: float | None, upper: float | None) -> str:
    """Limits of a median: "16–not reached"; "not estimable" where neither limit exists."""
    if missing(upper) and (missing(lower) or lower <= 0):
        return NOT_ESTIMABLE  # "0 to not reached" would dress up nothing as an interval
    return f"{months(lower, NOT_ESTIMABLE)}–{months(upper)}"


def number(value: float | None, digits: int = 1) -> str:
    """A plain number, trailing zeros dropped."""
    if missing(value):
        return NOT_ESTIMABLE
    text = f"{value:.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def p_value(p: float | None) -> str:
    """A p value: two significant digits down to 0.01, three decimals below, "< 0.001"; never stars or "NS"."""
    if missing(p):
        return NOT_ESTIMABLE
    if p < 0.001:
        return "< 0.001"
    return f"{p:.3f}" if p < 0.0995 else f"{p:.2f}" if p < 0.995 else "1.0"


def p_words(p: float | None) -> str:
    """ "p = 0.034", "p < 0.001"."""
    text = p_value(p)
    return f"p {text}" if text.startswith("<") else f"p = {text}"


def ratio(value: float | None, absent: str = NOT_ESTIMABLE) -> str:
    """A hazard ratio with two significant digits, never an exponent: "1.0", "6.9", "18", "0.054"."""
    if missing(value):
        return absent
    first = math.floor(math.log10(float(f"{value:.1e}")))  # of the rounded value: 9.96 is printed "10"
    return f"{value:.{max(0, 1 - first)}f}"


def count(n: int) -> str:
    """A whole number, grouped by thin spaces: "50 388"; in words of ten beyond a thousand million."""
    if n < 1_000_000_000:
        return f"{n:,}".replace(",", "\u202f")
    digits = len(str(n)) - 1
    return f"{n / 10**digits:.1f} × 10{str(digits).translate(_SUPERSCRIPT)}"


_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def plural(n: int, noun: str) -> str:
    """ "1 patient", "2 patients"."""
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def listed(items: list[str], word: str = "and") -> str:
    """ "a", "a and b", "a, b and c"; or with another word before the last."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {word} {items[-1]}"


def sentence_case(text: str) -> str:
    """First letter in upper case, the rest untouched (labels hold acronyms)."""
    return text[:1].upper() + text[1:]
