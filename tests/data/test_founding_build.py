"""The founding cohort's build and dictionary: a source cell for every value, the same bytes again, neutral words."""

import csv
import importlib.util
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from cohort.readers import read_cohort

FOLDER = Path(__file__).parents[2] / "data" / "flt3-itd-sorafenib-iti"


def rows(name):
    with (FOLDER / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


PRINTED_1 = {r["No."]: r for r in rows("table1.csv")}
PRINTED_2 = {r["No."]: r for r in rows("table2.csv")}
PATIENTS = {r["patient_id"]: r for r in rows("patients.csv")}
PROVENANCE = {(r["patient_id"], r["table"], r["variable"]): r for r in rows("provenance.csv")}
DICTIONARY = tomllib.loads((FOLDER / "cohort.toml").read_text(encoding="utf-8"))


# ---- provenance and the build ----------------------------------------------------------------------------------------
def test_every_value_has_a_source_cell():
    expected = {(i, "patients", c): v for i, r in PATIENTS.items() for c, v in r.items() if c != "patient_id" and v}
    for r in rows("endpoints.csv"):
        for c in ("time_lo", "time_hi", "event", "reason"):
            if r[c]:
                expected[r["patient_id"], "endpoints", f"{r['endpoint']}.{c}"] = r[c]
    expected |= {(r["patient_id"], "mutations", r["gene"]): r["class"] for r in rows("mutations.csv")}
    for r in rows("mrd.csv"):
        for c in ("call", "value_pct", "unit"):
            if r[c]:
                expected[r["patient_id"], "mrd", f"{r['assay']}.{c}"] = r[c]
    for r in rows("courses.csv"):
        expected[r["patient_id"], "courses", f"course.{r['order']}"] = f"{r['token_raw']}*{r['n']}"
    assert {key: row["value"] for key, row in PROVENANCE.items()} == expected
    assert len(PROVENANCE) == len(rows("provenance.csv")), "a value has two sources"


def test_every_source_cell_is_in_the_printed_tables():
    tables = {"Table 1": PRINTED_1, "Table 2": PRINTED_2}
    for (patient, _, _), entry in PROVENANCE.items():
        printed = tables[entry["source"]][entry["row"]]
        assert entry["row"] == patient
        assert entry["line"] == printed["line"]
        assert entry["raw"] == " | ".join(printed[column] for column in entry["column"].split(" + "))


def test_every_rule_is_explained_and_used():
    used = {r["rule"] for r in PROVENANCE.values()}
    explained = {code for code in DICTIONARY["rules"] if not code.startswith("ae_")}
    assert used == explained


def test_building_again_gives_the_same_bytes(tmp_path):
    subprocess.run([sys.executable, FOLDER / "build.py", "--out", tmp_path], check=True, timeout=60)
    written = sorted(p.name for p in tmp_path.iterdir())
    assert written == sorted(set(DICTIONARY["files"].values()) - {"claims.csv"}), "claims are written by hand"
    for name in written:
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes(), name


@pytest.mark.parametrize(
    ("file", "before", "after", "message"),
    [
        ("table1.csv", ",negative,adverse", ",negative,advers", "Risk stratification: 'advers'"),
        ("table1.csv", '"IDH2, NPM1"', '"IDH2, NPM2"', "unknown gene 'NPM2'"),
        ("table1.csv", "\n109,1,", "\n109,2,", "expected patients 1 to 19"),
        ("table1.csv", "Sex,Age", "Age,Sex", "header"),
        ("table2.csv", "CHAG*2,8.85%", "CHAX*2,8.85%", "course 'CHAX'"),
        ("table2.csv", "ETO/ABL 0.056%", "ETO/ABL", "is not understood"),
    ],
)
def test_a_printed_value_outside_the_lists_stops_the_build(tmp_path, monkeypatch, file, before, after, message):
    for name in ("table1.csv", "table2.csv"):
        shutil.copy(FOLDER / name, tmp_path)
    text = (tmp_path / file).read_text(encoding="utf-8")
    assert before in text
    (tmp_path / file).write_text(text.replace(before, after, 1), encoding="utf-8")
    spec = importlib.util.spec_from_file_location("founding_build", FOLDER / "build.py")
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    monkeypatch.setattr(sys, "path", list(sys.path))  # the script adds the project root for itself
    spec.loader.exec_module(module)
    with pytest.raises(ValueError, match=re.escape(message)):
        module.build(tmp_path)


# ---- the dictionary --------------------------------------------------------------------------------------------------
def test_the_folder_reads_and_outcomes_are_not_filters():
    cohort = read_cohort(FOLDER)
    assert cohort.n == 19
    assert [e.code for e in cohort.definition.selectable_endpoints] == [
        "os_dx", "ttr_pub", "cir_any", "cif_morph", "cif_mol", "rfs_eln", "os_dx_lt",
    ]  # fmt: skip
    names = {v.name for v in cohort.definition.variables}
    assert names - {v.name for v in cohort.definition.filters} == {"status", "outcome"}
    assert [v.name for v in cohort.definition.filters][:4] == ["eln_risk", "fab_major", "timing", "mrd_flow"]


def test_every_warning_is_a_caveat_and_every_level_is_told_apart_without_colour():
    ids = [c["id"] for c in DICTIONARY["caveats"]]
    assert len(ids) == len(set(ids))
    assert {w for e in DICTIONARY["endpoints"] for w in e["warnings"]} <= set(ids)
    for variable in DICTIONARY["variables"]:
        assert variable["definition"]
        assert variable["source"]
        if variable["kind"] == "category":
            marks = [(lv["colour"], tuple(lv["dash"])) for lv in variable["levels"]]
            assert len(set(marks)) == len(marks), variable["name"]
        if variable["kind"] == "category" and len(variable["levels"]) == 2:
            assert [lv["colour"] for lv in variable["levels"]] == ["#0072B2", "#E69F00"]
            assert variable["levels"][0]["dash"] != variable["levels"][1]["dash"]


@pytest.mark.parametrize("name", ["cohort.toml", "README.md", "claims.csv"])
def test_wording_is_neutral(name):
    text = (FOLDER / name).read_text(encoding="utf-8").casefold()
    for word in ("error", "wrong", "mistake", "benefit", "incorrect", "flaw"):
        assert not re.search(rf"\b{word}", text), word
