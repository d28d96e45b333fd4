"""The comparison under the survival figure: expected counts, differences and ratios; tests on one click."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st

from cohort.charts.theme import on, palette
from cohort.dictionary import NOT_REPORTED
from cohort.narrative import comparison as words
from cohort.narrative.comparison_cautions import comparison_cautions
from cohort.results.comparison import ComparisonResult
from cohort.statistics.comparison import WEIGHT_LABELS
from cohort.ui import ledger_panels, panels, state


def comparison(result: ComparisonResult) -> None:
    """Groups side by side; the exact test once it is asked for."""
    view = result.view
    if view.by is None:
        st.caption("Choose a variable under “Compare by” to see its groups side by side.")
        return
    ledger_panels.note_look(view, "comparison")
    if len(view.by.levels) > 2:
        known = [lv for lv in view.by.levels if lv.code != NOT_REPORTED]
        levels = {"": "all of them", **{lv.code: f"{lv.label} against all others" for lv in known}}
        panels.choice(f"Groups of {view.by.label}", "against", levels, view.options.against, kind="select")
    st.markdown(panels.plain(words.comparison_sentence(result)))
    if len(result.groups) < 2:
        return
    p = palette(panels.appearance())
    rows = words.comparison_table(result)
    colours = {g.label: on(p, g.colour) for g in result.groups}
    panels.live_table(rows, "Comparison: " + words.comparison_sentence(result), "comparison", colours)
    panels.cautions(comparison_cautions(result))
    if result.testable:
        _test(result)


def _test(result: ComparisonResult) -> None:
    if result.view.options.test != "exact":
        st.button(
            "Show the exact test", key="show_test", icon=":material/balance:",
            on_click=state.set_option, args=("test", "exact"),
        )  # fmt: skip
        return
    with working("Dealing the patients into groups in every possible way", result.known(result.main)) as progress:
        test = result.exact(progress)
    ledger_panels.note_look(result.view, "test")
    st.markdown(f"**{panels.plain(words.test_sentence(result, test))}**")
    st.caption(panels.plain(words.ADJUSTED_ELSEWHERE))
    st.button("Go to the adjusted p values", key="to_min_p", type="tertiary", on_click=_go_to_subgroups)
    ledger_panels.caution()
    menu = st.expander("Other weights, pairs, proportional hazards", key="secondaries", on_change=state.touch)
    if menu.open:
        with menu:
            _secondaries(result)
    st.button("Hide the test", key="hide_test", type="tertiary", on_click=state.set_option, args=("test", "hidden"))


def _go_to_subgroups() -> None:
    state.touch()
    st.session_state["going"] = "subgroups"


def _secondaries(result: ComparisonResult) -> None:
    if len(result.groups) > words.RATIO_GROUPS:
        panels.table(words.ratios_table(result), alt="Hazard ratios against the reference")
    tests = {}
    for weight in result.weights:
        with working(f"Weight: {WEIGHT_LABELS[weight]}", result.known(weight)) as progress:
            tests[weight] = result.weighted(weight, progress)
    ledger_panels.note_look(result.view, "weights", tests=len(tests))
    panels.table(words.weights_table(result, tests), alt="Permutation tests with other weights")
    st.caption(words.WEIGHTS_CAPTION)
    st.caption(panels.plain(words.asymptotics_sentence(result)))
    if len(result.groups) > 2:
        with working("Pairs of groups", result.known("pairs")) as progress:
            pairs = result.pairs(progress)
        ledger_panels.note_look(result.view, "pairs", tests=len(pairs.pairs))
        panels.table(words.pairs_table(result), alt="Pairs of groups, Holm-adjusted")
    st.caption(panels.plain(words.proportional_sentence(result)))
    ledger_panels.caution()


@contextmanager
def working(what: str, known: bool) -> Iterator[Callable[[float], None] | None]:
    """A progress bar while something long is computed for the first time."""
    if known:
        yield None
        return
    bar = st.progress(0.0, text=what)
    try:
        yield lambda share: bar.progress(min(1.0, share), text=what)
    finally:
        bar.empty()
