"""Share: the complete link of the view, what travels with it, and what came with the link that was opened."""

from __future__ import annotations

import html
import io

import segno
import streamlit as st

from cohort.errors import CohortError
from cohort.narrative.share import drift_words, letter_lines, quiet
from cohort.sharing.marks import MARKS, TEXT, read_marks
from cohort.sharing.share import AUTHOR, NOTE, Letter, Query, address, freeze, is_public, link_query
from cohort.sharing.view_file import read_view_file, view_file
from cohort.ui import letters, panels, privacy_panels, state
from cohort.ui.components import component
from cohort.ui.own import NOT_IN_LINKS, OWN_PREFIX
from cohort.ui.text import plain
from cohort.view import CohortView
from cohort.wording import plural

RULE, LIST = "rule", "list"
ABOUT = "Every choice of this page, the checksum of the data and the numbers you see travel in it."
WHO, MARKS_TEXT, PROBLEM, TURN = "share_who", "share_marks", "share_problem", "share_turn"


def menu(view: CohortView, page: str) -> None:
    """What stands at the right of the bar: Share, or in somebody else's page the way to the whole app."""
    if st.context.is_embedded:
        url = address(front_page(page), page, state.link(view))
        st.link_button("Open in Riskset", url, icon=":material/open_in_new:")
        return
    opened = st.popover("Share", icon=":material/share:", key="share", on_change=state.touch, width="content")
    if opened.open:  # filled only while it is open
        with opened:
            _public(view, page) if is_public(view) else _private(view, page)


def _private(view: CohortView, page: str) -> None:
    st.markdown(f"There is no link to this view: {plain(NOT_IN_LINKS)}")
    if privacy_panels.may_leave(view, "share"):
        _save_file(page, link_query(view, page, letters.draft()))
    _open_file()


def _public(view: CohortView, page: str) -> None:
    place = st.container()  # the link first; what goes along decides what it is
    along, code, embed, file = st.tabs(["What goes along", "QR code", "Embed", "As a file"])
    with along:
        _words()
        _marks(view)
        frozen = _frozen(view)
    shared = freeze(view) if frozen else view
    query = link_query(shared, page, letters.draft_with(view.marks))
    link = address(front_page(page), page, query)
    with place:
        component("share")(key="share_link", data={"link": link, "about": ABOUT})
    with code:
        _qr(link)
    with embed:
        st.caption("For a page of your own. It shows this view without the sidebar.")
        st.code(embed_snippet(link, view), language="html", wrap_lines=True)
    with file:
        _save_file(page, query)
        _open_file()


def complete_link(view: CohortView, page: str) -> str:
    """The complete link to a page of a public view, for documents made on the page Present; "" for private data."""
    return address(front_page("present"), page, link_query(view, page, Letter())) if is_public(view) else ""


def front_page(page: str) -> str:
    """Address of the front page as the visitor's browser knows it."""
    return (st.context.url or "").rstrip("/").removesuffix(f"/{page}")


def _words() -> None:
    draft = letters.draft()
    for name, label, most, value in (
        ("note", f"Note (up to {NOTE} characters)", NOTE, draft.note),
        ("author", "From", AUTHOR, draft.author),
    ):
        key = f"w_share_{name}"
        st.session_state[key] = value
        st.text_input(label, max_chars=most, key=key, on_change=_written, args=(name,))


def _written(name: str) -> None:
    state.touch()
    letters.write(name, st.session_state[f"w_share_{name}"])


def _marks(view: CohortView) -> None:
    key = "w_share_marks"
    written = "\n".join(m.written() for m in view.marks)
    text, marks = st.session_state.get(MARKS_TEXT, (written, view.marks))
    text = text if marks == view.marks else written
    st.session_state[key] = text

    def changed() -> None:
        state.touch()
        found, _ = read_marks(filter(str.strip, st.session_state[key].splitlines()))
        letters.put_marks(view, found)
        st.session_state[MARKS_TEXT] = st.session_state[key], found

    st.text_area(
        "Marks on the survival figure",
        key=key,
        height=80,
        placeholder="24: first relapse after stop",
        help=f"One a line: a month, a colon, up to {TEXT} characters. Up to {MARKS} of them.",
        on_change=changed,
    )
    for problem in read_marks(filter(str.strip, text.splitlines()))[1]:
        st.caption(f":material/report: {plain(problem.sentence())}")


