"""The bar on every page: who is selected, said aloud, taken away with the keyboard, and its tools."""

from __future__ import annotations

from tests.support import printed
from tests.support.visitor import bar_counts, eventually, open_app, settle, toggle

QUERY = "endpoint=ttr_pub&eln_risk=adverse&timing=induction"
FOCUSED = """() => { let e = document.activeElement;
                     while (e?.shadowRoot?.activeElement) e = e.shadowRoot.activeElement;
                     return e.getAttribute("aria-label") ?? e.textContent; }"""


def test_chips_are_taken_away_with_the_keyboard_and_the_focus_stays_in_the_bar(page, app_url):
    open_app(page, app_url, "survival", QUERY)
    chips = page.locator(".bar .chip")
    assert [chip.get_attribute("title") for chip in chips.all()] == ["Remove this filter"] * 2
    for taken, left in (("ELN 2022 risk", {"timing": {"induction"}}), ("Sorafenib timing", {})):
        page.get_by_role("button", name=f"Remove filter {taken}").focus()
        page.keyboard.press("Enter")
        rows = printed.who(left)

        def counted(rows=rows):
            assert bar_counts(page) == (len(rows), 19, printed.events_among(rows, "ttr_pub"))

        eventually(page, counted)
        focused = page.evaluate(FOCUSED)
        expected = "Remove filter Sorafenib timing" if left else "All patients: 19 of 19 patients"
        assert focused.startswith(expected), focused


def test_new_numbers_are_said_by_a_screen_reader(page, app_url):
    open_app(page, app_url, "survival", QUERY)
    rows = printed.who({"eln_risk": {"adverse"}, "timing": {"induction"}})
    said = page.locator(".bar [role='status']").text_content()
    assert said.startswith(f"{len(rows)} of 19 patients · {printed.events_among(rows, 'ttr_pub')} event")


def test_p_presents_but_is_a_letter_where_somebody_writes(page, app_url):
    open_app(page, app_url, "survival", QUERY)
    page.get_by_role("button", name="Share").click()
    note = page.get_by_label("Note (up to")
    note.click()
    page.keyboard.type("pp")
    assert note.input_value() == "pp"
    assert "/survival" in page.url
    page.keyboard.press("Escape")
    settle(page)
    toggle(page, "eln_risk", "adverse")  # a box to tick is no place to write
    settle(page)
    page.keyboard.press("p")
    page.locator("dialog section.slide").wait_for(timeout=30_000)


def test_the_bar_fits_a_small_window(page, app_url):
    page.set_viewport_size({"width": 480, "height": 800})
    open_app(page, app_url, "survival", QUERY)
    bar = page.locator(".st-key-cohort_bar .bar")
    assert bar.evaluate("e => e.scrollWidth <= e.clientWidth + 1")
    box = bar.bounding_box()
    assert box["width"] >= 220
    assert box["x"] + box["width"] <= 480
