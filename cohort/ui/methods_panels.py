"""What the methods page is laid out from: definitions, conventions, the dictionary, and a second implementation."""

from __future__ import annotations

import functools
import importlib.metadata
import platform

import pyarrow as pa
import pyarrow.compute as pc
import streamlit as st

import cohort
from cohort import narrative
from cohort.dictionary import Endpoint, Variable
from cohort.guards import GUARDS
from cohort.narrative.conventions import COMPARISONS, CONVENTIONS, INTERVAL_NOTES
from cohort.options import INTERVAL_LABELS
from cohort.statistics.lifelines_check import lifelines_survival
from cohort.ui import panels, state
from cohort.ui.text import plain
from cohort.view import CohortView
from cohort.wording import listed, plural

PACKAGES = ("streamlit", "pyarrow", "numpy", "scipy", "lifelines")
GROUPS = {**narrative.GROUP_TITLES, "outcome": "Outcome"}
SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
STATUS = {"bounded": "drawn as an envelope: times are known between limits", "not identified": "not identified"}


def sentence(view: CohortView) -> str:
    """What is drawn, how, and that it can be checked."""
    drawn = view.definition.selectable_endpoints
    hidden = len(view.definition.endpoints) - len(drawn)
    beside = (
        f"; {hidden} more {'is' if hidden == 1 else 'are'} listed but cannot be drawn from these data" if hidden else ""
    )
    return (
        f"{plural(len(drawn), 'endpoint')} can be drawn{beside}. Curves are Kaplan–Meier or Aalen–Johansen estimates "
        f"with 95 % limits, here {INTERVAL_LABELS[view.options.interval]}."
    )


def recompute(view: CohortView) -> None:
    """S(t) of the current view by a second implementation, only when asked for."""
    if view.estimand.bounded:
        st.caption("Times known between limits only: there is no single curve for a second implementation to check.")
        return
    if not st.button(
        "Recompute with lifelines", icon=":material/calculate:", on_click=state.touch, disabled=not view.in_view.any()
    ):
        return
    with st.spinner("Fitting the same patients with lifelines"):
        found = lifelines_survival(view.life_table)
    st.markdown(f"**{plain(difference_sentence(view, found))}**")
    if view.endpoint.kind == "incidence":
        st.caption(
            "This endpoint is drawn as an Aalen–Johansen estimate, for which lifelines breaks ties at random. Compared "
            "is the Kaplan–Meier curve of the same event with competing events censored."
        )
    with st.container(height=320):
        panels.table(difference_rows(view, found), alt="Survival at every step of the curve, ours beside lifelines'")


def difference_sentence(view: CohortView, found: pa.Table) -> str:
    """The largest absolute difference first, then between what."""
    largest = float(found.schema.metadata[b"max_difference"])
    version = found.schema.metadata[b"lifelines"].decode()
    who = plural(int(view.in_view.sum()), "patient") + (f", by {view.by_label}" if view.by else "")
    return (
        f"Largest absolute difference {scientific(largest)} between our S(t) and that of lifelines {version}, over "
        f"{plural(found.num_rows, 'time')}: {view.endpoint.short}, {who}, {view.selection.describe(view.definition)}."
    )


def scientific(value: float) -> str:
    """A small number as "1.1 × 10⁻¹⁶"; "0" where there is none."""
    if value == 0:
        return "0"
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa} × 10{str(int(exponent)).translate(SUPERSCRIPT)}"


def difference_rows(view: CohortView, found: pa.Table) -> list[dict[str, str]]:
    """Both estimates at every step of the curves, one row a group and time."""
    labels = {g.code: g.label for g in view.groups}
    rows, before = [], (None, None)
    for r in found.to_pylist():
        if (r["group"], r["survival"]) != before:
            before = (r["group"], r["survival"])
            rows.append(
                {
                    **({"Group": labels[r["group"]]} if view.by else {}),
                    view.endpoint.origin_label: f"{r['time']:g}",
                    "S(t), Riskset": f"{r['survival']:.10f}",
                    "S(t), lifelines": f"{r['lifelines']:.10f}",
                    "Difference": scientific(r["difference"]),
                }
            )
    return rows


def endpoints(view: CohortView) -> None:
    """The registry: what is drawn, and what is only listed and why."""
    definition = view.definition
    rows = [
        {
            "Endpoint": f"{e.label} ({e.code})",
            "Counted from": e.origin,
            "Event": _events(view, e.event),
            "Competing": _events(view, e.competing) or "none",
            "Censored": listed([definition.reason(r).label for r in _reasons(view, e)]) or "nobody",
            "Status": e.status,
        }
        for e in definition.selectable_endpoints
    ]
    panels.table(rows, alt="Endpoints that can be drawn: origin, event, competing events, reasons for censoring")
    st.markdown("\n".join(_definition(e) for e in definition.selectable_endpoints))
    rest = [e for e in definition.endpoints if e.status == "not identified"]
    if rest:
        st.markdown("##### Listed, but not drawn")
        st.markdown("\n".join(_definition(e) for e in rest))


