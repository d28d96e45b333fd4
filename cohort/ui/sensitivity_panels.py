"""Under the survival figure: influence of single patients, loss to follow-up, and the grid of definitions."""

from __future__ import annotations

import streamlit as st

from cohort.figures.sensitivity import estimate_strip, test_strip
from cohort.narrative import sensitivity as words
from cohort.narrative.survival import headline_month
from cohort.results.sensitivity import SensitivityResult
from cohort.ui import definitions_panels, ledger_panels, panels, state
from cohort.ui.comparison_panels import working

STRIPS = ("influence_estimate", "influence_test")


def influence(result: SensitivityResult) -> None:
    """What each patient alone does to the estimate and, once the test is asked for, to the exact p."""
    view, month = result.view, headline_month(result.view)
    if len(result.places) < 2:
        st.caption("With fewer than two patients nobody can be left out.")
        return
    rows = result.estimates_without(month).to_pylist()
    said = words.influence_sentence(result, rows, month)
    st.markdown(panels.plain(said))
    _strip(estimate_strip(result, rows, month, panels.appearance()), said, STRIPS[0])
    if view.by is None or not result.comparison.testable:
        return
    if not _asked(result, "Show the exact test and how it hangs on single patients"):
        return
    with working("Testing with one patient left out at a time", result.known("tests without")) as progress:
        p = result.comparison.exact().p
        found = result.tests_without(progress)
    ledger_panels.note_look(view, "test")
    if p is None:
        return
    ledger_panels.caution()
    said = words.tests_sentence(result, found, p)
    st.markdown(f"**{panels.plain(said)}**")
    _strip(test_strip(result, found, p, panels.appearance()), said, STRIPS[1])
    with st.container(horizontal=True):
        for patient, moved in words.most_influential(result, found, p):
            st.button(
                f"{panels.plain(patient)}: {panels.plain(moved)}", key=f"moves_{patient}",
                help="Open this patient", on_click=state.open_patient, args=(patient,),
            )  # fmt: skip


def _strip(spec: dict, alt: str, key: str) -> None:
    panels.figure(spec, alt, key, on_select=lambda: _clicked(key), selection_mode="left_out")
    st.caption("One mark a patient; the dashed line is everybody. Click a mark to open that patient.")


def _clicked(key: str) -> None:
    picked = st.session_state[key]["selection"].get("left_out")
    if picked:
        state.open_patient(str(picked[0].get("who", "")))


def _asked(result: SensitivityResult, label: str) -> bool:
    """Whether the reader has asked for tests; the button that asks where not."""
    if result.view.options.test == "exact":
        return True
    st.button(label, key="ask_test", icon=":material/balance:", on_click=state.set_option, args=("test", "exact"))
    return False


def lost(result: SensitivityResult) -> None:
    """The estimates if every lost patient had had the event, or none; the tipping point of the exact test."""
    st.markdown(panels.plain(words.lost_sentence(result)))
    if not result.lost.any():
        return
    rows, opens = words.lost_table(result), words.lost_opened(result)
    panels.live_table(rows, words.lost_sentence(result), "lost_bounds", opens=opens)
    comparison = result.comparison
    if result.view.by is None or not comparison.testable or not result.lost[result.compared].any():
        return
    if _asked(result, "Show the exact test and its tipping point"):
        with working("Looking for the fewest lost patients that matter", result.known("tipping")) as progress:
            found = result.tipping(progress)
        ledger_panels.note_look(result.view, "test")
        st.markdown(f"**{panels.plain(words.tipping_sentence(result, found))}**")
        ledger_panels.caution()


def definitions(result: SensitivityResult) -> None:
    """Every definition beside the one in view."""
    view, month = result.view, headline_month(result.view)
    tests = view.options.test == "exact" and view.by is not None
    with working("Computing every definition", result.known(f"grid {month:g} {tests}")) as progress:
        rows = result.grid(month, tests, progress)
    said = words.grid_sentence(rows, view.estimand.when(month), int(view.in_view.sum()))
    st.markdown(panels.plain(said))
    if tests:
        ledger_panels.note_look(view, "test")
        tested = [row for row in rows if row.p is not None and not row.definition.current]
        ledger_panels.note_look(view, "definitions", tests=len(tested))
        ledger_panels.caution()
    definitions_panels.grid(result, rows, month, said)
    if view.by is not None and not tests:
        _asked(result, "Show the exact test for every definition")
