"""Methods and results follow the view: what it used is said with its numbers, what it did not use is not mentioned."""

import math
import re
from collections import Counter
from dataclasses import replace

import pytest
from lifelines import KaplanMeierFitter

from cohort import adverse_events, open_view, overview, patients, read_cohort, subgroups, survival
from cohort.claims import assess
from cohort.narrative.bibliography import REFERENCES
from cohort.narrative.methods import PAGES, methods_paragraph, references, results_sentence
from cohort.tables import Cohort
from tests.support import printed
from tests.support.views import FOUNDING, SYNTHETIC

COHORT, MADE_UP = read_cohort(FOUNDING), read_cohort(SYNTHETIC)
FORBIDDEN = re.compile(r"\b(benefit\w*|effects?|significan\w*|better|worse|NS)\b", re.IGNORECASE)
EMPTY = re.compile(r"\b(NaN|nan|None|inf)\b")
P = re.compile(r"p (=|<) ([\d.]*\d)")


def methods(page="survival", *, cohort=COHORT, endpoint="ttr_pub", look=0, external=None, **asked):
    return methods_paragraph(open_view(cohort, endpoint, **asked), page, look=look, external=external)


def results(endpoint="ttr_pub", **asked):
    return results_sentence(survival(open_view(COHORT, endpoint, **asked)))


# ---- the estimand and who was analysed -------------------------------------------------------------------------------


@pytest.mark.parametrize("endpoint", ["os_dx", "ttr_pub"])
def test_events_and_reasons_are_those_of_the_csv(endpoint):
    text = methods(endpoint=endpoint, where={"eln_risk": ["adverse"]})
    rows = [printed.outcomes(endpoint)[r["patient_id"]] for r in printed.who({"eln_risk": {"adverse"}})]
    assert f"Of {len(rows)} patients analysed, {sum(e != '' for _, e, _ in rows)} had the event." in text
    labels = {"alive": "alive at cut-off", "lost": "lost to follow-up", "stopped_early": "relapse follow-up ends early"}
    for code, n in Counter(reason for _, event, reason in rows if event == "").items():
        assert re.search(rf"{labels[code]}[^()]*(\(transplant inferred\) )?\({n}\)", text), (code, n)
    assert f"Selected were {len(rows)} of 19" in text
    assert "ELN 2022 risk adverse" in text
    assert "data cut 31 May 2025" in text


def test_the_outcome_is_named_with_its_origin_event_and_definition():
    text = methods(endpoint="os_dx")
    assert "“Overall survival from diagnosis (as published)”" in text
    assert "counted in months from diagnosis, and the event was death." in text
    assert "Definition: Time from diagnosis to death from any cause;" in text
    assert "Competing" not in text
    assert "Competing events: molecular relapse." in methods(endpoint="cif_morph")


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"landmark": "6"}, "Only patients still at risk 6 months from start of maintenance were analysed"),
        ({"endpoint": "rfs_eln"}, "Deaths without a recorded event were counted as events."),
        ({"endpoint": "os_dx", "zero": "entry"}, "Time zero was moved to the start of maintenance."),
        ({"endpoint": "os_dx_lt"}, "Patients entered the risk set at the start of maintenance (delayed entry)."),
        ({"treat": "stopped_early.competing"}, "Competing events: relapse follow-up ends early (transplant inferred)."),
        ({"treat": "molecular_relapse.censored"}, "molecular relapse (3)"),
    ],
)
def test_what_was_composed_is_said_and_else_is_not(asked, words):
    assert words in methods(**asked)
    assert words not in methods()


def test_patients_without_time_at_risk_are_counted_out():
    gone = sum(t <= 12 for t, _, _ in printed.outcomes("ttr_pub").values())
    assert f"{gone} patients of these had no time at risk on this clock" in methods(landmark="12")


# ---- estimation ------------------------------------------------------------------------------------------------------

CITED = {"bpcp": "fay2013", "log-log": "kalbfleisch2002", "log": "greenwood1926", "plain": "greenwood1926"}


@pytest.mark.parametrize("interval", CITED)
def test_the_interval_in_force_is_named_and_cited(interval):
    view = open_view(COHORT, "ttr_pub", interval=interval)
    cited = references(view)
    assert [REFERENCES[key] in cited for key in dict.fromkeys(CITED.values())] == [
        key == CITED[interval] for key in dict.fromkeys(CITED.values())
    ]
    assert REFERENCES["kaplan1958"] in cited
    assert REFERENCES["aalen1978"] not in cited


def test_incidence_is_aalen_johansen_and_has_no_median():
    cited = references(open_view(COHORT, "cif_morph"))
    assert REFERENCES["aalen1978"] in cited
    assert {REFERENCES[k] for k in ("kaplan1958", "fay2013", "brookmeyer1982")}.isdisjoint(cited)


