# Expected values of Gray's test, and of curves after a landmark or with delayed entry, from R. Run from the project
# root, after survival.R: Rscript tests/golden/competing.R
#
# Debian/Ubuntu: apt-get install -y r-base-core r-cran-survival r-cran-cmprsk
# Reads  founding_input.csv, cuminc_input.csv
# Writes competing_input.csv       one row a patient: dataset, group, time, status (0 censored, 1 and 2 causes)
#        competing_tests.csv       cmprsk::cuminc(rho = 0 and 1)$Tests for both causes; statistic -1 (no variance, or a
#                                  group never at risk at an event) is left empty
#        competing_permutation.csv cuminc on every distinct allocation: statistic, p, smallest p, allocations
#        bounds_curves.csv         survfit after a landmark, and with entry at either end of its limits: log-log limits
# Last run: R 4.2.2, survival 3.5.3, cmprsk 2.2-11.

suppressMessages({library(survival); library(cmprsk)})
folder <- "tests/golden"
out <- function(x, name) write.csv(x, file.path(folder, name), row.names = FALSE, quote = FALSE, na = "")
num <- function(x) signif(x, 12)

# --- data sets --------------------------------------------------------------------------------------------------
paper <- read.csv(file.path(folder, "founding_input.csv"))
relapsed <- as.integer(paper$relapse != "none")
adverse <- ifelse(paper$eln == "adverse", "adverse", "other")
# the three transplants are inferred (patients 14, 17, 18), see docs
transplanted <- ifelse(paper$id %in% c(14, 17, 18), 2, relapsed)
data_set <- function(name, time, status, group)
  data.frame(dataset = name, group = as.character(group), time = time, status = as.integer(status))
mgus <- function(name, rows, unit = 1) {
  m <- head(mgus2, rows)
  progressed <- m$pstat == 1
  data_set(name, ceiling(ifelse(progressed, m$ptime, m$futime) / unit), ifelse(progressed, 1, 2 * m$death), m$sex)
}
before <- read.csv(file.path(folder, "cuminc_input.csv"))
input <- rbind(
  before[before$dataset %in% c("first_relapse_by_mrd", "mgus2_by_sex"), ],
  data_set("transplant_by_eln", paper$rfs, transplanted, paper$eln),
  data_set("transplant_by_adverse", paper$rfs, transplanted, adverse),
  data_set("transplant_by_timing", paper$rfs, transplanted, paper$timing),
  mgus("mgus2_300_by_sex", 300),
  mgus("mgus2_years_by_sex", 300, 12),  # whole years: many ties, in and across groups
  data_set("ties", c(1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5, 5, 6), c(1, 2, 1, 0, 1, 2, 1, 1, 2, 0, 1, 2, 0, 1, 1, 0),
           c("a", "b", "b", "c", "a", "a", "b", "c", "c", "a", "a", "c", "b", "b", "c", "c")),
  data_set("no_event_of_interest_in_a_group", c(1, 2, 4, 6, 7, 3, 5, 8, 9), c(1, 2, 0, 1, 1, 0, 0, 2, 0), rep(c("a", "b"), 5:4)),
  data_set("no_event_in_a_group", c(1, 2, 4, 6, 7, 3, 5, 8, 9), c(1, 2, 0, 1, 1, 0, 0, 0, 0), rep(c("a", "b"), 5:4)),
  data_set("one_patient_in_a_group", c(2, 3, 5, 5, 7, 8, 9, 4), c(1, 0, 1, 2, 0, 1, 2, 1), rep(c("a", "b"), c(7, 1))),
  # one of eight left when two others have the event at once: the tie correction is negative there
  data_set("last_of_a_group", c(1, 2, 3, 4, 5, 6, 7, 20, 8, 8, 9, 10, 10, 11), c(1, 2, 1, 2, 1, 2, 1, 0, 1, 1, 0, 1, 1, 0),
           rep(c("a", "b"), c(8, 6))),
  # one group is censored near F = 1, the other begins then: the pooled incidence passes 1
  data_set("one_group_after_the_other", c(1:10, 20:23), c(rep(1, 9), 0, rep(1, 4)), rep(c("a", "b"), c(10, 4))),
  data_set("left_before_the_first_event", c(3, 4, 5, 6, 7, 8, 1, 2), c(1, 0, 1, 2, 1, 0, 0, 0),
           c("a", "b", "a", "b", "b", "a", "c", "c")),
  data_set("three_small_groups", c(1, 3, 3, 4, 6, 7, 8, 9, 9), c(1, 1, 2, 1, 0, 2, 1, 1, 0), c("a", "b", "c", "a", "a", "b", "c", "c", "b")),
  data_set("two_small_groups", c(1, 2, 2, 3, 4, 5, 5, 6, 8), c(1, 1, 2, 0, 2, 1, 1, 0, 1), c("a", "b", "b", "a", "a", "a", "b", "b", "b")),
  data_set("all_censored", c(3, 5, 8, 9), 0, c("a", "b", "a", "b"))
)
out(input, "competing_input.csv")
sets <- split(input, factor(input$dataset, unique(input$dataset)))

