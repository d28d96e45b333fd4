# Expected values of group comparisons, from R. Run from the project root, after survival.R:
# Rscript tests/golden/comparison.R   (about two minutes)
#
# Debian/Ubuntu: apt-get install -y r-base-core r-cran-survival r-cran-coin
# Reads  survival_input.csv, founding_input.csv
# Writes comparison_input.csv       every data set: dataset, group, entry (delayed entry only), time, status
#        comparison_tests.csv       by data set and weight: chi-square, df, p; survdiff(rho = 0 and 1), other weights
#                                   and delayed entry by looping over the event times
#        comparison_groups.csv      by group as well: n, observed, expected, weighted score and its variance
#        comparison_permutation.csv permutation of the groups with the studentised statistic: p, smallest p, allocations
#                                   (draws > 0: drawn at random)
#        comparison_coin.csv        exact p of coin::logrank_test, whose statistic is not studentised, and its scores
#        comparison_holm.csv        p.adjust(method = "holm")
# Last run: R 4.2.2, survival 3.5.3, coin 1.4.2.

suppressMessages({library(survival); library(coin)})
folder <- "tests/golden"
out <- function(x, name) write.csv(x, file.path(folder, name), row.names = FALSE, quote = FALSE, na = "")
num <- function(x) signif(x, 12)
same <- function(a, b, tolerance = 1e-8) stopifnot(isTRUE(all.equal(unname(a), unname(b), tolerance = tolerance)))

# --- data sets --------------------------------------------------------------------------------------------------
paper <- read.csv(file.path(folder, "founding_input.csv"))
relapsed <- as.integer(paper$relapse != "none")
adverse <- ifelse(paper$eln == "adverse", "adverse", "other")
# FAB class with subtypes merged, from the paper's Table 1 in order of patient
fab <- paste0("M", c(2, 1, 5, 1, 2, 2, 5, 2, 7, 2, 5, 2, 5, 4, 1, 4, 2, 4, 5))
data_set <- function(name, time, status, group, entry = NA)
  data.frame(dataset = name, group = as.character(group), entry = entry, time = time, status = as.integer(status))
input <- read.csv(file.path(folder, "survival_input.csv"))
grouped <- tapply(input$group, input$dataset, function(g) length(unique(g)) > 1)
input <- rbind(
  input[grouped[input$dataset], ],
  data_set("os_adverse", paper$os, paper$death, adverse),
  data_set("rfs_adverse", paper$rfs, relapsed, adverse),
  data_set("os_fab", paper$os, paper$death, fab),
  data_set("os_fab_m7", paper$os, paper$death, ifelse(fab == "M7", "M7", "other")),
  data_set("os_delayed_by_mrd", paper$os, paper$death, paper$mrd_flow, entry = paper$os - paper$rfs),
  data_set("os_delayed_by_eln", paper$os, paper$death, paper$eln, entry = paper$os - paper$rfs),
  data_set("entry_ties_grouped", c(2, 3, 3, 5, 5, 8, 9), c(1, 1, 0, 1, 0, 1, 0), c("b", "a", "a", "b", "a", "a", "b"),
           entry = c(0, 0, 2, 3, 0, 3, 5)),
  data_set("veteran_celltype", veteran$time, veteran$status, veteran$celltype),
  data_set("lung_by_sex", lung$time, lung$status == 2, ifelse(lung$sex == 1, "male", "female")),
  with(pbc, data_set("pbc_edema", time, status == 2, paste("edema", edema))),
  # whole months: many ties, in and across groups
  with(lung, data_set("lung_months", ceiling(time / 30.4375), status == 2, ifelse(sex == 1, "male", "female"))),
  data_set("zero_events_in_a_group", c(1, 2, 4, 6, 7, 3, 5, 8, 9), c(1, 1, 0, 1, 1, 0, 0, 0, 0), rep(c("a", "b"), 5:4)),
  data_set("one_patient_in_a_group", c(2, 3, 5, 5, 7, 8, 9, 4), c(1, 0, 1, 1, 0, 1, 0, 1), rep(c("a", "b"), c(7, 1))),
  data_set("flat_half", c(1, 2, 3, 7, 2, 5, 6, 8), c(1, 1, 0, 0, 0, 1, 1, 1), rep(c("a", "b"), each = 4)),
  data_set("left_before_the_first_event", c(3, 4, 5, 6, 7, 1, 2), c(1, 0, 1, 1, 0, 0, 0),
           c("a", "b", "a", "b", "a", "c", "c")),
  data_set("all_censored", c(3, 5, 8, 9), 0, c("a", "b", "a", "b")),
  data_set("ties_grouped", c(1, 1, 1, 2, 2, 3, 3, 3, 3, 5, 6, 6), c(1, 0, 1, 0, 0, 1, 1, 0, 1, 0, 1, 1),
           c("a", "b", "b", "a", "c", "a", "b", "c", "c", "a", "a", "c")),
  data_set("three_small_groups", c(1, 3, 3, 4, 6, 7, 8, 9, 9), c(1, 1, 0, 1, 1, 0, 1, 1, 0),
           c("a", "b", "c", "a", "a", "b", "c", "c", "b")),
  # a conversion of units leaves times that tie only nearly
  data_set("near_ties", c(0.1 * 3, 0.3, 0.7, 0.1 * 7, 1.1, 0.1 * 11) * 12, c(1, 1, 0, 1, 1, 0),
           c("a", "b", "a", "b", "a", "b"))
)
out(transform(input, time = format(time, digits = 17, trim = TRUE, drop0trailing = TRUE)), "comparison_input.csv")
sets <- split(input, factor(input$dataset, unique(input$dataset)))

