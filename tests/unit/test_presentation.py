"""Slides: what is kept, what is drawn of it, the highlighted patient, and the file of a sequence."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from cohort.errors import UploadError
from cohort.figures.presentation import READABLE, TYPE, ZOOM, present_figure
from cohort.narrative import presentation as words
from cohort.options import Options
from cohort.presentation import MAX_TITLE, PAGES, Slide, changed, checksum, draw, from_json, is_drawn, moved, to_json
from cohort.readers import read_cohort
from cohort.results.subgroups import SubgroupsResult
from cohort.selection import Selection
from cohort.view import CohortView
from tests.support import printed

SYNTHETIC = read_cohort("data/synthetic-maintenance")
FOUNDING = read_cohort(printed.FOLDER)


def view(cohort=FOUNDING, selection=None, **options):
    definition = cohort.definition
    return CohortView(
        cohort, Selection.of(definition, selection or {}), replace(Options.default(definition), **options)
    )


def texts(svg):
    return ["".join(e.itertext()) for e in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def slides():
    return tuple(
        Slide.of(view(selection={"eln_risk": ["adverse"]}, endpoint="ttr_pub", patient="9"), page) for page in PAGES
    )


# ---- kept and read again ---------------------------------------------------------------------------------------------


def test_a_slide_is_the_view_it_was_made_of():
    seen = view(selection={"eln_risk": ["adverse"], "sex": ["female"]}, endpoint="ttr_pub", by="timing", interval="log")
    again, refused = Slide.of(seen, "survival").view(FOUNDING)
    assert (again.selection, again.options, refused) == (seen.selection, seen.options, ())


def test_a_patient_is_highlighted_where_a_page_can():
    seen = view(patient="9")
    assert [Slide.of(seen, page).highlight for page in PAGES] == ["", "9", "", "", "9"]
    assert not [s for s in slides() if "patient" in dict(s.parameters)]


def test_a_sequence_survives_its_file():
    kept = changed(slides(), 1, title="Adverse risk <b>&")
    assert from_json(to_json(kept), "x.json") == kept


def test_order_and_titles():
    kept = slides()
    assert [s.page for s in moved(kept, 0, 1)] == ["survival", "overview", "subgroups", "adverse_events", "patients"]
    assert moved(kept, 0, -1) == kept
    assert moved(kept, 4, 1) == kept
    assert changed(kept, 2, title="a\u202e\n b" + "x" * 500)[2].title == ("a b" + "x" * 500)[:MAX_TITLE]
    assert draw(changed(kept, 1, title="Mine")[1], FOUNDING).title == "Mine"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "not a sequence"),
        (b'{"format": "riskset presentation 1", "slides": [' + b"{}," * 99 + b"{}]}", "at most 60"),
        (b'{"format": "riskset presentation 1", "slides": [{}]}', "row 1"),
        (b" " * 600_000, "too large"),
    ],
)
def test_what_is_no_sequence_is_refused_in_a_sentence(content, said):
    with pytest.raises(UploadError, match=said):
        from_json(content, "x.json")


def test_an_unknown_page_is_refused_and_an_unknown_level_said():
    row = json.loads(to_json(slides()[1:2]))
    row["slides"][0]["parameters"]["eln_risk"] = ["bogus"]
    (slide,) = from_json(json.dumps(row).encode(), "x.json")
    shown, refused = slide.view(FOUNDING)
    assert shown.n == len(printed.patients())
    assert ["bogus" in problem.sentence() for problem in refused] == [True]
    row["slides"][0]["page"] = "../app"
    with pytest.raises(UploadError, match="unknown page"):
        from_json(json.dumps(row).encode(), "x.json")


# ---- drawn -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("seen", [view(endpoint="ttr_pub", by="eln_risk"), view(SYNTHETIC, by="treatment")])
def test_a_slide_is_drawn_large_in_light_and_dark_and_once(page, seen):
    slide = Slide.of(seen, page)
    drawn = draw(slide, seen.cohort)
    assert is_drawn(slide, seen.cohort)
    assert draw(slide, seen.cohort) is drawn
    assert set(drawn.figures) == {"light", "dark"}
    assert texts(drawn.figures["light"]) == texts(drawn.figures["dark"])
    assert drawn.figures["light"] != drawn.figures["dark"]
    sizes = [float(s) for s in re.findall(r'font-size="([\d.]+)px"', drawn.figures["light"])]
    assert min(sizes) >= TYPE
    root = ElementTree.fromstring(drawn.figures["light"])
    width = float(root.attrib["viewBox"].split()[2])
    assert TYPE * (1920 - 88) / width >= 30
    assert re.search(r"\d", root.attrib["aria-label"])
    for text in (drawn.title, drawn.sentence, drawn.foot):
        assert text
        assert not re.search(r"\b(NaN|nan|None|inf)\b|benefit", text)


def test_readable_is_twenty_pixels_on_the_small_projector():
    assert READABLE * 1280 / 1920 >= 20
    assert pytest.approx(READABLE) == TYPE * ZOOM


def test_numbers_at_risk_are_those_of_the_files():
    figure = present_figure(view(endpoint="ttr_pub", by="eln_risk"), "survival", 1800, 800)
    seen = printed.outcomes("ttr_pub")
    cells = {(c["g"], c["x"]): c["text"] for c in figure.spec["datasets"]["cells"]}
    for code in ("favourable", "intermediate", "adverse"):
        times = [seen[r["patient_id"]][0] for r in printed.who({"eln_risk": {code}})]
        for month in (0, 12, 24):
            assert cells[code, month] == str(sum(t >= month for t in times))


def test_what_cannot_be_read_is_left_out_and_counted():
    figure = present_figure(view(), "subgroups", 1800, 800)
    everything = len(SubgroupsResult(view()).rows)
    shown = sum(r["weight"] == "level" for r in figure.spec["datasets"]["labels"])
    assert 0 < shown < everything
    assert f"the first {shown} of {everything} rows" in draw(Slide.of(view(), "subgroups"), FOUNDING).foot
    some = present_figure(view(SYNTHETIC), "patients", 1800, 800)
    lanes = len(some.spec["datasets"]["lanes"])
    assert some.note == f"{lanes} of {SYNTHETIC.n} patients drawn, evenly spaced through the list"


def test_ratios_of_a_slide_do_not_take_the_place_of_the_page_s():
    seen = view(endpoint="ttr_pub", forest="ratio")
    draw(Slide.of(seen, "subgroups"), FOUNDING)
    result = SubgroupsResult(seen)
    assert len(result.ratios) == len(result.rows)


def test_nobody_selected_and_bounded_times_leave_words_only():
    nobody = view(selection={"eln_risk": ["favourable"], "fab_major": ["M7"]})
    for page in PAGES:
        drawn = draw(Slide.of(nobody, page), FOUNDING)
        assert not drawn.figures
        assert drawn.sentence
    bounded = draw(Slide.of(view(endpoint="rfs_eln"), "subgroups"), FOUNDING)
    assert not bounded.figures
    assert "between limits" in bounded.sentence


# ---- the highlighted patient -----------------------------------------------------------------------------------------


def kaplan_meier_at(rows, month):
    """The product-limit estimate in percent, from the printed times."""
    seen = [printed.outcomes("ttr_pub")[r["patient_id"]] for r in rows]
    share = 1.0
    for t in sorted({t for t, event, _ in seen if event and t <= month}):
        share *= 1 - sum(x == t and e != "" for x, e, _ in seen) / sum(x >= t for x, _, _ in seen)
    return 100 * share


@pytest.mark.parametrize("patient", ["9", "14", "3"])
def test_the_point_where_a_patient_leaves_is_marked_and_named(patient):
    figure = present_figure(view(endpoint="ttr_pub", by="eln_risk", patient=patient), "survival", 1800, 800)
    (point,) = figure.spec["datasets"]["highlight"]
    (row,) = [r for r in printed.patients() if r["patient_id"] == patient]
    time, event, reason = printed.outcomes("ttr_pub")[patient]
    what = FOUNDING.definition.events.get(event) or FOUNDING.definition.reason(reason).label
    assert point["x"] == min(time, figure.spec["datasets"]["cells"][-1]["x"])
    assert point["s"] == pytest.approx(kaplan_meier_at(printed.who({"eln_risk": {row["eln_risk"]}}), time))
    assert point["text"] == f"patient {patient}: {what}, {time:g} month{'' if time == 1 else 's'}"


def test_a_patient_s_lane_stays_and_the_others_are_dimmed():
    figure = present_figure(view(SYNTHETIC, patient="S100"), "patients", 1800, 800)
    lanes = figure.spec["datasets"]["lanes"]
    assert [r["id"] for r in lanes if r["open"]] == ["S100"]
    veil = figure.spec["layer"][-1]
    assert veil["transform"] == [{"filter": "!datum.open"}]
    plain = present_figure(view(SYNTHETIC), "patients", 1800, 800)
    assert len(plain.spec["layer"]) == len(figure.spec["layer"]) - 1


def test_counts_among_patients_with_the_same_traits_never_a_prediction():
    seen = view(selection={"eln_risk": ["adverse"]}, endpoint="ttr_pub", by="sex", patient="9")
    (patient,) = [r for r in printed.patients() if r["patient_id"] == "9"]
    mates = printed.who({"eln_risk": {"adverse"}, "sex": {patient["sex"]}})
    drawn = draw(Slide.of(seen, "survival"), FOUNDING)
    sex = FOUNDING.definition.variable("sex").level(patient["sex"]).label
    counted = f"{printed.events_among(mates, 'ttr_pub')} of {len(mates)} patients with these traits"
    assert f"{counted} (ELN 2022 risk adverse; Sex {sex}) relapsed." in drawn.sentence
    assert "%" not in drawn.sentence
    assert "counts, not a prediction" in drawn.foot


def test_a_patient_outside_the_view_is_said_to_be_so():
    seen = view(selection={"eln_risk": ["favourable"]}, endpoint="ttr_pub", patient="9")
    assert draw(Slide.of(seen, "survival"), FOUNDING).sentence == "Patient 9 is not among the patients in view."
    assert "highlight" not in present_figure(seen, "survival", 1800, 800).spec["datasets"]


# ---- the foot --------------------------------------------------------------------------------------------------------


def test_the_foot_says_how_the_data_came_about_and_who_is_in_view():
    seen = view(selection={"eln_risk": ["adverse"]})
    foot = draw(Slide.of(seen, "survival"), FOUNDING).foot
    assert foot == "Retrospective, single centre, single arm, 7 of 19 patients; not for treatment decisions."
    renamed = draw(replace(Slide.of(seen, "survival"), title="Mine"), FOUNDING).foot
    assert "7 of 19 patients (ELN 2022 risk adverse)" in renamed
    made_up = draw(Slide.of(view(SYNTHETIC), "survival"), SYNTHETIC).foot
    assert made_up.startswith(f"Synthetic data, no patient is real, n = {SYNTHETIC.n}")
    assert words.slide_title(seen, "survival").endswith(": ELN 2022 risk adverse")


def test_a_slide_remembers_the_data_it_was_kept_with():
    assert Slide.of(view(), "survival").data == checksum(FOUNDING) == FOUNDING.fingerprint[:12]
