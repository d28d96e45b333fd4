"""Survival statistics from the life table: numpy, pyarrow and scipy.special only.

``life_table`` counts patients by group, time and kind of ending. Everything else is computed from those counts, so
its cost depends on the number of distinct times and not on the number of patients. All functions are pure: arrays or
Arrow tables in, Arrow tables or frozen dataclasses out; nothing here plots, formats or caches.

Where R and lifelines differ (ties, medians on a flat segment, limits where S is 1 or 0) these functions follow R's
``survival`` and are tested against its output in ``tests/golden``.
"""

from cohort.statistics.adverse_events import (
    GRADE_BANDS,
    SubgroupBounds,
    aggregate_bounds,
    aggregate_incidence,
    incidence,
    subgroup_bounds,
    worst_grade,
)
from cohort.statistics.competing_risks import cumulative_incidence
from cohort.statistics.follow_up import follow_up, person_time, reverse_kaplan_meier
from cohort.statistics.intervals import (
    INTERVALS,
    bpcp,
    clopper_pearson,
    hypergeometric_range,
    poisson_exact,
)
from cohort.statistics.life_table import life_table
from cohort.statistics.summary import TOTAL, Characteristics, completeness, table_one
from cohort.statistics.survival import kaplan_meier, median_survival, number_at_risk, survival_at

__all__ = [
    "GRADE_BANDS",
    "INTERVALS",
    "TOTAL",
    "Characteristics",
    "SubgroupBounds",
    "aggregate_bounds",
    "aggregate_incidence",
    "bpcp",
    "clopper_pearson",
    "completeness",
    "cumulative_incidence",
    "follow_up",
    "hypergeometric_range",
    "incidence",
    "kaplan_meier",
    "life_table",
    "median_survival",
    "number_at_risk",
    "person_time",
    "poisson_exact",
    "reverse_kaplan_meier",
    "subgroup_bounds",
    "survival_at",
    "table_one",
    "worst_grade",
]
