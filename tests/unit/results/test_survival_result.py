"""What the survival page shows, against the CSV files and the values audited outside this project."""

import csv
import re
from dataclasses import replace

import numpy as np
import pytest

from cohort import narrative
from cohort.behind import behind, number_code
from cohort.narrative.survival import estimates_opened
from cohort.options import Options
from cohort.readers import read_cohort
from cohort.results.survival import SurvivalResult
from cohort.selection import Selection
from cohort.view import CohortView
from tests.support import printed


@pytest.fixture(scope="module")
def cohort():
    return read_cohort(printed.FOLDER)


def result(cohort, levels=None, **options):
    options = replace(Options.default(cohort.definition), **options)
    return SurvivalResult(CohortView(cohort, Selection.of(cohort.definition, levels or {}), options))


def test_opening_sentence_of_both_endpoints(cohort):
    """STATISTICS A2: OS 24 m 94.4 % (BPCP 71.1–99.9), 16 at risk; RFS 24 m 66.0 % (36.6–88.1), 9 at risk."""
    assert narrative.survival_sentence(result(cohort)) == (
        "3 of 19 patients died; Kaplan–Meier estimate of overall survival at 24 months 94 % (95 % CI 71–100), "
        "16 still at risk."
    )
    assert narrative.survival_sentence(result(cohort, endpoint="ttr_pub")) == (
        "6 of 19 patients relapsed; Kaplan–Meier estimate of relapse-free survival at 24 months 66 % "
        "(95 % CI 37–88), 9 still at risk."
    )


def test_twelve_month_survival_is_82_to_100_never_100_to_100(cohort):
    row = narrative.estimates_table(result(cohort))[0]
    assert row["Estimate at 12 months (95 % CI, beta product (BPCP))"] == "100 % (82–100 %)"
    assert row["At risk at 12 months"] == "19"
    for interval in ("log-log", "log", "plain"):
        text = narrative.estimates_table(result(cohort, interval=interval))[0][
            f"Estimate at 12 months (95 % CI, {interval})"
        ]
        assert text == "100 % (not estimable)", interval


@pytest.mark.parametrize("by", ["none", "eln_risk"])
def test_every_count_of_the_table_of_estimates_opens_as_many_patients(cohort, by):
    shown = result(cohort, endpoint="ttr_pub", by=by)
    opened = estimates_opened(shown.view)
    for group, row in zip(shown.view.groups, narrative.estimates_table(shown), strict=True):
        counts = [name for name, cell in row.items() if cell.isdecimal() and name != "Person-years"]
        assert {"Patients", "Events", "Censored", "At risk at 24 months"} <= set(counts) == set(opened)
        for name, (what, month) in opened.items():
            assert str(len(behind(shown.view, number_code(what, group.code, month)).places)) == row[name], name


def test_competing_events_have_a_row_and_all_patients_add_up():
    """cir of the synthetic cohort: relapse, competing with death; the counts are those of endpoints.csv."""
    folder = printed.FOLDER.parent / "synthetic-maintenance"
    with (folder / "endpoints.csv").open(encoding="utf-8", newline="") as file:
        ends = [r["event"] for r in csv.DictReader(file) if r["endpoint"] == "rfs"]
    shown = result(read_cohort(folder), endpoint="cir")
    (row,) = narrative.estimates_table(shown)
    assert row["Competing events"] == str(ends.count("death")) != "0"
    assert row["Events"] == str(ends.count("relapse"))
    assert (
        sum(int(row[name]) for name in ("Events", "Competing events", "Censored")) == int(row["Patients"]) == len(ends)
    )
    what, month = estimates_opened(shown.view)["Competing events"]
    assert len(behind(shown.view, number_code(what, month=month)).places) == ends.count("death")


def test_without_competing_events_there_is_no_row_of_them(cohort):
    shown = result(cohort)
    assert "Competing events" not in narrative.estimates_table(shown)[0]
    assert "Competing events" not in estimates_opened(shown.view)


