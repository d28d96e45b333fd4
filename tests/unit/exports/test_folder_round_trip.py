"""Our own folder: written, read by the strict reader and by the csv and toml modules, and nothing has changed."""

import csv
import io
import tomllib
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from cohort import read_cohort
from cohort.dictionary import NOT_REPORTED
from cohort.exports.cohort_files import FORMATS, cohort_file
from cohort.exports.extract import ExportError, extract
from cohort.exports.folder_files import folder_files
from cohort.tables import Cohort
from tests.support.originals import CASES, DATA, WORDS, facts, same_cell

FOUNDING = DATA / "flt3-itd-sorafenib-iti"


def reread(files, folder):
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return read_cohort(folder)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cells_are_those_of_the_source(case):
    files = case.members("folder")
    kept = [f for f in case.toml["files"].values() if f != "claims.csv" and f != "ae_aggregate.csv"]
    for file in kept:
        written, source = list(csv.DictReader(io.StringIO(files[file].decode()))), case.rows(file)
        assert len(written) == len(source)
        for new, old in zip(written, source, strict=True):
            assert new.keys() == old.keys()
            assert not [(c, old[c], new[c]) for c in old if not same_cell(new[c], old[c])], file


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_strict_reader_gives_the_same_numbers(case, tmp_path):
    cohort = reread(case.members("folder"), tmp_path)
    assert list(cohort.ids) == case.ids
    for endpoint in case.identified:
        out = cohort.outcome(cohort.definition.endpoint(endpoint["code"]))
        found = {i: (t, k) for i, t, k in zip(cohort.ids, out.time, out.kind, strict=True) if not np.isnan(t)}
        assert found == case.outcomes(endpoint)
        assert facts(found) == facts(case.outcomes(endpoint))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_dictionary_is_the_same(case, tmp_path):
    new = reread(case.members("folder"), tmp_path).definition
    old = read_cohort(DATA / case.folder).definition
    names = (
        "id",
        "kind",
        "population",
        "time_unit",
        "data_cut",
        "endpoints",
        "reasons",
        "events",
        "citation",
        "licence",
    )
    assert {n: getattr(new, n) for n in (*names, "caveats", "rules")} == {
        n: getattr(old, n) for n in (*names, "caveats", "rules")
    }
    unseen = {
        v.name: [lv for lv in v.levels if lv.code != NOT_REPORTED] for v in new.variables
    }  # whether a gap is left depends on the selection
    assert unseen == {v.name: [lv for lv in v.levels if lv.code != NOT_REPORTED] for v in old.variables}
    assert [replace(v, levels=()) for v in new.variables] == [replace(v, levels=()) for v in old.variables]
    if not case.women:
        assert (new.variables, new.title, new.summary) == (old.variables, old.title, old.summary)
        assert new.adverse_events == old.adverse_events


def test_flags_and_cuts_are_in_the_written_dictionary():
    written = tomllib.loads(CASES[0].members("folder")["cohort.toml"].decode())
    reasons = {r["code"]: r for r in written["reasons"]}
    assert reasons["lost"]["lost"] is True
    assert reasons["stopped_early"]["intercurrent"] is True
    variables = {v["name"]: v for v in written["variables"]}
    assert variables["wbc"]["cuts"] == [30, 50]
    assert [c["column"] for c in variables["mrd_flow"]["cutoffs"]] == ["mrd_flow_001", "mrd_flow_01"]
    endpoints = {e["code"]: e for e in written["endpoints"]}
    assert endpoints["rfs_eln"]["deaths"] == "counted"
    assert endpoints["os_dx_lt"]["zero"] == "delayed_entry"


def test_assignment_at_random_is_in_the_written_dictionary(tmp_path):
    case = next(c for c in CASES if c.folder == "synthetic-maintenance")
    written = tomllib.loads(case.members("folder")["cohort.toml"].decode())
    assert [v["name"] for v in written["variables"] if v.get("randomised")] == ["treatment"]
    assert [v.name for v in reread(case.members("folder"), tmp_path).definition.randomised] == ["treatment"]


