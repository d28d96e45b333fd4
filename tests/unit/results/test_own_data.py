"""What the pages say of data that somebody handed in, of whom nobody said what the bundled cohorts say."""

from dataclasses import replace

import pytest

from cohort import narrative
from cohort.figures.patients import frame_of, patients_figure
from cohort.figures.subgroups import forest_figure
from cohort.mapping import build, propose
from cohort.narrative import subgroups as forest_words
from cohort.narrative.comparison_cautions import comparison_cautions
from cohort.options import Options
from cohort.results.adverse_events import adverse_events
from cohort.results.comparison import ComparisonResult
from cohort.results.overview import OverviewResult
from cohort.results.patients import PatientsResult
from cohort.results.subgroups import SubgroupsResult
from cohort.results.survival import SurvivalResult
from cohort.selection import Selection
from cohort.view import CohortView
from tests.support.uploads import adam, table, upload


def cohort(**columns):
    given = upload(table("own.csv", {"patient_id": [f"P{i}" for i in range(6)]} | columns))
    return build(given, propose(given))


def view(of, **options):
    return CohortView(of, Selection.of(of.definition, {}), replace(Options.default(of.definition), **options))


OS = {"os_months": [5, 9, 20, 31, 40, 44], "os_status": ["dead", "dead", "alive", "alive", "dead", "alive"]}


def stages(of):
    """Each stage of the flow as {label: patients}."""
    result = OverviewResult(view(of))
    counts = result.boxes["n"].to_pylist()
    found = [{} for _ in result.flow.place]
    for box, n in zip(result.flow.boxes, counts, strict=True):
        found[box.stage][box.label] = n
    return narrative.flow_heads(result), found


# ---- the flow --------------------------------------------------------------------------------------------------------


def test_two_endpoints_with_one_ending_have_no_first_event():
    causes = ["died of melanoma", "died of melanoma", "censored", "censored", "died of other causes", "censored"]
    heads, found = stages(cohort(**OS | {"os_status": causes}, css_months=OS["os_months"], css_status=causes))
    assert heads == ("Patients", "At last contact")
    assert found[1] == {"censored": 3, "died of melanoma": 2, "died of other causes": 1}


def test_first_events_are_those_of_the_endpoint_where_both_clocks_call_them_alike():
    own = cohort(**OS, rfs_months=[2, 9, 11, 31, 40, 44], rfs_status=["dead", "dead", "dead", "alive", "dead", "alive"])
    assert set(own.outcome(own.definition.endpoint("rfs")).event) == {"", "death"}
    _, found = stages(own)
    assert list(found[2].values()) == [2, 4]
    assert found[2][own.definition.events["death"]] == 4
    assert found[3][own.definition.events["death"]] == 3


def test_first_events_of_a_competing_endpoint_are_its_events():
    ends = ["relapse", "dead", "relapse", "censored", "dead", "censored"]
    _, found = stages(cohort(**OS, ttr_months=[2, 9, 11, 31, 40, 44], ttr_status=ends))
    assert found[2] == {"no relapse recorded": 4, "relapse": 2}


def test_a_time_that_is_missing_is_missing_where_it_belongs():
    rfs = {"rfs_months": [2, None, 11, None, None, 44], "rfs_status": [1, None, 1, None, None, 0]}
    heads, found = stages(cohort(**OS, **rfs))
    assert "Treatment" not in heads
    assert found[1] == {"time zero of the uploaded file": 6}, "all are followed from there, for survival"
    assert found[2]["not reported"] == 3


# ---- the lanes -------------------------------------------------------------------------------------------------------


def lanes():
    """P0 has a relapse and is followed on; P1 is censored for relapse at once; the others have one time only."""
    ends = ["relapse", "completed", "censored", "censored", "dead", "censored"]
    return cohort(**OS, rfs_months=[2, 1, 20, 31, 40, 44], rfs_status=ends)


def test_nobody_is_followed_after_an_event_they_did_not_have():
    result = PatientsResult(view(lanes()))
    found = {}
    for row in result.segments.to_pylist():
        found.setdefault(row["patient_id"], []).append((row["kind"], row["start"], row["stop"]))
    assert found["P0"] == [("free", 0, 2), ("after", 2, 5)]
    assert found["P1"] == [("free", 0, 1), ("ended", 1, 9)]
    assert found["P4"] == [("free", 0, 40)]
    drawn = patients_figure(result)["datasets"]["segments"].to_pylist()
    assert {r["kind"] for r in drawn if r["row"] == [*result.view.cohort.ids[result.lanes]].index("P1")} == {
        "followed, no event yet", "censored for one endpoint, still followed",
    }  # fmt: skip
    assert frame_of(result, "light").segments == ("free", "ended", "after")


def test_no_two_marks_share_shape_and_filling():
    marks = frame_of(PatientsResult(view(lanes())), "light").marks
    assert len(marks) == 5
    assert len({(m.shape, m.filled) for m in marks}) == 5
    hollow = {m.label for m in marks if not m.filled and m.shape not in ("cross", "arrow", "question")}
    assert {"completed", "censored"} <= hollow, "who was censored had no event"


def test_ids_that_begin_alike_stay_apart():
    given = upload(table("own.csv", OS | {"patient_id": [f"TCGA-AB-28-LONG-NAME-{i:04d}" for i in range(6)]}))
    result = PatientsResult(view(build(given, propose(given))))
    rows = patients_figure(result)["datasets"]["lanes"].to_pylist()
    assert len({r["name"] for r in rows}) == 6
    assert all(r["name"].startswith("…") and r["name"].endswith(r["id"][-4:]) for r in rows)
    assert frame_of(result, "light").labels > 44


