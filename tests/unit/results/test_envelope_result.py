"""Endpoints known between limits: bounds as printed, against enumerations of the printed table by lifelines."""

import pytest
from lifelines import KaplanMeierFitter

from cohort import read_cohort
from cohort.behind import behind, number_code
from cohort.figures.survival import envelope_figure
from cohort.narrative import envelope as words
from cohort.options import Options
from cohort.results.envelope import EnvelopeResult
from cohort.selection import Selection
from cohort.view import CohortView
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


def test_the_definition_names_the_patients_that_are_open():
    result = bounds(endpoint="os_dx_lt")
    # known to the month where both clocks end together, or where the latest possible entry is the shortest one known
    same_end = {p for p in OS if not OS[p][1] and not RFS[p][1] and OS[p][2] == RFS[p][2]}
    shortest = min(OS[p][0] - RFS[p][0] for p in same_end)
    open_ = [p for p in OS if p not in same_end and OS[p][0] - RFS[p][0] > shortest]
    assert [COHORT.ids[i] for i in result.uncertain] == open_
    assert f"bounded for {len(open_)} ({', '.join(open_)}:" in result.view.endpoint.definition


def test_delayed_entry_says_which_limits_it_has():
    late = bounds(endpoint="os_dx_lt")
    for said in (words.envelope_caption(late), " ".join(c.text for c in words.envelope_cautions(late))):
        assert "Beta product (BPCP) limits are not defined where patients enter late; log-log" in said
        assert "not estimable where a bound is 100 %" in said
    for other in (bounds(endpoint="rfs_eln"), bounds(endpoint="os_dx_lt", interval="log-log")):
        assert "enter late" not in words.envelope_caption(other)


def test_a_bound_that_rests_on_one_patient_is_named():
    said = {c.code: c.text for c in words.envelope_cautions(bounds(endpoint="os_dx_lt", by="eln_risk"))}
    # the death of patient 6 at 41 months: all others still followed may not have entered by then
    adverse = {r["patient_id"] for r in printed.who({"eln_risk": {"adverse"}})}
    assert {p for p in adverse if OS[p][0] >= 41 > OS[p][0] - RFS[p][0]} == {"6"}
    assert said["alone"].endswith("adverse at 41 months.")
    assert "alone" not in {c.code for c in words.envelope_cautions(bounds(endpoint="os_dx_lt"))}


def test_counts_of_the_bounds_open_their_patients():
    result = bounds(endpoint="rfs_eln", by="mrd_flow")
    rows = {row[""]: row for row in words.envelope_table(result)}
    for name, what in words.COUNTS.items():
        for group in result.view.groups:
            found = behind(result.view, number_code(what, group.code))
            assert str(len(found.places)) == rows[name][group.label]


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
