"""The patients page: sentence, figure, MRD, listing and profile, each against the printed tables."""

import csv
import io
import json
import re
from pathlib import Path

import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest

from tests.support.harness import bar_words

ROOT = Path(__file__).resolve().parents[2]
FOUNDING = ROOT / "data" / "flt3-itd-sorafenib-iti"


def page(**query):
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    for name, value in query.items():
        at.query_params[name] = value
    at.run()
    return at.switch_page("pages/patients.py").run()


def table(name):
    with (FOUNDING / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def figure(at, i=0):
    return at.get("vega_lite_chart")[i].proto


def dataset(at, name, i=0):
    data = next(d.data.data for d in figure(at, i).datasets if d.name == name)
    return pa.ipc.open_stream(data).read_all().to_pylist()


def said(at):
    """Alternative texts of the figures, in order."""
    found = [json.loads(c.proto.json) for c in at.get("bidi_component")]
    return [f["alt"] for f in found if f.get("box", "").startswith("patients_")]


def plain(text):
    return text.replace("\\", "")


def answer(at):
    return plain(next(m.value for m in at.markdown if m.value.startswith("#####")))


def words(at):
    return (
        " ".join(e.label.replace("\\", "") for e in at.expander)
        + " "
        + plain(" ".join(x.value for x in (*at.subheader, *at.markdown, *at.caption)))
    )


def cells(at):
    """Every cell of every small table, as text."""
    live = [json.loads(c.proto.json).get("rows", []) for c in at.get("bidi_component")]
    drawn = [t.value.to_numpy().tolist() for t in at.table]
    return plain(" | ".join(str(cell) for rows in (*live, *drawn) for row in rows for cell in row))


def shown(at):
    return [r["id"] for r in dataset(at, "lanes")]


def select(at, label):
    return next(s for s in at.selectbox if s.label == label)


def listing(at):
    return at.dataframe[0].value


def test_opening_page_of_the_founding_cohort():
    at = page()
    assert not at.exception
    assert answer(at).startswith(
        "##### 19 patients: morphological relapse in 3, molecular relapse in 3 and death in 3; at last contact 12 alive"
    )
    assert set(shown(at)) == {str(i) for i in range(1, 20)}
    assert "patient 9: morphological relapse 16 months" in said(at)[0]
    assert "FLT3-ITD is the inclusion criterion." in words(at)
    assert "A bar is time followed, not time treated." in words(at)
    assert (
        "In patients 14, 17 and 18 relapse follow-up ends early (transplant inferred): an inference, not data."
        in words(at)
    )
    assert "on treatment" not in words(at)
    assert "Click a lane or a row of the listing" in words(at)


def test_mrd_is_shown_on_two_axes_with_the_definitions_beside():
    at = page()
    assert [text.split(", ")[1] for text in said(at)[1:]] == ["flow", "transcript"]
    assert "Threshold in force: flow ≥ 0.01 %." in words(at)
    for row in (
        "flow ≥ 0.01 % (filter in force) | 4 of 19 | 7, 9, 13, 17",
        "flow ≥ 0.1 % | 3 of 19 | 9, 13, 17",
        "flow or transcript ≥ 0.01 % | 5 of 19 | 7, 9, 10, 13, 17",
        "anything detectable | 7 of 19 | 5, 7, 8, 9, 10, 13, 17",
    ):
        assert row in cells(at)
    moved = page(mrd_flow_cutoff="0.1")
    assert "Threshold in force: flow ≥ 0.1 %." in words(moved)
    assert [r["text"] for r in dataset(moved, "lines", 1) if r["on"]] == ["≥ 0.1 %, in force"]


def test_listing_has_the_selected_patients_in_words():
    at = page(eln_risk="adverse")
    frame = listing(at)
    expected = {r["No."] for r in table("table1.csv") if r["Risk stratification"].strip().lower() == "adverse"}
    assert set(frame.iloc[:, 0]) == expected == set(shown(at))
    assert list(frame.iloc[:, 0]) == shown(at), "the listing is in the order of the lanes"
    assert set(frame.iloc[:, 1]) == {"adverse"}
    heads = [c["label"] for c in json.loads(at.dataframe[0].proto.columns).values() if c.get("label")]
    assert "ELN 2022 risk" in heads
    assert "eln_risk" not in " ".join(heads)


def test_an_outcome_narrows_the_page_and_says_that_no_curve_follows():
    at = page()
    control = select(at, "Show")
    assert "never a curve" in control.help
    control.set_value("status.morphological_relapse").run()
    assert at.query_params["show"] == "status.morphological_relapse"
    assert set(shown(at)) == {r["No."] for r in table("table2.csv") if r["Status"] == "morphological relapse"}
    assert "These patients were chosen by what happened to them later" in words(at)
    assert "All patients: 19 of 19" in bar_words(at), "the selection itself has not changed"


def test_time_zero_moves_relapse_into_its_own_column():
    at = page()
    assert {m["mark"] for m in dataset(at, "elsewhere")} == {"death", "lost to follow-up", "alive at cut-off"}
    select(at, "Time zero").set_value("diagnosis").run()
    assert at.query_params["clock"] == "diagnosis"
    assert {m["mark"] for m in dataset(at, "marks")} == {"death", "lost to follow-up", "alive at cut-off"}
    assert len(dataset(at, "elsewhere")) == 9
    assert "In 9 of 19 the start of maintenance is only bounded (hatched)" in words(at)


def test_profile_by_link_goes_down_to_the_printed_cell():
    at = page(patient="5")
    one = next(r for r in table("table1.csv") if r["No."] == "5")
    two = next(r for r in table("table2.csv") if r["No."] == "5")
    assert not at.exception
    assert "Patient 5" in [plain(s.value) for s in at.subheader]
    assert "Molecular relapse 6 months from start of maintenance; lost to follow-up 54 months from diagnosis." in words(
        at
    )
    assert "**Patient 5.** Male, 61 years." in words(at)
    assert "Maintenance began at most 48 months after diagnosis (not printed)." in words(at)
    text = cells(at)
    assert f"Table 1, row 5, Sex (line {one['line']}) | \u041c (\u041c is U+041C, Cyrillic capital letter em)" in text
    assert f"| {one['Cytogenetics']} |" in text
    assert f"| {two['Outcomes']} |" in text
    assert "A space after a hyphen was removed" in text
    assert [r["id"] for r in dataset(at, "lanes") if r["open"]] == ["5"]


def test_courses_name_drugs_only_where_the_footnote_does():
    at = page(patient="9")
    assert "1 | CHAG | 2 | not defined in the source | – | C and G are defined in DCAG only" in cells(at)
    at = page(patient="16")
    assert "1 | VA | 9 | venetoclax, azacitidine | footnote of the table" in cells(at)


def test_a_patient_outside_the_selection_is_shown_and_said_to_be():
    at = page(patient="9", eln_risk="favourable")
    assert not at.exception
    assert "9" not in shown(at)
    assert "Not among the patients shown now; the profile is shown all the same." in words(at)
    assert "8.85 % blast cells" in cells(at)
    assert select(at, "Patient").value == "9"
    assert "**Patient 9 (not among those shown).**" in words(at)


def test_choosing_and_closing_a_profile_changes_the_link():
    at = page()
    select(at, "Patient").set_value("13").run()
    assert at.query_params["patient"] == "13"
    assert "Patient 13" in [plain(s.value) for s in at.subheader]
    next(b for b in at.button if b.label == "Close this profile").click().run()
    assert "patient" not in at.query_params
    assert "Patient 13" not in [plain(s.value) for s in at.subheader]


def test_an_unknown_patient_in_a_link_is_said_not_guessed():
    at = page(patient="99")
    assert not at.exception
    assert "patient = 99" in plain(at.warning[0].value)
    assert len(shown(at)) == 19


def test_empty_selection_draws_nothing():
    at = page(eln_risk="favourable", karyotype="normal")
    assert not at.exception
    assert at.subheader[0].value == "No patient matches this selection."
    assert not at.get("vega_lite_chart")
    assert not at.dataframe


def test_an_outcome_nobody_has_offers_the_way_back():
    at = page(eln_risk="favourable", show="status.morphological_relapse")
    assert "No patient of this selection has that outcome." in answer(at)
    assert not at.get("vega_lite_chart")
    next(b for b in at.button if b.label == "Show all selected patients").click().run()
    assert set(shown(at)) == {"5", "8", "10"}


def test_synthetic_cohort_says_what_it_does_not_hold():
    at = page(cohort="synthetic-maintenance", patient="S001")
    assert not at.exception
    assert len(shown(at)) in (60, 61)
    assert "of 320 patients drawn" in words(at)
    for sentence in (
        "This cohort has no table of gene mutations, so there is no matrix beside the lanes.",
        "No treatment courses are held for this cohort.",
        "This cohort keeps no record of source cells.",
    ):
        assert sentence in words(at)
    said = words(at) + " ".join(str(e.value) for kind in (at.subheader, at.markdown) for e in kind)
    assert "MRD values" not in said  # MRD by flow is in the listing; what is missing is the table by assay
    assert "Measurable residual disease before maintenance" not in said
    assert "MRD before maintenance**" not in said
    assert not [s for s in at.selectbox if s.label == "Time zero"]
    assert listing(at).shape[0] == 320


def test_no_placeholder_reaches_the_reader():
    for query in ({}, {"patient": "17"}, {"cohort": "synthetic-maintenance"}):
        at = page(**query)
        text = words(at) + cells(at) + "".join(said(at))
        found = re.search(r"\b(nan|NaN|None|inf|not_reported|os_dx|ttr_pub|morphological_relapse)\b", text)
        assert not found, (query, found)


def test_text_of_a_cohort_is_not_read_as_markup(monkeypatch):
    from cohort import provenance

    real = provenance.sources

    def hostile(cohort, patient):
        first, *rest = real(cohort, patient)
        from dataclasses import replace

        return (replace(first, raw="![x](http://example.org/x.png) # **bold**"), *rest)

    monkeypatch.setattr("cohort.ui.patients_panels.sources", hostile)
    at = page(patient="1")
    raw = " ".join(str(v) for t in at.table for v in t.value.to_numpy().ravel())
    assert "![x](http" not in raw
    assert r"!\[x\](http" in raw


def test_files_hold_the_listing_its_dictionary_and_every_source_cell():
    from dataclasses import replace

    from cohort.exports.table import csv_bytes
    from cohort.options import Options
    from cohort.readers import read_cohort
    from cohort.results import patients_listing
    from cohort.results.patients import PatientsResult
    from cohort.selection import Selection
    from cohort.view import CohortView

    cohort = read_cohort(FOUNDING)
    selection = Selection.of(cohort.definition, {"eln_risk": ["favourable"]})
    result = PatientsResult(CohortView(cohort, selection, replace(Options.default(cohort.definition))))

    def rows(made):
        return list(csv.DictReader(io.StringIO(csv_bytes(made).decode("utf-8-sig"))))

    listed = rows(pa.table(result.listing))
    assert [r["Patient"] for r in listed] == ["10", "8", "5"]
    dictionary = {r["column"] for r in rows(patients_listing.dictionary_rows(result))}
    assert set(listed[0]) - dictionary - {"Patient"} == {
        "Overall survival ends with",
        "Relapse-free survival ends with",
    }
    cells = rows(patients_listing.source_rows(result))
    assert {r["patient"] for r in cells} == {"5", "8", "10"}
    sex = {r["patient"]: (r["printed"], r["look_alike_letters"]) for r in cells if r["value"] == "Sex"}
    assert sex["5"] == ("\u041c", "\u041c is U+041C, Cyrillic capital letter em")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_appearance_changes_colours_only(scheme):
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    at.context = {"theme": scheme}
    at.run()
    at = at.switch_page("pages/patients.py").run()
    assert not at.exception
    background = json.loads(figure(at).spec)["config"]["background"]
    assert (background == "#FFFFFF") == (scheme == "light")
