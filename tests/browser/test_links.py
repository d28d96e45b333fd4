"""The address bar is the view: cold links, round trips, Back and Forward, wrong links, keyboard."""

from __future__ import annotations

import pytest

from tests.support import printed
from tests.support.servers import serve
from tests.support.visitor import (
    PAGES,
    bar_counts,
    eventually,
    facet,
    no_exception,
    open_app,
    open_groups,
    path,
    settle,
    toggle,
)


def same(seen, expected) -> None:
    """An assertion that can stand in a lambda."""
    assert seen == expected


def selected_like(page, wanted: dict[str, set[str]], endpoint: str = "ttr_pub") -> None:
    """Wait until the bar counts the patients and events of the CSV files."""
    rows = printed.who(wanted)
    eventually(page, lambda: same(bar_counts(page), (len(rows), 19, printed.events_among(rows, endpoint))))


@pytest.mark.parametrize("name", PAGES)
def test_cold_link_on_a_fresh_server_opens_exactly_that_view(browser, name):
    """Streamlit's older pages/ discovery would run the page alone: no sidebar, filters ignored."""
    with serve() as port:
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        page.goto(f"http://localhost:{port}{path(name)}?eln_risk=adverse&endpoint=ttr_pub&timing=induction")
        settle(page)
        page.wait_for_selector("text=ELN 2022 risk adverse")
        no_exception(page)
        selected_like(page, {"eln_risk": {"adverse"}, "timing": {"induction"}})
        assert facet(page, "eln_risk", "adverse").is_checked()
        assert page.locator("[role=dialog]").count() == 0, "Streamlit's “Page not found” dialog"
        page.close()


def test_filters_to_link_to_fresh_browser(browser, page, app_url):
    open_app(page, app_url, "survival")
    toggle(page, "eln_risk", "adverse")
    toggle(page, "eln_risk", "intermediate")
    toggle(page, "timing", "induction")
    wanted = {"eln_risk": {"adverse", "intermediate"}, "timing": {"induction"}}
    selected_like(page, wanted, "os_dx")
    eventually(page, lambda: same("timing=induction" in page.url, True))
    other = browser.new_page(viewport={"width": 1280, "height": 720})
    other.goto(page.url)
    selected_like(other, wanted, "os_dx")
    assert [facet(other, "eln_risk", c).is_checked() for c in ("favourable", "intermediate", "adverse")] == [
        False,
        True,
        True,
    ]
    other.close()


def test_back_and_forward_follow_every_step(page, app_url):
    open_app(page, app_url, "survival")
    steps = [(page.url, bar_counts(page))]
    wanted: dict[str, set[str]] = {}
    for variable, code in (("eln_risk", "adverse"), ("timing", "induction"), ("sex", "female")):
        open_groups(page)
        toggle(page, variable, code)
        wanted[variable] = {code}
        selected_like(page, wanted, "os_dx")
        page.wait_for_url(f"**{variable}={code}**")
        steps.append((page.url, bar_counts(page)))
    page.get_by_role("link", name="Patients").click()
    page.wait_for_url("**/patients?**")
    settle(page)
    steps.append((page.url, bar_counts(page)))
    assert len({url for url, _ in steps}) == len(steps)
    for url, counts in reversed(steps[:-1]):
        page.go_back()
        page.wait_for_url(url)
        eventually(page, lambda url=url, counts=counts: same((page.url, bar_counts(page)), (url, counts)))
    assert not facet(page, "eln_risk", "adverse").is_checked()
    for url, counts in steps[1:]:
        page.go_forward()
        page.wait_for_url(url)
        eventually(page, lambda url=url, counts=counts: same((page.url, bar_counts(page)), (url, counts)))


def test_selection_survives_a_walk_over_all_pages(page, app_url):
    open_app(page, app_url, "survival", "eln_risk=adverse&endpoint=ttr_pub")
    seen = bar_counts(page)
    for title in ("Overview", "Adverse events", "Patients", "Methods", "Survival"):
        page.get_by_role("link", name=title, exact=True).click()
        page.get_by_role("heading", name=title, level=1).wait_for()
        settle(page)
        eventually(page, lambda: same(bar_counts(page), seen))
        eventually(page, lambda: same("eln_risk=adverse" in page.url, True))


def test_unknown_values_in_a_link_are_said_and_the_rest_is_kept(page, app_url):
    open_app(page, app_url, "survival", "eln_risk=adverse&eln_risk=bogus&age=old&shoe_size=44&endpoint=efs")
    assert bar_counts(page)[0] == len(printed.who({"eln_risk": {"adverse"}}))
    warnings = page.locator("[data-testid='stAlert']").all_inner_texts()
    for fragment in ("eln_risk = bogus", "age = old", "shoe_size = 44", "endpoint = efs"):
        assert sum(fragment in w for w in warnings) == 1, (fragment, warnings)
    no_exception(page)


def test_markup_in_a_link_is_shown_letter_for_letter_and_fetches_nothing(page, app_url):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    open_app(page, app_url, "survival", "eln_risk=![x](http://evil.example/x.png)<b>bold</b>")
    said = page.locator("[data-testid='stAlert']").first
    assert "![x](http://evil.example/x.png)" in said.inner_text().replace("\u2060", "")  # parted so that it is no link
    assert not said.locator("a, img").count()
    assert not [url for url in asked if url.startswith("http://evil")]


def test_reset_and_chips_undo(page, app_url):
    open_app(page, app_url, "survival", "eln_risk=adverse&timing=induction")
    page.get_by_role("button", name="ELN 2022 risk adverse").click()
    selected_like(page, {"timing": {"induction"}}, "os_dx")
    assert not facet(page, "eln_risk", "adverse").is_checked()
    page.get_by_role("button", name="Reset").click()
    selected_like(page, {}, "os_dx")
    eventually(page, lambda: same("timing" in page.url, False))


def test_empty_selection_offers_the_click_that_helps(page, app_url):
    open_app(page, app_url, "survival", "eln_risk=favourable&fab_major=M7")
    assert bar_counts(page)[0] == 0
    page.get_by_role("button", name="Remove FAB class M7").click()
    selected_like(page, {"eln_risk": {"favourable"}}, "os_dx")


def test_keyboard_alone_filters_and_redraws(page, app_url):
    open_app(page, app_url, "survival", "endpoint=ttr_pub")
    for _ in range(40):
        page.keyboard.press("Tab")
        name = page.evaluate(
            """() => { let e = document.activeElement; while (e?.shadowRoot) e = e.shadowRoot.activeElement;
                       return e?.getAttribute?.("aria-label") ?? ""; }"""
        )
        if name.startswith("adverse"):
            break
    else:
        pytest.fail("the facet “adverse” is not reachable with Tab")
    page.keyboard.press("Space")
    selected_like(page, {"eln_risk": {"adverse"}})


def test_cohort_switch_opens_the_other_cohort_and_its_link(page, app_url):
    open_app(page, app_url, "survival", "eln_risk=adverse")
    page.get_by_role("combobox", name="Cohort").select_option("synthetic-maintenance")
    page.wait_for_url("**cohort=synthetic-maintenance**")
    eventually(page, lambda: same(bar_counts(page)[1], 320))
    assert page.get_by_text("No patient is real").count() >= 1
    no_exception(page)
