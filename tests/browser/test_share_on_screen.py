"""Share on screen: a copied link in a fresh browser, other data, markup in a note, the QR code, embedding, own data."""

from __future__ import annotations

import base64
import io
import json
from urllib.parse import quote, urlsplit

import pytest
import segno

from tests.support import cohort_files, printed
from tests.support.shared_views import parameters
from tests.support.visitor import (
    bar_counts,
    chart_texts,
    eventually,
    facet,
    facet_counts,
    no_exception,
    open_app,
    settle,
    toggle,
)

FIELD = "Complete link to this view"


@pytest.fixture
def author(browser):
    """A visitor who may use the clipboard."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 720}, permissions=["clipboard-read", "clipboard-write"]
    )
    yield context.new_page()
    context.close()


def open_share(page) -> None:
    page.get_by_role("button", name="Share", exact=True).click()
    page.get_by_label(FIELD).wait_for()
    settle(page)


def shown_link(page) -> str:
    return page.get_by_label(FIELD).input_value()


def copied_link(page) -> str:
    page.get_by_role("button", name="Copy link").click()
    page.get_by_text("Copied.").wait_for()
    return page.evaluate("navigator.clipboard.readText()")


def write(page, name: str, text: str) -> None:
    """Write into a field of the menu; leaving the field sends it."""
    before = shown_link(page)
    page.get_by_role("textbox", name=name).fill(text)
    page.keyboard.press("Tab")

    def changed():
        assert shown_link(page) != before

    eventually(page, changed)


def test_a_copied_link_opens_the_same_view_in_a_fresh_browser(author, page, app_url):
    open_app(author, app_url, "survival", "endpoint=ttr_pub&interval=log")
    toggle(author, "eln_risk", "adverse")
    toggle(author, "eln_risk", "intermediate")
    author.get_by_role("button", name="ELN 2022 risk intermediate or adverse").wait_for()
    open_share(author)
    write(author, "Note", "See month 24")
    write(author, "Marks on", "30: few at risk")
    link = copied_link(author)
    assert link == shown_link(author)
    author.keyboard.press("Escape")
    page.goto(link)

    def same():
        for what in (bar_counts, facet_counts, chart_texts):
            assert what(page) == what(author), what.__name__

    eventually(page, same)
    assert "few at risk" in chart_texts(page)
    assert bar_counts(page)[0] == len(printed.who({"eln_risk": {"adverse", "intermediate"}}))
    assert facet(page, "eln_risk", "adverse").is_checked()
    assert page.get_by_text("See month 24").is_visible()
    assert page.locator("[data-testid='stAlert']").count() == 0
    page.get_by_role("link", name="Patients").click()
    page.wait_for_url("**/patients?**")
    settle(page)
    assert page.get_by_text("See month 24").is_visible(), "the note stays while the view does"
    no_exception(page)


def test_a_link_made_with_other_data_says_what_its_author_saw(page, app_url):
    query = "endpoint=ttr_pub&data=0123456789ab&v=0.1.0&saw=all~18~5~24~70~40~90"
    open_app(page, app_url, "survival", query)
    banner = page.locator("[data-testid='stAlert']").inner_text()
    assert "made with other data (checksum 0123456789ab" in banner
    assert "then 5 of 18 patients with the event, 70 % (95 % CI 40–90) at 24 months" in banner
    events = printed.events_among(printed.patients(), "ttr_pub")
    assert f"now {events} of 19 patients" in banner
    assert f"events (5 → {events})" in banner
    toggle(page, "eln_risk", "adverse")
    eventually(page, lambda: page.get_by_text("then 5 of 18").wait_for(state="detached", timeout=2000))


def test_a_note_is_text_whatever_it_says(page, app_url):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    note = "![x](http://evil.example/x.png) <img src=x onerror=alert(1)> http://evil.example **b**"
    open_app(page, app_url, "survival", f"endpoint=ttr_pub&note={quote(note)}&author=_A_&mark={quote('24:<b>x</b>')}")
    box = page.locator(".st-key-letter")
    assert f"Note from _A_: {note}" in box.inner_text()
    assert box.locator("a, img, b, strong, em").count() == 0
    assert "<b>x</b>" in chart_texts(page)
    assert not [url for url in asked if "evil" in urlsplit(url).netloc or url.endswith("/x")]
    box.get_by_role("button", name="Put away").click()
    eventually(page, lambda: box.wait_for(state="detached", timeout=2000))


def test_the_qr_code_and_the_snippet_hold_the_link(author, app_url):
    open_app(author, app_url, "survival", "eln_risk=adverse")
    open_share(author)
    author.get_by_role("tab", name="QR code").click()
    source = author.get_by_role("img", name="QR code of the link").get_attribute("src")
    out = io.BytesIO()
    segno.make_qr(shown_link(author), error="l").save(out, kind="svg", scale=4, border=4, dark="black", light="white")
    drawn = base64.b64decode(source.split(",")[1]) if source.startswith("data:") else author.request.get(source).body()
    path = out.getvalue().decode().split('d="')[-1].split('"')[0]
    assert path in drawn.decode(), "the modules of a code made of the link beside it"
    author.get_by_role("tab", name="Embed").click()
    snippet = author.get_by_test_id("stCode").inner_text()
    assert snippet.count("<iframe") == 1
    assert shown_link(author).replace("&", "&amp;") + "&amp;embed=true" in snippet.replace("\n", "")


def test_by_keyboard_and_without_a_clipboard_the_link_is_selected_and_copied(page, app_url):
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    open_app(page, app_url, "overview")
    page.get_by_role("button", name="Share", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_label(FIELD).wait_for()
    settle(page)
    link = shown_link(page)
    assert link.startswith(f"{app_url}/?cohort=flt3-itd-sorafenib-iti&")
    assert parameters(link)["endpoint"] == ["os_dx"]
    chosen = page.evaluate(
        "() => { let e = document.activeElement; while (e?.shadowRoot) e = e.shadowRoot.activeElement;"
        " return e.value?.slice(e.selectionStart, e.selectionEnd); }"
    )
    assert chosen == link, "opened by keyboard, the link is where the keyboard is"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("Copied.").wait_for()


def test_embedded_in_somebodys_page(page, app_url):
    page.goto(f"{app_url}/survival?eln_risk=adverse&endpoint=ttr_pub&embed=true")
    page.locator("[data-testid='stVegaLiteChart'] svg").first.wait_for(timeout=30_000)
    page.wait_for_selector("[data-test-script-state='notRunning']")
    assert "ELN 2022 risk adverse" in page.locator(".st-key-cohort_bar .bar").inner_text()
    assert page.locator(".facets").count() == 0
    assert page.get_by_test_id("stSidebar").count() == 0 or not page.get_by_test_id("stSidebar").is_visible()
    assert page.get_by_role("button", name="Share", exact=True).count() == 0
    assert page.locator(".st-key-cohort_bar button:visible").count() == 0
    figure = page.locator("[data-testid='stVegaLiteChart'] svg").first.bounding_box()
    assert figure["x"] >= 0
    assert figure["x"] + figure["width"] <= 1280
    assert figure["y"] < 400, "the figure is in sight without scrolling"
    whole = page.get_by_role("link", name="Open in Riskset").get_attribute("href")
    assert whole == f"{app_url}/survival?eln_risk=adverse&endpoint=ttr_pub"
    no_exception(page)


def test_private_data_have_a_file_in_place_of_a_link(author, app_url, tmp_path):
    author.goto(f"{app_url}/your_cohort")
    settle(author)
    data = cohort_files.csv(cohort_files.gbsg2())
    author.locator("input[type=file]").first.set_input_files({"name": "g.csv", "mimeType": "text/csv", "buffer": data})
    author.locator(".st-key-open_cohort button").click(timeout=30_000)
    author.wait_for_url("**/survival**")
    settle(author)
    author.get_by_role("button", name="Share", exact=True).click()
    author.get_by_text("There is no link to this view").wait_for()
    assert author.get_by_label(FIELD).count() == 0
    author.get_by_text("I have read this").click()
    settle(author)
    with author.expect_download() as taken:
        author.get_by_role("button", name="Save this view as a file").click()
    held = json.loads(taken.value.path().read_text(encoding="utf-8"))
    assert held["page"] == "survival"
    assert held["view"]["cohort"][0].startswith("own-")
    assert "own-" not in author.url
