"""The complete link and what it says when data or version are others, against the CSV files and lifelines."""

from dataclasses import fields, replace

import pytest
from lifelines import KaplanMeierFitter

from cohort import __version__, read_cohort
from cohort.charts import kaplan_meier
from cohort.figures.survival import envelope_figure, survival_figure
from cohort.narrative.share import drift_words, letter_lines, quiet
from cohort.options import Options
from cohort.results.envelope import EnvelopeResult
from cohort.results.survival import SurvivalResult
from cohort.selection import Selection, facet_counts
from cohort.sharing.marks import Mark, read_marks
from cohort.sharing.patient_list import read_ids, write_ids
from cohort.sharing.share import USED, Headline, Letter, address, drift, freeze, headlines, link_query, read_letter
from cohort.tables import Cohort
from cohort.view import CohortView
from tests.support import printed

COHORT = read_cohort(printed.FOLDER)
RFS = printed.outcomes("ttr_pub")


def chosen(levels=None, patients=(), cohort=COHORT, marks=(), **query):
    options, rejected, _ = Options.from_query({k: [v] for k, v in query.items()}, cohort)
    assert not rejected
    return CohortView(cohort, Selection.of(cohort.definition, levels, patients=patients), options, marks)


def independently(rows, month=24):
    """Patients, events and the estimate with log-log limits, straight from the CSV files by lifelines."""
    times, events = zip(*((RFS[r["patient_id"]][0], RFS[r["patient_id"]][1] != "") for r in rows), strict=True)
    fit = KaplanMeierFitter().fit(times, events)
    limits = fit.confidence_interval_survival_function_
    at = limits.index[limits.index <= month][-1]
    return len(rows), sum(events), [f"{100 * x:.0f}" for x in (fit.predict(month), *limits.loc[at])]


# ---- the link ----------------------------------------------------------------------------------------------------
def test_a_link_reads_like_the_view_and_holds_the_defaults():
    view = chosen({"eln_risk": ["adverse", "intermediate"]}, endpoint="ttr_pub", interval="log-log")
    n, events, (estimate, lower, upper) = independently(printed.who({"eln_risk": {"adverse", "intermediate"}}))
    link = address("https://example.org/app/", "survival", link_query(view, "survival", Letter(note="See 24 months.")))
    assert link == (
        "https://example.org/app/survival?cohort=flt3-itd-sorafenib-iti&eln_risk=intermediate&eln_risk=adverse"
        "&mrd_flow_cutoff=0.01&endpoint=ttr_pub&by=none&interval=log-log&axis=standard&landmark=0&panel=compare"
        f"&test=hidden&note=See%2024%20months.&saw=all~{n}~{events}~24~{estimate}~{lower}~{upper}"
        f"&data={COHORT.fingerprint[:12]}&v={__version__}"
    )


def test_options_of_other_pages_travel_only_where_they_were_changed():
    assert "ae_min" not in link_query(chosen(), "survival", Letter())
    assert link_query(chosen(ae_min="10"), "survival", Letter())["ae_min"] == ["10"]
    assert link_query(chosen(), "adverse_events", Letter())["ae_min"] == ["0"]


def test_every_option_is_on_some_page_or_names_one_patient_or_number():
    """A new option has to be put into USED, else its default is in no link."""
    shown = {name for names in USED.values() for name in names}
    left = {f.name for f in fields(Options)} - shown - {"endpoint", "treat", "deaths", "zero", "landmark"}
    assert left == {"patient", "behind"}


def test_the_numbers_of_each_group_travel():
    saw = headlines(chosen(endpoint="ttr_pub", by="eln_risk", interval="log-log"))
    for headline in saw:
        n, events, (estimate, *_) = independently(printed.who({"eln_risk": {headline.group}}))
        assert (headline.n, headline.events, headline.month) == (n, events, 24)
        if headline.estimate != "-":
            assert headline.estimate == estimate
    assert [h.group for h in saw] == ["favourable", "intermediate", "adverse"]
    assert saw[0].estimate == "-", "every favourable patient has relapsed or left before 24 months"


def test_from_a_hundred_patients_on_a_percentage_has_a_decimal():
    (saw,) = headlines(CohortView(other := read_cohort(printed.FOLDER.parent / "synthetic-maintenance"), Selection(),
                                  Options.default(other.definition)))  # fmt: skip
    assert saw.n == 320
    assert all("." in share for share in saw.shares)
    assert read_letter(link_query(chosen(cohort=other), "survival", Letter()))[0].saw == (saw,)


