"""The data sets of the survival figure: tidy tables as they are drawn, percent and pixels, nothing computed anew."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa

from cohort.charts.kaplan_meier import EXTERNAL, NO_NOTES, TOOLTIP, WHOLE, Frame
from cohort.dictionary import Level
from cohort.sharing.marks import Mark
from cohort.wording import plural

LABEL_GAP = 6.5
"""Smallest distance between two direct labels, in percent of the vertical axis."""
LABEL_LETTERS = 14
"""Letters on a line of a label that is broken."""
NOTE_LETTERS, NOTE_LETTER = 28, 0.0125
"""Letters on a line of an author's mark, and how far one reaches as a share of the time axis."""
LABEL_REACH = 0.2
"""How far a direct label reaches to the right, as a share of the time axis."""


def curve_rows(
    curve: pa.Table, estimate: str, frame: Frame, fade_from: dict[str, float], whole: pa.Table | None = None
) -> pa.Table:
    """Step functions as drawn: percent, cut into a solid and a faint part, nothing beyond the last patient."""
    parts = [_parts(curve, estimate, {g.code: g.label for g in frame.groups}, fade_from)]
    if whole is not None:
        parts.append(_parts(whole, estimate, {}, {}, WHOLE))
    merged = {key: [v for part in parts for v in part[key]] for key in parts[0]}
    kinds = {"x": pa.float64(), "s": pa.float64(), "lo": pa.float64(), "hi": pa.float64()}
    return pa.table({k: pa.array(v, kinds.get(k, pa.string())) for k, v in merged.items()})


def _parts(curve: pa.Table, estimate: str, names: dict[str, str], fade: dict[str, float], rename: str = "") -> dict:
    group = curve["group"].to_pylist()
    columns = ["time", estimate, "lower", "upper", "n_risk", "n_event", "n_censor"]
    time, value, lower, upper, risk, event, censor = (curve[c].to_numpy() for c in columns)
    out: dict[str, list] = {k: [] for k in ("g", "part", "seg", "x", "s", "lo", "hi", *(c for c, _ in TOOLTIP))}
    for i, code in enumerate(group):
        code = rename or code
        start = fade.get(code, float("inf"))
        segments = ["whole"] if rename else ["solid"] if time[i] < start else ["faint"]
        if not rename and time[i] == start and i and group[i - 1] == group[i]:
            segments = ["solid", "faint"]  # the solid part reaches to where the faint one begins
        for seg in segments:
            height = i - 1 if seg == "solid" and len(segments) == 2 else i
            out["g"].append(code)
            out["part"].append(f"{code}/{seg}")
            out["seg"].append(seg)
            out["x"].append(float(time[i]))
            out["s"].append(100 * float(value[height]))
            out["lo"].append(_percent(lower[height]))
            out["hi"].append(_percent(upper[height]))
            out["name"].append(names.get(code, "All patients"))
            out["when"].append(_months(time[i]))
            out["estimate"].append(f"{100 * value[i]:.0f} %")
            out["ci"].append(_interval(lower[i], upper[i]))
            out["risk"].append(str(int(risk[i])))
            out["here"].append(f"{plural(int(event[i]), 'event')}, {int(censor[i])} censored")
    return out


def envelope_rows(envelope: pa.Table, frame: Frame) -> pa.Table:
    """Envelopes as drawn: a line along either edge, the area between them, and the limits over all as a paler area."""
    names = {g.code: g.label for g in frame.groups}
    rows = []
    for r in envelope.to_pylist():
        said = {
            "name": names.get(r["group"], "All patients"),
            "when": _months(r["time"]),
            "estimate": f"{100 * r['survival_low']:.0f}–{100 * r['survival_high']:.0f} %",
            "ci": _interval(*(np.nan if r[c] is None else r[c] for c in ("lower", "upper"))),
            "risk": f"{r['n_risk_low']}–{r['n_risk_high']}",
            "here": "",
        }
        low, high = 100 * r["survival_low"], 100 * r["survival_high"]
        limits = [None if r[c] is None or np.isnan(r[c]) else 100 * r[c] for c in ("lower", "upper")]
        for part, seg, height, area in (
            ("high", "solid", high, (low, high)),
            ("low", "solid", low, (None, None)),
            ("limits", "faint", None, limits),
        ):
            place = {"g": r["group"], "part": f"{r['group']}/{part}", "seg": seg, "x": r["time"], "s": height}
            rows.append(place | {"lo": area[0], "hi": area[1]} | said)
    kinds = {"x": pa.float64(), "s": pa.float64(), "lo": pa.float64(), "hi": pa.float64()}
    names = ("g", "part", "seg", "x", "s", "lo", "hi", *(c for c, _ in TOOLTIP))
    return pa.table({k: pa.array([r[k] for r in rows], kinds.get(k, pa.string())) for k in names})


