"""Lanes, matrix, MRD and listing, recomputed from the printed tables (table1.csv, table2.csv), not our own files."""

import csv
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cohort import narrative
from cohort.options import Options
from cohort.readers import read_cohort
from cohort.results.patients import MAX_LANES, PatientsResult
from cohort.selection import Selection
from cohort.view import CohortView

DATA = Path(__file__).parents[3] / "data"
FOUNDING = DATA / "flt3-itd-sorafenib-iti"
SYNTHETIC = DATA / "synthetic-maintenance"


def rows_of(folder, name):
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def printed():
    """The two printed tables as one row a patient, with what the page needs read off by hand-made rules."""
    found = {}
    for one, two in zip(rows_of(FOUNDING, "table1.csv"), rows_of(FOUNDING, "table2.csv"), strict=True):
        assert one["No."] == two["No."]
        relapse = next(int(v) for k, v in two.items() if k.startswith("Relapse-free"))
        overall = next(int(v) for k, v in two.items() if k.startswith("Overall"))
        genes = one["Cytogenetics"] + " " + one["Gene mutation (exclude FLT3-ITD)"]  # row 2 has them in the wrong cell
        lost, remission = two["Outcomes"].startswith("Lost"), two["Status"] == "CR"
        stopped = remission and not lost and overall - relapse > 24
        found[one["No."]] = {
            "rfs": relapse,
            "os": overall,
            "remission": remission,
            "open_entry": not remission or stopped,
            "relapse_mark": two["Status"].replace(" ", "_") if not remission
            else "lost" if lost else "stopped_early" if stopped else "alive",
            "last_mark": "death" if two["Outcomes"] == "Death" else "lost" if lost else "alive",
            "genes": set(re.findall(r"[A-Z][A-Z0-9]{3,}", genes)),
            "flow": float(m[1]) if (m := re.match(r"([\d.]+)%", two["MRD ¹"])) else None,
            "transcript": float(m[1]) if (m := re.search(r"ABL ([\d.]+)%", two["MRD ¹"])) else None,
            "eln": {"f": "favourable", "i": "intermediate", "a": "adverse"}[one["Risk stratification"][0].lower()],
        }  # fmt: skip
    return found


PRINTED = printed()
PHARMACOGENES = {"ABCB1", "CYP2C19"}


@pytest.fixture(scope="module")
def founding():
    return read_cohort(FOUNDING)


@pytest.fixture(scope="module")
def synthetic():
    return read_cohort(SYNTHETIC)


def result(cohort, levels=None, cutoffs=None, **options):
    selection = Selection.of(cohort.definition, levels, cutoffs=cutoffs)
    return PatientsResult(CohortView(cohort, selection, replace(Options.default(cohort.definition), **options)))


def lanes(found):
    return list(found.view.cohort.ids[found.lanes])


@pytest.mark.parametrize(("clock", "time"), [("maintenance", "rfs"), ("diagnosis", "os")])
def test_lanes_are_sorted_by_follow_up_of_the_clock_and_ties_stay_as_printed(founding, clock, time):
    expected = sorted(PRINTED, key=lambda i: (-PRINTED[i][time], int(i)))
    assert lanes(result(founding, clock=clock)) == expected


def test_a_filter_leaves_the_others_in_the_same_order(founding):
    whole, some = lanes(result(founding)), lanes(result(founding, {"eln_risk": ["adverse", "favourable"]}))
    assert some == [i for i in whole if PRINTED[i]["eln"] != "intermediate"]


def test_on_the_maintenance_clock_nothing_is_drawn_after_the_printed_relapse_free_time(founding):
    segments = result(founding).segments.to_pylist()
    assert {(s["patient_id"], s["start"], s["stop"], s["kind"]) for s in segments} == {
        (i, 0, p["rfs"], "free") for i, p in PRINTED.items()
    }
    marks = result(founding).marks.to_pylist()
    assert {(m["patient_id"], m["time"], m["code"]) for m in marks} == {
        (i, p["rfs"], p["relapse_mark"]) for i, p in PRINTED.items()
    }
    assert [m["patient_id"] for m in marks if m["code"] == "stopped_early"] == ["18", "14", "17"]


def test_start_of_maintenance_is_exact_for_ten_and_a_span_for_nine(founding):
    kinds = {}
    for s in result(founding, clock="diagnosis").segments.to_pylist():
        kinds.setdefault(s["patient_id"], {})[s["kind"]] = (s["start"], s["stop"])
    for i, p in PRINTED.items():
        first = "unknown" if p["open_entry"] else "before"
        assert kinds[i] == {first: (0, p["os"] - p["rfs"]), "begun": (p["os"] - p["rfs"], p["os"])}, i
    bounded = {i for i in kinds if "unknown" in kinds[i]}
    assert bounded == {"2", "5", "6", "7", "9", "10", "14", "17", "18"}
    assert {p["os"] - p["rfs"] for i, p in PRINTED.items() if i not in bounded} <= set(range(4, 16))


