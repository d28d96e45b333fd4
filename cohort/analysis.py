"""The notebook's door: from a cohort, or any table with time and event columns, to every survival number.

Nothing here needs Streamlit. Example::

    from cohort import read_cohort, survival

    flt3 = read_cohort("data/flt3-itd-sorafenib-iti")
    rfs = survival(flt3, "ttr_pub", by="eln_risk")
    rfs.at([12, 24])

A view of the app, with everything its pages show, is in :mod:`cohort.pages`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
import pyarrow as pa

from cohort.errors import CohortError
from cohort.options import NO_GROUPING, Options
from cohort.results.envelope import EnvelopeResult
from cohort.results.survival import SurvivalResult
from cohort.selection import Selection
from cohort.sharing.marks import read_marks
from cohort.sharing.patient_list import read_ids
from cohort.statistics import (
    INTERVALS,
    follow_up,
    kaplan_meier,
    life_table,
    median_survival,
    number_at_risk,
    person_time,
    survival_at,
)
from cohort.tables import Cohort
from cohort.view import CohortView


@dataclass(frozen=True, eq=False)
class Survival:
    """One life table and what follows from it; every attribute is an Arrow table with a ``group`` column.

    ``.to_pandas()`` on any of them gives a data frame. Conventions are those of R's ``survival`` (docs/methods).
    """

    life_table: pa.Table
    interval: str = "bpcp"

    @cached_property
    def curve(self) -> pa.Table:
        """Kaplan–Meier step function with pointwise 95 % limits."""
        return kaplan_meier(self.life_table, self.interval)

    def at(self, times: Sequence[float]) -> pa.Table:
        """S(t), limits and number at risk at given times; null beyond a group's last patient."""
        return survival_at(self.curve, self.life_table, times)

    def at_risk(self, times: Sequence[float]) -> pa.Table:
        """Number at risk (#{T >= t}), events and censored before each time."""
        return number_at_risk(self.life_table, times)

    @cached_property
    def medians(self) -> pa.Table:
        """Median survival with limits; null where not reached."""
        return median_survival(self.curve)

    @cached_property
    def follow_up(self) -> pa.Table:
        """Median follow-up: reverse Kaplan–Meier and naive."""
        return follow_up(self.life_table)

    @cached_property
    def person_time(self) -> pa.Table:
        """Patients, events, person-time and exact rate."""
        return person_time(self.life_table)


def survival(
    data: CohortView | Cohort | pa.Table | Mapping[str, Sequence] | object,
    endpoint: str | None = None,
    *,
    time: str = "time",
    event: str = "event",
    by: str | None = None,
    where: Mapping[str, Sequence[str]] | None = None,
    interval: str = "bpcp",
) -> Survival | SurvivalResult | EnvelopeResult:
    """Survival of a cohort, or of any table of patients.

    Parameters
    ----------
    data : Cohort, pyarrow.Table, pandas.DataFrame or mapping of column name to values; or a CohortView, which already
        says everything below: it gives the survival page's result, bounds where times are known between limits only
    endpoint : endpoint code, for a Cohort (default: the one it opens with)
    time, event : column names, for a table: time in months, 0 or more; event 1 or True for the event, 0 or False for
        censored
    by : variable of the cohort, or column of the table, that splits the patients
    where : for a Cohort, levels to keep by variable name
    interval : "bpcp" (default), "log-log", "log" or "plain"

    Raises
    ------
    CohortError
        A column, endpoint or variable is not there, or a value is not a time or an event; the sentence names it.
    """
    if interval not in INTERVALS:
        raise CohortError(f"interval {interval!r} is not known; allowed: {', '.join(sorted(INTERVALS))}.")
    if isinstance(data, CohortView):
        return EnvelopeResult(data) if data.estimand.bounded else SurvivalResult(data)
    if isinstance(data, Cohort):
        view = open_view(data, endpoint, by=by or NO_GROUPING, where=where)
        return Survival(view.life_table, interval)
    columns = _columns(data)
    times, events = _column(columns, time), _column(columns, event)
    groups = None if by is None else _column(columns, by)
    return Survival(_of_columns(times, events, groups, time, event), interval)


