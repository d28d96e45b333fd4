"""The overview in words: who these patients are, what became of them, Table 1 as printed, what is missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from cohort.behind import level_code
from cohort.dictionary import NOT_REPORTED, Endpoint, Variable
from cohort.narrative.cautions import Caution
from cohort.results.overview import Box, OverviewResult
from cohort.selection import heading
from cohort.statistics import TOTAL
from cohort.wording import listed, missing, months, number, percent, plural, sentence_case

GROUP_TITLES = {
    "brief": "Main characteristics",
    "patient": "Patient",
    "disease": "Disease",
    "genes": "Genes",
}
"""Headings of Table 1 by variable group of the dictionary; another group is printed as it is written."""

SET_MARK = " †"
NOBODY = "–"
"""Cell of a group without patients; the head of its column says n = 0."""


def overview_sentence(result: OverviewResult) -> str:
    """Who this is and what became of them, in one sentence."""
    view = result.view
    if not view.n:
        return "No patient matches this selection."
    who = f"{view.n} of {view.cohort.n}" if view.selection.restricts else str(view.n)
    return f"{who} {view.definition.population}: {listed(_fates(result))}; {_followed(result)}."


def _fates(result: OverviewResult) -> list[str]:
    """ "6 relapsed", "3 died", "4 were lost to follow-up", with "none" for 0."""
    flow = result.flow
    n = result.boxes["n"].to_pylist()
    counted = dict(zip(flow.boxes, n, strict=True))
    said = []
    for clock, kind in ((flow.course, "event"), (flow.last, "end")):
        if clock is None:
            continue
        codes = [b for b in flow.boxes if b.kind == kind and b.code in result.view.definition.events]
        said += _happened(result, clock.rows, codes, counted)
    for box in flow.boxes:
        if box.kind == "end" and box.code == "lost":
            k = counted[box]
            said.append(f"{k or 'none'} {'was' if k == 1 else 'were'} {box.label}")
    return said


def _happened(result: OverviewResult, rows: str, boxes: list[Box], counted: dict[Box, int]) -> list[str]:
    """Counts of a clock's events in the words of the endpoint that counts just these, else event by event."""
    if not boxes:
        return []
    codes = {b.code for b in boxes}
    for endpoint in result.view.definition.identified_endpoints:
        if endpoint.rows == rows and set(endpoint.event) == codes:
            return [f"{sum(counted[b] for b in boxes) or 'none'} {endpoint.event_label}"]
    return [f"{counted[b] or 'none'} with {b.label}" for b in boxes]


def _followed(result: OverviewResult) -> str:
    found, unit = result.follow_up, result.view.definition.time_unit
    start = result.flow.last.origin_label.partition(" from ")[2]
    since = f" from {start}" if start else ""
    if found is None:
        return "follow-up not reported"
    if missing(found["reverse_km_median"]):
        return f"median follow-up{since} not reached (reverse Kaplan–Meier)"
    median = months(found["reverse_km_median"])
    unit = unit.removesuffix("s") if median == "1" else unit
    return f"median follow-up{since} {median} {unit} (reverse Kaplan–Meier)"


def overview_alt(result: OverviewResult) -> str:
    """Alternative text of the flow diagram, from its numbers."""
    if not result.view.n:
        return "Patient flow: no patient matches the selection."
    flow, n = result.flow, result.boxes["n"].to_pylist()
    stages = []
    for stage in range(len(flow.place)):
        words = []
        for i, box in enumerate(flow.boxes):
            if box.stage == stage and not box.inside:
                parts = [
                    f"{n[j]} {b.label}" for j, b in enumerate(flow.boxes) if b.inside == box.code and b.stage == stage
                ]
                words.append(f"{box.label} {n[i]}" + (f" (of these {listed(parts)})" if parts else ""))
        stages.append(", ".join(words))
    ways = [
        f"{flow.boxes[s].label} to {flow.boxes[t].label} {k}"
        for s, t, k in zip(*(result.links[c].to_pylist() for c in ("source", "target", "n")), strict=True)
        if k and flow.boxes[s].stage == len(flow.place) - 2
    ]
    lead = f"Patient flow of {plural(result.view.n, 'patient')}"
    return f"{lead}. {'; then '.join(stages)}. " + (f"Of these, {'; '.join(ways)}." if len(flow.place) > 2 else "")