def test_what_only_the_other_clock_dates_stands_apart(founding):
    open_entry = {i: p for i, p in PRINTED.items() if p["open_entry"]}
    last = {(m["patient_id"], m["time"], m["code"]) for m in result(founding).elsewhere.to_pylist()}
    assert last == {(i, p["os"], p["last_mark"]) for i, p in open_entry.items()}
    relapse = {
        (m["patient_id"], m["time"], m["code"]) for m in result(founding, clock="diagnosis").elsewhere.to_pylist()
    }
    assert relapse == {(i, p["rfs"], p["relapse_mark"]) for i, p in open_entry.items()}


def test_words_of_a_course_give_a_bound_where_the_start_is_not_printed(founding):
    found = result(founding)
    place = {i: k for k, i in enumerate(founding.ids)}
    for i, p in PRINTED.items():
        words = narrative.course_words(found, place[i])
        gap = p["os"] - p["rfs"]
        assert (f"at most {gap} months after diagnosis (not printed)" in words) == p["open_entry"], words
        assert f"{p['rfs']} month" in words
        assert f"{p['os']} month" in words
    assert narrative.course_words(found, place["12"]) == (
        "Alive at cut-off 38 months from start of maintenance and 51 months from diagnosis. "
        "Maintenance began 13 months after diagnosis (difference of the two follow-up times)."
    )
    assert "1 month from start of maintenance" in narrative.course_words(found, place["7"])


@pytest.mark.parametrize(
    ("show", "ids"),
    [
        ("all", set(PRINTED)),
        ("status.morphological_relapse", {"6", "7", "9"}),
        ("status.molecular_relapse", {"2", "5", "10"}),
        ("outcome.lost", {"5", "7", "10", "11"}),
        ("outcome.dead", {"6", "9", "17"}),
    ],
)
def test_an_outcome_narrows_this_page_and_no_curve(founding, show, ids):
    found, plain = result(founding, show=show), result(founding)
    assert set(lanes(found)) == ids
    assert set(found.listing["Patient"].to_pylist()) == ids
    assert found.view.life_table.equals(plain.view.life_table)
    assert found.view.n == 19


def test_sentence_counts_events_of_the_patients_shown(founding):
    sentence = narrative.patients_sentence(result(founding))
    assert sentence == (
        "19 patients: morphological relapse in 3, molecular relapse in 3 and death in 3; at last contact 12 alive at "
        "cut-off and 4 lost to follow-up. Followed for 13 to 133 months from diagnosis."
    )
    adverse = [p for p in PRINTED.values() if p["eln"] == "adverse"]
    marks = Counter(p["relapse_mark"] for p in adverse) + Counter(p["last_mark"] for p in adverse if p["open_entry"])
    sentence = narrative.patients_sentence(result(founding, {"eln_risk": ["adverse"]}))
    assert f"morphological relapse in {marks['morphological_relapse']}" in sentence
    assert f"death in {marks['death']};" in sentence
    assert "to 76 months" in sentence


def test_matrix_columns_are_drivers_by_frequency_then_pharmacogenes(founding):
    found = result(founding)
    counts = Counter(g for p in PRINTED.values() for g in p["genes"])
    drivers = [g.symbol for g in found.genes if g.driver]
    assert {g.symbol for g in found.genes if not g.driver} == PHARMACOGENES
    assert drivers[:4] == ["NPM1", "TET2", "IDH2", "DNMT3A"]
    assert [counts[g] for g in drivers] == sorted((counts[g] for g in counts if g not in PHARMACOGENES), reverse=True)
    assert "FLT3" not in "".join(drivers), "the inclusion criterion is not a finding"
    assert {g.symbol: n for g, n in found.gene_counts.items()} == dict(counts)
    for gene, who in found.reported.items():
        assert set(founding.ids[who]) == {i for i, p in PRINTED.items() if gene.symbol in p["genes"]}, gene


def test_matrix_counts_follow_the_patients_shown(founding):
    found = result(founding, {"eln_risk": ["adverse"]}, show="status.CR")
    here = [p for p in PRINTED.values() if p["eln"] == "adverse" and p["remission"]]
    assert {g.symbol: n for g, n in found.gene_counts.items()} == {
        g.symbol: sum(g.symbol in p["genes"] for p in here) for g in found.genes
    }
    assert [g.symbol for g in found.genes] == [g.symbol for g in result(founding).genes], "columns never move"


@pytest.mark.parametrize("levels", [None, {"eln_risk": ["adverse"]}, {"eln_risk": ["favourable"]}])
def test_mrd_definitions_select_the_printed_patients(founding, levels):
    def ids(test):
        return tuple(i for i, p in PRINTED.items() if test(p) and (not levels or p["eln"] in levels["eln_risk"]))

    found = {d.words: d.ids for d in result(founding, levels).mrd.definitions}
    assert found == {
        "flow ≥ 0.01 %": ids(lambda p: (p["flow"] or 0) >= 0.01),
        "flow ≥ 0.1 %": ids(lambda p: (p["flow"] or 0) >= 0.1),
        "flow or transcript ≥ 0.01 %": ids(lambda p: max(p["flow"] or 0, p["transcript"] or 0) >= 0.01),
        "anything detectable": ids(lambda p: p["flow"] or p["transcript"]),
    }
    if levels is None:
        assert [len(v) for v in found.values()] == [4, 3, 5, 7]


