"""From a patients result to its figures: the one place that knows both."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from cohort import narrative
from cohort.charts import mrd as mrd_chart
from cohort.charts import mutations, swimmer, swimmer_marks
from cohort.charts.lettering import ends
from cohort.exports.figure import standalone
from cohort.results.mrd import MrdResult
from cohort.results.patients import PatientsResult
from cohort.results.patients_lanes import longer, pieces


def columns_of(result: PatientsResult) -> tuple[mutations.Column, ...]:
    """Columns of the matrix, the same whoever is selected; empty where the cohort has no mutations."""
    if not result.genes:
        return ()
    contact = "relapse" if result.timeline.clock.code == "diagnosis" else "last seen"
    found = [mutations.Column("contact", contact)] if result.entry is not None else []
    found += [
        mutations.Column("track", v.label, tuple((lv.label, lv.colour) for lv in v.levels)) for v in result.tracks
    ]
    found += [mutations.Column("driver" if g.driver else "pharmacogene", g.symbol) for g in result.genes]
    return tuple(found)


def frame_of(result: PatientsResult, appearance: str) -> swimmer.Frame:
    """What stays the same in the figure while filters change."""
    codes, events = _codes(result), result.view.definition.events
    unknown = [[c for c in codes if c not in swimmer_marks.DRAWN and (c in events) is kind] for kind in (False, True)]
    place = {c: i for kind in unknown for i, c in enumerate(kind)}
    n = result.view.cohort.n
    return swimmer.Frame(
        groups=result.view.groups,
        marks=tuple(
            swimmer_marks.mark_of(c, narrative.event_words(result, c), place.get(c, 0), c in events) for c in codes
        ),
        segments=_segments(result),
        columns=columns_of(result),
        end=result.time_end,
        x_title=result.timeline.clock.title,
        step=18 if n <= 25 else 15 if n <= 40 else 13,
        appearance=appearance,
        labels=result.view.cohort.once("lane room", lambda: swimmer.room_for(result.view.cohort.ids)),
    )


def _codes(result: PatientsResult) -> tuple[str, ...]:
    """Everything that can be marked, events first, each in dictionary order."""
    lines = [result.timeline] + ([result.other] if result.other is not None and result.entry is not None else [])
    used = {str(c) for line in lines for c in np.unique(line.code.astype(str)) if c}
    definition = result.view.definition
    events = sorted(definition.events, key=lambda c: (c == "death", c != "molecular_relapse"))
    known = [*events, *(r.code for r in definition.reasons)]
    return tuple(c for c in known if c in used)


def _segments(result: PatientsResult) -> tuple[str, ...]:
    """Pieces lanes can be made of on this clock, for the whole cohort."""
    line, entry = result.timeline, result.entry
    if entry is not None and line.clock.code == "diagnosis":
        known = ~np.isnan(entry.hi)
        here = {"before": entry.exact.any(), "unknown": (known & ~entry.exact).any(), "begun": known.any(),
                "followed": (~known).any()}  # fmt: skip
        return tuple(kind for kind, used in here.items() if used)
    found = pieces(line, entry, np.arange(result.view.cohort.n))
    used = {str(kind[0]) for kind, start, stop in found if longer(start, stop).any()}
    return ("free", *(kind for kind in ("ended", "after") if kind in used))


def patients_figure(result: PatientsResult, appearance: str = "light") -> dict:
    """The Vega-Lite specification of lanes and matrix with its data sets."""
    frame = frame_of(result, appearance)
    labels = {c: narrative.event_words(result, c) for c in _codes(result)}
    segments, marks = result.segments, result.marks
    words = pa.array([swimmer.SEGMENTS[k][0] for k in segments["kind"].to_pylist()], pa.string())
    data = {
        "lanes": _lane_rows(result, frame),
        "heads": _group_heads(result),
        "segments": pa.table({"row": segments["row"], "x": segments["start"], "x2": segments["stop"], "kind": words,
                              "g": segments["group"]}),
        "marks": pa.table({"row": marks["row"], "x": marks["time"], "mark": _labelled(marks, labels)}),
    }  # fmt: skip
    if frame.columns:
        data |= _matrix(result, frame.columns, labels)
    return swimmer.figure(frame, data, result.view.cohort.recall)


def _labelled(marks: pa.Table, labels: dict[str, str]) -> pa.Array:
    return pa.array([labels[c] for c in marks["code"].to_pylist()], pa.string())


def _lane_rows(result: PatientsResult, frame: swimmer.Frame) -> pa.Table:
    ids, lanes, opened = result.view.cohort.ids, result.lanes, result.view.options.patient
    texts = [_lane_texts(result, i) for i in lanes]
    names = ends(ids[lanes].tolist(), frame.labels - 8, swimmer.ID_SIZE)
    return pa.table(
        {
            "row": pa.array(range(len(lanes)), pa.int64()),
            "id": pa.array(ids[lanes], pa.string()),
            "name": pa.array(names, pa.string()),
            "now": pa.array([opened] * len(lanes), pa.string()),  # makes a second click on the same lane a new one
            "open": pa.array([int(i == opened) for i in ids[lanes]], pa.int64()),
            "who": pa.array([who for who, _, _ in texts], pa.string()),
            "what": pa.array([what for _, what, _ in texts], pa.string()),
            "more": pa.array([more for _, _, more in texts], pa.string()),
            "click": pa.array(["opens the profile"] * len(lanes), pa.string()),
        }
    )  # fmt: skip


def _lane_texts(result: PatientsResult, i: int) -> tuple[str, str, str]:
    """What a pointer on a lane reads: who, the course, the genes. It depends on no filter."""

    def build() -> tuple[str, str, str]:
        who = ", ".join(filter(None, (result.view.cohort.ids[i], *narrative.people_words(result, np.array([i])))))
        return who, narrative.course_words(result, i), narrative.genes_words(result, i) or "not reported"

    return result.view.cohort.once(("lane", int(i)), build)


def _group_heads(result: PatientsResult) -> pa.Table:
    """The name of each group beside its first lane."""
    group = result.view.group_of[result.lanes]
    first = [row for row, g in enumerate(group) if g >= 0 and (row == 0 or group[row - 1] != g)]
    if result.view.by is None:
        first = []
    return pa.table(
        {
            "row": pa.array(first, pa.int64()),
            "text": pa.array([result.view.groups[group[r]].label for r in first], pa.string()),
            "g": pa.array([result.view.groups[group[r]].code for r in first], pa.string()),
        }
    )


def _matrix(result: PatientsResult, columns: tuple[mutations.Column, ...], labels: dict[str, str]) -> dict:
    n, off = len(result.lanes), mutations.places(columns)
    genes = [(gene, x) for gene, x in zip(result.genes, off[-len(result.genes) :], strict=True)]
    states = np.array([mutations.NOT_REPORTED, mutations.REPORTED, mutations.PHARMACOGENE], dtype=object)
    kind = np.array([1 if gene.driver else 2 for gene, _ in genes])
    reported = np.stack([result.reported[gene][result.lanes] for gene, _ in genes])
    counts = [(x, str(result.gene_counts[gene]), 0) for gene, x in genes] + [(genes[0][1] - 14, "reported in", 1)]
    elsewhere = result.elsewhere
    return {
        "cells": pa.table(
            {
                "row": np.tile(np.arange(n), len(genes)),
                "off": np.repeat([x for _, x in genes], n),
                "state": pa.array(states[reported * kind[:, None]].ravel(), pa.string()),
            }
        ),
        "counts": pa.table(dict(zip(("off", "text", "head"), map(list, zip(*counts, strict=True)), strict=True))),
        "tracks": _track_rows(result, columns, off),
        "elsewhere": pa.table(
            {
                "row": elsewhere["row"],
                "off": pa.array([off[0]] * elsewhere.num_rows, pa.float64()),
                "mark": _labelled(elsewhere, labels),
            }
        ),
    }


def _track_rows(result: PatientsResult, columns: tuple[mutations.Column, ...], off: list[float]) -> pa.Table:
    found: dict[str, list] = {"row": [], "off": [], "col": [], "letter": [], "level": []}
    places = [i for i, c in enumerate(columns) if c.kind == "track"]
    for i, variable in zip(places, result.tracks, strict=True):
        letters, words = mutations.letters(columns[i]), mutations.spelled(columns[i])
        index = result.view.cohort.group_index(variable)[result.lanes]
        for row, level in enumerate(index):
            if level >= 0:
                label = variable.levels[level].label
                for key, value in zip(found, (row, off[i], i, letters[label], words[label]), strict=True):
                    found[key].append(value)
    kinds = {"row": pa.int64(), "off": pa.float64(), "col": pa.int64()}
    return pa.table({k: pa.array(v, kinds.get(k, pa.string())) for k, v in found.items()})


def patients_file(result: PatientsResult) -> dict:
    """The figure for a file: light, with title, subtitle and caption in it."""
    frame = frame_of(result, "light")
    spec = patients_figure(result) | {"height": frame.height(len(result.lanes))}
    title = f"Follow-up by patient, {result.timeline.clock.title[:1].lower()}{result.timeline.clock.title[1:]}"
    return standalone(spec, title, narrative.patients_subtitle(result), narrative.patients_caption(result))


def mrd_figure(mrd: MrdResult, assay: str, appearance: str = "light") -> dict:
    """The chart of one assay with its data sets."""
    cutoffs = mrd.cutoffs(assay)
    cutoff = next((c for c, _, on in cutoffs if on), None)
    variable = mrd.variable(assay)
    colours = {lv.code: lv.colour for lv in variable.levels} if variable else {}
    everybody = mrd_chart.rows(mrd.whole[assay], cutoff)
    calls = set(everybody["call"].to_pylist()) | (set(mrd_chart.CALLS[:2]) if cutoffs else set())
    below = [k for k, y in zip(*(everybody[c].to_pylist() for c in ("below", "y")), strict=True) if y is None]
    frame = mrd_chart.Frame(
        y_title=f"{assay[:1].upper()}{assay[1:]}, {mrd.unit(assay)}",
        span=mrd.span(assay),
        calls=tuple(c for c in mrd_chart.CALLS if c in calls),
        below=mrd_chart.BELOW[: max(below, default=0)],
        positive=colours.get("positive", "#E69F00"),
        negative=colours.get("negative", "#0072B2"),
        appearance=appearance,
    )
    return mrd_chart.figure(
        frame,
        {"mrd": mrd_chart.rows(mrd.shown[assay], cutoff), "lines": mrd_chart.line_rows(cutoffs)},
        mrd.view.cohort.recall,
    )
