"""The overview page: sentence, diagram, Table 1, gaps and source of the selection in the address."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest

from cohort.readers import read_cohort
from cohort.tables import Cohort
from cohort.ui.own import OWN
from tests.support import printed
from tests.support.harness import alternative_text, part

ROOT = Path(__file__).resolve().parents[2]
CAVEATS = 15


def page(**query):
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    for name, values in query.items():
        at.query_params[name] = values
    return at.run()


def said(at):
    """All Markdown on the page as a reader sees it."""
    return "\n".join(e.value for kind in (at.markdown, at.caption) for e in kind).replace("\\", "")


def figure(at):
    return at.get("vega_lite_chart")[0].proto


def dataset(at, name):
    data = next(d.data.data for d in figure(at).datasets if d.name == name)
    return pa.ipc.open_stream(data).read_all().to_pylist()


def table_one(at):
    """Table 1 as (heads, {first column: cells}); a label that occurs twice keeps its first row."""
    table = part(at, "table", "table_one")
    found = {}
    for label, *cells in table["rows"]:
        found.setdefault(label, cells)
    heads = [column["label"] for column in table["columns"]]
    return heads, found


@pytest.mark.parametrize("risk", [None, "favourable", "intermediate", "adverse"])
def test_sentence_diagram_and_table_say_the_same(risk):
    at = page(**({"eln_risk": [risk]} if risk else {}))
    assert not at.exception
    rows = printed.who({"eln_risk": {risk}} if risk else {})
    ends = Counter(printed.outcomes("os_dx")[r["patient_id"]][1:] for r in rows)
    died, lost = ends["death", ""], ends["", "lost"]
    text = said(at)
    assert f"##### {len(rows)} {'of 19 ' if risk else ''}patients with FLT3-ITD-positive" in text
    assert f"{printed.events_among(rows, 'ttr_pub') or 'none'} relapsed, {died or 'none'} died" in text
    boxes = {b["name"]: b for b in dataset(at, "boxes")}
    assert boxes["death"]["n"] == died
    assert boxes["lost to follow-up"]["n"] == lost
    assert f"death {died}" in alternative_text(at, "overview_figure")
    heads, cells = table_one(at)
    assert heads[1] == f"{'Selected' if risk else 'All patients'} (n = {len(rows)})"
    women = sum(r["sex"] == "female" for r in rows)
    assert cells["female"][0] == f"{women}/{len(rows)} ({100 * women / len(rows):.0f} %)"
    assert heads[2:] == (["All patients (n = 19)"] if risk else [])


def test_groups_come_between_the_total_and_the_whole_cohort():
    at = page(by=["timing"], sex=["male"])
    men = Counter(r["timing"] for r in printed.who({"sex": {"male"}}))
    heads, _ = table_one(at)
    assert heads[1:] == [
        f"Selected (n = {sum(men.values())})",
        f"induction (and consolidation) (n = {men['induction']})",
        f"consolidation only (n = {men['consolidation']})",
        "All patients (n = 19)",
    ]


def test_every_count_of_a_level_opens_its_patients():
    at = page(by=["timing"], behind=["level~sex~female~@consolidation"])
    table = part(at, "table", "table_one")
    row = next(i for i, cells in enumerate(table["rows"]) if cells[0] == "female")
    assert table["codes"][row][1:] == [
        "level~sex~female",
        "level~sex~female~@induction",
        "level~sex~female~@consolidation",
    ]
    women = [r["patient_id"] for r in printed.who({"sex": {"female"}, "timing": {"consolidation"}})]
    assert table["rows"][row][3].startswith(f"{len(women)}/")
    shown = [b.label.split("\\")[0].split(":")[0] for b in at.button if str(b.key).startswith("behind_")]
    assert shown == women


def test_choosing_a_group_goes_into_the_address():
    at = page()
    at.selectbox(key="w_by").set_value("eln_risk").run()
    assert at.query_params["by"] in ("eln_risk", ["eln_risk"])
    assert len(table_one(at)[0]) == 5


def test_specification_stays_while_filters_change():
    specs = {json.dumps(json.loads(figure(page(eln_risk=[r])).spec)) for r in ("favourable", "adverse")}
    assert len(specs) == 1


def test_source_licence_changes_cut_and_checksum_are_there():
    at = page()
    text = said(at)
    assert "[doi:10.3389/fonc.2025.1698935](https://doi.org/10.3389/fonc.2025.1698935)" in text
    assert "[CC BY 4.0](https://creativecommons.org/licenses/by/4.0/)" in text
    assert "The authors have not endorsed this adaptation" in text
    assert "**Data cut:** 31 May 2025" in text
    assert "(SHA-256 of all files)" in text


def test_caveats_are_a_numbered_list():
    at = page()
    listed = next(c.value for c in at.caption if c.value.startswith("1. "))
    assert len(listed.splitlines()) == CAVEATS
    assert "inferred, not data" in listed.replace("\\", "")


def test_no_p_value_and_no_verdict_anywhere():
    text = said(page(by=["eln_risk"])).lower()
    for word in ("p =", "p <", "smd", "benefit", "significant"):
        assert word not in text


def test_nobody_selected_leaves_no_stale_figure_and_keeps_the_source():
    at = page(eln_risk=["favourable"], fab_major=["M7"])
    assert not at.get("vega_lite_chart")
    assert not at.get("table")
    assert "Cite:" in said(at)


def test_synthetic_cohort_says_what_is_missing():
    at = page(cohort=["synthetic-maintenance"])
    assert not at.exception
    assert "Not reported, of 320 patients: MRD by flow before maintenance in" in said(at)
    assert "doi:" not in said(at)


def test_the_file_is_not_made_before_it_is_asked_for():
    assert not page().get("download_button")


def test_text_of_a_cohort_is_never_markup():
    cohort = read_cohort(printed.FOLDER)
    caveats = ({"text": "**Bold** [link](http://a.example) as found in an upload"},)
    definition = replace(cohort.definition, id="own-12345678", kind="private", caveats=caveats)
    at = page()
    at.session_state[OWN] = {"own-12345678": Cohort(definition, cohort.tables, cohort.fingerprint)}
    at.session_state["cohort_id"] = "own-12345678"
    at.run()
    (listed,) = [c.value for c in at.caption if c.value.startswith("1. ")]
    assert listed.startswith("1. \\*\\*Bold\\*\\* \\[link\\](")
    assert "http://" not in listed
