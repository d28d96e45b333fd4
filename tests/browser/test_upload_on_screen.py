"""From files to a curve in the browser: every format, another visitor beside, nothing on a disk, markup as text."""

from __future__ import annotations

import os
import re
import tempfile
import time
from pathlib import Path

import pandas as pd
import pytest

from tests.support import cohort_files
from tests.support.servers import ROOT
from tests.support.visitor import IDLE, chart_texts, eventually, no_exception, open_app

RAW = cohort_files.gbsg2()[:200]
EVERY = cohort_files.every_format(RAW)
PATIENTS, EVENTS = len(RAW), int(RAW["rfs_status"].sum())
MARKUP = "![x](http://evil.example/x.png)<img src=x onerror=alert(1)>'];alert(1)//{{7*7}}"


def hand_in(page, files):
    given = [{"name": name, "mimeType": "", "buffer": data} for name, data in files]
    page.locator("[data-testid='stFileUploaderDropzoneInput']").first.set_input_files(given)


def settle(page):
    page.wait_for_selector(IDLE, timeout=30_000)


def main_text(page) -> str:
    bar = page.locator(".st-key-cohort_bar .bar")  # in a tree of its own, which the page's text leaves out
    return f"{bar.inner_text()}\n" + page.locator("[data-testid='stMain']").inner_text()


def shows(page, text: str):
    """Wait until the page shows a text."""

    def check():
        assert text in main_text(page), main_text(page)[:200]

    eventually(page, check, seconds=30)


def accept(page):
    button = page.get_by_role("button", name="Open this cohort")
    button.wait_for(timeout=30_000)
    settle(page)
    button.click()
    page.wait_for_url("**/survival", timeout=30_000)


def server_of(url: str) -> int:
    """Process id of the server behind an address."""
    port = url.rsplit(":", 1)[1]
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"--server.port" in command and port.encode() in command:
            return int(folder.name)
    raise AssertionError("the server's process was not found")


def open_files(pid: int) -> set[str]:
    """Files a process and its children have open that are not devices, pipes, sockets or memory."""
    found = set()
    children = Path(f"/proc/{pid}/task/{pid}/children")
    pids = [pid, *map(int, children.read_text().split())] if children.exists() else [pid]
    for each in pids:
        for link in Path(f"/proc/{each}/fd").glob("*"):
            try:
                target = os.readlink(link)
            except OSError:
                continue
            if target.startswith("/") and not target.startswith(("/dev/", "/proc/", "/memfd:")):
                found.add(target)
    return found


def on_disk() -> set[Path]:
    """Everything in the folders a server may write to."""
    places = (Path(tempfile.gettempdir()), Path("/var/tmp"), ROOT)
    skipped = {".git", ".venv", "__pycache__", ".pytest_cache", ".hypothesis", ".ruff_cache"}
    found = set()
    for place in places:
        for folder, names, files in os.walk(place):
            names[:] = [n for n in names if n not in skipped]
            found.update(Path(folder) / f for f in files)
    return found


def test_every_format_from_files_to_a_curve(page, app_url):
    open_app(page, app_url, "your_cohort")
    for name, files in EVERY.items():
        hand_in(page, files)
        accept(page)
        shows(page, f"{EVENTS} of {PATIENTS} patients")
        assert str(PATIENTS) in chart_texts(page), name
        no_exception(page)
        assert "?" not in page.url, "nothing of one's own data is in the address"
        page.get_by_role("link", name="Your cohort").click()
        page.wait_for_url("**/your_cohort")
        page.get_by_role("button", name="Put it away").click()
        page.get_by_text("Template (CSV)").wait_for()
    assert page.locator("[class*='st-key-open_own-']").count() == len(EVERY)
    hand_in(page, cohort_files.folder_zip())
    page.wait_for_url("**/survival", timeout=30_000)
    n = len(pd.read_csv(cohort_files.FOLDER / "patients.csv"))
    shows(page, f"of {n} patients")