def test_times_between_limits_have_a_lowest_and_a_highest_estimate():
    (saw,) = headlines(chosen(endpoint="rfs_eln"))
    assert saw.estimate == "61–68", "as tests/unit/test_envelope_result.py enumerates them"
    assert read_letter(link_query(chosen(endpoint="rfs_eln"), "survival", Letter()))[0].saw == (saw,)


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ({"note": ["x" * 281]}, "note"),
        ({"author": ["x" * 61]}, "author"),
        ({"mark": ["soon:stop"]}, "mark"),
        ({"mark": ["24:"]}, "mark"),
        ({"mark": ["-1:before"]}, "mark"),
        ({"mark": ["24:" + "x" * 61]}, "mark"),
        ({"mark": [f"{m}:x" for m in range(6)]}, "mark"),
        ({"saw": ["19.6.24"]}, "saw"),
        ({"saw": ["all~19~6~24~166~37~88"]}, "saw"),
        ({"saw": ["all~19~6~24~nan~37~88"]}, "saw"),
        ({"saw": ["www.evil.example/x~19~6~24~66~37~88"]}, "saw"),
        ({"data": ["e6437254c32"]}, "data"),
        ({"data": ["E6437254C323"]}, "data"),
        ({"v": ["latest"]}, "v"),
    ],
)
def test_what_has_not_the_form_of_a_letter_is_said_once(query, name):
    letter, rejected, owned = read_letter(query)
    assert [r.name for r in rejected] == [name]
    assert "allowed" in rejected[0].sentence()
    assert owned == {name}
    assert letter == Letter(marks=letter.marks)
    assert len(letter.marks) == (5 if len(query.get("mark", ())) == 6 else 0)


def test_a_note_is_one_line_of_visible_text():
    letter, rejected, _ = read_letter({"note": ["one\ntwo\u202e three\u200b\u0007 <b>four</b>"], "mark": ["24: a\tb"]})
    assert not rejected
    assert letter.note == "one two three <b>four</b>"
    assert letter.marks == (Mark(24, "a b"),)


# ---- frozen lists ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("ids", "written"),
    [
        (["1", "2", "3", "4", "7", "9"], ["1-4,7,9"]),
        (["9", "10", "11"], ["9-11"]),
        (["S009", "S010", "S011", "S099"], ["S009-S011,S099"]),
        (["a-1", "a-2", "b,c"], ["a-1", "a-2", "b,c"]),
        ([], []),
    ],
)
def test_ids_are_written_compactly(ids, written):
    assert write_ids(ids) == written
    assert read_ids(written, ids) == (tuple(ids), ())


def test_a_run_stands_for_its_numbers_so_that_a_patient_added_between_is_not_in_it():
    assert read_ids(["1-3"], ["1", "2", "2a", "3", "4"]) == (("1", "2", "3"), ())


def test_a_run_without_end_is_not_spelled_out():
    assert read_ids(["1-99999999999"], ["1", "2"]) == ((), ("1-99999999999",))


def test_a_frozen_list_selects_and_says_so_and_facets_work_on_top():
    view = chosen({"eln_risk": ["adverse"]}, patients=("2", "4", "7", "9"))
    adverse = {r["patient_id"] for r in printed.who({"eln_risk": {"adverse"}})}
    assert set(COHORT.ids[view.mask]) == adverse & {"2", "4", "7", "9"}
    assert view.selection.describe(COHORT.definition) == "frozen list of 4 patients; ELN 2022 risk adverse"
    assert view.selection.restricts
    alone = view.selection.without("eln_risk")
    assert alone.patients == ("2", "4", "7", "9")
    assert view.selection.without("patients").patients == ()
    counts = facet_counts(COHORT, alone)["sex"]
    levels = [level.code for level in COHORT.definition.variable("sex").levels]
    rows = [r for r in printed.patients() if r["patient_id"] in alone.patients]
    assert counts.tolist() == [sum(r["sex"] == code for r in rows) for code in levels]


def test_freezing_keeps_the_patients_and_how_they_are_grouped():
    view = chosen({"eln_risk": ["favourable"]})
    frozen, rows = freeze(view), printed.who({"eln_risk": {"favourable"}})
    assert frozen.selection.to_query() == {"patients": [",".join(r["patient_id"] for r in rows)]}
    assert frozen.options == view.options


def test_a_list_that_names_unknown_patients_says_so_and_keeps_the_others():
    selection, rejected, owned = Selection.from_query({"patients": ["18-21,3"]}, COHORT.definition, COHORT.ids)
    assert selection.patients == ("3", "18", "19")
    assert owned == {"patients"}
    assert "20,21" in rejected[0].sentence()
    assert "3 patients of the list are known" in rejected[0].sentence()


def private(cohort=COHORT):
    return Cohort(replace(cohort.definition, kind="private", id="own-1"), cohort.tables, cohort.fingerprint)


def test_ids_of_private_patients_are_in_no_list_and_no_file():
    mine = private()
    selection, rejected, _ = Selection.from_query({"patients": ["1-3"]}, mine.definition, mine.ids)
    assert selection.patients == ()
    assert "public cohorts only" in rejected[0].sentence()
    assert "patient" not in link_query(chosen(patient="7", cohort=mine), "patients", Letter())
    assert link_query(chosen(patient="7"), "patients", Letter())["patient"] == ["7"]


