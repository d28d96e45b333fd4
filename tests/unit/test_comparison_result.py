"""The comparison of groups: what is printed before and after the test is asked for, on the founding cohort."""

import csv
import itertools
import re
from pathlib import Path

import pytest

from cohort import read_cohort
from cohort.comparison_result import ComparisonResult
from cohort.guards import GUARDS
from cohort.narrative import comparison as words
from cohort.selection import Selection
from cohort.survival_result import SurvivalResult
from cohort.view import CohortView, Options
from tests.support import printed

COHORT = read_cohort(printed.FOLDER)
SYNTHETIC = read_cohort(printed.FOLDER.parent / "synthetic-maintenance")
GOLDEN = Path(__file__).parents[1] / "golden"


def compare(cohort=COHORT, levels=None, **query):
    options, rejected, _ = Options.from_query({k: [v] for k, v in query.items()}, cohort)
    assert not rejected
    return ComparisonResult(SurvivalResult(CohortView(cohort, Selection.of(cohort.definition, levels or {}), options)))


def everything(result):
    """All that is printed of a comparison, the test included."""
    said = [words.comparison_sentence(result)]
    said += [cell for row in words.comparison_table(result) for cell in row.values()]
    said += [f"{c.text} {c.why}" for c in words.comparison_cautions(result)]
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
