"""What the adverse-events page shows, recomputed from the CSV files and from the audited table of bounds."""

import csv
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from scipy.stats import binomtest

from cohort import narrative
from cohort.options import Options
from cohort.readers import read_cohort
from cohort.results.adverse_events import adverse_events
from cohort.results.adverse_events_grades import grade_band
from cohort.selection import Selection
from cohort.view import CohortView
from tests.support import printed

SYNTHETIC = printed.FOLDER.parent / "synthetic-maintenance"
OVERALL = "Any adverse event"
HAEMATOLOGICAL = "Haematological toxicity (myelosuppression)"


@pytest.fixture(scope="module")
def cohort():
    return read_cohort(printed.FOLDER)


@pytest.fixture(scope="module")
def synthetic():
    return read_cohort(SYNTHETIC)


def result(cohort, levels=None, **options):
    options = replace(Options.default(cohort.definition), **options)
    return adverse_events(CohortView(cohort, Selection.of(cohort.definition, levels or {}), options))


def rows(folder: Path, file: str) -> list[dict[str, str]]:
    with open(folder / file, encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


# ---- totals ----------------------------------------------------------------------------------------------------------


def test_opening_sentence(cohort):
    """17 of 19 = 89 %; Clopper–Pearson 67–99; 0 of 19 has the upper limit 1 - 0.025^(1/19) = 17.6 %."""
    assert narrative.adverse_events_sentence(result(cohort)) == (
        "Fever was reported in 17 of 19 patients (89 %, 95 % CI 67–99); one had grade III. "
        "No grade IV adverse event was reported: 0 of 19, upper 95 % limit 17.6 %."
    )
    assert f"{100 * (1 - 0.025 ** (1 / 19)):.1f}" == "17.6"


def test_sentence_of_a_subgroup_gives_bounds(cohort):
    assert narrative.adverse_events_sentence(result(cohort, {"eln_risk": ["adverse"]})) == (
        "For these 7 patients the paper allows between 5 and 7 with fever; it reports adverse events for all 19 only."
    )
    assert "leaves open whether fever occurred" in narrative.adverse_events_sentence(
        result(cohort, {"fab_major": ["M7"]})
    )


A8 = {
    ("eln_risk", "favourable"): (3, ("1–3", 2.7), "0–1", ("0–3", 1.4), ("0–3", 1.1), ("0–3", 0.9)),
    ("mrd_flow", "positive"): (4, ("2–4", 3.6), "0–1", ("0–4", 1.9), ("0–4", 1.5), ("0–4", 1.3)),
    ("timing", "consolidation"): (5, ("3–5", 4.5), "0–1", ("0–5", 2.4), ("0–5", 1.8), ("0–5", 1.6)),
    ("eln_risk", "adverse"): (7, ("5–7", 6.3), "0–1", ("0–7", 3.3), ("0–7", 2.6), ("0–6", 2.2)),
    ("eln_risk", "intermediate"): (9, ("7–9", 8.1), "0–1", ("0–9", 4.3), ("0–7", 3.3), ("0–6", 2.8)),
    ("timing", "induction"): (14, ("12–14", 12.5), "0–1", ("4–9", 6.6), ("2–7", 5.2), ("1–6", 4.4)),
}
"""STATISTICS A8: n, fever, fever grade III, rhinorrhoea, hand-foot skin reaction, myalgia and diarrhoea."""


@pytest.mark.parametrize("level", A8, ids=str)
def test_table_of_a_subgroup_is_the_audited_one(cohort, level):
    n, fever, severe, rhinorrhoea, hand_foot, six = A8[level]
    table = narrative.adverse_events_table(result(cohort, {level[0]: [level[1]]}))
    found = {r["Adverse event"]: r for r in table}
    expected = {"Fever": fever, "Rhinorrhoea": rhinorrhoea, "Hand-foot skin reaction": hand_foot}
    for term, (certain, unrelated) in (expected | {"Myalgia": six, "Diarrhoea": six}).items():
        assert found[term][f"Certain, of these {n}"] == certain, term
        assert float(found[term]["If unrelated: expected"]) == unrelated, term
    assert found["Fever"]["Grade III, certain"] == severe
    assert found["Fever"]["All 19, as reported"] == "17 of 19 (89 %)"


def test_table_of_all_patients_is_the_csv(cohort):
    found = {r["Adverse event"]: r for r in narrative.adverse_events_table(result(cohort))}
    for row in rows(printed.FOLDER, "ae_aggregate.csv"):
        cell = found[row["term"]]["Any grade (%, 95 % CI)" if row["grade_band"] == "any" else _grade(row)]
        if row["k"] == "":
            assert cell == "not reported"
            continue
        assert cell.startswith(f"{row['k']} of {row['n']}")
        if row["grade_band"] == "any":
            limits = binomtest(int(row["k"]), int(row["n"])).proportion_ci(method="exact")
            assert f"{100 * limits.low:.0f}–{100 * limits.high:.0f})" in cell


def _grade(row):
    return "Grade " + row["grade_band"].replace("-", "–")


def test_what_is_not_reported_is_never_zero(cohort):
    for levels in ({}, {"eln_risk": ["adverse"]}):
        r = result(cohort, levels)
        assert r.row(HAEMATOLOGICAL) is None
        cells = next(x for x in narrative.adverse_events_table(r) if x["Adverse event"] == HAEMATOLOGICAL)
        assert "0" not in "".join(v for name, v in cells.items() if name != "Adverse event")
        assert f"{HAEMATOLOGICAL}: not reported" in narrative.adverse_events_alt(r)


def test_grade_four_is_stated_once_with_its_limit(cohort):
    table = {r["Adverse event"]: r for r in narrative.adverse_events_table(result(cohort))}
    assert table[OVERALL]["Grade IV"] == "0 of 19 (upper 95 % limit 17.6 %)"
    assert table["Fever"]["Grade IV"] == "none ‡"
    assert "‡ Stated for all terms together" in narrative.adverse_events_notes(result(cohort))[0]


def test_grades_are_never_relabelled(cohort):
    for levels in ({}, {"eln_risk": ["adverse"]}):
        r = result(cohort, levels)
        words = [narrative.adverse_events_sentence(r), narrative.adverse_events_caption(r)]
        words += [narrative.adverse_events_alt(r), str(narrative.adverse_events_table(r))]
        assert not [w for w in words if "CTCAE" in w]
        assert dict(narrative.adverse_events_card(r)) == {
            "Grading": "WHO I–IV",
            "Counted": "patients, worst grade of each, as reported",
            "Reported": "totals only, for all 19",
            "Exposure": "not reported",
            "Attribution": "not reported",
        }


def test_joint_facts_of_all_patients(cohort):
    """STATISTICS A8: any of the five in 17–19, fever and rhinorrhoea 7–9, fever and hand-foot 5–7, one grade III."""
    facts = {(j.kind, j.what): (j.lower, j.upper) for j in result(cohort).joint}
    assert facts[("pair", ("Fever", "Rhinorrhoea"))] == (7, 9)
    assert facts[("pair", ("Fever", "Hand-foot skin reaction"))] == (5, 7)
    assert facts[("grade", ("III",))] == (1, 1)
    assert next(v for (kind, _), v in facts.items() if kind == "one or more") == (17, 19)
    assert "in exactly 1." in narrative.adverse_events_notes(result(cohort))[1]


def test_a_filter_that_leaves_nobody_out_shows_the_totals(cohort):
    everybody = result(cohort, {"eln_risk": ["favourable", "intermediate", "adverse"]})
    assert not everybody.is_subgroup
    assert narrative.adverse_events_sentence(everybody) == narrative.adverse_events_sentence(result(cohort))


def test_order_of_terms(cohort):
    reported = ["Fever", "Rhinorrhoea", "Hand-foot skin reaction", "Myalgia", "Diarrhoea"]
    assert result(cohort).terms == (*reported, HAEMATOLOGICAL)
    assert result(cohort, ae_sort="name").terms == tuple(sorted([*reported, HAEMATOLOGICAL]))
    assert result(cohort, {"eln_risk": ["adverse"]}).terms == result(cohort).terms, "a filter moves no row"


def test_groups_of_totals_are_not_compared(cohort):
    codes = [c.code for c in narrative.adverse_events_cautions(result(cohort, by="eln_risk"))]
    assert "AE3" in codes
    assert "AE3" not in [c.code for c in narrative.adverse_events_cautions(result(cohort))]
    assert narrative.adverse_events_cautions(result(cohort, {"eln_risk": ["adverse"]}))[0].code == "AE1"


def with_totals(cohort, *totals):
    """The founding cohort with other totals: (term, grade_band, k, n)."""
    names = ("term", "grade_band", "k", "n")
    table = pa.table(dict(zip(names, map(list, zip(*totals, strict=True)), strict=True)))
    table = table.append_column("quote", pa.nulls(table.num_rows, pa.string()))
    return replace(cohort, tables={**cohort.tables, "ae_aggregate": table}, _arrays={})


def test_bounds_hold_where_the_totals_leave_patients_out(cohort):
    """17 patients were assessed, nobody says which of the 19: all 10 with it can be among the 12 not selected."""
    other = with_totals(cohort, ("Rash", "any", 10, 17), ("Rash", "III", 8, 17))
    bound = result(other, {"eln_risk": ["adverse"]}).bound("Rash")
    assert (bound["lower"], bound["upper"]) == (0, 7)
    assert result(other, {"timing": ["induction"]}).bound("Rash")["lower"] == 10 + 14 - 19


def test_segments_add_up_to_the_total_or_are_not_split(cohort):
    other = with_totals(
        cohort, ("Rash", "any", 10, 19), ("Rash", "1-2", 6, 19), ("Rash", "3-4", 3, 19),
        ("Pain", "any", 5, 19), ("Pain", "1-2", 4, 19), ("Pain", "3-4", 2, 19), ("Pain", "4", 1, 19),
    )  # fmt: skip
    found = [(s["term"], s["band"], s["start"], s["k"]) for s in result(other).segments.to_pylist()]
    assert found == [
        ("Rash", "1-2", 0, 6), ("Rash", "3-4", 6, 3), ("Rash", "ungraded", 9, 1), ("Pain", "ungraded", 0, 5),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "label", "first"),
    [("I-II", "I–II", 1), ("III", "III", 3), ("3-5", "3–5", 3), ("4", "4", 4), ("x", "x", 0)],
)
def test_grade_bands_are_read_as_reported(code, label, first):
    band = grade_band(code)
    assert (band.code, band.label, band.first) == (code, label, first)