def flow_heads(result: OverviewResult) -> tuple[str, ...]:
    """What stands above each stage of the diagram."""
    if result.flow.course is None:
        return ("Patients", "At last contact")
    return ("Patients", "Treatment", "First event", "At last contact")


def overview_cautions(result: OverviewResult) -> tuple[Caution, ...]:
    """What to keep in mind about the diagram."""
    view, flow = result.view, result.flow
    found = []
    for i, box in enumerate(flow.boxes):
        k = result.boxes["n"][i].as_py()
        if box.inside and k:
            leaves = "leaves" if k == 1 else "leave"
            found.append(
                Caution(
                    "FLOW",
                    f"Dashed: {plural(k, 'patient')} {leaves} the count for {_short(flow.course)} early but "
                    f"{'is' if k == 1 else 'are'} followed on for {_short(flow.last)}.",
                    f"Printed as: {box.label}. What the cohort knows about it stands in the notes below.",
                )
            )
    if view.aliases:
        shown = view.aliases[:4]
        more = f" and {len(view.aliases) - 4} more" if len(view.aliases) > 4 else ""
        found.append(
            Caution(
                "ALIAS",
                f"The same {plural(view.n, 'patient')} would be selected by: {'; '.join(shown)}{more}.",
                "What is seen here cannot be told apart from these characteristics in this cohort.",
            )
        )
    return tuple(found)


def _short(endpoint: Endpoint) -> str:
    """An endpoint's short label inside a sentence."""
    return endpoint.short[:1].lower() + endpoint.short[1:]


@dataclass(frozen=True)
class TableRow:
    """One row of Table 1 as printed. ``kind`` is "group", "variable", "level", "number" or "missing".

    ``codes`` name the numbers in the cells (see :mod:`cohort.behind`), "" where a cell opens nobody.
    """

    kind: str
    label: str
    cells: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class TableOne:
    """Table 1 as printed: column heads, rows, notes."""

    heads: tuple[str, ...]
    rows: tuple[TableRow, ...]
    notes: tuple[str, ...]

    def records(self) -> list[dict[str, str]]:
        """One record a row that has cells, heading levels spelled out, for a file."""
        found, group, variable = [], "", ""
        for row in self.rows:
            if row.kind == "group":
                group = row.label
            elif row.kind == "variable":
                variable = row.label
            if row.cells:
                named = ("", row.label) if row.kind != "number" else (row.label, "median (IQR; range)")
                found.append(
                    {
                        "Group": group,
                        "Characteristic": (named[0] or variable).removesuffix(SET_MARK),
                        "Level": named[1],
                        **dict(zip(self.heads, row.cells, strict=True)),
                    }
                )
            if row.kind == "number":
                variable = row.label
        return found


NO_TABLE_ONE = (
    "The cohort holds nothing that is known of its patients besides their outcome, so there is no Table 1 and nothing "
    "to filter by. Add a column for each characteristic to the table of patients, and hand it in again on the page "
    "Your cohort."
)
"""Instead of Table 1."""


def table_one_as_printed(result: OverviewResult) -> TableOne:
    """Table 1: the selection, its groups, and the whole cohort beside it where the selection leaves somebody out."""
    view = result.view
    narrowed = view.selection.restricts
    sizes = [n for _, n in result.columns]
    titles = {TOTAL: "Selected" if narrowed else "All patients", **{g.code: g.label for g in view.groups}}
    heads = [f"{titles[code]} (n = {n})" for code, n in result.columns]
    printed = _cells(result.table_one, sizes)
    if narrowed:
        heads.append(f"All patients (n = {view.cohort.n})")
        printed = [(key, cells + more) for (key, cells), (_, more) in
                   zip(printed, _cells(result.whole_table_one, [view.cohort.n]), strict=True)]  # fmt: skip
    rows: list[TableRow] = []
    group = name = ""
    for (variable_name, part, level), cells in printed:
        variable = view.definition.variable(variable_name)
        if variable.group != group:
            group = variable.group
            rows.append(TableRow("group", GROUP_TITLES.get(group, sentence_case(group))))
        label = heading(variable, view.selection)
        if part == "summary":
            name = variable_name
            rows.append(TableRow("number", f"{label}, {variable.unit}" if variable.unit else label, cells))
            continue
        if variable_name != name:
            name = variable_name
            rows.append(TableRow("variable", label + (SET_MARK if variable.kind == "set" else "")))
        if part == "missing":
            codes = [lv.code for lv in variable.levels]
            opened = _codes(result, variable, NOT_REPORTED) if NOT_REPORTED in codes else ()
            rows.append(TableRow("missing", "not reported", cells, opened))
        else:
            rows.append(TableRow("level", variable.level(level).label, cells, _codes(result, variable, level)))
    return TableOne(tuple(heads), tuple(rows), _notes(result))