def external_rows(external: pa.Table) -> pa.Table:
    """A published curve as drawn."""
    return pa.table({"x": external["time"], "s": pa.array(100 * external["survival"].to_numpy())})


def _months(time: float) -> str:
    return "1 month" if time == 1 else f"{time:g} months"


def _percent(share: float) -> float | None:
    return None if np.isnan(share) else 100 * float(share)


def _interval(lower: float, upper: float) -> str:
    if np.isnan(lower) or np.isnan(upper) or lower == upper:
        return "not estimable"
    return f"{100 * lower:.0f}–{100 * upper:.0f} %"


def mark_rows(censored: pa.Table, reasons: dict[str, str], show_ids: bool = True) -> pa.Table:
    """Censoring marks as drawn."""
    time = censored["time"].to_pylist()
    return pa.table(
        {
            "g": censored["group"],
            "x": censored["time"],
            "s": pa.array(100 * censored["height"].to_numpy()),
            "reason": pa.array([reasons.get(r, r) for r in censored["reason"].to_pylist()], pa.string()),
            "when": pa.array([_months(t) for t in time], pa.string()),
            "who": censored["ids"] if show_ids else pa.array([str(n) for n in censored["n"].to_pylist()], pa.string()),
        }
    )


def end_rows(
    curve: pa.Table,
    estimate: str,
    frame: Frame,
    totals: dict[str, int],
    whole: pa.Table | None = None,
    external: pa.Table | None = None,
) -> pa.Table:
    """Direct labels where each curve ends, moved apart where they would cover one another."""
    levels = list(frame.groups)
    label = "\n".join(textwrap.wrap(f"external, unadjusted: {frame.external}", LABEL_LETTERS))
    for other, code, name in ((whole, WHOLE, "all patients"), (external, EXTERNAL, label)):
        if other is not None:
            curve = pa.concat_tables([_as_text(curve), _as_text(other, code)], promote_options="default")
            levels.append(Level(code, name, ""))
    group, time, value = curve["group"].to_pylist(), curve["time"].to_numpy(), curve[estimate].to_numpy()
    last: dict[str, tuple[float, float]] = {}
    for i, code in enumerate(group):
        before = last.get(code, (0.0, 0.0))
        if time[i] <= frame.end:
            last[code] = (float(time[i]), 100 * float(value[i]))
        else:
            last[code] = (frame.end, before[1])
    placed: list[tuple[float, float, Level]] = []
    order = sorted(((*last[g.code], i, g) for i, g in enumerate(levels) if g.code in last), key=lambda e: (-e[1], e[2]))
    for x, height, _, g in order:
        floor = 3.0 + LABEL_GAP * g.label.count("\n")  # a label of several lines hangs down from its first
        height = min(max(height, floor), 98.0)
        near = [(h, o) for other, h, o in placed if abs(other - x) < LABEL_REACH * frame.end]
        while any(_covers(height, g, h, o) for h, o in near) and height > floor - 100:
            height -= 0.5
        if height < floor:  # no room below: look upwards from the floor
            height = floor
            while any(_covers(height, g, h, o) for h, o in near):
                height += 0.5
        placed.append((x, height, g))
    single = {g.code for g in frame.groups} if len(frame.groups) == 1 else set()
    return pa.table(
        {
            "g": pa.array([g.code for _, _, g in placed], pa.string()),
            "x": pa.array([x for x, _, _ in placed], pa.float64()),
            "s": pa.array([h for _, h, _ in placed], pa.float64()),
            "text": pa.array(
                [f"n = {totals[g.code]}" if g.code in single else g.label for _, _, g in placed], pa.string()
            ),
        }
    )


def note_rows(marks: Sequence[Mark], frame: Frame) -> pa.Table:
    """An author's marks within the axis: text on the side with more room, under the text of a mark it would cover."""
    rows: list[dict] = []
    taken: list[tuple[float, float, int]] = []
    for mark in sorted((m for m in marks if m.month <= frame.end), key=lambda m: m.month):
        text = textwrap.wrap(mark.text, NOTE_LETTERS)
        reach = NOTE_LETTER * max(map(len, text)) * frame.end
        right = mark.month > frame.end / 2
        start = mark.month - reach if right else mark.month
        line = max((bottom for a, b, bottom in taken if a < start + reach and start < b), default=0)
        taken.append((start, start + reach, line + len(text)))
        side = "right" if right else "left"
        rows.append({"x": mark.month, "line": line, "side": side, "text": "\n".join(text)})
    return pa.Table.from_pylist(rows, NO_NOTES.schema)