def test_another_visitor_sees_nothing_and_nothing_is_left_anywhere(page, browser, app_url):
    # Beyond the 1 MB from which Starlette would spool to a file
    large = RAW.assign(canary_column=["canary-cell", "v"] * (PATIENTS // 2), remarks="canary-cell " * 600)
    open_app(page, app_url, "your_cohort")
    pid, before = server_of(app_url), on_disk()
    opened_before = open_files(pid)
    seen: set[str] = set()
    hand_in(page, [("canary.csv", cohort_files.csv(large))])
    until = time.monotonic() + 30
    button = page.get_by_role("button", name="Open this cohort")
    while not button.count() and time.monotonic() < until:
        seen |= open_files(pid) - opened_before
        page.wait_for_timeout(5)
    temporary = [f for f in seen if f.startswith((tempfile.gettempdir(), "/var/tmp", str(ROOT))) and ".venv" not in f]
    assert not [f for f in temporary if not f.startswith(str(ROOT / "cohort"))], temporary
    accept(page)
    shows(page, f"of {PATIENTS} patients")

    context = browser.new_context()
    other = context.new_page()
    frames: list[bytes] = []
    other.on("websocket", lambda ws: ws.on("framereceived", lambda f: frames.append(_bytes(f))))
    for name in ("your_cohort", "survival"):
        open_app(other, app_url, name)
        assert "canary" not in other.content()
    assert frames
    assert not [f for f in frames if b"canary" in f]
    context.close()

    new = {p for p in on_disk() - before if _holds(p, b"canary-cell")}
    assert not new, new


def _bytes(frame) -> bytes:
    return frame if isinstance(frame, bytes) else frame.encode()


def _holds(path: Path, what: bytes) -> bool:
    try:
        return path.stat().st_size < 50 * 2**20 and what in path.read_bytes()
    except OSError:
        return False


def test_markup_scripts_and_expressions_are_text_on_every_page(page, app_url):
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.url))
    page.on("dialog", lambda d: pytest.fail(f"a script ran: {d.message}") if d.type == "alert" else d.accept())
    data = RAW[:40].assign(tumor_grade=[MARKUP, "II"] * 20).rename(columns={"menopause": f"m {MARKUP}"})
    open_app(page, app_url, "your_cohort")
    hand_in(page, [(f"{MARKUP[:20].replace('/', '_')}.csv", cohort_files.csv(data))])
    page.get_by_role("button", name="Open this cohort").wait_for(timeout=30_000)
    for tab in ("Endpoints", "Columns", "Privacy", "Files as read"):
        page.get_by_role("tab", name=tab).click()
        settle(page)
        no_exception(page)
    accept(page)
    for name in ("Overview", "Subgroups", "Patients", "Methods", "Survival"):
        page.get_by_role("link", name=name, exact=True).click()
        page.wait_for_timeout(150)
        settle(page)
        no_exception(page)
    assert page.locator("img[src*=evil], img[src='x']").count() == 0
    assert not [url for url in asked if not re.match(rf"(blob:|data:|{app_url})", url)]


def test_a_link_in_between_and_back_and_forward_keep_the_cohort(page, app_url):
    page.on("dialog", lambda d: d.accept())
    open_app(page, app_url, "survival", "eln_risk=adverse")
    page.get_by_role("link", name="Your cohort").click()
    page.wait_for_url("**/your_cohort*")
    settle(page)
    hand_in(page, EVERY["csv"])
    accept(page)
    shows(page, f"{EVENTS} of {PATIENTS} patients")
    page.get_by_role("link", name="Overview").click()
    shows(page, "Table 1")
    page.go_back()
    shows(page, f"{EVENTS} of {PATIENTS} patients")
    page.go_forward()
    shows(page, "Table 1")
    shows(page, f"{PATIENTS} of {PATIENTS} patients")