def _codes(result: OverviewResult, variable: Variable, level: str) -> tuple[str, ...]:
    """Names of a level's counts, a column each; outcomes are no filters and open nobody here."""
    if not variable.is_filter:
        return ()
    columns = [code for code, _ in result.columns]
    return tuple(level_code(variable.name, level, group="" if code == TOTAL else code) for code in columns)


def _cells(table, sizes: list[int]) -> list[tuple[tuple[str, str, str | None], tuple[str, ...]]]:
    """Printed cells of one row of Table 1 after the other, with the row's (variable, part, level)."""
    rows = list(zip(*(table[name].to_pylist() for name in _READ), strict=True))
    width = len(sizes)
    return [
        (rows[i][:3], tuple(_cell(row, size) for row, size in zip(rows[i : i + width], sizes, strict=True)))
        for i in range(0, len(rows), width)
    ]


_READ = ("variable", "part", "level", "n", "of", "share", "median", "q1", "q3", "min", "max")


def _cell(row: tuple, size: int) -> str:
    _, part, _, n, of, share, *summary = row
    if not size:
        return NOBODY
    if part == "summary":
        return _summary(n, *summary)
    if not of:
        return "not reported"
    return f"{n}/{of} ({percent(share, of)})"


def _summary(n: int, median: float | None, q1: float, q3: float, low: float, high: float) -> str:
    """Median (IQR; range): median and range with the decimals they have, the interpolated quartiles with one."""
    if missing(median):
        return "not reported"
    if n == 1:
        return number(median, 2)
    return f"{number(median, 2)} ({number(q1)}–{number(q3)}; {number(low, 2)}–{number(high, 2)})"


def _notes(result: OverviewResult) -> tuple[str, ...]:
    notes = [
        "n/N (%): N is the number of patients with a value. Numbers: median (interquartile range; range); quartiles by "
        "linear interpolation (R type 7). Groups are described, not tested."
    ]
    if any(v.kind == "set" for v in result.view.definition.filters):
        notes.append("† Patients in whom it was reported; one patient can have several. Not reported is not wild type.")
    return tuple(notes)


def completeness_rows(result: OverviewResult) -> list[dict[str, str]]:
    """Reported n of N by variable and by clock, as printed."""
    view = result.view
    rows = [
        {"What": view.definition.variable(name).label, "Reported": f"{n} of {of}"}
        for name, n, of in zip(*(result.completeness[c].to_pylist() for c in ("variable", "n", "of")), strict=True)
    ]
    return rows + [
        {"What": f"{label} (time and ending)", "Reported": f"{n} of {view.n}"} for label, n in _clocks(result)
    ]


def completeness_sentence(result: OverviewResult) -> str:
    """What is missing among the selected patients, most first."""
    view = result.view
    table = zip(*(result.completeness[c].to_pylist() for c in ("variable", "n")), strict=True)
    gaps = [(view.n - n, view.definition.variable(name).label) for name, n in table]
    gaps += [(view.n - n, label) for label, n in _clocks(result)]
    missed = [f"{label} in {k}" for k, label in sorted(gaps, key=lambda g: -g[0]) if k]
    if missed:
        return f"Not reported, of {plural(view.n, 'patient')}: {listed(missed)}."
    whose = "the one patient" if view.n == 1 else f"all {view.n} patients"
    return (
        f"No gap in what the cohort lists: {len(gaps)} variables and times are reported for {whose}. "
        "What was never reported is in the notes below."
    )


def _clocks(result: OverviewResult) -> Iterable[tuple[str, int]]:
    view = result.view
    seen: set[str] = set()
    for endpoint in view.definition.identified_endpoints:
        if endpoint.rows not in seen:
            seen.add(endpoint.rows)
            time = view.cohort.outcome(endpoint).time
            yield endpoint.short, int((view.mask & ~np.isnan(time)).sum())