def test_after_a_landmark_every_month_is_counted_from_it(cohort):
    shown = result(cohort, endpoint="ttr_pub", landmark="6")
    assert "at 24 months after the landmark 75 %" in narrative.survival_sentence(shown)
    assert "24 months after the landmark 75 %" in narrative.survival_alt(shown)
    names = [n for n in narrative.estimates_table(shown)[0] if " at " in n]
    assert names
    assert all("months after the landmark" in n for n in names)
    by = result(cohort, endpoint="ttr_pub", landmark="6", by="timing")
    assert "at 24 months after the landmark (95 % CI)" in narrative.survival_sentence(by)


def test_nothing_is_read_off_beyond_the_last_patient(cohort):
    """Favourable risk was followed for relapse for 16 months at most."""
    last = max(printed.outcomes("ttr_pub")[r["patient_id"]][0] for r in printed.who({"eln_risk": {"favourable"}}))
    assert last == 16
    rows = {r["Group"]: r for r in narrative.estimates_table(result(cohort, endpoint="ttr_pub", by="eln_risk"))}
    assert rows["favourable"]["Estimate at 24 months (95 % CI, beta product (BPCP))"] == "not estimable"
    curve = result(cohort, endpoint="ttr_pub", by="eln_risk").curve.to_pylist()
    assert max(r["time"] for r in curve if r["group"] == "favourable") == last


def test_axis_and_fade_follow_the_guards(cohort):
    """STATISTICS B (Gebski): OS fades after 51 m (8 left), RFS after 46 m (4 left); both axes end at 72 months."""
    os, rfs = result(cohort), result(cohort, endpoint="ttr_pub")
    assert os.axis[0] == rfs.axis[0] == 72
    assert os.axis[1] == (0, 12, 24, 36, 48, 60, 72)
    assert result(cohort, axis="full").axis[0] >= 133
    assert os.fade_from == {"All patients": 51}


def test_rfs_fade_begins_where_one_more_event_costs_ten_points(cohort):
    times = sorted(t for t, _, _ in printed.outcomes("ttr_pub").values())
    curve = result(cohort, endpoint="ttr_pub").curve.to_pylist()
    expected = next(r["time"] for r in curve if r["survival"] > 0.10 * sum(t > r["time"] for t in times))
    assert result(cohort, endpoint="ttr_pub").fade_from == {"All patients": expected}


def test_axis_does_not_move_with_a_filter(cohort):
    assert (
        result(cohort, {"eln_risk": ["favourable"]}, endpoint="ttr_pub").axis == result(cohort, endpoint="ttr_pub").axis
    )


@pytest.mark.parametrize("endpoint", ["os_dx", "ttr_pub"])
@pytest.mark.parametrize("by", ["none", "eln_risk", "fab_major", "mrd_flow", "timing"])
def test_table_under_the_axis_counts_the_patients_of_the_csv(cohort, endpoint, by):
    seen = printed.outcomes(endpoint)
    rows = result(cohort, endpoint=endpoint, by=by).at_ticks.to_pylist()
    assert rows
    for row in rows:
        mine = [
            seen[p["patient_id"]] for p in printed.patients() if by == "none" or row["group"] in printed.values(p, by)
        ]
        expected = (
            sum(t >= row["time"] for t, _, _ in mine),
            sum(t < row["time"] and e != "" for t, e, _ in mine),
            sum(t < row["time"] and e == "" for t, e, _ in mine),
        )
        assert (row["n_risk"], row["n_event"], row["n_censor"]) == expected
        assert sum(expected) == len(mine)


def test_follow_up_is_given_both_ways(cohort):
    row = narrative.estimates_table(result(cohort))[0]
    assert row["Follow-up, months: reverse KM (95 % CI, log-log)"] == "54 (46–69)"
    times = [t for t, _, _ in printed.outcomes("os_dx").values()]
    naive = f"{np.median(times):g} ({min(times):g}–{max(times):g})"
    assert row["Follow-up, months: naive median (range)"] == naive == "50 (13–133)"


def test_group_of_nobody_keeps_its_place(cohort):
    rows = narrative.estimates_table(result(cohort, {"eln_risk": ["favourable"]}, by="eln_risk"))
    assert [r["Group"] for r in rows] == ["favourable", "intermediate", "adverse"]
    assert [r["Patients"] for r in rows] == ["3", "0", "0"]
    assert rows[1]["Estimate at 12 months (95 % CI, beta product (BPCP))"] == "no patient"


