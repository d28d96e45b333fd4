"""The closer look in the browser: numbers open, tests wait for a click, the composer changes the estimand."""

from __future__ import annotations

import re

from tests.support import printed
from tests.support.visitor import eventually, no_exception, open_app, settle

TIMES = printed.outcomes("ttr_pub")


def at_risk(month: float) -> set[str]:
    return {patient for patient, (time, _, _) in TIMES.items() if time >= month}


def opened(page) -> set[str]:
    """Patients of the number that is open."""
    labels = page.locator(".st-key-behind_patients button").all_inner_texts()
    return {label.split(":")[0] for label in labels}


def click_number(page, text: str) -> None:
    """Click a number of the table under the axis."""
    figure = page.locator("[data-testid='stVegaLiteChart'] svg").first
    figure.locator("text", has_text=re.compile(rf"^{text}$")).first.click()


def test_a_number_under_the_axis_opens_its_patients_again_and_again(page, app_url):
    open_app(page, app_url, "survival", "endpoint=ttr_pub")
    wanted = at_risk(24)
    for _ in range(2):
        click_number(page, str(len(wanted)))
        page.locator(".st-key-behind").wait_for(timeout=8000)
        eventually(page, lambda: _same(opened(page), wanted))
        page.get_by_role("button", name="Close").click()
        page.locator(".st-key-behind").wait_for(state="detached", timeout=8000)
        settle(page)
    no_exception(page)


def _same(found: set[str], wanted: set[str]) -> None:
    assert found == wanted


def test_a_count_is_reached_and_opened_by_keyboard(page, app_url):
    open_app(page, app_url, "survival", "endpoint=ttr_pub&eln_risk=adverse")
    patients = page.get_by_role("button", name="7", exact=True).first
    patients.focus()
    page.keyboard.press("Enter")
    page.locator(".st-key-behind").wait_for(timeout=8000)
    eventually(page, lambda: _same(opened(page), {r["patient_id"] for r in printed.who({"eln_risk": {"adverse"}})}))
    page.get_by_role("button", name=re.compile("^17:")).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/patients?**patient=17**", timeout=8000)


def test_the_exact_test_is_one_click_away_and_in_the_link(page, app_url):
    open_app(page, app_url, "survival", "endpoint=os_dx&by=fab_major&against=M7")
    main = page.locator("[data-testid='stMain']")
    assert not re.search(r"\bp [=<]", main.inner_text())
    page.get_by_role("button", name="Show the exact test").click()
    page.wait_for_url("**test=exact**", timeout=8000)
    eventually(page, lambda: _says(main, "p = 0.053 (exact: all 19 allocations"))
    assert "0.00004" not in main.inner_text()


def _says(place, text: str) -> None:
    assert text in place.inner_text()


def test_the_composer_changes_figure_sentence_and_link(page, app_url):
    open_app(page, app_url, "survival", "endpoint=ttr_pub")
    page.get_by_role("button", name="Definition").click()
    page.locator(".st-key-w_treat_molecular_relapse").get_by_text("competing event").click(timeout=8000)
    page.wait_for_url("**treat=molecular_relapse.competing**", timeout=8000)
    label = page.locator("[role='graphics-document']").first
    eventually(page, lambda: _announced(label, "Cumulative incidence curve"))
    no_exception(page)


def _announced(figure, text: str) -> None:
    assert (figure.get_attribute("aria-label") or "").startswith(text)


def test_a_mark_of_the_influence_strip_opens_the_patient(page, app_url):
    open_app(page, app_url, "survival", "endpoint=os_dx&by=mrd_flow&panel=influence")
    strip = page.locator(".st-key-influence_estimate_box svg")
    strip.locator("text", has_text=re.compile("^17$")).first.click(force=True)
    page.wait_for_url("**patient=17**", timeout=8000)
