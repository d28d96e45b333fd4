"""Leave-one-out, what the lost could change, the grid of definitions: against lifelines on the printed table."""

from dataclasses import replace

import numpy as np
import pytest
from lifelines import KaplanMeierFitter

from cohort import read_cohort
from cohort.behind import behind
from cohort.narrative import sensitivity as words
from cohort.options import Options
from cohort.results.sensitivity import SensitivityResult
from cohort.results.survival import SurvivalResult
from cohort.selection import Selection
from cohort.view import CohortView
from tests.support import printed

COHORT = read_cohort(printed.FOLDER)
RFS, OS = printed.outcomes("ttr_pub"), printed.outcomes("os_dx")


def examine(levels=None, **query):
    options, rejected, _ = Options.from_query({k: [v] for k, v in query.items()}, COHORT)
    assert not rejected
    return SensitivityResult(SurvivalResult(CohortView(COHORT, Selection.of(COHORT.definition, levels or {}), options)))


def refit(rows, month):
    """S(month) by lifelines from (time, event) pairs; None beyond the last time."""
    times, events = zip(*rows, strict=True)
    if month > max(times):
        return None
    return float(KaplanMeierFitter().fit(times, events).predict(month))


def test_the_estimate_without_each_patient_is_a_refit_without_them():
    result = examine(endpoint="ttr_pub")
    for row in result.estimates_without(24).to_pylist():
        out = COHORT.ids[row["place"]]
        expected = refit([(t, bool(e)) for p, (t, e, _) in RFS.items() if p != out], 24)
        assert row["estimate"] == pytest.approx(expected, abs=1e-9)


def test_with_groups_only_the_patients_own_group_is_refitted():
    result = examine(endpoint="ttr_pub", by="mrd_flow")
    positive = {r["patient_id"] for r in printed.who({"mrd_flow": {"positive"}})}
    for row in result.estimates_without(24).to_pylist():
        out = COHORT.ids[row["place"]]
        mine = positive if out in positive else set(RFS) - positive
        assert row["estimate"] == pytest.approx(refit([(RFS[p][0], bool(RFS[p][1])) for p in mine - {out}], 24))


def test_the_influence_on_the_exact_p_is_named_with_the_patient():
    """STATISTICS A6: leave-one-out, adverse against the rest: OS 0.002 to 0.024, RFS 0.001 to 0.018."""
    for endpoint, low, high in (("os_dx", 0.002, 0.024), ("ttr_pub", 0.001, 0.018)):
        result = examine(endpoint=endpoint, by="eln_risk", against="adverse")
        found = result.tests_without()
        assert np.nanmin(found) == pytest.approx(low, abs=0.0006)
        assert np.nanmax(found) == pytest.approx(high, abs=0.0006)
        said = words.tests_sentence(result, found, result.comparison.exact().p)
        most = np.abs(np.log(found / result.comparison.exact().p)).argmax()
        assert f"Removing patient {COHORT.ids[result.compared[most]]} moves the exact p" in said


@pytest.mark.parametrize(("loss", "event"), [("event", True), ("free", False)])
def test_the_lost_are_assumed_dead_at_last_contact_or_followed_to_the_end(loss, event):
    result, horizon = examine(endpoint="os_dx"), max(t for t, _, _ in OS.values())
    rows = [
        (t, True) if reason == "lost" and event else (horizon, False) if reason == "lost" else (t, bool(e))
        for t, e, reason in OS.values()
    ]
    for month in (24, 36, 60):
        found = result.loss_estimates[loss][("All patients", month)]["survival"]
        assert found == pytest.approx(refit(rows, month), abs=1e-9)


def test_the_tipping_point_names_the_fewest_patients():
    result = examine(endpoint="os_dx", by="mrd_flow")
    found = result.tipping()
    assert [COHORT.ids[result.compared[i]] for i in found.patients] == ["11"]  # STATISTICS A6: 11 alone, 0.084
    assert found.p_tipped == pytest.approx(0.084, abs=0.0006)
    assert "one lost patient" in words.tipping_sentence(result, found)


def test_the_grid_holds_every_definition_once_and_outlines_the_one_in_view():
    result = examine(endpoint="ttr_pub", by="mrd_flow")
    assert len({(d.handling, d.loss, d.cutoff) for d in result.definitions}) == len(result.definitions) == 3 * 3 * 3 * 2
    assert [d for d in result.definitions if d.current] == [
        next(
            d
            for d in result.definitions
            if d.loss == "censored"
            and d.cutoff == "0.01"
            and dict(d.handling) == {"molecular_relapse": "counted", "stopped_early": "censored"}
        )
    ]


