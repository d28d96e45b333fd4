"""The overview: flow, sentence, Table 1 and gaps of a selection, recomputed from the cohort's CSV files."""

import csv
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cohort import narrative
from cohort.behind import behind, level_code
from cohort.options import Options
from cohort.readers import read_cohort
from cohort.results.overview import OverviewResult
from cohort.selection import Selection
from cohort.view import CohortView
from tests.support import printed

DATA = Path(__file__).parents[3] / "data"
CLOCKS = {"flt3-itd-sorafenib-iti": ("ttr_pub", "os_dx"), "synthetic-maintenance": ("rfs", "os")}
SELECTIONS = [
    {},
    {"eln_risk": ["favourable"]},
    {"eln_risk": ["adverse"], "sex": ["female"]},
    {"mrd_flow": ["positive"]},
]


@pytest.fixture(scope="module")
def cohorts():
    return {name: read_cohort(DATA / name) for name in CLOCKS}


def result(cohort, levels=None, cutoffs=None, **options):
    selection = Selection.of(cohort.definition, levels, cutoffs=cutoffs)
    return OverviewResult(CohortView(cohort, selection, replace(Options.default(cohort.definition), **options)))


def founding(cohorts, levels=None, **more):
    return result(cohorts["flt3-itd-sorafenib-iti"], levels, **more)


def paths(name, levels):
    """First event (or None) and last state of every patient who has the levels; with the ids, from the CSV files."""
    with (DATA / name / "patients.csv").open(encoding="utf-8", newline="") as file:
        patients = list(csv.DictReader(file))
    with (DATA / name / "endpoints.csv").open(encoding="utf-8", newline="") as file:
        rows = {(r["patient_id"], r["endpoint"]): r for r in csv.DictReader(file)}
    course, last = CLOCKS[name]
    found = []
    for p in patients:
        if all(p.get(v, p.get(printed.COLUMN.get(v))) in codes for v, codes in levels.items()):
            first, end = rows[p["patient_id"], course]["event"], rows[p["patient_id"], last]
            found.append(
                (p["patient_id"], first if first and first != "death" else None, end["event"] or end["reason"])
            )
    return found


@pytest.mark.parametrize("levels", SELECTIONS, ids=str)
@pytest.mark.parametrize("name", CLOCKS)
def test_boxes_and_links_count_the_patients_of_the_csv(cohorts, name, levels):
    r = result(cohorts[name], levels)
    expected, boxes = paths(name, levels), r.flow.boxes
    assert 0 < len(expected) <= r.view.cohort.n
    counts = {(b.stage, b.code): n for b, n in zip(boxes, r.boxes["n"].to_pylist(), strict=True) if not b.inside}
    first = Counter(e or "no_event" for _, e, _ in expected)
    last = Counter(s for *_, s in expected)
    assert counts[0, "included"] == counts[1, "started"] == len(expected)
    assert {code: n for (stage, code), n in counts.items() if stage == 2 and n} == first
    assert {code: n for (stage, code), n in counts.items() if stage == 3 and n} == last
    links = Counter()
    for s, t, n in zip(*(r.links[c].to_pylist() for c in ("source", "target", "n")), strict=True):
        if boxes[t].stage == 3 and n:
            links[boxes[s].code, boxes[t].code] += n
    assert links == Counter((e or "no_event", s) for _, e, s in expected)


def test_order_is_that_of_a_clinician(cohorts):
    codes = [b.code for b in founding(cohorts).flow.boxes if b.stage == 2 and not b.inside]
    assert codes == ["no_event", "molecular_relapse", "morphological_relapse"]
    assert [b.code for b in founding(cohorts).flow.boxes if b.stage == 3] == ["alive", "lost", "death"]