def test_a_selection_says_so_and_leaves_out_what_is_about_everybody(tmp_path):
    whole, women = CASES[0], CASES[1]
    assert {"claims.csv", "ae_aggregate.csv"} <= set(whole.members("folder"))
    files = women.members("folder")
    assert not {"claims.csv", "ae_aggregate.csv"} & set(files)
    definition = reread(files, tmp_path).definition
    part = f"{len(women.ids)} of {len(whole.ids)} patients"
    assert definition.title.endswith(f"({part})")
    assert f"{part}, {WORDS}" in definition.summary
    assert not definition.adverse_events


@pytest.mark.parametrize(
    "text", ["=1+1", "'=1+1", "+1", "-", "@x", "－1", 'a "b", c', "two\nlines", " spaced ", "\tx", "#", "М"]
)
def test_awkward_cells_come_back_letter_for_letter(text, tmp_path):
    cohort = read_cohort(FOUNDING)
    provenance = cohort.tables["provenance"]
    raw = pa.array([text] * provenance.num_rows, pa.string())
    changed = provenance.set_column(provenance.column_names.index("raw"), "raw", raw)
    cohort = Cohort(cohort.definition, {**cohort.tables, "provenance": changed}, "")
    read = reread(folder_files(extract(cohort, np.ones(cohort.n, bool))), tmp_path)
    assert set(read.tables["provenance"]["raw"].to_pylist()) == {text}


def test_awkward_words_come_back_in_the_dictionary(tmp_path):
    text = 'a "quoted" \\ path\nsecond line\t[x] = #1 “é”'
    cohort = read_cohort(FOUNDING)
    definition = replace(cohort.definition, title=text, rules={"odd key": text}, caveats=({"id": "X", "text": text},))
    files = folder_files(extract(Cohort(definition, cohort.tables, ""), np.ones(cohort.n, bool)))
    read = reread(files, tmp_path).definition
    assert (read.title, read.rules, read.caveats) == (text, {"odd key": text}, ({"id": "X", "text": text},))


def test_file_names_in_the_dictionary_are_not_trusted():
    cohort = read_cohort(FOUNDING)
    files = {**cohort.definition.files, "mrd": "../../mrd.csv"}
    cohort = Cohort(replace(cohort.definition, files=files), cohort.tables, "")
    assert "mrd.csv" in folder_files(extract(cohort, np.ones(cohort.n, bool)))


def test_an_endpoint_without_a_row_is_no_longer_identified(tmp_path):
    cohort = read_cohort(FOUNDING)
    endpoints = cohort.tables["endpoints"]
    first = [r for r in endpoints.to_pylist() if (r["patient_id"], r["endpoint"]) != ("1", "ttr_pub")]
    cohort = Cohort(
        cohort.definition, {**cohort.tables, "endpoints": pa.Table.from_pylist(first, endpoints.schema)}, ""
    )
    read = reread(folder_files(extract(cohort, cohort.ids == "1", "patient 1")), tmp_path).definition
    assert [e.code for e in read.identified_endpoints] == ["os_dx"]


def test_nobody_and_nothing_to_write_are_refused_in_one_sentence():
    cohort = read_cohort(FOUNDING)
    with pytest.raises(ExportError, match=r"No patient is selected \(0 of 19\)"):
        cohort_file(cohort, np.zeros(cohort.n, bool), "folder")
    empty = Cohort(cohort.definition, {**cohort.tables, "endpoints": cohort.tables["endpoints"].slice(0, 0)}, "")
    with pytest.raises(ExportError, match="None of the 19 selected patients has a time"):
        cohort_file(empty, np.ones(cohort.n, bool), "folder")
    with pytest.raises(KeyError, match="allowed: folder, parquet"):
        cohort_file(cohort, np.ones(cohort.n, bool), "xml")


def test_the_same_selection_gives_the_same_bytes():
    assert CASES[0].exported("folder") == CASES[0].exported("folder")


def test_every_format_has_a_name_of_its_own():
    cohort = read_cohort(FOUNDING)
    cohort = Cohort(replace(cohort.definition, id="../a b"), cohort.tables, "")
    names = [cohort_file(cohort, np.ones(cohort.n, bool), f.code).name for f in FORMATS]
    assert len(set(names)) == len(FORMATS)
    assert not any(set(name) & set("/\\ ") for name in names)