def test_every_kaplan_meier_cell_of_the_grid_is_a_refit_of_the_printed_table():
    result, horizon = examine(endpoint="ttr_pub"), max(t for t, _, _ in RFS.values())
    checked = 0
    for row in result.grid(24, False):
        handling = dict(row.definition.handling)
        if "competing" in handling.values():
            continue
        rows = []
        for time, event, reason in RFS.values():
            code = event or reason
            counted = code == "morphological_relapse" or handling.get(code) == "counted"
            if code == "lost" and row.definition.loss != "censored":
                rows.append((time, True) if row.definition.loss == "event" else (horizon, False))
            else:
                rows.append((time, counted))
        assert row.estimate == pytest.approx(refit(rows, 24), abs=1e-9)
        assert row.n_event == sum(e for _, e in rows)
        checked += 1
    assert checked == 2 * 2 * 3


def test_with_competing_events_the_share_is_one_less_the_incidence():
    rows = {(dict(r.definition.handling)["molecular_relapse"], dict(r.definition.handling)["stopped_early"],
             r.definition.loss): r for r in examine(endpoint="ttr_pub").grid(24, False)}  # fmt: skip
    # STATISTICS A2, by cmprsk: any relapse with the inferred transplant competing, 24 months 29.1 %
    assert 1 - rows["counted", "competing", "censored"].estimate == pytest.approx(0.291, abs=0.0006)


def test_tests_of_the_grid_wait_until_they_are_asked_for():
    result = examine(endpoint="os_dx", by="mrd_flow")
    assert all(r.p is None for r in result.grid(24, False))
    rows = {(r.definition.cutoff, r.definition.loss): r.p for r in result.grid(24, True)}
    # STATISTICS A5.8: exact p for OS by the definition of MRD
    assert rows["0.01", "censored"] == pytest.approx(0.034, abs=0.0006)
    assert rows["0.1", "censored"] == pytest.approx(0.041, abs=0.0006)


def test_whom_an_estimate_cannot_do_without_is_named():
    result = examine(endpoint="ttr_pub", by="eln_risk")
    needed = []
    for level in ("favourable", "intermediate", "adverse"):
        mine = [r["patient_id"] for r in printed.who({"eln_risk": {level}})]
        rows = {p: [(RFS[q][0], bool(RFS[q][1])) for q in mine if q != p] for p in mine}
        if refit([(RFS[q][0], bool(RFS[q][1])) for q in mine], 24) is not None:
            needed += [f"patient {p} ({level})" for p in mine if refit(rows[p], 24) is None]
    said = words.influence_sentence(result, result.estimates_without(24).to_pylist(), 24)
    assert needed == ["patient 6 (adverse)"]
    assert said.endswith("Without patient 6 (adverse) there is no estimate of that group at 24 months.")
    whole = examine(endpoint="ttr_pub")
    assert "Without" not in words.influence_sentence(whole, whole.estimates_without(24).to_pylist(), 24)


def test_who_is_known_to_be_how_at_each_month_opens():
    result = examine(endpoint="ttr_pub", by="eln_risk")
    table, opened = words.lost_table(result), words.lost_opened(result)
    assert {i for i, _ in opened} == set(range(len(table)))
    for (i, column), code in opened.items():
        assert str(len(behind(result.view, code).places)) == table[i][column]
    adverse = next(r for r in table if r[""] == "adverse, 24 months")
    assert [adverse[c] for c in words.KNOWN] == ["1", "3", "3"]


def test_one_lost_patient_is_one():
    (lost,) = [r["patient_id"] for r in printed.who({"mrd_flow": {"positive"}}) if OS[r["patient_id"]][2] == "lost"]
    said = words.lost_sentence(examine({"mrd_flow": ["positive"]}, endpoint="os_dx"))
    assert f"({lost}) was lost to follow-up. Had this patient had the event at last contact, or never, the" in said


def test_a_dictionary_without_a_reason_for_loss_says_so():
    definition = COHORT.definition
    unmarked = replace(definition, reasons=tuple(replace(r, lost=False) for r in definition.reasons))
    view = examine(endpoint="os_dx").view
    other = CohortView(replace(COHORT, definition=unmarked), view.selection, view.options)
    said = words.lost_sentence(SensitivityResult(SurvivalResult(other)))
    assert said == "No reason for leaving is marked as loss to follow-up in this cohort's dictionary."


def test_the_grid_says_whom_its_estimates_are_of():
    assert "p compares the groups of MRD" in words.grid_caption(examine(endpoint="ttr_pub", by="mrd_flow"))
    alone = words.grid_caption(examine(endpoint="ttr_pub"))
    assert "all patients in view together. Where" in alone
    assert "one minus the cumulative incidence" in alone


def test_nobody_lost_is_said():
    result = examine({"eln_risk": ["intermediate"]}, endpoint="os_dx")
    assert "Nobody in view was lost" in words.lost_sentence(result)
