"""The survival page: sentence, figure, alternative text and table say the same, recomputed from the CSV files."""

import json
from functools import partial

import pytest

from tests.support import printed
from tests.support.harness import alternative_text, dataset, figure, open_page, part

page = partial(open_page, "survival")


@pytest.mark.parametrize("risk", ["favourable", "intermediate", "adverse"])
def test_sentence_and_table_count_the_patients_of_the_csv(risk):
    at = page(eln_risk=[risk], endpoint=["ttr_pub"])
    rows = printed.who({"eln_risk": {risk}})
    events = printed.events_among(rows, "ttr_pub")
    assert not at.exception
    assert f"{events} of {len(rows)} patients relapsed" in at.markdown[0].value
    assert part(at, "table", "estimates")["rows"][0][1] == str(len(rows))
    at_zero = [c["text"] for c in dataset(figure(at), "cells") if c["x"] == 0]
    assert at_zero == [str(len(rows)), "0", "0"]


def test_alternative_text_is_computed_from_the_numbers():
    at = page(endpoint=["ttr_pub"])
    text = alternative_text(at, "survival_figure")
    assert "Relapse-free survival, 19 patients, 6 events" in text
    assert "24 months 66 % (37–88 %), 9 at risk" in text


def test_specification_stays_while_filters_change():
    specs = {json.dumps(json.loads(figure(page(eln_risk=[r])).spec)) for r in ("favourable", "adverse")}
    assert len(specs) == 1


def test_files_are_not_made_before_they_are_asked_for():
    assert not page().get("download_button")


def test_interval_is_named_and_changes_the_numbers():
    texts = {i: alternative_text(page(interval=[i]), "survival_figure") for i in ("bpcp", "log-log")}
    assert "12 months 100 % (82–100 %)" in texts["bpcp"]
    assert "12 months 100 % (not estimable)" in texts["log-log"]
