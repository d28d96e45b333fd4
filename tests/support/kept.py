"""A server of the app that writes how many cohorts of visitors its memory holds, as often as that changes.

python -m tests.support.kept FILE run app.py …    FILE gets the number; the rest are streamlit's own words
"""

from __future__ import annotations

import sys
import threading
import time
import weakref
from pathlib import Path

from streamlit.web.cli import main

from cohort.tables import Cohort
from cohort.ui import own


def count(file: Path) -> None:
    """Keep the number of living cohorts that were handed in in a file, from a thread of its own."""
    found: list[weakref.ref[Cohort]] = []
    keep = own.keep

    def noted(cohort: Cohort, digest: str) -> str:
        cohort_id = keep(cohort, digest)
        found.append(weakref.ref(own.own_cohorts()[cohort_id]))
        return cohort_id

    def write() -> None:
        while True:
            file.write_text(str(sum(ref() is not None for ref in found)), encoding="utf-8")
            time.sleep(0.1)

    own.keep = noted
    threading.Thread(target=write, daemon=True).start()


if __name__ == "__main__":
    count(Path(sys.argv.pop(1)))
    main()