# ---- other data, another version ----------------------------------------------------------------------------------
def sent(view, **changes):
    return replace(read_letter(link_query(view, "survival", Letter()))[0], **changes)


def test_nothing_is_said_where_nothing_differs():
    view = chosen(endpoint="ttr_pub")
    assert drift(view, sent(view)) is None
    assert drift(view, Letter()) is None


def test_other_data_show_then_and_now_and_what_changed():
    view = chosen(endpoint="ttr_pub", interval="log-log")
    n, events, (estimate, lower, upper) = independently(printed.patients())
    then = Headline("all", n - 1, events, 24, (estimate, "40", upper))
    text = " ".join(drift_words(view, found := drift(view, sent(view, data="0123456789ab", saw=(then,)))))
    assert "other data (checksum 0123456789ab; the data here have " + COHORT.fingerprint[:12] in text
    assert f"then {events} of {n - 1} patients with the event, {estimate} % (95 % CI 40–{upper}) at 24 months" in text
    assert f"now {events} of {n} patients with the event, {estimate} % (95 % CI {lower}–{upper}) at 24 months" in text
    assert f"Changed: patients ({n - 1} → {n}) and limits (40–{upper} → {lower}–{upper})." in text
    assert not quiet(found)
    assert "version" not in text


def test_other_data_with_the_same_numbers_say_that_they_are_the_same():
    view = chosen(endpoint="ttr_pub")
    text = " ".join(drift_words(view, drift(view, sent(view, data="0123456789ab"))))
    assert "The numbers its author saw are those of today" in text
    assert "Changed" not in text


def test_groups_that_came_or_went_are_named():
    view = chosen({"eln_risk": ["adverse"]}, endpoint="ttr_pub", by="eln_risk")
    gone = Headline("intermediate", 9, 0, 24, ("100", "63", "100"))
    older = Headline("good", 2, 0, 24, ("-", "-", "-"))
    lines = drift_words(view, drift(view, sent(view, data="0123456789ab", saw=(gone, older))))
    text = " ".join(lines)
    assert "intermediate: then 0 of 9 patients with the event, 100 %" in text
    assert "adverse: then nobody" in text
    assert (
        "a group that is not here now: then 0 of 2 patients with the event, estimate at 24 months not estimable" in text
    )
    assert not any(word in text for word in ("None", "nan", "good"))


def test_another_version_alone_is_a_line_in_passing_unless_a_number_changed():
    view = chosen(endpoint="ttr_pub")
    same = drift(view, sent(view, version="0.0.9"))
    assert quiet(same)
    assert f"version 0.0.9 of Riskset; this is {__version__}" in drift_words(view, same)[0]
    moved = drift(view, sent(view, version="0.0.9", saw=(Headline("all", 19, 6, 24, ("65", "37", "88")),)))
    assert not quiet(moved)
    assert "estimate (65 → 66)" in drift_words(view, moved)[-1]


def test_a_letter_is_said_with_its_author_and_marks():
    marks = (Mark(24, "first relapse after stop"),)
    assert letter_lines(Letter(note="Look.", author="Ann"), marks) == (
        "Note from Ann: Look.",
        "Marked on the survival figure: month 24, “first relapse after stop”.",
    )
    assert letter_lines(Letter(author="Ann"), ()) == ("This link is from Ann.",)
    assert letter_lines(Letter(), ()) == ()


# ---- marks on the figure ------------------------------------------------------------------------------------------
def test_marks_are_data_of_the_figure_and_leave_its_specification_alone():
    marks = (Mark(30, "few at risk"), Mark(500, "beyond the axis"), Mark(70, "late"))
    bare, marked = (survival_figure(SurvivalResult(chosen(endpoint="ttr_pub", marks=m))) for m in ((), marks))
    assert {k: v for k, v in bare.items() if k != "datasets"} == {k: v for k, v in marked.items() if k != "datasets"}
    rows = marked["datasets"]["notes"].to_pylist()
    assert [(r["x"], r["text"], r["side"]) for r in rows] == [(30, "few at risk", "left"), (70, "late", "right")]
    assert bare["datasets"]["notes"].num_rows == 0
    assert bare["datasets"]["notes"].schema == kaplan_meier.NO_NOTES.schema
    assert {"name": "notes"} in [layer["data"] for layer in marked["layer"]]


def test_texts_that_would_cover_one_another_stand_on_lines_of_their_own():
    marks = read_marks([f"{m}:a text of some length" for m in (12, 13, 14)])[0]
    rows = survival_figure(SurvivalResult(chosen(endpoint="ttr_pub", marks=marks)))["datasets"]["notes"].to_pylist()
    assert [r["line"] for r in rows] == [0, 1, 2]


def test_an_envelope_takes_marks_too():
    view = chosen(endpoint="rfs_eln", marks=(Mark(24, "here"),))
    assert envelope_figure(EnvelopeResult(view))["datasets"]["notes"]["text"].to_pylist() == ["here"]
