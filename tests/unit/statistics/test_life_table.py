"""The life table against counts made row by row, and what it refuses."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from cohort.statistics import life_table

FOUNDING = pd.read_csv(Path(__file__).parents[2] / "golden" / "founding_input.csv")
LEVELS = ["favourable", "intermediate", "adverse"]


def founding(levels=LEVELS):
    group = FOUNDING.eln.map({level: i for i, level in enumerate(levels)}).to_numpy()
    return life_table(FOUNDING.rfs.to_numpy(float), (FOUNDING.relapse != "none").to_numpy(int), group, levels)


def test_counts_are_those_of_the_patients():
    kind = FOUNDING.relapse.map({"none": 0, "morphological": 1, "molecular": 2}).to_numpy()
    found = life_table(FOUNDING.rfs.to_numpy(float), kind).to_pylist()
    assert [row["time"] for row in found] == sorted(set(FOUNDING.rfs))
    for row in found:
        now = FOUNDING[FOUNDING.rfs == row["time"]].relapse
        assert row["n_risk"] == sum(FOUNDING.rfs >= row["time"])
        assert row["n_event"] == sum(now == "morphological")
        assert row["n_competing"] == sum(now == "molecular")
        assert row["n_censor"] == sum(now == "none")
        assert row["group"] == "All"


def test_groups_come_in_the_order_given_and_keep_empty_levels():
    levels = ["unheard of", *LEVELS[::-1]]
    table = founding(levels)
    groups = table["group"].to_pylist()
    assert list(dict.fromkeys(groups)) == LEVELS[::-1]
    assert table["group"].combine_chunks().dictionary.to_pylist() == levels
    assert json.loads(table.schema.metadata[b"n"]) == {
        "unheard of": 0, **FOUNDING.eln.value_counts().loc[LEVELS[::-1]].to_dict()
    }  # fmt: skip
    for level in LEVELS:
        times = [t for g, t in zip(groups, table["time"].to_pylist(), strict=True) if g == level]
        assert times == sorted(set(FOUNDING.rfs[FOUNDING.eln == level]))


def test_types_of_the_columns():
    table = founding()
    assert table.schema.field("group").type == pa.dictionary(pa.int32(), pa.string())
    assert table.column_names[1:] == ["time", "n_risk", "n_event", "n_competing", "n_censor"]
    assert table.schema.field("time").type == pa.float64()
    assert {table.schema.field(c).type for c in table.column_names[2:]} == {pa.int64()}


def test_a_patient_outside_every_group_is_left_out_whatever_the_values():
    table = life_table([5.0, np.nan, 7.0, -3.0], [1, 0, 0, 9], [0, -1, 1, -1], ["a", "b"])
    assert table.select(["group", "time", "n_risk"]).to_pylist() == [
        {"group": "a", "time": 5.0, "n_risk": 1},
        {"group": "b", "time": 7.0, "n_risk": 1},
    ]
    assert json.loads(table.schema.metadata[b"n"]) == {"a": 1, "b": 1}


def test_nobody_gives_an_empty_table_of_the_same_form():
    table = life_table(FOUNDING.os.to_numpy(float), FOUNDING.death.to_numpy(), np.full(19, -1), LEVELS)
    assert table.num_rows == 0
    assert table.schema.equals(founding().schema)
    assert json.loads(table.schema.metadata[b"n"]) == dict.fromkeys(LEVELS, 0)


def test_times_that_differ_by_rounding_tie_and_others_do_not():
    # 0.1 + 0.2 and 0.3 years are the same month; a day after 20 years is not rounding
    table = life_table(np.array([(0.1 + 0.2) * 12, 0.3 * 12, 240, 240 + 12 / 365.25]), [1, 0, 0, 0])
    assert table["n_risk"].to_pylist() == [4, 2, 1]
    assert table["n_event"].to_pylist() == [1, 0, 0]


def test_near_times_on_both_sides_of_a_rounding_line_tie():
    # rounding to 9 decimals would part these two
    assert life_table(np.array([1.0000000005 - 1e-15, 1.0000000005 + 1e-15]), [1, 1])["n_event"].to_pylist() == [2]


def test_delayed_entry_counts_who_has_entered_before_t():
    entry, time = (FOUNDING.os - FOUNDING.rfs).to_numpy(float), FOUNDING.os.to_numpy(float)
    for row in life_table(time, FOUNDING.death.to_numpy(), entry=entry).to_pylist():
        assert row["n_risk"] == sum((entry < row["time"]) & (time >= row["time"]))
        assert row["n_entry"] == sum(entry == row["time"])


def test_entry_at_zero_is_no_delay():
    table = life_table([0.0, 2.0], [1, 0], entry=[0.0, 0.0])
    assert table["n_risk"].to_pylist() == [2, 1]
    assert table["n_entry"].to_pylist() == [0, 0]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (dict(time=[1.0, -0.033], kind=[0, 1]), r"time -0.033 \(row 1\).*0 or more"),
        (dict(time=[np.nan, 1.0], kind=[0, 1]), r"time nan \(row 0\)"),
        (dict(time=[1.0, np.inf], kind=[0, 1]), r"time inf \(row 1\)"),
        (dict(time=[1.0, 2.0], kind=[0, 3]), r"kind 3 \(row 1\).*0, 1 or 2"),
        (dict(time=[1.0, 2.0], kind=[0, -1]), r"kind -1 \(row 1\)"),
        (dict(time=[1.0, 2.0], kind=[0]), r"kind has shape \(1,\).*\(2,\)"),
        (dict(time=[[1.0, 2.0]], kind=[[0, 1]]), r"time has shape \(1, 2\)"),
        (dict(time=[1.0], kind=[0], group=[1], levels=["a"]), r"group 1 \(row 0\)"),
        (dict(time=[1.0], kind=[0], group=[-2], levels=["a"]), r"group -2 \(row 0\)"),
        (dict(time=[1.0], kind=[0], group=[0]), "without levels"),
        (dict(time=[1.0], kind=[0], levels=["a"]), "without group"),
        (dict(time=[1.0], kind=[0], group=[0], levels=["a", "a"]), "repeat a label"),
        (dict(time=[1.0, 2.0], kind=[0, 0], entry=[0.0, 2.0]), r"entry 2.0 \(row 1\).*before"),
        (dict(time=[1.0], kind=[0], entry=[-1.0]), r"entry -1.0 \(row 0\)"),
    ],
)
def test_a_value_that_is_not_allowed_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        life_table(**arguments)