@pytest.mark.parametrize("endpoint", ["os_dx", "ttr_pub"])
def test_median_follow_up_is_that_of_a_reversed_curve(endpoint):
    rows = printed.outcomes(endpoint).values()
    reverse = KaplanMeierFitter().fit([t for t, _, _ in rows], [e == "" for _, e, _ in rows])
    text = methods(endpoint=endpoint)
    assert re.search(
        rf"reverse Kaplan–Meier method \[\d+\], in months from [\w ]+: {reverse.median_survival_time_:g} \(", text
    )


def test_bounds_say_so_and_promise_no_more():
    text = methods(endpoint="rfs_eln", by="eln_risk", test="exact", look=3)
    assert "Times of 1 patient are known between limits only." in text
    for absent in ("permutation", "Hazard", "Median", "reverse Kaplan", "comparison 3"):
        assert absent not in text


# ---- comparison ------------------------------------------------------------------------------------------------------


def test_without_groups_nothing_of_a_comparison_is_mentioned():
    text = methods(test="exact", look=4)
    for absent in ("MOVER", "Firth", "permutation", "Groups", "comparison"):
        assert absent not in text


def test_the_exact_test_comes_with_its_allocations_only_once_it_was_asked_for():
    hidden, shown = methods(by="timing"), methods(by="timing", test="exact")
    assert "permutation" not in hidden
    ways = math.comb(19, len(printed.who({"timing": {"consolidation"}})))
    assert f"over all {ways:,} allocations".replace(",", "\u202f") in shown
    assert "smallest attainable p" in shown
    assert "Firth's penalised Cox regression" in hidden
    assert "MOVER" in hidden


def test_a_test_by_draws_names_seed_and_error():
    text = methods(by="fab_major", test="exact")
    assert re.search(
        r"over 100\u202f000 random draws \(seed \d+\) of .* allocations \[\d+\]; Monte-Carlo standard error 0\.0", text
    )
    assert "Firth" not in text  # five groups: their ratios are not on the page


def test_competing_events_are_compared_by_grays_statistic():
    text = methods(endpoint="cif_morph", by="timing", test="exact")
    assert "permutation test of Gray's statistic" in text
    assert "studentised" not in text
    assert "Cause-specific hazard ratios" in text


def test_restricted_means_name_the_last_year_with_enough_at_risk():
    times = {r["patient_id"]: printed.outcomes("os_dx")[r["patient_id"]][0] for r in printed.patients()}
    groups = [[times[r["patient_id"]] for r in printed.who({"timing": {lv}})] for lv in ("induction", "consolidation")]
    years = [12 * y for y in range(1, 12) if all(sum(t >= 12 * y for t in group) >= 5 for group in groups)]
    text = methods(endpoint="os_dx", by="timing")
    assert (f"Restricted mean survival to {years[-1]} months" in text) if years else ("Restricted" not in text)
    assert "Restricted mean survival to 60 months" in methods(cohort=MADE_UP, endpoint="rfs", by="treatment")


def test_the_look_of_the_session_is_counted():
    assert "This was comparison 7 of the session" in methods(by="timing", look=7)
    assert "of the session" not in methods(by="timing")


PANELS = {
    "influence": "repeated with each patient left out in turn",
    "lost": "all had the event at last contact",
    "definitions": "definitions that arise from handling events",
}


@pytest.mark.parametrize("panel", PANELS)
def test_what_is_looked_at_closer_is_what_is_described(panel):
    text = methods(by="mrd_flow", panel=panel)
    assert [words in text for words in PANELS.values()] == [name == panel for name in PANELS]
    assert "MOVER" not in text


def test_a_published_curve_is_cited_and_called_unadjusted():
    (curve,) = MADE_UP.comparators
    view = open_view(MADE_UP, "rfs")
    assert "unadjusted for differences between the populations" in methods_paragraph(view, external=curve)
    assert curve.citation in references(view, external=curve)
    assert "unadjusted" not in methods(cohort=MADE_UP, endpoint="os", external=curve)


# ---- the other pages, data and software ------------------------------------------------------------------------------


def test_adverse_events_of_a_selection_are_bounds_and_of_everybody_are_counts():
    whole, some = methods("adverse_events"), methods("adverse_events", where={"eln_risk": ["adverse"]})
    assert "Clopper–Pearson" in whole
    assert "hypergeometric" not in whole
    assert "the n = 7 selected patients" in some
    assert "Clopper–Pearson" not in some
    by_patient = methods("adverse_events", cohort=MADE_UP, endpoint="rfs", by="treatment")
    assert "worst grade" in by_patient
    assert "by Synthetic arm" in by_patient


def test_the_forest_names_its_month_or_its_ratios():
    at_12, ratios = methods("subgroups", month="12"), methods("subgroups", forest="ratio")
    assert "Estimates are given at 12 months." in at_12
    assert "Firth" not in at_12
    assert "Firth" in ratios
    assert "BPCP" not in ratios


