"""What the app hands out can be handed in again: its own readers and proposal come to the same numbers."""

import numpy as np
import pytest

from cohort.exports.cohort_files import FORMATS
from cohort.mapping import build, findings, propose
from cohort.readers.folder import read_cohort_files
from cohort.readers.upload import read_upload
from tests.support.originals import CASES, facts

CENSORS_COMPETING = ("cbioportal",)
"""Formats that have no place for a competing event, and say so where they are offered."""


def handed_in_again(case, code):
    """The cohort that becomes of an export, and what was found on the way."""
    form = next(f for f in FORMATS if f.code == code)
    upload = read_upload([(f"cohort.{form.extension}", case.exported(code))])
    if upload.files:
        return read_cohort_files(upload.files), ()
    mapping = propose(upload)
    return build(upload, mapping), findings(upload, mapping)


@pytest.mark.parametrize("code", [f.code for f in FORMATS])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_endpoint_comes_back_with_the_same_events_competing_events_and_times(case, code):
    again, found = handed_in_again(case, code)
    assert not [f.sentence for f in found if f.severity == "stop"]
    outcomes = []
    for endpoint in again.definition.identified_endpoints:
        out = again.outcome(endpoint)
        held = ~np.isnan(out.time)
        outcomes.append({i: (t, k) for i, t, k in zip(again.ids[held], out.time[held], out.kind[held], strict=True)})
    wanted = [case.outcomes(e) for e in case.identified]
    assert len(outcomes) == len(wanted)
    for expected in wanted:
        if code in CENSORS_COMPETING:
            expected = {i: (t, 1 if k == 1 else 0) for i, (t, k) in expected.items()}
        same = [o for o in outcomes if _alike(o, expected)]
        assert same, facts(expected)


def _alike(one, other):
    return one.keys() == other.keys() and all(
        one[i][1] == other[i][1] and np.isclose(one[i][0], other[i][0], rtol=1e-9) for i in one
    )


@pytest.mark.parametrize("code", [f.code for f in FORMATS])
def test_endpoints_keep_names_of_their_own(code):
    for case in CASES[::2]:
        again, _ = handed_in_again(case, code)
        labels = [e.label for e in again.definition.identified_endpoints]
        assert len(set(labels)) == len(labels), labels
