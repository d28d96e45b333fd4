"""The endpoint composer: what counts, what competes, what censors, and from when; the answer is one sentence."""

from __future__ import annotations

import streamlit as st

from cohort.estimand import (
    DEATHS,
    HANDLINGS,
    LANDMARKS,
    ZEROS,
    happenings,
    offers_deaths,
    offers_zeros,
    read_handling,
    write_handling,
)
from cohort.ui import panels, state
from cohort.ui.text import plain
from cohort.view import CohortView


def composer(view: CohortView) -> None:
    """A menu, filled only while it is open."""
    label = "Definition ✎" if view.estimand.composed else "Definition"
    menu = st.popover(label, icon=":material/edit_note:", key="composer", on_change=state.touch, width="content")
    if menu.open:
        with menu:
            _choices(view)


def _choices(view: CohortView) -> None:
    base = view.definition.endpoint(view.options.endpoint)
    for happening in happenings(view.cohort, base):
        current = _current(view, happening.code, happening.registry)
        panels.choice(
            happening.label[:1].upper() + happening.label[1:],
            f"treat_{happening.code}",
            HANDLINGS,
            current,
            changed=lambda how, code=happening.code: _treat(view, code, how),
        )
    if offers_deaths(view.cohort, base):
        panels.choice(
            "Deaths without a recorded event", "deaths", DEATHS, view.options.deaths or base.deaths,
            help="Counting them needs the time of death on this clock, which may only be known between limits.",
        )  # fmt: skip
    if offers_zeros(view.cohort, base):
        panels.choice(
            "Time zero", "zero", ZEROS, view.options.zero or base.zero, kind="select",
            help="Where the start of maintenance is only known between limits, the curve becomes an envelope.",
        )  # fmt: skip
    panels.choice(
        "Restart the clock among those still at risk at month", "landmark",
        {m: "no landmark" if m == "0" else m for m in LANDMARKS}, view.options.landmark, kind="select",
    )  # fmt: skip
    st.markdown(f"**What is estimated.** {plain(view.endpoint.definition)}")
    for note in view.estimand.notes:
        st.caption(plain(note))
    if view.estimand.composed:
        st.button("Back to the registry's definition", key="registry", on_click=_registry)


def _current(view: CohortView, code: str, registry: str) -> str:
    return read_handling(view.options.treat).get(code, registry)


def _treat(view: CohortView, code: str, how: str) -> None:
    base = view.definition.endpoint(view.options.endpoint)
    handling = {h.code: _current(view, h.code, h.registry) for h in happenings(view.cohort, base)} | {code: how}
    state.set_option("treat", write_handling(view.cohort, base, handling))


def _registry() -> None:
    state.set_options(treat="", deaths="", zero="", landmark="0")
