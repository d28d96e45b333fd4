"""The endpoint composer: handling of events, deaths, time zero and landmark, against the printed tables."""

from dataclasses import replace

import numpy as np
import pytest

from cohort import read_cohort
from cohort.estimand import happenings, offers_deaths, offers_zeros, read_handling, write_handling
from cohort.options import Options
from cohort.selection import Selection
from cohort.view import CohortView
from tests.support import printed

COHORT = read_cohort(printed.FOLDER)
SYNTHETIC = read_cohort(printed.FOLDER.parent / "synthetic-maintenance")
RFS, OS = printed.outcomes("ttr_pub"), printed.outcomes("os_dx")


def view(cohort=COHORT, **query):
    options, rejected, _ = Options.from_query({k: [v] for k, v in query.items()}, cohort)
    assert not rejected, rejected
    return CohortView(cohort, Selection(), options)


def kinds(of):
    return dict(zip(COHORT.ids, of.outcome.kind, strict=True))


def test_the_registry_is_untouched_until_something_is_changed():
    opened = view(endpoint="ttr_pub")
    assert not opened.estimand.composed
    assert opened.endpoint == replace(COHORT.definition.endpoint("ttr_pub"))


@pytest.mark.parametrize(("how", "expected"), [("censored", 0), ("competing", 2), ("counted", 1)])
def test_molecular_relapse_is_handled_as_asked(how, expected):
    found = kinds(view(endpoint="ttr_pub", treat=f"molecular_relapse.{how}"))
    for patient, (_, event, _) in RFS.items():
        wanted = {"molecular_relapse": expected, "morphological_relapse": 1}.get(event, 0)
        assert found[patient] == wanted, patient


@pytest.mark.parametrize(("how", "expected"), [("counted", 1), ("competing", 2)])
def test_an_inferred_transplant_is_an_event_only_when_asked(how, expected):
    published = kinds(view(endpoint="ttr_pub"))
    found = kinds(view(endpoint="ttr_pub", treat=f"stopped_early.{how}"))
    inferred = {p for p, (_, _, reason) in RFS.items() if reason == "stopped_early"}
    assert {p for p in found if found[p] != published[p]} == inferred == {"14", "17", "18"}
    assert {found[p] for p in inferred} == {expected}


def test_a_competing_event_makes_it_an_incidence_with_a_sentence_that_says_so():
    composed = view(endpoint="ttr_pub", treat="molecular_relapse.competing").endpoint
    assert composed.kind == "incidence"
    assert "molecular relapse competes with it" in composed.definition
    assert "Cumulative incidence of morphological relapse" in composed.label


@pytest.mark.parametrize("treat", ["stopped_early.counted", "stopped_early.competing", "molecular_relapse.censored"])
def test_a_composed_endpoint_is_named_by_noun_phrases_without_nested_brackets(treat):
    endpoint = view(endpoint="ttr_pub", treat=treat).endpoint
    said = f"{endpoint.label} {endpoint.short} {endpoint.event_label} {endpoint.definition}"
    assert "follow-up ends early" not in said
    assert "an early end of relapse follow-up (transplant inferred)" in endpoint.definition
    for title in (endpoint.label, endpoint.short):
        assert title.count("(") <= 1
    if treat == "stopped_early.counted":
        assert endpoint.event_label == (
            "had morphological relapse, molecular relapse or an early end of relapse follow-up (transplant inferred)"
        )


def test_the_clock_says_where_it_was_restarted():
    assert view(endpoint="ttr_pub").estimand.when(24) == "24 months"
    assert view(endpoint="ttr_pub", landmark="6").estimand.when(1) == "1 month after the landmark"
    refused = view(endpoint="ttr_pub", landmark="6", deaths="counted")
    assert refused.estimand.when(24) == "24 months", "no landmark where times are known between limits only"


