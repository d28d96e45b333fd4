"""The README's example, and `survival` on tables nobody prepared."""

import re
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from cohort import CohortError, read_cohort, survival
from tests.support import printed

README = Path(__file__).resolve().parents[2] / "README.md"


def test_readme_example_runs_and_prints_what_it_says(monkeypatch, tmp_path, capsys):
    (tmp_path / "data").symlink_to(README.parent / "data")
    monkeypatch.chdir(tmp_path)  # the example writes a file
    block = re.search(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL).group(1)
    code = [line for line in block.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    assert len(code) <= 10
    scope: dict = {"frame": pd.DataFrame({"months": [1, 2, 3], "relapsed": [1, 0, 1], "arm": ["a", "a", "b"]})}
    exec(compile(block, "README.md", "exec"), scope)
    printed_out = capsys.readouterr().out
    assert "0.2857142857" in printed_out  # adverse at 24 months: STATISTICS A6, by lifelines and R
    assert "50388" in printed_out
    assert (tmp_path / "rfs.svg").read_text(encoding="utf-8").startswith("<svg")


def test_streamlit_is_not_needed():
    import subprocess
    import sys

    code = "import cohort, sys; cohort.survival({'time': [1], 'event': [1]}); sys.exit('streamlit' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=README.parent, check=False).returncode == 0


ROWS = {"months": [1, 2, 3, 4], "died": [1, 1, 1, 1], "arm": ["b", "a", "b", "a"]}


@pytest.mark.parametrize("make", [dict, pd.DataFrame, pa.table], ids=["dict", "pandas", "arrow"])
def test_any_table_gives_the_same_numbers(make):
    shown = survival(make(ROWS), time="months", event="died")
    assert shown.curve["survival"].to_pylist() == pytest.approx([1, 0.75, 0.5, 0.25, 0])
    assert shown.medians["median"].to_pylist() == [2.5], "R: midpoint of the flat segment at exactly one half"
    assert shown.at_risk([0, 2.5])["n_risk"].to_pylist() == [4, 2]


def test_groups_of_a_table_keep_their_order_and_gaps_are_a_group():
    shown = survival(ROWS | {"arm": ["b", None, "b", "a"]}, time="months", event="died", by="arm")
    assert shown.person_time["group"].to_pylist() == ["b", "not reported", "a"]


def test_cohort_with_a_selection():
    cohort = read_cohort(printed.FOLDER)
    shown = survival(cohort, "os_dx", where={"eln_risk": ["adverse"]})
    assert shown.person_time.to_pylist()[0]["n"] == len(printed.who({"eln_risk": {"adverse"}}))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda c: survival(ROWS, time="weeks", event="died"), "no column 'weeks'; the table has months, died, arm"),
        (lambda c: survival(ROWS | {"died": [1, 2, 1, 1]}, time="months", event="died"), "row 2: 2 is not an event"),
        (lambda c: survival(ROWS | {"months": [1, -2, 1, 1]}, time="months", event="died"), "row 2: -2 is not a time"),
        (
            lambda c: survival(ROWS | {"months": [1, "x", 1, 1]}, time="months", event="died"),
            "row 2: 'x' is not a number",
        ),
        (
            lambda c: survival(ROWS, time="months", event="died", interval="exact"),
            "'exact' is not known; allowed: bpcp",
        ),
        (lambda c: survival(c, "efs"), "no endpoint 'efs'; allowed: os_dx"),
        (lambda c: survival(c, by="status"), "'status' cannot group a survival curve; allowed: eln_risk"),
        (lambda c: survival(c, where={"eln_risk": ["bad"]}), "eln_risk has no level 'bad'; allowed: favourable"),
        (lambda c: survival(42), "int is not a table"),
    ],
)
def test_what_is_wrong_is_one_sentence(call, message):
    with pytest.raises(CohortError) as caught:
        call(read_cohort(printed.FOLDER))
    assert message in str(caught.value)