def _definition(endpoint: Endpoint) -> str:
    status = f" *{STATUS[endpoint.status]}.*" if endpoint.status in STATUS else ""
    source = f" Source: {plain(endpoint.source)}." if endpoint.source else ""
    return f"- **{plain(endpoint.label)}** ({plain(endpoint.code)}).{status} {plain(endpoint.definition)}{source}"


def _events(view: CohortView, codes: tuple[str, ...]) -> str:
    return " or ".join(view.definition.events.get(code, code) for code in codes)


def _reasons(view: CohortView, endpoint: Endpoint) -> list[str]:
    """Reasons that occur on the endpoint's clock, in registry order."""
    found = set(view.cohort.outcome(endpoint).reason)
    return [r.code for r in view.definition.reasons if r.code in found]


def estimates(view: CohortView) -> None:
    """Intervals and conventions."""
    rows = [
        {"95 % interval": INTERVAL_LABELS[code], "What it does": note, "Described in": citation}
        for code, (note, citation) in INTERVAL_NOTES.items()
    ]
    panels.table(rows, alt="The four methods for the 95 % interval of a survival curve")
    panels.table([{"Convention": what, "Here": how} for what, how in CONVENTIONS], alt="Conventions of the estimates")


def comparisons(view: CohortView) -> None:
    """How groups are compared and how much hangs on what."""
    rows = [{"What": what, "How": how, "Described in": citation} for what, how, citation in COMPARISONS]
    panels.table(rows, alt="Methods of comparison and sensitivity")
    st.caption("How each is checked against R, and what simulations say of its size and coverage: docs/validation.md.")


def guards(view: CohortView) -> None:
    """Every threshold of the cautions."""
    rows = [{"Code": code, "When": when, "What happens": what} for code, when, what in GUARDS.explained()]
    panels.table(rows, alt="When a caution is shown and what happens then")
    st.caption("Guards inform, they never obstruct: a curve is always drawn.")


def data_dictionary(view: CohortView) -> None:
    """Every variable, one expander a group."""
    variables = view.definition.variables
    for group in dict.fromkeys(v.group for v in variables):
        mine = [v for v in variables if v.group == group]
        title = GROUPS.get(group, group)
        with st.expander(f"{plain(title)} ({len(mine)})", expanded=group == variables[0].group):
            st.markdown("\n\n".join(_entry(v) for v in mine))


def _entry(variable: Variable) -> str:
    """One variable in words: label and name; kind, role, when known; levels; definition, caveat, source."""
    values = ", ".join(
        f"{plain(lv.label)}" + (f" ({plain(lv.code)})" if lv.code != lv.label else "") for lv in variable.levels
    )
    if variable.bounds:
        values = f"{variable.bounds[0]:g} to {variable.bounds[1]:g} {plain(variable.unit)}".strip()
    if variable.cutoffs:
        values += f"; cut-offs {' or '.join(plain(c.label) for c in variable.cutoffs)}"
    known = {"after": "known after the start of maintenance"}.get(variable.known_at, f"known at {variable.known_at}")
    lines = [
        f"**{plain(variable.label)}** ({plain(variable.name)}): {variable.kind}, {variable.role}, {plain(known)}",
        f"Values: {values}",
        plain(variable.definition),
        f"*Caveat:* {plain(variable.caveat)}" if variable.caveat else "",
        f"*Source:* {plain(variable.source)}" if variable.source else "",
    ]
    return "  \n".join(line for line in lines if line)


def rules(view: CohortView) -> None:
    """How printed text became values, with the number of values each rule made."""
    if not view.definition.rules:
        st.markdown("This cohort names no rule: its values are used as they stand in its files.")
        return
    provenance = view.cohort.table("provenance")
    made = (
        {}
        if provenance is None
        else {c["values"]: c["counts"] for c in pc.value_counts(provenance["rule"]).to_pylist()}
    )
    rows = [
        {"Rule": code, "What it does": text, "Values": str(made.get(code, "–"))}
        for code, text in view.definition.rules.items()
    ]
    panels.table(rows, alt="Rules that turned printed text into values, and how many values each made")
    st.caption("Values: rows of provenance.csv that name the rule; – where the rule is applied outside it.")


@functools.lru_cache(maxsize=1)
def versions() -> tuple[tuple[str, str], ...]:
    """Name and version of everything a number depends on; read from the installed packages, nothing is imported."""
    found = [("Riskset", cohort.__version__), ("Python", platform.python_version())]
    return (*found, *((name, importlib.metadata.version(name)) for name in PACKAGES))


def version_table(view: CohortView) -> None:
    """Versions, and the data they were run on."""
    rows = [{"What": name, "Version": version} for name, version in versions()]
    rows.append({"What": f"Data: {view.definition.short_title}", "Version": f"SHA-256 {view.cohort.fingerprint}"})
    panels.table(rows, alt="Versions of the program, its packages and the data")


SECTIONS = {
    "Endpoints": endpoints,
    "Estimates": estimates,
    "Comparison": comparisons,
    "Guards": guards,
    "Data dictionary": data_dictionary,
    "Transcription rules": rules,
    "Versions": version_table,
}
"""The page's tabs."""
