"""What is computed and by whose rule, in the words of the methods page: intervals, conventions, comparisons."""

INTERVAL_NOTES = {
    "bpcp": (
        "A beta distribution is matched to the product of the curve's steps; the limits keep their coverage in small "
        "samples and widen whenever a patient leaves. The default.",
        "Fay MP, Brittain EH, Proschan MA. Biostatistics 2013;14:723–736.",
    ),
    "log-log": (
        "Greenwood's standard error on the scale of log(−log S), which keeps the limits between 0 and 1; where S is 1 "
        "or 0 there are none.",
        "Kalbfleisch JD, Prentice RL. The Statistical Analysis of Failure Time Data, 2nd ed., section 1.4.",
    ),
    "log": (
        "Greenwood's standard error on the scale of log S, the upper limit cut at 1; the default of R.",
        'R package survival, survfit, conf.type = "log".',
    ),
    "plain": (
        "S plus or minus 1.96 of Greenwood's standard errors, cut at 0 and 1; too narrow when events are few.",
        "Greenwood M. The natural duration of cancer. Reports on Public Health and Medical Subjects 1926;33:1–26.",
    ),
}
"""What each interval does, in one plain sentence, and where it was described."""

CONVENTIONS = (
    ("Number at risk at t", "Patients observed up to t or longer (time ≥ t): who leaves at t is still at risk at t, as "
     "in R. Events and censorings under the axis are those before t; the three add up to n."),
    ("Ties", "At one time, events come before censorings: a patient censored at t was at risk for the event at t. "
     "Times closer than a billionth of their value are one time."),
    ("After the last patient", "No line and no estimate is given later than a group's last observed time."),
    ("Median", "First time at which S is 0.5 or less; if the curve runs flat at exactly 0.5, the middle of that flat "
     "segment, for the estimate and both limits (R, quantile.survfit). “Not reached” if S stays above 0.5. Limits "
     "invert those of the curve (Brookmeyer and Crowley, Biometrics 1982;38:29–41)."),
    ("Follow-up", "Reverse Kaplan–Meier: event and censoring exchange roles, so the median tells how long patients "
     "would have been followed had nobody had the event (Schemper and Smith, Control Clin Trials 1996;17:343–346). "
     "The naive median of all observed times is printed beside it."),
    ("Cumulative incidence", "Aalen–Johansen, ties taken as they are; variance as in R cmprsk; complementary log-log "
     "limits, beta product ones where no event competes. An event of another kind competes; it is never censored away "
     "where the registry names it."),
    ("Confidence limits", "95 %, two-sided and pointwise: they hold at one month chosen beforehand, not for the whole "
     "curve at once."),
    ("Table 1", "n/N (%) of patients with a value; numbers as median (interquartile range; range); quartiles by linear "
     "interpolation of the order statistics (R type 7, numpy's default). No p values, no standardised differences."),
    ("Shares", "Exact Clopper–Pearson limits; percentages as integers below n = 100."),
)  # fmt: skip
"""Choices that textbooks and programs make differently, with the one made here."""

COMPARISONS = (
    (
        "Test of groups",
        "Permutation of the studentised log-rank statistic: every allocation of the patients to groups of these "
        "sizes up to 200 000, else 100 000 seeded draws with their Monte-Carlo error. The p is the share of "
        "allocations at least as far apart; the smallest attainable one is printed beside it. With more than two "
        "groups all are compared at once; pairs follow with Holm's adjustment.",
        "Heinze G, Gnant M, Schemper M. Biometrics 2003;59:1151–1157; studentised: arXiv 1807.05504; Holm S. "
        "Scand J Stat 1979;6:65–70.",
    ),
    (
        "Other weights",
        "Gehan–Breslow, Tarone–Ware, Peto–Peto and late weights, permuted in the same way, as labelled "
        "secondaries. Asymptotic p values are added only where guard T5 allows.",
        "Tarone RE, Ware J. Biometrika 1977;64:156–160; Harrington DP, Fleming TR. Biometrika 1982;69:553–566.",
    ),
    (
        "Competing events",
        "Gray's statistic of cumulative incidence, permuted in the same way.",
        "Gray RJ. Ann Stat 1988;16:1141–1154.",
    ),
    (
        "Hazard ratio",
        "Cox regression with Firth's penalty (Breslow ties), profile-likelihood limits; against the largest "
        "group. Finite also where a group has no event, where the ordinary ratio is not estimable.",
        "Heinze G, Schemper M. Biometrics 2001;57:114–119.",
    ),
    (
        "Difference at a month",
        "Difference of the two estimates; limits by square-and-add (MOVER) from each curve's own limits, so that "
        "a curve at 100 % adds its uncertainty.",
        "Zou GY, Donner A. Stat Med 2008;27:1693–1702.",
    ),
    (
        "Restricted mean",
        "Area under the curve to the last full year with five or more at risk in every group; the estimator's own"
        " standard error.",
        "Royston P, Parmar MKB. BMC Med Res Methodol 2013;13:152.",
    ),
    (
        "Times known between limits",
        "Every Kaplan–Meier curve that the limits allow; the lowest and the highest value at each time. No test.",
        "Enumeration; see docs/validation.md.",
    ),
    (
        "Landmark",
        "Patients still at risk after the month, the clock restarted there.",
        "Anderson JR, Cain KC, Gelber RD. J Clin Oncol 1983;1:710–719.",
    ),
    (
        "Single patients",
        "Everything again with one patient left out at a time.",
        "Leave-one-out.",
    ),
    (
        "Lost to follow-up",
        "Two assumptions about all who were lost: the event at last contact, or none to the end of follow-up. "
        "Later events than that could lead further. Tipping point: the fewest of them who move the exact p across"
        " 0.05.",
        "Assumptions, not bounds.",
    ),
    (
        "Many looks",
        "Westfall–Young single-step min-p over all baseline factors; every distinct comparison of a session is "
        "counted.",
        "Westfall PH, Young SS. Resampling-Based Multiple Testing. Wiley 1993.",
    ),
)
"""How groups are compared: what, how, and where it was described."""
