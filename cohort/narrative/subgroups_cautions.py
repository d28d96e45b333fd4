"""What to keep in mind about the forest, and the words of the test of all its factors."""

from __future__ import annotations

import numpy as np

from cohort.guards import GUARDS
from cohort.narrative.cautions import Caution
from cohort.narrative.subgroups import LATE
from cohort.results.subgroups import Factor, SubgroupsResult
from cohort.statistics.multiplicity import ALPHA, MinP
from cohort.wording import count, listed, p_value, percent, plural


def subgroups_cautions(result: SubgroupsResult) -> tuple[Caution, ...]:
    """What to keep in mind about the forest, most important first."""
    view = result.view
    if not len(result.places):
        return ()
    found = [Caution("composed", note) for note in view.estimand.notes]
    small = sum(0 < n < GUARDS.small_group for n in result.sizes)
    few = f"; {small} of them hold fewer than {GUARDS.small_group} patients" if small else ""
    held = int((result.sizes > 0).sum())
    found.append(
        Caution(
            "rows",
            f"{held} rows on {plural(view.events, 'event')}: some will lie far from the others by chance alone{few}.",
            _assignment(result),
        )
    )
    if result.ratios_asked:
        found.append(_ratio_caution(result))
    found += [*_late(result), *_ascertainment(result)]
    texts = {c["id"]: c["text"] for c in view.definition.caveats}
    return (*found, *(Caution(w, texts[w]) for w in view.endpoint.warnings if w in texts and w != "G3"))


def _assignment(result: SubgroupsResult) -> str:
    """What the rows describe, with or without assignment at random."""
    assigned = [variable.label for variable in result.view.definition.randomised]
    if not assigned:
        return (
            "Nobody was assigned to a treatment at random: the rows describe who had the event, and whether treatment "
            "works differently in them cannot be asked of these data."
        )
    return (
        f"Patients were assigned at random to the levels of {listed(assigned)} only. The other rows hold all arms "
        "together: they describe who had the event, not in whom one arm differs from another."
    )


def _ratio_caution(result: SubgroupsResult) -> Caution:
    competing = result.view.endpoint.competing
    what = "The ratio is cause-specific: patients with a competing event leave the risk set. " if competing else ""
    return Caution(
        "T3",
        f"{what}Ratios take hazards as proportional and rest on {plural(result.view.events, 'event')}.",
        "Firth's penalty keeps a ratio finite where a group has no event; its limits then come from the penalty as "
        "much as from the data. " + ("A cause-specific ratio is not a ratio of incidences." if competing else ""),
    )


def _late(result: SubgroupsResult) -> list[Caution]:
    late = dict.fromkeys(row.variable.label for row in result.rows if result.known_late(row.variable))
    if not late:
        return []
    verb = "is" if len(late) == 1 else "are"
    return [
        Caution(
            "G2",
            f"{listed(list(late))} {verb} {LATE}: patients had to live long enough to be classified.",
            "Groups defined after time zero carry guarantee time (Giobbie-Hurder 2013). An endpoint that starts at "
            "maintenance sets them side by side from the moment they are known.",
        )
    ]


def _ascertainment(result: SubgroupsResult) -> list[Caution]:
    if not result.assayed:
        return []
    return [
        Caution(
            "G3",
            "Levels differ in how closely relapse was looked for: “transcript assay” says in how many of their "
            "patients a fusion transcript was measured before maintenance.",
            "The event includes molecular relapse. If transcripts were also monitored later, molecular relapse could "
            "be found in these patients that flow would miss; a difference in relapse may be one in testing.",
        )
    ]


# ---- the test of all factors, on request -----------------------------------------------------------------------------


def min_p_sentence(result: SubgroupsResult, found: MinP) -> str:
    """What was tested, how, and for how many factors it is adjusted."""
    k = len(result.factors)
    competing = result.view.endpoint.competing
    cause = " Competing events count as censored: hazards are cause-specific." if competing else ""
    error = np.nanmax([*found.raw_standard_error, *found.adjusted_standard_error, 0])
    drawn = int((found.raw_standard_error > 0).sum())
    unlisted = ""
    if drawn:
        unlisted = (
            f" The p of {plural(drawn, 'factor')} with too many allocations to list comes from these draws too: the "
            "comparison on the Survival page, which draws more, may differ by so much."
        )
    chance = (
        f" Had no factor to do with the outcome, the chance that at least one of them falls below {ALPHA:g} is "
        f"{percent(found.chance, found.draws)} (counted in the draws, which know how the factors overlap)."
    )
    return (
        f"{plural(k, 'factor')} tested on {plural(result.view.events, 'event')}: permutation p of the studentised "
        f"log-rank statistic, and the same adjusted for having looked at all {k} (min-p, Westfall and Young 1993; "
        f"{count(found.draws)} draws, seed {found.seed}; Monte Carlo standard error at most {error:.3f})."
        + unlisted
        + chance
        + cause
    )


def untested_sentence(result: SubgroupsResult) -> str:
    """The rows that one patient alone stands in and that are therefore not tested; "" without any."""
    named = [f"{row.factor.rpartition(': ')[2]} ({row.label})" for row in result.untested]
    return f"Not tested, because one patient alone is on one side: {listed(named)}." if named else ""


def min_p_table(result: SubgroupsResult, found: MinP) -> list[dict[str, str]]:
    """Every factor with its p and the adjusted one, in the order of the dictionary."""
    return [
        {
            "Factor": " = ".join((factor.label, *factor.aliases)),
            "Events of patients by level": _groups(result, factor),
            "p": p_value(p),
            "p adjusted (min-p)": p_value(adjusted),
            "Keep in mind": _thin(result, factor),
        }
        for factor, p, adjusted in zip(result.factors, found.raw.tolist(), found.adjusted.tolist(), strict=True)
    ]


def _groups(result: SubgroupsResult, factor: Factor) -> str:
    return " · ".join(f"{result.rows[i].label} {result.events[i]} of {result.sizes[i]}" for i in factor.rows)


def _thin(result: SubgroupsResult, factor: Factor) -> str:
    """Why a factor rests on next to nothing (guard T1), "" where it does not."""
    notes = []
    if min(factor.sizes) < GUARDS.test_group:
        notes.append(f"a level of fewer than {GUARDS.test_group}")
    if sum(int(result.events[i]) for i in factor.rows) < GUARDS.test_events:
        notes.append(f"fewer than {GUARDS.test_events} events")
    return "; ".join(notes)
