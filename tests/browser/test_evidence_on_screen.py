"""The ledger as a reader works with it: narrow by verdict, open a claim, go to a patient behind a count, come back."""

from __future__ import annotations

from tests.support.audit import audited
from tests.support.visitor import eventually, no_exception, open_app


def shown(page) -> list[str]:
    """Ids of the claims on screen."""
    return page.locator(".ledger .opener .id").all_inner_texts()


def test_narrow_open_and_follow_a_count_to_a_patient(page, app_url):
    open_app(page, app_url, "evidence")
    assert shown(page) == list(audited())
    page.get_by_role("button", name="Does not reproduce").click()
    differing = [i for i, v in audited().items() if v == "differs"]

    def narrowed():
        assert shown(page) == differing
        assert "verdict=differs" in page.url

    eventually(page, narrowed)
    opener = page.get_by_role("button", name="C19")
    opener.focus()
    page.keyboard.press("Enter")
    assert opener.get_attribute("aria-expanded") == "true"
    detail = page.locator(".detail").first
    assert "km(ttr_pub, 12)" in detail.inner_text()
    assert "does not hold" in detail.inner_text()
    detail.get_by_role("button", name="Open patient 14").first.click()

    def opened():
        assert "/patients" in page.url
        assert "patient=14" in page.url
        assert "Patient 14" in page.locator("[data-testid='stMain']").inner_text()

    eventually(page, opened)
    no_exception(page)
    page.go_back()
    eventually(page, narrowed)


def test_on_a_phone_nothing_scrolls_sideways_and_every_part_of_a_claim_is_there(browser, app_url):
    context = browser.new_context(viewport={"width": 390, "height": 800})
    page = context.new_page()
    open_app(page, app_url, "evidence", "verdict=crude")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    text = page.locator(".claim").first.inner_text()
    for part in ("C17", "24-month OS 94.7% (18/19)", "94.4", "Reproduces only as a crude count", "84.2–94.7"):
        assert part in text
    context.close()
