"""A server and a browser for this folder. Skipped loudly without a browser; a failure where CI lacks one."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.support.chromium import FLAGS, chromium
from tests.support.servers import serve

NO_BROWSER = "BROWSER TESTS SKIPPED: no Chromium on this machine (Debian: apt-get install chromium)"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the folder's tests; without a browser say so and skip them, or fail in CI."""
    mine = [i for i in items if Path(__file__).parent in Path(i.fspath).parents]
    for item in mine:
        item.add_marker(pytest.mark.browser)
    if mine and chromium() is None:
        if os.environ.get("CI") == "true":
            raise pytest.UsageError("CI has no Chromium: the browser tests must run here. " + NO_BROWSER)
        print(f"\n{'!' * 100}\n{NO_BROWSER}\n{'!' * 100}", file=sys.__stderr__)
        for item in mine:
            item.add_marker(pytest.mark.skip(reason=NO_BROWSER))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One headless Chromium for all tests of a worker."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def app_url() -> Iterator[str]:
    """A server of the app, shared by the tests of a worker."""
    with serve() as port:
        yield f"http://localhost:{port}"


@pytest.fixture(scope="session")
def profile(browser: Browser) -> Iterator[BrowserContext]:
    """One browser with its cache for the tests of a worker: each would fetch and compile the same scripts anew."""
    context = browser.new_context(viewport={"width": 1280, "height": 720}, accept_downloads=True)
    yield context
    context.close()


@pytest.fixture
def page(profile: BrowserContext) -> Iterator[Page]:
    """A fresh tab at 1280 × 720, and so a session of its own, that records what went wrong in the page."""
    visitor = profile.new_page()
    visitor.failures = []  # type: ignore[attr-defined]
    visitor.on("pageerror", lambda error: visitor.failures.append(str(error)))
    yield visitor
    failures = visitor.failures  # type: ignore[attr-defined]
    visitor.close()
    profile.clear_cookies()
    assert not failures, failures
