"""What a person does and sees in the browser, in the words of the app."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from playwright.sync_api import Page

PAGES = (
    "overview",
    "survival",
    "subgroups",
    "adverse_events",
    "patients",
    "evidence",
    "present",
    "your_cohort",
    "methods",
)
IDLE = "[data-testid='stApp'][data-test-connection-state='CONNECTED'][data-test-script-state='notRunning']"


def path(page_name: str) -> str:
    """Address of a page; the overview is the front page."""
    return "/" if page_name == "overview" else f"/{page_name}"


def settle(page: Page) -> None:
    """Wait until the script has run and the facets and the bar are there."""
    page.wait_for_selector(IDLE, timeout=30_000)
    page.wait_for_selector(".st-key-cohort_bar .bar", timeout=30_000)
    page.wait_for_selector(".facets .row", timeout=30_000, state="attached")


def open_app(page: Page, url: str, page_name: str = "survival", query: str = "") -> None:
    """Open a page by its address."""
    page.goto(url + path(page_name) + (f"?{query}" if query else ""))
    settle(page)
    page.wait_for_timeout(500)  # nobody finds a button sooner, and the page is still coming in
    settle(page)


def eventually(page: Page, check: Callable[[], object], seconds: float = 10) -> None:
    """Wait until a check passes; its last failure is raised if it does not in time. What stays wrong is a defect."""
    until = time.monotonic() + seconds
    while True:
        try:
            settle(page)
            check()
            return
        except AssertionError:
            if time.monotonic() > until:
                raise
            page.wait_for_timeout(100)


def no_exception(page: Page) -> None:
    """Nothing on screen is a traceback or Streamlit's own error box."""
    assert page.locator("[data-testid='stException']").count() == 0
    assert "Traceback" not in page.locator("[data-testid='stApp']").inner_text()


def bar_counts(page: Page) -> tuple[int, int, int]:
    """(selected, all, events) as the bar says."""
    text = page.locator(".st-key-cohort_bar .bar").inner_text().replace("\n", " ")
    found = re.search(r"(\d+) of (\d+) patients · (\d+) events?", text)
    assert found, text
    return tuple(int(x) for x in found.groups())  # type: ignore[return-value]


def open_groups(page: Page) -> None:
    """Open every folded group of filters."""
    page.evaluate(
        """() => { const walk = (root) => { for (const e of root.querySelectorAll("*")) {
             if (e.matches("details.group")) e.open = true;
             if (e.shadowRoot) walk(e.shadowRoot); } }; walk(document); }"""
    )


def facet(page: Page, variable: str, code: str):
    """The checkbox of one level."""
    return page.locator(f"fieldset[data-name='{variable}'] input[type=checkbox][value='{code}']")


def toggle(page: Page, variable: str, code: str) -> None:
    """Click a level."""
    facet(page, variable, code).click()


def facet_counts(page: Page) -> dict[str, dict[str, int]]:
    """Every count the facets show: variable -> level -> patients."""
    return page.evaluate(
        """() => { const out = {}; const walk = (root) => { for (const e of root.querySelectorAll("*")) {
             if (e.matches("fieldset.facet")) { const levels = {};
               for (const row of e.querySelectorAll("label.row:not(.unknown)"))
                 levels[row.querySelector("input").value] = Number(row.querySelector(".count").textContent);
               if (Object.keys(levels).length) out[e.dataset.name] = levels; }
             if (e.shadowRoot) walk(e.shadowRoot); } };
           walk(document.querySelector(".st-key-sidebar") ?? document); return out; }"""
    )


def chart_texts(page: Page) -> list[str]:
    """Every text of the page's first figure."""
    return page.locator("[data-testid='stVegaLiteChart'] svg").first.locator("text").all_text_contents()
