"""Present: views kept in this session as slides, and the stage that shows them."""

from __future__ import annotations

import hashlib
from functools import partial

import streamlit as st

from cohort.disclosure_preview import preview
from cohort.errors import CohortError
from cohort.exports.offline import offline_html
from cohort.narrative.presentation import HIGHLIGHTING, slide_sentence, slide_title
from cohort.presentation import (
    MAX_BYTES,
    MAX_SLIDES,
    PAGES,
    Slide,
    changed,
    checksum,
    draw,
    from_json,
    is_drawn,
    moved,
    to_json,
)
from cohort.tables import Cohort
from cohort.ui import document_panels, panels, privacy_panels, state
from cohort.ui.bar import Tool
from cohort.ui.components import component
from cohort.ui.own import own_cohorts
from cohort.ui.text import plain
from cohort.view import CohortView
from cohort.wording import plural

SLIDES, STAGE, STAGED, PROBLEM = "slides", "stage", "present_stage", "slides_problem"
KEYS = "← → turn, Home and End go to the first and last, F is full screen, L and D are light and dark, Esc leaves."


def slides() -> tuple[Slide, ...]:
    """The views saved in this session, in order."""
    return st.session_state.get(SLIDES, ())


def tools(view: CohortView, page: str) -> tuple[Tool, ...]:
    """What the bar offers: keep this view, and go on stage."""
    if st.context.is_embedded:
        return ()
    if page != "present":
        st.session_state.pop(STAGE, None)  # left by the browser's own Back
    kept, offered = slides(), []
    if page in PAGES and view.n:
        slide, full = Slide.of(view, page), len(kept) >= MAX_SLIDES
        hint = "Add this view to the presentation"
        offered.append(Tool("add_slide", "Add slide", "add_to_queue", hint, partial(_add, slide), disabled=full))
        kept = kept or (slide,)
    if kept:
        label = f"Present ({len(slides())})" if slides() else "Present"
        pressed = partial(_start, kept, page)
        offered.append(Tool("present", label, "slideshow", f"Full screen. {KEYS}", pressed, shortcut="P"))
    return tuple(offered)


def _add(slide: Slide) -> None:
    state.touch()
    st.session_state[SLIDES] = (*slides(), slide)
    st.toast(f"Kept as slide {len(slides())}", icon=":material/add_to_queue:")


def _start(shown: tuple[Slide, ...], page: str) -> None:
    state.touch()
    st.session_state[STAGE] = shown, page
    st.session_state["going"] = "present"


def _left() -> None:
    """Back to the page the stage was entered from."""
    state.touch()
    _, page = st.session_state.pop(STAGE, ((), "present"))
    st.session_state["going"] = page


def _cohort_of(slide: Slide) -> Cohort | None:
    """The slide's cohort, None where this visitor cannot open it (any more)."""
    return state.load_cohort(slide.cohort) if slide.cohort in state.cohort_titles() else None


# ---- the stage -------------------------------------------------------------------------------------------------------


def on_stage() -> bool:
    """Show the slides over everything else, if that was asked for."""
    shown, _ = st.session_state.get(STAGE, ((), ""))
    found = [(slide, cohort) for slide in shown if (cohort := _cohort_of(slide)) is not None]
    if not found:
        return False
    drawn = _drawn(found)
    component("present")(
        key=STAGED,
        data={
            "slides": [
                {"title": d.title, "sentence": d.sentence, "foot": d.foot, "figures": dict(d.figures)} for d in drawn
            ],
            "appearance": panels.appearance(),
        },
        on_left_change=_left,
    )
    return True


def _drawn(found: list[tuple[Slide, Cohort]]) -> list:
    """Every slide drawn; what is not yet takes a while, and shows how far it is."""
    left = sum(not is_drawn(slide, cohort) for slide, cohort in found)
    place, drawn = st.empty(), []
    for i, (slide, cohort) in enumerate(found, 1):
        if left:
            place.progress((i - 1) / len(found), f"Drawing slide {i} of {len(found)}")
        drawn.append(draw(slide, cohort))
    place.empty()
    return drawn


# ---- the list --------------------------------------------------------------------------------------------------------


def waiting(view: CohortView) -> None:
    """What is kept, in order, and what can be done with it before going on stage."""
    kept = slides()
    panels.answer(f"{plural(len(kept), 'view')} to present." if kept else "No view is kept yet.")
    st.caption(
        ("" if kept else "“Add slide” at the top of a page keeps what it shows as a slide. ")
        + f"Slides are drawn from the data whenever they are shown. On stage: {KEYS}"
    )
    found = [(slide, cohort) for slide in kept if (cohort := _cohort_of(slide)) is not None]
    with st.container(horizontal=True):
        shown = kept or (Slide.of(view, "survival"),)
        st.button("Start", key="start", type="primary", icon=":material/slideshow:", on_click=_start,
                  args=(shown, "present"), disabled=bool(kept and not found))  # fmt: skip
        with st.popover("Files", icon=":material/download:", key="slide_files", on_change=state.touch) as menu:
            if menu.open:
                _files(found)
    if problem := st.session_state.pop(PROBLEM, ""):
        st.error(plain(problem))
    for i, slide in enumerate(kept):
        with st.container(border=True):
            _row(slide, i, len(kept))