def test_factors_tested_together_are_named_with_their_adjustment():
    view = open_view(COHORT, "ttr_pub", where={"sex": ["female"]})
    result = subgroups(view)
    found = result.min_p()
    text = methods_paragraph(view, "subgroups", min_p=found)
    assert f"of {len(result.factors)} factors" in text
    assert f"seed {found.seed}" in text
    assert "No row is tested." in methods_paragraph(view, "subgroups")


@pytest.mark.parametrize("page", PAGES)
def test_software_data_and_licence_close_every_paragraph(page):
    view = open_view(COHORT, "ttr_pub")
    text, cited = methods_paragraph(view, page), references(view, page)
    assert f"SHA-256 checksum {COHORT.fingerprint[:12]}." in text
    assert "Licence of the data: CC BY 4.0; changes: Tables 1 and 2 were transcribed" in text
    assert re.search(r"Riskset [\d.]+ \[\d+\] \(Python [\d.]+, numpy [\d.]+, scipy [\d.]+, pyarrow [\d.]+\)", text)
    assert any("doi:10.3389/fonc.2025.1698935" in reference for reference in cited)
    assert "synthetic" not in text


def test_a_cohort_without_licence_or_citation_lacks_just_these():
    bare = replace(COHORT.definition, citation={}, licence={})
    view = open_view(COHORT)
    text = methods_paragraph(type(view)(Cohort(bare, COHORT.tables, "ab" * 32), view.selection, view.options))
    assert "Licence" not in text
    assert "checksum abababababab" in text


@pytest.mark.parametrize("page", PAGES)
def test_citations_are_numbered_in_order_and_all_listed(page):
    view = open_view(COHORT, "ttr_pub", by="timing", test="exact")
    text, cited = methods_paragraph(view, page), references(view, page)
    numbers = [int(n) for found in re.findall(r"\[(\d+(?:, \d+)*)\]", text) for n in found.split(", ")]
    assert list(dict.fromkeys(numbers)) == list(range(1, len(cited) + 1))
    assert "[@" not in text


def test_references_have_a_doi_where_there_is_one():
    without = {"aalen1978", "greenwood1926", "mantel1966", "westfall1993"}
    assert {key for key, text in REFERENCES.items() if not re.search(r"doi:10\.\d{4,}/\S+$", text)} == without


# ---- results and wording ---------------------------------------------------------------------------------------------


def test_the_result_gives_limits_before_p_and_p_only_when_asked_for():
    """STATISTICS A6: adverse against the rest, OS, exact p 0.0049; A2: RFS at 24 months 66.0 % (36.6–88.1)."""
    asked = {"endpoint": "os_dx", "by": "eln_risk", "against": "adverse"}
    shown, hidden = results(**asked, test="exact"), results(**asked)
    assert shown.index("95 % CI") < shown.index("p = 0.005")
    assert not P.search(hidden)
    assert "24 months 66 % (95 % CI 37–88)" in results()
    assert "Limits at 24 months: log-log." in results(interval="log-log")


def test_every_page_has_a_result():
    view = open_view(COHORT, "ttr_pub", where={"eln_risk": ["adverse"]})
    assert "4 of 7 patients relapsed" in results_sentence(subgroups(view))
    assert "ELN 2022 risk: adverse 4 of 7" in results_sentence(subgroups(view))
    assert "between 5 and 7 with fever" in results_sentence(adverse_events(view))
    assert "4 relapsed, 3 died" in results_sentence(overview(view))
    assert "7 patients: " in results_sentence(patients(view))
    assert "between" in results_sentence(survival(open_view(COHORT, "rfs_eln")))
    assert results_sentence(assess(COHORT)).startswith("Of 36 printed claims")
    with pytest.raises(TypeError, match="no results are written of int"):
        results_sentence(3)


@pytest.mark.parametrize("by", [v.name for v in COHORT.definition.groupings if len(v.levels) < 4])
@pytest.mark.parametrize("endpoint", ["os_dx", "ttr_pub", "cif_mol"])
def test_words_are_neutral_and_p_values_are_printed_as_such(endpoint, by):
    view = open_view(COHORT, endpoint, by=by, test="exact")
    for text in (methods_paragraph(view), results_sentence(survival(view))):
        assert not FORBIDDEN.search(text), FORBIDDEN.search(text)
        assert not EMPTY.search(text)
        for sign, value in P.findall(text):
            assert (sign, value) == ("<", "0.001") or re.fullmatch(r"0\.\d\d|0\.0\d\d|1\.0", value), (sign, value)


def test_a_page_without_methods_is_refused():
    with pytest.raises(KeyError, match="no methods of page 'methods'; allowed: overview"):
        methods("methods")
