"""Views at random, as links open them, and what results hold as plain values that can be compared."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from random import Random

import pyarrow as pa

from cohort.estimand import HANDLINGS, LANDMARKS, happenings
from cohort.options import NO_GROUPING, PANELS, Options, option_vocabulary
from cohort.selection import Selection
from cohort.tables import Cohort
from cohort.view import CohortView

DATA = Path(__file__).resolve().parents[2] / "data"
FOUNDING, SYNTHETIC = DATA / "flt3-itd-sorafenib-iti", DATA / "synthetic-maintenance"


def random_view(random: Random, cohort: Cohort, tested: bool = True) -> CohortView:
    """Any view a link can ask for: composed endpoints, cut-offs, ranges and every option that changes a number.

    ``tested`` says whether exact tests may be asked for; those of large cohorts, or of many groups, take long.
    """
    definition, vocabulary = cohort.definition, option_vocabulary(cohort)
    query = {}
    for name in ("endpoint", "by", "interval", "axis", "ae_sort", "ae_min", "show", "clock", "month", "forest"):
        if random.random() < 0.6:
            query[name] = random.choice(vocabulary[name])
    query["panel"] = random.choice(PANELS)
    if tested:
        query["test"] = random.choice(("hidden", "exact", "exact"))
    if random.random() < 0.6:
        query["by"] = random.choice([v.name for v in definition.groupings])
    by = query.get("by", NO_GROUPING)
    if by != NO_GROUPING and random.random() < 0.4:
        query["against"] = random.choice([lv.code for lv in definition.variable(by).levels])
    if by != NO_GROUPING and "against" not in query and len(definition.variable(by).levels) > 3:
        query.pop("test", None)  # draws in place of enumeration, anew for each patient left out
    if random.random() < 0.2:
        query["landmark"] = random.choice(LANDMARKS)
    if random.random() < 0.2:
        query |= {name: random.choice(vocabulary[name]) for name in ("deaths", "zero")}
    base = definition.endpoint(query.get("endpoint", Options.default(definition).endpoint))
    found = happenings(cohort, base)
    if found and random.random() < 0.3:
        query["treat"] = f"{random.choice(found).code}.{random.choice(list(HANDLINGS))}"
    options, rejected, _ = Options.from_query({k: [v] for k, v in query.items()}, cohort)
    assert not rejected, rejected
    return CohortView(cohort, _selection(random, cohort), options)


def _selection(random: Random, cohort: Cohort) -> Selection:
    filters = cohort.definition.filters
    levels, ranges = {}, {}
    for variable in random.sample([v for v in filters if v.kind != "number"], random.choice((0, 0, 1, 2))):
        codes = [lv.code for lv in variable.levels]
        levels[variable.name] = random.sample(codes, random.randint(1, max(1, len(codes) - 1)))
    for variable in random.sample([v for v in filters if v.kind == "number"], random.choice((0, 0, 1))):
        low, high = variable.bounds
        ranges[variable.name] = sorted(round(random.uniform(low, high), 1) for _ in range(2))
    cutoffs = {v.name: random.choice(v.cutoffs).code for v in filters if v.cutoffs and random.random() < 0.4}
    keep = [name for name in ranges if random.random() < 0.5]
    return Selection.of(cohort.definition, levels, ranges, keep, cutoffs)


def plain(value: object) -> object:
    """Tables, rows and dataclasses as lists, dicts, numbers and texts; mappings of rows as a list of them."""
    if isinstance(value, pa.Table):
        return value.to_pylist()
    if is_dataclass(value):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        if all(isinstance(key, str) for key in value) and not all(isinstance(v, Mapping) for v in value.values()):
            return {key: plain(v) for key, v in value.items()}
        return [plain(v) for v in value.values()]
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    return value.item() if hasattr(value, "item") else value


def digest(spec: dict | None) -> str:
    """What is drawn, shortened to a checksum."""
    return "" if spec is None else hashlib.sha256(json.dumps(spec, sort_keys=True).encode()).hexdigest()
