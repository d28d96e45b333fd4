"""The methods page: definitions as the dictionary has them, and lifelines only when asked for."""

import sys
import tomllib
from pathlib import Path

import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest

from cohort.guards import GUARDS
from cohort.narrative.conventions import COMPARISONS, INTERVAL_NOTES
from cohort.statistics import INTERVALS
from cohort.ui import methods_panels
from tests.support import printed

ROOT = Path(__file__).resolve().parents[2]
DICTIONARY = tomllib.loads((printed.FOLDER / "cohort.toml").read_text(encoding="utf-8"))


def page(**query):
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    for name, values in query.items():
        at.query_params[name] = values
    at.run()
    return at.switch_page("pages/methods.py").run()


def said(at):
    """All text on the page as a reader sees it, tables included."""
    text = [e.value for kind in (at.markdown, at.caption) for e in kind]
    for table in tables(at):
        text += [str(cell) for column in table.values() for cell in column]
    return "\n".join(text).replace("\\", "")


def tables(at):
    return [read(t) for t in at.get("table")]


def read(table):
    found = pa.ipc.open_stream(table.proto.arrow_data.data).read_all().to_pydict()
    return {name.replace("\\", ""): cells for name, cells in found.items()}


def page_alone(path):
    """The page without app.py. AppTest starts a switched-to page twice, and the second start forgets a click."""
    import runpy

    from cohort.ui import frame, state

    view, _ = state.open_view()
    with frame.viewing(view):
        runpy.run_path(path)


def recompute(**query):
    at = AppTest.from_function(page_alone, args=(str(ROOT / "pages" / "methods.py"),), default_timeout=120)
    for name, values in query.items():
        at.query_params[name] = values
    at.run()
    return next(b for b in at.button if b.label == "Recompute with lifelines").click().run()


@pytest.fixture(scope="module")
def founding():
    return page()


def test_every_endpoint_is_defined_and_the_bounded_ones_say_why(founding):
    text = said(founding)
    for endpoint in DICTIONARY["endpoints"]:
        assert endpoint["definition"] in text
        assert f"({endpoint['code']})" in text
    drawn = next(t for t in tables(founding) if "Status" in t)
    assert sorted(drawn["Status"]) == sorted(e["status"] for e in DICTIONARY["endpoints"])
    assert "patient 17 died without a recorded relapse" in text
    assert text.count("*drawn as an envelope: times are known between limits.*") == 2


def test_reasons_for_censoring_are_those_that_occur(founding):
    drawn = next(t for t in tables(founding) if "Status" in t)
    rows = dict(zip(drawn["Endpoint"], drawn["Censored"], strict=True))
    survival = next(v for k, v in rows.items() if "os" in k and "dx" in k)
    relapse = next(v for k, v in rows.items() if "ttr" in k)
    assert "transplant" not in survival
    assert "transplant inferred" in relapse.replace("\\", "")


def test_every_interval_guard_variable_and_rule_is_explained(founding):
    text = said(founding)
    cells = {cell.replace("\\", "") for table in tables(founding) for column in table.values() for cell in column}
    assert {text for row in COMPARISONS for text in row} <= cells
    assert set(INTERVAL_NOTES) == set(INTERVALS)
    for note, citation in INTERVAL_NOTES.values():
        assert note in text
        assert citation in text
    for code, when, what in GUARDS.explained():
        assert {code, when, what} <= set(text.split("\n"))
    for variable in DICTIONARY["variables"]:
        assert variable["definition"] in text
        assert variable.get("caveat", "") in text
        assert variable["source"] in text
    for rule in DICTIONARY["rules"].values():
        assert rule in text


def test_rules_count_the_values_they_made(founding):
    rules = next(t for t in tables(founding) if "Rule" in t)
    made = dict(zip([r.replace("\\", "") for r in rules["Rule"]], rules["Values"], strict=True))
    lines = (printed.FOLDER / "provenance.csv").read_text(encoding="utf-8").splitlines()
    assert made["stopped_early"] == str(sum(line.endswith(",stopped_early") for line in lines)) == "3"
    assert made["ae_no_count"] == "–"


def test_versions_are_those_installed(founding):
    shown = next(t for t in tables(founding) if "Version" in t)
    versions = dict(zip(shown["What"], [v.replace("\\", "") for v in shown["Version"]], strict=True))
    assert versions["pyarrow"] == pa.__version__
    assert {"Riskset", "streamlit", "numpy", "scipy", "lifelines"} <= set(versions)


def test_lifelines_is_not_touched_before_the_button(monkeypatch):
    for name in [n for n in sys.modules if n.split(".")[0] == "lifelines"]:
        monkeypatch.delitem(sys.modules, name)
    at = page()
    assert not at.exception
    assert "lifelines" not in sys.modules
    assert "Largest absolute difference" not in said(at)


@pytest.mark.parametrize(
    "query",
    [
        {"endpoint": ["ttr_pub"], "by": ["eln_risk"]},
        {"endpoint": ["cif_morph"], "eln_risk": ["adverse"]},
        {"cohort": ["synthetic-maintenance"], "endpoint": ["rfs"]},
    ],
    ids=str,
)
def test_recomputing_shows_both_and_starts_with_the_largest_difference(query):
    at = recompute(**query)
    assert not at.exception
    opening = next(m.value for m in at.markdown if "Largest" in m.value).replace("\\", "")
    assert opening.startswith("**Largest absolute difference ")
    assert opening.split()[3] == "0" or "× 10⁻¹" in opening, "agreement to rounding"
    table = next(t for t in tables(at) if "S(t), lifelines" in t)
    assert table["S(t), Riskset"] == table["S(t), lifelines"]
    assert table["S(t), Riskset"][0].replace("\\", "") == "1.0000000000"


def test_recomputed_curve_is_the_product_limit_of_the_csv():
    table = next(t for t in tables(recompute(endpoint=["ttr_pub"])) if "S(t), lifelines" in t)
    seen, survival, steps = printed.outcomes("ttr_pub").values(), 1.0, [("0", "1.0000000000")]
    for time in sorted({t for t, event, _ in seen if event}):
        at_risk = sum(t >= time for t, _, _ in seen)
        survival *= 1 - sum(t == time and event != "" for t, event, _ in seen) / at_risk
        steps.append((f"{time:g}", f"{survival:.10f}"))
    shown = [s.replace("\\", "") for s in table["S(t), Riskset"]]
    assert list(zip(table["Months from start of maintenance"], shown, strict=True)) == steps


def test_nobody_selected_disables_the_check():
    at = page(eln_risk=["favourable"], fab_major=["M7"])
    assert not at.exception
    assert next(b for b in at.button if b.label == "Recompute with lifelines").disabled


def test_a_cohort_without_rules_says_so():
    at = page(cohort=["synthetic-maintenance"])
    assert not at.exception
    assert "names no rule" in said(at)


@pytest.mark.parametrize(("value", "text"), [(0.0, "0"), (1.1e-16, "1.1 × 10⁻¹⁶"), (0.02, "2.0 × 10⁻²")])
def test_small_numbers_are_written_out(value, text):
    assert methods_panels.scientific(value) == text
