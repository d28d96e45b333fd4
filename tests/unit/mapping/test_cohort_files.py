"""Our own layout, written from an upload: it reads back to the same cohort, and every value leads to its cell."""

import csv
import io
import tomllib
from dataclasses import replace

import numpy as np
import pytest
from lifelines import datasets

from cohort.mapping import ColumnRole, Mapping, MappingError, build, cohort_files, propose
from cohort.mapping.build_variables import limits
from cohort.mapping.codes import Codes, slug
from cohort.mapping.toml_text import toml_text
from cohort.options import Options
from cohort.provenance import sources
from cohort.readers import read_cohort
from tests.support.uploads import adam, cbioportal, frame, redcap, table, upload

MADE = {
    "adam": adam,
    "cbioportal": cbioportal,
    "redcap": redcap,
    "rossi": lambda: frame("rossi", datasets.load_rossi()),
}


def rows(data):
    return list(csv.DictReader(io.StringIO(data.decode())))


@pytest.mark.parametrize("name", MADE)
def test_files_read_back_to_the_same_cohort(name, tmp_path):
    given = MADE[name]()
    mapping = propose(given)
    for file, data in cohort_files(given, mapping).items():
        (tmp_path / file).write_bytes(data)
    again, cohort = read_cohort(tmp_path), build(given, mapping)
    assert again.definition.kind == "private"
    assert again.fingerprint == cohort.fingerprint
    for table_name, content in cohort.tables.items():
        assert again.tables[table_name].equals(content)


@pytest.mark.parametrize("name", MADE)
def test_every_value_leads_to_the_uploaded_cell(name):
    given = MADE[name]()
    files = cohort_files(given, propose(given))
    told = {(r["patient_id"], r["variable"]) for r in rows(files["provenance.csv"])}
    for row in rows(files["patients.csv"]):
        for variable, value in row.items():
            if variable != "patient_id" and value and value != "none_ticked":
                assert (row["patient_id"], variable) in told
    for row in rows(files["endpoints.csv"]):
        assert (row["patient_id"], f"{row['endpoint']}.time_lo") in told
        part = "event" if row["event"] else "reason"
        assert (row["patient_id"], f"{row['endpoint']}.{part}") in told
    for cell in rows(files["provenance.csv"]):
        source = given.table(cell["source"])
        at = int(cell["row"]) - source.first_row
        held = source.column(cell["column"]).values[at].as_py()
        assert cell["raw"] == (
            str(held) if not isinstance(held, float) else f"{held:g}" if held % 1 == 0 else repr(held)
        )


def test_the_record_of_a_patient_shows_its_cells():
    cohort = build(cbioportal(), propose(cbioportal()))
    cell = next(c for c in sources(cohort, "P-4") if c.variable == "os.time_lo")
    assert cell.place == "data_clinical_patient.txt, row 10, OS_MONTHS"
    assert (cell.shown, cell.raw) == ("5.5 months", "5.5")


def test_levels_have_safe_stable_codes_and_keep_their_text():
    levels = ["≥ 60 <script>", "FLT3-ITD+", "男", "女", "not reported", "a/b;c", "a b c"]
    columns = {"time": list(range(1, 8)), "status": [0, 1] * 3 + [1], "wild": levels}
    cohort = build(upload(table("x.csv", columns)), propose(upload(table("x.csv", columns))))
    variable = cohort.definition.variable("wild")
    assert {lv.label for lv in variable.levels} == set(levels)
    codes = [lv.code for lv in variable.levels]
    assert len(set(codes)) == 7
    assert "not_reported" not in codes
    assert all(c.isascii() and c.replace("_", "").replace(".", "").replace("-", "").isalnum() for c in codes)
    turned = {name: values[::-1] for name, values in columns.items()}
    again = build(upload(table("x.csv", turned)), propose(upload(table("x.csv", turned))))
    assert {lv.label: lv.code for lv in again.definition.variable("wild").levels} == {
        lv.label: lv.code for lv in variable.levels
    }


def test_variables_never_take_a_name_that_links_use():
    names = ["endpoint", "by", "Patient_ID2", "patient", "month", "By!"]
    columns = {"OS_months": [1.0, 2.0], "OS_event": [0, 1], **{n: ["a", "b"] for n in names}}
    given = upload(table("x.csv", columns))
    roles = tuple(replace(c, role="filter") if c.column in names else c for c in propose(given).columns)
    mapping = replace(propose(given), tables=(replace(propose(given).tables[0], id=""),), columns=roles)
    taken = [v.name for v in build(given, mapping).definition.variables]
    assert len(set(taken)) == 6
    assert not {"cohort", "patient_id", *Options.__dataclass_fields__} & set(taken)


