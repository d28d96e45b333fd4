"""Words of the forest: its answer, captions, table and cautions. Levels differ or do not; nothing here ranks them."""

from __future__ import annotations

from cohort.dictionary import Variable
from cohort.guards import GUARDS
from cohort.narrative.labels import in_sentence
from cohort.options import INTERVAL_LABELS
from cohort.results.subgroups import SubgroupsResult
from cohort.results.subgroups_rows import PRE_SPECIFIED, part_of, parts_of
from cohort.selection import heading
from cohort.statistics.regression import HR_RANGE
from cohort.view import WHOLE, CohortView
from cohort.wording import (
    NOT_ESTIMABLE,
    count,
    missing,
    months,
    number,
    percent,
    percent_interval,
    plural,
    ratio,
    sentence_case,
)

NO_PATIENT, WEAK = "no patient", " †"
LATE = "known only after diagnosis"


def quantity(result: SubgroupsResult) -> str:
    """What is estimated, in words: "relapse-free survival"."""
    short = in_sentence(result.view.endpoint.short)
    return f"cumulative incidence ({short})" if result.estimate == "incidence" else short


def subgroups_sentence(result: SubgroupsResult) -> str:
    """The answer of the page."""
    view, total = result.view, len(result.places)
    if not total:
        return f"No patient here is at risk on this clock ({view.endpoint.origin_label.lower()}): there are no rows."
    what = f"estimated {quantity(result)} at {view.estimand.when(result.month)}"
    if result.ratios_asked:
        what = "hazard ratio of each level against the other patients"
    variables = len({row.variable.name for row in result.rows})
    return (
        f"{view.events} of {plural(total, 'patient')} {view.endpoint.event_label}; {what} by baseline characteristic: "
        f"{plural(variables, 'variable')}, {plural(len(result.rows), 'row')}. Differences are descriptive."
    )


def bounded_sentence(view: CohortView) -> str:
    """Why there is no forest of an endpoint whose times are only known between limits."""
    return (
        f"{view.endpoint.short}: times are known between limits only, so a level has a range of estimates instead of "
        "one, and no forest is drawn."
    )


# ---- one row ---------------------------------------------------------------------------------------------------------


def row_words(result: SubgroupsResult, i: int) -> str:
    """A row with its variable: "ELN 2022 risk: favourable"."""
    return f"{result.rows[i].variable.label}: {result.rows[i].label}"


def part_words(result: SubgroupsResult, part: str) -> str:
    """Head of a part of the forest: "EXPLORATORY"; of somebody's own data "MAIN CHARACTERISTICS"."""
    if part not in ("main", "further"):
        return part.upper()
    return f"{part.upper()} CHARACTERISTICS" if len(_parts(result)) > 1 else "CHARACTERISTICS"


def _parts(result: SubgroupsResult) -> set[str]:
    return {part_of(result.view.definition, row.variable) for row in result.rows}


def heading_words(view: CohortView, variable: Variable) -> str:
    """Head of a variable's rows, with the cut-off in force or the unit: "Age at diagnosis, years"."""
    return heading(variable, view.selection) + (f", {variable.unit}" if variable.unit else "")


def whole_words(result: SubgroupsResult) -> str:
    """Name of the row of everybody in view."""
    return "All selected patients" if result.view.selection.restricts else "All patients"


def estimate_words(result: SubgroupsResult, i: int | str) -> str:
    """The estimate of a row as printed: "66 % (37–88)", marked where few are at risk; ``i`` may be WHOLE."""
    row = result.estimates.get(str(i))
    if row is None:
        return NO_PATIENT
    weak = WEAK if row["n_risk"] < GUARDS.few_at_risk else ""
    if missing(row[result.estimate]):
        return NOT_ESTIMABLE + weak
    n = len(result.places) if i == WHOLE else int(result.sizes[i])
    limits = percent_interval(row["lower"], row["upper"], n)
    limits = "no limits" if limits == NOT_ESTIMABLE else limits.removesuffix(" %")
    return f"{percent(row[result.estimate], n)} ({limits}){weak}"


