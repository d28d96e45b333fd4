"""When to say more: every threshold of the cautions, in one place, shown on the methods page.

Guards inform, they never obstruct: a curve is always drawn. Sources: STATISTICS C3 (gates), Gebski 2018 (data
maturity: the drop one more event would cause), Pocock 2002 (how far to draw a curve).
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
    """

    small_group: int = 5
    few_at_risk: int = 5
    one_more_event: float = 0.10
    axis_share: float = 0.10
    axis_count: int = 3
    follow_up_ratio: float = 1.5

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
                "G1",
                "time is counted from before patients could enter the cohort",
                "a caution: early survival is partly guaranteed by design",
            ),
            ("G2", "groups are known only after time zero", "a caution: patients had to survive to be classified"),
            ("G3", "groups differ in how closely the event was looked for", "a caution naming the assays"),
        )


GUARDS = Guards()
