"""Whatever is selected: links round trip, curves stay curves, tables add up."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from cohort.options import INTERVAL_LABELS, Options
from cohort.readers import read_cohort
from cohort.results.survival import SurvivalResult
from cohort.selection import Selection, facet_counts, selected
from cohort.view import CohortView
from tests.support import printed

COHORT = read_cohort(printed.FOLDER)
DEFINITION = COHORT.definition
CATEGORIES = [v for v in DEFINITION.filters if v.kind != "number"]
NUMBERS = [v for v in DEFINITION.filters if v.kind == "number"]


@st.composite
def selections(draw):
    levels = {
        v.name: draw(st.sets(st.sampled_from([lv.code for lv in v.levels]), min_size=1))
        for v in draw(st.lists(st.sampled_from(CATEGORIES), max_size=3, unique_by=lambda v: v.name))
    }
    ranges = {}
    for v in draw(st.lists(st.sampled_from(NUMBERS), max_size=2, unique_by=lambda v: v.name)):
        ends = st.integers(int(v.bounds[0]), int(v.bounds[1]))
        ranges[v.name] = tuple(sorted((draw(ends), draw(ends))))
    keep = draw(st.sets(st.sampled_from([v.name for v in NUMBERS])))
    cutoffs = {"mrd_flow": draw(st.sampled_from(["0.01", "0.1"]))}
    return Selection.of(DEFINITION, levels, ranges, keep, cutoffs)


@given(selections())
@settings(deadline=None)
def test_link_round_trip(selection):
    again, rejected, _ = Selection.from_query(selection.to_query(), DEFINITION)
    assert again == selection
    assert not rejected


@given(
    st.dictionaries(st.sampled_from([v.name for v in DEFINITION.filters]), st.lists(st.text(max_size=8), max_size=3))
)
@settings(deadline=None)
def test_any_text_in_a_link_is_read_or_reported(query):
    selection, rejected, owned = Selection.from_query(query, DEFINITION)
    assert owned == set(query)
    kept = {v for values in selection.to_query().values() for v in values}
    for name, values in query.items():
        if DEFINITION.variable(name).kind != "number":
            told = {r.value for r in rejected if r.name == name}
            assert all(v in kept or v in told or v == "" for v in values)


@given(
    selections(),
    st.sampled_from([e.code for e in DEFINITION.selectable_endpoints]),
    st.sampled_from(["none", *(v.name for v in DEFINITION.groupings)]),
    st.sampled_from(list(INTERVAL_LABELS)),
)
@settings(deadline=None, max_examples=150)
def test_curves_stay_curves_and_tables_add_up(selection, endpoint, by, interval):
    view = CohortView(COHORT, selection, Options(endpoint=endpoint, by=by, interval=interval))
    result = SurvivalResult(view)
    curve = result.curve
    group, value = np.array(curve["group"].to_pylist()), curve[result.estimate].to_numpy()
    lower, upper = curve["lower"].to_numpy(), curve["upper"].to_numpy()
    assert ((value >= 0) & (value <= 1)).all()
    known = ~np.isnan(lower) & ~np.isnan(upper)
    assert (lower[known] <= value[known] + 1e-12).all()
    assert (upper[known] >= value[known] - 1e-12).all()
    totals = {}
    for code in dict.fromkeys(group):
        steps = np.diff(value[group == code])
        assert (steps >= -1e-12).all() if result.estimate == "incidence" else (steps <= 1e-12).all()
        totals[code] = int((view.in_view & (view.group_of == [g.code for g in view.groups].index(code))).sum())
    for row in result.at_ticks.to_pylist():
        parts = row["n_risk"] + row["n_event"] + row["n_censor"] + row.get("n_competing", 0)
        assert parts == totals[row["group"]]


@given(selections())
@settings(deadline=None)
def test_facet_counts_add_up_to_the_selection(selection):
    mask, counts = selected(COHORT, selection), facet_counts(COHORT, selection)
    for name, codes in selection.levels:
        variable = DEFINITION.variable(name)
        if variable.kind == "category":
            chosen = [i for i, lv in enumerate(variable.levels) if lv.code in codes]
            assert counts[name][chosen].sum() == mask.sum()
