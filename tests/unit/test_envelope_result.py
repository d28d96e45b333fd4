"""Endpoints known between limits: bounds as printed, against enumerations of the printed table by lifelines."""

import pytest
from lifelines import KaplanMeierFitter

from cohort import read_cohort
from cohort.envelope_result import EnvelopeResult
from cohort.narrative import envelope as words
from cohort.selection import Selection
from cohort.survival_figure import envelope_figure
from cohort.view import CohortView, Options
from tests.support import printed

COHORT = read_cohort(printed.FOLDER)
RFS, OS = printed.outcomes("ttr_pub"), printed.outcomes("os_dx")


def bounds(levels=None, **query):
    options, rejected, _ = Options.from_query({k: [v] for k, v in query.items()}, COHORT)
    assert not rejected
    return EnvelopeResult(CohortView(COHORT, Selection.of(COHORT.definition, levels or {}), options))


def test_relapse_or_death_lies_between_the_curves_of_every_possible_time_of_death():
    result = bounds(endpoint="rfs_eln")
    rest = [(t, bool(e)) for p, (t, e, _) in RFS.items() if p != "17"]
    for month in (12, 24):
        possible = []
        for half_months in range(2, 81):  # patient 17 died between 1 and 40 months on this clock
            times, events = zip(*rest, (half_months / 2, True), strict=True)
            possible.append(float(KaplanMeierFitter().fit(times, events).predict(month)))
        row = result.landmark_rows["All patients", month]
        assert row["survival_low"] == pytest.approx(min(possible), abs=1e-9)
        assert row["survival_high"] == pytest.approx(max(possible), abs=1e-9)
    assert "between 61 and 68 %" in words.envelope_sentence(result)
    assert "patient 17" in words.envelope_cautions(result)[0].text


def test_delayed_entry_lies_between_its_latest_and_its_earliest_entries():
    result = bounds(endpoint="os_dx_lt")
    latest = KaplanMeierFitter().fit(
        [t for t, _, _ in OS.values()], [bool(e) for _, e, _ in OS.values()], entry=[OS[p][0] - RFS[p][0] for p in OS]
    )
    row = result.landmark_rows["All patients", 48]
    assert row["survival_low"] == pytest.approx(float(latest.predict(48)), abs=1e-9)
    assert row["survival_high"] == pytest.approx(
        float(KaplanMeierFitter().fit([t for t, _, _ in OS.values()], [bool(e) for _, e, _ in OS.values()]).predict(48))
    )
    assert result.interval == "log-log"  # beta product limits are not defined for delayed entry


def test_counts_under_the_axis_are_fewest_and_most():
    rows = {r["time"]: r for r in bounds(endpoint="rfs_eln").at_ticks.to_pylist()}
    others = [(t, bool(e)) for p, (t, e, _) in RFS.items() if p != "17"]
    for month, row in rows.items():
        sure = sum(t >= month for t, _ in others)
        low, high = sure + (month <= 1), sure + (month <= 40)
        assert row["n_risk"] == (str(low) if low == high else f"{low}–{high}")


def test_who_is_certain_has_one_figure_and_the_words_hold_no_empty_bound():
    result = bounds(endpoint="rfs_eln", by="mrd_flow")
    table = words.envelope_table(result)
    at_24 = next(r for r in table if r[""].startswith("Bounds at 24"))
    assert at_24["negative"].startswith("73 % (")
    assert at_24["positive"].startswith("25–50 % (")
    for row in table:
        assert not [c for c in row.values() if "None" in c or "nan" in c]


def test_a_selection_without_the_open_patient_says_so():
    result = bounds({"eln_risk": ["intermediate"]}, endpoint="rfs_eln")
    assert "no patient of this selection" in words.open_words(result)


def test_the_figure_draws_two_edges_and_no_mark_of_censoring():
    spec = envelope_figure(bounds(endpoint="rfs_eln"))
    parts = set(spec["datasets"]["curve"]["part"].to_pylist())
    assert parts == {"All patients/high", "All patients/low", "All patients/limits"}
    assert "marks" not in spec["datasets"]
