"""Words of the comparison: what was seen beside what equal hazards predict, differences, ratios, and tests on request.

Neutral throughout: groups differ or do not; in a single arm nothing is a treatment effect.
"""

from __future__ import annotations

from collections.abc import Callable

from cohort.guards import GUARDS
from cohort.narrative.survival import group_label, headline_month
from cohort.results.comparison import ComparisonResult
from cohort.statistics import PermutationTest
from cohort.statistics.comparison import WEIGHT_LABELS
from cohort.wording import (
    NOT_ESTIMABLE,
    count,
    listed,
    missing,
    months,
    number,
    p_value,
    p_words,
    plural,
    ratio,
)

REFERENCE, TOO_FEW = "reference", f"{NOT_ESTIMABLE} (too few)"

RATIO_GROUPS = 3
"""Profile limits cost a few milliseconds each: with more groups they are computed when asked for."""


def comparison_sentence(result: ComparisonResult) -> str:
    """Observed beside expected events, the whole of what was seen."""
    view = result.view
    if len(result.groups) < 2:
        some = "Only one group" if result.groups else "No group"
        return f"{some} of {view.by_label} has patients here, so there is nothing to compare.{_left_out(result)}"
    if not result.total_events:
        return (
            f"No event in any of the {len(result.groups)} groups: the data say nothing about a difference."
            f"{_left_out(result)}"
        )
    rows = {r["group"]: r for r in result.log_rank.groups.to_pylist()}
    parts = [f"{g.label} {result.events[g.code]} ({number(rows[g.code]['expected'])} expected)" for g in result.groups]
    return f"Events observed, and expected were the hazards equal: {listed(parts)}.{_left_out(result)}"


def _left_out(result: ComparisonResult) -> str:
    """Who is in no group: " 12 patients without a reported value are not compared."; "" where nobody is."""
    n = result.left_out
    return f" {plural(n, 'patient')} without a reported value {'is' if n == 1 else 'are'} not compared." if n else ""


def comparison_table(result: ComparisonResult) -> list[dict[str, str]]:
    """Differences and ratios, one row a quantity and one column a group."""
    view, month = result.view, headline_month(result.view)
    reference = group_label(view, result.reference)
    differences, means, gaps = result.differences(month), result.restricted_means, result.mean_differences
    what = "incidence" if result.survival.estimate == "incidence" else "survival"

    def against(words: Callable[[dict | None], str], rows: dict[str, dict]) -> dict[str, str]:
        return {g.code: REFERENCE if g.code == result.reference else words(rows.get(g.code)) for g in result.groups}

    rows = {f"Difference in {what} at {view.estimand.when(month)}, points (95 % CI)": against(_points, differences)}
    # A mean equal to its horizon in a group says only that nobody there had the event before it
    if means and not all(missing(row["lower"]) for row in means.values()):
        to = f"to {months(result.tau)} months"
        rows[f"Restricted mean {to} (95 % CI)"] = {g.code: _mean(means[g.code]) for g in result.groups}
        rows["Difference of restricted means, months (95 % CI)"] = against(_difference, gaps)
    if len(result.groups) <= RATIO_GROUPS:
        rows[f"{_ratio_name(result)} (Firth, profile 95 % CI)"] = _ratios(result)
    heading = f"Against {reference}"
    return [{heading: name, **{g.label: cells[g.code] for g in result.groups}} for name, cells in rows.items()]


def ratios_table(result: ComparisonResult) -> list[dict[str, str]]:
    """Hazard ratios of more groups than the comparison shows at once, one row a group."""
    ratios, heading = _ratios(result), f"{_ratio_name(result)} (Firth, profile 95 % CI)"
    return [{"Group": g.label, heading: ratios[g.code]} for g in result.groups]


def _ratios(result: ComparisonResult) -> dict[str, str]:
    """The hazard ratio of every group in words, by code."""
    found, said = {}, {result.reference: REFERENCE}
    if result.firth.defined:
        found = {r["group"]: r for r in result.firth.coefficients.to_pylist()}
    for g in result.groups:
        said.setdefault(g.code, TOO_FEW if result.too_few(g.code) else _ratio(found.get(g.code)))
    return said


def _ratio_name(result: ComparisonResult) -> str:
    return "Cause-specific hazard ratio" if result.competing else "Hazard ratio"


def _points(row: dict | None) -> str:
    return _difference(row, 100)