def test_inferred_transplant_is_part_of_no_relapse_and_hides_nobody(cohorts):
    r = founding(cohorts)
    index = next(i for i, b in enumerate(r.flow.boxes) if b.inside)
    assert r.flow.boxes[index].inside == "no_event"
    early = {i for i, (_, _, reason) in printed.outcomes("ttr_pub").items() if reason == "stopped_early"}
    assert set(r.boxes["ids"][index].as_py().split(", ")) == early == {"14", "17", "18"}
    last_stage = [n for b, n in zip(r.flow.boxes, r.boxes["n"].to_pylist(), strict=True) if b.stage == 3]
    assert sum(last_stage) == 19
    assert not [b for b in result(cohorts["synthetic-maintenance"]).flow.boxes if b.inside]


def test_boxes_do_not_depend_on_the_selection(cohorts):
    assert founding(cohorts).flow.boxes == founding(cohorts, {"eln_risk": ["favourable"]}).flow.boxes
    assert founding(cohorts).boxes["whole"] == founding(cohorts, {"eln_risk": ["favourable"]}).boxes["whole"]


@pytest.mark.parametrize(
    ("levels", "median"),
    [
        ({}, 54),
        ({"eln_risk": ["adverse"]}, 46),
        ({"eln_risk": ["favourable"]}, 47),
        ({"eln_risk": ["intermediate"]}, 61),
    ],
)
def test_follow_up_is_the_reverse_kaplan_meier_of_r(cohorts, levels, median):
    """survfit(Surv(os, 1 - death) ~ 1) in R's survival package, by risk class (STATISTICS A2 and C3)."""
    assert founding(cohorts, levels).follow_up["reverse_km_median"] == median


def test_opening_sentence(cohorts):
    text = narrative.overview_sentence(founding(cohorts))
    assert text.startswith("19 patients with FLT3-ITD-positive acute myeloid leukaemia in complete remission")
    assert "6 relapsed, 3 died and 4 were lost to follow-up" in text
    assert text.endswith("median follow-up from diagnosis 54 months (reverse Kaplan–Meier).")
    some = narrative.overview_sentence(founding(cohorts, {"eln_risk": ["intermediate"]}))
    assert some.startswith("9 of 19 patients")
    assert "none relapsed, none died and none were lost to follow-up" in some
    one = narrative.overview_sentence(founding(cohorts, {"genes": ["TP53"]}))
    assert one.startswith("1 of 19")
    assert "1 was lost to follow-up" in one


def test_sentence_counts_relapses_on_a_clock_that_also_ends_with_death(cohorts):
    text = narrative.overview_sentence(result(cohorts["synthetic-maintenance"]))
    expected = paths("synthetic-maintenance", {})
    assert f"{sum(e == 'relapse' for _, e, _ in expected)} relapsed" in text
    assert f"{sum(s == 'death' for *_, s in expected)} died" in text


def test_nobody_selected_is_a_sentence_of_its_own(cohorts):
    r = founding(cohorts, {"eln_risk": ["favourable"], "fab_major": ["M7"]})
    assert narrative.overview_sentence(r) == "No patient matches this selection."
    assert r.follow_up is None
    assert set(r.boxes["n"].to_pylist()) == {0}
    assert {c for row in narrative.table_one_as_printed(r).rows for c in row.cells[:1]} == {"–"}


def test_alternative_text_says_the_counts(cohorts):
    text = narrative.overview_alt(founding(cohorts))
    for part in (
        "Patient flow of 19 patients",
        "no relapse recorded 13 (of these 3 relapse follow-up ends early (transplant inferred))",
        "molecular relapse 3, morphological relapse 3",
        "alive at cut-off 12, lost to follow-up 4, death 3",
        "morphological relapse to death 2",
    ):
        assert part in text


