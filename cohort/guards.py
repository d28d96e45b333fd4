"""When to say more: every threshold of the cautions, in one place, shown on the methods page.

Guards inform, they never obstruct: a curve is always drawn, an exact test is always one click away. Sources:
STATISTICS C3 (gates), Gebski 2018 (data maturity: the drop one more event would cause), Pocock 2002 (how far to draw).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Guards:
    """Thresholds, each with the sentence that explains it.

    Attributes
    ----------
    small_group : groups of fewer patients get a caution (N1).
    few_at_risk : an estimate with fewer at risk is printed grey with the number (N2).
    one_more_event : a curve is faded from where one more event would lower it by more than this share (N3).
    axis_share, axis_count : the standard time axis ends where fewer than this share or number remain.
    follow_up_ratio : groups whose reverse Kaplan–Meier medians differ by more get a caution (T4).
    test_group, test_events : below either a comparison rests on next to nothing; the exact test says what it can (T1).
    few_events : below this number of events only exact tests are shown, with the ratio they could detect (T2).
    large_group : asymptotic p values are shown from this group size and ``few_events`` events on (T5).
    events_per_parameter : a model of several variables needs this many events for each (M1).
    """

    small_group: int = 5
    few_at_risk: int = 5
    one_more_event: float = 0.10
    axis_share: float = 0.10
    axis_count: int = 3
    follow_up_ratio: float = 1.5
    test_group: int = 3
    test_events: int = 3
    few_events: int = 10
    large_group: int = 5
    events_per_parameter: int = 10

    def explained(self) -> tuple[tuple[str, str, str], ...]:
        """Rows (code, condition, what happens) for the methods page."""
        return (
            ("E0", "no patient matches", "the page says so and what to relax; nothing stale stays on screen"),
            ("N1", f"fewer than {self.small_group} patients in a group", "a caution; the curve is drawn all the same"),
            (
                "N2",
                f"fewer than {self.few_at_risk} at risk at a month",
                "the estimate is marked, its number at risk printed",
            ),
            (
                "N3",
                f"one more event would lower the curve by more than {self.one_more_event * 100:.0f} points",
                "the curve is faded from there on",
            ),
            ("N4", "later than the last patient of the group", "no line and no estimate: “not estimable”"),
            (
                "axis",
                f"fewer than {self.axis_count} patients or {self.axis_share * 100:.0f} % remain",
                "the standard time axis ends; “full” shows the rest",
            ),
            (
                "T4",
                f"median follow-up of groups differs by a factor above {self.follow_up_ratio:g}",
                "a caution with both medians",
            ),
            (
                "T1",
                f"a group of fewer than {self.test_group} patients, or fewer than {self.test_events} events in all",
                "the smallest p this comparison could give is named first; the exact test is one click away",
            ),
            (
                "T2",
                f"fewer than {self.few_events} events",
                "exact tests only, with the hazard ratio that so many events could detect",
            ),
            (
                "T3",
                "no event in a group",
                f"the ordinary Cox ratio is “not estimable”; Firth's penalised ratio with profile limits is shown from "
                f"{self.test_group} patients a group and {self.test_events} events on",
            ),
            (
                "T5",
                f"fewer than {self.few_events} events or a group below {self.large_group} patients",
                "asymptotic p values are not printed: in such samples they are too small far too often",
            ),
            (
                "M1",
                f"fewer than {self.events_per_parameter} events for each parameter",
                "no model of several variables is offered",
            ),
            ("L1", "two comparisons or more in a session", "their number and the chance of a false positive are named"),
            (
                "G1",
                "time is counted from before patients could enter the cohort",
                "a caution: early survival is partly guaranteed by design",
            ),
            ("G2", "groups are known only after time zero", "a caution: patients had to survive to be classified"),
            ("G3", "groups differ in how closely the event was looked for", "a caution naming the assays"),
        )


GUARDS = Guards()
