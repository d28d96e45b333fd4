"""What the survival page is laid out from."""

from __future__ import annotations

import streamlit as st

from cohort import narrative
from cohort.behind import number_code
from cohort.charts.kaplan_meier import NUMBER
from cohort.charts.theme import on, palette
from cohort.comparator import comparable
from cohort.figures.survival import survival_figure
from cohort.looks import Ledger
from cohort.narrative import looks as looks_words
from cohort.narrative.external import external_alt, external_caption, external_cautions
from cohort.narrative.survival import estimates_opened
from cohort.options import INTERVAL_LABELS, NO_GROUPING
from cohort.results.survival import SurvivalResult
from cohort.ui import comparator_panels, composer_panels, export_panels, ledger_panels, panels, state
from cohort.view import CohortView


def controls(view: CohortView) -> None:
    """Endpoint and grouping in sight; the composer, interval and axis in menus that cost nothing while closed."""
    definition = view.definition
    with st.container(horizontal=True, vertical_alignment="bottom"):  # columns would be four more elements
        options = {
            e.code: e.short + (" (bounds)" if e.status == "bounded" else "") for e in definition.selectable_endpoints
        }
        panels.choice("Endpoint", "endpoint", options, view.options.endpoint, kind="select")
        composer_panels.composer(view)
        options = {NO_GROUPING: "nothing (one curve)", **{v.name: v.label for v in definition.groupings}}
        panels.choice("Compare by", "by", options, view.options.by, kind="select")
        menu = st.popover("More", icon=":material/tune:", key="more", on_change=state.touch, width="content")
        if menu.open:
            with menu:
                panels.choice("95 % confidence interval", "interval", INTERVAL_LABELS, view.options.interval)
                panels.choice("Time axis", "axis", {"standard": "standard", "full": "full"}, view.options.axis)
                comparator_panels.choose(view)


def estimates(result: SurvivalResult) -> None:
    """Every estimate of the figure as printed, one column a group."""
    rows = narrative.estimates_table(result)
    what = [name for name in rows[0] if name != "Group"]
    turned = [{"": name, **{row["Group"]: row[name] for row in rows}} for name in what]
    p = palette(panels.appearance())
    colours = {g.label: on(p, g.colour) for g in result.view.groups}
    opened = estimates_opened(result.view)
    opens = {
        (i, g.label): number_code(counted, g.code, month)
        for i, (counted, month) in enumerate(opened.get(name, ("", None)) for name in what) if counted
        for g in result.view.groups
    }  # fmt: skip
    panels.live_table(turned, "Estimates: " + narrative.survival_alt(result), "estimates", colours, opens)


def figure(result: SurvivalResult) -> None:
    """The curves; a click on a number of the table under the axis lists its patients."""
    beside = comparator_panels.beside(result.view)
    spec = survival_figure(result, panels.appearance(), st.session_state.get(CLICKS, 0), beside)
    alt = f"{narrative.survival_alt(result)} {external_alt(result.view, beside)}".strip()
    panels.figure(spec, alt, FIGURE, on_select=_number_clicked, selection_mode=NUMBER)


FIGURE, CLICKS = "survival_figure", "survival_clicks"


def _number_clicked() -> None:
    st.session_state[CLICKS] = st.session_state.get(CLICKS, 0) + 1
    picked = st.session_state[FIGURE]["selection"].get(NUMBER)
    if picked:
        state.set_option("behind", str(picked[0].get("code", ""))[:120])


def cautions(result: SurvivalResult) -> None:
    """What to keep in mind about the curves, and about a published one beside them."""
    beside = comparator_panels.beside(result.view)
    panels.cautions((*narrative.survival_cautions(result), *external_cautions(result.view, beside)))


def caption(result: SurvivalResult) -> str:
    """Definition and methods under the figure."""
    beside = comparator_panels.beside(result.view)
    drawn = beside if beside is not None and comparable(beside, result.view) else None
    return f"{narrative.survival_caption(result)} {external_caption(drawn)}".strip()


def files(view: CohortView) -> None:
    """Everything of the page as files."""
    kept = ledger_panels.ledger() if view.by else Ledger()
    export_panels.exports(
        view,
        "survival",
        external=comparator_panels.beside(view),
        looked=looks_words.looks_sentence(kept),
        look=kept.comparisons,
    )