def one_clock(tmp_path, gap=False):
    """Three patients and overall survival only; in ``gap`` the third has no row."""
    (tmp_path / "patients.csv").write_text("patient_id,arm\n1,a\n2,a\n3,b\n", encoding="utf-8")
    rows = "1,os,5,5,death,\n2,os,7,7,,alive\n" + ("" if gap else "3,os,9,9,,alive\n")
    (tmp_path / "endpoints.csv").write_text(
        "patient_id,endpoint,time_lo,time_hi,event,reason\n" + rows, encoding="utf-8"
    )
    (tmp_path / "cohort.toml").write_text(
        """id = "one"
title = "One"
population = "patients"
[files]
patients = "patients.csv"
endpoints = "endpoints.csv"
[[variables]]
name = "arm"
label = "Arm"
kind = "category"
levels = [{ code = "a" }, { code = "b" }]
[[endpoints]]
code = "os"
label = "Overall survival"
kind = "survival"
origin = "diagnosis"
event = ["death"]
event_label = "died"
[[reasons]]
code = "alive"
label = "alive"
[[events]]
code = "death"
label = "death"
""",
        encoding="utf-8",
    )
    return read_cohort(tmp_path)


def test_a_cohort_with_one_clock_has_two_stages(tmp_path):
    r = result(one_clock(tmp_path))
    assert [(b.stage, b.code) for b in r.flow.boxes] == [(0, "included"), (1, "alive"), (1, "death")]
    assert r.boxes["n"].to_pylist() == [3, 2, 1]
    assert narrative.flow_heads(r) == ("Patients", "At last contact")
    assert narrative.overview_sentence(r).startswith("3 patients: 1 died; median follow-up")


def test_a_patient_without_follow_up_is_counted_as_not_reported(tmp_path):
    r = result(one_clock(tmp_path, gap=True))
    assert dict(zip([b.code for b in r.flow.boxes], r.boxes["n"].to_pylist(), strict=True)) == {
        "included": 3, "alive": 1, "death": 1, "not_reported": 1,
    }  # fmt: skip
    assert "in 1" in narrative.completeness_sentence(r)


def cell(printed_table, label, column, after=""):
    """The cell of a row, the first below ``after``."""
    rows = list(printed_table.rows)
    start = next((i for i, row in enumerate(rows) if row.label == after), 0)
    return next(row.cells[column] for row in rows[start:] if row.label == label and row.cells)


def test_table_one_prints_counts_with_their_denominator(cohorts):
    table = narrative.table_one_as_printed(founding(cohorts))
    assert table.heads == ("All patients (n = 19)",)
    assert cell(table, "favourable", 0) == "3/19 (16 %)"
    assert cell(table, "M2", 0, after="FAB class") == "7/19 (37 %)"
    wbc = sorted(float(p["wbc"]) for p in printed.patients())
    quartiles = f"{(wbc[4] + wbc[5]) / 2:.1f}–{(wbc[13] + wbc[14]) / 2:.1f}"
    assert cell(table, "White cell count, ×10⁹/L", 0) == f"32.25 ({quartiles}; 0.7–254)"
    assert not [row for row in table.rows if row.label in ("Status on maintenance", "Last known outcome")]


def test_table_one_puts_total_first_groups_next_and_the_whole_cohort_last(cohorts):
    r = founding(cohorts, {"sex": ["female"]}, by="eln_risk")
    table = narrative.table_one_as_printed(r)
    women = printed.who({"sex": {"female"}})
    sizes = Counter(p["eln_risk"] for p in women)
    assert table.heads == (
        f"Selected (n = {len(women)})",
        *(f"{risk} (n = {sizes[risk]})" for risk in ("favourable", "intermediate", "adverse")),
        "All patients (n = 19)",
    )
    npm1 = [p for p in women if "NPM1" in p["genes"].split(";")]
    everybody = [p for p in printed.patients() if "NPM1" in p["genes"].split(";")]
    cells = next(row.cells for row in table.rows if row.label == "NPM1")
    assert cells[0].startswith(f"{len(npm1)}/{len(women)} ")
    assert cells[3].startswith(f"{sum(p['eln_risk'] == 'adverse' for p in npm1)}/{sizes['adverse']} ")
    assert cells[4].startswith(f"{len(everybody)}/19 ")
    assert cells[1] == "–", "nobody is in that group"
    assert "ELN 2022 risk" not in {row.label for row in table.rows}


