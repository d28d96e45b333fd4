"""Files on their way in: the drop zone, what was understood of them, the session's own cohorts, forgetting them."""

from __future__ import annotations

import contextlib
from collections.abc import Collection
from pathlib import Path

import pyarrow as pa
import streamlit as st
from starlette.formparsers import MultiPartParser
from streamlit.runtime.scriptrunner import get_script_run_ctx

from cohort.draft import Draft
from cohort.errors import CohortError
from cohort.exports.table import csv_bytes
from cohort.narrative import your_cohort as words
from cohort.readers.folder import read_cohort_files
from cohort.readers.isolation import read_isolated
from cohort.readers.limits import LIMITS
from cohort.readers.raw import RawTable
from cohort.ui import panels, state
from cohort.ui.text import plain

# Starlette would spool an upload above 1 MB to a file in TMPDIR while it is received. Patients' data stay in memory:
# the server's own limit on an upload is what bounds them (docs/hosting.md).
MultiPartParser.spool_max_size = 2 * LIMITS.file_bytes

HELP = Path(__file__).resolve().parents[2] / "docs" / "your-cohort.md"
DRAFT, PROBLEM, TURN, FRESH = "draft", "upload_problem", "upload_turn", "draft_fresh"
SHOWN_ROWS, SHOWN_COLUMNS = 8, 40


def draft() -> Draft | None:
    """The upload that is being looked through, if there is one."""
    return st.session_state.get(DRAFT)


def keep(changed: Draft | None) -> None:
    """Keep an edited draft in this session."""
    state.touch()
    st.session_state[DRAFT] = changed
    st.session_state.pop(PROBLEM, None)


def drop_zone(compact: bool) -> None:
    """Where files are handed in. Reads what was just handed in, then starts the run again without the files."""
    if compact:
        with st.expander("Hand in other files", icon=":material/upload_file:"):
            _drop_zone()
    else:
        _drop_zone()
        st.caption(plain(words.ACCEPTED))
    if problem := st.session_state.get(PROBLEM):
        st.error(plain(problem), icon=":material/block:")


def _drop_zone() -> None:
    files = st.file_uploader(
        "Files of one cohort",
        accept_multiple_files=True,
        key=f"upload_{st.session_state.get(TURN, 0)}",
        help=words.LIMITS_SENTENCE,
    )
    st.caption(f":material/lock: {plain(words.STAYS)} {plain(words.LIMITS_SENTENCE)}")
    if files:
        with st.spinner(words.WAITING):
            _take([(f.name, f.getvalue()) for f in files])
        st.rerun()


def _take(files: list[tuple[str, bytes]]) -> None:
    session = st.session_state
    session[TURN] = session.get(TURN, 0) + 1  # another widget next time: this one would hold on to the bytes
    session.pop(PROBLEM, None)
    try:
        upload = read_isolated(files)
        if upload.format == "folder":
            state.open_own(read_cohort_files(upload.files), upload.digest)
            session[DRAFT], session["going"] = None, "survival"
        else:
            session[DRAFT], session[FRESH] = Draft.of(upload), True
    except CohortError as problem:
        session[PROBLEM] = str(problem)
    finally:
        _let_go()


def _let_go() -> None:
    """Take the raw bytes out of Streamlit's store, which keeps them for as long as the session (SECURITY.md 0.12)."""
    context = get_script_run_ctx()
    with contextlib.suppress(AttributeError):  # not a public door; without it the bytes go when the session does
        context.uploaded_file_mgr.remove_session_files(context.session_id)


def start_help() -> None:
    """A file to begin with, and one worked example a format."""
    left, right = st.columns([1, 3], vertical_alignment="top")
    with left:
        panels.download(
            "Template (CSV)", lambda: csv_bytes(words.template_records()), "riskset-template", "csv", "text/csv",
            "template", "x_upload_template",
        )  # fmt: skip
    with right:
        examples = st.expander(
            "One worked example per format", icon=":material/help:", key="upload_help", on_change=state.touch
        )
        if examples.open:
            with examples:
                st.markdown(HELP.read_text(encoding="utf-8").split("\n", 1)[1])


def as_read(shown: Draft) -> None:
    """What was understood of the files, every table with its size, and its first rows."""
    st.markdown("\n".join(f"- {plain(note)}" for note in words.understood(shown.upload)))
    panels.table(words.tables_listing(shown.upload), "Tables as read")
    private = {(c.table, c.column) for c in shown.mapping.columns if c.private and c.role == "skip"}
    for table in shown.upload.tables:
        more = len(table.columns) - SHOWN_COLUMNS
        st.caption(
            f"{plain(table.name)}: the first {min(SHOWN_ROWS, table.rows)} of {table.rows} rows"
            + (f", the first {SHOWN_COLUMNS} of {len(table.columns)} columns" if more > 0 else "")
        )
        st.dataframe(_head(table, private), hide_index=True, alt=f"First rows of {table.name}")


def _head(table: RawTable, private: Collection[tuple[str, str]]) -> pa.Table:
    """First rows; what may identify a person and is left out of the cohort does not even reach the browser."""
    columns, n = table.columns[:SHOWN_COLUMNS], min(SHOWN_ROWS, table.rows)
    values = [
        pa.array(["left out"] * n) if (table.name, c.name) in private else c.values.slice(0, n).cast(pa.string())
        for c in columns
    ]
    return pa.Table.from_arrays(values, names=[c.name for c in columns])


def own_cohorts() -> None:
    """The cohorts handed in during this session: open one, forget one, forget everything."""
    own = state.own_cohorts()
    if not own and draft() is None:
        return
    st.subheader("In this session", anchor=False)
    for cohort_id, cohort in own.items():
        with st.container(horizontal=True, vertical_alignment="center", key=f"own_{cohort_id}"):
            st.markdown(f"**{plain(cohort.definition.short_title)}** · {plain(words.own_listing(cohort))}")
            st.button("Open", key=f"open_{cohort_id}", on_click=_open, args=(cohort_id,))
            st.button(
                "Forget", key=f"forget_{cohort_id}", type="tertiary", on_click=state.forget_own, args=(cohort_id,)
            )
    st.button(
        "Forget my data now", key="forget_all", icon=":material/delete_forever:", on_click=state.forget_everything
    )


def _open(cohort_id: str) -> None:
    state.change_cohort(cohort_id)
    st.session_state["going"] = "survival"