def test_the_cut_off_in_force_is_the_filters(founding):
    usual, moved = result(founding).mrd, result(founding, cutoffs={"mrd_flow": "0.1"}).mrd
    assert [d.words for d in usual.definitions if d.in_force] == ["flow ≥ 0.01 %"]
    assert [d.words for d in moved.definitions if d.in_force] == ["flow ≥ 0.1 %"]


def test_listing_has_labels_not_codes_and_keeps_numbers_as_numbers(founding):
    columns = result(founding).listing
    text = " ".join(str(v) for c in columns.values() for v in c.to_pylist())
    for code in ("t_8_21", "runx1_runx1t1", "none_reported", "not_tested", "molecular_relapse", "flow_only"):
        assert code not in text
    ids = columns["Patient"].to_pylist()
    assert dict(zip(ids, columns["Relapse-free survival, months"].to_pylist(), strict=True)) == {
        i: p["rfs"] for i, p in PRINTED.items()
    }
    wbc = {r["No."]: float(r["WBC (10^9/L)"]) for r in rows_of(FOUNDING, "table1.csv")}
    assert dict(zip(ids, columns["White cell count"].to_pylist(), strict=True)) == wbc
    eln = dict(zip(ids, columns["ELN 2022 risk"].to_pylist(), strict=True))
    assert eln == {i: p["eln"] for i, p in PRINTED.items()}


def test_grouped_lanes_stand_together_in_dictionary_order(founding):
    order = [PRINTED[i]["eln"] for i in lanes(result(founding, by="eln_risk"))]
    assert order == ["favourable"] * 3 + ["intermediate"] * 9 + ["adverse"] * 7


def test_a_patient_outside_the_selection_keeps_a_profile(founding):
    found = result(founding, {"eln_risk": ["favourable"]}, patient="9")
    assert not found.mask[found.patient]
    assert ("FAB class", "M7") in found.record(found.patient)["At a glance"]
    assert [r["token_raw"] for r in found.rows_of("courses", found.patient)] == ["CHAG"]


def test_a_long_list_is_thinned_evenly_and_keeps_the_open_patient(synthetic):
    found = result(synthetic)
    assert (found.n, len(found.lanes)) == (320, MAX_LANES)
    assert found.lanes[0] == found.order[0]
    assert found.lanes[-1] == found.order[-1]
    gaps = np.diff(np.flatnonzero(np.isin(found.order, found.lanes)))
    assert set(gaps) <= {5, 6}
    assert f"{MAX_LANES} of 320 patients" in narrative.lanes_note(found)
    hidden = synthetic.ids[next(i for i in found.order if i not in set(found.lanes))]
    assert hidden in lanes(result(synthetic, patient=hidden))


def test_one_clock_with_two_endpoints_dates_relapse_and_death(synthetic):
    rows = rows_of(SYNTHETIC, "endpoints.csv")
    expected = {}
    for r in rows:
        expected.setdefault(r["patient_id"], {})[r["endpoint"]] = r
    found = result(synthetic, clock="diagnosis")
    assert list(found.clocks) == ["maintenance"]
    assert found.timeline.clock.code == "maintenance"
    assert found.entry is None
    assert found.elsewhere.num_rows == 0
    stops, marks = {}, {}
    for s in found.segments.to_pylist():
        stops.setdefault(s["patient_id"], {})[s["kind"]] = s["stop"]
    for m in found.marks.to_pylist():
        marks.setdefault(m["patient_id"], set()).add((m["time"], m["code"]))
    for i in lanes(found):
        relapse, last = expected[i]["rfs"], expected[i]["os"]
        assert max(stops[i].values()) == float(last["time_lo"])
        assert stops[i]["free"] == float(relapse["time_lo"])
        assert (float(last["time_lo"]), last["event"] or last["reason"]) in marks[i]
        if relapse["event"]:
            assert (float(relapse["time_lo"]), relapse["event"]) in marks[i]


def test_what_a_cohort_does_not_have_is_absent_not_empty(synthetic):
    found = result(synthetic)
    assert found.genes == ()
    assert found.tracks == ()
    assert found.mrd is None
    assert found.rows_of("courses", 0) is None


def test_cautions_name_the_inference_only_where_it_is_shown(founding):
    codes = [c.code for c in narrative.patients_cautions(result(founding))]
    assert codes[0] == "W-HSCT"
    assert "14, 17 and 18" in narrative.patients_cautions(result(founding))[0].text
    assert "W-HSCT" not in [c.code for c in narrative.patients_cautions(result(founding, {"eln_risk": ["favourable"]}))]
    assert narrative.patients_cautions(result(founding, show="status.CR"))[0].code == "OUTCOME"
