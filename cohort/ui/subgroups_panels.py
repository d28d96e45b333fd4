"""What the subgroups page is laid out from."""

from __future__ import annotations

import streamlit as st

from cohort.charts.forest import NUMBER
from cohort.figures.subgroups import forest_figure
from cohort.narrative import looks as looks_words
from cohort.narrative import subgroups as words
from cohort.narrative import subgroups_cautions as tests_words
from cohort.options import INTERVAL_LABELS
from cohort.results.subgroups import SubgroupsResult
from cohort.ui import composer_panels, export_panels, ledger_panels, panels, state
from cohort.ui.comparison_panels import working
from cohort.ui.components import component
from cohort.view import CohortView

FIGURE, CLICKS, ASKED = "forest_figure", "forest_clicks", "min_p_asked"
SHOWN = {"estimate": "estimates", "ratio": "ratios"}


def controls(view: CohortView, result: SubgroupsResult | None) -> None:
    """Endpoint, month and measure in sight; the composer and the interval in menus."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        options = {
            e.code: e.short + (" (bounds)" if e.status == "bounded" else "")
            for e in view.definition.selectable_endpoints
        }
        panels.choice("Endpoint", "endpoint", options, view.options.endpoint, kind="select")
        composer_panels.composer(view)
        if result is None:
            return
        months = {f"{t:g}": f"{t:g} months" for t in view.endpoint.landmarks}
        panels.choice("At", "month", months, f"{result.month:g}", kind="select")
        panels.choice("Show", "forest", SHOWN, view.options.forest)
        menu = st.popover("More", icon=":material/tune:", key="more", on_change=state.touch, width="content")
        if menu.open:
            with menu:
                panels.choice("95 % confidence interval", "interval", INTERVAL_LABELS, view.options.interval)


def bounded(view: CohortView) -> None:
    """In place of the forest: the endpoint whose times are recorded, one click away."""
    base = view.definition.endpoint(view.options.endpoint)
    recorded = [e for e in view.definition.identified_endpoints if e.rows == base.rows]
    st.button(
        f"Show {panels.plain(recorded[0].short)} as recorded", key="as_recorded", type="primary",
        on_click=state.set_options, kwargs={"endpoint": recorded[0].code},
    )  # fmt: skip


def figure(result: SubgroupsResult) -> None:
    """The forest; a click on a count lists its patients."""
    if result.ratios_asked:
        with st.spinner("Fitting a hazard ratio for every row"):
            result.ratios  # noqa: B018  computed here, so that the reader sees that something is being computed
    spec = forest_figure(result, panels.appearance(), st.session_state.get(CLICKS, 0))
    panels.figure(spec, words.subgroups_alt(result), FIGURE, on_select=_number_clicked, selection_mode=NUMBER)


def _number_clicked() -> None:
    st.session_state[CLICKS] = st.session_state.get(CLICKS, 0) + 1
    picked = st.session_state[FIGURE]["selection"].get(NUMBER)
    if picked and picked[0].get("code"):
        state.set_option("behind", str(picked[0]["code"])[:120])


def keep_in_sight(view: CohortView) -> None:
    """Let the patients of an opened number float over this long page: the number may stand far from them."""
    if view.options.behind:
        component("drawer")(key="drawer", data={"box": "behind", "code": view.options.behind})


def aliases(result: SubgroupsResult) -> None:
    """What the letters in the figure stand for."""
    lines = words.alias_lines(result)
    if lines:
        st.caption("Same patients: what is seen in one of these rows cannot be told apart from the others.  \n"
                   + "  \n".join(panels.plain(line) for line in lines))  # fmt: skip


def table(result: SubgroupsResult) -> None:
    """The same rows as a table, for reading and for the keyboard: every count is a button."""
    listing = st.expander("The same as a table", key="forest_as_table", on_change=state.touch)
    if not listing.open:
        return
    rows = words.subgroups_table(result)
    opens = {}
    for i, row in enumerate(result.rows):
        opens[i, "Patients"], opens[i, "Events"] = row.code_of("in", None), row.code_of("event", None)
        opens[i, words.AT_RISK] = row.code_of("risk", result.month)
    with listing:
        panels.live_table(rows, words.subgroups_alt(result), "forest_table", opens=opens)


def tests(result: SubgroupsResult) -> None:
    """Permutation p of every factor beside the adjusted one, once it is asked for."""
    if len(result.factors) < 2 or not result.view.events:
        return
    key = result.min_p_key
    if st.session_state.get(ASKED) != key:
        st.button(
            "p values adjusted for the number of factors looked at (min-p)", key="ask_min_p", icon=":material/balance:",
            on_click=_ask, args=(key,),
        )  # fmt: skip
        st.caption(
            f"Shows a permutation p of each of {len(result.factors)} factors beside its value adjusted for having "
            f"looked at all of them. {panels.plain(tests_words.untested_sentence(result))}"
        )
        return
    with working("Dealing the outcomes to the patients anew", result.view.cohort.recalls(key)) as progress:
        found = result.min_p(progress)
    ledger_panels.note_look(result.view, "test", factors=len(result.factors))
    st.markdown(panels.plain(tests_words.min_p_sentence(result, found)))
    panels.live_table(tests_words.min_p_table(result, found), "Every factor: p and p adjusted for all factors", "min_p")
    if untested := tests_words.untested_sentence(result):
        st.caption(panels.plain(untested))
    st.button("Hide the tests", key="hide_min_p", type="tertiary", on_click=_ask, args=(None,))


def _ask(key: tuple | None) -> None:
    """Remember which view's tests are asked for; with another endpoint or filter they are asked for anew."""
    state.touch()
    st.session_state[ASKED] = key


def files(result: SubgroupsResult) -> None:
    """The forest, its rows, and the looks of this session."""
    kept = ledger_panels.ledger()
    export_panels.exports(
        result.view,
        "subgroups",
        looked=looks_words.looks_sentence(kept),
        look=kept.comparisons,
        more={"Looks": lambda: looks_words.looks_records(kept)},
        key="subgroups_export",
    )
