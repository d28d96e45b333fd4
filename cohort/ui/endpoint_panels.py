"""The endpoints of an upload, one at a time: where time and status come from, and what each value means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pyarrow as pa
import streamlit as st

from cohort.draft import Draft
from cohort.mapping import cells, edit
from cohort.mapping.roles import MONTHS, ORIGINS, EndpointMap
from cohort.readers.raw import RawTable
from cohort.ui import upload_panels
from cohort.ui.mapping_fields import apply, choose, choose_some, text
from cohort.ui.text import plain

CHOSEN = "m_endpoint"
MOST_VALUES = 60


def endpoints(shown: Draft) -> None:
    """Time zero of all, then the endpoint that is chosen."""
    mapping = shown.mapping
    known = {e.code: e.label for e in mapping.endpoints}
    left, right = st.columns(2, vertical_alignment="bottom")
    with left:
        if known:
            chosen = st.session_state.get(CHOSEN)
            # set in every run: the browser would go on showing the name that was chosen, after it has been changed
            st.session_state[CHOSEN] = chosen if chosen in known else next(iter(known))
            st.selectbox("Endpoint", list(known), key=CHOSEN, format_func=known.get)
    follow = [not e.origin for e in mapping.endpoints]
    if any(follow):  # where every endpoint has a time zero of its own, this one is nobody's
        with right:
            choose(
                "Time is counted from" + ("" if all(follow) else ", unless set below"), "m_origin", ORIGINS,
                mapping.origin, lambda d, origin: replace(d.mapping, origin=origin),
            )  # fmt: skip
    if known:
        endpoint = next(e for e in mapping.endpoints if e.code == st.session_state[CHOSEN])
        with st.container(border=True, key="endpoint_box"):
            _endpoint(shown, endpoint, ({"": "as above"} if any(follow) else {}) | ORIGINS)
    st.button("Add an endpoint", key="add_endpoint", icon=":material/add:", on_click=_add)


def _add() -> None:
    apply(lambda d: edit.with_new_endpoint(d.mapping))
    st.session_state[CHOSEN] = upload_panels.draft().mapping.endpoints[-1].code


def _endpoint(shown: Draft, endpoint: EndpointMap, origins: Mapping[str, str]) -> None:
    code = endpoint.code

    def change(name: str):
        return lambda d, value: edit.with_endpoint(d.upload, d.mapping, code, **{name: value})

    table = shown.upload.table(endpoint.table)
    dated = bool(endpoint.start_date or endpoint.event_dates or endpoint.last_contact_date)
    left, counted, middle, right = st.columns([3, 2, 2, 2])
    with left:
        text("Called", "m_label", endpoint.label, lambda d, v: change("label")(d, v.strip()[:80] or endpoint.label))
    with counted:
        choose("Counted from", "m_endpoint_origin", origins, endpoint.origin, change("origin"))
    if endpoint.where:
        st.caption(plain(f"Rows of {endpoint.table} where {endpoint.where[0]} is {endpoint.where[1]}."))
    else:
        with middle:
            kinds = {"": "time and status", "dates": "dates"}
            choose("Comes from", "m_kind", kinds, "dates" if dated else "", _as_kind(code))
        with right:
            if len(shown.mapping.tables) > 1:
                tables = {u.table: u.table for u in shown.mapping.tables}
                choose("Table", "m_table", tables, endpoint.table, _elsewhere(code))
    if dated:
        _dates(table, endpoint, change)
    else:
        _time_and_status(shown, table, endpoint, change)
    with st.container(horizontal=True):
        if endpoint.status:
            st.button(
                "Exchange event and censored", key="exchange", icon=":material/swap_horiz:",
                on_click=apply, args=(lambda d: edit.with_coding_exchanged(d.mapping, code),),
            )  # fmt: skip
        st.button(
            "Take this endpoint out", key="drop_endpoint", type="tertiary",
            on_click=apply, args=(lambda d: edit.without_endpoint(d.upload, d.mapping, code),),
        )  # fmt: skip


def _elsewhere(code: str):
    def moved(shown: Draft, table: str):
        texts = ("time", "status", "start_date", "last_contact_date", "event_text", "censor_reason")
        lists = (*edit.MEANINGS, "event_dates", "competing_dates")
        empty = dict.fromkeys(texts, "") | dict.fromkeys(lists, ())
        return edit.with_endpoint(shown.upload, shown.mapping, code, table=table, **empty)

    return moved


def _as_kind(code: str):
    """Start the other way of naming an endpoint: with the first column of dates, or with nothing."""

    def changed(shown: Draft, kind: str):
        endpoint = next(e for e in shown.mapping.endpoints if e.code == code)
        dates = list(_date_columns(shown.upload.table(endpoint.table)))
        empty = {"time": "", "status": "", "event_text": "", "censor_reason": "", **dict.fromkeys(edit.MEANINGS, ())}
        if kind == "dates" and dates:
            return edit.with_endpoint(shown.upload, shown.mapping, code, start_date=dates[0], **empty)
        empty |= {"start_date": "", "event_dates": (), "competing_dates": (), "last_contact_date": ""}
        return edit.with_endpoint(shown.upload, shown.mapping, code, **empty)

    return changed


def _time_and_status(shown: Draft, table: RawTable, endpoint: EndpointMap, change) -> None:
    columns = {"": "choose a column", **{n: n for n in table.names}}
    time, unit, status = st.columns([3, 2, 3])
    with time:
        choose("Time", "m_time", columns, endpoint.time, change("time"))
    with unit:
        choose("in", "m_unit", {u: u for u in MONTHS}, endpoint.unit, change("unit"))
    with status:
        choose("Status", "m_status", columns, endpoint.status, change("status"))
    if not endpoint.status:
        return
    values = _values(shown, table, endpoint)
    meanings = {"event": "Means the event", "competing": "Means a competing event", "censored": "Means censored"}
    for place, (meaning, label) in zip(st.columns(3), meanings.items(), strict=True):
        with place:
            choose_some(
                label, f"m_{meaning}", values, [v.value for v in getattr(endpoint, meaning)],
                lambda d, chosen, m=meaning: edit.with_meaning(d.upload, d.mapping, endpoint.code, m, chosen),
            )  # fmt: skip


def _values(shown: Draft, table: RawTable, endpoint: EndpointMap) -> dict[str, str]:
    """Values of the status with how often each occurs in the endpoint's own rows."""
    raw = table.column(endpoint.status)
    rows = raw.values.filter(shown.patients.matches(endpoint.table, endpoint.where)) if endpoint.where else raw.values
    found = cells.counted(rows)
    meant = [v.value for m in edit.MEANINGS for v in getattr(endpoint, m)]
    offered = dict.fromkeys([*meant, *list(cells.spellings(found, meant).values())[:MOST_VALUES]])
    return {v: f"{v}{f' {raw.levels[v]}' if raw.levels.get(v) else ''} · {found.get(v, 0)}" for v in offered}


def _date_columns(table: RawTable) -> dict[str, str]:
    return {c.name: c.name for c in table.columns if pa.types.is_date(c.values.type)}


def _dates(table: RawTable, endpoint: EndpointMap, change) -> None:
    dates = _date_columns(table)
    left, right = st.columns(2)
    with left:
        choose("Start", "m_start", {"": "choose a column", **dates}, endpoint.start_date, change("start_date"))
        choose_some("Event, the earliest of", "m_dates", dates, endpoint.event_dates, _as_tuple(change("event_dates")))
    with right:
        choose("Last contact", "m_last", {"": "choose a column", **dates}, endpoint.last_contact_date,
               change("last_contact_date"))  # fmt: skip
        choose_some("Competing event", "m_competing", dates, endpoint.competing_dates,
                    _as_tuple(change("competing_dates")))  # fmt: skip
    st.caption("Days between two dates are divided by 30.4375 to give months.")


def _as_tuple(change):
    return lambda shown, chosen: change(shown, tuple(chosen))