def open_view(
    cohort: Cohort,
    endpoint: str | None = None,
    *,
    by: str = NO_GROUPING,
    where: Mapping[str, Sequence[str]] | None = None,
    ranges: Mapping[str, tuple[float, float]] | None = None,
    keep_unknown: Sequence[str] = (),
    cutoffs: Mapping[str, str] | None = None,
    among: str = "",
    marks: Sequence[str] = (),
    **options: str,
) -> CohortView:
    """A view of a cohort as a link of the app opens it: who is selected and how they are looked at.

    Parameters
    ----------
    cohort : as from :func:`read_cohort`
    endpoint : endpoint code (default: the one the cohort opens with)
    by : variable that splits the figure
    where, ranges : levels to keep, and (low, high) of numbers, by variable name
    keep_unknown : numbers whose not-reported patients stay although there is a range
    cutoffs : cut-off code by variable name
    among : ids of a frozen list of patients, such as "1-4,7"; "" for no list
    marks : an author's marks on the survival figure, each "month:text"
    options : any other field of :class:`cohort.options.Options`, such as against, interval, treat, deaths, zero or
        landmark

    Raises
    ------
    CohortError
        Something asked for is not known here; the sentence says what is allowed.
    """
    opening = Options.default(cohort.definition)
    asked = {"endpoint": endpoint or opening.endpoint, "by": by, **options}
    unknown = asked.keys() - {f.name for f in fields(Options)}
    if unknown:
        raise CohortError(f"a view has no option {sorted(unknown)[0]!r}; allowed: {_names(Options)}.")
    listed, strangers = read_ids([among] if among else [], cohort.ids)
    if strangers:
        raise CohortError(
            f"no patient {strangers[0]!r} in this cohort; ids run from {cohort.ids[0]} to {cohort.ids[-1]}."
        )
    drawn, refused = read_marks(marks)
    try:
        selection = Selection.of(cohort.definition, where, ranges, keep_unknown, cutoffs, listed)
        cohort.definition.endpoint(asked["endpoint"])
    except KeyError as problem:
        raise CohortError(str(problem.args[0])) from None
    if by not in (NO_GROUPING, *(v.name for v in cohort.definition.groupings)):
        raise CohortError(
            f"{by!r} cannot group a survival curve; allowed: {', '.join(v.name for v in cohort.definition.groupings)}."
        )
    read, rejected, _ = Options.from_query({name: [value] for name, value in asked.items()}, cohort)
    for problem in (*rejected, *refused):
        raise CohortError(problem.sentence())
    return CohortView(cohort, selection, read, drawn)


def _names(of: type) -> str:
    return ", ".join(f.name for f in fields(of))


def _columns(data: object) -> Mapping[str, Sequence]:
    if isinstance(data, pa.Table):
        return {name: data[name].to_pylist() for name in data.column_names}
    if hasattr(data, "to_dict") and hasattr(data, "columns"):  # a pandas data frame, without importing pandas
        return {str(name): data[name].tolist() for name in data.columns}
    if isinstance(data, Mapping):
        return data
    raise CohortError(f"{type(data).__name__} is not a table; allowed: a cohort, an Arrow table, a data frame, a dict.")


def _column(columns: Mapping[str, Sequence], name: str) -> list:
    if name not in columns:
        raise CohortError(f"there is no column {name!r}; the table has {', '.join(map(str, columns))}.")
    return list(columns[name])


def _of_columns(times: list, events: list, groups: list | None, time: str, event: str) -> pa.Table:
    for row, value in enumerate(events, 1):
        if value not in (0, 1):
            raise CohortError(
                f"column {event!r}, row {row}: {value!r} is not an event; allowed: 1 or True, 0 or False."
            )
    try:
        months = np.array(times, dtype=float)
    except (TypeError, ValueError):
        row = next(i for i, v in enumerate(times, 1) if not isinstance(v, int | float))
        raise CohortError(f"column {time!r}, row {row}: {times[row - 1]!r} is not a number.") from None
    bad = np.flatnonzero(~(np.isfinite(months) & (months >= 0)))
    if len(bad):
        raise CohortError(f"column {time!r}, row {bad[0] + 1}: {times[bad[0]]!r} is not a time; allowed: 0 or more.")
    kind = np.array(events, dtype=np.int64)
    if groups is None:
        return life_table(months, kind)
    labels = ["not reported" if g is None or g != g else str(g) for g in groups]
    levels = list(dict.fromkeys(labels))
    return life_table(months, kind, np.array([levels.index(g) for g in labels]), levels)
