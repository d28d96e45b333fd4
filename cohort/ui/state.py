"""State of one visitor: cohort, selection and options, kept in the session and mirrored in the address bar.

A cohort that the visitor handed in is kept in their session and nowhere else: in no cache, on no disk, in no address.

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


OWN = "own_cohorts"
"""Where a session keeps the cohorts handed in: id -> cohort."""

OWN_PREFIX = "own-"
"""How the ids of such cohorts begin, in every session."""


def load_cohort(cohort_id: str) -> Cohort:
    """One cohort by its id: one of this session's own, else a bundled one."""
    own = own_cohorts()
    return own[cohort_id] if cohort_id in own else bundled_cohort(cohort_id)


def cohort_titles() -> dict[str, str]:
    """Short title of every cohort this visitor can open, the one the app opens with first."""
    own = {i: f"{c.definition.short_title} (only in this session)" for i, c in own_cohorts().items()}
    return bundled_titles() | own


@st.cache_resource(show_spinner=False)
def bundled_cohort(cohort_id: str) -> Cohort:
    """A cohort of the data folder, read once a process. Arrow tables cannot be changed in place: sharing is safe."""
    return read_cohort(cohort_folders(DATA)[cohort_id])


@st.cache_resource(show_spinner=False)
def bundled_titles() -> dict[str, str]:
    """Short title of every bundled cohort, the one the app opens with first."""
    return {cohort_id: bundled_cohort(cohort_id).definition.short_title for cohort_id in cohort_folders(DATA)}


def own_cohorts() -> Mapping[str, Cohort]:
    """The cohorts handed in during this session, by id, in order of arrival."""
    return st.session_state.get(OWN, {})


def is_own(view: CohortView) -> bool:
    """Whether the view is one of a cohort handed in during this session."""
    return view.definition.id in own_cohorts()


def open_view() -> tuple[CohortView, tuple[Rejected, ...]]:
    """The view of this run, and what a link asked for that could not be honoured."""
    state, query = st.session_state, _address()
    # A click may be sent before the browser has shown the address of the click before it. Only a run that nothing on
    # the page asked for can be somebody else's change of the address: a link, Back or Forward.
    touched = state.pop("touched", False)
    if "address" not in state or (query != state["address"] and not touched):
        _adopt(query)
    view = CohortView(load_cohort(state["cohort_id"]), state["selection"], state["options"])
    if is_own(view):
        state["private_view"] = state["cohort_id"], view.selection, view.options
    return view, state["rejected"]


def write_address(view: CohortView) -> None:
    """Put the view into the address bar. Last in a run: the figure need not wait for the browser to do it."""
    state, wanted = st.session_state, link(view)
    if wanted != state["canonical"]:
        state["canonical"] = state["address"] = wanted
        st.query_params.from_dict(wanted)


def link(view: CohortView) -> Query:
    """The view as URL parameters, cohort included where it is not the one the app opens with; nothing of own data."""
    if is_own(view):
        return {}
    opening = next(iter(bundled_titles()))
    cohort = {} if view.definition.id == opening else {"cohort": [view.definition.id]}
    return cohort | view.to_query()


NOT_IN_LINKS = (
    "data that somebody handed in stay in that person's session and are never part of a link. Whoever holds the files "
    "opens them on the page Your cohort, or exports the cohort there and passes the export on."
)


def _address() -> Query:
    return {name: st.query_params.get_all(name) for name in st.query_params}


def _adopt(query: Query) -> None:
    """Take the address's word for everything."""
    state, titles = st.session_state, bundled_titles()
    if not query and "private_view" in state:
        # The address of private data is bare: Back and Forward come to it again and must find the cohort there
        _remember(*state["private_view"])
        state["rejected"], state["address"], state["canonical"] = (), query, query
        return
    rejected: list[Rejected] = []
    cohort_id = next(iter(titles))
    if "cohort" in query:
        asked = query["cohort"][-1]
        if asked in titles:
            cohort_id = asked
        else:
            private = asked.startswith(OWN_PREFIX)
            rejected.append(Rejected("cohort", asked[:40], NOT_IN_LINKS if private else f"allowed: {', '.join(titles)}."))
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
    set_options(**{name: value})


def set_options(**values: str) -> None:
    """Change options of the view together. What hangs on another one goes with it: a composed endpoint, a level."""
    touch()
    if "endpoint" in values:
        values = {"treat": "", "deaths": "", "zero": ""} | values
    if "by" in values:
        values = {"against": ""} | values
    st.session_state["options"] = replace(st.session_state["options"], **values)
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
    st.session_state.pop("private_view", None)
    _remember(cohort_id, Selection(), Options.default(load_cohort(cohort_id).definition))
    st.session_state["rejected"] = ()


def open_own(cohort: Cohort, digest: str) -> None:
    """Keep a cohort in this session and open it. The same files handed in again take the place of the first time."""
    cohort_id = f"{OWN_PREFIX}{digest[:8]}"
    # Whatever its dictionary says: an upload is private, and its id is ours
    own = Cohort(replace(cohort.definition, id=cohort_id, kind="private"), cohort.tables, cohort.fingerprint)
    st.session_state[OWN] = {**own_cohorts(), cohort_id: own}
    change_cohort(cohort_id)


def forget_own(cohort_id: str | None = None) -> None:
    """Drop one of the cohorts handed in, or all of them; the view goes back to the one the app opens with."""
    touch()
    state = st.session_state
    gone = set(own_cohorts()) if cohort_id is None else {cohort_id}
    state[OWN] = {i: c for i, c in own_cohorts().items() if i not in gone}
    state["looks"] = {i: ledger for i, ledger in state.get("looks", {}).items() if i not in gone}
    if state.get("private_view", ("",))[0] in gone:
        del state["private_view"]
    if state["cohort_id"] in gone:
        change_cohort(next(iter(bundled_titles())))


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


def open_patient(patient: str) -> None:
    """Go to the patients page with this profile open. The id may come from the browser: it is checked like a link."""
    if patient in load_cohort(st.session_state["cohort_id"]).ids:
        set_option("patient", patient)
        st.session_state["going"] = "patients"


def number_opened(key: str) -> None:
    """Open the number clicked in the part with this key; who is behind it is looked up where it is shown."""
    clicked = st.session_state[key].get("open")
    if isinstance(clicked, str):
        set_option("behind", clicked[:120])


def page_asked() -> str | None:
    """Name of the page to go to: clicked in the sidebar, or where something on a page leads; None to stay."""
    going = st.session_state.pop("going", None)
    if going is not None:
        return going
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
