"""A published curve beside the cohort's own: drawn where it fits, never moved by a filter, else said why not."""

import json

import pytest

from cohort import open_view, read_cohort
from cohort.charts.kaplan_meier import EXTERNAL
from cohort.charts.kaplan_meier_rows import LABEL_GAP
from cohort.comparator import Comparator, comparable
from cohort.exports.figure import SINGLE, svg
from cohort.figures.survival import envelope_figure, survival_figure, survival_file
from cohort.narrative.external import external_alt, external_caption, external_cautions
from cohort.readers.comparator import read_comparator
from cohort.results.envelope import EnvelopeResult
from cohort.results.survival import SurvivalResult
from tests.support.views import FOUNDING, SYNTHETIC

COHORT = read_cohort(SYNTHETIC)
(CURVE,) = COHORT.comparators
LINES = (SYNTHETIC / "comparators" / "synthetic-registry.csv").read_text(encoding="utf-8").splitlines()
ROWS = [line.split(",") for line in LINES if line[0].isdigit()]


def figure(external=CURVE, endpoint="rfs", **asked):
    return survival_figure(SurvivalResult(open_view(COHORT, endpoint, **asked)), external=external)


def without_data(spec):
    return json.dumps({k: v for k, v in spec.items() if k != "datasets"}, sort_keys=True)


def test_the_line_is_the_files_rows_in_percent_and_dashed():
    spec = figure()
    drawn = spec["datasets"]["external"].to_pylist()
    assert [(r["x"], round(r["s"], 9)) for r in drawn] == [(float(t), float(s)) for t, s, _ in ROWS]
    layer = next(x for x in spec["layer"] if x["data"] == {"name": "external"})
    assert layer["mark"]["interpolate"] == "step-after"
    assert len(layer["mark"]["strokeDash"]) == 2


@pytest.mark.parametrize("by", ["none", "treatment", "eln_risk"])
def test_a_filter_changes_data_sets_only_and_not_the_published_curve(by):
    whole, some = figure(by=by), figure(by=by, where={"sex": ["female"]})
    assert without_data(whole) == without_data(some)
    assert whole["datasets"]["external"] == some["datasets"]["external"]


def test_its_numbers_at_risk_stand_in_a_row_of_their_own_at_the_ticks_they_are_known_at():
    spec = figure(by="eln_risk")
    cells = [c for c in spec["datasets"]["cells"].to_pylist() if c["g"] == EXTERNAL]
    known = {float(t): n for t, _, n in ROWS if n}
    ticks = {c["x"] for c in spec["datasets"]["cells"].to_pylist()}
    assert {c["x"]: c["text"] for c in cells} == {t: n for t, n in known.items() if t in ticks}
    own = {c["row"] for c in spec["datasets"]["cells"].to_pylist() if c["g"] != EXTERNAL}
    assert {c["row"] for c in cells} == {max(own) + 1}
    assert figure(by="eln_risk")["height"] > figure(None, by="eln_risk")["height"]


def test_without_numbers_at_risk_there_is_no_such_row():
    bare = read_comparator("\n".join(line.rpartition(",")[0] if line[0] in "t0123456789" else line
                                     for line in LINES).encode(), "bare.csv", COHORT.definition)  # fmt: skip
    spec = figure(bare)
    assert EXTERNAL not in spec["datasets"]["cells"]["g"].to_pylist()
    assert "external" in spec["datasets"]
    assert spec["height"] == figure(None)["height"]


def test_its_label_says_external_and_unadjusted_and_covers_no_other():
    ends = figure(by="eln_risk")["datasets"]["ends"].to_pylist()
    label = next(e for e in ends if e["g"] == EXTERNAL)
    assert label["text"].replace("\n", " ") == f"external, unadjusted: {CURVE.label}"
    lines = label["text"].count("\n") + 1
    for other in (e for e in ends if e["g"] != EXTERNAL and abs(e["x"] - label["x"]) < 5):
        assert not label["s"] - LABEL_GAP * lines < other["s"] < label["s"] + LABEL_GAP


@pytest.mark.parametrize("asked", [{"endpoint": "os"}, {"endpoint": "cir"}, {"landmark": "6"}])
def test_where_it_does_not_fit_nothing_is_drawn_and_a_caution_says_why(asked):
    view = open_view(COHORT, **{"endpoint": "rfs"} | asked)
    spec = survival_figure(SurvivalResult(view), external=CURVE)
    assert without_data(spec) == without_data(survival_figure(SurvivalResult(view)))
    assert "external" not in spec["datasets"]
    (caution,) = external_cautions(view, CURVE)
    assert "is not drawn: it shows “Relapse-free survival from start of maintenance" in caution.text
    assert view.endpoint.label in caution.text
    assert external_alt(view, CURVE) == ""


def test_another_time_zero_does_not_fit():
    moved = Comparator(CURVE.label, CURVE.citation, CURVE.endpoint_code, CURVE.table, "diagnosis")
    view = open_view(COHORT, "rfs")
    assert comparable(CURVE, view)
    assert not comparable(moved, view)
    assert "counted from diagnosis, and this figure" in external_cautions(view, moved)[0].text


def test_it_stands_beside_an_envelope_too():
    founding = read_cohort(FOUNDING)
    text = "\n".join(LINES).replace("endpoint: rfs", "endpoint: rfs_eln")
    curve = read_comparator(text.encode(), "x.csv", founding.definition)
    spec = envelope_figure(EnvelopeResult(open_view(founding, "rfs_eln")), external=curve)
    assert spec["datasets"]["external"].num_rows == len(ROWS)


def test_caption_and_alternative_text_name_source_and_numbers():
    caption = external_caption(CURVE)
    for words in ("external, unadjusted", CURVE.citation, CURVE.population,
                  "not adjusted for differences between the populations"):  # fmt: skip
        assert words in caption
    assert external_caption(None) == ""
    at = {float(t): s for t, s, _ in ROWS}
    assert f"24 months {at[24]} %" in external_alt(open_view(COHORT, "rfs"), CURVE)
    assert external_cautions(open_view(COHORT, "rfs"), None) == ()
    assert "adjusted for nothing" in external_cautions(open_view(COHORT, "rfs"), CURVE)[0].text


def test_the_file_carries_curve_caption_and_label():
    result = SurvivalResult(open_view(COHORT, "rfs", by="treatment"))
    text = svg(survival_file(result, external=CURVE)).decode()
    for piece in ("External, at risk", "unadjusted:", "made-up registry", "not adjusted for differences"):
        assert piece in text, piece
    assert "External, at risk" in svg(survival_figure(result, external=CURVE), SINGLE).decode()
    assert "unadjusted" not in svg(survival_file(result)).decode()