def _difference(row: dict | None, scale: float = 1) -> str:
    if row is None or missing(row["difference"]):
        return NOT_ESTIMABLE
    values = [scale * row[name] for name in ("difference", "lower", "upper") if not missing(row[name])]
    digits = 0 if max(abs(v) for v in values) >= 10 else 1  # one number of decimals within a cell
    said = [_signed(v, digits) for v in values]
    return f"{said[0]} ({said[1]} to {said[2]})" if len(said) == 3 else f"{said[0]} (interval {NOT_ESTIMABLE})"


def _signed(value: float, digits: int) -> str:
    text = f"{abs(value):.{digits}f}"
    return text if not float(text) else f"{'+' if value > 0 else '−'}{text}"


def _mean(row: dict) -> str:
    if missing(row["rmst"]):
        return NOT_ESTIMABLE
    if missing(row["lower"]) or missing(row["upper"]):
        return f"{number(row['rmst'])} (interval {NOT_ESTIMABLE})"
    return f"{number(row['rmst'])} ({number(row['lower'])}–{number(row['upper'])})"


def _ratio(row: dict | None) -> str:
    if row is None or missing(row["hr"]):
        return NOT_ESTIMABLE
    lower = "below 0.0001" if missing(row["lower"]) else ratio(row["lower"])
    upper = "above 10 000" if missing(row["upper"]) else ratio(row["upper"])
    return f"{ratio(row['hr'])} ({lower}–{upper})"


# ---- the test --------------------------------------------------------------------------------------------------------


def test_name(result: ComparisonResult) -> str:
    """The test shown, as a methods section names it."""
    if result.competing:
        return "Permutation test of Gray's statistic"
    return "Permutation test of the studentised log-rank statistic"


def test_sentence(result: ComparisonResult, test: PermutationTest) -> str:
    """The p value with everything needed to judge it."""
    if missing(test.p):
        return "The test is not defined here: no event, or only one group with patients."
    if test.exact:
        how = f"exact: all {count(test.allocations)} allocations of these patients to groups of these sizes"
        least = f"smallest attainable {p_words(test.smallest)}"
    else:
        how = (
            f"{count(test.used)} random allocations of {count(test.allocations)}, seed {test.seed}, Monte-Carlo "
            f"standard error {number(test.standard_error, 5)}"
        )
        least = f"smallest seen {p_words(test.smallest)}"
    return f"{test_name(result)}: {p_words(test.p)} ({how}; {least})."


def weights_table(result: ComparisonResult, tests: dict[str, PermutationTest]) -> list[dict[str, str]]:
    """The weighted family as labelled secondaries."""
    rows = []
    for weight, test in tests.items():
        row = {"Weight": WEIGHT_LABELS[weight], "p by permutation": p_value(test.p)}
        if result.asymptotics:
            row["p, asymptotic"] = p_value(result.asymptotic(weight))
        rows.append(row)
    return rows


def asymptotics_sentence(result: ComparisonResult) -> str:
    """Why asymptotic p values are or are not beside the exact ones."""
    if result.asymptotics:
        return "Asymptotic p values stand beside as secondaries; the permutation p is the one to quote."
    smallest = min(result.sizes.values())
    return (
        f"Asymptotic p values are not printed below {GUARDS.few_events} events or {GUARDS.large_group} patients a "
        f"group (here {plural(result.total_events, 'event')}, smallest group {smallest}): there they are too small far "
        "too often."
    )


def pairs_table(result: ComparisonResult) -> list[dict[str, str]]:
    """Every pair of groups with its exact p and Holm's adjustment."""
    found = result.pairs()
    labels = [g.label for g in result.groups]
    return [
        {
            "Pair": f"{labels[first]} and {labels[second]}",
            "p by permutation": p_value(test.p),
            "Smallest attainable": p_value(test.smallest),
            "p, Holm-adjusted": p_value(adjusted),
        }
        for (first, second), test, adjusted in zip(found.pairs, found.tests, found.adjusted.tolist(), strict=True)
    ]


WEIGHTS_CAPTION = "Secondary: chosen beforehand or not at all."

ADJUSTED_ELSEWHERE = (
    "This p stands for itself: the one adjusted for the number of baseline factors looked at (min-p) is on the "
    "Subgroups page."
)


def proportional_sentence(result: ComparisonResult) -> str:
    """The check of proportional hazards, or why there is none."""
    if result.total_events < GUARDS.few_events:
        return (
            f"Proportional hazards are not checked below {GUARDS.few_events} events: a check would find nothing but "
            "the grossest departure."
        )
    check = result.proportional
    if not check.defined:
        return "Proportional hazards cannot be checked here: a group has no event."
    return f"Proportional hazards (Grambsch–Therneau score test, Kaplan–Meier time): {p_words(check.p)}."