def test_genes_and_pharmacogenes_stand_apart_with_the_note(cohorts):
    table = narrative.table_one_as_printed(founding(cohorts))
    marked = [row.label for row in table.rows if row.label.endswith("†")]
    assert marked == ["Mutated genes †", "Pharmacogenes †"]
    assert any("Not reported is not wild type" in note for note in table.notes)
    labels = [row.label for row in table.rows]
    assert labels.index("TP53") < labels.index("Pharmacogenes †") < labels.index("ABCB1")


def test_cutoff_in_force_stands_in_the_row(cohorts):
    table = narrative.table_one_as_printed(founding(cohorts, cutoffs={"mrd_flow": "0.1"}))
    after = "MRD by flow before maintenance (≥ 0.1 %)"
    positive = sum(p["mrd_flow_01"] == "positive" for p in printed.patients())
    assert cell(table, "positive", 0, after=after).startswith(f"{positive}/19")


def test_missing_values_are_a_row_and_leave_the_denominator(cohorts):
    r = result(cohorts["synthetic-maintenance"])
    with (DATA / "synthetic-maintenance" / "patients.csv").open(encoding="utf-8", newline="") as file:
        mrd = [p["mrd_flow"] for p in csv.DictReader(file)]
    known = [v for v in mrd if v]
    table = narrative.table_one_as_printed(r)
    after = "MRD by flow before maintenance"
    assert cell(table, "positive", 0, after=after).startswith(f"{known.count('positive')}/{len(known)} ")
    gaps = len(mrd) - len(known)
    assert cell(table, "not reported", 0, after=after) == f"{gaps}/{len(mrd)} ({100 * gaps / len(mrd):.1f} %)"
    (row,) = [t for t in table.rows if t.kind == "missing" and t.codes == (level_code("mrd_flow", "not_reported"),)]
    assert row.cells[0].startswith(f"{gaps}/")
    assert len(behind(r.view, row.codes[0]).places) == gaps
    assert f"MRD by flow before maintenance in {len(mrd) - len(known)}" in narrative.completeness_sentence(r)


def test_nothing_missing_is_said_and_every_variable_is_listed(cohorts):
    r = founding(cohorts)
    assert "all 19 patients" in narrative.completeness_sentence(r)
    rows = narrative.completeness_rows(r)
    assert {row["Reported"] for row in rows} == {"19 of 19"}
    assert len(rows) == len(r.view.definition.filters) + 2, "and two clocks"


def test_file_names_every_cell(cohorts):
    table = narrative.table_one_as_printed(founding(cohorts, {"timing": ["consolidation"]}))
    records = table.records()
    assert {"Group", "Characteristic", "Level", *table.heads} == set(records[0])
    adverse = next(r for r in records if (r["Characteristic"], r["Level"]) == ("ELN 2022 risk", "adverse"))
    rows = printed.who({"timing": {"consolidation"}})
    assert adverse["Selected (n = 5)"].startswith(f"{sum(r['eln_risk'] == 'adverse' for r in rows)}/{len(rows)} ")
    age = next(r for r in records if r["Characteristic"] == "Age at diagnosis, years")
    assert age["Level"] == "median (IQR; range)"
    assert age["Selected (n = 5)"].startswith(f"{np.median([float(r['age']) for r in rows]):g} (")
    assert "Mutated genes" in {r["Characteristic"] for r in records}


def test_cautions_name_the_dashed_box_and_the_aliases(cohorts):
    def codes(r):
        return {c.code: c.text for c in narrative.overview_cautions(r)}

    whole = codes(founding(cohorts))
    assert "3 patients leave the count for relapse-free survival early" in whole["FLOW"]
    favourable = codes(founding(cohorts, {"eln_risk": ["favourable"]}))
    assert "FLOW" not in favourable, "none of the three is among 5, 8 and 10"
    assert "t(8;21)" in favourable["ALIAS"]
    assert codes(result(cohorts["synthetic-maintenance"])) == {}
