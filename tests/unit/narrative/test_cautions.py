"""Cautions: what the dictionary says holds for the definition in view, and the first one has a why."""

import shutil

import pytest

from cohort import read_cohort
from cohort.errors import DefinitionError
from cohort.narrative import survival_cautions
from cohort.narrative.envelope import envelope_cautions
from cohort.options import Options
from cohort.readers.definition import parse_definition
from cohort.results.envelope import EnvelopeResult
from cohort.results.survival import SurvivalResult
from cohort.selection import Selection
from cohort.view import CohortView
from tests.support import printed
from tests.support.views import SYNTHETIC

COHORT = read_cohort(printed.FOLDER)


def codes(cohort=COHORT, **query):
    options, rejected, _ = Options.from_query({k: [v] for k, v in query.items()}, cohort)
    assert not rejected
    view = CohortView(cohort, Selection(), options)
    found = (
        envelope_cautions(EnvelopeResult(view)) if view.estimand.bounded else survival_cautions(SurvivalResult(view))
    )
    assert found[0].why, "the list of reasons opens with the first one's"
    return [c.code for c in found]


def test_a_caution_that_the_definition_in_view_contradicts_is_left_out():
    published = codes(endpoint="ttr_pub")
    assert {"W-RFS", "W-HSCT"} <= set(published)
    assert "W-RFS" not in codes(endpoint="ttr_pub", deaths="counted")
    for how in ("counted", "competing"):
        composed = codes(endpoint="ttr_pub", treat=f"stopped_early.{how}")
        assert "W-HSCT" not in composed
        assert "W-RFS" in composed
    assert codes(endpoint="ttr_pub", treat="molecular_relapse.censored").count("W-HSCT") == 1


def test_the_first_caution_has_a_why_where_only_the_dictionary_speaks():
    assert codes(read_cohort(SYNTHETIC), by="treatment") == ["W-SYNTHETIC"]
    assert codes(endpoint="ttr_pub", deaths="counted", treat="molecular_relapse.competing")[0] == "bounds"


def test_what_ends_a_caution_is_text():
    raw = {
        "id": "x", "title": "x", "files": {"patients": "p.csv"}, "variables": [],
        "endpoints": [{"code": "os", "label": "OS", "kind": "survival", "origin": "diagnosis", "event": ["death"]}],
        "caveats": [{"id": "C1", "text": "…", "unless": "deaths.counted"}],
    }  # fmt: skip
    assert parse_definition(raw).caveats[0]["unless"] == "deaths.counted"
    with pytest.raises(DefinitionError, match="\"unless\" of caveat 'C1' is not text"):
        parse_definition(raw | {"caveats": [{"id": "C1", "text": "…", "unless": ["deaths.counted"]}]})


def test_a_reason_without_a_noun_goes_by_its_label(tmp_path):
    folder = tmp_path / "bare"
    shutil.copytree(printed.FOLDER, folder)
    text = (folder / "cohort.toml").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("noun = ")]
    (folder / "cohort.toml").write_text("\n".join(lines), encoding="utf-8")
    cohort = read_cohort(folder)
    options, _, _ = Options.from_query({"endpoint": ["ttr_pub"], "treat": ["stopped_early.competing"]}, cohort)
    endpoint = CohortView(cohort, Selection(), options).endpoint
    assert "relapse follow-up ends early (transplant inferred) competes with it" in endpoint.definition
