"""State of one visitor: cohort, selection and options, kept in the session and mirrored in the address bar.

A cohort that the visitor handed in is kept in their session and nowhere else: in no cache, on no disk, in no address.

The address is read whenever somebody else changed it (first visit, a link, Back, Forward) and written after every
change made here. Streamlit's own ``bind`` is not used: it drops unknown values without a word, shows labels instead
of codes, and a label that carries a live count would change the link (ENGINEERING.md B3, SECURITY.md 2.5).
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from cohort.options import Options
from cohort.readers import cohort_folders, read_cohort
from cohort.selection import Rejected, Selection
from cohort.sharing.share import read_letter
from cohort.tables import Cohort
from cohort.ui import letters, own
from cohort.ui.own import NOT_IN_LINKS, OWN_PREFIX, own_cohorts
from cohort.view import CohortView

DATA = Path(__file__).resolve().parents[2] / "data"

TESTED = frozenset({"endpoint", "treat", "deaths", "zero", "landmark", "by", "against"})
"""Options that make a comparison another one."""

Query = dict[str, list[str]]


def load_cohort(cohort_id: str) -> Cohort:
    """One cohort by its id: one of this session's own, else a bundled one."""
    return own_cohorts().get(cohort_id) or bundled_cohort(cohort_id)


def cohort_titles() -> dict[str, str]:
    """Short title of every cohort this visitor can open, the one the app opens with first."""
    titles = {i: f"{c.definition.short_title} (only in this session)" for i, c in own_cohorts().items()}
    return bundled_titles() | titles


@st.cache_resource(show_spinner=False)
def bundled_cohort(cohort_id: str) -> Cohort:
    """A cohort of the data folder, read once a process. Arrow tables cannot be changed in place: sharing is safe."""
    return read_cohort(cohort_folders(DATA)[cohort_id])


@st.cache_resource(show_spinner=False)
def bundled_titles() -> dict[str, str]:
    """Short title of every bundled cohort, the one the app opens with first."""
    return {cohort_id: bundled_cohort(cohort_id).definition.short_title for cohort_id in cohort_folders(DATA)}


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
    view = _kept_view()
    if is_own(view):
        state["private_view"] = state["cohort_id"], view.selection, view.options
    return letters.marked(view), state["rejected"]


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


def _address() -> Query:
    return {name: st.query_params.get_all(name) for name in st.query_params}


def _adopt(query: Query) -> None:
    """Take the address's word for everything."""
    state = st.session_state
    if "cohort_id" in state and query == link(_kept_view()):
        # Our own address of this view, after a change of page: what came with it, and was said about it, stays
        state["address"] = state["canonical"] = query
        return
    if not query and "private_view" in state:
        # The address of private data is bare: Back and Forward come to it again and must find the cohort there
        _remember(*state["private_view"])
        state["rejected"], state["address"], state["canonical"] = (), query, query
        return
    _read(query, bundled_titles())
    # Not rewritten at once: a rewrite on arrival would add a step to the history that Back could not get past.
    state["address"] = query
    state["canonical"] = link(_kept_view())


def open_file(page: str, query: Query) -> None:
    """Open a view that was kept as a file. It may have been written by anybody: it is checked like a link."""
    touch()
    _read(query, cohort_titles())
    st.session_state["going"] = page


def _kept_view() -> CohortView:
    state = st.session_state
    return CohortView(load_cohort(state["cohort_id"]), state["selection"], state["options"])


