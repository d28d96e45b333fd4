"""``cohort.toml``, already parsed, to the data dictionary: every entry checked, every refusal one sentence."""

from __future__ import annotations

from typing import Any

from cohort.dictionary import (
    FALLBACK_COLOURS,
    FALLBACK_DASHES,
    ROLES,
    CohortDefinition,
    Cutoff,
    Endpoint,
    Level,
    Reason,
    Variable,
)
from cohort.errors import DefinitionError


def _levels(raw: list[dict[str, Any]]) -> tuple[Level, ...]:
    return tuple(
        Level(
            code=str(item["code"]),
            label=str(item.get("label", item["code"])),
            colour=item.get("colour", FALLBACK_COLOURS[i % len(FALLBACK_COLOURS)]),
            dash=tuple(item.get("dash", FALLBACK_DASHES[i % len(FALLBACK_DASHES)])),
        )
        for i, item in enumerate(raw)
    )


def _variable(raw: dict[str, Any]) -> Variable:
    known = {"role", "known_at", "group", "unit", "source", "definition", "caveat", "step", "randomised"}
    return Variable(
        name=raw["name"],
        label=raw["label"],
        kind=raw["kind"],
        levels=_levels(raw.get("levels", [])),
        bounds=tuple(raw["bounds"]) if "bounds" in raw else None,
        cuts=tuple(float(c) for c in raw.get("cuts", [])),
        cutoffs=tuple(Cutoff(**c) for c in raw.get("cutoffs", [])),
        **{k: raw[k] for k in known if k in raw},
    )


def _endpoint(raw: dict[str, Any]) -> Endpoint:
    text = {"short", "origin_label", "event_label", "free_label", "status", "definition", "source", "deaths", "zero"}
    return Endpoint(
        code=raw["code"],
        label=raw["label"],
        kind=raw["kind"],
        origin=raw["origin"],
        rows=raw.get("from", raw["code"]),
        event=tuple(raw["event"]),
        competing=tuple(raw.get("competing", [])),
        landmarks=tuple(raw.get("landmarks", (12, 24))),
        warnings=tuple(raw.get("warnings", [])),
        **{"short": raw["label"], "origin_label": "Time", **{k: raw[k] for k in text if k in raw}},
    )


def parse_definition(raw: dict[str, Any], file: str = "cohort.toml") -> CohortDefinition:
    """Turn the parsed TOML into a definition.

    Raises
    ------
    DefinitionError
        A required entry is missing, a name occurs twice, or a number has no bounds. One sentence, naming the entry.
    """
    try:
        variables = tuple(_variable(v) for v in raw["variables"])
        endpoints = tuple(_endpoint(e) for e in raw["endpoints"])
        definition = CohortDefinition(
            id=raw["id"],
            title=raw["title"],
            short_title=raw.get("short_title", raw["title"]),
            kind=raw.get("kind", "private"),
            population=raw.get("population", "patients"),
            summary=raw.get("summary", ""),
            time_unit=raw.get("time_unit", "months"),
            data_cut=str(raw.get("data_cut", "")),
            variables=variables,
            endpoints=endpoints,
            reasons=tuple(Reason(**r) for r in raw.get("reasons", [])),
            events={e["code"]: e["label"] for e in raw.get("events", [])},
            citation=raw.get("citation", {}),
            licence=raw.get("licence", {}),
            caveats=tuple(raw.get("caveats", [])),
            files=raw["files"],
            rules=raw.get("rules", {}),
            adverse_events=raw.get("adverse_events", {}),
        )
    except KeyError as missing:
        raise DefinitionError(
            f"{file}: an entry lacks {missing}. Add it; the founding cohort's cohort.toml shows every entry in use."
        ) from None
    except TypeError as problem:
        raise DefinitionError(f"{file}: an entry has a key that is not known ({problem}).") from None
    _check(definition, file)
    return definition


def _check(definition: CohortDefinition, file: str) -> None:
    for what, names in (
        ("variable", [v.name for v in definition.variables]),
        ("endpoint", [e.code for e in definition.endpoints]),
    ):
        twice = {n for n in names if names.count(n) > 1}
        if twice:
            raise DefinitionError(f"{file}: {what} {sorted(twice)[0]!r} is defined twice. Keep one.")
    for variable in definition.variables:
        if variable.kind == "number" and variable.bounds is None:
            raise DefinitionError(
                f"{file}: number {variable.name!r} has no bounds. Give slider limits, for example bounds = [0, 100]."
            )
        if variable.kind not in ("category", "number", "set"):
            raise DefinitionError(
                f"{file}: variable {variable.name!r} has kind {variable.kind!r}. Allowed: category, number, set."
            )
        if variable.role not in ROLES:
            raise DefinitionError(
                f"{file}: variable {variable.name!r} has role {variable.role!r}. Allowed: {', '.join(ROLES)}."
            )
        if not isinstance(variable.randomised, bool):
            raise DefinitionError(
                f"{file}: variable {variable.name!r} has randomised = {variable.randomised!r}. Allowed: true, false."
            )
        codes = [lv.code for lv in variable.levels]
        if len(set(codes)) != len(codes):
            raise DefinitionError(f"{file}: variable {variable.name!r} lists a level twice. Keep one.")
    for caveat in definition.caveats:
        if not isinstance(caveat.get("unless", ""), str):
            raise DefinitionError(
                f'{file}: "unless" of caveat {caveat.get("id", "")!r} is not text. Write what ends it as in a link, '
                'for example unless = "deaths.counted,transplant.competing".'
            )
    if not definition.identified_endpoints:
        raise DefinitionError(f'{file}: no endpoint has status "identified", so no curve can be drawn.')
