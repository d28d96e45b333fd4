"""State of one visitor: cohort, selection and options, kept in the session and mirrored in the address bar.

The address is read whenever somebody else changed it (first visit, a link, Back, Forward) and written after every
change made here. Streamlit's own ``bind`` is not used: it drops unknown values without a word, shows labels instead
of codes, and a label that carries a live count would change the link (ENGINEERING.md B3, SECURITY.md 2.5).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import streamlit as st

from cohort.readers import cohort_folders, read_cohort
from cohort.selection import Rejected, Selection
from cohort.tables import Cohort
from cohort.view import CohortView, Options

DATA = Path(__file__).resolve().parents[2] / "data"

Query = dict[str, list[str]]


@st.cache_resource(show_spinner=False)
def load_cohort(cohort_id: str) -> Cohort:
    """One cohort, read once a process. Arrow tables cannot be changed in place, so sharing it is safe."""
    return read_cohort(cohort_folders(DATA)[cohort_id])


@st.cache_resource(show_spinner=False)
def cohort_titles() -> dict[str, str]:
    """Short title of every bundled cohort, the one the app opens with first."""
    return {cohort_id: load_cohort(cohort_id).definition.short_title for cohort_id in cohort_folders(DATA)}


def open_view() -> tuple[CohortView, tuple[Rejected, ...]]:
    """The view of this run, and what a link asked for that could not be honoured."""
    state, query = st.session_state, _address()
    # A click may be sent before the browser has shown the address of the click before it. Only a run that nothing on
    # the page asked for can be somebody else's change of the address: a link, Back or Forward.
    touched = state.pop("touched", False)
    if "address" not in state or (query != state["address"] and not touched):
        _adopt(query)
    return CohortView(load_cohort(state["cohort_id"]), state["selection"], state["options"]), state["rejected"]


def write_address(view: CohortView) -> None:
    """Put the view into the address bar. Last in a run: the figure need not wait for the browser to do it."""
    state, wanted = st.session_state, link(view)
    if wanted != state["canonical"]:
        state["canonical"] = state["address"] = wanted
        st.query_params.from_dict(wanted)


def link(view: CohortView) -> Query:
    """The view as URL parameters, cohort included where it is not the one the app opens with."""
    opening = next(iter(cohort_titles()))
    cohort = {} if view.definition.id == opening else {"cohort": [view.definition.id]}
    return cohort | view.to_query()


def _address() -> Query:
    return {name: st.query_params.get_all(name) for name in st.query_params}


def _adopt(query: Query) -> None:
    """Take the address's word for everything."""
    state, titles = st.session_state, cohort_titles()
    rejected: list[Rejected] = []
    cohort_id = next(iter(titles))
    if "cohort" in query:
        if query["cohort"][-1] in titles:
            cohort_id = query["cohort"][-1]
        else:
            rejected.append(Rejected("cohort", query["cohort"][-1][:40], f"allowed: {', '.join(titles)}."))
    cohort = load_cohort(cohort_id)
    selection, refused, owned = Selection.from_query(query, cohort.definition)
    options, refused_too, owned_too = Options.from_query(query, cohort)
    rejected += [*refused, *refused_too]
    for name in query.keys() - owned - owned_too - {"cohort"}:
        rejected.append(Rejected(name[:40], " ".join(query[name])[:40], "no filter or setting has that name."))
    _remember(cohort_id, selection, options)
    state["rejected"] = tuple(rejected)
    # Not rewritten at once: a rewrite on arrival would add a step to the history that Back could not get past.
    state["address"] = query
    state["canonical"] = link(CohortView(cohort, selection, options))


def _remember(cohort_id: str, selection: Selection, options: Options) -> None:
    state = st.session_state
    state["cohort_id"], state["selection"], state["options"] = cohort_id, selection, options
    state["revision"] = state.get("revision", 0) + 1


def touch() -> None:
    """Note that this run was asked for by something on the page."""
    st.session_state["touched"] = True


def set_selection(selection: Selection, *, from_facets: bool = False) -> None:
    """Change the selection; the facets are told unless they are where the change came from."""
    touch()
    st.session_state["selection"] = selection
    st.session_state["rejected"] = ()
    if not from_facets:
        st.session_state["revision"] += 1


def set_option(name: str, value: str) -> None:
    """Change one option of the view."""
    touch()
    st.session_state["options"] = replace(st.session_state["options"], **{name: value})
    st.session_state["rejected"] = ()


def reset() -> None:
    """Back to all patients of this cohort; how they are looked at stays."""
    set_selection(Selection(cutoffs=st.session_state["selection"].cutoffs))


def drop(name: str) -> None:
    """Remove one variable's restriction."""
    set_selection(st.session_state["selection"].without(name))


def change_cohort(cohort_id: str) -> None:
    """Open another cohort with its own opening view: selections do not carry over between dictionaries."""
    touch()
    _remember(cohort_id, Selection(), Options.default(load_cohort(cohort_id).definition))
    st.session_state["rejected"] = ()


def facets_changed() -> None:
    """Read what was clicked in the facets. It comes from the browser, so it is checked like a link."""
    message = st.session_state["sidebar"].get("selection")
    if isinstance(message, Mapping):
        definition = load_cohort(st.session_state["cohort_id"]).definition
        selection, _, _ = Selection.from_query(_as_query(message), definition)
        set_selection(selection, from_facets=True)


def cohort_chosen() -> None:
    """Open the cohort chosen in the sidebar; the value comes from the browser, so it is checked."""
    asked = st.session_state["sidebar"].get("cohort")
    if asked in cohort_titles():
        change_cohort(asked)


def page_asked() -> str | None:
    """Name of the page clicked in the sidebar, None where none was."""
    sidebar = st.session_state.get("sidebar")
    asked = sidebar.get("page") if sidebar else None
    return asked if isinstance(asked, str) else None


def _as_query(message: Mapping) -> Query:
    def part(name: str) -> dict:
        value = message.get(name)
        return dict(value) if isinstance(value, Mapping) else {}

    query = {str(k): [str(x) for x in v] for k, v in (part("levels") | part("ranges")).items() if isinstance(v, list)}
    keep = message.get("keep")
    query |= {f"{name}_unknown": ["1"] for name in (keep if isinstance(keep, list) else [])}
    return query | {f"{name}_cutoff": [str(code)] for name, code in part("cutoffs").items()}