def test_with_the_keyboard_alone_a_repair_is_accepted_and_the_cohort_opened(page, app_url):
    data = RAW[:30].copy()
    data.loc[3, "rfs_days"] = -5
    open_app(page, app_url, "your_cohort")
    hand_in(page, [("gbsg2.csv", cohort_files.csv(data))])
    page.get_by_role("button", name="Open this cohort").wait_for(timeout=30_000)
    settle(page)
    assert page.get_by_role("button", name="Open this cohort").is_disabled()
    tab_to(page, "input[type=checkbox]", "Proposed")
    page.keyboard.press("Space")
    page.locator(".st-key-open_cohort button:enabled").wait_for(timeout=30_000)
    tab_to(page, "button", "Open this cohort", back=True)
    page.keyboard.press("Enter")
    page.wait_for_url("**/survival", timeout=30_000)
    shows(page, "29 patients")


def test_after_every_repair_is_accepted_the_focus_is_on_opening_the_cohort(page, app_url):
    data = RAW[:30].assign(age=[199, *[50] * 29])
    data.loc[3, "rfs_days"] = -5
    open_app(page, app_url, "your_cohort")
    hand_in(page, [("gbsg2.csv", cohort_files.csv(data))])
    every = page.get_by_role("button", name="Accept every proposed repair")
    every.wait_for(timeout=30_000)
    settle(page)
    every.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.innerText === 'Open with these repairs'")
    settle(page)
    page.keyboard.press("Enter")
    page.wait_for_url("**/survival", timeout=30_000)
    shows(page, "29 patients")


def test_the_list_of_endpoints_follows_a_new_name(page, app_url):
    open_app(page, app_url, "your_cohort")
    hand_in(page, EVERY["csv"])
    page.get_by_role("tab", name="Endpoints").click()
    before = page.get_by_label("Called").input_value()
    page.get_by_role("button", name="Add an endpoint").click()

    def added():
        assert page.get_by_label("Called").input_value() != before

    eventually(page, added, seconds=20)  # sooner, the one before would be renamed
    page.get_by_label("Called").fill("Time to my event")
    page.keyboard.press("Enter")

    def follows():
        assert page.locator(".st-key-m_endpoint input").input_value() == "Time to my event"

    eventually(page, follows, seconds=20)


def test_columns_are_renamed_and_left_out_in_the_grid(page, app_url):
    open_app(page, app_url, "your_cohort")
    hand_in(page, EVERY["csv"])
    page.get_by_role("tab", name="Columns").click()
    settle(page)
    grid = page.locator("[data-testid='stDataFrame']").first
    grid.evaluate("e => e.scrollIntoView({block: 'center'})")  # the list of a cell opens below it
    page.wait_for_timeout(500)
    for left, column, row, words in ((300, 2, 0, "Hormones given"), (60, 0, 2, "leave out")):
        box = grid.bounding_box()
        page.mouse.click(box["x"] + left, box["y"] + 36 + 35 * row + 17)
        # the grid is drawn on a canvas and follows a moment later: keys before that go to another cell
        page.wait_for_function(f"document.activeElement.id === 'glide-cell-{column}-{row}'")
        page.keyboard.press("Enter")
        page.wait_for_function("document.activeElement.closest('#portal')")
        page.keyboard.type(words)
        page.locator("#portal").locator(f"textarea:text-is('{words}'), :text-is('{words}')").first.wait_for(
            state="attached"
        )
        page.keyboard.press("Enter")
        page.wait_for_function("!document.querySelector('#portal input, #portal textarea')")
        settle(page)
    page.get_by_text("Ready to open with 3 variables").wait_for()
    accept(page)
    shows(page, f"of {PATIENTS} patients")
    assert page.locator("fieldset[data-name='hormone_therapy'] legend").text_content() == "Hormones given"
    assert page.locator("fieldset[data-name='menopause']").count() == 0


def tab_to(page, kind: str, text: str, back: bool = False) -> None:
    """Press Tab until what has this text has the focus."""
    if not back:
        page.locator("[data-testid='stMain']").get_by_role("tab").first.focus()
    for _ in range(60):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        if page.evaluate(
            "([kind, text]) => { const e = document.activeElement; return e.matches(kind) && "
            "(e.closest('label')?.innerText ?? e.innerText).includes(text) }",
            [kind, text],
        ):
            return
    raise AssertionError(f"Tab never reached {text!r}")
