"""Every filter alone and in pairs: the screen equals a recomputation from the CSV files, and nothing is stale."""

from __future__ import annotations

import random
import re

import pytest

from tests.support import printed
from tests.support.visitor import (
    PAGES,
    bar_counts,
    chart_texts,
    eventually,
    facet_counts,
    no_exception,
    open_app,
    open_groups,
    toggle,
)

ENDPOINT = "ttr_pub"


def check(page, wanted: dict[str, set[str]], figure: bool) -> None:
    """Bar, facets and figure against the CSV files, as soon as the answer is there."""
    eventually(page, lambda: compare(page, wanted, figure))
    no_exception(page)  # once: it reads all text of the page


def compare(page, wanted: dict[str, set[str]], figure: bool) -> None:
    """Bar, facets and figure against the CSV files, now."""
    rows = printed.who(wanted)
    assert bar_counts(page) == (len(rows), 19, printed.events_among(rows, ENDPOINT)), wanted
    shown = facet_counts(page)
    assert shown == printed.counts_under(wanted, shown), wanted
    if figure and rows:
        assert f"n = {len(rows)}" in chart_texts(page), wanted
    if not rows and page.get_by_role("heading", name="Methods", level=1).count() == 0:
        assert page.get_by_text("No patient matches this selection.").count() == 1
        assert page.locator("[data-testid='stVegaLiteChart']").count() == 0, "a figure of an earlier selection stays"


def same(seen, expected) -> None:
    """An assertion that can stand in a lambda."""
    assert seen == expected


def levels(page) -> list[tuple[str, str]]:
    """Every (variable, level) the sidebar offers."""
    return [(v, code) for v, codes in facet_counts(page).items() for code in codes]


def test_every_level_alone_on_the_survival_page(page, app_url):
    open_app(page, app_url, "survival", f"endpoint={ENDPOINT}")
    open_groups(page)
    offered = levels(page)
    assert len(offered) > 50
    for variable, code in offered:
        toggle(page, variable, code)
        check(page, {variable: {code}}, figure=True)
        toggle(page, variable, code)
    check(page, {}, figure=True)


def test_every_pair_of_variables_on_the_survival_page(page, app_url):
    open_app(page, app_url, "survival", f"endpoint={ENDPOINT}")
    open_groups(page)
    by_variable: dict[str, list[str]] = {}
    for variable, code in levels(page):
        by_variable.setdefault(variable, []).append(code)
    draw = random.Random(19)
    for first, others in ((v, list(by_variable)[i + 1 :]) for i, v in enumerate(by_variable)):
        level = draw.choice(by_variable[first])
        toggle(page, first, level)
        for second in others:
            other = draw.choice(by_variable[second])
            toggle(page, second, other)
            check(page, {first: {level}, second: {other}}, figure=True)
            toggle(page, second, other)
        toggle(page, first, level)


WHOLE_COHORT = {"evidence", "present", "your_cohort"}
"""Pages that speak of the whole cohort, of saved views or of files: a selection of nobody empties none of them."""


@pytest.mark.parametrize("name", [p for p in PAGES if p not in WHOLE_COHORT | {"survival"}])
def test_one_level_of_every_variable_on_every_other_page(page, app_url, name):
    open_app(page, app_url, name, f"endpoint={ENDPOINT}")
    open_groups(page)
    first = {}
    for variable, code in levels(page):
        first.setdefault(variable, code)
    before: tuple[str, str] | None = None
    for variable, code in first.items():
        toggle(page, variable, code)
        if before:
            check(page, {before[0]: {before[1]}, variable: {code}}, figure=False)
            toggle(page, *before)
        check(page, {variable: {code}}, figure=False)
        before = (variable, code)


def test_two_quick_clicks_are_both_kept(page, app_url):
    """A second click before the first is answered must not be lost."""
    open_app(page, app_url, "survival", f"endpoint={ENDPOINT}")
    page.evaluate(
        """() => { const walk = (root) => { for (const e of root.querySelectorAll("*")) {
             if (e.matches("fieldset[data-name=eln_risk] input")) e.click();
             if (e.shadowRoot) walk(e.shadowRoot); } }; walk(document); }"""
    )
    check(page, {"eln_risk": {"favourable", "intermediate", "adverse"}}, figure=False)
    eventually(page, lambda: same(len(re.findall("eln_risk=", page.url)), 3))


def test_cutoff_switch_moves_the_groups(page, app_url):
    open_app(page, app_url, "survival", f"endpoint={ENDPOINT}&mrd_flow=positive")
    assert bar_counts(page)[0] == sum(r["mrd_flow_001"] == "positive" for r in printed.patients()) == 4
    page.locator("fieldset[data-name=mrd_flow] input[type=radio][value='0.1']").click()
    expected = sum(r["mrd_flow_01"] == "positive" for r in printed.patients())
    assert expected == 3
    eventually(page, lambda: same(bar_counts(page)[0], expected))
    eventually(page, lambda: same("mrd_flow_cutoff=0.1" in page.url, True))


def test_age_range_by_keyboard_equals_the_csv(page, app_url):
    open_app(page, app_url, "survival", f"endpoint={ENDPOINT}")
    open_groups(page)
    low = page.locator("fieldset[data-name=age] input.from")
    low.focus()
    for _ in range(42):  # 18 + 42 = 60
        page.keyboard.press("ArrowRight")
    expected = [r for r in printed.patients() if float(r["age"]) >= 60]
    eventually(page, lambda: same(bar_counts(page)[:2], (len(expected), 19)))
    eventually(page, lambda: same("age=60&age=90" in page.url, True))


def test_a_burst_of_clicks_over_several_filters_is_kept_whole(page, app_url):
    """A click is often sent before the browser has shown the address of the one before: it must not be undone."""
    open_app(page, app_url, "survival", f"endpoint={ENDPOINT}")
    open_groups(page)
    wanted = {
        "eln_risk": {"adverse"},
        "timing": {"induction"},
        "sex": {"female"},
        "fab_major": {"M2", "M5", "M7", "M4"},
    }
    for pause in (0, 15, 40, 80, 120):
        for variable, codes in wanted.items():
            for code in codes:
                toggle(page, variable, code)
                page.wait_for_timeout(pause)
        check(page, wanted, figure=True)
        for variable, codes in wanted.items():
            for code in codes:
                toggle(page, variable, code)
                page.wait_for_timeout(pause)
        check(page, {}, figure=True)
