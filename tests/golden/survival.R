# Expected values of the statistics, from R. Run from the project root: Rscript tests/golden/survival.R
#
# Debian/Ubuntu: apt-get install -y r-base-core r-cran-survival r-cran-cmprsk
# Reads  founding_input.csv   (the paper's Tables 1 and 2: months, death, relapse, ELN 2022, flow MRD, timing)
# Writes survival_input.csv   one row a patient: dataset, group, entry (delayed entry only), time, status
#        survival_curves.csv  survfit: S, Greenwood SE of S, limits for conf.type plain, log and log-log
#        survival_medians.csv quantile.survfit(0.5) by conf.type; also for the reverse Kaplan-Meier curve
#        at_risk.csv          #{T >= t}, events and censorings before t
#        cuminc_input.csv     one row a patient: dataset, group, time, status (0 censored, 1 and 2 causes)
#        cuminc.csv           cmprsk::cuminc: estimate, variance, limits on log(-log(1 - F)), for both causes
#        exact_intervals.csv  binom.test, poisson.test, qhyper
# Last run: R 4.2.2, survival 3.5.3, cmprsk 2.2-11.

suppressMessages({library(survival); library(cmprsk)})
folder <- "tests/golden"
out <- function(x, name) write.csv(x, file.path(folder, name), row.names = FALSE, quote = FALSE, na = "")
num <- function(x) signif(x, 10)

paper <- read.csv(file.path(folder, "founding_input.csv"))
relapsed <- as.integer(paper$relapse != "none")
data_set <- function(name, time, status, group = "All", entry = NA)
  data.frame(dataset = name, group = as.character(group), entry = entry, time = time, status = as.integer(status))

# --- Kaplan-Meier ----------------------------------------------------------------------------------------------
input <- rbind(
  data_set("os", paper$os, paper$death),
  data_set("os_by_eln", paper$os, paper$death, paper$eln),
  data_set("os_by_mrd", paper$os, paper$death, paper$mrd_flow),
  data_set("os_by_timing", paper$os, paper$death, paper$timing),
  data_set("rfs", paper$rfs, relapsed),
  data_set("rfs_by_eln", paper$rfs, relapsed, paper$eln),
  data_set("rfs_by_mrd", paper$rfs, relapsed, paper$mrd_flow),
  data_set("rfs_by_timing", paper$rfs, relapsed, paper$timing),
  # delayed entry at its upper bound: everyone enters at os - rfs months after diagnosis
  data_set("os_delayed_entry", paper$os, paper$death, entry = paper$os - paper$rfs),
  data_set("entry_ties", c(2, 3, 3, 5, 5, 8, 9), c(1, 1, 0, 1, 0, 1, 0), entry = c(0, 0, 2, 3, 0, 3, 5)),
  data_set("lung", lung$time, lung$status == 2),
  data_set("veteran", veteran$time, veteran$status, paste0("trt ", veteran$trt)),
  data_set("aml", aml$time, aml$status, aml$x),
  data_set("kidney", kidney$time, kidney$status),
  with(subset(pbc, edema > 0), data_set("pbc", time, status == 2, paste0("edema ", edema))),
  data_set("flat_half", 1:4, 1),
  data_set("flat_half_to_the_end", c(1, 2, 3, 7), c(1, 1, 0, 0)),
  data_set("ties", c(1, 1, 1, 2, 2, 3, 3, 3, 3, 5), c(1, 0, 1, 0, 0, 1, 1, 0, 1, 0)),
  data_set("all_censored", c(3, 5, 8), 0),
  data_set("one_patient_censored", 4, 0),
  data_set("one_patient_event", 4, 1),
  data_set("last_event", c(1, 2, 4, 6, 7), c(1, 0, 1, 0, 1)),
  data_set("zero_times", c(0, 0, 0, 2, 3, 5), c(1, 0, 0, 1, 0, 1)),
  data_set("years_to_months", c(0.1 * 3, 0.3, 0.7, 0.1 * 7, 1.1, 0.1 * 11) * 12, c(1, 1, 0, 1, 1, 0))
)
out(transform(input, time = format(time, digits = 17, trim = TRUE, drop0trailing = TRUE)), "survival_input.csv")

