"""The parts pages are laid out from: the answer, a figure, cautions, tables, files, choices."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from types import SimpleNamespace

import pyarrow as pa
import streamlit as st

from cohort.errors import CohortError
from cohort.exports.table import csv_bytes
from cohort.narrative import Caution
from cohort.results.overview import OverviewResult
from cohort.ui import frame, privacy_panels, state
from cohort.ui.components import component
from cohort.ui.text import plain
from cohort.view import CohortView


def appearance() -> str:
    """ "light" or "dark", as the reader's browser shows the app."""
    return st.context.theme.type or "light"


def answer(sentence: str) -> None:
    """The sentence that answers the page's question, first."""
    st.markdown(f"##### {plain(sentence)}")


def figure(spec: dict, alt: str, key: str, on_select: Callable | str = "ignore", **selection) -> object:
    """Draw a figure that carries its own theme, with alternative text computed from its numbers."""
    with st.container(gap=None, key=f"{key}_box"):
        drawn = st.vega_lite_chart(
            spec,
            width="stretch",
            theme=None,
            key=key,
            alt=f"Figure: {key.replace('_', ' ')}",  # constant; see alt.js for the words that follow the numbers
            on_select=on_select,
            **selection,
        )
        component("alt")(key=f"{key}_alt", data={"box": f"{key}_box", "alt": alt.replace("\n", " ")})
    return drawn


def choice(
    label: str,
    name: str,
    options: Mapping[str, str],
    current: str,
    *,
    kind: str = "segmented",
    help: str | None = None,
    changed: Callable[[str], None] | None = None,
) -> None:
    """One option of the view as a widget: ``options`` maps the code in the link to the words shown.

    The widget never owns the value: it is set from the view before it is drawn, and a change goes through
    :func:`cohort.ui.state.set_option` (or ``changed``), so the address bar, Back and every page agree.
    """
    key = f"w_{name}"
    st.session_state[key] = current
    codes = list(options)

    def chosen() -> None:
        value = st.session_state[key]
        if value in options:
            changed(value) if changed else state.set_option(name, value)

    common = {"key": key, "format_func": lambda code: plain(options[code]), "on_change": chosen, "help": help}
    if kind == "segmented":
        st.segmented_control(plain(label), codes, required=True, **common)
    else:
        common["format_func"] = options.get  # a select box shows its options letter for letter
        st.selectbox(plain(label), codes, **common)


def cautions(found: Sequence[Caution]) -> None:
    """Quiet and near: the most important line; why, and the rest, behind it."""
    if not found:
        return
    rest = len(found) - 1
    more = f" *Why, and {rest} more*" if rest else " *Why*"
    with st.expander(plain(found[0].text) + more, icon=":material/info:"):
        st.markdown("\n".join(_caution_line(c, i > 0) for i, c in enumerate(found)))


def _caution_line(caution: Caution, with_text: bool) -> str:
    lead = f"**{plain(caution.text)}** " if with_text else ""
    return f"- {lead}{plain(caution.why)}"


def export_menu(key: str = "export") -> object:
    """The menu that files are taken from. ``open`` on what it returns says whether to fill it: not before asked.

    Files of private data come after the preview of what they give away; until their owner has read it, only masked
    ones are offered.
    """
    menu = st.popover("Export", icon=":material/download:", key=key, on_change=state.touch)
    if menu.open:
        with menu:
            view = frame.current_view()
            if not privacy_panels.may_leave(view, key):
                _masked(view, key)
                return SimpleNamespace(open=False)
    return menu


def _masked(view: CohortView, key: str) -> None:
    """What may leave unread: counts with small ones masked, and a curve in steps of enough patients."""
    from cohort.exports.figure import png, svg  # loaded where private data are about to leave
    from cohort.exports.masked import masked_table_one
    from cohort.figures.coarse import coarse_file
    from cohort.results.coarse import CoarseResult

    threshold, content = privacy_panels.policy(view).threshold, repr(view.cohort.fingerprint)
    st.markdown(f"**Or without showing fewer than {threshold} patients**")
    download(
        "Table 1, small counts masked (CSV)", lambda: csv_bytes(masked_table_one(OverviewResult(view), threshold)),
        "riskset-table1-masked", "csv", "text/csv", content + "table1", f"x_{key}_table1",
    )  # fmt: skip
    try:
        coarse = CoarseResult(view, threshold)
    except CohortError as problem:
        st.caption(plain(problem))
        return
    st.caption(f"Curve in steps of {threshold} or more, groups of fewer left out")
    makers = {
        "svg": ("image/svg+xml", lambda: svg(coarse_file(coarse))),
        "png": ("image/png", lambda: png(coarse_file(coarse))),
        "csv": ("text/csv", lambda: csv_bytes(coarse.curve)),
    }
    with st.container(horizontal=True):
        for suffix, (mime, make) in makers.items():
            name = "riskset-curve-coarse"
            download(
                f"Coarse {suffix.upper()}",
                make,
                name,
                suffix,
                mime,
                content + suffix,
                f"x_{key}_{suffix}",
                width="content",
            )


def table(rows: Sequence[Mapping[str, str]], alt: str, key: str | None = None) -> None:
    """A small table as printed: every cell is text, markup escaped."""
    if rows:
        cells = [pa.array([plain(row[name]) for row in rows], pa.string()) for name in rows[0]]
        columns = pa.Table.from_arrays(cells, names=[plain(name) for name in rows[0]])
        st.table(columns, border="horizontal", hide_index=True, alt=alt)


def live_table(
    rows: Sequence[Mapping[str, str]],
    alt: str,
    key: str,
    colours: Mapping[str, str] | None = None,
    opens: Mapping[tuple[int, str], str] | None = None,
    kinds: Sequence[str] = (),
) -> None:
    """A table whose cells change with every filter: drawn by our own part, in place, a tenth of st.table's cost.

    ``colours`` maps a column to the colour of its curve; ``opens`` maps (row, column) to the code of the number in
    that cell (see :mod:`cohort.behind`), which makes it a button that lists its patients;
    ``kinds`` says what each row is, for its looks (see table.css).
    """
    names = list(rows[0])
    columns = [{"label": name, "colour": (colours or {}).get(name, "")} for name in names]
    codes = [[(opens or {}).get((i, n), "") for n in names] for i in range(len(rows))]
    component("table")(
        key=key,
        data={
            "columns": columns,
            "rows": [[row[n] for n in names] for row in rows],
            "codes": codes,
            "kinds": list(kinds),
            "alt": alt,
        },
        on_open_change=lambda: state.number_opened(key),
    )


def download(
    label: str,
    make: Callable[[], bytes],
    name: str,
    suffix: str,
    mime: str,
    content: str,
    key: str,
    width: str = "stretch",
) -> None:
    """The only way out for a file. Made when asked for, and named by a digest of what it holds.

    Streamlit addresses large downloads by a partial fingerprint of their bytes; two visitors' files of equal length
    could otherwise share one address (SECURITY.md 0.4).
    """
    view = repr((st.session_state["selection"], st.session_state["options"]))  # not all of it is in every link
    digest = hashlib.sha256((content + view).encode("utf-8")).hexdigest()[:12]
    st.download_button(
        label, data=make, file_name=f"{name}-{digest}.{suffix}", mime=mime, on_click="ignore", key=key, width=width
    )