def test_deaths_are_counted_between_the_limits_the_tables_allow():
    found = view(endpoint="ttr_pub", deaths="counted")
    died_without = [p for p, (_, event, _) in OS.items() if event == "death" and not RFS[p][1]]
    place = {p: i for i, p in enumerate(COHORT.ids)}
    for patient in died_without:
        i = place[patient]
        low, high = found.outcome.time[i], found.outcome.time_hi[i]
        # maintenance began at most OS - RFS after diagnosis, and no sooner than in those followed to the end on both
        intervals = [OS[p][0] - RFS[p][0] for p in OS if not OS[p][1] and not RFS[p][1] and OS[p][2] == RFS[p][2]]
        assert low == max(RFS[patient][0], OS[patient][0] - (OS[patient][0] - RFS[patient][0]))
        assert high == OS[patient][0] - min(intervals)
        assert found.outcome.kind[i] == 1
    assert died_without == ["17"]
    assert found.estimand.bounded
    elsewhere = np.array([p not in died_without for p in COHORT.ids])
    assert np.array_equal(found.outcome.time[elsewhere], found.outcome.time_hi[elsewhere])


def test_the_bounded_endpoints_of_the_registry_are_compositions():
    assert np.array_equal(
        view(endpoint="rfs_eln").outcome.time_hi, view(endpoint="ttr_pub", deaths="counted").outcome.time_hi
    )
    late = view(endpoint="os_dx_lt").outcome
    assert np.array_equal(late.entry_hi, view(endpoint="os_dx", zero="delayed_entry").outcome.entry_hi)
    assert dict(zip(COHORT.ids, late.entry_hi, strict=True)) == {p: OS[p][0] - RFS[p][0] for p in OS}


def test_time_zero_at_the_start_of_maintenance_ends_at_the_last_contact():
    found = view(endpoint="os_dx", zero="entry")
    assert found.endpoint.origin == "maintenance"
    assert "start of maintenance" in found.endpoint.origin_label
    low = dict(zip(COHORT.ids, found.outcome.time, strict=True))
    assert low == {p: RFS[p][0] for p in OS}  # the latest possible start leaves the relapse follow-up


def test_a_landmark_keeps_who_is_still_at_risk_and_restarts_the_clock():
    found = view(endpoint="ttr_pub", landmark="12").outcome
    for patient, time in zip(COHORT.ids, found.time, strict=True):
        printed_time = RFS[patient][0]
        assert (np.isnan(time) and printed_time <= 12) or time == printed_time - 12


def test_what_cannot_be_combined_is_said_and_nothing_is_lost():
    both = view(endpoint="ttr_pub", deaths="counted", treat="molecular_relapse.competing", landmark="12")
    assert len(both.estimand.notes) == 2
    assert both.estimand.bounded
    none = view(endpoint="ttr_pub", treat="molecular_relapse.censored,morphological_relapse.censored")
    assert "At least one event must be counted" in none.estimand.notes[0]
    assert none.events == sum(bool(e) for _, e, _ in RFS.values())


def test_a_handling_in_a_link_is_canonical_and_an_unknown_one_is_refused():
    endpoint = COHORT.definition.endpoint("ttr_pub")
    asked = read_handling("stopped_early.competing,molecular_relapse.counted,<b>.counted,x.y")
    assert write_handling(COHORT, endpoint, asked) == "stopped_early.competing"
    options, rejected, _ = Options.from_query({"endpoint": ["ttr_pub"], "treat": ["death.counted,nonsense"]}, COHORT)
    assert options.treat == ""
    assert [r.value for r in rejected] == ["death.counted", "nonsense"]


def test_a_cohort_with_one_clock_offers_neither_deaths_nor_time_zero():
    for endpoint in SYNTHETIC.definition.endpoints:
        assert not offers_deaths(SYNTHETIC, endpoint)
        assert not offers_zeros(SYNTHETIC, endpoint)
    codes = [h.code for h in happenings(SYNTHETIC, SYNTHETIC.definition.endpoint("rfs"))]
    assert set(codes) == {"relapse", "death"}


def test_answers_of_one_cohort_are_forgotten_in_order_and_never_shared():
    cohort = read_cohort(printed.FOLDER)
    for i in range(300):
        cohort.recall(("n", i), lambda i=i: i)
    assert not cohort.recalls(("n", 0))
    assert cohort.recalls(("n", 299))
    assert not COHORT.recalls(("n", 299))