def _row(slide: Slide, i: int, n: int) -> None:
    cohort = _cohort_of(slide)
    if cohort is None:
        place, buttons = st.columns([16, 8], vertical_alignment="center")
        place.markdown(f"**{i + 1}** This slide's cohort is not open in this session.")
    else:
        shown, refused = slide.view(cohort)
        title, patient, buttons = st.columns([11, 5, 8], vertical_alignment="bottom")
        with title:
            _title(slide, i, slide_title(shown, slide.page))
        with patient:
            if slide.page in HIGHLIGHTING:
                _patient(slide, i, cohort)
        st.caption(plain(slide_sentence(shown, slide.page)))
        for problem in refused:
            st.caption(f":material/link_off: {plain(problem.sentence())}")
        if slide.data != checksum(cohort):
            then, now = plain(slide.data), checksum(cohort)
            st.caption(f":material/info: Kept with other data (checksum {then}; now {now}): drawn from today's.")
    with buttons, st.container(horizontal=True, horizontal_alignment="right"):
        for name, icon, words, off in (
            ("up", ":material/arrow_upward:", "Earlier", i == 0),
            ("down", ":material/arrow_downward:", "Later", i == n - 1),
            ("gone", ":material/close:", "Remove", False),
        ):
            st.button(words, icon=icon, key=f"slide_{name}_{i}", on_click=_rearranged, args=(i, name), disabled=off,
                      type="tertiary")  # fmt: skip


def _title(slide: Slide, i: int, computed: str) -> None:
    key = f"slide_title_{i}"
    st.session_state[key] = slide.title
    st.text_input(f"Title of slide {i + 1}", key=key, placeholder=computed, on_change=lambda: _change(i, key, "title"))


def _patient(slide: Slide, i: int, cohort: Cohort) -> None:
    key, ids = f"slide_patient_{i}", cohort.ids.tolist()
    st.session_state[key] = slide.highlight if slide.highlight in ids else ""
    st.selectbox("Highlight patient", ["", *ids], key=key, format_func=lambda p: p or "nobody",
                 on_change=lambda: _change(i, key, "highlight"))  # fmt: skip


def _change(i: int, key: str, name: str) -> None:
    state.touch()
    st.session_state[SLIDES] = changed(slides(), i, **{name: st.session_state[key]})


def _rearranged(i: int, how: str) -> None:
    state.touch()
    kept = slides()
    st.session_state[SLIDES] = (
        (*kept[:i], *kept[i + 1 :]) if how == "gone" else moved(kept, i, -1 if how == "up" else 1)
    )


# ---- files -----------------------------------------------------------------------------------------------------------


def _files(found: list[tuple[Slide, Cohort]]) -> None:
    chosen = tuple(slide for slide, _ in found)
    content = repr([(slide, cohort.fingerprint) for slide, cohort in found])
    if found and _may_leave(found, content):
        panels.download(
            "Presentation (one HTML file)",
            lambda: offline_html([draw(s, c) for s, c in found], [checksum(c) for _, c in found]),
            "riskset-presentation", "html", "text/html", content, "x_offline",
        )  # fmt: skip
        panels.download("Sequence (JSON)", lambda: to_json(chosen), "riskset-sequence", "json", "application/json",
                        content, "x_sequence")  # fmt: skip
        document_panels.documents(found, content)
    st.file_uploader("Open a sequence", type="json", key="slides_file", max_upload_size=1, on_change=_opened)


def _opened() -> None:
    state.touch()
    handed = st.session_state["slides_file"]
    if handed is None:
        return
    try:
        st.session_state[SLIDES] = from_json(handed.getvalue()[: MAX_BYTES + 1], handed.name)
    except CohortError as problem:
        st.session_state[PROBLEM] = str(problem)


def _may_leave(found: list[tuple[Slide, Cohort]], content: str) -> bool:
    """Show what slides of private cohorts give away; True once their owner has read it, or where none is private."""
    views = [slide.view(cohort)[0] for slide, cohort in found if cohort.definition.id in own_cohorts()]
    told = [sentence for view in views for sentence in preview(view, privacy_panels.policy(view)).sentences
            if privacy_panels.policy(view).hides]  # fmt: skip
    if not told:
        return True
    st.markdown("**Before it leaves**")
    st.markdown("\n".join(f"- {plain(sentence)}" for sentence in dict.fromkeys(told)))
    which = hashlib.sha256(content.encode("utf-8")).hexdigest()[:12]  # another sequence is asked about again
    return st.checkbox("I have read this. These slides leave as they are, nothing masked.", key=f"w_leave_{which}")