def _frozen(view: CohortView) -> bool:
    """Whether the link holds a list of patients in place of the rule."""
    if not view.n:
        return False
    current = st.session_state.get(WHO, RULE)
    panels.choice("Who is meant", WHO, {RULE: "The rule", LIST: "A frozen list"}, current, changed=_who_chosen)
    st.caption(
        f"These {plural(view.n, 'patient')}, whatever the data say later. Their ids stand in the link."
        if current == LIST
        else f"Whoever fits when the link is opened: {plain(view.selection.describe(view.definition))}."
    )
    return current == LIST


def _who_chosen(who: str) -> None:
    state.touch()
    st.session_state[WHO] = who


def qr_code(link: str) -> segno.QRCode | None:
    """The link as a QR code, None where it is too long for one."""
    try:
        return segno.make_qr(link, error="l")
    except segno.DataOverflowError:
        return None


def _qr(link: str) -> None:
    code = qr_code(link)
    if code is None:
        st.caption("This link is too long for a QR code. A shorter note, or the rule in place of the list, makes room.")
        return
    drawn = _drawn(code, "svg")
    st.image(drawn.decode("utf-8"), width=220, alt="QR code of the link")
    left, right = st.columns(2)
    with left:
        panels.download("SVG", lambda: drawn, "riskset-link", "svg", "image/svg+xml", link, "x_qr_svg")
    with right:
        panels.download("PNG", lambda: _drawn(code, "png"), "riskset-link", "png", "image/png", link, "x_qr_png")


def _drawn(code: segno.QRCode, kind: str) -> bytes:
    """Black on white whatever the appearance: a camera has to read it."""
    out = io.BytesIO()
    code.save(out, kind=kind, scale=8 if kind == "png" else 4, border=4, dark="black", light="white")
    return out.getvalue()


def embed_snippet(link: str, view: CohortView) -> str:
    """HTML for somebody's page, which shows the view there."""
    title = f"Riskset: {view.definition.short_title}"
    return (
        f'<iframe src="{html.escape(link + "&embed=true")}"\n  title="{html.escape(title)}"\n'
        '  width="100%" height="900" style="border: 0" loading="lazy"></iframe>'
    )


def _save_file(page: str, query: Query) -> None:
    panels.download(
        "Save this view as a file", lambda: view_file(page, query), "riskset-view", "json", "application/json",
        repr((page, query)), "x_view",
    )  # fmt: skip


def _open_file() -> None:
    key = f"share_file_{st.session_state.get(TURN, 0)}"

    def handed_in() -> None:
        state.touch()
        st.session_state[TURN] = st.session_state.get(TURN, 0) + 1
        file = st.session_state[key]
        try:
            _take(file.name, file.getvalue())
            st.session_state.pop(PROBLEM, None)
        except CohortError as problem:
            st.session_state[PROBLEM] = str(problem)

    st.file_uploader("Open a view from a file", type=["json"], key=key, on_change=handed_in)
    if problem := st.session_state.get(PROBLEM):
        st.caption(f":material/report: {plain(problem)}")


def _take(name: str, data: bytes) -> None:
    page, query = read_view_file(data, name)
    asked = query.get("cohort", [""])[-1]
    if asked not in state.cohort_titles():
        allowed = NOT_IN_LINKS if asked.startswith(OWN_PREFIX) else "a cohort of this app."
        raise CohortError(f"{name} is a view of the cohort “{asked[:40]}”, which is not open here: {allowed}")
    state.open_file(page, query)


def arrived(view: CohortView) -> None:
    """What is otherwise than when the link was made, and the author's words, as text."""
    if found := letters.drifted(view):
        lines = drift_words(view, found)
        if quiet(found):
            st.caption(f":material/history: {plain(' '.join(lines))}")
        else:
            st.warning("  \n".join(plain(line) for line in lines), icon=":material/history:")
    letter = letters.came()
    if letter is None or not (letter.note or letter.author or letter.marks):
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="letter"):
        # As text: Markdown would make links of addresses, and anybody may have written this
        st.text("\n".join(letter_lines(letter, view.marks)), width="stretch")
        st.button("Put away", key="letter_away", type="tertiary", on_click=_put_away)


def _put_away() -> None:
    state.touch()
    letters.put_away()