fit_with <- function(d, conf_type, reverse = FALSE) {
  status <- if (reverse) 1 - d$status else d$status
  y <- if (anyNA(d$entry)) Surv(d$time, status) else Surv(d$entry, d$time, status)
  survfit(y ~ 1, conf.type = conf_type)
}
conf_types <- c("plain", "log", "log-log")
curves <- medians <- at_risk <- list()
key <- interaction(input$dataset, input$group, drop = TRUE, lex.order = TRUE)
for (d in split(input, factor(key, unique(key)))) {
  name <- data.frame(dataset = d$dataset[1], group = d$group[1])
  fits <- lapply(setNames(conf_types, conf_types), function(type) fit_with(d, type))
  fit <- fits[["plain"]]
  limits <- do.call(cbind, lapply(conf_types, function(type) {
    limit <- data.frame(num(fits[[type]]$lower), num(fits[[type]]$upper))
    setNames(limit, paste0(sub("-", "", type), c("_lower", "_upper")))
  }))
  left <- fit$n.event + fit$n.censor > 0
  curves[[length(curves) + 1]] <- cbind(name, time = num(fit$time), n_risk = fit$n.risk, n_event = fit$n.event,
    n_censor = fit$n.censor, survival = num(fit$surv), std_error = num(fit$std.err * fit$surv), limits)[left, ]
  for (reverse in c(FALSE, TRUE)) for (type in conf_types) {
    q <- quantile(fit_with(d, type, reverse), 0.5)
    medians[[length(medians) + 1]] <- cbind(name, curve = if (reverse) "reverse" else "survival", conf_type = type,
      median = num(unname(q$quantile)), lower = num(unname(q$lower)), upper = num(unname(q$upper)))
  }
  if (anyNA(d$entry) && sum(input$dataset == d$dataset[1]) < 25) for (t in c(0, 1, 6, 12, 24, 36, 48, 60, 72, 133, 134)) {
    at_risk[[length(at_risk) + 1]] <- cbind(name, time = t, n_risk = sum(d$time >= t),
      n_event = sum(d$time < t & d$status == 1), n_censor = sum(d$time < t & d$status == 0))
  }
}
out(do.call(rbind, curves), "survival_curves.csv")
out(do.call(rbind, medians), "survival_medians.csv")
# years_to_months is left out: R's own #{T >= t} is without a tolerance
out(subset(do.call(rbind, at_risk), dataset != "years_to_months"), "at_risk.csv")

# --- competing risks --------------------------------------------------------------------------------------------
cause <- c(none = 0, morphological = 1, molecular = 2)
mgus <- function(name, rows, group = "All") {
  m <- head(mgus2, rows)
  progressed <- m$pstat == 1
  data_set(name, ifelse(progressed, m$ptime, m$futime), ifelse(progressed, 1, 2 * m$death), group)
}
competing <- rbind(
  data_set("first_relapse", paper$rfs, cause[paper$relapse]),
  # the three transplants are inferred (patients 14, 17, 18), see docs
  data_set("relapse_or_transplant", paper$rfs, ifelse(paper$id %in% c(14, 17, 18), 2, relapsed)),
  data_set("first_relapse_by_mrd", paper$rfs, cause[paper$relapse], paper$mrd_flow),
  mgus("mgus2", 300),
  mgus("mgus2_by_sex", 100, head(mgus2$sex, 100)),
  data_set("both_causes_at_the_end", c(1, 1, 1, 2, 2, 2, 3, 3, 3), c(1, 1, 2, 0, 1, 2, 1, 2, 2)),
  data_set("one_of_each", c(1, 2, 3), c(2, 1, 0)),
  data_set("zero_times", c(0, 0, 0, 1, 2), c(1, 2, 0, 1, 2))
)
out(competing[c("dataset", "group", "time", "status")], "cuminc_input.csv")
z <- qnorm(0.975)
rows <- list()
key <- interaction(competing$dataset, competing$group, drop = TRUE, lex.order = TRUE)
for (d in split(competing, factor(key, unique(key)))) {
  ci <- cuminc(d$time, d$status)
  times <- sort(unique(d$time))
  at <- timepoints(ci, times)
  for (k in intersect(1:2, d$status)) {
    f <- at$est[paste(1, k), ]
    v <- at$var[paste(1, k), ]
    width <- z * sqrt(v) / ((1 - f) * log(1 - f))  # negative: log(1 - f) < 0
    inside <- f > 0 & f < 1
    rows[[length(rows) + 1]] <- data.frame(dataset = d$dataset[1], group = d$group[1], cause = k, time = times,
      incidence = num(f), variance = num(v), lower = num(ifelse(inside, 1 - (1 - f)^exp(width), NA)),
      upper = num(ifelse(inside, 1 - (1 - f)^exp(-width), NA)))
  }
}
out(do.call(rbind, rows), "cuminc.csv")

# --- exact intervals --------------------------------------------------------------------------------------------
binomial <- do.call(rbind, lapply(list(c(0, 19), c(1, 19), c(16, 19), c(17, 19), c(19, 19), c(6, 19), c(11, 15), c(0, 1)),
  function(x) data.frame(test = "binomial", k = x[1], n = x[2], N = NA, t(binom.test(x[1], x[2])$conf.int))))
poisson <- do.call(rbind, lapply(list(c(3, 1012), c(6, 599), c(0, 120), c(1, 0.5)),
  function(x) data.frame(test = "poisson", k = x[1], n = x[2], N = NA, t(poisson.test(x[1], x[2])$conf.int))))
grid <- expand.grid(k = c(0, 1, 6, 7, 9, 17, 19), n = c(0, 1, 3, 4, 5, 7, 9, 14, 19))
hyper <- data.frame(test = "hypergeometric", k = grid$k, n = grid$n, N = 19,
  X1 = qhyper(0.025, grid$k, 19 - grid$k, grid$n), X2 = qhyper(0.975, grid$k, 19 - grid$k, grid$n))
exact <- rbind(binomial, poisson, hyper)
out(transform(setNames(exact, c("test", "k", "n", "N", "lower", "upper")), lower = num(lower), upper = num(upper)),
    "exact_intervals.csv")
