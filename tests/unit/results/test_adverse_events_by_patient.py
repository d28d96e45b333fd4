"""Patient-level adverse events, recomputed from ae_events.csv and patients.csv."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from scipy.stats import binomtest

from cohort import narrative
from cohort.results.adverse_events import adverse_events
from tests.unit.results.test_adverse_events_result import OVERALL, SYNTHETIC, result, rows, synthetic  # noqa: F401


def worst(ids: set[str]) -> dict[str, dict[str, int]]:
    """term -> patient -> worst grade, straight from ae_events.csv; the row about all terms included."""
    found: dict[str, dict[str, int]] = {OVERALL: {}}
    for event in rows(SYNTHETIC, "ae_events.csv"):
        for term in (event["term"], OVERALL):
            patients = found.setdefault(term, {})
            if event["patient_id"] in ids:
                patients[event["patient_id"]] = max(patients.get(event["patient_id"], 0), int(event["grade"]))
    return found


def treated(**wanted: str) -> set[str]:
    return {
        r["patient_id"]
        for r in rows(SYNTHETIC, "patients.csv")
        if r["safety"] == "yes" and all(r[name] == value for name, value in wanted.items())
    }


FILTERS = [{}, {"eln_risk": "adverse"}, {"treatment": "arm_b", "mrd_flow": "positive"}, {"fab_major": "M7"}]


@pytest.mark.parametrize("wanted", FILTERS, ids=str)
def test_counts_are_patients_by_worst_grade_over_the_safety_set(synthetic, wanted):  # noqa: F811
    r = result(synthetic, {k: [v] for k, v in wanted.items()})
    ids = treated(**wanted)
    expected = worst(ids)
    assert r.n_safety == len(ids)
    assert set(r.terms) == set(expected)
    bands = {"any": (1, 5), "1-2": (1, 2), "3-5": (3, 5), "3": (3, 3), "4": (4, 4), "5": (5, 5)}
    for band, (low, high) in bands.items():
        k, n = r.values("k", band), r.values("n", band)
        for i, term in enumerate(r.terms):
            assert k[i, 0] == sum(low <= g <= high for g in expected[term].values()), (term, band)
            assert n[i, 0] == len(ids)


def test_limits_are_exact(synthetic):  # noqa: F811
    r = result(synthetic, {"eln_risk": ["adverse"]})
    for k, n, low, high in zip(*(r.values(c, "3-5")[:, 0] for c in ("k", "n", "lower", "upper")), strict=True):
        limits = binomtest(int(k), int(n)).proportion_ci(method="exact")
        assert (low, high) == pytest.approx((limits.low, limits.high))


def test_any_adverse_event_comes_first_then_by_frequency_of_all_events(synthetic):  # noqa: F811
    counts = {t: len(p) for t, p in worst({r["patient_id"] for r in rows(SYNTHETIC, "patients.csv")}).items()}
    order = sorted((t for t in counts if t != OVERALL), key=lambda t: (-counts[t], t))
    for levels in ({}, {"fab_major": ["M7"]}):
        assert result(synthetic, levels).terms == (OVERALL, *order)
    assert result(synthetic, ae_sort="name").terms == (OVERALL, *sorted(order))


def test_zero_rows_stay_with_their_upper_limit(synthetic):  # noqa: F811
    r = result(synthetic, {"fab_major": ["M7"]})
    ids = treated(fab_major="M7")
    nobody = [t for t, patients in worst(ids).items() if not patients]
    assert nobody, "the example needs a term that no M7 patient had"
    cells = {row["Adverse event"]: row for row in narrative.adverse_events_table(r)}
    upper = 100 * (1 - 0.025 ** (1 / len(ids)))
    for term in nobody:
        assert cells[term][f"All (n = {len(ids)}), any grade"] == f"0 (≤ {upper:.1f} %)"


@pytest.mark.parametrize("threshold", ["5", "10", "20"])
def test_threshold_hides_rarer_terms_and_says_so(synthetic, threshold):  # noqa: F811
    wanted = {"eln_risk": "adverse"}
    ids = treated(**wanted)
    r = result(synthetic, {"eln_risk": ["adverse"]}, ae_min=threshold)
    kept = {t for t, p in worst(ids).items() if 100 * len(p) / len(ids) >= float(threshold)}
    assert set(r.terms) == kept | {OVERALL}
    hidden = len(worst(ids)) - len(r.terms)
    assert r.hidden == hidden
    assert (f"at least {threshold} % of the selection; not {hidden} more" in narrative.adverse_events_caption(r)) == (
        hidden > 0
    )


def test_groups_have_their_own_denominators(synthetic):  # noqa: F811
    r = result(synthetic, by="treatment")
    for j, arm in enumerate(("arm_a", "arm_b")):
        ids = treated(treatment=arm)
        expected = worst(ids)
        assert r.groups[j].code == arm
        assert r.values("n")[:, j].tolist() == [len(ids)] * len(r.terms)
        assert r.values("k")[:, j].tolist() == [len(expected[t]) for t in r.terms]
    columns = narrative.adverse_events_table(r)[0]
    assert list(columns)[1:] == [
        f"synthetic arm {x} (n = {len(treated(treatment=f'arm_{x.lower()}'))}), {grade}"
        for x in "AB"
        for grade in ("any grade", "grade ≥ 3")
    ]


def test_threshold_with_groups_keeps_a_term_frequent_in_one_of_them(synthetic):  # noqa: F811
    shares = {}
    for arm in ("arm_a", "arm_b"):
        ids = treated(treatment=arm)
        for term, patients in worst(ids).items():
            shares[term] = max(shares.get(term, 0), 100 * len(patients) / len(ids))
    r = result(synthetic, by="treatment", ae_min="20")
    assert set(r.terms) == {t for t, share in shares.items() if share >= 20} | {OVERALL}


def test_at_most_four_groups_and_never_swapped(synthetic):  # noqa: F811
    size = {code: len(treated(fab_major=code)) for code in ("M1", "M2", "M4", "M5", "M7", "")}
    largest = [c for c in size if size[c] in sorted(size.values())[-4:]]
    for levels in ({}, {"eln_risk": ["adverse"]}):
        r = result(synthetic, levels, by="fab_major")
        assert [g.code for g in r.groups] == largest
        caution = next(c for c in narrative.adverse_events_cautions(r) if c.code == "AE4")
        assert "M7 and not reported" in caution.text


def test_sentence_by_patient(synthetic):  # noqa: F811
    ids = treated()
    expected = worst(ids)
    k, severe = len(expected[OVERALL]), sum(g >= 3 for g in expected[OVERALL].values())
    sentence = narrative.adverse_events_sentence(result(synthetic))
    assert sentence.startswith(f"{k} of {len(ids)} patients had at least one adverse event ({100 * k / len(ids):.1f} %")
    assert (
        f"; {severe} had grade 3 or higher; fatigue was the most frequent, in {len(expected['Fatigue'])}." in sentence
    )


def test_patients_outside_the_safety_set_are_named_not_counted(synthetic):  # noqa: F811
    out = sum(r["safety"] != "yes" for r in rows(SYNTHETIC, "patients.csv"))
    caution = next(c for c in narrative.adverse_events_cautions(result(synthetic)) if c.code == "AE5")
    assert caution.text.startswith(f"{out} selected patients")


def test_nobody_to_count(synthetic):  # noqa: F811
    """A selection of patients who were never treated, and one whose group is not drawn."""
    untreated = {r["patient_id"] for r in rows(SYNTHETIC, "patients.csv") if r["safety"] != "yes"}
    view = result(synthetic).view
    mask = np.array([i in untreated for i in view.cohort.ids])
    view.__dict__["mask"] = mask
    r = adverse_events(view)
    assert not r.countable
    assert narrative.adverse_events_sentence(r) == (
        f"None of the {len(untreated)} selected patients is in the safety set, so no adverse event can be counted."
    )
    elsewhere = result(synthetic, {"fab_major": ["M7"]}, by="fab_major")
    assert not elsewhere.countable
    assert "group that is drawn" in narrative.adverse_events_sentence(elsewhere)


def test_an_event_without_a_grade_counts_in_any_grade_only(synthetic):  # noqa: F811
    events = synthetic.tables["ae_events"]
    blank = events.set_column(2, "grade", pa.nulls(events.num_rows, pa.int64()))
    r = result(replace(synthetic, tables={**synthetic.tables, "ae_events": blank}, _arrays={}))
    full = result(synthetic)
    assert r.values("k").tolist() == full.values("k").tolist()
    assert r.ungraded().tolist() == r.values("k").tolist()
    assert not full.ungraded().any()
