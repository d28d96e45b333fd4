"""From a value to its printed cell: every raw string is the cell of the printed table, letter for letter."""

import csv
import tomllib
from pathlib import Path

import pytest

from cohort.provenance import SourceCell, source_of, sources
from cohort.readers import read_cohort

DATA = Path(__file__).parents[2] / "data"
FOUNDING = DATA / "flt3-itd-sorafenib-iti"
IDS = [str(i) for i in range(1, 20)]


def table(name):
    with (FOUNDING / name).open(encoding="utf-8", newline="") as file:
        return {r["No."]: r for r in csv.DictReader(file)}


PRINTED = {"Table 1": table("table1.csv"), "Table 2": table("table2.csv")}


@pytest.fixture(scope="module")
def founding():
    return read_cohort(FOUNDING)


@pytest.mark.parametrize("patient", IDS)
def test_raw_strings_are_the_printed_cells_letter_for_letter(founding, patient):
    cells = sources(founding, patient)
    assert len(cells) > 20
    for cell in cells:
        row = PRINTED[cell.source][patient]
        parts = cell.column.split(" + ")
        assert cell.raw == " | ".join(row[part] for part in parts), cell
        assert (cell.line, cell.row) == (row["line"], patient)


@pytest.mark.parametrize("patient", IDS)
def test_every_coded_value_of_the_patient_table_has_a_source(founding, patient):
    with (FOUNDING / "patients.csv").open(encoding="utf-8", newline="") as file:
        row = next(r for r in csv.DictReader(file) if r["patient_id"] == patient)
    found = {c.variable for c in sources(founding, patient) if c.table == "patients"}
    assert found == set(row) - {"patient_id"}


def test_the_cyrillic_letter_is_kept_and_named_where_it_was_printed(founding):
    named = {i: source_of(founding, i, "patients", "sex") for i in IDS}
    for i, cell in named.items():
        cyrillic = PRINTED["Table 1"][i]["Sex"] == "\u041c"
        assert (cell.raw == "\u041c") == cyrillic
        assert cell.look_alikes == (("\u041c is U+041C, Cyrillic capital letter em",) if cyrillic else ())
        assert cell.shown == ("female" if PRINTED["Table 1"][i]["Sex"] == "F" else "male")
    assert {i for i, c in named.items() if c.look_alikes} == {"5", "8", "10", "16", "17"}


def test_place_and_rule_are_said_in_words(founding):
    rules = tomllib.loads((FOUNDING / "cohort.toml").read_text(encoding="utf-8"))["rules"]
    cell = source_of(founding, "9", "mrd", "flow.value_pct")
    assert cell.place == "Table 2, row 9, MRD ¹ (line 147)"
    assert (cell.what, cell.shown, cell.raw) == ("MRD, flow", "8.85 %", "8.85%")
    assert cell.rule_text == rules["mrd_flow"]
    for i in IDS:
        assert {c.rule_text for c in sources(founding, i)} <= set(rules.values())


@pytest.mark.parametrize(
    ("patient", "table_name", "variable", "what", "shown", "raw"),
    [
        ("5", "patients", "karyotype", "Karyotype", "t(8;21)(q22;q22)", "t (8,21)(q22;q22)"),
        ("7", "patients", "mrd_flow_01", "MRD by flow before maintenance (≥ 0.1 %)", "negative", "0.06%"),
        ("12", "patients", "pharmacogenes", "Pharmacogenes", "ABCB1, CYP2C19", "NPM1, IDH2, ABCB1, CYP2C19"),
        ("19", "patients", "blasts", "Blasts", "85.0 %", "85.0"),
        ("9", "endpoints", "ttr_pub.event", "Relapse-free survival: event", "morphological relapse",
         "morphological relapse"),
        ("5", "endpoints", "os_dx.reason", "Overall survival: reason for censoring", "lost to follow-up",
         "Lost to follow- up"),
        ("13", "mutations", "ABCB1", "Gene ABCB1", "pharmacogene variant reported", "NPM1, DNMT3A, ABCB1"),
        ("16", "courses", "course.1", "Course 1", "VA × 9", "VA*9"),
    ],
)  # fmt: skip
def test_values_are_shown_in_the_words_of_the_page(founding, patient, table_name, variable, what, shown, raw):
    cell = source_of(founding, patient, table_name, variable)
    assert (cell.what, cell.shown, cell.raw) == (what, shown, raw)


def test_an_upper_limit_that_repeats_the_lower_and_units_are_left_out(founding):
    variables = {c.variable for i in IDS for c in sources(founding, i)}
    assert "os_dx.time_lo" in variables
    assert not [v for v in variables if v.endswith((".unit", "time_hi"))]


def test_a_cohort_without_provenance_has_no_sources():
    synthetic = read_cohort(DATA / "synthetic-maintenance")
    assert sources(synthetic, synthetic.ids[0]) == ()
    assert source_of(synthetic, synthetic.ids[0], "patients", "sex") is None


@pytest.mark.parametrize(
    ("raw", "named"),
    [
        ("M", 0), ("MD-Ara- C", 0), ("×10⁹/L, ≥ 5 %", 0), ("café", 0),
        ("\u0421R", 1), ("\u0391\u0392", 2), ("\u041c\u041c", 1),
    ],
)  # fmt: skip
def test_only_letters_of_other_scripts_are_named(raw, named):
    cell = SourceCell("t", "v", "", "", "", "", "", "", raw, "", "")
    assert len(cell.look_alikes) == named
