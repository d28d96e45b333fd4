"""Table 1 as printed: rows of every characteristic, the codes its cells open, and what stands below it."""

from __future__ import annotations

from dataclasses import dataclass

from cohort.behind import level_code
from cohort.dictionary import NOT_REPORTED, Variable
from cohort.results.overview import OverviewResult
from cohort.selection import heading
from cohort.statistics import TOTAL
from cohort.wording import missing, number, percent, sentence_case

GROUP_TITLES = {
    "brief": "Main characteristics",
    "patient": "Patient",
    "disease": "Disease",
    "genes": "Genes",
}
"""Headings of Table 1 by variable group of the dictionary; another group is printed as it is written."""

UNNAMED = "Characteristics"
"""Heading of what nobody said the kind of."""

SET_MARK = " †"
NOBODY = "–"
"""Cell of a group without patients; the head of its column says n = 0."""


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
    titled = [(_title(result, view.definition.variable(key[0])), key, cells) for key, cells in printed]
    place = {title: i for i, title in enumerate(dict.fromkeys(title for title, *_ in titled))}
    for title, (variable_name, part, level), cells in sorted(titled, key=lambda row: place[row[0]]):
        variable = view.definition.variable(variable_name)
        if title != group:
            group = title
            rows.append(TableRow("group", title))
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


def _title(result: OverviewResult, variable: Variable) -> str:
    """The heading a variable stands under, together with all others of its group.

    In somebody's own data "disease" is what no word was recognised in, so there it promises nothing.
    """
    if result.view.definition.kind == "private" and variable.group == "disease":
        return UNNAMED
    return GROUP_TITLES.get(variable.group, sentence_case(variable.group))


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
    to = " to " if low < 0 else "–"  # a dash beside a minus sign cannot be read
    return f"{number(median, 2)} ({number(q1)}{to}{number(q3)}; {number(low, 2)}{to}{number(high, 2)})"


def _notes(result: OverviewResult) -> tuple[str, ...]:
    notes = [
        "n/N (%): N is the number of patients with a value. Numbers: median (interquartile range; range); quartiles by "
        "linear interpolation (R type 7). Groups are described, not tested."
    ]
    if any(v.kind == "set" for v in result.view.definition.filters):
        notes.append("† Patients in whom it was reported; one patient can have several. Not reported is not wild type.")
    return tuple(notes)
