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
from cohort.statistics.bounds import envelope_at, survival_envelope
from cohort.statistics.comparison import LogRank, log_rank, pairwise
from cohort.statistics.competing_risks import cumulative_incidence
from cohort.statistics.difference import survival_difference
from cohort.statistics.follow_up import follow_up, person_time, reverse_kaplan_meier
from cohort.statistics.gray import GrayTest, gray_test, permutation_gray
from cohort.statistics.intervals import (
    INTERVALS,
    bpcp,
    clopper_pearson,
    hypergeometric_range,
    poisson_exact,
)
from cohort.statistics.life_table import life_table
from cohort.statistics.multiplicity import chance_of_false_positive, holm, min_p
from cohort.statistics.permutation import PermutationTest, permutation_log_rank
from cohort.statistics.regression import cox, firth_cox, proportional_hazards
from cohort.statistics.rmst import common_tau, rmst, rmst_difference
from cohort.statistics.sensitivity import crude_bounds, influence_on_test, landmark, loss_bounds, tipping_point
from cohort.statistics.summary import TOTAL, Characteristics, completeness, table_one
from cohort.statistics.survival import kaplan_meier, median_survival, number_at_risk, survival_at

__all__ = [
    "GRADE_BANDS",
    "INTERVALS",
    "TOTAL",
    "Characteristics",
    "GrayTest",
    "LogRank",
    "PermutationTest",
    "SubgroupBounds",
    "aggregate_bounds",
    "aggregate_incidence",
    "bpcp",
    "chance_of_false_positive",
    "clopper_pearson",
    "common_tau",
    "completeness",
    "cox",
    "crude_bounds",
    "cumulative_incidence",
    "envelope_at",
    "firth_cox",
    "follow_up",
    "gray_test",
    "holm",
    "hypergeometric_range",
    "incidence",
    "influence_on_test",
    "kaplan_meier",
    "landmark",
    "life_table",
    "log_rank",
    "loss_bounds",
    "median_survival",
    "min_p",
    "number_at_risk",
    "pairwise",
    "permutation_gray",
    "permutation_log_rank",
    "person_time",
    "poisson_exact",
    "proportional_hazards",
    "reverse_kaplan_meier",
    "rmst",
    "rmst_difference",
    "subgroup_bounds",
    "survival_at",
    "survival_difference",
    "survival_envelope",
    "table_one",
    "tipping_point",
    "worst_grade",
]
