"""Every page as a reader sees it: light and dark, both cohorts, named figures, files, and not one foreign request."""

from __future__ import annotations

import csv
import io
import re

import pytest

from tests.support import printed
from tests.support.visitor import PAGES, eventually, no_exception, open_app, settle

COHORTS = ("flt3-itd-sorafenib-iti", "synthetic-maintenance")


@pytest.mark.parametrize(("cohort", "scheme"), [(COHORTS[0], "light"), (COHORTS[0], "dark"), (COHORTS[1], "dark")])
def test_pages_are_whole_quiet_and_named(browser, app_url, cohort, scheme):
    context = browser.new_context(viewport={"width": 1280, "height": 720}, color_scheme=scheme)
    page = context.new_page()
    asked, errors = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    for name in PAGES:
        open_app(page, app_url, name, f"cohort={cohort}&eln_risk=adverse")
        page.wait_for_timeout(300)
        no_exception(page)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{name} scrolls sideways by {wide} px"
        figures = page.locator("[role='graphics-document']")
        for i in range(figures.count()):
            said = figures.nth(i).get_attribute("aria-label") or ""
            assert re.search(r"\d", said), f"{name}: a figure without numbers in its alternative text: {said!r}"
        names = page.locator("[aria-label]").evaluate_all("all => all.map(e => e.getAttribute('aria-label'))")
        assert not [said for said in names if "\\" in said], f"{name}: a screen reader would read backslashes out"
        text = page.locator("[data-testid='stMain']").inner_text()
        assert not re.search(r"\b(NaN|nan|None|undefined|inf)\b", text), name
        for raw in ("eln_risk", "fab_major", "ttr_pub", "os_dx", "mrd_flow_0"):
            assert raw not in text or name == "methods", f"{name} shows the raw name {raw}"
    foreign = [u for u in asked if not u.startswith((app_url, app_url.replace("http", "ws"), "data:", "blob:"))]
    assert not foreign
    assert not errors
    context.close()


def test_survival_figure_is_announced_with_its_numbers(page, app_url):
    open_app(page, app_url, "survival", "endpoint=ttr_pub&eln_risk=adverse")
    label = page.locator("[role='graphics-document']").first.get_attribute("aria-label")
    rows = printed.who({"eln_risk": {"adverse"}})
    assert f"{len(rows)} patients, {printed.events_among(rows, 'ttr_pub')} events" in label


def test_figure_and_curve_are_downloaded_as_they_are_on_screen(page, app_url, tmp_path):
    open_app(page, app_url, "survival", "endpoint=ttr_pub&by=timing")
    page.get_by_role("button", name="Export").click()
    page.get_by_role("button", name="SVG", exact=True).wait_for()
    settle(page)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="SVG", exact=True).click()
    drawing = waiting.value.path().read_text(encoding="utf-8")
    for piece in ("Relapse-free survival as published", "consolidation only", "At risk", "Sorafenib timing"):
        assert piece in drawing
    page.get_by_role("tab", name="Data").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="CSV", exact=True).locator("visible=true").first.click()
    rows = list(csv.DictReader(io.StringIO(waiting.value.path().read_text(encoding="utf-8-sig"))))
    for timing in ("induction", "consolidation"):
        start = next(r for r in rows if r["group"] == timing)
        assert (float(start["time"]), int(start["n_risk"])) == (0, len(printed.who({"timing": {timing}})))


def test_a_patient_is_reached_by_link_and_leads_to_the_printed_cell(page, app_url):
    open_app(page, app_url, "patients", "patient=5")

    def shown() -> None:
        text = page.locator("[data-testid='stMain']").inner_text()
        assert "Table 1" in text
        assert "М" in text, "the Cyrillic letter of the printed table, verbatim"

    eventually(page, shown)


def test_choosing_a_patient_writes_the_link(page, app_url):
    open_app(page, app_url, "patients")
    page.get_by_role("combobox", name="Patient").last.click()
    page.get_by_role("option", name=re.compile(r"\b9\b")).first.click()
    page.wait_for_url("**patient=9**")
    settle(page)
    no_exception(page)


def test_clicking_a_lane_opens_that_patient(page, app_url):
    open_app(page, app_url, "patients")
    page.wait_for_selector("[data-testid='stVegaLiteChart'] svg")
    page.wait_for_timeout(500)
    page.locator("[data-testid='stVegaLiteChart'] svg").first.locator("text", has_text=re.compile(r"^9$")).first.click()
    page.wait_for_url("**patient=9**", timeout=8000)
