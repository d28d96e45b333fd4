"""From the printed tables to the founding cohort's files: every trap of the transcription is a test of its own.

The raw side of each trap is asserted too, so that a test cannot pass because the trap is no longer there. Expected
values are counted in the printed tables or stand in the paper's text.
"""

import csv
import re
import statistics
import tomllib
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "data" / "flt3-itd-sorafenib-iti"
IDS = [str(i) for i in range(1, 20)]


def rows(name):
    with (FOLDER / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


PRINTED_1 = {r["No."]: r for r in rows("table1.csv")}
PRINTED_2 = {r["No."]: r for r in rows("table2.csv")}
PATIENTS = {r["patient_id"]: r for r in rows("patients.csv")}
PROVENANCE = {(r["patient_id"], r["table"], r["variable"]): r for r in rows("provenance.csv")}
DICTIONARY = tomllib.loads((FOLDER / "cohort.toml").read_text(encoding="utf-8"))


def who(variable, value):
    return {i for i, r in PATIENTS.items() if value in r[variable].split(";")}


def courses(patient):
    return [r for r in rows("courses.csv") if r["patient_id"] == patient]


def source(patient, variable, table="patients"):
    return PROVENANCE[patient, table, variable]


# ---- the traps, in the order of the printed tables -------------------------------------------------------------------
def test_trap_cyrillic_m_in_sex_is_read_as_male():
    cyrillic = {i for i, r in PRINTED_1.items() if r["Sex"] == "\u041c"}
    assert cyrillic == {"5", "8", "10", "16", "17"}
    assert {r["sex"] for r in PATIENTS.values()} == {"female", "male"}
    assert who("sex", "male") == cyrillic | {"1", "3", "6", "7"}
    assert {i for i in IDS if source(i, "sex")["rule"] == "fold_confusables"} == cyrillic
    assert source("5", "sex")["raw"] == "\u041c"


def test_trap_row_2_holds_karyotype_and_genes_in_one_cell():
    assert PRINTED_1["2"]["Cytogenetics"] == "Complex Karyotype CEBPA, NPM1"
    assert PRINTED_1["2"]["Gene mutation (exclude FLT3-ITD)"] == ""
    assert (PATIENTS["2"]["karyotype"], PATIENTS["2"]["genes"]) == ("complex", "NPM1;CEBPA")
    assert [r["gene"] for r in rows("mutations.csv") if r["patient_id"] == "2"] == ["CEBPA", "NPM1"]
    assert source("2", "genes")["column"] == "Cytogenetics"
    assert source("2", "genes")["rule"] == source("2", "karyotype")["rule"] == "split_karyotype_genes"


def test_trap_comma_and_space_inside_the_translocation():
    assert {PRINTED_1[i]["Cytogenetics"] for i in ("5", "8")} == {"t (8,21)(q22;q22)"}
    assert PRINTED_1["10"]["Cytogenetics"] == "t(8;21)(q22;q22)"
    assert who("karyotype", "t_8_21") == {"5", "8", "10"}
    assert Counter(r["karyotype"] for r in PATIENTS.values()) == {"normal": 14, "complex": 2, "t_8_21": 3}


def test_trap_fusion_has_a_gap_and_loses_its_1_in_table_2():
    assert {r["Fusion gene"] for r in PRINTED_1.values()} == {"negative", "AML1- ETO"}
    assert who("fusion", "runx1_runx1t1") == {"5", "8", "10"}
    transcripts = [r for r in rows("mrd.csv") if r["assay"] == "transcript"]
    assert {r["patient_id"] for r in transcripts} == {"5", "8", "10"}
    assert all(r["raw"].startswith("AML- ETO/ABL ") for r in transcripts)
    assert {r["unit"] for r in transcripts} == {"% RUNX1::RUNX1T1/ABL"}


def test_trap_favorable_is_spelt_the_american_way_and_capitalised():
    assert {r["Risk stratification"] for r in PRINTED_1.values()} == {"Favorable", "intermediate", "adverse"}
    assert Counter(r["eln_risk"] for r in PATIENTS.values()) == {"favourable": 3, "intermediate": 9, "adverse": 7}


def test_trap_a_dash_is_none_reported_and_an_empty_cell_is_not():
    gene = "Gene mutation (exclude FLT3-ITD)"
    assert {i for i, r in PRINTED_1.items() if r[gene] == "-"} == {"5", "8"} == who("genes", "none_reported")
    assert {i for i, r in PRINTED_1.items() if r[gene] == ""} == {"2"}
    assert source("5", "genes")["rule"] == "dash_none_reported"


def test_trap_one_mrd_cell_holds_two_assays():
    assert PRINTED_2["10"]["MRD ¹"] == "negative; AML- ETO/ABL 0.056%"
    mrd = {(r["patient_id"], r["assay"]): r for r in rows("mrd.csv")}
    assert len(mrd) == 22
    assert mrd["10", "flow"]["call"] == "negative"
    assert mrd["10", "flow"]["value_pct"] == ""
    assert {i: mrd[i, "transcript"]["value_pct"] for i in ("5", "8", "10")} == {
        "5": "0.0011", "8": "0.0062", "10": "0.056",
    }  # fmt: skip
    assert {i: mrd[i, "flow"]["value_pct"] for i in IDS if mrd[i, "flow"]["value_pct"]} == {
        "7": "0.06", "9": "8.85", "13": "0.10", "17": "2.53",
    }  # fmt: skip


def test_trap_a_transcript_ratio_never_makes_a_patient_flow_positive():
    assert who("mrd_flow_001", "positive") == {"7", "9", "13", "17"}
    assert who("mrd_flow_01", "positive") == {"9", "13", "17"}, "0.10 % is at the 0.1 % cut-off, 0.06 % below it"
    assert who("mrd_transcript", "at_least_0.01") == {"10"}
    assert who("mrd_transcript", "below_0.01") == {"5", "8"}
    assert who("mrd_assays", "flow_and_transcript") == {"5", "8", "10"}


def test_trap_lost_to_follow_up_is_printed_in_two_ways():
    printed = Counter(r["Outcomes"] for r in PRINTED_2.values())
    assert printed == {"Survival": 12, "Lost to follow- up": 3, "Lost to follow-up": 1, "Death": 3}
    assert who("outcome", "lost") == {"5", "7", "10", "11"}
    assert who("outcome", "dead") == {"6", "9", "17"}


def test_trap_gaps_inside_course_names():
    assert courses("1")[4]["token_raw"] == "ID- Ara-C"
    assert courses("11")[2]["token_raw"] == "MD-Ara- C"
    assert courses("1")[4]["drugs"] == "intermediate-dose cytarabine"
    assert courses("11")[2]["drugs"] == "medium-dose cytarabine"


def test_trap_times_two_after_a_pair_stays_ambiguous():
    pair = courses("2")[3]
    assert (pair["token_raw"], pair["n"], pair["defined"]) == ("IDA +ID-Ara-C", "2", "footnote")
    assert "not stated" in pair["note"]
    assert source("2", "course.4", "courses")["rule"] == "regimen_ambiguous_count"


def test_trap_full_stop_for_a_comma_makes_two_courses():
    assert "IA.ID-Ara-C" in PRINTED_2["3"]["Pretreatment regimens"]
    assert [(c["token_raw"], c["n"]) for c in courses("3")] == [
        ("CHAG", "2"),
        ("IA", "1"),
        ("ID-Ara-C", "1"),
        ("CHAG", "1"),
    ]
    assert [bool(c["note"].count("full stop")) for c in courses("3")] == [False, True, True, False]


def test_trap_an_unnamed_inhibitor_gets_no_drug():
    tki = courses("10")[2]
    assert (tki["token_raw"], tki["drugs"], tki["defined"]) == ("TKI +CAG", "", "none")


def test_trap_a_repeated_course_is_kept_in_its_place():
    assert [c["token_raw"] for c in courses("10")] == ["IA", "HD-Ara-C", "TKI +CAG", "CHAG", "MA", "DCHAG", "HD-Ara-C"]
    assert [(c["token_raw"], c["n"]) for c in courses("8")][1::2] == [
        ("ID-Ara-C", "2"),
        ("ID- Ara-C", "1"),
        ("CAG", "1"),
    ]


def test_trap_d_chag_and_dchag_are_not_merged():
    tokens = {c["token_raw"] for c in rows("courses.csv")}
    assert {"D-CHAG", "DCHAG"} <= tokens


def test_trap_fab_subtypes_are_kept_and_the_major_class_is_derived():
    assert Counter(r["fab_major"] for r in PATIENTS.values()) == {"M1": 3, "M2": 7, "M4": 3, "M5": 5, "M7": 1}
    assert (who("fab", "M2a"), who("fab", "M2b"), who("fab", "M5a")) == ({"1", "6"}, {"5", "8", "10"}, {"3"})
    assert {i: r["fab"] for i, r in PATIENTS.items()} == {i: r["FAB classification"] for i, r in PRINTED_1.items()}


def test_trap_printed_decimals_are_kept():
    assert PATIENTS["19"]["blasts"] == "85.0"
    assert PATIENTS["16"]["blasts"] == "53.87"
    for column, printed in (("age", "Age"), ("wbc", "WBC (10^9/L)"), ("blasts", "Blast cell (%)")):
        assert {i: r[column] for i, r in PATIENTS.items()} == {i: r[printed] for i, r in PRINTED_1.items()}


def test_trap_the_table_is_continued_under_a_second_header():
    assert [r["No."] for r in rows("table1.csv")] == [r["No."] for r in rows("table2.csv")] == IDS
    lines = [int(r["line"]) for r in rows("table2.csv")]
    assert lines == [*range(132, 138), *range(145, 158)]
    assert [int(r["line"]) for r in rows("table1.csv")] == list(range(109, 128))


def test_trap_headers_carry_footnote_marks_and_the_only_unit():
    assert {"MRD ¹", "Relapse-free survival(m) ²", "Overall survival (m) ³"} <= set(PRINTED_2["1"])
    assert DICTIONARY["time_unit"] == "months"
    times = {(r["patient_id"], r["endpoint"]): r for r in rows("endpoints.csv")}
    for i in IDS:
        assert times[i, "os_dx"]["time_lo"] == times[i, "os_dx"]["time_hi"] == PRINTED_2[i]["Overall survival (m) ³"]
        assert times[i, "ttr_pub"]["time_lo"] == PRINTED_2[i]["Relapse-free survival(m) ²"]


# ---- the cohort as a whole -------------------------------------------------------------------------------------------
def test_course_totals():
    totals = Counter()
    for c in rows("courses.csv"):
        totals[re.sub(r"\s*\+\s*", "+", re.sub(r"-\s+", "-", c["token_raw"]))] += int(c["n"])
    assert totals == {
        "ID-Ara-C": 22, "IA": 14, "VA": 13, "CHAG": 8, "HD-Ara-C": 8, "HA": 5, "DCAG": 4, "DA": 3, "AA": 3,
        "IDA+ID-Ara-C": 2, "MA": 2, "CAG": 2, "DCHAG": 2, "VAH": 2, "EA": 1, "HAG": 1, "TKI+CAG": 1, "MD-Ara-C": 1,
        "D-CHAG": 1, "Ara-C": 1, "DHA": 1,
    }  # fmt: skip
    assert who("venetoclax", "yes") == {"14", "16"}


def test_drugs_are_given_only_where_the_footnote_defines_them():
    for course in rows("courses.csv"):
        assert bool(course["drugs"]) == (course["defined"] in ("footnote", "letters"))
        assert (course["defined"] == "none") == course["note"].startswith("not defined in the source")
    assert {c["token_raw"] for c in rows("courses.csv") if c["defined"] == "letters"} == {"DA", "HA", "MA"}


def test_baseline_counts_of_the_text():
    assert Counter(r["sex"] for r in PATIENTS.values()) == {"male": 9, "female": 10}
    ages = [int(r["age"]) for r in PATIENTS.values()]
    assert (statistics.median(ages), min(ages), max(ages)) == (59, 21, 76)
    wbc = [float(r["wbc"]) for r in PATIENTS.values()]
    assert (statistics.median(wbc), min(wbc), max(wbc)) == (32.25, 0.7, 254)
    assert who("timing", "consolidation") == {"2", "10", "11", "13", "18"}
    assert Counter(r["status"] for r in PATIENTS.values()) == {
        "CR": 13, "molecular_relapse": 3, "morphological_relapse": 3,
    }  # fmt: skip


def test_genes_by_frequency_and_pharmacogenes_apart():
    printed = [g for r in rows("mutations.csv") if r["class"] == "driver" for g in [r["gene"]]]
    counts = Counter(printed)
    assert counts == {
        "NPM1": 14, "TET2": 6, "IDH2": 5, "DNMT3A": 4, "ASXL1": 2, "CEBPA": 2, "IKZF1": 2, "RUNX1": 2, "CSF3R": 1,
        "SMC3": 1, "TP53": 1,
    }  # fmt: skip
    levels = [lv["code"] for v in DICTIONARY["variables"] if v["name"] == "genes" for lv in v["levels"]]
    assert levels == [*sorted(counts, key=lambda g: (-counts[g], g)), "none_reported"]
    assert who("pharmacogenes", "ABCB1") == {"12", "13", "14", "16", "18"}
    assert who("pharmacogenes", "CYP2C19") == {"12"}
    assert who("triple_mutated", "yes") == {"11", "13", "16"}


def eln_2022(karyotype, fusion, genes):
    """ELN 2022 class of a FLT3-ITD-positive patient from what Table 1 prints; CEBPA type and VAF are not reported."""
    adverse = {"ASXL1", "BCOR", "EZH2", "RUNX1", "SF3B1", "SRSF2", "STAG2", "U2AF1", "ZRSR2", "TP53"}
    if karyotype == "t_8_21" or fusion == "runx1_runx1t1":
        return "favourable"
    return "adverse" if karyotype == "complex" or adverse & set(genes) else "intermediate"


@pytest.mark.parametrize("patient", IDS)
def test_derived_eln_class_is_the_published_one(patient):
    row = PATIENTS[patient]
    assert eln_2022(row["karyotype"], row["fusion"], row["genes"].split(";")) == row["eln_risk"]


def test_relapse_time_never_exceeds_survival_time():
    times = {(r["patient_id"], r["endpoint"]): int(r["time_lo"]) for r in rows("endpoints.csv")}
    lags = {i: times[i, "os_dx"] - times[i, "ttr_pub"] for i in IDS}
    assert min(lags.values()) == 4
    in_remission = {i: lag for i, lag in lags.items() if i in who("status", "CR")}
    early = {"14": 45, "17": 43, "18": 55}
    assert {i: lag for i, lag in in_remission.items() if lag > 15} == early


def test_events_and_reasons():
    events = {(r["patient_id"], r["endpoint"]): r["event"] or r["reason"] for r in rows("endpoints.csv")}
    assert Counter(events[i, "os_dx"] for i in IDS) == {"alive": 12, "lost": 4, "death": 3}
    assert {i for i in IDS if events[i, "ttr_pub"] == "stopped_early"} == {"14", "17", "18"}
    assert {i for i in IDS if events[i, "ttr_pub"] == "lost"} == {"11"}
    assert {i for i in IDS if events[i, "ttr_pub"] == "molecular_relapse"} == {"2", "5", "10"}
    assert {i for i in IDS if events[i, "ttr_pub"] == "morphological_relapse"} == {"6", "7", "9"}
    assert sum(events[i, "ttr_pub"] == "alive" for i in IDS) == 9


# ---- adverse events --------------------------------------------------------------------------------------------------
def test_adverse_event_counts_give_back_the_printed_percentages():
    counts = {(r["term"], r["grade_band"]): r for r in rows("ae_aggregate.csv")}
    for row in counts.values():
        if row["pct_printed"]:
            share = Decimal(int(row["k"]) * 100) / int(row["n"])
            assert str(share.quantize(Decimal("0.1"), ROUND_HALF_UP)) == row["pct_printed"]
            assert f"{row['pct_printed']}%" in row["quote"]
    k = {key: row["k"] for key, row in counts.items()}
    assert (k["Fever", "any"], k["Fever", "I-II"], k["Fever", "III"]) == ("17", "16", "1")
    assert (k["Rhinorrhoea", "any"], k["Rhinorrhoea", "III"]) == ("9", "0")
    assert k["Hand-foot skin reaction", "any"] == "7"
    assert k["Myalgia", "any"] == k["Diarrhoea", "any"] == "6"
    assert {row["scale"] for row in counts.values()} == {"WHO I–IV"}


def test_a_term_without_a_count_is_not_reported_and_grade_iv_is_nought():
    counts = {(r["term"], r["grade_band"]): r["k"] for r in rows("ae_aggregate.csv")}
    assert counts["Haematological toxicity (myelosuppression)", "any"] == ""
    assert counts["Any adverse event", "IV"] == "0"
