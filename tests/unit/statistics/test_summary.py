"""Table 1: every count recomputed from patients.csv; quartiles against values worked out by hand (R type 7)."""

import csv
from pathlib import Path

import numpy as np
import pytest

from cohort.readers import read_cohort
from cohort.statistics import TOTAL, Characteristics, completeness, table_one
from tests.support import printed

DATA = Path(__file__).parents[3] / "data"
IDS = ["flt3-itd-sorafenib-iti", "synthetic-maintenance"]


@pytest.fixture(scope="module", params=IDS)
def both(request):
    folder = DATA / request.param
    with (folder / "patients.csv").open(encoding="utf-8", newline="") as file:
        return read_cohort(folder), list(csv.DictReader(file))


@pytest.fixture(scope="module")
def founding():
    return read_cohort(DATA / IDS[0])


def small(tmp_path, patients, variables):
    """A cohort folder of a few rows, everything else as small as it can be."""
    header, *rows = patients
    (tmp_path / "patients.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    ids = [row.split(",")[0] for row in rows]
    times = "".join(f"{i},os,{k + 1},{k + 1},,alive\n" for k, i in enumerate(ids))
    (tmp_path / "endpoints.csv").write_text("patient_id,endpoint,time_lo,time_hi,event,reason\n" + times)
    (tmp_path / "cohort.toml").write_text(
        f"""id = "small"
title = "small"
[files]
patients = "patients.csv"
endpoints = "endpoints.csv"
{variables}
[[endpoints]]
code = "os"
label = "OS"
kind = "survival"
origin = "diagnosis"
event = ["death"]
[[reasons]]
code = "alive"
label = "alive"
[[events]]
code = "death"
label = "death"
""",
        encoding="utf-8",
    )
    return read_cohort(tmp_path)


NUMBER = '[[variables]]\nname = "x"\nlabel = "x"\nkind = "number"\nbounds = [-100, 100]\n'
ARM = '[[variables]]\nname = "arm"\nlabel = "arm"\nkind = "category"\nlevels = [{ code = "a" }, { code = "b" }]\n'
GENES = '[[variables]]\nname = "genes"\nlabel = "g"\nkind = "set"\nlevels = [{ code = "A" }, { code = "B" }]\n'


def everybody(cohort):
    return np.ones(cohort.n, dtype=bool)


def rows_of(cohort, mask=None, **more):
    mask = everybody(cohort) if mask is None else mask
    return table_one(cohort.patients, cohort.definition, mask, **more).to_pylist()


def one(rows, variable, group=TOTAL, part="summary", level=None):
    found = [r for r in rows if (r["variable"], r["group"], r["part"], r["level"]) == (variable, group, part, level)]
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize("by", [None, "eln_risk"])
def test_every_count_and_denominator_is_that_of_the_csv(both, by):
    cohort, raw = both
    by_variable = cohort.definition.variable(by) if by else None
    seen = set()
    for r in rows_of(cohort, by=by_variable):
        variable = cohort.definition.variable(r["variable"])
        column = printed.COLUMN.get(variable.name, variable.name) if cohort.n == 19 else variable.name
        group = {TOTAL: raw}.get(r["group"]) or [p for p in raw if (p[by] or "not_reported") == r["group"]]
        with_value = [p[column] for p in group if p[column]]
        if r["part"] == "level":
            assert (r["n"], r["of"]) == (sum(r["level"] in v.split(";") for v in with_value), len(with_value)), r
        elif r["part"] == "summary":
            assert (r["n"], r["of"]) == (len(with_value), len(group)), r
        else:
            assert (r["n"], r["of"]) == (len(group) - len(with_value), len(group)), r
        seen.add((r["variable"], r["part"]))
    baseline = {v.name for v in cohort.definition.variables if v.role in ("baseline", "treatment")} - {by}
    assert {name for name, _ in seen} == baseline, "outcomes never stand in Table 1, the groups' own variable neither"
    gaps = {v for v in baseline if any(not p[printed.COLUMN.get(v, v) if cohort.n == 19 else v] for p in raw)}
    assert {name for name, part in seen if part == "missing"} == gaps


def test_ages_and_white_cells_are_those_of_the_paper(founding):
    rows = rows_of(founding)
    age, wbc = one(rows, "age"), one(rows, "wbc")
    assert (age["median"], age["min"], age["max"]) == (59, 21, 76)
    assert (wbc["median"], wbc["min"], wbc["max"]) == (32.25, 0.7, 254)


def test_quartiles_of_19_patients_lie_half_way_between_neighbours(founding):
    """Type 7 with n = 19: the quartiles are at ranks 5.5 and 14.5, counted from 1."""
    ages = sorted(float(p["age"]) for p in printed.patients())
    age = one(rows_of(founding), "age")
    assert age["q1"] == pytest.approx((ages[4] + ages[5]) / 2)
    assert age["q3"] == pytest.approx((ages[13] + ages[14]) / 2)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([7], (7, 7, 7, 7, 7)),
        ([1, 2], (1.5, 1.25, 1.75, 1, 2)),
        ([4, 1, 3, 2], (2.5, 1.75, 3.25, 1, 4)),
        ([5, 10, 20, 40, 80], (20, 10, 40, 5, 80)),
        ([-3, 0, 0, 9, 12, 30], (4.5, 0, 11.25, -3, 30)),
    ],
)
def test_quartiles_by_hand(tmp_path, values, expected):
    """R type 7: rank 1 + (n - 1) p, linear between neighbours."""
    cohort = small(tmp_path, ["patient_id,x", *(f"p{i},{v}" for i, v in enumerate(values))], NUMBER)
    row = one(rows_of(cohort), "x")
    assert tuple(row[k] for k in ("median", "q1", "q3", "min", "max")) == pytest.approx(expected)


