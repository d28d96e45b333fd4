"""A visitor of the app who hands in one upload after the other: looks through it, opens it, sees every page of it."""

from __future__ import annotations

import time
from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from cohort.errors import CohortError
from cohort.ui.frame import PAGES
from tests.support.handing_in import hand_in, press, said
from tests.support.harness import open_page, title

SECTIONS = ("Endpoints", "Columns", "Privacy", "Files as read")  # the page opens with its findings
UPLOADS_A_SESSION = 20
_TO_SETTLE = "to be settled before the cohort can be opened"


class Visitor:
    """Hands in uploads, UPLOADS_A_SESSION in one session; ``slowest`` is the longest answer to the last."""

    def __init__(self) -> None:
        self.slowest = (0.0, "")
        self._left = 0

    def __call__(self, files: tuple[tuple[str, bytes], ...]) -> str:
        """Say how it ended.

        Raises
        ------
        CohortError
            With the sentence on the page, where the upload was refused.
        AssertionError
            A page ended in a traceback, or said nothing.
        """
        if not self._left:
            self._at, self._left = open_page("your_cohort"), UPLOADS_A_SESSION
        self._left -= 1
        self.slowest = (0.0, "")
        try:
            return self._visit(list(files))
        except AssertionError:
            self._left = 0  # the next one gets a session that this one has not touched
            raise

    def _visit(self, files: list[tuple[str, bytes]]) -> str:
        at = self._at
        self._answer("reading", lambda: hand_in(files, at))
        if title(at) == "Survival":
            return self._every_page("folder")
        self._stop_at_a_sentence()
        assert _button(at, "open_cohort"), "neither a sentence nor a draft"
        for section in SECTIONS:
            at.session_state["draft_sections"] = section
            self._answer(section, at.run)
        at.session_state["draft_sections"] = "Findings"
        self._answer("Findings", at.run)
        if _TO_SETTLE in said(at) and _button(at, "accept_all"):
            self._answer("repairs", lambda: press(at, "accept_all"))
        if at.button(key="open_cohort").disabled:
            assert _TO_SETTLE in said(at), "a cohort that cannot be opened without a word why"
            assert "Settle first" in said(at) or "Proposed" in said(at), "what has to be settled is not said"
            self._answer("putting away", lambda: press(at, "discard"))
            return "something to settle first"
        self._answer("opening", lambda: press(at, "open_cohort"))
        self._stop_at_a_sentence()
        ended = self._every_page("opened")
        if _button(at, "discard"):
            self._answer("putting away", lambda: press(at, "discard"))
        return ended

    def _every_page(self, ended: str) -> str:
        at = self._at
        assert title(at) == "Survival", f"opening led to {title(at)}"
        for page, _ in PAGES:
            self._answer(page, at.switch_page(f"pages/{page}.py").run)
            assert not at.error, f"{page}: {at.error[0].value}"
        self._answer("back", at.switch_page("pages/your_cohort.py").run)
        return ended

    def _stop_at_a_sentence(self) -> None:
        at = self._at
        if at.error:
            raise CohortError(at.error[0].value.replace("\\", "").replace("\u2060", ""))  # as before it was escaped

    def _answer(self, name: str, ask: Callable) -> None:
        began = time.monotonic()
        ask()
        self.slowest = max(self.slowest, (time.monotonic() - began, name))
        if self._at.exception:
            raise AssertionError(f"{name}: {self._at.exception[0].value[:300]}")


def _button(at: AppTest, key: str) -> bool:
    return any(b.key == key for b in at.button)
