"""The listing's companions as rows for files: what its columns mean, and the source cell of every value."""

from __future__ import annotations

from cohort.provenance import sources
from cohort.results.patients import PatientsResult
from cohort.selection import heading


def dictionary_rows(result: PatientsResult) -> list[dict[str, str]]:
    """What the columns of the listing mean, one row a variable or endpoint."""
    definition = result.view.definition
    rows = [
        {"column": heading(v, result.view.selection), "unit": v.unit, "definition": v.definition, "caveat": v.caveat,
         "source": v.source}
        for v in definition.variables
    ]  # fmt: skip
    return rows + [
        {"column": f"{e.short}, {definition.time_unit}", "unit": definition.time_unit, "definition": e.definition,
         "caveat": "", "source": e.source}
        for line in result.timelines.values() for e in line.clock.endpoints
    ]  # fmt: skip


def source_rows(result: PatientsResult) -> list[dict[str, str]]:
    """Every value of every patient shown with its source cell, one row a value."""
    return [
        {"patient": i, "value": c.what, "shown": c.shown, "source": c.source, "row": c.row, "column": c.column,
         "line": c.line, "printed": c.raw, "look_alike_letters": "; ".join(c.look_alikes), "rule": c.rule_text}
        for i in result.view.cohort.ids[result.order] for c in sources(result.view.cohort, i)
    ]  # fmt: skip