def test_an_empty_cell_is_a_row_of_its_own_for_every_kind(tmp_path):
    patients = ["patient_id,x,arm,genes", "1,5,a,A;B", "2,,b,", "3,9,,B", "4,,a,"]
    cohort = small(tmp_path, patients, NUMBER + ARM + GENES)
    rows = rows_of(cohort)
    assert [(r["variable"], r["part"], r["level"], r["n"], r["of"]) for r in rows] == [
        ("x", "summary", None, 2, 4),
        ("x", "missing", None, 2, 4),
        ("arm", "level", "a", 2, 3),
        ("arm", "level", "b", 1, 3),
        ("arm", "missing", None, 1, 4),
        ("genes", "level", "A", 1, 2),
        ("genes", "level", "B", 2, 2),
        ("genes", "missing", None, 2, 4),
    ]
    assert one(rows, "x")["median"] == 7
    only = rows_of(cohort, np.array([True, False, False, False]))
    assert one(only, "arm", part="missing")["n"] == 0, "which rows exist does not depend on the selection"
    by_arm = rows_of(cohort, by=cohort.definition.variable("arm"))
    assert {r["group"] for r in by_arm} == {TOTAL, "a", "b", "not_reported"}
    assert one(by_arm, "x", group="b")["median"] is None
    assert one(by_arm, "genes", group="b", part="level", level="A")["share"] is None


def test_nobody_selected_leaves_no_share_and_no_number(founding):
    for r in rows_of(founding, np.zeros(founding.n, dtype=bool)):
        assert (r["n"], r["of"]) == (0, 0)
        assert {r[k] for k in ("share", "median", "q1", "q3", "min", "max")} == {None}


def test_another_cutoff_counts_other_patients(founding):
    high = rows_of(founding, cutoffs={"mrd_flow": "0.1"})
    expected = sum(p["mrd_flow_01"] == "positive" for p in printed.patients())
    assert one(high, "mrd_flow", part="level", level="positive")["n"] == expected
    assert one(rows_of(founding), "mrd_flow", part="level", level="positive")["n"] != expected


def test_order_of_patients_changes_nothing(founding):
    order = np.random.default_rng(7).permutation(founding.n)
    mask = np.arange(founding.n) % 3 == 0
    by = founding.definition.variable("fab_major")
    shuffled = table_one(founding.patients.take(order), founding.definition, mask[order], by)
    assert shuffled.equals(table_one(founding.patients, founding.definition, mask, by))


def test_characteristics_read_before_give_the_same_table(both):
    cohort, _ = both
    read = Characteristics.read(cohort.patients, cohort.definition)
    by = cohort.definition.variable("sex")
    assert rows_of(cohort, by=by, characteristics=read) == rows_of(cohort, by=by)


def test_completeness_counts_cells_that_are_not_empty(both):
    cohort, raw = both
    mask = np.array([p["sex"] == "female" for p in raw])
    found = completeness(Characteristics.read(cohort.patients, cohort.definition), mask).to_pylist()
    women = [p for p in raw if p["sex"] == "female"]
    assert [r["variable"] for r in found] == [v.name for v in cohort.definition.filters]
    for r in found:
        column = r["variable"] if r["variable"] in raw[0] else printed.COLUMN[r["variable"]]
        assert (r["n"], r["of"]) == (sum(bool(p[column]) for p in women), len(women)), r