def _read(query: Query, titles: Mapping[str, str]) -> None:
    """Read every parameter of a view; what is not known is kept as rejected."""
    state = st.session_state
    rejected: list[Rejected] = []
    cohort_id = next(iter(titles))
    if "cohort" in query:
        asked = query["cohort"][-1]
        if asked in titles:
            cohort_id = asked
        else:
            private = asked.startswith(OWN_PREFIX)
            rejected.append(
                Rejected("cohort", asked[:40], NOT_IN_LINKS if private else f"allowed: {', '.join(titles)}.")
            )
    cohort = load_cohort(cohort_id)
    selection, refused, owned = Selection.from_query(query, cohort.definition, cohort.ids)
    options, refused_too, owned_too = Options.from_query(query, cohort)
    letter, refused_letter, owned_letter = read_letter(query)
    rejected += [*refused, *refused_too, *refused_letter]
    for name in query.keys() - owned - owned_too - owned_letter - {"cohort"}:
        rejected.append(Rejected(name[:40], " ".join(query[name])[:40], "no filter or setting has that name."))
    _remember(cohort_id, selection, options)
    state["rejected"] = tuple(rejected)
    if owned_letter and cohort_id == query.get("cohort", [cohort_id])[-1]:
        letters.receive(_kept_view(), letter)
    else:
        letters.forget()


def _remember(cohort_id: str, selection: Selection, options: Options) -> None:
    state = st.session_state
    state["cohort_id"], state["selection"], state["options"] = cohort_id, selection, options
    state["revision"] = state.get("revision", 0) + 1


def focus_on(key: str) -> None:
    """Give the keyboard's focus to the widget with this key once the page is drawn: what had it is going away."""
    turn, _ = st.session_state.get("focus", (0, ""))
    st.session_state["focus"] = turn + 1, key


def touch() -> None:
    """Note that this run was asked for by something on the page."""
    st.session_state["touched"] = True


def set_selection(selection: Selection, *, from_facets: bool = False) -> None:
    """Change the selection; the facets are told unless they are where the change came from."""
    touch()
    if selection != st.session_state["selection"]:
        st.session_state["options"] = replace(st.session_state["options"], test="hidden")
    st.session_state["selection"] = selection
    st.session_state["rejected"] = ()
    if not from_facets:
        st.session_state["revision"] += 1


def set_option(name: str, value: str) -> None:
    """Change one option of the view."""
    set_options(**{name: value})


def set_options(**values: str) -> None:
    """Change options of the view together. What hangs on another one goes with it: a composed endpoint, a level.

    A test is asked for anew for another comparison: only a link shows one that nobody clicked for.
    """
    touch()
    before = st.session_state["options"]
    if "endpoint" in values:
        values = {"treat": "", "deaths": "", "zero": ""} | values
    if "by" in values:
        values = {"against": ""} | values
    if any(getattr(before, name) != values[name] for name in TESTED & values.keys()):
        values = {"test": "hidden"} | values
    st.session_state["options"] = replace(before, **values)
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
    letters.forget()
    _remember(cohort_id, Selection(), Options.default(load_cohort(cohort_id).definition))
    st.session_state["rejected"] = ()


def open_own(cohort: Cohort, digest: str) -> None:
    """Keep a cohort that was handed in, by the digest of its files, and open it."""
    change_cohort(own.keep(cohort, digest))


def forget_own(cohort_id: str) -> None:
    """Drop one of the cohorts handed in; if it is in view, the opening cohort takes over."""
    touch()
    own.drop(cohort_id)
    if st.session_state["cohort_id"] == cohort_id:
        change_cohort(next(iter(bundled_titles())))


def forget_everything() -> None:
    """Empty the session: whatever any part of the app kept of the visitor's data goes, without a list to keep up."""
    for key in st.session_state:
        if key not in ("pages", "revision", "upload_turn"):  # words of the program, and two counters
            del st.session_state[key]
    with contextlib.suppress(AttributeError):  # not a public door
        # Streamlit keeps what every widget of the session offered: names and levels of the cohort
        get_script_run_ctx().session_state._state._new_widget_state.widget_metadata.clear()


def facets_changed() -> None:
    """Read what was clicked in the facets. It comes from the browser, so it is checked like a link."""
    message = st.session_state["sidebar"].get("selection")
    if isinstance(message, Mapping):
        definition = load_cohort(st.session_state["cohort_id"]).definition
        selection, _, _ = Selection.from_query(_as_query(message), definition)
        frozen = st.session_state["selection"].patients
        set_selection(replace(selection, patients=frozen), from_facets=True)


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