# ---- neither, or both ------------------------------------------------------------------------------------------------


def test_a_cohort_without_adverse_events(cohort):
    tables = {k: v for k, v in cohort.tables.items() if not k.startswith("ae_")}
    none = result(replace(cohort, tables=tables, _arrays={}))
    assert none is None
    assert "no table" in narrative.adverse_events_sentence(none)


def test_patient_level_events_win_unless_the_dictionary_says_totals(cohort, synthetic):
    both = {**synthetic.tables, "ae_aggregate": cohort.tables["ae_aggregate"]}
    assert result(replace(synthetic, tables=both, _arrays={})).level == "patient"
    definition = replace(synthetic.definition, adverse_events={"level": "aggregate"})
    assert result(replace(synthetic, definition=definition, tables=both, _arrays={})).level == "aggregate"


@pytest.mark.parametrize("levels", [{}, {"eln_risk": ["adverse"]}, {"eln_risk": ["favourable"], "fab_major": ["M7"]}])
def test_no_machine_word_reaches_the_reader(cohort, levels):
    r = result(cohort, levels)
    words = [narrative.adverse_events_sentence(r), narrative.adverse_events_alt(r), narrative.adverse_events_caption(r)]
    words += [str(list(row.values())) for row in narrative.adverse_events_table(r)] if r.countable else []
    for text in words:
        assert not [w for w in ("nan", "None", "inf ", "null") if w in text], text
