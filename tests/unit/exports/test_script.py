"""The script of a view, run in a clean interpreter, computes what the app computes and draws what it draws."""

import json
import math
import os
import subprocess
import sys
from dataclasses import replace
from random import Random

import pytest

from cohort import narrative, open_view, read_cohort
from cohort.claims import assess
from cohort.exports.figure import standalone
from cohort.exports.script import PAGES, script
from cohort.figures.adverse_events import adverse_events_file
from cohort.figures.overview import flow_figure
from cohort.figures.patients import patients_file
from cohort.figures.subgroups import forest_file
from cohort.figures.survival import envelope_file, survival_file
from cohort.narrative.evidence import ledger_records
from cohort.narrative.subgroups import subgroups_records
from cohort.narrative.survival import headline_month
from cohort.options import PANELS
from cohort.results.adverse_events import adverse_events
from cohort.results.comparison import ComparisonResult
from cohort.results.envelope import EnvelopeResult
from cohort.results.overview import OverviewResult
from cohort.results.patients import PatientsResult
from cohort.results.sensitivity import SensitivityResult
from cohort.results.subgroups import SubgroupsResult
from cohort.results.survival import SurvivalResult
from cohort.statistics import permutation_gray, permutation_log_rank
from tests.support.views import DATA, FOUNDING, SYNTHETIC, digest, plain, random_view

ROOT = DATA.parent
VIEWS = 50
ORDER = (
    *("survival", "survival", "subgroups", "survival", "adverse_events"),
    *("overview", "survival", "patients", "survival", "evidence"),
)


