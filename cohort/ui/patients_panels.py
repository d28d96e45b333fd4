"""What the patients page is laid out from."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
import streamlit as st

from cohort import narrative
from cohort.figures.patients import mrd_figure, patients_figure
from cohort.options import NO_GROUPING, outcome_variables
from cohort.provenance import sources
from cohort.results.patients import PatientsResult
from cohort.ui import export_panels, panels, state

LANES, LISTING = "patients_lanes", "patients_listing"
"""Keys of the two places a patient can be clicked in."""

DEFINED = {"footnote": "footnote of the table", "letters": "its letters, in the footnote"}


def controls(result: PatientsResult) -> None:
    """Whom to show, time zero, colour, and the patient whose profile is open."""
    view = result.view
    outcomes = {
        f"{v.name}.{lv.code}": f"{lv.label} ({v.label.lower()})"
        for v in outcome_variables(view.definition)
        for lv in v.levels
    }
    zeros = {code: c.since.removeprefix("from ") for code, c in result.clocks.items()}
    widths = [8] * (1 + bool(outcomes) + (len(zeros) > 1)) + [6]
    places = iter(st.columns(widths, vertical_alignment="bottom"))
    if outcomes:
        with next(places):
            panels.choice(
                "Show", "show", {"all": "all selected patients", **outcomes}, view.options.show, kind="select",
                help="Outcomes narrow this page only, never a curve: patients chosen by what happened to them later "
                "have no rate worth estimating.",
            )  # fmt: skip
    if len(zeros) > 1:
        with next(places):
            panels.choice("Time zero", "clock", zeros, result.timeline.clock.code, kind="select")
    with next(places):
        options = {NO_GROUPING: "nothing", **{v.name: v.label for v in view.definition.groupings}}
        panels.choice("Sort and colour by", "by", options, view.options.by, kind="select")
    with next(places):
        inside = set(view.cohort.ids[result.mask])
        options = {"": "none open", **{i: i if i in inside else f"{i} (not shown here)" for i in view.cohort.ids}}
        panels.choice("Patient", "patient", options, view.options.patient, kind="select")


def nobody(result: PatientsResult) -> bool:
    """Say that no selected patient has the outcome asked for. True if there is nothing to draw."""
    if result.n:
        return False
    st.button("Show all selected patients", key="show_all", on_click=state.set_option, args=("show", "all"))
    return True


def opened(result: PatientsResult) -> None:
    """One line under the controls: who is open, or how to open somebody."""
    if result.patient is None:
        st.caption(
            "Click a lane or a row of the listing, or choose a patient here, to open a profile: what happened when, "
            "every value held, the treatment courses as printed, and the cell each value was read from."
        )
        return
    i = result.patient
    words = panels.plain(narrative.profile_sentence(result, i))
    outside = "" if result.mask[i] else " (not among those shown)"
    patient = panels.plain(result.view.cohort.ids[i])
    st.markdown(f"**Patient {patient}{outside}.** {words} [Profile and source cells ↓](#profile)")


def _open(patient: str) -> None:
    """Open a profile. The id comes from the browser, so it is checked like a link."""
    if patient == "" or patient in state.load_cohort(st.session_state["cohort_id"]).ids:
        state.set_option("patient", patient)


def _lane_clicked() -> None:
    picked = st.session_state[LANES]["selection"].get("lane")
    if picked:
        _open(str(picked[0].get("id", "")))


def lanes(result: PatientsResult) -> None:
    """The swimmer with the mutation matrix; a click on a row opens the profile."""
    spec = patients_figure(result, panels.appearance())
    panels.figure(spec, narrative.patients_alt(result), key=LANES, on_select=_lane_clicked, selection_mode="lane")
    st.caption(panels.plain(narrative.lanes_note(result)))
    if not result.genes:
        st.caption("This cohort has no table of gene mutations, so there is no matrix beside the lanes.")


def mrd(result: PatientsResult) -> None:
    """MRD before maintenance, one axis an assay, and who is positive by which definition; nothing without a table."""
    if result.mrd is None:  # an MRD column, if there is one, stands in the listing
        return
    st.subheader("Measurable residual disease before maintenance")
    tested = [a for a in result.mrd.assays if result.mrd.shown[a].num_rows]
    widths = [8 + min(result.mrd.whole[a].num_rows, 12) for a in tested]
    for place, assay in zip(st.columns(widths) if len(tested) > 1 else [st.container()], tested, strict=False):
        with place:
            figure = mrd_figure(result.mrd, assay, panels.appearance())
            panels.figure(figure, narrative.mrd_alt(result.mrd, assay), key=f"patients_mrd_{assay}")
    st.caption(panels.plain(narrative.mrd_note(result)))
    rows = narrative.definitions_table(result)
    panels.live_table(rows, "Who is MRD-positive by which definition", "patients_mrd_definitions")


def listing(result: PatientsResult) -> None:
    """Every patient shown, in words; a click on a row opens the profile."""
    st.subheader("Listing")
    columns = result.listing
    ids = columns["Patient"].to_pylist()
    _select(ids, result.view.options.patient)
    st.dataframe(
        pa.table({f"c{k}": column for k, column in enumerate(columns.values())}),
        key=LISTING,
        hide_index=True,
        height=min(38 * len(ids) + 40, 420),
        column_config={f"c{k}": st.column_config.Column(head, pinned=k == 0) for k, head in enumerate(columns)},
        on_select=_row_clicked(ids),
        selection_mode="single-row",
        alt=f"Listing of {len(ids)} patients: " + ", ".join(columns),
    )


def _select(ids: list[str], patient: str) -> None:
    """Mark the open profile's row, wherever it was opened; the table never owns which one that is."""
    rows = [ids.index(patient)] if patient in ids else []
    now = st.session_state.get(LISTING)
    if rows != (now["selection"]["rows"] if now else []):
        st.session_state[LISTING] = {"selection": {"rows": rows, "columns": [], "cells": []}}


