"""The life table: how many are at risk, have the event or are censored, by group and distinct time.

It is the pivot of the statistics: everything that follows is computed from these counts, wherever they were counted.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

CENSORED, EVENT, COMPETING = 0, 1, 2

TIE_TOLERANCE = 1e-9
"""Times closer than this share of their value are one time (R's ``timefix`` does the same, more coarsely)."""


def life_table(
    time: np.ndarray,
    kind: np.ndarray,
    group: np.ndarray | None = None,
    levels: Sequence[str] | None = None,
    entry: np.ndarray | None = None,
) -> pa.Table:
    """Count patients at risk, with the event, with a competing event and censored, by group and distinct time.

    At a tied time events come before censorings: whoever is censored at t is at risk at t.

    Parameters
    ----------
    time : float array, shape (n,)
        Time from the endpoint's origin to event or censoring, in the cohort's unit (months); finite, 0 or more.
        Times that differ by no more than 1e-9 of their value tie, as after a conversion from days or years; the
        smallest of them stands for all.
    kind : int array, shape (n,)
        0 censored, 1 the event of interest, 2 a competing event.
    group : int array, shape (n,), optional
        Index into ``levels``; -1 leaves the patient out, and nothing else is asked of that patient's values.
    levels : sequence of str, optional
        Group labels in display order. Without ``group`` there is one level, "All".
    entry : float array, shape (n,), optional
        Delayed entry: a patient is at risk from just after ``entry`` to ``time``. 0 is no delay.

    Returns
    -------
    pyarrow.Table
        ``group`` (dictionary<string> holding every level, also the empty ones), ``time``, ``n_risk`` (at risk at t),
        ``n_event``, ``n_competing``, ``n_censor`` (at t), sorted by level and time. Schema metadata ``n``: patients
        by level, as JSON. With ``entry`` there is one more column, ``n_entry`` (enter at t, at risk just after it),
        and a row at every time of entry as well.

    Raises
    ------
    ValueError
        A value outside the above; the message names it.

    Notes
    -----
    Merging near-equal times: R ``survival`` vignette "Roundoff error and tied times" (``timefix``).
    """
    time, kind, group, levels, entry = _checked(time, kind, group, levels, entry)
    n = np.bincount(group, minlength=len(levels))
    values, position = _distinct(time if entry is None else np.concatenate([time, entry]))
    shape = (len(levels), len(values))
    counts = _count(group, position[: len(time)], kind, (*shape, 3))
    staying = leaving = counts.sum(axis=2)
    if entry is not None:
        late = entry > 0
        arriving = _count(group[late], position[len(time) :][late], 0, (*shape, 1))[..., 0]
        staying = leaving - arriving
    at_risk = staying[:, ::-1].cumsum(axis=1)[:, ::-1]
    code, column = (leaving if entry is None else leaving + arriving).nonzero()
    columns = {
        "time": values[column],
        "n_risk": at_risk[code, column],
        "n_event": counts[code, column, EVENT],
        "n_competing": counts[code, column, COMPETING],
        "n_censor": counts[code, column, CENSORED],
    }
    if entry is not None:
        columns["n_entry"] = arriving[code, column]
    metadata = {"n": json.dumps(dict(zip(levels, n.tolist(), strict=True)))}
    return grouped_table(code, pa.array(levels, pa.string()), columns, metadata)


def _count(group: np.ndarray, position: np.ndarray, kind: np.ndarray | int, shape: tuple[int, int, int]) -> np.ndarray:
    """Patients by group, time and kind, shape ``shape``."""
    cell = (group * shape[1] + position) * shape[2] + kind
    return np.bincount(cell, minlength=shape[0] * shape[1] * shape[2]).reshape(shape)


def _distinct(time: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distinct times after merging near-equal ones, and the index of each time among them."""
    ordered = np.sort(time)
    first = np.ones(len(ordered), dtype=bool)
    # Neighbours are compared, not rounded to a grid: a grid would part two equal times on either side of a line
    np.greater(ordered[1:] - ordered[:-1], TIE_TOLERANCE * ordered[1:], out=first[1:])
    values = ordered[first]
    return values, values.searchsorted(time, side="right") - 1


def _checked(time, kind, group, levels, entry):
    """The arguments as arrays, without the patients outside every group."""
    time = np.asarray(time, dtype=float)
    kind = np.asarray(kind)
    if group is None:
        if levels is not None:
            raise ValueError(f"levels {list(levels)!r} were given without group")
        levels, group = ["All"], np.zeros(time.shape, dtype=np.int64)
    elif levels is None:
        raise ValueError("group was given without levels")
    group, levels = np.asarray(group), list(levels)
    given = {"time": time, "kind": kind, "group": group}
    if entry is not None:
        given["entry"] = entry = np.asarray(entry, dtype=float)
    for name, array in given.items():
        if array.shape != (time.size,):
            raise ValueError(f"{name} has shape {array.shape}; one value a patient, shape ({time.size},), is needed")
    if len(set(levels)) != len(levels):
        raise ValueError(f"levels {levels!r} repeat a label")
    _refuse(group, (group < -1) | (group >= len(levels)), "group", f"-1 or an index into the {len(levels)} levels")
    if not (inside := group >= 0).all():
        time, kind, group, entry = time[inside], kind[inside], group[inside], None if entry is None else entry[inside]
    _refuse(time, ~((time >= 0) & (time < np.inf)), "time", "a finite number, 0 or more")
    _refuse(kind, (kind != CENSORED) & (kind != EVENT) & (kind != COMPETING), "kind", "0, 1 or 2")
    if entry is not None:
        _refuse(entry, ~((entry >= 0) & (entry < np.inf)), "entry", "a finite number, 0 or more")
        _refuse(entry, (entry > 0) & (time - entry <= TIE_TOLERANCE * time), "entry", "before the patient's time")
    return time, kind.astype(np.int64), group.astype(np.int64), levels, entry


def _refuse(values: np.ndarray, wrong: np.ndarray, name: str, allowed: str) -> None:
    if wrong.any():
        where = int(wrong.argmax())
        raise ValueError(f"{name} {values[where]!s} (row {where}) is not allowed: {allowed}")


@dataclass(frozen=True, eq=False)
class Rows:
    """The columns of a grouped table as numpy arrays; group i is ``slice(starts[i], ends[i])``, never empty."""

    code: np.ndarray
    levels: pa.Array
    starts: np.ndarray
    ends: np.ndarray
    columns: Mapping[str, np.ndarray]

    def __getitem__(self, name: str) -> np.ndarray:
        return self.columns[name]


def read_rows(table: pa.Table, origin: bool = False) -> Rows:
    """Columns of a table made by :func:`grouped_table`, and where each non-empty group starts and ends.

    With ``origin`` (life tables only) a row at time 0, with everyone at risk and nothing happening, starts each group
    that does not have a row at 0 already: an estimate holds on [time, next), so the first one holds from 0.
    """
    group = table.column(0).combine_chunks()
    code = group.indices.to_numpy()
    columns = {name: column.to_numpy() for name, column in zip(table.column_names[1:], table.columns[1:], strict=True)}
    starts = _starts(code)
    if origin and len(starts):
        begins_later = columns["time"][starts] > 0
        lead = starts[begins_later]
        repeats = np.ones(len(code), dtype=np.int64)
        repeats[lead] = 2  # the first of the two becomes the row at 0
        source, slots = np.arange(len(code)).repeat(repeats), lead + np.arange(len(lead))
        at_zero = {"n_risk": present_at_zero(columns, starts)[begins_later]}
        for name, values in columns.items():
            columns[name] = values[source]
            columns[name][slots] = at_zero.get(name, 0)
        code = code[source]
        starts = _starts(code)
    return Rows(code, group.dictionary, starts, _ends(starts, len(code)), columns)


def _starts(code: np.ndarray) -> np.ndarray:
    new = np.ones(len(code), dtype=bool)
    np.not_equal(code[1:], code[:-1], out=new[1:])
    return new.nonzero()[0]


def _ends(starts: np.ndarray, n: int) -> np.ndarray:
    return np.concatenate([starts[1:], [n]])[: len(starts)].astype(np.int64)


def present_at_zero(columns: Mapping[str, np.ndarray], starts: np.ndarray) -> np.ndarray:
    """Patients at risk from time 0, by group: everyone less the ones who enter late."""
    present = columns["n_event"] + columns["n_competing"] + columns["n_censor"]
    if "n_entry" in columns:
        present = present - columns["n_entry"]
    return np.add.reduceat(present, starts)


def accumulate(ufunc: np.ufunc, values: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """``ufunc.accumulate`` along the last axis, begun afresh at every index in ``starts``."""
    out = np.empty_like(values)
    for start, end in zip(starts, _ends(starts, values.shape[-1]), strict=True):
        ufunc.accumulate(values[..., start:end], axis=-1, out=out[..., start:end])
    return out


def grouped_table(
    code: np.ndarray,
    levels: pa.Array,
    columns: Mapping[str, np.ndarray | pa.Array],
    metadata: Mapping[str | bytes, str | bytes] | None = None,
) -> pa.Table:
    """An Arrow table whose first column is ``group``: indices ``code`` into ``levels``."""
    group = pa.DictionaryArray.from_arrays(pa.array(code.astype(np.int32)), levels)
    arrays = [values if isinstance(values, pa.Array) else pa.array(values) for values in columns.values()]
    return pa.Table.from_arrays([group, *arrays], names=["group", *columns], metadata=metadata)


def nullable(values: np.ndarray) -> pa.Array:
    """A float column in which NaN (not reached, not estimable) is null."""
    return pa.array(values, pa.float64(), from_pandas=True)
