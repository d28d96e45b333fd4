"""Sentences computed from the same objects as the drawing: answers, captions, alternative text, cautions.

Wording is neutral and names the estimand; nothing here says "benefit", "better" or "worse". One module a subject.
"""

from cohort.narrative.adverse_events import (
    adverse_events_alt,
    adverse_events_caption,
    adverse_events_card,
    adverse_events_sentence,
    adverse_events_subtitle,
)
from cohort.narrative.adverse_events_cautions import adverse_events_cautions
from cohort.narrative.adverse_events_tables import adverse_events_notes, adverse_events_table
from cohort.narrative.cautions import Caution, alias_sentence, survival_cautions
from cohort.narrative.overview import (
    completeness_rows,
    completeness_sentence,
    flow_heads,
    overview_alt,
    overview_cautions,
    overview_sentence,
)
from cohort.narrative.patients import (
    course_words,
    definitions_table,
    event_words,
    genes_words,
    lanes_note,
    mrd_alt,
    mrd_note,
    patients_alt,
    patients_caption,
    patients_cautions,
    patients_sentence,
    patients_subtitle,
    people_words,
    profile_sentence,
)
from cohort.narrative.survival import (
    estimates_table,
    group_totals,
    interval_name,
    population_words,
    survival_alt,
    survival_caption,
    survival_sentence,
    survival_subtitle,
)
from cohort.narrative.table_one import GROUP_TITLES, NO_TABLE_ONE, TableOne, table_one_as_printed

__all__ = [
    "GROUP_TITLES",
    "NO_TABLE_ONE",
    "Caution",
    "TableOne",
    "adverse_events_alt",
    "adverse_events_caption",
    "adverse_events_card",
    "adverse_events_cautions",
    "adverse_events_notes",
    "adverse_events_sentence",
    "adverse_events_subtitle",
    "adverse_events_table",
    "alias_sentence",
    "completeness_rows",
    "completeness_sentence",
    "course_words",
    "definitions_table",
    "estimates_table",
    "event_words",
    "flow_heads",
    "genes_words",
    "group_totals",
    "interval_name",
    "lanes_note",
    "mrd_alt",
    "mrd_note",
    "overview_alt",
    "overview_cautions",
    "overview_sentence",
    "patients_alt",
    "patients_caption",
    "patients_cautions",
    "patients_sentence",
    "patients_subtitle",
    "people_words",
    "population_words",
    "profile_sentence",
    "survival_alt",
    "survival_caption",
    "survival_cautions",
    "survival_sentence",
    "survival_subtitle",
    "table_one_as_printed",
]