# ---- the forest ------------------------------------------------------------------------------------------------------


def sections(result):
    return [r["text"] for r in forest_figure(result)["datasets"]["labels"].to_pylist() if r["weight"] == "section"]


def test_of_somebody_s_own_data_nothing_is_called_pre_specified():
    risk = {"eln_risk": ["low", "high"] * 3}
    both = SubgroupsResult(view(cohort(**OS, **risk, sex=["f", "m", "m"] * 2)))
    assert sections(both) == ["MAIN CHARACTERISTICS", "FURTHER CHARACTERISTICS"]
    assert sections(SubgroupsResult(view(cohort(**OS, **risk)))) == ["CHARACTERISTICS"]
    said = [forest_words.subgroups_caption(both), forest_words.subgroups_alt(both)]
    said += [r["part"] for r in forest_words.subgroups_records(both)]
    assert not [text for text in said if "pre-specified" in text.lower()]


def test_levels_that_begin_alike_stay_apart_in_the_forest():
    names = ["Complex - >= 3 distinct abnormalities, no monosomy", "Complex - >= 3 distinct abnormalities, monosomal"]
    spec = forest_figure(SubgroupsResult(view(cohort(**OS, karyotype=names * 3))))
    shown = [r["text"] for r in spec["datasets"]["labels"].to_pylist() if r["weight"] == "level"]
    assert len(shown) == len(set(shown)) == 2
    assert all("…" in text for text in shown)


# ---- words -----------------------------------------------------------------------------------------------------------


def association(of, by):
    (found,) = (c.text for c in comparison_cautions(ComparisonResult(SurvivalResult(view(of, by=by))))
                if c.code == "association")  # fmt: skip
    return found


def test_an_association_is_one_in_treated_patients_only_where_all_are_said_to_be():
    own = cohort(**OS, azacitidine_treatment=["yes", "no"] * 3, sex=["f", "m"] * 3)
    assert own.definition.variable("azacitidine_treatment").role == "treatment"
    assert association(own, "azacitidine_treatment").endswith("is an association with treatment, not its effect.")
    assert association(own, "sex").endswith("is a prognostic association.")


def test_attribution_is_counted_from_the_events():
    given = adam()
    related = {"PROBABLE": "yes", "POSSIBLE": "yes", "NONE": "no"}
    kept = [i for i, flag in enumerate(given.table("adae.xpt").column("TRTEMFL").values.to_pylist()) if flag == "Y"]
    said = given.table("adae.xpt").column("AEREL").values.to_pylist()
    ids = given.table("adae.xpt").column("USUBJID").values.to_pylist()
    found = [related.get(said[i], "") for i in kept if ids[i] != "S1-999" and said[i] != "REMOTE"]
    assert (found.count("yes"), found.count("no"), found.count("")) == (2, 1, 1)
    own = build(given, propose(given))
    events = own.tables["ae_events"].to_pylist()
    remote = {r["related"] for r in events if r["patient_id"] == "S1-002"}.pop()  # REMOTE, however it is read
    more = found.count("no") + (remote == "no"), found.count("") + (remote is None)
    card = dict(narrative.adverse_events_card(adverse_events(view(own))))
    assert card["Attribution"] == (
        f"by event, in all patients: 2 related, {more[0]} not related, {more[1]} not reported"
    )


def test_table_one_prints_each_heading_once():
    own = cohort(
        **OS, karyotype=["a", "b"] * 3, Alter=[50, 60, 70, 55, 65, 75], blasts=[20, 30, 25, 40, 50, 60],
        Geschlecht=["w", "m"] * 3, sex=["f", "m"] * 3,
    )  # fmt: skip
    rows = narrative.table_one_as_printed(OverviewResult(view(own))).rows
    found = {}
    for row in rows:
        if row.kind == "group":
            assert row.label not in found
            mine = found[row.label] = []
        elif row.kind in ("variable", "number"):
            mine.append(row.label.partition(",")[0])
    assert found == {"Characteristics": ["karyotype", "blasts"], "Patient": ["Alter", "Geschlecht", "sex"]}


@pytest.mark.parametrize(
    ("values", "printed"),
    [([-37, -14, -10, -10, -7, -2], "-10 (-13 to -7.8; -37 to -2)"), ([2, 4, 6, 6, 8, 10], "6 (4.5–7.5; 2–10)")],
)
def test_ranges_of_negative_numbers_can_be_read(values, printed):
    own = cohort(**OS, demo_day=values)
    rows = narrative.table_one_as_printed(OverviewResult(view(own))).rows
    assert next(row for row in rows if row.kind == "number").cells == (printed,)


def test_a_label_in_title_case_is_small_inside_a_sentence():
    given = upload(table("own.csv", {"patient_id": [f"P{i}" for i in range(6)], "sex": ["f", "m"] * 3} | OS))
    mapping = propose(given)
    named = tuple(replace(e, label="Overall Survival") for e in mapping.endpoints)
    own = view(build(given, replace(mapping, endpoints=named)))
    said = (
        narrative.survival_sentence(SurvivalResult(own)),
        forest_words.subgroups_sentence(SubgroupsResult(own)),
        forest_words.subgroups_alt(SubgroupsResult(own)),
    )
    for text in said:
        assert "overall survival" in text
        assert "Survival" not in text
