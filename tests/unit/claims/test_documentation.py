"""docs/claims.md lists every function, column and verdict, in the program's own words."""

from pathlib import Path

import pytest

from cohort.claims import COLUMNS, FUNCTIONS, VERDICTS

TEXT = (Path(__file__).resolve().parents[3] / "docs" / "claims.md").read_text(encoding="utf-8")
ROWS = {
    **{f"`{f.signature}`": f.doc.replace("``", "`") for f in FUNCTIONS.values()},
    **{f"`{name}`": what for name, what in COLUMNS.items()},
}


@pytest.mark.parametrize(("name", "what"), ROWS.items())
def test_row(name, what):
    assert f"| {name} | {what} |" in TEXT


def test_no_function_is_listed_that_does_not_exist_and_every_verdict_is():
    listed = TEXT.partition("| function | value |")[2].split("\n\n")[0].count("\n") - 1
    assert listed == len(FUNCTIONS)
    for words in VERDICTS.values():
        assert f"| {words} |" in TEXT