# --- statistics -------------------------------------------------------------------------------------------------
# One event time after the other, as in the textbooks
by_looping <- function(d, weight) {
  entry <- ifelse(is.na(d$entry) | d$entry == 0, -Inf, d$entry)
  g <- factor(d$group, unique(d$group))
  k <- nlevels(g)
  observed <- expected <- score <- numeric(k)
  v <- matrix(0, k, k)
  s <- 1
  for (t in sort(unique(d$time[d$status == 1]))) {
    risk <- as.vector(table(g[entry < t & d$time >= t]))
    died <- as.vector(table(g[d$time == t & d$status == 1]))
    n <- sum(risk)
    m <- sum(died)
    w <- switch(weight, "log-rank" = 1, gehan = n, "tarone-ware" = sqrt(n), peto = s, late = 1 - s)
    observed <- observed + died
    expected <- expected + m * risk / n
    score <- score + w * (died - m * risk / n)
    if (n > 1) v <- v + w^2 * m * (n - m) / (n - 1) * (diag(risk / n, k) - outer(risk, risk) / n^2)
    s <- s * (1 - m / n)
  }
  list(n = as.vector(table(g)), observed = observed, expected = expected, score = score, v = v)
}
# survdiff leaves out groups that are never at risk at an event; with a weight that starts at 0, nor after the first
chi_square <- function(score, v) {
  use <- which(diag(v) > 1e-12)[-1]
  if (!length(use)) return(c(statistic = NA, df = 0))
  c(statistic = sum(score[use] * solve(v[use, use, drop = FALSE], score[use])), df = length(use))
}
tests <- groups <- list()
for (d in sets) for (weight in c("log-rank", "gehan", "tarone-ware", "peto", "late")) {
  # survdiff merges nearly equal times, by aeqSurv
  merged <- if (anyNA(d$entry)) transform(d, time = aeqSurv(Surv(time, status))[, "time"]) else d
  x <- by_looping(merged, weight)
  g <- factor(d$group, unique(d$group))
  if (anyNA(d$entry) && sum(d$status) && weight %in% c("log-rank", "peto")) {
    fit <- survdiff(Surv(time, status) ~ g, d, rho = as.integer(weight == "peto"))
    same(fit$obs - fit$exp, x$score)
    same(diag(fit$var), diag(x$v))
    test <- c(statistic = fit$chisq, df = sum(fit$exp > 0) - 1)
    same(test, chi_square(x$score, x$v))
    x$score <- fit$obs - fit$exp
    x$v <- fit$var
    if (weight == "log-rank") x[c("observed", "expected")] <- list(fit$obs, fit$exp)
  } else test <- chi_square(x$score, x$v)
  if (weight == "log-rank" && d$dataset[1] %in% c("os_delayed_by_mrd", "os_delayed_by_eln"))
    # no tied deaths: the log-rank test is Cox's score test
    same(test["statistic"], suppressWarnings(coxph(Surv(entry, time, status) ~ group, d))$score, 1e-6)
  name <- data.frame(dataset = d$dataset[1], weight = weight)
  tests[[length(tests) + 1]] <- cbind(name, statistic = num(test[["statistic"]]), df = test[["df"]],
    p = num(pchisq(test[["statistic"]], test[["df"]], lower.tail = FALSE)))
  groups[[length(groups) + 1]] <- cbind(name, group = levels(g), n = x$n, observed = x$observed,
    expected = num(x$expected), score = num(round(x$score, 13)), variance = num(diag(x$v)))
}
out(do.call(rbind, tests), "comparison_tests.csv")
out(do.call(rbind, groups), "comparison_groups.csv")