def test_running_numbers_replace_ids_that_are_record_numbers():
    given = upload(table("x.csv", {"MRN": ["771", "882"], "time": [1.0, 2.0], "status": [0, 1], "sex": ["f", "m"]}))
    mapping = replace(propose(given), running_ids=True, tables=(replace(propose(given).tables[0], id="MRN"),))
    files = cohort_files(given, mapping)
    assert [r["patient_id"] for r in rows(files["patients.csv"])] == ["1", "2"]
    assert not any(b"771" in data for data in files.values())


def test_a_personal_column_is_kept_only_on_purpose():
    given = upload(table("x.csv", {"initials": ["AB", "CD"], "time": [1.0, 2.0], "status": [0, 1]}))
    mapping = propose(given)
    assert "initials" not in build(given, mapping).patients.column_names
    kept = tuple(replace(c, role="filter") if c.column == "initials" else c for c in mapping.columns)
    assert build(given, replace(mapping, columns=kept)).patients["initials"].to_pylist() == ["AB", "CD"]


def test_sets_are_split_at_their_separator():
    genes = ["NPM1, TET2", "NPM1", None, "TP53, NPM1", "TET2", "IDH2, NPM1, TET2"]
    given = upload(table("x.csv", {"time": range(1, 7), "status": [0, 1] * 3, "genes": genes}))
    cohort = build(given, propose(given))
    assert cohort.definition.variable("genes").kind == "set"
    assert [set(v) for v in cohort.patients["genes"].to_pylist()] == [set((g or "").split(", ")) - {""} for g in genes]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([19.0, 88.0], (10, 90, 1)),
        ([0.2, 1.9], (0, 2, 0.01)),
        ([3.0, 2380.0], (0, 3000, 10)),
        ([5.5, 5.5], (5, 6, 0.01)),
    ],
)
def test_slider_limits_are_round_and_hold_every_value(values, expected):
    low, high, step = limits(np.array(values))
    assert (low, high, step) == pytest.approx(expected)


@pytest.mark.parametrize("values", [[1.7e308, -1.7e308], [5e-324, 0.0], [1e300], [1e16, 1e16 + 2], [-3.0], [0.0], []])
def test_slider_limits_hold_at_the_ends_of_numbers(values):
    low, high, step = limits(np.array(values))
    assert low < high
    assert np.isfinite([low, high, step]).all()
    assert step > 0
    assert all(low <= v <= high for v in values)


def test_slugs():
    assert slug("Xanomeline High Dose") == "Xanomeline_High_Dose"
    assert slug("≥ 60") == "ge60"
    assert slug("Côte d'Ivoire") == "Cote_d_Ivoire"
    assert slug("男") != slug("女")
    codes = Codes()
    assert [codes.of(t) for t in ("a b", "a/b", "a b", "")] == ["a_b", "a_b_2", "a_b", "blank"]


def test_toml_is_what_a_parser_reads_back():
    nasty = 'a "quoted" \\ back\nline\ttab \x00\x7f\u2028 é 男 ]] # no comment'
    document = {
        "title": nasty,
        "numbers": [1, 2.5, 1e-7, -3],
        "empty": [],
        "flag": True,
        "table": {nasty: nasty, "x": 1},
        "list": [{"a": [{"code": nasty, "n": 1}, {"code": "", "n": 2}]}, {"a": ["x", nasty]}],
    }
    assert tomllib.loads(toml_text(document)) == document


@pytest.mark.parametrize("name", MADE)
def test_a_mapping_goes_through_json(name):
    mapping = propose(MADE[name]())
    again = Mapping.from_json(mapping.to_json())
    assert again == mapping
    assert hash(again) == hash(mapping)


@pytest.mark.parametrize(
    "text",
    [
        "no json",
        "[]",
        '{"title": "x"}',
        '{"title": 1, "tables": [], "columns": []}',
        '{"title": "x", "tables": [], "columns": [{"table": "t", "column": "c", "role": "king"}]}',
        '{"title": "x", "tables": [], "columns": [], "surplus": 1}',
        '{"title": "x", "tables": [], "columns": [], "origin": "birth"}',
        '{"title": "x", "tables": [], "columns": [], "endpoints": [{"code": "a", "label": "b", "where": ["x"]}]}',
    ],
)
def test_a_broken_mapping_is_refused_in_a_sentence(text):
    with pytest.raises(MappingError, match="mapping"):
        Mapping.from_json(text)


def test_a_mapping_without_tables_is_refused():
    with pytest.raises(MappingError, match="table"):
        build(adam(), Mapping("x", (), (ColumnRole("a", "b", "skip"),)))
