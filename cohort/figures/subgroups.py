"""From a subgroups result to its forest: the one place that knows both."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby

import pyarrow as pa

from cohort.behind import number_code
from cohort.charts import forest
from cohort.charts.lettering import fitted
from cohort.charts.theme import on, palette
from cohort.exports.figure import standalone
from cohort.guards import GUARDS
from cohort.narrative import subgroups as words
from cohort.results.subgroups import ASCERTAINMENT, ASSAYS, SubgroupsResult
from cohort.results.subgroups_rows import part_of
from cohort.view import WHOLE
from cohort.wording import missing

PLAIN = "#3C6E9F"
"""Colour of a level that the dictionary gives none: that of an ungrouped curve."""

FILE_WIDTH = 980


@dataclass(eq=False)
class _Lines:
    """Which row stands on which line: everybody first, then a head a variable with its rows under it."""

    at: dict[int, int] = field(default_factory=dict)
    heads: list[tuple[int, str, str, str]] = field(default_factory=list)
    rule: int | None = None
    count: int = 1

    def head(self, text: str, weight: str, note: str = "") -> None:
        self.heads.append((self.count, text, note, weight))
        self.count += 1


def _lines(result: SubgroupsResult) -> _Lines:
    lines, part, name = _Lines(), None, None
    lines.heads.append((0, words.whole_words(result), "", "head"))
    labels = _short_labels(result)
    for i, row in enumerate(result.rows):
        now = part_of(result.view.definition, row.variable)
        if now != part:
            if part is not None:
                lines.rule, lines.count = lines.count, lines.count + 1
            part = now
            lines.head(words.part_words(result, now), "section")
        if row.variable.name != name:
            name = row.variable.name
            note = words.LATE if result.known_late(row.variable) else ""
            lines.head(words.heading_words(result.view, row.variable), "head", note)
        lines.heads.append((lines.count, labels[i], "", "level"))
        lines.at[i] = lines.count
        lines.count += 1
    return lines


def _short_labels(result: SubgroupsResult) -> list[str]:
    """The label of each row as it fits beside the numbers, told apart from the others of its variable."""
    found: list[str] = []
    for _, rows in groupby(result.rows, key=lambda row: row.variable.name):
        found += fitted([row.label for row in rows], forest.LEVEL_ROOM, forest.LEVEL_SIZE)
    return found


def forest_figure(result: SubgroupsResult, appearance: str = "light", clicks: int = 0) -> dict:
    """The Vega-Lite specification of the forest with its data sets.

    ``clicks`` is the number of numbers clicked so far: it makes a second click on the same number a new one.
    """
    lines = _lines(result)
    frame = _frame(result, lines, appearance)
    marks = words.alias_marks(result)
    labels = {name: [head[k] for head in lines.heads] for k, name in enumerate(("line", "text", "note", "weight"))}
    texts = [(0, "text", "" if result.ratios_asked else words.estimate_words(result, WHOLE))]
    for i, line in lines.at.items():
        texts.append((line, "text", (words.ratio_words if result.ratios_asked else words.estimate_words)(result, i)))
        texts.append((line, "assayed", words.assayed_words(result, i)))
        texts.append((line, "same", marks.get(i, "")))
    return forest.figure(
        frame,
        {
            "labels": pa.table(labels),
            "numbers": _numbers(result, lines, clicks),
            "texts": pa.table({name: [t[k] for t in texts] for k, name in enumerate(("line", "column", "text"))}),
            "dots": _dots(result, lines, frame),
        },
        result.view.cohort.recall,
    )


def _frame(result: SubgroupsResult, lines: _Lines, appearance: str) -> forest.Frame:
    view = result.view
    at = f"{result.month:g} months"
    heads = {
        "n": "Patients",
        "events": "Events",
        "third": f"At risk\nat {result.month:g}",
        "text": "Estimate\n(95 % CI)",
    }
    title = ("Cumulative incidence at " if result.estimate == "incidence" else "Free of the event at ") + at
    if result.ratios_asked:
        heads |= {"third": "Others’\nevents/n", "text": "Hazard ratio\n(95 % CI)"}
        what = "Cause-specific hazard ratio" if view.endpoint.competing else "Hazard ratio"
        title = f"{what}, level against others"
    if ASCERTAINMENT in view.endpoint.warnings and any(v.name == ASSAYS for v in view.definition.variables):
        heads["assayed"] = "Transcript\nassay"
    heads["same"] = "Same\npatients"
    measure = "ratio" if result.ratios_asked else "estimate"
    return forest.Frame(lines.count, lines.rule, measure, tuple(heads.items()), title, appearance)


def _numbers(result: SubgroupsResult, lines: _Lines, clicks: int) -> pa.Table:
    """Patients, events and at risk of every row, each with the code that opens it."""
    view, month = result.view, result.month
    whole = result.estimates.get(WHOLE, {"n_risk": 0})
    counts = [("n", "n", len(result.places)), ("events", "event", view.events)]
    counts += [] if result.ratios_asked else [("third", "risk", whole["n_risk"])]
    cells = [
        (0, column, str(n), number_code(what, month=month if what == "risk" else None) if view.by is None else "")
        for column, what, n in counts
    ]
    for i, line in lines.at.items():
        code = result.rows[i].code_of
        cells.append((line, "n", str(result.sizes[i]), code("in")))
        cells.append((line, "events", str(result.events[i]), code("event")))
        if not result.ratios_asked:
            at_risk = result.estimates.get(str(i), {"n_risk": 0})["n_risk"]
            cells.append((line, "third", str(at_risk), code("risk", month)))
        elif found := result.ratios[i]:
            cells.append((line, "third", f"{found['other_events']}/{found['others']}", ""))
    columns = {name: [c[k] for c in cells] for k, name in enumerate(("line", "column", "text", "code"))}
    return pa.table(columns | {"now": pa.array([clicks] * len(cells), pa.int64())})


def _dots(result: SubgroupsResult, lines: _Lines, frame: forest.Frame) -> pa.Table:
    p, whole = palette(frame.appearance), "" if result.ratios_asked else WHOLE
    low, high = forest.DOMAINS[frame.measure]
    rows = []
    for i, line in [(whole, 0), *lines.at.items()] if whole else lines.at.items():
        found = result.ratios[i] if result.ratios_asked else result.estimates.get(str(i))
        name, scale = ("hr", 1) if result.ratios_asked else (result.estimate, 100)
        if found is None or missing(found[name]):
            continue
        est, lo, hi = (None if missing(found[k]) else scale * found[k] for k in (name, "lower", "upper"))
        n = len(result.places) if i == WHOLE else int(result.sizes[i])
        stroke = p.ink if i == WHOLE else on(p, result.rows[i].colour or PLAIN)
        text = words.ratio_words(result, i) if result.ratios_asked else words.estimate_words(result, i)
        below = result.ratios_asked and (lo is None or lo < low)
        above = result.ratios_asked and (hi is None or hi > high)
        rows.append(
            {
                "line": line,
                "est": est if low <= est <= high else None,
                "lo": low if below else lo,
                "hi": high if above else hi,
                "below": below,
                "above": above,
                "stroke": stroke,
                "fill": p.background if n < GUARDS.small_group else stroke,
                "what": words.whole_words(result) if i == WHOLE else words.row_words(result, i),
                "n": str(n),
                "events": str(result.view.events if i == WHOLE else result.events[i]),
                "text": text,
                "same": (words.same_words(result, i) if i != WHOLE else "").partition(" as ")[2] or "no other row",
            }
        )
    number, flag, text = pa.float64(), pa.bool_(), pa.string()
    types = {"line": pa.int64(), "est": number, "lo": number, "hi": number, "below": flag, "above": flag}
    names = ("stroke", "fill", "what", "n", "events", "text", "same")
    return pa.Table.from_pylist(rows, pa.schema(list((types | dict.fromkeys(names, text)).items())))


def forest_file(result: SubgroupsResult, looked: str = "") -> dict:
    """The forest for a file: light, with title, subtitle and caption in it, and ``looked``, what the session saw."""
    notes = [words.subgroups_caption(result), *(f"{line}." for line in words.alias_lines(result)), looked]
    return standalone(
        forest_figure(result),
        f"Outcome by baseline characteristic: {result.view.endpoint.label}",
        words.subgroups_subtitle(result),
        " ".join(note for note in notes if note),
        width=FILE_WIDTH,
    )
