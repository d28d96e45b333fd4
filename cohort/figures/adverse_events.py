"""From adverse events to their figure: the one place that knows result, words and chart."""

from __future__ import annotations

from cohort import narrative
from cohort.charts import adverse_events as chart
from cohort.charts.theme import on, palette
from cohort.exports.figure import standalone
from cohort.narrative.adverse_events_words import cells, limits, rate, span, upper_limit
from cohort.results.adverse_events import AggregateResult, EventsResult, PatientResult
from cohort.results.adverse_events_grades import OVERALL, UNGRADED
from cohort.wording import NOT_REPORTED_TEXT, number, percent

COUNT, SHARE, SEVERE_COLUMN = 14, 88, 188
"""Places of the text columns, in pixels right of the plot."""

BRACKET_COLOUR = "#3C6E9F"


def frame_of(result: EventsResult, appearance: str) -> chart.Frame:
    """What stays the same in the figure while filters change."""
    grouped = result.level == "patient" and result.view.by is not None
    right = 24 if grouped else 290 if result.level == "patient" else 196
    overall = result.terms[:1] == (OVERALL,)
    return chart.Frame(result.terms, right, result.groups if grouped else (), overall, appearance)


def adverse_events_figure(result: EventsResult, appearance: str = "light") -> dict:
    """The Vega-Lite specification of the figure with its data sets."""
    frame = frame_of(result, appearance)
    if result.level == "patient":
        data = _group_dots(result, frame) if frame.groups else _patient_bars(result, frame)
    else:
        data = _brackets(result, frame) if result.is_subgroup else _total_bars(result, frame)
    return chart.figure(frame, data, result.view.cohort.recall)


def adverse_events_file(result: EventsResult) -> dict:
    """The figure for a file: light, with title, subtitle and caption in it."""
    view = result.view
    by = f", by {view.by_label}" if result.level == "patient" and view.by else ""
    bounds = ": what is certain" if result.level == "aggregate" and result.is_subgroup else ""
    return standalone(
        adverse_events_figure(result),
        f"Adverse events{bounds}{by}. {view.definition.short_title}",
        narrative.adverse_events_subtitle(result),
        narrative.adverse_events_caption(result),
        foot=chart.FOOT + 4,
    )


def _colour(frame: chart.Frame, first: int) -> str:
    return on(palette(frame.appearance), chart.SEVERITY.get(first, chart.SEVERITY[5]))


def _severity_key(result: EventsResult, frame: chart.Frame, present: set[str]) -> list[tuple]:
    bands = [(b.code, f"grade {b.label}", b.first) for b in result.bands]
    entries = []
    for code, text, first in [*bands, (UNGRADED, "grade not reported", 0)]:
        if code in present:
            colour = _colour(frame, first)
            entries.append(("box", colour, text, 1.0))
    return entries


def _text(row: int, px: int, text: str, strong: bool = False) -> dict:
    return {"y": row, "px": px, "text": text, "strong": strong}


def _total_bars(result: AggregateResult, frame: chart.Frame) -> dict:
    place = {t: i for i, t in enumerate(result.terms)}
    first = {b.code: b.first for b in result.bands} | {UNGRADED: 0}
    label = {b.code: f"grade {b.label}" for b in result.bands} | {UNGRADED: "grade not reported"}
    bars = [
        chart.bar(
            place[s["term"]], s["start"] / s["n"], (s["start"] + s["k"]) / s["n"], _colour(frame, first[s["band"]]),
            term=s["term"], what=f"{label[s['band']]}: {s['k']} patients", more=rate(result.row(s["term"])),
        )
        for s in result.segments.to_pylist()
    ]  # fmt: skip
    texts, absent = [], []
    for term, i in place.items():
        row = result.row(term)
        if row is None:
            absent.append({"y": i, "text": NOT_REPORTED_TEXT})
            continue
        texts += [_text(i, COUNT, f"{row['k']} of {row['n']}", True), _text(i, SHARE, _share(row))]
    return {
        "bars": chart.rows("bars", bars),
        "texts": chart.rows("texts", texts),
        "absent": chart.rows("absent", absent),
        "heads": chart.rows("heads", [{"px": COUNT, "text": "Patients"}, {"px": SHARE, "text": "% (95 % CI)"}]),
        "ticks": chart.rows("ticks", chart.count_ticks(result.population)),
        "title": chart.rows("title", [{"text": f"Patients with the event (of {result.population})"}]),
        "key": chart.key_rows(_severity_key(result, frame, set(result.segments["band"].to_pylist()))),
    }


def _share(row: dict) -> str:
    """ "89 % (67–99)", or the upper limit where nobody was seen."""
    if not row["n"]:
        return ""
    if not row["k"]:
        return f"0 % (up to {upper_limit(row)})"
    return f"{percent(row['share'], row['n'])} ({limits(row['lower'], row['upper'], row['n'])})"


