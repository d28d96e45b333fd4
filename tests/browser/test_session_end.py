"""When a visitor has gone, so has what they handed in: also on a server that nobody else comes to."""

import time

import pytest

from tests.browser.test_upload_on_screen import accept, hand_in
from tests.support import cohort_files
from tests.support.servers import serve
from tests.support.visitor import open_app

KEPT_SECONDS = 3


@pytest.fixture
def server(tmp_path):
    """A server of its own that keeps broken sessions for KEPT_SECONDS, and what its memory holds."""
    file = tmp_path / "kept"
    with serve(
        module=("tests.support.kept", str(file)), options=("--server.disconnectedSessionTTL", str(KEPT_SECONDS))
    ) as port:
        yield f"http://localhost:{port}", lambda: int(file.read_text() or -1)


def wait_until(holds):
    until = time.monotonic() + KEPT_SECONDS + 10
    while not holds() and time.monotonic() < until:
        time.sleep(0.1)
    assert holds()


def test_a_visitors_cohort_is_out_of_memory_soon_after_they_left(browser, server):
    url, kept = server
    for visit in range(2):  # the first visitor of a process, who was there when it settled, and another one
        context = browser.new_context()
        page = context.new_page()
        open_app(page, url, "your_cohort")
        hand_in(page, [("mine.csv", cohort_files.csv(cohort_files.gbsg2()[:60]))])
        accept(page)
        wait_until(lambda: kept() == 1)
        if not visit:
            page.wait_for_timeout(1000 * KEPT_SECONDS + 1000)
            assert kept() == 1, "a visitor who is still there keeps it"
        context.close()
        wait_until(lambda: kept() == 0)
