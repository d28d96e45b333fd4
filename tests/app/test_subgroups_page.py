"""The subgroups page: sentence, figure, table, tests on request and the ledger of looks."""

from functools import partial

import pytest

from tests.support import printed
from tests.support.harness import alternative_text, dataset, figure, open_page, part

page = partial(open_page, "subgroups")


def plain(text):
    return text.replace("\\", "")


def words(at):
    return plain(" ".join(x.value for x in (*at.subheader, *at.markdown, *at.caption)))


def button(at, key):
    return next(b for b in at.button if b.key == key)


def has_part(at, key):
    return any(e.proto.id.endswith(key) for e in at.get("bidi_component"))


def test_sentence_and_figure_count_the_patients_of_the_csv():
    at = page(endpoint=["ttr_pub"], sex=["female"])
    rows = printed.who({"sex": {"female"}})
    events = printed.events_among(rows, "ttr_pub")
    assert not at.exception
    assert f"{events} of {len(rows)} patients relapsed; estimated relapse-free survival at 24 months" in words(at)
    whole = [r["text"] for r in dataset(figure(at), "numbers") if r["line"] == 0]
    at_risk = sum(printed.outcomes("ttr_pub")[r["patient_id"]][0] >= 24 for r in rows)
    assert whole == [str(len(rows)), str(events), str(at_risk)]
    assert f"{len(rows)} patients, {events} events" in alternative_text(at, "forest_figure")


def test_month_and_measure_are_the_reader_s():
    assert "at 12 months" in words(page(endpoint=["ttr_pub"], month=["12"]))
    at = page(endpoint=["ttr_pub"], forest=["ratio"])
    assert "hazard ratio of each level" in words(at)
    assert "6.9 (1.5–41)" in [r["text"] for r in dataset(figure(at), "texts")]


def test_the_table_holds_every_row_and_its_counts_open_patients():
    at = page(endpoint=["ttr_pub"])
    assert not has_part(at, "forest_table"), "not made before it is asked for"
    at.session_state["forest_as_table"] = True
    at.run()
    table = part(at, "table", "forest_table")
    assert len(table["rows"]) == len([r for r in dataset(figure(at), "labels") if r["weight"] == "level"])
    adverse = next(i for i, r in enumerate(table["rows"]) if r[:2] == ["ELN 2022 risk", "adverse"])
    assert table["rows"][adverse][2:4] == ["7", "4"]
    assert table["codes"][adverse][2:4] == ["levelin~eln_risk~adverse", "levelevent~eln_risk~adverse"]
    opened = page(endpoint=["ttr_pub"], behind=["levelevent~eln_risk~adverse"])
    events = {r["patient_id"] for r in printed.who({"eln_risk": {"adverse"}})
              if printed.outcomes("ttr_pub")[r["patient_id"]][1]}  # fmt: skip
    assert {plain(b.label).split(":")[0] for b in opened.button if b.key.startswith("behind_")} == events


def test_no_p_value_before_it_is_asked_for_and_each_with_its_adjusted_value_then():
    at = page(endpoint=["ttr_pub"], eln_risk=["adverse"])
    assert not has_part(at, "min_p")
    button(at, "ask_min_p").click()
    at.run()
    assert not at.exception
    table = part(at, "table", "min_p")
    heads = [c["label"] for c in table["columns"]]
    raw, adjusted = heads.index("p"), heads.index("p adjusted (min-p)")
    assert len(table["rows"]) > 5
    assert all(row[raw] and row[adjusted] for row in table["rows"])
    assert f"{len(table['rows'])} factors tested on 4 events" in words(at)
    button(at, "hide_min_p").click()
    at.run()
    assert not has_part(at, "min_p")


def test_a_bounded_endpoint_is_said_in_one_sentence_with_the_way_out():
    at = page(endpoint=["rfs_eln"])
    assert not at.get("vega_lite_chart")
    assert "known between limits only" in words(at)
    button(at, "as_recorded").click()
    at.run()
    assert not at.exception
    assert at.session_state["options"].endpoint == "ttr_pub"
    assert at.get("vega_lite_chart")


def test_the_ledger_counts_distinct_looks_of_a_cohort():
    at = page(endpoint=["ttr_pub"])
    first = at.session_state["looks"]
    factors = first["flt3-itd-sorafenib-iti"].comparisons
    assert f"{factors} comparisons looked at in this session (the factors of 1 forest)" in words(at)
    at.run()
    assert at.session_state["looks"] == first, "the same look is not noted twice"
    at.query_params["endpoint"] = "os_dx"
    at.run()
    assert len(at.session_state["looks"]["flt3-itd-sorafenib-iti"].looks) == 2
    assert len(first["flt3-itd-sorafenib-iti"].looks) == 1, "reassigned, never changed in place"
    assert "(the factors of 2 forests)" in words(at)
    at.session_state["looks_list"] = True
    at.run()
    rows = part(at, "table", "looks_table")["rows"]
    assert [r[0] for r in rows] == ["1", "2"]
    assert {r[-1] for r in rows} == {"no"}


@pytest.mark.parametrize(
    "query",
    [
        {"cohort": ["synthetic-maintenance"]},
        {"cohort": ["synthetic-maintenance"], "endpoint": ["cir"], "forest": ["ratio"]},
        {"endpoint": ["cif_mol"], "eln_risk": ["intermediate"], "forest": ["ratio"]},
        {"endpoint": ["ttr_pub"], "eln_risk": ["favourable"], "landmark": ["24"]},
        {"eln_risk": ["favourable"], "fab_major": ["M7"]},
    ],
)
def test_any_view_is_drawn_or_explained(query):
    at = page(**query)
    assert not at.exception
    shown = words(at) + " ".join(r["text"] for f in at.get("vega_lite_chart")[:1] for r in dataset(f.proto, "texts"))
    assert not any(bad in shown for bad in ("NaN", "nan ", "None", "inf "))


def test_files_are_not_made_before_they_are_asked_for():
    assert not page().get("download_button")