# --- permutation ------------------------------------------------------------------------------------------------
close_to <- function(x, statistic) x >= statistic - 1e-9 * max(1, statistic)
summary_of <- function(name, weight, all, statistic, draws = 0) data.frame(dataset = name, weight = weight,
  statistic = num(statistic), draws = draws, allocations = if (draws) NA else length(all),
  p = num(mean(close_to(all, statistic))), smallest = num(mean(close_to(all, max(all)))))

# survdiff itself on every allocation; where it is not defined the statistic is 0
by_survdiff <- function(d, labels, rho) apply(labels, 2, function(g) {
  x <- by_looping(transform(d, group = g), "log-rank")
  if (sum(diag(x$v)) < 1e-12) 0 else survdiff(Surv(d$time, d$status) ~ g, rho = rho)$chisq
})
# Two groups of the founding cohort have too many for that. All allocations at once, from sums over the smaller group
by_sums <- function(d, members, weight) {
  times <- sort(unique(d$time[d$status == 1]))
  at_risk <- outer(d$time, times, ">=") + 0
  died <- outer(d$time, times, "==") * d$status
  n <- colSums(at_risk)
  m <- colSums(died)
  w <- if (weight == "gehan") n else rep(1, length(n))
  belongs <- matrix(0, ncol(members), nrow(d))
  belongs[cbind(rep(seq_len(ncol(members)), each = nrow(members)), as.vector(members))] <- 1
  share <- sweep(belongs %*% at_risk, 2, n, "/")
  u <- (belongs %*% died) %*% w - share %*% (w * m)
  v <- (share * (1 - share)) %*% (w^2 * ifelse(n > 1, m * (n - m) / (n - 1), 0))
  as.vector(ifelse(v > 1e-12, u^2 / v, 0))
}
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
permutation <- list()
add <- function(x) permutation[[length(permutation) + 1]] <<- x
for (name in c("os_fab_m7", "zero_events_in_a_group", "one_patient_in_a_group", "flat_half", "ties_grouped",
               "three_small_groups", "left_before_the_first_event", "os_by_mrd")) {
  d <- sets[[name]]
  labels <- deals(d$group)
  stopifnot(!anyDuplicated(t(labels)))
  for (rho in 0:(name != "os_by_mrd")) {
    statistic <- survdiff(Surv(time, status) ~ group, d, rho = rho)$chisq
    add(summary_of(name, c("log-rank", "peto")[rho + 1], by_survdiff(d, labels, rho), statistic))
  }
}
coin_scores <- list()
for (name in c("os_adverse", "rfs_adverse", "os_by_mrd", "rfs_by_mrd", "os_by_timing", "rfs_by_timing")) {
  d <- sets[[name]]
  small <- which(d$group == names(which.min(table(d$group))))
  members <- combn(nrow(d), length(small))
  for (weight in c("log-rank", "gehan")) {
    x <- by_looping(d, weight)
    statistic <- x$score[1]^2 / x$v[1, 1]
    all <- by_sums(d, members, weight)
    same(all[colSums(members == small) == length(small)], statistic)
    row <- summary_of(name, weight, all, statistic)
    if (weight == "log-rank" && name != "os_by_mrd") add(row)
    if (weight == "gehan") add(row)
    if (weight == "log-rank" && name == "os_by_mrd") {  # survdiff on every allocation said the same
      before <- do.call(rbind, permutation)
      same(subset(before, dataset == name & weight == "log-rank")$p, row$p)
    }
  }
  g <- factor(d$group)
  exact <- logrank_test(Surv(d$time, d$status) ~ g, distribution = "exact")
  coin_scores[[name]] <- data.frame(dataset = name, patient = seq_len(nrow(d)), group = d$group,
    score = num(logrank_trafo(Surv(d$time, d$status))), p = num(as.numeric(pvalue(exact))))
}
out(do.call(rbind, coin_scores), "comparison_coin.csv")
set.seed(1)
for (name in c("os_by_eln", "rfs_by_eln", "os_fab")) {
  d <- sets[[name]]
  draws <- 20000
  all <- replicate(draws, {
    x <- by_looping(transform(d, group = sample(group)), "log-rank")
    chi <- chi_square(x$score, x$v)[["statistic"]]
    if (is.na(chi)) 0 else chi
  })
  add(summary_of(name, "log-rank", all, survdiff(Surv(time, status) ~ group, d)$chisq, draws))
}
out(do.call(rbind, permutation), "comparison_permutation.csv")

# --- Holm -------------------------------------------------------------------------------------------------------
families <- list(one = 0.03, few = c(0.01, 0.04, 0.03), equal = c(0.02, 0.02, 0.02), large = c(0.9, 0.4, 0.001, 0.6),
                 missing = c(0.012, NA, 0.2, 0.0004))
out(do.call(rbind, lapply(names(families), function(f)
  data.frame(family = f, p = families[[f]], holm = num(p.adjust(families[[f]], "holm"))))), "comparison_holm.csv")
