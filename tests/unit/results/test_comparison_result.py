"""The comparison of groups: what is printed before and after the test is asked for, on the founding cohort."""

import csv
import itertools
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from lifelines.statistics import multivariate_logrank_test

from cohort import read_cohort
from cohort.guards import GUARDS
from cohort.narrative import comparison as words
from cohort.narrative.comparison_cautions import comparison_cautions
from cohort.options import Options
from cohort.results.comparison import ComparisonResult
from cohort.results.sensitivity import SensitivityResult
from cohort.results.survival import SurvivalResult
from cohort.selection import Selection
from cohort.view import CohortView
from tests.support import printed

COHORT = read_cohort(printed.FOLDER)
SYNTHETIC = read_cohort(printed.FOLDER.parent / "synthetic-maintenance")
GOLDEN = Path(__file__).parents[2] / "golden"


def compare(cohort=COHORT, levels=None, **query):
    options, rejected, _ = Options.from_query({k: [v] for k, v in query.items()}, cohort)
    assert not rejected
    return ComparisonResult(SurvivalResult(CohortView(cohort, Selection.of(cohort.definition, levels or {}), options)))


def everything(result):
    """All that is printed of a comparison, the test included."""
    said = [words.comparison_sentence(result)]
    said += [cell for row in words.comparison_table(result) for cell in row.values()]
    said += [f"{c.text} {c.why}" for c in comparison_cautions(result)]
    said += [cell for row in words.ratios_table(result) for cell in row.values()]
    if result.testable:
        said.append(words.test_sentence(result, result.exact()))
        tests = {w: result.weighted(w) for w in result.weights}
        said += [cell for row in words.weights_table(result, tests) for cell in row.values()]
        said += [words.asymptotics_sentence(result), words.proportional_sentence(result)]
    return said


def test_one_patient_against_the_rest_gives_the_smallest_p_there_is_and_says_so():
    result = compare(endpoint="os_dx", by="fab_major", against="M7")
    said = " ".join(everything(result))
    assert "p = 0.053 (exact: all 19 allocations" in said
    assert "smallest attainable p = 0.053" in said
    assert "no exact p below one in 19 is possible" in said
    assert "0.00004" not in said
    assert "< 0.001" not in said


def test_a_group_without_events_never_prints_a_ratio_in_the_millions():
    said = everything(compare(endpoint="os_dx", by="eln_risk"))
    assert not [text for text in said if re.search(r"\d{6,}|e\+|×10\^", text.replace("\u202f", "")) and "ratio" in text]
    ratios = [r["Hazard ratio (Firth, profile 95 % CI)"] for r in words.ratios_table(compare(by="eln_risk"))]
    assert all(float(m) < 10_000 for text in ratios for m in re.findall(r"\d+\.?\d*", text))
    assert any("the ordinary Cox ratio is not estimable" in text for text in said)


ENUMERATED = {
    "os_adverse": {"endpoint": "os_dx", "by": "eln_risk", "against": "adverse"},
    "rfs_adverse": {"endpoint": "ttr_pub", "by": "eln_risk", "against": "adverse"},
    "os_by_mrd": {"endpoint": "os_dx", "by": "mrd_flow"},
    "rfs_by_mrd": {"endpoint": "ttr_pub", "by": "mrd_flow"},
    "os_by_timing": {"endpoint": "os_dx", "by": "timing"},
    "rfs_by_timing": {"endpoint": "ttr_pub", "by": "timing"},
}
"""Comparisons of the founding cohort that tests/golden/comparison.R enumerates directly."""


@pytest.mark.parametrize("name", ENUMERATED)
def test_the_exact_p_is_that_of_the_direct_enumeration_in_r(name):
    with open(GOLDEN / "comparison_permutation.csv", encoding="utf-8", newline="") as file:
        rows = [r for r in csv.DictReader(file) if (r["dataset"], r["weight"]) == (name, "log-rank")]
    found = compare(**ENUMERATED[name]).exact()
    assert found.exact
    assert found.p == pytest.approx(float(rows[0]["p"]), abs=1e-9)
    assert found.smallest == pytest.approx(float(rows[0]["smallest"]), abs=1e-9)


def test_observed_and_expected_events_add_up_to_the_same():
    result = compare(endpoint="ttr_pub", by="eln_risk")
    rows = result.log_rank.groups.to_pylist()
    assert sum(r["observed"] for r in rows) == pytest.approx(sum(r["expected"] for r in rows)) == 6
    assert "intermediate 0 (" in words.comparison_sentence(result)


