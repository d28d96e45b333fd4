"""An upload on its way to a cohort: what it would amount to, against lifelines on the raw data."""

import datetime
from dataclasses import replace

import lifelines
import numpy as np

from cohort.charts import coding
from cohort.draft import DRAWN, Draft
from cohort.mapping import edit
from tests.support import cohort_files
from tests.support.uploads import frame, table, upload

RAW = cohort_files.gbsg2()


def draft():
    return Draft.of(frame("gbsg2", RAW))


def test_patients_events_and_median_are_those_of_the_raw_data():
    shown = draft()
    assert shown.n == len(RAW)
    (endpoint,) = shown.endpoints
    fitted = lifelines.KaplanMeierFitter().fit(RAW["rfs_days"] / 30.4375, RAW["rfs_status"])
    assert endpoint.events == RAW["rfs_status"].sum()
    assert abs(endpoint.median - fitted.median_survival_time_) < 1e-9


def test_the_curve_of_the_proposed_coding_is_kaplan_meiers():
    curve = draft().curves
    fitted = lifelines.KaplanMeierFitter().fit(RAW["rfs_days"] / 30.4375, RAW["rfs_status"])
    for month in (6, 12, 24, 36):
        at = np.searchsorted(curve["time"].to_numpy(), month, side="right") - 1
        assert abs(curve["estimate"].to_numpy()[at] - fitted.predict(month)) < 1e-9


def test_where_events_compete_the_curve_is_the_cumulative_incidence():
    status = [1, 2, 1, 0, 2, 0]
    shown = Draft.of(
        upload(table("t.csv", {"id": list("abcdef"), "os_months": [1, 2, 3, 4, 5, 6], "os_status": status}))
    )
    assert shown.endpoints[0].competing == 2
    assert shown.curves["estimate"].to_pylist()[0] < shown.curves["estimate"].to_pylist()[-1]
    # of six, one leaves with the event at 1; one competes at 2; one of the four left has it at 3
    assert abs(max(shown.curves["estimate"].to_pylist()) - (1 / 6 + 4 / 6 * 1 / 4)) < 1e-12


def test_a_repair_is_made_only_while_it_is_accepted():
    given = upload(table("t.csv", {"id": list("abcd"), "os_months": [5, -3, 20, 31], "os_status": [1, 1, 0, 0]}))
    shown = Draft.of(given)
    (stop,) = shown.stops
    accepted = shown.repaired(stop.repair.code, stop.repair.words, True)
    assert not accepted.stops
    assert accepted.endpoints[0].n == 3
    assert accepted.repaired(stop.repair.code, stop.repair.words, False).stops
    assert "endpoints.csv" in accepted.files()


def test_columns_are_told_by_their_commonest_values_and_gaps():
    given = upload(table("t.csv", {"id": list("abcd"), "os_months": [1, 2, 3, 4], "os_status": [1, 1, 0, 0],
                                   "arm": ["B", "A", "B", None]}))  # fmt: skip
    column = Draft.of(given).column("t.csv", "arm")
    assert (column.examples, column.missing, column.distinct) == ("B; A", 1, 2)


def test_no_more_than_a_handful_of_curves_is_drawn_and_labels_are_data():
    columns = {"id": [str(i) for i in range(8)]}
    for i in range(DRAWN + 2):
        columns |= {f"e{i}_months": list(range(1, 9)), f"e{i}_status": [1, 0] * 4}
    shown = Draft.of(upload(table("t.csv", columns)))
    assert len(shown.endpoints) == DRAWN + 2
    assert len(set(shown.curves["code"].to_pylist())) == DRAWN
    label = "'];alert(1)//"
    shown = shown.edited(edit.with_endpoint(shown.upload, shown.mapping, shown.endpoints[0].code, label=label))
    spec = coding.figure(shown.curves, "light")
    assert label not in str({k: v for k, v in spec.items() if k != "datasets"})
    assert any(label in t for t in spec["datasets"]["key"]["t"].to_pylist())


def dated():
    day = datetime.date
    columns = {
        "id": list("abcd"),
        "date_of_diagnosis": [day(2020, 1, 1)] * 4,
        "relapse_date": [day(2020, 6, 1), None, None, day(2020, 3, 1)],
        "death_date": [None, day(2020, 9, 1), None, None],
        "last_contact": [day(2021, 1, 1), day(2020, 9, 1), day(2021, 1, 1), day(2021, 1, 1)],
        "pfs_months": [3.0, 4.0, 5.0, 6.0],
        "pfs_status": [1, 1, 0, 0],
    }
    return Draft.of(upload(table("t.csv", columns)))


def test_time_is_counted_from_the_same_in_the_preview_and_in_the_opened_cohort():
    shown = dated()
    for changed in (
        shown,
        shown.edited(replace(shown.mapping, origin="treatment")),
        shown.edited(
            edit.with_endpoint(shown.upload, shown.mapping, shown.mapping.endpoints[0].code, origin="response")
        ),
    ):
        before = dict(zip(changed.curves["code"].to_pylist(), changed.curves["origin"].to_pylist(), strict=True))
        after = {e.code: e.origin_label for e in changed.build().definition.endpoints}
        assert {code: f"Months from {origin}" for code, origin in before.items()} == after
    assert before[shown.mapping.endpoints[0].code] == "response", "what its owner says holds"


def test_the_axis_names_one_time_zero_and_the_key_several():
    shown = dated()
    of_dates = [e for e in shown.mapping.endpoints if e.start_date]
    assert of_dates
    alike = coding.figure(shown.edited(replace(shown.mapping, endpoints=tuple(of_dates))).curves, "light")
    assert "Months from diagnosis" in str(alike["layer"])
    assert "from" not in " ".join(alike["datasets"]["key"]["t"].to_pylist())
    code = of_dates[0].code
    mixed = edit.with_endpoint(shown.upload, shown.mapping, code, origin="transplant")
    mixed = coding.figure(shown.edited(mixed).curves, "light")
    said = " ".join(mixed["datasets"]["key"]["t"].to_pylist())
    assert "from transplant" in said
    assert "from diagnosis" in said
    assert "Months from the time zero named above" in str(mixed["layer"])


def test_the_key_stands_above_the_curves_and_names_are_whole():
    shown = dated()
    label = "Cumulative incidence of relapse or progression, deaths without either competing"
    code = shown.mapping.endpoints[0].code
    shown = shown.edited(edit.with_endpoint(shown.upload, shown.mapping, code, label=label))
    key = coding.figure(shown.curves, "light")["datasets"]["key"]
    assert label in " ".join(key["t"].to_pylist())
    assert max(map(len, key["t"].to_pylist())) <= coding.LINE_LETTERS
    assert min(key["s"].to_pylist()) > coding.FULL


def test_an_accepted_repair_keeps_its_rows_and_values():
    given = upload(table("t.csv", {"id": list("abcd"), "os_months": [5, -3, 20, 31], "os_status": [1, 1, 0, 0]}))
    shown = Draft.of(given)
    (stop,) = shown.stops
    assert shown.settled == {}
    (kept,) = shown.repaired(stop.repair.code, stop.repair.words, True).settled[stop.repair.code]
    assert (kept.rows, kept.seen) == ((3,), ("-3",))


def test_values_of_a_column_are_shown_with_what_the_file_calls_them():
    columns = {"id": list("abc"), "os_months": [1, 2, 3], "os_status": [1, 0, 1], "sex": [2, 2, 1]}
    shown = Draft.of(upload(table("t.sav", columns, levels={"sex": {"1": "male", "2": "female"}}), format="spss"))
    assert shown.column("t.sav", "sex").examples == "2 female; 1 male"
