"""A visitor who hands in files on the page Your cohort, in Streamlit's own test harness."""

from __future__ import annotations

import pandas as pd

from tests.support import cohort_files
from tests.support.harness import bar_words, open_page

RAW = cohort_files.gbsg2()
EVERY = cohort_files.every_format(RAW)
PATIENTS, EVENTS = len(RAW), int(RAW["rfs_status"].sum())


def hand_in(files, at=None):
    at = at or open_page("your_cohort")
    at.file_uploader[0].set_value([(name, data, "") for name, data in files])
    return at.run()


def press(at, key):
    return at.button(key=key).click().run()


def opened(files):
    at = press(hand_in(files), "open_cohort")
    return at.switch_page("pages/survival.py").run()  # where the press led; the harness stays where it was


def said(at):
    kinds = (at.markdown, at.caption, at.error, at.warning, at.title)
    read = [bar_words(at), *(str(e.value) for kind in kinds for e in kind)]
    return "\n".join(read).replace("\\", "")


def everything_kept(at):
    """All that the session holds, as text."""
    return repr(at.session_state._state.filtered_state)


def small(**columns):
    return [("small.csv", cohort_files.csv(pd.DataFrame({"patient_id": ["a", "b", "c", "d"]} | columns)))]


def simple(**columns):
    return small(os_months=[5, 9, 20, 31], os_status=[1, 1, 0, 0], sex=["f", "m", "f", "m"], **columns)


def downloads(at):
    return [b.proto.label for b in at.get("download_button")]