def environment():
    return {**os.environ, "PYTHONPATH": str(ROOT)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where a script finds the data as it would at the top of the repository, and may write its figure."""
    made = tmp_path_factory.mktemp("scripts")
    (made / "data").symlink_to(DATA)
    return made


# ---- what the pages show, asked of the app's own results -------------------------------------------------------------


def on_the_survival_page(view):
    if not view.in_view.any():
        return {}, None
    if view.estimand.bounded:
        bounds = EnvelopeResult(view)
        medians = [{"group": g, "earliest": m[0], "latest": m[1]} for g, m in bounds.medians.items()]
        found = {"Bounds": bounds.landmark_rows, "Medians": medians, "At risk": bounds.at_ticks}
        return found, envelope_file(bounds)
    shown = SurvivalResult(view)
    found = {"Estimates": shown.landmarks, "At risk": shown.at_ticks, "Follow-up": shown.follow_up,
             "Rates": shown.person_time}  # fmt: skip
    if view.endpoint.kind == "survival":
        found["Medians"] = shown.medians
    closer = {"compare": compared, "influence": influenced, "lost": lost, "definitions": defined}[view.options.panel]
    return found | closer(view, shown), survival_file(shown)


def permuted(groups):
    """The test without the memory that the app keeps of it."""
    return (permutation_gray if groups.competing else permutation_log_rank)(*groups.arrays)


def asked(view, groups):
    return view.options.test == "exact" and view.by is not None and groups.testable


def compared(view, shown):
    groups = ComparisonResult(shown)
    if view.by is None or len(groups.groups) < 2:
        return {}
    month = headline_month(view)
    found = {
        "Observed and expected": groups.log_rank.groups,
        f"Differences at {month:g} months": groups.differences(month),
    }
    if groups.restricted_means:
        found |= {
            "Restricted means": groups.restricted_means,
            "Differences of restricted means": groups.mean_differences,
        }
    if len(groups.groups) <= 3 and groups.firth.defined:
        found["Hazard ratios (Firth)"] = groups.firth.coefficients
    return found | ({"Permutation test": permuted(groups)} if asked(view, groups) else {})


def influenced(view, shown):
    examined, month = SensitivityResult(shown), headline_month(view)
    if len(examined.places) < 2:
        return {}
    found = {f"Estimates at {month:g} months without each patient": examined.estimates_without(month)}
    if asked(view, examined.comparison):
        p = zip(view.cohort.ids[examined.compared], examined.tests_without(), strict=True)
        found["Exact p without each patient"] = [{"patient": i, "p": x} for i, x in p]
        found["Permutation test"] = permuted(examined.comparison)
    return found


def lost(view, shown):
    examined = SensitivityResult(shown)
    if not examined.lost.any():
        return {}
    words = {"censored": "censored", "event": "event at last contact", "free": "followed without event"}
    found = {f"Estimates, the lost taken as {w}": examined.loss_estimates[code] for code, w in words.items()}
    if asked(view, examined.comparison) and examined.lost[examined.compared].any():
        found["Tipping point"] = examined.tipping()
    return found


def defined(view, shown):
    tests = view.options.test == "exact" and view.by is not None
    return {"Definitions": SensitivityResult(shown).grid(headline_month(view), tests)}


def on_the_other_pages(view, page):
    if page == "evidence":
        return {"Claims": ledger_records(assess(view.cohort))}, None
    if not view.n:
        return {}, None
    if page == "subgroups":
        if view.estimand.bounded:
            return {}, None
        return {"Rows": subgroups_records(SubgroupsResult(view))}, forest_file(SubgroupsResult(view))
    if page == "overview":
        result = OverviewResult(view)
        title = f"Flow of patients. {view.definition.short_title}"
        drawn = standalone(flow_figure(result), title, narrative.population_words(view), narrative.overview_alt(result))
        return {"Table 1": result.table_one, "Flow": result.boxes, "Follow-up": [result.follow_up]}, drawn
    if page == "patients":
        result = PatientsResult(view)
        listing = {name: column.to_pylist() for name, column in result.listing.items()}
        rows = [dict(zip(listing, row, strict=True)) for row in zip(*listing.values(), strict=True)]
        return ({"Patients": rows}, patients_file(result)) if result.n else ({}, None)
    result = adverse_events(view)
    if result.level == "patient":
        return {"Counts": result.counts}, adverse_events_file(result) if result.countable else None
    named = {"Bounds": result.bounds} if result.is_subgroup else {"Reported": result.reported}
    return named, adverse_events_file(result)


def shown_by_the_app(view, page):
    return on_the_survival_page(view) if page == "survival" else on_the_other_pages(view, page)


def same(found, expected, where):
    """Equal to 1e-9, in every part."""
    if isinstance(expected, dict):
        assert found.keys() == expected.keys(), where
        for key in expected:
            same(found[key], expected[key], f"{where}: {key}")
    elif isinstance(expected, list):
        assert len(found) == len(expected), where
        for i, (a, b) in enumerate(zip(found, expected, strict=True)):
            same(a, b, f"{where}: {i}")
    elif isinstance(expected, float) and not math.isnan(expected):
        assert found == pytest.approx(expected, rel=1e-9, abs=1e-9), where
    elif isinstance(expected, float):
        assert math.isnan(found), where
    else:
        assert found == expected, where


# ---- in clean interpreters -------------------------------------------------------------------------------------------


def every_panel(founding, synthetic):
    """Views that hold whatever the survival page can show, beside those at random."""
    for panel in PANELS:
        yield open_view(founding, "os_dx", by="mrd_flow", test="exact", panel=panel)
    yield open_view(founding, "rfs_eln", by="eln_risk")
    yield open_view(founding, "cif_morph", by="timing", test="exact")
    yield open_view(synthetic, "rfs", by="treatment")


def test_fifty_views_give_the_same_numbers_and_figures_in_a_clean_interpreter(folder):
    random, cohorts = Random(19), [read_cohort(FOUNDING), read_cohort(SYNTHETIC)]
    views = [(view, "survival") for view in every_panel(*cohorts)]
    for i in range(VIEWS):
        cohort = cohorts[i % 2]
        views.append((random_view(random, cohort, tested=cohort.n < 100), ORDER[(i // 2) % len(ORDER)]))
    assert {page for _, page in views} == set(PAGES)
    made = {f"view_{i:02}.py": view for i, view in enumerate(views)}
    for name, (view, page) in made.items():
        text = script(view, page)
        assert len(text.splitlines()) <= 40, text
        (folder / name).write_text(text, encoding="utf-8")
    child = subprocess.run(
        [sys.executable, "-m", "tests.support.run_scripts", *made], cwd=folder, env=environment(), timeout=600,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert child.returncode == 0, child.stderr[-3000:]
    ran = json.loads(child.stdout)
    for name, (view, page) in made.items():
        numbers, drawn = shown_by_the_app(view, page)
        for what, value in numbers.items():
            same(ran[name]["numbers"][what], json.loads(json.dumps(plain(value))), f"{name} ({page}): {what}")
        assert ran[name]["numbers"].keys() == (numbers.keys() or {"Patients"}), (name, page)
        assert ran[name]["figure"] == digest(drawn), (name, page)
        assert "differ from those" not in ran[name]["said"]


@pytest.mark.parametrize("panel", ["compare", "lost"])
def test_a_script_runs_by_itself_and_prints_its_numbers(folder, panel):
    view = open_view(read_cohort(FOUNDING), "os_dx", by="mrd_flow", test="exact", panel=panel)
    (folder / f"{panel}.py").write_text(script(view, "survival"), encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-W", "error", f"{panel}.py"], cwd=folder, env=environment(), timeout=120,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    shown = SurvivalResult(view)
    for row in shown.landmarks.to_pylist():
        assert f"{row['survival']:.10g}" in ran.stdout
    tipping = SensitivityResult(shown).tipping()
    p = permuted(ComparisonResult(shown)).p if panel == "compare" else tipping.p_tipped
    assert f"{p:.10g}" in ran.stdout
    assert (folder / "riskset-survival.svg").read_text(encoding="utf-8").startswith("<svg")


def test_other_data_are_said_to_be_other_data(folder):
    view = open_view(read_cohort(FOUNDING))
    text = script(view, "evidence").replace(view.cohort.fingerprint, "0" * 64)
    (folder / "other.py").write_text(text, encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-m", "tests.support.run_scripts", "other.py"], cwd=folder, env=environment(), timeout=60,
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "The data differ from those this script was made with" in json.loads(ran.stdout)["other.py"]["said"]


def test_a_published_curve_is_read_and_drawn(folder):
    cohort = read_cohort(SYNTHETIC)
    (external,) = cohort.comparators
    view = open_view(cohort, "rfs")
    shipped = script(view, "survival", external)
    assert "figure(view, 'survival', external)" in shipped
    assert "external" not in script(open_view(cohort, "os"), "survival", external)
    own = replace(external, file="mine.csv")
    (folder / "mine.csv").write_bytes((SYNTHETIC / external.file).read_bytes())
    for name, text in (("shipped.py", shipped), ("mine.py", script(view, "survival", own))):
        (folder / name).write_text(text, encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-m", "tests.support.run_scripts", "shipped.py", "mine.py"], cwd=folder, env=environment(),
        timeout=60, capture_output=True, text=True, check=True,
    )  # fmt: skip
    expected = digest(survival_file(SurvivalResult(view), external=external))
    assert {r["figure"] for r in json.loads(ran.stdout).values()} == {expected}
