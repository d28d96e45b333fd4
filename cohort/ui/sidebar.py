"""The sidebar: which cohort, where to go, and the filters of all pages in one place."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode

import numpy as np
import streamlit as st

from cohort.dictionary import CohortDefinition, Variable
from cohort.ui import state
from cohort.ui.components import component
from cohort.view import CohortView

GROUPS = (
    ("brief", "Main filters"),
    ("patient", "Patient"),
    ("disease", "Disease"),
    ("genes", "Genes"),
)
BINS = 24
_HERE = Path(__file__).parent


def sidebar(view: CohortView, pages: list, here: str) -> None:
    """Draw the sidebar. What is clicked in it is read by :mod:`cohort.ui.state` at the start of the next run."""
    st.logo(str(_HERE / "wordmark.png"), size="large")
    component("sidebar")(
        key="sidebar",
        data=sidebar_data(view, pages, here),
        on_selection_change=state.facets_changed,
        on_cohort_change=state.cohort_chosen,
        on_page_change=state.touch,
    )


def sidebar_data(view: CohortView, pages: list, here: str) -> dict:
    """What the sidebar shows: its constant structure, the counts of this run and the selection."""
    # Kept with the cohort, not with the process: the words of somebody's own data go when the data do
    structure = view.cohort.once("sidebar", lambda: _structure(view.definition))
    numbers = [v for v in view.definition.filters if v.kind == "number"]
    query = urlencode(state.link(view), doseq=True)
    return {
        **structure,
        "groups": [g | {"items": [_with_bins(view, i) for i in g["items"]]} for g in structure["groups"]],
        "signature": repr((view.cohort.fingerprint, list(state.cohort_titles()))),
        "cohorts": [{"code": code, "label": label} for code, label in state.cohort_titles().items()],
        "own": bool(state.own_cohorts()),
        "cohort": view.definition.id,
        "pages": [{"name": name_of(p), "title": p.title, "path": "/" + p.url_path} for p in pages],
        "page": here,
        "query": f"?{query}" if query else "",
        "source": _source(view.definition),
        "revision": st.session_state["revision"],
        "total": view.cohort.n,
        "counts": {name: counts.tolist() for name, counts in view.facets.items()},
        "histograms": {v.name: _histogram(view, v, view.mask) for v in numbers},
        "selected": {
            "levels": {name: list(codes) for name, codes in view.selection.levels},
            "ranges": {name: list(limits) for name, limits in view.selection.ranges},
            "keep": sorted(view.selection.keep_unknown),
            "cutoffs": {v.name: view.selection.cutoff(v) for v in view.definition.filters if v.cutoffs},
        },
    }


def _source(definition: CohortDefinition) -> dict:
    """The line at the foot: where the data are from, and under which licence."""
    if definition.id in state.own_cohorts():
        return {"text": "Your own data, in this browser session only.", "url": ""}
    if definition.kind == "synthetic":
        return {"text": "Synthetic data, made by a script. No patient is real.", "url": ""}
    url = definition.citation.get("url", "")
    text = " · ".join(x for x in (definition.licence.get("name", ""), definition.citation.get("doi", "")) if x)
    return {"text": text, "url": url if url.startswith("https://") else ""}


def name_of(page) -> str:
    """Name of a page in the sidebar: its address, "overview" for the front page."""
    return page.url_path or "overview"


def _structure(definition: CohortDefinition) -> dict:
    groups = []
    for code, title in GROUPS:
        items = [_item(v) for v in definition.filters if v.group == code]
        if items:
            groups.append({"title": title, "open": not groups, "items": items})
    return {"groups": groups}


def _item(variable: Variable) -> dict:
    item = {
        "name": variable.name,
        "label": variable.label,
        "kind": variable.kind,
        "help": f"{variable.definition} {variable.caveat}".strip(),
        "unit": variable.unit,
        "cutoffs": [{"code": c.code, "label": c.label} for c in variable.cutoffs],
        "levels": [{"code": lv.code, "label": lv.label, "colour": lv.colour} for lv in variable.levels],
    }
    return item | ({"bounds": list(variable.bounds), "step": variable.step} if variable.bounds else {})


def _with_bins(view: CohortView, item: dict) -> dict:
    if item["kind"] != "number":
        return item
    variable = view.definition.variable(item["name"])
    everybody = np.ones(view.cohort.n, dtype=bool)
    unknown = bool(np.isnan(view.cohort.numbers(variable)).any())
    return item | {"bins": _histogram(view, variable, everybody), "unknown": unknown}


def _histogram(view: CohortView, variable: Variable, mask: np.ndarray) -> list[int]:
    low, high = variable.bounds
    values = view.cohort.numbers(variable)
    values = values[mask & ~np.isnan(values)]
    place = np.minimum(((values - low) / (high - low) * BINS).astype(np.int64), BINS - 1)
    return np.bincount(place, minlength=BINS).tolist()