def test_cautions_name_what_an_expert_would(cohort):
    codes = [c.code for c in narrative.survival_cautions(result(cohort, endpoint="ttr_pub", by="eln_risk"))]
    assert codes[0] == "G3", "favourable patients were also followed by transcript"
    assert {"N1", "N3", "T4"} <= set(codes)
    assert "G2" in [c.code for c in narrative.survival_cautions(result(cohort, by="mrd_flow"))]
    assert "G1" in [c.code for c in narrative.survival_cautions(result(cohort))]


def test_the_same_patients_under_other_names_are_said(cohort):
    shown = result(cohort, {"eln_risk": ["favourable"]}).view
    assert narrative.alias_sentence(shown).startswith("These 3 patients would also be selected by: ")
    assert "M2b" in narrative.alias_sentence(shown)
    assert narrative.alias_sentence(result(cohort).view) == ""


def test_nobody_is_said_not_drawn(cohort):
    empty = result(cohort, {"eln_risk": ["favourable"], "fab_major": ["M7"]})
    assert narrative.survival_sentence(empty) == "No patient matches this selection, so there is no curve to draw."
    assert narrative.survival_cautions(empty) == ()


@pytest.mark.parametrize("endpoint", ["os_dx", "ttr_pub", "cir_any", "cif_morph", "cif_mol"])
@pytest.mark.parametrize("by", ["none", "eln_risk", "fab_major", "mrd_flow"])
@pytest.mark.parametrize("interval", ["bpcp", "log-log", "log", "plain"])
def test_no_nan_inf_or_none_reaches_a_reader(cohort, endpoint, by, interval):
    shown = result(cohort, endpoint=endpoint, by=by, interval=interval)
    text = " ".join(
        [
            narrative.survival_sentence(shown),
            narrative.survival_alt(shown),
            narrative.survival_caption(shown),
            narrative.survival_subtitle(shown),
            *(cell for row in narrative.estimates_table(shown) for cell in row.values()),
            *(c.text + c.why for c in narrative.survival_cautions(shown)),
        ]
    )
    assert not re.search(r"\b(nan|NaN|inf|None)\b|\b100–100\b|\b0–0\b", text), text
    for word in ("benefit", "significant", "trend", "better", "worse"):
        assert word not in text.lower(), word


def test_incidence_is_the_published_first_event_count(cohort):
    """STATISTICS A2: morphological first 5.3 / 12.6 / 20.8 % at 12, 24, 36 months (R cmprsk)."""
    shown = result(cohort, endpoint="cif_morph")
    at = [round(100 * shown.landmark_rows[m]["All patients"]["incidence"], 1) for m in (12, 24, 36)]
    assert at == [5.3, 12.6, 20.8]


def test_incidence_fades_by_the_share_free_of_any_first_event(cohort):
    """One more event of either kind raises its incidence by S(t)/n(t⁺), S counting both kinds; recomputed by hand."""
    seen = printed.outcomes("ttr_pub").values()
    free, expected = 1.0, None
    for t in sorted({x for x, _, _ in seen}):
        at_risk = sum(x >= t for x, _, _ in seen)
        free *= 1 - sum(x == t and e != "" for x, e, _ in seen) / at_risk
        if expected is None and free > 0.10 * sum(x > t for x, _, _ in seen):
            expected = t
    assert expected == 46
    for endpoint in ("cir_any", "cif_morph", "cif_mol"):
        assert result(cohort, endpoint=endpoint).fade_from == {"All patients": expected}, endpoint


def test_words_fit_one_patient_and_a_curve_that_ends_in_an_event(cohort):
    """M7 is one patient, who died at 20 months: follow-up did not run out."""
    one = result(cohort, {"fab_major": ["M7"]})
    assert "the last patient followed had the event (death) at 20 months" in narrative.survival_sentence(one)
    texts = " ".join(c.text for c in narrative.survival_cautions(one))
    assert "one patient's course, not a rate" in texts
    assert "After 0 months" not in texts
    assert "remain after 0 months" not in texts
    assert "0–not reached" not in " ".join(narrative.estimates_table(one)[0].values())


def test_assays_are_counted_not_claimed(cohort):
    found = {c.code: c.text for c in narrative.survival_cautions(result(cohort, endpoint="ttr_pub", by="mrd_flow"))}
    assert found["G3"].endswith("3 of 15 (negative) and 0 of 4 (positive).")
