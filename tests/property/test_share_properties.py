"""Whatever is shared: a complete link and a file give the same view back, and any text in a link is read or said."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cohort import __version__, read_cohort
from cohort.options import Options
from cohort.selection import Selection, selected
from cohort.sharing.patient_list import read_ids, write_ids
from cohort.sharing.share import PARAMETERS, Letter, address, freeze, headlines, link_query, read_letter
from cohort.sharing.view_file import read_view_file, view_file
from tests.support import printed
from tests.support.shared_views import PAGES, parameters, random_letter, shared_view

COHORTS = [read_cohort(printed.FOLDER), read_cohort(printed.FOLDER.parent / "synthetic-maintenance")]


def opened(query, cohort):
    selection, refused, mine = Selection.from_query(query, cohort.definition, cohort.ids)
    options, refused_too, mine_too = Options.from_query(query, cohort)
    letter, refused_letter, letters = read_letter(query)
    assert query.keys() == mine | mine_too | letters | {"cohort"}
    return selection, options, letter, (*refused, *refused_too, *refused_letter)


@pytest.mark.parametrize("cohort", COHORTS, ids=lambda c: c.definition.id)
@given(random=st.randoms(), page=st.sampled_from(PAGES))
@settings(deadline=None, max_examples=60)
def test_a_link_and_a_file_give_the_same_view_back(cohort, random, page):
    view = shared_view(random, cohort)
    sent = random_letter(random, view)
    query = link_query(view, page, sent)
    link, file = address("https://example.org/app", page, query), view_file(page, query)
    for read in (parameters(link), read_view_file(file)[1]):
        selection, options, letter, refused = opened(read, cohort)
        assert not refused
        assert (selection, options) == (view.selection, view.options)
        assert (letter.note, letter.author, letter.marks) == (sent.note, sent.author, sent.marks)
        assert letter.saw == headlines(view)
        assert (letter.data, letter.version) == (cohort.fingerprint[:12], __version__)


@pytest.mark.parametrize("cohort", COHORTS, ids=lambda c: c.definition.id)
@given(seed=st.integers(0, 10_000))
@settings(deadline=None, max_examples=40)
def test_a_frozen_list_holds_the_same_patients_and_takes_filters_on_top(cohort, seed):
    view, other = shared_view(Random(seed), cohort), shared_view(Random(seed + 1), cohort)
    if view.n:
        frozen = freeze(view)
        assert (frozen.mask == view.mask).all()
        both = Selection.of(cohort.definition, dict(other.selection.levels), patients=frozen.selection.patients)
        alone = Selection.of(cohort.definition, dict(other.selection.levels))
        assert (selected(cohort, both) == (selected(cohort, alone) & view.mask)).all()


@given(st.lists(st.from_regex(r"[A-Z]{0,2}[0-9]{1,4}|[a-z]+|[0-9]{1,3}-[0-9]{1,3}|x,y", fullmatch=True), unique=True))
def test_any_ids_round_trip_in_the_order_of_the_cohort(ids):
    assert read_ids(write_ids(ids), ids) == (tuple(ids), ())
    assert read_ids(write_ids(ids[::2]), ids) == (tuple(ids[::2]), ())


TEXTS = st.lists(st.text(max_size=300), min_size=1, max_size=7)


@given(st.dictionaries(st.sampled_from([*PARAMETERS, "patients"]), TEXTS))
@settings(deadline=None)
def test_any_text_beside_the_view_is_read_or_said(query):
    letter, refused, owned = read_letter(query)
    assert owned == query.keys() - {"patients"}
    assert len(letter.note) <= 280
    assert len(letter.marks) <= 5
    said = {r.name for r in refused}
    for name, kept in (("note", letter.note), ("author", letter.author), ("data", letter.data), ("v", letter.version)):
        asked = query.get(name, [""])[-1]
        assert not (name in said and kept)
        assert name in said or kept or not any(map(str.isalnum, asked))
    selection, refused, _ = Selection.from_query(query, COHORTS[0].definition, COHORTS[0].ids)
    assert set(selection.patients) <= set(COHORTS[0].ids)


def test_nothing_is_a_letter_without_words():
    assert read_letter({}) == (Letter(), (), frozenset())