def _row_clicked(ids: list[str]) -> Callable[[], None]:
    def clicked() -> None:
        rows = st.session_state[LISTING]["selection"]["rows"]
        _open(ids[rows[0]] if rows and 0 <= rows[0] < len(ids) else "")

    return clicked


def profile(result: PatientsResult) -> None:
    """Everything held about one patient, down to the printed cell."""
    if result.patient is None:
        return
    i = result.patient
    patient = result.view.cohort.ids[i]
    st.subheader(f"Patient {panels.plain(patient)}", anchor="profile")
    if not result.mask[i]:
        st.caption(":material/info: Not among the patients shown now; the profile is shown all the same.")
    st.markdown(panels.plain(narrative.profile_sentence(result, i)))
    halves, filled = st.columns(2), [0, 0]
    for title, pairs in result.record(i).items():
        shorter = filled.index(min(filled))
        filled[shorter] += len(pairs) + 2
        with halves[shorter]:
            panels.table([{title: label, "Value": value} for label, value in pairs], alt=f"Patient {patient}: {title}")
    _courses(result, i)
    _mrd_rows(result, i)
    _genes(result, i)
    _sources(result, patient)
    st.button("Close this profile", key="close_profile", on_click=state.set_option, args=("patient", ""))


def _courses(result: PatientsResult, i: int) -> None:
    rows = result.rows_of("courses", i)
    st.markdown("**Treatment before maintenance, in the order printed**")
    if not rows:
        missing = "No treatment courses are held for this cohort." if rows is None else "No course is printed."
        st.caption(missing)
        return
    cells = [
        {
            "": str(r["order"]),
            "As printed": r["token_raw"],
            "Courses": str(r["n"]) if r["n"] is not None else "not stated",
            "Drugs": (r["drugs"] or "").replace(";", ", ") if r["defined"] in DEFINED else "not defined in the source",
            "Defined by": DEFINED.get(r["defined"], "–"),
            "Note": (r["note"] or "").removeprefix("not defined in the source; "),
        }
        for r in rows
    ]
    panels.table(cells, alt="Treatment courses in the order printed")


def _mrd_rows(result: PatientsResult, i: int) -> None:
    rows = result.rows_of("mrd", i)
    if rows is None:
        return
    st.markdown("**MRD before maintenance**")
    if not rows:
        st.caption("No result is printed.")
        return
    cells = [
        {
            "Assay": r["assay"],
            "Result": r["call"] or "not reported",
            "Value": f"{r['value_pct']:g} {r['unit'] or '%'}" if r["value_pct"] is not None else "no number printed",
            "As printed": r["raw"] or "",
        }
        for r in rows
    ]
    panels.table(cells, alt="MRD results")


def _genes(result: PatientsResult, i: int) -> None:
    st.markdown("**Genes**")
    words = narrative.genes_words(result, i)
    if not words:
        st.caption("This cohort has no table of gene mutations.")
        return
    st.markdown(panels.plain(f"Reported: {words}. A gene that is not named is not reported, which is not wild type."))


def _sources(result: PatientsResult, patient: str) -> None:
    st.markdown("**Where each value comes from**")
    cells = sources(result.view.cohort, patient)
    if not cells:
        st.caption("This cohort keeps no record of source cells.")
        return
    rows = [
        {
            "Value": c.what,
            "Shown": c.shown,
            "Source cell": c.place,
            "Printed": c.raw + (f" ({'; '.join(c.look_alikes)})" if c.look_alikes else ""),
            "Rule": c.rule_text,
        }
        for c in cells
    ]
    panels.table(rows, alt=f"Source cells of patient {patient}")


def files(result: PatientsResult) -> None:
    """The lanes, the listing, its dictionary and its source cells."""
    export_panels.exports(result.view, "patients", key="patients_export")
