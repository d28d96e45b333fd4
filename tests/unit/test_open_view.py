"""A view opened by name is the view a link opens, and what the pages show of it is at hand in a notebook."""

import math
from random import Random

import pytest

from cohort import (
    CohortError,
    adverse_events,
    compare,
    evidence,
    figure,
    open_view,
    overview,
    patients,
    read_cohort,
    save,
    sensitivity,
    show,
    subgroups,
    survival,
)
from cohort.options import Options
from cohort.selection import Selection
from tests.support import printed
from tests.support.views import FOUNDING, SYNTHETIC, random_view

COHORT = read_cohort(FOUNDING)


@pytest.mark.parametrize("seed", range(20))
def test_it_is_the_view_of_the_link(seed):
    cohort = read_cohort(SYNTHETIC) if seed % 2 else COHORT
    view = random_view(Random(seed), cohort)
    query = view.to_query()
    selection, _, _ = Selection.from_query(query, cohort.definition)
    options, _, _ = Options.from_query(query, cohort)
    opened = open_view(
        cohort,
        options.endpoint,
        by=options.by,
        where=dict(selection.levels),
        ranges=dict(selection.ranges),
        keep_unknown=selection.keep_unknown,
        cutoffs=dict(selection.cutoffs),
        **{k: getattr(options, k) for k in query if k in Options.__dataclass_fields__ and k not in ("endpoint", "by")},
    )
    assert (opened.selection, opened.options) == (selection, options)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"endpoint": "efs"}, "no endpoint 'efs'; allowed: os_dx"),
        ({"by": "status"}, "'status' cannot group a survival curve; allowed: eln_risk"),
        ({"where": {"eln_risk": ["bad"]}}, "eln_risk has no level 'bad'; allowed: favourable"),
        ({"interval": "exact"}, "“interval = exact” is not known here"),
        ({"treat": "death.counted"}, "“treat = death.counted” is not known here"),
        ({"colour": "red"}, "a view has no option 'colour'; allowed: endpoint, by, against"),
        ({"among": "1,99"}, "no patient '99' in this cohort; ids run from 1 to 19"),
        ({"marks": ["soon:text"]}, "“mark = soon:text” is not known here"),
        ({"endpoint": "ttr_pub", "against": "adverse"}, "none while nothing splits the figure"),
    ],
)
def test_what_is_not_known_is_one_sentence(asked, message):
    asked = {"endpoint": "ttr_pub"} | asked
    with pytest.raises(CohortError) as caught:
        open_view(COHORT, **asked)
    assert message in str(caught.value)


def test_survival_of_a_view_is_what_its_page_shows():
    view = open_view(COHORT, "ttr_pub", where={"eln_risk": ["adverse"]})
    counted = survival(view).person_time.to_pylist()[0]
    rows = printed.who({"eln_risk": {"adverse"}})
    assert (counted["n"], counted["n_event"]) == (len(rows), printed.events_among(rows, "ttr_pub"))
    assert survival(open_view(COHORT, "rfs_eln")).landmark_rows


def test_bounded_times_are_compared_with_nothing():
    view = open_view(COHORT, "rfs_eln", by="eln_risk")
    for of in (compare, sensitivity, subgroups):
        with pytest.raises(CohortError, match="times are known between limits only"):
            of(view)


def test_the_other_pages_are_at_hand():
    view = open_view(COHORT, "os_dx", by="timing")
    assert compare(view).sizes == {lv: len(printed.who({"timing": {lv}})) for lv in ("induction", "consolidation")}
    assert sensitivity(view).lost.sum() == sum(r == "lost" for _, _, r in printed.outcomes("os_dx").values())
    assert adverse_events(view).population == 19
    assert overview(view).boxes["n"][0].as_py() == 19
    assert patients(view).n == 19
    assert len(evidence(view)) == len((FOUNDING / "claims.csv").read_text(encoding="utf-8").splitlines()) - 1


@pytest.mark.parametrize("suffix", ["svg", "png", "pdf"])
def test_a_figure_is_saved_by_its_ending(tmp_path, suffix):
    path = tmp_path / f"figure.{suffix}"
    save(figure(open_view(COHORT), "overview"), path)
    begins = {"svg": b"<svg", "png": b"\x89PNG", "pdf": b"%PDF"}[suffix]
    assert path.read_bytes().startswith(begins)


def test_no_figure_is_one_sentence(tmp_path):
    with pytest.raises(CohortError, match="page 'evidence' has no figure; allowed: overview"):
        figure(open_view(COHORT), "evidence")
    with pytest.raises(CohortError, match=r"figure\.gif: no figure is written as '\.gif'; allowed: \.svg"):
        save({}, tmp_path / "figure.gif")
    nobody = open_view(COHORT, where={"fab_major": ["M7"], "sex": ["female"], "eln_risk": ["favourable"]})
    assert nobody.n == 0
    with pytest.raises(CohortError, match="there is no adverse event to draw"):
        figure(nobody, "adverse_events")


def test_numbers_are_printed_with_ten_digits_and_gaps_stay_blank(capsys):
    view = open_view(COHORT, "ttr_pub", by="timing")
    show({"Estimates": survival(view).landmarks, "Test": compare(view).exact(), "Third": 1 / 3, "Words": "as they are",
          "Nothing": []})  # fmt: skip
    said = capsys.readouterr().out
    for row in survival(view).landmarks.to_pylist():
        assert row["survival"] is None or f"{row['survival']:.10g}" in said
    assert f"\nThird\n{1 / 3:.10g}\n" in said
    assert "\nWords\nas they are\n" in said
    assert "\nNothing\nnothing\n" in said
    assert "nan" not in said.lower()
    assert "None" not in said
    assert str(math.comb(19, 5)) in said
