"""Whatever table is handed in, and whatever is made of its proposal, the end is a cohort or a sentence."""

import datetime
from contextlib import suppress
from dataclasses import replace

import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cohort.errors import CohortError
from cohort.mapping import Mapping, build, findings, propose
from cohort.mapping.roles import KINDS, ROLES
from cohort.readers.raw import RawColumn, RawTable, Upload
from cohort.tables import Cohort

NAMES = ["id", "patient_id", "USUBJID", "OS_MONTHS", "OS_STATUS", "time", "status", "cens", "CNSR", "AVAL", "PARAMCD"]
NAMES += ["AEDECOD", "AESEV", "sex", "age", "death_date", "diagnosis_date", "last_contact", "gym___1", "gym___2", "by"]
NAMES += ["patient", "not_reported", "a;b", 'x "y"', "", "\u041c", "=1+1", "<b>x</b>", "line\nbreak", "{{x}}"]
WORDS = [
    "alive",
    "dead",
    "1:DECEASED",
    "0:LIVING",
    "yes",
    "no",
    "Yes ",
    "M",
    "\u041c",
    "< 0.01 %",
    "12,5",
    "3 mg",
    "a;b",
]
WORDS += ["b;c", "not_reported", "", " ", "=SUM(A1)", '"', "\n", "\x00", "\u202e", "grade 3", "1", "0", "II"]
texts = st.one_of(st.sampled_from(WORDS), st.text(st.characters(exclude_categories=["Cs"]), max_size=6))
CELLS = {
    pa.string(): texts,
    pa.float64(): st.one_of(st.floats(width=64), st.sampled_from([0.0, 1.0, 2.0, -0.03, 730.0])),
    pa.int64(): st.one_of(st.integers(0, 3), st.integers(-(2**62), 2**62)),
    pa.bool_(): st.booleans(),
    pa.date32(): st.dates(datetime.date(1900, 1, 1), datetime.date(2100, 1, 1)),
}


@st.composite
def tables(draw, name):
    n = draw(st.integers(0, 12))
    names = draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=8))
    columns = []
    for column in names:
        kind = draw(st.sampled_from(list(CELLS)))
        values = draw(st.lists(st.one_of(st.none(), CELLS[kind], CELLS[kind]), min_size=n, max_size=n))
        found = [str(v) for v in values if v is not None][:3] if draw(st.booleans()) else []
        columns.append(RawColumn(column, pa.array(values, kind), levels={v: f"label {v}" for v in found}))
    if draw(st.booleans()):  # beside whatever else there is, an endpoint that is in order
        times, events = (draw(st.lists(of, min_size=n, max_size=n)) for of in (st.floats(0, 99), st.integers(0, 1)))
        columns += [
            RawColumn("rfs_months", pa.array(times, pa.float64())),
            RawColumn("rfs_event", pa.array(events, pa.int64())),
        ]
    return RawTable(name, tuple(columns))


formats = st.sampled_from(["csv", "redcap", "cbioportal", "adam", "spss"])
uploads = st.builds(
    lambda kind, *parts: Upload(kind, parts, digest="ab" * 32), formats, tables("a.csv"), tables("b.csv"), tables("c")
)
for_every_upload = settings(deadline=None, max_examples=120, suppress_health_check=list(HealthCheck))


def ends(upload, mapping):
    """A cohort or a sentence, with the repairs and without; every finding is whole."""
    found = findings(upload, mapping)
    for accepted in ((), {f.repair.code for f in found if f.repair}):
        with suppress(CohortError):
            assert isinstance(build(upload, mapping, accepted), Cohort)
    assert all(f.severity in ("stop", "repair", "note") and f.sentence for f in found)


@for_every_upload
@given(uploads)
def test_a_proposal_ends_in_a_cohort_or_a_sentence(upload):
    with suppress(CohortError):
        mapping = propose(upload)
        assert Mapping.from_json(mapping.to_json()) == mapping
        ends(upload, mapping)


@for_every_upload
@given(uploads, st.data())
def test_an_edited_proposal_does_too(upload, data):
    with suppress(CohortError):
        mapping = propose(upload)
        role, kind = st.sampled_from(ROLES), st.sampled_from(KINDS)
        columns = tuple(
            replace(c, role=data.draw(role), kind=data.draw(kind)) if data.draw(st.booleans()) else c
            for c in mapping.columns
        )
        ends(upload, replace(mapping, columns=columns))
