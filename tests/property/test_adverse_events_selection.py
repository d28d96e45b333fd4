"""Whatever is selected: no count leaves its bounds, no bar leaves the axis, nothing is made up."""

from hypothesis import given, settings
from hypothesis import strategies as st

from cohort import narrative
from cohort.figures.adverse_events import adverse_events_figure
from cohort.options import Options
from cohort.readers import read_cohort
from cohort.results.adverse_events import adverse_events
from cohort.selection import Selection
from cohort.view import CohortView
from tests.property.test_selection_properties import COHORT, DEFINITION, selections
from tests.support import printed

SYNTHETIC = read_cohort(printed.FOLDER.parent / "synthetic-maintenance")
TOTALS = {"Fever": 17, "Rhinorrhoea": 9, "Hand-foot skin reaction": 7, "Myalgia": 6, "Diarrhoea": 6}
GROUPINGS = ["none", *(v.name for v in SYNTHETIC.definition.groupings)]


@given(selections())
@settings(deadline=None)
def test_bounds_of_totals(selection):
    result = adverse_events(CohortView(COHORT, selection, Options.default(DEFINITION)))
    n = result.view.n
    for term, k in TOTALS.items():
        bound = result.bound(term)
        # by counting: of n patients at least those that do not fit among the other 19 - n had the event
        possible = [x for x in range(n + 1) if 0 <= k - x <= 19 - n]
        assert (bound["lower"], bound["upper"]) == (possible[0], possible[-1])
        assert bound["lower"] <= bound["central_lower"] <= bound["central_upper"] <= bound["upper"]
        assert bound["lower"] <= bound["expected"] <= bound["upper"]
    for fact in result.joint:
        assert 0 <= fact.lower <= fact.upper <= n
    if not n:
        assert "No patient" in narrative.adverse_events_sentence(result)
        return
    data = adverse_events_figure(result)["datasets"]
    assert (data["bars"].num_rows > 0) == (n == 19), "counts are drawn only where they were reported"
    assert (data["bounds"].num_rows > 0) == (n < 19)
    for row in data["bounds"].to_pylist():
        assert 0 <= row["lo"] <= row["hi"] <= 1


@st.composite
def synthetic_selections(draw):
    chosen = draw(st.lists(st.sampled_from([v for v in SYNTHETIC.definition.filters if v.levels]), max_size=3))
    levels = {v.name: draw(st.sets(st.sampled_from([lv.code for lv in v.levels]), min_size=1)) for v in chosen}
    return Selection.of(SYNTHETIC.definition, levels)


@given(synthetic_selections(), st.sampled_from(GROUPINGS), st.sampled_from(["0", "10"]))
@settings(deadline=None, max_examples=50)
def test_counts_by_patient(selection, by, threshold):
    options = Options("os", by=by, ae_min=threshold)
    result = adverse_events(CohortView(SYNTHETIC, selection, options))
    assert narrative.adverse_events_sentence(result)
    if not result.countable:
        return
    k, n, low, high = (result.values(c) for c in ("k", "n", "lower", "upper"))
    mild, severe = result.values("k", "1-2"), result.values("k", "3-5")
    assert (k <= n).all()
    assert (n.sum(axis=1) <= result.n_safety).all()
    assert (k == mild + severe).all(), "every synthetic event has a grade"
    assert (severe == sum(result.values("k", g) for g in ("3", "4", "5"))).all()
    some = n > 0
    assert ((low <= k / n.clip(1)) & (k / n.clip(1) <= high))[some].all()
    assert (k[0] >= k).all(), "any adverse event is at least as frequent as each of them"
    data = adverse_events_figure(result)["datasets"]
    assert all(0 <= b["x"] <= b["x2"] <= 1 + 1e-12 for b in data["bars"].to_pylist())
    assert all(0 <= d["lo"] <= d["x"] <= d["hi"] <= 1 for d in data["dots"].to_pylist())
    assert "nan" not in str(narrative.adverse_events_table(result))
