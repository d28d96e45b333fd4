"""Present as a speaker does: by keyboard, on both projectors, light and dark, and from one file without a network."""

from __future__ import annotations

import json
import re

import pytest

from tests.support import printed
from tests.support.visitor import eventually, no_exception, open_app, settle

STAGE = "dialog.stage"

MEASURE = """(stage) => {
  const seen = (e) => e.getClientRects().length > 0 && e.textContent.trim();
  const texts = [...stage.querySelectorAll("h1, .said, .foot span, svg text")].filter(seen);
  const sizes = texts.map((e) => {
    const m = e.getScreenCTM ? e.getScreenCTM() : { a: 1, b: 0 };
    return parseFloat(getComputedStyle(e).fontSize) * Math.hypot(m.a, m.b);
  });
  const outside = texts.filter((e) => {
    const b = e.getBoundingClientRect(), room = (e.closest("svg") ?? stage).getBoundingClientRect();
    return b.left < room.left || b.top < room.top || b.right > room.right || b.bottom > room.bottom;
  });
  const rows = [...stage.querySelectorAll("h1, .said, figure, .foot")].filter((e) => e.getClientRects().length);
  const overlap = rows.slice(1).filter((e, i) =>
    e.getBoundingClientRect().top < rows[i].getBoundingClientRect().bottom - 1);
  const paper = getComputedStyle(stage.querySelector(".slide")).backgroundColor;
  return { smallest: Math.min(...sizes), outside: outside.map((e) => e.textContent), overlap: overlap.length,
           paper, drawn: stage.querySelector("figure.light, figure.dark") !== null };
}"""

WORDS = """(stage) => [...stage.querySelectorAll("h1, .said, .foot span, svg text")]
  .filter((e) => e.getClientRects().length).map((e) => e.textContent.trim()).filter(Boolean).sort()"""

PAPER = {"light": "rgb(255, 255, 255)", "dark": "rgb(18, 23, 29)"}

VIEWS = (
    ("overview", {}, ""),
    ("survival", {"endpoint": ["ttr_pub"], "by": ["eln_risk"]}, "9"),
    ("survival", {"by": ["fab"]}, ""),
    ("subgroups", {}, ""),
    ("adverse_events", {"eln_risk": ["adverse"]}, ""),
    ("patients", {"by": ["eln_risk"]}, "9"),
)


def sequence(views=VIEWS) -> bytes:
    """A sequence as its file holds it."""
    slides = [
        {"page": page, "cohort": "flt3-itd-sorafenib-iti", "data": "", "parameters": parameters, "title": "",
         "highlight": patient}
        for page, parameters, patient in views
    ]  # fmt: skip
    return json.dumps({"format": "riskset presentation 1", "slides": slides}).encode()


def opened(page, app_url) -> None:
    """The page Present with a sequence opened from its file, the menu of files still open."""
    open_app(page, app_url, "present")
    page.get_by_role("button", name="Files").click()
    handed = {"name": "sequence.json", "mimeType": "application/json", "buffer": sequence()}
    page.locator("[data-testid='stFileUploader'] input[type=file]").set_input_files(handed)
    page.get_by_text(f"{len(VIEWS)} views to present.").wait_for()
    settle(page)


def present(page, kept: int = 0):
    """The button in the bar, which also says how many views are kept."""
    return page.get_by_role("button", name=re.compile(rf"^Present \({kept}\)" if kept else "^Present( |$)"))


def place(page) -> str:
    return page.locator(f"{STAGE} .at").inner_text()


def test_two_views_are_kept_shown_and_left_by_keyboard(page, app_url):
    open_app(page, app_url, "survival", "endpoint=ttr_pub&eln_risk=adverse")
    page.get_by_role("button", name="Add slide").click()
    present(page, 1).wait_for()
    page.get_by_role("link", name="Patients", exact=True).click()
    page.wait_for_url("**/patients**")
    settle(page)
    page.get_by_role("button", name="Add slide").click()
    present(page, 2).wait_for()
    settle(page)
    page.keyboard.press("p")
    page.locator(STAGE).wait_for(timeout=20_000)
    rows = printed.who({"eln_risk": {"adverse"}})
    said = f"{printed.events_among(rows, 'ttr_pub')} of {len(rows)} patients relapsed"
    assert page.locator(f"{STAGE} .said").inner_text().startswith(said)
    assert page.evaluate("Boolean(document.fullscreenElement)")
    for key, expected in (
        ("ArrowRight", "2 / 2"), ("ArrowRight", "2 / 2"), ("ArrowLeft", "1 / 2"), ("PageDown", "2 / 2"),
        ("PageUp", "1 / 2"), ("End", "2 / 2"), ("Home", "1 / 2"),
    ):  # fmt: skip
        page.keyboard.press(key)
        assert place(page) == expected, key
    assert page.locator(".facets input").first.evaluate("(e) => { e.focus(); return e.matches(':focus'); }") is False
    page.keyboard.press("Escape")

    def back() -> None:
        assert "/patients" in page.url
        assert "eln_risk=adverse" in page.url
        assert page.locator(STAGE).count() == 0

    eventually(page, back)
    assert not page.evaluate("Boolean(document.fullscreenElement)")
    no_exception(page)


