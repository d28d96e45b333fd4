"""What is said, event by event, of how adverse events are related to treatment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from cohort.tables import Cohort


def relatedness(cohort: Cohort) -> Mapping[str, int]:
    """Adverse events of the whole cohort by relation to treatment: "yes", "no", "" where nothing is said.

    Empty for a cohort without adverse events by patient, or without a word on any relation.
    """
    events = cohort.tables.get("ae_events")
    if events is None or "related" not in events.column_names:
        return {}
    return cohort.once("relatedness", lambda: Counter(said or "" for said in events["related"].to_pylist()))