def test_the_number_of_allocations_is_counted_not_guessed():
    result = compare(levels={"eln_risk": ["favourable", "adverse"]}, endpoint="ttr_pub", by="eln_risk")
    people, favourable = list(range(10)), 3
    assert result.allocations == len(list(itertools.combinations(people, favourable)))


def test_the_detectable_ratio_is_that_of_the_reference():
    """STATISTICS A6: 80 % power, 1:1: 6 events 9.9, 10 events 5.9, 20 events 3.5, 50 events 2.2."""

    class Half(ComparisonResult):
        sizes = {"a": 10, "b": 10}  # noqa: RUF012
        groups = COHORT.definition.variable("sex").levels
        total_events = 0

    for events, ratio in ((6, 9.9), (10, 5.9), (20, 3.5), (50, 2.2)):
        half = Half(None)
        object.__setattr__(half, "sizes", {g.code: 10 for g in half.groups})
        type(half).total_events = events
        assert half.detectable_ratio == pytest.approx(ratio, abs=0.06)


def test_asymptotic_p_values_wait_for_events_and_patients():
    small = compare(endpoint="ttr_pub", by="eln_risk")
    assert not small.asymptotics
    assert "Asymptotic p values are not printed" in words.asymptotics_sentence(small)
    large = compare(SYNTHETIC, endpoint="rfs", by="eln_risk")
    assert large.asymptotics
    assert large.total_events >= GUARDS.few_events
    tests = {w: large.weighted(w) for w in large.weights[:1]}
    assert "p, asymptotic" in words.weights_table(large, tests)[0]
    assert "Grambsch" in words.proportional_sentence(large)


def test_a_competing_event_is_compared_by_cumulative_incidence():
    result = compare(endpoint="ttr_pub", treat="stopped_early.competing", by="eln_risk", against="adverse")
    assert result.competing
    assert "Gray's statistic" in words.test_name(result)
    # found with cmprsk on every allocation: tests/golden/competing.R, founding cohort, transplant competing
    assert result.exact().p == pytest.approx(0.037, abs=0.0006)
    assert any("Cause-specific hazard ratio" in cell for row in words.comparison_table(result) for cell in row.values())


def test_nothing_is_tested_where_nothing_can_be():
    assert not compare(endpoint="rfs_eln", by="mrd_flow").testable
    assert not compare(levels={"eln_risk": ["intermediate"]}, endpoint="ttr_pub", by="sex").testable
    one = compare(levels={"sex": ["male"]}, endpoint="ttr_pub", by="sex")
    assert "nothing to compare" in words.comparison_sentence(one)


def test_what_is_printed_is_neutral_and_whole():
    for by in ("eln_risk", "fab_major", "timing", "mrd_flow", "sex"):
        for endpoint in ("os_dx", "ttr_pub", "cif_morph"):
            for text in everything(compare(endpoint=endpoint, by=by)):
                assert not re.search(r"\b(nan|inf|None|benefit|superior|better|worse|significant)\b", text), text


def test_the_answer_is_remembered_for_this_selection_only():
    first = compare(endpoint="ttr_pub", by="timing")
    first.exact()
    assert compare(endpoint="ttr_pub", by="timing").known("log-rank")
    assert not compare(levels={"sex": ["male"]}, endpoint="ttr_pub", by="timing").known("log-rank")
    assert not compare(endpoint="os_dx", by="timing", landmark="12").known("log-rank")


def without_sex(tmp_path, name, change):
    """The founding cohort with the patients 3 and 7 changed: their row of patients.csv, or None for no row."""
    folder = shutil.copytree(printed.FOLDER, tmp_path / name)
    for file in folder.glob("*.csv"):
        with open(file, encoding="utf-8", newline="") as opened:
            rows = list(csv.DictReader(opened))
        if "patient_id" not in rows[0]:
            continue
        kept = [change(row, file.stem) if row["patient_id"] in ("3", "7") else row for row in rows]
        with open(file, "w", encoding="utf-8", newline="") as opened:
            writer = csv.DictWriter(opened, list(rows[0]))
            writer.writeheader()
            writer.writerows(row for row in kept if row)
    return read_cohort(folder)


