"""What an upload means: findings and repairs, columns and privacy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
import streamlit as st

from cohort.draft import Draft
from cohort.mapping import edit
from cohort.mapping.findings import Finding
from cohort.mapping.roles import VARIABLE_ROLES, ColumnRole, Mapping
from cohort.narrative import your_cohort as words
from cohort.ui import endpoint_panels, event_panels, opening_panels, state, upload_panels
from cohort.ui.mapping_fields import apply, choose, text
from cohort.ui.text import plain

GRID, BASE, SECTION = "columns_grid", "columns_base", "draft_sections"


def sections(shown: Draft) -> None:
    """Everything that can be looked through and changed, one part at a time."""
    parts = {
        "Findings": findings,
        "Endpoints": endpoint_panels.endpoints,
        "Columns": columns,
        "Privacy": privacy,
        "Files as read": upload_panels.as_read,
    }
    if st.session_state.pop(upload_panels.FRESH, False):
        st.session_state[SECTION] = "Findings"  # what has to be settled first, whatever was open for the last upload
    tabs = st.tabs(list(parts), key=SECTION, on_change=state.touch)
    for tab, draw in zip(tabs, parts.values(), strict=True):
        if tab.open:
            with tab:
                draw(shown)


# ---- findings ------------------------------------------------------------------------------------------------------
SEVERITIES = {
    "stop": (":material/front_hand:", "Settle first."),
    "repair": (":material/build:", "Repair proposed."),
    "note": (":material/info:", "Look at this."),
}
SHOWN_EACH = 6


def findings(shown: Draft) -> None:
    """Every finding with its place, the value seen and what is allowed; a repair is made only where it is accepted."""
    repairs = words.repairs_listing(shown.findings)
    if len(repairs) > 1:
        st.button("Accept every proposed repair", key="accept_all", on_click=_accept_all)
    for code, found in repairs.items():
        _repair(code, found, shown)
    for finding in shown.findings:
        if not finding.repair and finding.severity == "stop":
            _said(finding)
    if shown.accepted:
        st.markdown("**Repairs that will be made**")
        for code, what in shown.accepted.items():
            _decision(code, what, True)
            _listed(shown.settled.get(code, ()))
        opening_panels.open_from_here(shown)  # the button at the top is a whole page of the keyboard away
    notes = [f for f in shown.findings if not f.repair and f.severity != "stop"]
    if notes:
        st.markdown("**To know**")
        st.markdown("\n".join(f"- {plain(f'{n.sentence} {n.remedy}'.strip())}" for n in notes))


def _repair(code: str, found: list[Finding], shown: Draft) -> None:
    with st.container(border=True):
        for finding in found[:SHOWN_EACH]:
            _said(finding, remedy=False)
        if len(found) > SHOWN_EACH:
            st.caption(f"and {len(found) - SHOWN_EACH} more of the kind")
        repair = found[0].repair
        if code.startswith("swap:"):  # an edit of the mapping rather than of the data: the editor must show it
            st.button(
                f"Proposed: {plain(repair.words)}", key=f"repair_{code}",
                on_click=apply, args=(lambda d: edit.with_coding_exchanged(d.mapping, code.removeprefix("swap:")),),
            )  # fmt: skip
        else:
            _decision(code, repair.words, code in shown.accepted)


def _listed(found: Sequence[Finding]) -> None:
    """Rows and values that an accepted repair is made on."""
    if found:
        more = f" And {len(found) - SHOWN_EACH} more of the kind." if len(found) > SHOWN_EACH else ""
        st.caption(plain(" ".join(f.sentence for f in found[:SHOWN_EACH]) + more))


def _decision(code: str, what: str, accepted: bool) -> None:
    key = f"repair_{code}"
    st.session_state[key] = accepted

    def decided() -> None:
        upload_panels.keep(upload_panels.draft().repaired(code, what, st.session_state[key]))

    st.checkbox(plain(what if accepted else f"Proposed: {what}"), key=key, on_change=decided)


def _accept_all() -> None:
    shown = upload_panels.draft()
    for code, found in words.repairs_listing(shown.findings).items():
        if not code.startswith("swap:"):
            shown = shown.repaired(code, found[0].repair.words, True)
    upload_panels.keep(shown)
    if not shown.stops:
        state.focus_on(opening_panels.FROM_HERE)


def _said(finding: Finding, remedy: bool = True) -> None:
    more = f" {finding.remedy}" if remedy and finding.remedy else ""
    icon, lead = SEVERITIES[finding.severity]
    st.markdown(f"{icon} **{lead}** {plain(finding.sentence + more)}")


# ---- columns -------------------------------------------------------------------------------------------------------
def columns(shown: Draft) -> None:
    """Title, who a patient is, and the use of every other column in a grid."""
    mapping = shown.mapping
    left, right = st.columns(2)
    with left:
        text("Title of the cohort", "m_title", mapping.title, _titled)
    with right:
        for i, use in enumerate(mapping.tables):
            names = shown.upload.table(use.table).names
            options = {"": "every row is a patient", **{n: n for n in names}} if i == 0 else {n: n for n in names}
            label = "Patient id" + (f" in {use.table}" if len(mapping.tables) > 1 else "")
            choose(
                label, f"m_id_{i}", options, use.id,
                lambda d, column, table=use.table: edit.with_id(d.upload, d.mapping, table, column),
            )  # fmt: skip
    _grid(shown)
    st.caption(
        "Ids, times, statuses, adverse events and columns that may identify a person are not in this list: see "
        "Endpoints and Privacy."
    )
    event_panels.adverse_events(shown)


def _titled(shown: Draft, title: str) -> Mapping:
    return replace(shown.mapping, title=title.strip()[:80] or shown.mapping.title)


def _grid(shown: Draft) -> None:
    # The editor keeps its own edits on top of the rows it was given, so these must not change under it: they are taken
    # anew for another upload, and whenever the editor itself has been away.
    session, key = st.session_state, f"{GRID}_{shown.upload.digest[:12]}"
    if key not in session or BASE not in session or session[BASE][0] != key:
        session[BASE] = key, _editable(shown.mapping)
        session.pop(key, None)
    base = session[BASE][1]
    if not base:
        st.caption("No column is left for a filter.")
        return
    values = [shown.column(c.table, c.members[0].value if c.members else c.column) for c in base]
    several = len({c.table for c in base}) > 1
    frame = pd.DataFrame(
        {
            "Use as": [words.USES[c.role] for c in base],
            "Column": [c.column for c in base],
            "Called": [c.words for c in base],
            "Kind": [words.KINDS[c.kind] for c in base],
            "Known": [words.KNOWN_AT[c.known_at] for c in base],
            "Values": [v.examples for v in values],
            "Empty": [v.missing for v in values],
            "Why": [c.reason for c in base],
            **({"Table": [c.table for c in base]} if several else {}),
        }
    )
    config = st.column_config
    st.data_editor(
        frame,
        key=key,
        hide_index=True,
        disabled=["Column", "Values", "Empty", "Why", "Table"],
        column_config={
            "Use as": config.SelectboxColumn(options=list(words.USES.values()), required=True, width=140),
            "Column": config.TextColumn(width=130),
            "Called": config.TextColumn(max_chars=120, width=130),
            "Kind": config.SelectboxColumn(options=list(words.KINDS.values()), required=True, width=100),
            "Known": config.SelectboxColumn(options=list(words.KNOWN_AT.values()), required=True, width=100),
        },
        height=min(38 + 35 * len(base), 460),
        on_change=_grid_edited,
        args=(key,),
        alt="Use of every column",
    )


def _editable(mapping: Mapping) -> tuple[ColumnRole, ...]:
    return tuple(c for c in mapping.columns if (c.role in VARIABLE_ROLES or (c.role == "skip" and not c.private)))


_FIELDS = {"Use as": ("role", words.USES), "Kind": ("kind", words.KINDS), "Known": ("known_at", words.KNOWN_AT)}


def _grid_edited(key: str) -> None:
    """Take over what was edited. It comes from the browser: rows and words that are not known are left out."""
    shown, base = upload_panels.draft(), st.session_state[BASE][1]
    mapping = shown.mapping
    now = {(c.table, c.column): c for c in _editable(mapping)}  # what an endpoint has taken meanwhile is its own
    for row, cells in st.session_state[key]["edited_rows"].items():
        if not 0 <= int(row) < len(base):
            continue
        place = base[int(row)].table, base[int(row)].column
        changes = {}
        for name, value in cells.items():
            if name == "Called":
                changes["label"] = str(value or "")[:120]
            elif name in _FIELDS:
                field, known = _FIELDS[name]
                changes[field] = next((code for code, word in known.items() if word == value), None)
        changes = {f: v for f, v in changes.items() if v is not None and place in now and getattr(now[place], f) != v}
        if changes:
            mapping = edit.with_column(shown.upload, mapping, place, **changes)
    upload_panels.keep(shown.edited(mapping))


# ---- privacy -------------------------------------------------------------------------------------------------------
def privacy(shown: Draft) -> None:
    """Columns that may identify a person are left out; keeping one is a decision of its own."""
    flagged = words.private_listing(shown.mapping)
    if not flagged:
        st.markdown("No column looks like a name, a record number, a birth date, an address or free text.")
    else:
        st.markdown("These columns may identify a person and are left out. Tick one to keep it on purpose.")
    roles = {(c.table, c.column): c.role for c in shown.mapping.columns}
    for i, (place, said) in enumerate(flagged):
        key = f"m_private_{i}"
        st.session_state[key] = roles[place] != "skip"
        st.checkbox(plain(said), key=key, on_change=_kept, args=(key, place))
    st.session_state["m_running"] = shown.mapping.running_ids
    st.checkbox(
        "Replace the patient ids by running numbers", key="m_running",
        on_change=lambda: apply(lambda d: replace(d.mapping, running_ids=st.session_state["m_running"])),
    )  # fmt: skip


def _kept(key: str, place: tuple[str, str]) -> None:
    def decided(shown: Draft) -> Mapping:
        kept = {(c.table, c.column) for c in shown.mapping.columns if c.private and c.role != "skip"}
        kept = kept | {place} if st.session_state[key] else kept - {place}
        return edit.with_private(shown.upload, shown.mapping, kept)

    apply(decided)