def test_without_a_sequence_the_view_one_came_from_is_presented(page, app_url):
    open_app(page, app_url, "survival", "endpoint=ttr_pub&patient=9")
    present(page).click()
    page.locator(STAGE).wait_for(timeout=20_000)
    assert place(page) == "1 / 1"
    (row,) = [r for r in printed.who({}) if r["patient_id"] == "9"]
    when = printed.outcomes("ttr_pub")[row["patient_id"]][0]
    assert page.locator(f"{STAGE} svg text", has_text="patient 9:").last.text_content().endswith(f", {when:g} months")
    # the browser's own Escape ends full screen without a key event
    page.evaluate("document.exitFullscreen()")
    page.wait_for_url("**/survival**")
    eventually(page, lambda: page.get_by_role("heading", name="Survival", level=1).wait_for())
    present(page).click()
    page.locator(STAGE).wait_for(timeout=20_000)
    page.go_back()
    page.wait_for_url("**/survival**")
    eventually(page, lambda: page.locator(STAGE).wait_for(state="detached"))


@pytest.mark.parametrize(("size", "least"), [((1280, 720), 20), ((1920, 1080), 28)])
def test_everything_is_legible_and_inside_on_both_projectors(browser, app_url, size, least):
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme="dark")
    page = context.new_page()
    opened(page, app_url)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Start").click()
    stage = page.locator(STAGE)
    stage.wait_for(timeout=30_000)
    for i in range(len(VIEWS)):
        for appearance, key in (("dark", "d"), ("light", "l")):
            page.keyboard.press(key)
            found = stage.evaluate(MEASURE)
            where = (VIEWS[i], appearance, found)
            assert found["drawn"], where
            assert found["smallest"] >= least, where
            assert not found["outside"], where
            assert not found["overlap"], where
            assert found["paper"] == PAPER[appearance]
        page.keyboard.press("ArrowRight")
    context.close()


def test_the_file_opens_from_disk_without_network_and_says_the_same(browser, app_url, tmp_path):
    context = browser.new_context(viewport={"width": 1280, "height": 720}, accept_downloads=True)
    page = context.new_page()
    opened(page, app_url)
    with page.expect_download(timeout=30_000) as waiting:
        page.get_by_role("button", name="Presentation (one HTML file)").click()
    file = tmp_path / "presentation.html"
    waiting.value.save_as(file)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Start").click()
    page.locator(STAGE).wait_for(timeout=30_000)
    said = []
    for _ in VIEWS:
        said.append(page.locator(STAGE).evaluate(WORDS))
        page.keyboard.press("ArrowRight")
    context.set_offline(True)
    offline = context.new_page()
    asked, wrong = [], []
    offline.on("request", lambda request: asked.append(request.url))
    offline.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    offline.on("pageerror", lambda error: wrong.append(str(error)))
    offline.goto(file.as_uri())
    now = offline.locator(".slide.now")
    for i, words in enumerate(said):
        assert now.count() == 1
        assert now.evaluate(WORDS) == words
        found = now.evaluate(MEASURE.replace('stage.querySelector(".slide")', "stage"))
        assert found["smallest"] >= 20, (VIEWS[i], found)
        assert not found["outside"], (VIEWS[i], found)
        assert not found["overlap"], (VIEWS[i], found)
        offline.keyboard.press("PageDown")
    offline.keyboard.press("Home")
    assert re.match(r"1 / \d", now.locator(".at").inner_text())
    offline.keyboard.press("d")
    assert now.evaluate("(e) => getComputedStyle(e).backgroundColor") == PAPER["dark"]
    assert asked == [file.as_uri()]
    assert not wrong
    context.close()