# --- Gray's test ------------------------------------------------------------------------------------------------
tests_of <- function(d, rho) cuminc(d$time, d$status, d$group, rho = rho)$Tests
tests <- list()
for (d in sets) for (rho in 0:1) if (any(d$status > 0)) {
  # a group that is never at risk at an event makes the covariance singular, and cuminc gives -1: without it the same
  # test has a value
  present <- tapply(d$time, d$group, max) >= min(d$time[d$status > 0])
  x <- tests_of(d[present[d$group], ], rho)
  stopifnot(all(present) || all(tests_of(d, rho)[, "stat"] == -1))
  x[x[, "stat"] == -1, ] <- NA
  for (cause in rownames(x)) tests[[length(tests) + 1]] <- data.frame(dataset = d$dataset[1], cause = cause, rho = rho,
    statistic = num(x[cause, "stat"]), df = x[cause, "df"], p = num(pchisq(x[cause, "stat"], x[cause, "df"], lower.tail = FALSE)))
}
out(do.call(rbind, tests), "competing_tests.csv")

# --- permutation ------------------------------------------------------------------------------------------------
# Every way of dealing the labels, one a column
deals <- function(labels) {
  g <- sort(unique(labels))
  if (length(g) == 1) return(matrix(labels, ncol = 1))
  rest <- deals(labels[labels != g[1]])
  do.call(cbind, combn(length(labels), sum(labels == g[1]), simplify = FALSE, FUN = function(at) {
    x <- matrix(g[1], length(labels), ncol(rest))
    x[-at, ] <- rest
    x
  }))
}
close_to <- function(x, statistic) x >= statistic - 1e-9 * max(1, statistic)
permutation <- list()
for (name in c("two_small_groups", "three_small_groups", "one_patient_in_a_group", "first_relapse_by_mrd")) {
  d <- sets[[name]]
  for (cause in 1:2) {
    statistic <- function(g) max(tests_of(transform(d, group = g), 0)[as.character(cause), "stat"], 0)  # -1: none
    all <- apply(deals(d$group), 2, statistic)
    observed <- statistic(d$group)
    if (observed > 0) permutation[[length(permutation) + 1]] <- data.frame(dataset = name, cause = cause,
      statistic = num(observed), allocations = length(all), p = num(mean(close_to(all, observed))),
      smallest = num(mean(close_to(all, max(all)))))
  }
}
out(do.call(rbind, permutation), "competing_permutation.csv")

# --- landmark and delayed entry -----------------------------------------------------------------------------------
curve <- function(name, fit) data.frame(dataset = name, time = num(fit$time), n_risk = fit$n.risk, n_event = fit$n.event,
  survival = num(fit$surv), lower = num(fit$lower), upper = num(fit$upper))[fit$n.event + fit$n.censor > 0, ]
after <- function(name, d, at) curve(name, survfit(Surv(time - at, status) ~ 1, d[d$time > at, ], conf.type = "log-log"))
# entry is known for ten patients; for the others it lies between diagnosis and os - rfs
unknown <- paper$id %in% c(2, 5, 6, 7, 9, 10, 14, 17, 18)
delayed <- function(name, entry) curve(name, survfit(Surv(entry, paper$os, paper$death) ~ 1, conf.type = "log-log"))
out(rbind(
  after("rfs_after_12", data.frame(time = paper$rfs, status = relapsed), 12),
  after("os_after_24", data.frame(time = paper$os, status = paper$death), 24),
  after("veteran_after_60", veteran, 60),
  delayed("os_latest_entry", paper$os - paper$rfs),
  delayed("os_earliest_entry", ifelse(unknown, 0, paper$os - paper$rfs))
), "bounds_curves.csv")