def _brackets(result: AggregateResult, frame: chart.Frame) -> dict:
    n, p = result.view.n, palette(frame.appearance)
    colour = on(p, BRACKET_COLOUR)
    brackets, texts, absent = [], [], []
    for i, term in enumerate(result.terms):
        bound, total = result.bound(term), result.row(term)
        if bound is None:
            absent.append({"y": i, "text": NOT_REPORTED_TEXT})
            continue
        certain = f"{span(bound['lower'], bound['upper'])} of {n}"
        central = span(bound["central_lower"], bound["central_upper"])
        unrelated = f"{number(bound['expected'])} expected, central 95 % {central}, if unrelated"
        words = {"what": f"certain: {certain}; {unrelated}", "more": f"reported: {total['k']} of {total['n']}"}
        brackets.append(chart.bracket(i, n, bound, colour, term=term, **words))
        texts += [_text(i, COUNT, certain, True), _text(i, SHARE, f"{number(bound['expected'])} expected")]
    return {
        "bounds": chart.rows("bounds", brackets),
        "texts": chart.rows("texts", texts),
        "absent": chart.rows("absent", absent),
        "heads": chart.rows("heads", [{"px": COUNT, "text": "Certain"}, {"px": SHARE, "text": "If unrelated"}]),
        "ticks": chart.rows("ticks", chart.count_ticks(n)),
        "title": chart.rows("title", [{"text": f"Patients in the selection (of {n})"}]),
        "key": chart.key_rows(
            [
                ("bracket", colour, "certain bounds", 1.0),
                ("tick", p.ink, "expected if unrelated", 1.0),
                ("box", colour, "central 95 % if unrelated", 0.3),
            ]
        ),
    }


def _patient_bars(result: PatientResult, frame: chart.Frame) -> dict:
    total, severe = cells(result), cells(result, "3-5")
    parts = [(b.code, f"grade {b.label}", b.first, result.values("k", b.code)) for b in result.bands]
    parts.append((UNGRADED, "grade not reported", 0, result.ungraded()))
    bars, texts, present = [], [], {b.code for b in result.bands}
    for i, term in enumerate(result.terms):
        row, high = total[i][0], severe[i][0]
        n, start = row["n"], 0
        for code, label, first, k in parts:
            here = int(k[i, 0])
            if here:
                present.add(code)
                bars.append(
                    chart.bar(i, start / n, (start + here) / n, _colour(frame, first),
                              term=term, what=f"{label}: {here} patients", more=f"any grade: {rate(row)}")
                )  # fmt: skip
                start += here
        texts += [_text(i, COUNT, str(row["k"]), True), _text(i, COUNT + 40, _share(row))]
        texts += [_text(i, SEVERE_COLUMN, str(high["k"]), True)]
        texts += [_text(i, SEVERE_COLUMN + 34, percent(high["share"], n))] if high["k"] else []
    heads = [{"px": COUNT, "text": "Any grade, % (95 % CI)"}, {"px": SEVERE_COLUMN, "text": "Grade ≥ 3"}]
    return {
        "bars": chart.rows("bars", bars),
        "texts": chart.rows("texts", texts),
        "heads": chart.rows("heads", heads),
        "ticks": chart.rows("ticks", chart.percent_ticks()),
        "title": chart.rows("title", [{"text": f"Patients with the event, worst grade (n = {result.n_safety})"}]),
        "key": chart.key_rows(_severity_key(result, frame, present)),
    }


def _group_dots(result: PatientResult, frame: chart.Frame) -> dict:
    p = palette(frame.appearance)
    colours = [on(p, g.colour) for g in result.groups]
    dots = []
    for i, (term, row) in enumerate(zip(result.terms, cells(result), strict=True)):
        for j, (group, cell) in enumerate(zip(result.groups, row, strict=True)):
            if cell["n"]:
                place = {"y": i + chart.offset(j, len(result.groups), frame.pitch), "colour": colours[j]}
                words = {"g": group.code, "term": term, "what": group.label, "more": rate(cell)}
                dots.append(place | words | {"x": cell["share"], "lo": cell["lower"], "hi": cell["upper"]})
    sizes = [cell["n"] for cell in cells(result)[0]] if result.terms else []
    entries = [
        (chart.MARKS[j], colours[j], f"{g.label} (n = {n})", 1.0)
        for j, (g, n) in enumerate(zip(result.groups, sizes, strict=False))
    ]
    return {
        "dots": chart.rows("dots", dots),
        "ticks": chart.rows("ticks", chart.percent_ticks()),
        "title": chart.rows("title", [{"text": "Patients with the event, any grade (95 % CI)"}]),
        "key": chart.key_rows(entries),
    }