def _covers(height: float, label: Level, other_height: float, other: Level) -> bool:
    """Whether two labels at these heights, each hanging down from its first line, cover one another."""
    upper = label if height > other_height else other
    return abs(height - other_height) < LABEL_GAP * (1 + upper.label.count("\n"))


def _as_text(curve: pa.Table, rename: str = "") -> pa.Table:
    """The curve with plain group names, renamed if asked."""
    names = [rename] * curve.num_rows if rename else curve["group"].to_pylist()
    keep = [c for c in ("time", "survival", "incidence") if c in curve.column_names]
    return curve.select(keep).append_column("group", pa.array(names, pa.string())).replace_schema_metadata(None)


def table_rows(
    at_ticks: pa.Table,
    frame: Frame,
    totals: dict[str, int],
    code_of: Callable[[str, str, float], str],
    now: str = "",
    external: pa.Table | None = None,
) -> tuple[pa.Table, pa.Table]:
    """The table under the axis: (cells, heads), one text a tick and row, in the curve's colour.

    ``code_of`` names the number (what, group, month) so that a click can open its patients; at risk stands for all
    three where a row holds three numbers. ``now`` changes with every click, which makes a second click on the same
    number a new one. Columns of ``at_ticks`` may be text already ("14–16"). A published curve has its number at risk at
    the ticks it names, in a row of its own.
    """
    numbers = {
        (g, t): (r, e, c)
        for g, t, r, e, c in zip(
            *(at_ticks[c].to_pylist() for c in ("group", "time", "n_risk", "n_event", "n_censor")), strict=True
        )
    }
    cells: dict[str, list] = {"g": [], "row": [], "x": [], "text": [], "code": []}
    heads: dict[str, list] = {"g": [], "row": [], "text": []}

    def head(row: int, code: str, text: str) -> None:
        for key, value in (("g", code), ("row", row), ("text", text)):
            heads[key].append(value)

    def cell(row: int, code: str, tick: float, text: str, what: str) -> None:
        for key, value in (("g", code), ("row", row), ("x", tick), ("text", text), ("code", code_of(what, code, tick))):
            cells[key].append(value)

    row = 1  # row 0 is shared with the name of the interval
    if not frame.stacked:
        head(0, WHOLE, "At risk · events · censored")
    for group in frame.groups:
        if frame.stacked:
            if len(frame.groups) == 2:
                head(row, group.code, f"{group.label} (n = {totals[group.code]})")
                row += 1
            for k, (name, what) in enumerate((("At risk", "risk"), ("Events", "event"), ("Censored", "censored"))):
                head(row, group.code, name)
                for tick in frame.ticks:
                    cell(row, group.code, tick, str(numbers.get((group.code, tick), (0, 0, 0))[k]), what)
                row += 1
        else:
            head(row, group.code, f"{group.label} ({totals[group.code]})")
            for tick in frame.ticks:
                cell(row, group.code, tick, " · ".join(map(str, numbers.get((group.code, tick), (0, 0, 0)))), "risk")
            row += 1
    _external_at_risk(cells, heads, external, frame, row)
    return (
        pa.table(
            {
                "g": pa.array(cells["g"], pa.string()),
                "row": pa.array(cells["row"], pa.int64()),
                "x": pa.array(cells["x"], pa.float64()),
                "text": pa.array(cells["text"], pa.string()),
                "code": pa.array(cells["code"], pa.string()),
                "now": pa.array([now] * len(cells["code"]), pa.string()),
            }
        ),
        pa.table(
            {
                "g": pa.array(heads["g"], pa.string()),
                "row": pa.array(heads["row"], pa.int64()),
                "text": pa.array(heads["text"], pa.string()),
            }
        ),
    )


def _external_at_risk(cells: dict, heads: dict, external: pa.Table | None, frame: Frame, row: int) -> None:
    """The published numbers at risk, at the ticks they are known at; nobody's ids are behind them."""
    if not frame.external_at_risk:
        return
    for key, value in (("g", EXTERNAL), ("row", row), ("text", "External, at risk")):
        heads[key].append(value)
    for time, n in zip(external["time"].to_pylist(), external["n_risk"].to_pylist(), strict=True):
        if n is not None and time in frame.ticks:
            for key, value in (("g", EXTERNAL), ("row", row), ("x", time), ("text", str(n)), ("code", "")):
                cells[key].append(value)