def ratio_words(result: SubgroupsResult, i: int) -> str:
    """The hazard ratio of a row as printed: "6.9 (1.5–41)", marked where it rests on a small group."""
    found = result.ratios[i]
    if not result.sizes[i]:
        return NO_PATIENT
    if found is None:
        return "nobody to compare with"
    weak = WEAK if min(found["others"], result.sizes[i]) < GUARDS.small_group else ""
    if missing(found["hr"]):
        return NOT_ESTIMABLE + weak
    lower = ratio(found["lower"], f"< {number(1 / HR_RANGE, 4)}")
    return f"{ratio(found['hr'])} ({lower}–{ratio(found['upper'], f'> {count(int(HR_RANGE))}')}){weak}"


def assayed_words(result: SubgroupsResult, i: int) -> str:
    """Patients of a row with the more sensitive assay: "3 of 3"; "" where the levels do not differ."""
    return f"{result.assayed[i]} of {result.sizes[i]}" if i in result.assayed else ""


def alias_marks(result: SubgroupsResult) -> dict[int, str]:
    """A letter for every set of rows that hold the same patients, by row."""
    return {i: _letter(k) for k, rows in enumerate(result.aliases) for i in rows}


def _letter(k: int) -> str:
    return ("" if k < 26 else _letter(k // 26 - 1)) + chr(ord("a") + k % 26)


def same_words(result: SubgroupsResult, i: int) -> str:
    """ "same 3 patients as FAB class with subtype: M2b; …"; "" where no other row holds them."""
    others = [row_words(result, k) for rows in result.aliases if i in rows for k in rows if k != i]
    return f"same {plural(int(result.sizes[i]), 'patient')} as {'; '.join(others)}" if others else ""


def alias_lines(result: SubgroupsResult) -> list[str]:
    """What the letters stand for, one line a set of patients."""
    return [
        f"{_letter(k)}: the same {plural(int(result.sizes[rows[0]]), 'patient')}: "
        + " = ".join(row_words(result, i) for i in rows)
        for k, rows in enumerate(result.aliases)
    ]


# ---- the figure ------------------------------------------------------------------------------------------------------


def interval_words(result: SubgroupsResult, ratios: bool) -> str:
    """The method of the limits of ratios or of estimates."""
    if ratios:
        return "profile penalised likelihood"
    if result.estimate != "incidence":
        return INTERVAL_LABELS[result.view.options.interval]
    competing = bool((result.view.outcome.kind[result.places] == 2).any())
    return "complementary log-log" if competing else INTERVAL_LABELS["bpcp"]


def subgroups_caption(result: SubgroupsResult) -> str:
    """Definition and methods of the forest."""
    endpoint, small = result.view.endpoint, GUARDS.small_group
    limits = interval_words(result, result.ratios_asked)
    hollow = f"Hollow: fewer than {small} patients in the level."
    if result.ratios_asked:
        cause = " It is cause-specific: competing events count as censored." if endpoint.competing else ""
        method = (
            "Dot: Firth's penalised hazard ratio of the level against the other selected patients with a reported "
            f"value (log scale); line: 95 % confidence interval, {limits}; an arrow is a limit beyond the "
            f"axis.{cause} † Level or others of fewer than {small} patients."
        )
    else:
        kind = "Aalen–Johansen" if result.estimate == "incidence" else "Kaplan–Meier"
        method = (
            f"Dot: {kind} estimate at {result.view.estimand.when(result.month)}; line: 95 % confidence interval, "
            f"{limits}. † Fewer than {GUARDS.few_at_risk} patients at risk at that month."
        )
    first, other = parts_of(result.view.definition)
    if first == "pre-specified":
        above = f"{sentence_case(first)} characteristics stand above the rule, {other} ones below; no row is tested."
    else:  # nobody said what was pre-specified
        above = "All rows are exploratory; no row is tested."
    return (
        f"{endpoint.label}. {endpoint.definition} {method} {hollow} Numbers are split at cut-points fixed in the data "
        f"dictionary only. A gene that is not reported is not known to be wild type. {above}"
        + (" SYNTHETIC data, made by a script." if result.view.definition.kind == "synthetic" else "")
    )


def subgroups_alt(result: SubgroupsResult) -> str:
    """Alternative text of the forest, from its numbers; the rows of PRE_SPECIFIED variables in full."""
    view, total = result.view, len(result.places)
    if not total:
        return "Forest without estimates: no patient is at risk."
    what = "hazard ratio" if result.ratios_asked else f"{quantity(result)} at {view.estimand.when(result.month)}"
    lead = f"Forest of {what}, {plural(total, 'patient')}, {plural(view.events, 'event')}, 95 % CI in brackets"
    words = ratio_words if result.ratios_asked else estimate_words
    shown = [i for i, row in enumerate(result.rows) if row.variable.group == PRE_SPECIFIED and result.sizes[i]]
    pieces = [
        f"{row_words(result, i)} {result.events[i]} of {result.sizes[i]}, {words(result, i).removesuffix(WEAK)}"
        for i in shown
    ]
    more = f" {len(result.rows) - len(shown)} further rows are in the table." if len(result.rows) > len(shown) else ""
    return f"{lead}. {'; '.join(pieces)}.{more}"


def subgroups_table(result: SubgroupsResult) -> list[dict[str, str]]:
    """The forest as printed, one row a level."""
    rows = []
    for i, row in enumerate(result.rows):
        at = result.estimates.get(str(i))
        found = {
            "Characteristic": heading_words(result.view, row.variable),
            "Level": row.label,
            "Patients": str(result.sizes[i]),
            "Events": str(result.events[i]),
            AT_RISK: str(at["n_risk"]) if at else "0",
            f"At {result.view.estimand.when(result.month)} (95 % CI)": estimate_words(result, i),
        }
        if result.ratios_asked:
            other = result.ratios[i]
            found["Others’ events"] = f"{other['other_events']} of {other['others']}" if other else "nobody"
            found["Hazard ratio (95 % CI)"] = ratio_words(result, i)
        rows.append(found | {"Keep in mind": sentence_case("; ".join(_row_notes(result, i)))})
    return rows


AT_RISK = "At risk"
"""Head of the column whose number opens who is at risk at the month."""


def _row_notes(result: SubgroupsResult, i: int) -> list[str]:
    row = result.rows[i]
    notes = [LATE] if result.known_late(row.variable) else []
    if assayed := assayed_words(result, i):
        notes.append(f"a transcript was measured before maintenance in {assayed}")
    return notes + ([same] if (same := same_words(result, i)) else [])


def subgroups_records(result: SubgroupsResult) -> list[dict[str, object]]:
    """The forest as a file: the numbers themselves, empty where there is none."""
    records = []
    for i, row in enumerate(result.rows):
        at = result.estimates.get(str(i), {})
        found = {
            "part": part_of(result.view.definition, row.variable),
            "variable": row.variable.name,
            "characteristic": heading_words(result.view, row.variable),
            "level": row.label,
            "patients": int(result.sizes[i]),
            "events": int(result.events[i]),
            "month": result.month,
            "at_risk": at.get("n_risk", 0),
            result.estimate: at.get(result.estimate),
            "lower_95": at.get("lower"),
            "upper_95": at.get("upper"),
            "interval": interval_words(result, ratios=False),
        }
        if result.ratios_asked:
            ratio_ = result.ratios[i] or {}
            names = {"hr": "hazard_ratio_firth", "lower": "hr_lower_95", "upper": "hr_upper_95"}
            found |= {head: ratio_.get(name) for name, head in names.items()}
            found |= {"others": ratio_.get("others"), "others_events": ratio_.get("other_events")}
        records.append(found | {"keep_in_mind": "; ".join(_row_notes(result, i))})
    return records


def subgroups_subtitle(result: SubgroupsResult) -> str:
    """The line under the figure's title."""
    view = result.view
    cut = f"; data cut {view.definition.data_cut}" if view.definition.data_cut else ""
    who = f"{len(result.places)} of {plural(view.cohort.n, 'patient')}: {view.selection.describe(view.definition)}"
    zero = view.endpoint.origin_label[:1].lower() + view.endpoint.origin_label[1:]
    last = months(float(view.outcome.time[result.places].max())) if len(result.places) else "0"
    return f"{who}; {plural(view.events, 'event')}; {zero}, longest {last}{cut}"
