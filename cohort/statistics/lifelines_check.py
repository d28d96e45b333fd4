"""A second implementation beside ours, on request: lifelines on the same life table.

lifelines takes one to three seconds to import, so it is imported inside the function and never on the way to a curve.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from cohort.statistics.life_table import grouped_table, read_rows
from cohort.statistics.survival import kaplan_meier


def lifelines_survival(table: pa.Table) -> pa.Table:
    """S(t) by our Kaplan–Meier and by lifelines' ``KaplanMeierFitter``, side by side.

    lifelines is fitted on the aggregated life table, each row weighted by its number of patients.

    Parameters
    ----------
    table : life table, without delayed entry
        Competing events count as censored, as in ``kaplan_meier``.

    Returns
    -------
    pyarrow.Table
        ``group``, ``time``, ``survival`` (ours), ``lifelines``, ``difference`` (absolute), at every row of our curve.
        Schema metadata ``lifelines`` and ``max_difference``.
    """
    import lifelines

    if "n_entry" in table.column_names:
        raise ValueError("the check does not cover delayed entry: leave entry out")
    rows = read_rows(kaplan_meier(table))
    theirs = np.empty(len(rows.code))
    for start, end in zip(rows.starts, rows.ends, strict=True):
        time = rows["time"][start:end]
        weights = np.concatenate([rows["n_event"][start:end], rows["n_censor"][start:end]])
        observed = np.repeat([True, False], len(time))
        fitter = lifelines.KaplanMeierFitter()
        fitter.fit(np.tile(time, 2)[weights > 0], observed[weights > 0], weights=weights[weights > 0])
        theirs[start:end] = fitter.survival_function_at_times(time).to_numpy()
    difference = np.abs(rows["survival"] - theirs)
    columns = {"time": rows["time"], "survival": rows["survival"], "lifelines": theirs, "difference": difference}
    metadata = {"lifelines": lifelines.__version__, "max_difference": repr(float(difference.max(initial=0.0)))}
    return grouped_table(rows.code, rows.levels, columns, metadata)
