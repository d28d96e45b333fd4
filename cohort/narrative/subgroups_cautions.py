"""What to keep in mind about the forest, and the words of the test of all its factors."""

from __future__ import annotations

from cohort.guards import GUARDS
from cohort.narrative.cautions import Caution
from cohort.narrative.subgroups import LATE
from cohort.statistics.multiplicity import MinP
from cohort.subgroups_result import Factor, SubgroupsResult
from cohort.wording import count, listed, p_value, plural


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
            "With one arm the rows describe who had the event under this treatment; whether treatment works "
            "differently in them cannot be asked of these data.",
        )
    )
    if result.ratios_asked:
        found.append(_ratio_caution(result))
    found += [*_late(result), *_ascertainment(result)]
    texts = {c["id"]: c["text"] for c in view.definition.caveats}
    return (*found, *(Caution(w, texts[w]) for w in view.endpoint.warnings if w in texts and w != "G3"))


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
    error = max(found.raw_standard_error.max(initial=0), found.adjusted_standard_error.max(initial=0))
    return (
        f"{plural(k, 'factor')} tested on {plural(result.view.events, 'event')}: permutation p of the studentised "
        f"log-rank statistic, and the same adjusted for having looked at all {k} (min-p, Westfall and Young 1993; "
        f"{count(found.draws)} draws, seed {found.seed}; Monte Carlo standard error at most {error:.3f})." + cause
    )


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
