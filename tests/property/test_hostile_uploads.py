"""Whatever is handed in ends as a cohort's tables or as one sentence, in little memory and time."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cohort.errors import CohortError
from cohort.readers.isolation import ENVIRONMENT, read_isolated
from cohort.readers.limits import LIMITS
from tests.hostile.files import case, is_bomb
from tests.hostile.run import ended

ROOT = Path(__file__).resolve().parents[2]
UPLOADS = 160


def test_damaged_spoken_and_untidy_uploads_end_in_a_sentence_or_a_cohort():
    """In a process of their own with the reader's memory, so that a crash of a library is seen and harms nothing."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.hostile.run", str(UPLOADS), "--together"],
        cwd=ROOT,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.stdout, done.stderr[-2000:]
    summary = json.loads(done.stdout)
    assert summary["defects"] == []
    assert summary["uploads"] > 0.9 * UPLOADS
    assert summary["ended"]["cohort"] > 20, "the generator has to reach what works too"
    assert summary["ended"]["sentence"] > 20
    assert summary["different sentences"] > 20
    assert summary["slowest"]["seconds"] < LIMITS.wall_seconds
    assert summary["most memory of this process"]["MB"] < LIMITS.address_space / 2**20


@pytest.mark.parametrize("number", [n for n in range(400) if is_bomb(n)][:3])
def test_a_bomb_ends_in_a_sentence_or_a_cohort_in_a_reader_of_its_own(number):
    end, said = ended(case(number), read_isolated)
    assert end in ("sentence", "cohort"), said


def test_the_same_number_is_the_same_upload():
    labels, again = ([case(n).label for n in range(100) if not is_bomb(n)] for _ in range(2))
    assert labels == again
    assert len(set(labels)) > 30


def test_a_defect_is_told_from_a_sentence():
    made = case(0)

    def fails(error):
        def read(files):
            raise error

        return ended(made, read)[0]

    assert fails(CohortError("A sentence that says what to do.")) == "sentence"
    assert fails(CohortError("Two\nlines of a sentence.")) == "defect"
    assert fails(KeyError("x")) == "defect"
