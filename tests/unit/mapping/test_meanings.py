"""What a status in words means, for the endpoint it belongs to."""

import pytest

from cohort.mapping import build, findings, propose
from cohort.mapping.meanings import meaning
from tests.support.uploads import table, upload

# endpoint, status, what a haematologist reads in it
READ = (
    ("os", "Dead", "event"),
    ("os", "Death without relapse", "event"),
    ("os", "alive with relapse", "censored"),
    ("os", "Alive", "censored"),
    ("os", "not dead", "censored"),
    ("os", "dead of other cause", "event"),
    ("cir", "relapse", "event"),
    ("cir", "Death without relapse", "competing"),
    ("cir", "NRM", "competing"),
    ("cir", "non-relapse mortality", "competing"),
    ("cir", "TRM", "competing"),
    ("cir", "alive without relapse", "censored"),
    ("cir", "alive with relapse", "event"),
    ("cir", "alive, relapse-free", "censored"),
    ("cir", "competing event", "competing"),
    ("cir", "death not related to relapse", "competing"),
    ("ttr", "no relapse", "censored"),
    ("rfs", "Death without relapse", "event"),
    ("rfs", "relapsed", "event"),
    ("rfs", "relapse or death", "event"),
    ("rfs", "free of relapse", "censored"),
    ("cir", "free from any relapse", "censored"),
    ("rfs", "alive in CR", "censored"),
    ("pfs", "no progression", "censored"),
    ("dss", "died of disease", "event"),
    ("dss", "died of other cause", "competing"),
    ("dss", "alive", "censored"),
    ("event", "lost to follow-up", "censored"),
    ("event", "yes", "event"),
    ("event", "moved", ""),
    ("os", "tot", "event"),
    ("os", "lebt", "censored"),
    ("ttr", "Rezidiv", "event"),
    ("ttr", "kein Rezidiv", "censored"),
    ("ttr", "zensiert", "censored"),
    ("os", "décédé", "event"),
    ("os", "vivant", "censored"),
)


@pytest.mark.parametrize(("kind", "said", "expected"), READ)
def test_a_status_in_words(kind, said, expected):
    assert meaning("", said, kind) == expected


def test_a_code_before_the_words_decides_unless_it_competes():
    assert meaning("1:DECEASED", "DECEASED", "os") == "event"
    assert meaning("0:LIVING", "LIVING", "os") == "censored"
    assert meaning("1:competing event", "competing event", "os") == "competing"


def outcome(given):
    cohort = build(given, propose(given))
    return cohort, cohort.outcome(cohort.definition.endpoints[0])


@pytest.mark.parametrize("names", [("cir_months", "cir_status"), ("time_months", "status")])
def test_relapses_and_deaths_told_apart_compete(names):
    status = ["relapse", "death without relapse", "censored", "relapse", "death without relapse", "censored"]
    given = upload(table("x.csv", {names[0]: [5.0, 7.0, 9.0, 11.0, 13.0, 15.0], names[1]: status, "age": range(6)}))
    cohort, out = outcome(given)
    assert out.kind.tolist() == [1, 2, 0, 1, 2, 0]
    assert cohort.definition.endpoints[0].kind == "incidence"
    assert cohort.definition.endpoints[0].competing == ("death",), "one death, whatever it was without"
    (said,) = [f.sentence for f in findings(given, propose(given)) if f.code == "values"]
    assert "death without relapse competes" in said


def test_causes_of_death_are_all_deaths_for_overall_survival():
    status = ["alive", "dead of disease", "dead of other cause", "alive"]
    given = upload(table("x.csv", {"os_months": [5.0, 7.0, 9.0, 11.0], "os_status": status, "age": [1, 2, 3, 4]}))
    _, out = outcome(given)
    assert out.kind.tolist() == [0, 1, 1, 0]


def test_times_named_by_the_endpoint_alone_are_times():
    n = 20
    columns = {
        "OS": [round(1.3 * i + 2, 1) for i in range(n)],
        "Death": ["Yes", "No"] * (n // 2),
        "Time_to_relapse": [round(1.1 * i + 1, 1) for i in range(n)],
        "Relapse": ["No", "Yes"] * (n // 2),
        "sex": ["f", "m"] * (n // 2),
    }
    mapping = propose(upload(table("x.csv", columns)))
    pairs = {e.code: (e.time, e.status, [v.value for v in e.event]) for e in mapping.endpoints}
    assert pairs == {"os": ("OS", "Death", ["Yes"]), "ttr": ("Time_to_relapse", "Relapse", ["Yes"])}
    assert [c.column for c in mapping.variables] == ["sex"]


def test_a_column_of_zeros_and_ones_named_so_is_no_time():
    mapping = propose(upload(table("x.csv", {"OS": [0, 1] * 10, "months": range(20), "age": range(40, 60)})))
    assert [(e.time, e.status) for e in mapping.endpoints] != [("OS", "months")]
    assert all(e.time != "OS" for e in mapping.endpoints)


def test_an_adam_parameter_whose_words_tell_of_a_competing_event():
    times = {
        "USUBJID": ["a", "b", "c", "d"],
        "PARAMCD": ["TTR"] * 4,
        "PARAM": ["Time to Relapse (months)"] * 4,
        "AVAL": [3.0, 4.0, 5.0, 6.0],
        "CNSR": [0, 1, 2, 0],
        "EVNTDESC": ["Relapse", "Last contact", "Death without relapse", "Relapse"],
    }
    adsl = {"USUBJID": ["a", "b", "c", "d"], "SEX": ["F", "M", "F", "M"]}
    _, out = outcome(upload(table("adsl.csv", adsl), table("adtte.csv", times), format="adam"))
    assert out.kind.tolist() == [1, 0, 2, 1]