def test_a_value_not_reported_is_no_group(tmp_path):
    unknown = without_sex(tmp_path, "unknown", lambda row, file: row | ({"sex": ""} if file == "patients" else {}))
    absent = without_sex(tmp_path, "absent", lambda row, file: None)
    query = {"endpoint": "ttr_pub", "by": "sex"}
    found, expected = compare(unknown, **query), compare(absent, **query)
    assert [g.code for g in found.view.groups][-1] == "not_reported", "the figure shows them"
    assert [g.code for g in found.groups] == ["female", "male"]
    assert found.left_out == 2
    assert words.comparison_sentence(found) == (
        words.comparison_sentence(expected) + " 2 patients without a reported value are not compared."
    )
    assert words.comparison_table(found) == words.comparison_table(expected)
    assert words.ratios_table(found) == words.ratios_table(expected)
    assert (found.exact().p, found.exact().allocations) == (expected.exact().p, expected.exact().allocations)
    rows = [r for r in printed.patients() if r["patient_id"] not in ("3", "7")]
    time, event, _ = zip(*(printed.outcomes("ttr_pub")[r["patient_id"]] for r in rows), strict=True)
    lifelines = multivariate_logrank_test(time, [r["sex"] for r in rows], np.array(event) != "")
    assert found.asymptotic("log-rank") == pytest.approx(lifelines.p_value)
    grid = SensitivityResult(found.survival).grid(24, True)
    assert next(r.p for r in grid if r.definition.current) == found.exact().p


def test_a_comparison_by_a_randomised_variable_is_not_called_an_association():
    def said(by, cohort=SYNTHETIC):
        return " ".join(f"{c.text} {c.why}" for c in comparison_cautions(compare(cohort, endpoint="os", by=by)))

    assert SYNTHETIC.definition.variable("treatment").randomised
    arms = said("treatment")
    assert "assigned at random: a difference between them is one of the assignment" in arms
    assert "association" not in arms
    assert "Nobody" not in arms
    assert "is a prognostic association. Nobody was assigned to these groups at random" in said("eln_risk")
    founding = {
        by: " ".join(c.text for c in comparison_cautions(compare(endpoint="os_dx", by=by)))
        for by in ("eln_risk", "timing")
    }
    assert "a prognostic association in treated patients" in founding["eln_risk"]
    assert "an association with treatment, not its effect" in founding["timing"]
    assert "prognostic" not in founding["timing"]


def test_a_ratio_needs_three_patients_a_side_and_three_events():
    def ratios(**query):
        return {r["Group"]: r["Hazard ratio (Firth, profile 95 % CI)"] for r in words.ratios_table(compare(**query))}

    one = ratios(endpoint="os_dx", by="fab_major", against="M7")
    assert one == {"M7": "not estimable (too few)", "all others": "reference"}
    two_events = ratios(levels={"sex": ["male"]}, endpoint="os_dx", by="timing")
    assert compare(levels={"sex": ["male"]}, endpoint="os_dx", by="timing").total_events < 3
    assert set(two_events.values()) == {"reference", "not estimable (too few)"}
    assert re.fullmatch(r"[\d.]+ \([\d.]+–[\d.]+\)", ratios(endpoint="ttr_pub", by="sex")["male"])
    several = ratios(endpoint="os_dx", by="fab_major")
    assert several["M7"] == "not estimable (too few)"
    assert several["M1"] != "not estimable (too few)"


def test_the_smallest_group_is_named_and_nobody_is_reassured():
    def caution(code, **query):
        return next(c.text for c in comparison_cautions(compare(**query)) if c.code == code)

    assert caution("T1", endpoint="os_dx", by="fab_major", against="M7") == (
        "M7 is one patient: whatever happened to that patient, no exact p below one in 19 is possible."
    )
    many = caution("T1", endpoint="os_dx", by="fab_major")
    assert many == "M7 is one patient: one or two patients decide what is seen."
    few = caution("T1", levels={"sex": ["male"]}, endpoint="os_dx", by="timing")
    assert few.endswith("one or two patients decide what is seen.")
    assert "one in" not in few
    power = caution("T2", endpoint="os_dx", by="fab_major", against="M7")
    assert power.endswith("no realistic hazard ratio could be found with 80 % power.")
    assert caution("T2", endpoint="ttr_pub", by="sex").endswith("or more would be found with 80 % power.")
