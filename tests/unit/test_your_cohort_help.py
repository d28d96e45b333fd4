"""The help of the page Your cohort: every example in it is read, and becomes what the help says."""

import re
from pathlib import Path

import pytest

from cohort.draft import Draft
from cohort.narrative.your_cohort import ACCEPTED, FORMATS
from cohort.readers.upload import read_upload

HELP = (Path(__file__).resolve().parents[2] / "docs" / "your-cohort.md").read_text(encoding="utf-8")
SECTIONS = dict(s.split("\n", 1) for s in re.split(r"^## ", HELP, flags=re.MULTILINE)[1:])


def example(section):
    files = re.findall(r"^`([\w.]+)`\n\n```\n(.*?)```", SECTIONS[section], flags=re.MULTILINE | re.DOTALL)
    return Draft.of(read_upload([(name, text.encode()) for name, text in files]))


@pytest.mark.parametrize(
    ("section", "format_", "patients", "events"),
    [
        ("CSV, TSV", "csv", 5, 2),
        ("CDISC ADaM", "adam", 4, 2),
        ("cBioPortal", "cbioportal", 4, 2),
        ("REDCap", "redcap", 4, 2),
    ],
)
def test_an_example_becomes_what_is_said_of_it(section, format_, patients, events):
    shown = example(section)
    assert shown.upload.format == format_
    assert not shown.stops
    (endpoint,) = shown.endpoints
    assert (endpoint.label, endpoint.n, endpoint.events) == ("Overall survival", patients, events)
    assert shown.build().n == patients


def test_what_is_said_of_single_examples_holds():
    cohort = example("CSV, TSV").build()
    assert [lv.label for lv in cohort.definition.variable("risk_group").levels] == ["low", "intermediate", "high"]
    assert [r.label for r in cohort.definition.reasons if r.lost] == ["lost to follow-up"]
    events = example("CDISC ADaM").build().table("ae_events").to_pylist()
    assert max(e["grade"] for e in events if e["term"] == "Nausea") == 3
    redcap = example("REDCap").build().definition
    assert redcap.variable("drug").kind == "set"
    assert "first_name" not in [v.name for v in redcap.variables]


def test_every_format_has_a_section_and_is_named_on_the_page():
    heads = " ".join(SECTIONS).lower()
    for name in FORMATS.values():
        assert name.lower().replace("sas transport", ".xpt") in heads, name
        assert name.lower().replace("sas transport", ".xpt") in ACCEPTED.lower(), name
