"""From a click to the redrawn chart in headless Chromium, our app and the null app in turn."""

from __future__ import annotations

import time

from playwright.sync_api import Page, sync_playwright

from tests.support.chromium import FLAGS, chromium

OBSERVE = """
() => {
  const chart = document.querySelector("[data-testid='stVegaLiteChart']");
  window.__last = 0;
  window.__seen?.disconnect();
  window.__seen = new MutationObserver(() => { window.__last = performance.now(); });
  window.__seen.observe(chart, { subtree: true, childList: true, attributes: true, characterData: true });
  document.addEventListener("pointerdown", () => { window.__began = performance.now(); window.__last = 0; }, true);
}
"""
"""The chart's own elements are watched: the last change after a click is the redraw."""


def _click(page: Page, locator) -> float:
    locator.click()
    page.wait_for_function("window.__last > 0", timeout=10_000)
    before = -1.0
    while (last := page.evaluate("window.__last")) != before:  # until nothing changed for 0.2 s
        before = last
        page.wait_for_timeout(200)
    return page.evaluate("window.__last - window.__began")


def redraw_times(ours: int, null: int, runs: int) -> dict[str, list[float]]:
    """Milliseconds from click to the chart's last change; the two apps take turns in one browser."""
    times: dict[str, list[float]] = {"null": [], "riskset": []}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        null_page, our_page = browser.new_page(), browser.new_page(viewport={"width": 1280, "height": 720})
        null_page.goto(f"http://localhost:{null}/")
        our_page.goto(f"http://localhost:{ours}/survival?endpoint=ttr_pub")
        for page in (null_page, our_page):
            page.wait_for_selector("[data-testid='stVegaLiteChart'] svg, [data-testid='stVegaLiteChart'] canvas")
            page.wait_for_timeout(1500)
            page.evaluate(OBSERVE)
        pills = null_page.locator("[data-testid='stButtonGroup'] button")
        facet = our_page.locator("fieldset[data-name=eln_risk] input[type=checkbox]")
        for i in range(runs + 3):
            null_page.bring_to_front()
            times["null"].append(_click(null_page, pills.nth(i % 3)))
            our_page.bring_to_front()
            times["riskset"].append(_click(our_page, facet.nth(i % 3)))
            time.sleep(0.05)
        browser.close()
    return {name: values[3:] for name, values in times.items()}
