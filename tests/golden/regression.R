# Expected values of Cox regression and restricted means, from R. Run from the project root, after survival.R:
# Rscript tests/golden/regression.R
#
# Reads  survival_input.csv, founding_input.csv
# Writes regression_input.csv data sets beyond those of survival_input.csv: dataset, group, entry, time, status
#        regression_cox.csv   coxph on group (first group met is the reference), ties efron and breslow: coefficient,
#                             standard error, Wald p; likelihood ratio statistic of the model
#        regression_zph.csv   cox.zph(coxph(ties = efron), terms = FALSE): chi-square by coefficient and global
#        regression_rmst.csv  summary(survfit(), rmean = tau): restricted mean and its standard error
# Last run: R 4.2.2, survival 3.5.3.

suppressMessages(library(survival))
folder <- "tests/golden"
out <- function(x, name) write.csv(x, file.path(folder, name), row.names = FALSE, quote = FALSE, na = "")
num <- function(x) signif(x, 12)

paper <- read.csv(file.path(folder, "founding_input.csv"))
relapsed <- as.integer(paper$relapse != "none")
adverse <- ifelse(paper$eln == "adverse", "adverse", "other")
data_set <- function(name, time, status, group, entry = NA)
  data.frame(dataset = name, group = as.character(group), entry = entry, time = time, status = as.integer(status))

more <- rbind(
  data_set("os_adverse", paper$os, paper$death, adverse),
  data_set("rfs_adverse", paper$rfs, relapsed, adverse),
  data_set("rfs_one_in_a_group", paper$rfs, relapsed, ifelse(paper$id == 13, "alone", "other")),
  data_set("os_delayed_by_mrd", paper$os, paper$death, paper$mrd_flow, entry = paper$os - paper$rfs),
  data_set("entry_ties_grouped", c(2, 3, 3, 5, 5, 8, 9), c(1, 1, 0, 1, 0, 1, 0), c("b", "a", "a", "b", "a", "a", "b"),
           entry = c(0, 0, 2, 3, 0, 3, 5)),
  data_set("veteran_celltype", veteran$time, veteran$status, veteran$celltype),
  with(subset(lung, !is.na(ph.ecog)), data_set("lung_by_ecog", time, status == 2, paste("ecog", ph.ecog))),
  # whole months: many ties, in and across groups
  with(lung, data_set("lung_by_sex", ceiling(time / 30.4375), status == 2, ifelse(sex == 1, "male", "female"))),
  data_set("ties_grouped", c(1, 1, 1, 2, 2, 3, 3, 3, 3, 5, 6, 6), c(1, 0, 1, 0, 0, 1, 1, 0, 1, 0, 1, 1),
           c("a", "b", "b", "a", "c", "a", "b", "c", "c", "a", "a", "c")),
  # the third group has no event, the first two can still be compared
  data_set("a_group_without_event", c(2, 4, 5, 7, 9, 11, 3, 6, 8, 10, 12, 12), c(1, 1, 0, 1, 1, 0, 0, 1, 0, 0, 0, 0),
           c("a", "b", "a", "b", "a", "b", "c", "b", "c", "c", "a", "c")),
  # every event of group a comes before the first of group b, with no one of group a left then
  data_set("separated", c(1, 2, 3, 4, 6, 7, 8, 9), c(1, 1, 1, 0, 1, 1, 0, 1), rep(c("a", "b"), each = 4))
)
out(more, "regression_input.csv")

input <- rbind(read.csv(file.path(folder, "survival_input.csv")), more)
sets <- split(input, factor(input$dataset, unique(input$dataset)))
surv <- function(d) if (anyNA(d$entry)) Surv(d$time, d$status) else Surv(d$entry, d$time, d$status)

# --- Cox and proportional hazards -------------------------------------------------------------------------------
# R's own tolerance (a relative change of 1e-9 in the likelihood) leaves 1e-5 in a coefficient
precise <- coxph.control(eps = 1e-14, iter.max = 60, toler.chol = 1e-15)
cox <- zph <- list()
for (d in sets) if (length(unique(d$group)) > 1 && sum(d$status) > 0) {
  d$group <- factor(d$group, unique(d$group))
  for (ties in c("efron", "breslow")) {
    fit <- suppressWarnings(coxph(surv(d) ~ group, d, ties = ties, control = precise))
    s <- summary(fit)
    cox[[length(cox) + 1]] <- data.frame(dataset = d$dataset[1], ties = ties, group = levels(d$group)[-1],
      log_hr = num(coef(fit)), std_error = num(s$coefficients[, "se(coef)"]), p = num(s$coefficients[, "Pr(>|z|)"]),
      statistic = num(unname(s$logtest["test"])), df = unname(s$logtest["df"]))
    # a coefficient that runs away has no test: R gives numbers, and they depend on where it stopped
    if (ties == "efron" && all(abs(coef(fit)) < 10)) for (transform in c("km", "identity")) {
      z <- cox.zph(fit, transform = transform, terms = FALSE)$table
      zph[[length(zph) + 1]] <- data.frame(dataset = d$dataset[1], transform = transform,
        group = sub("^group", "", rownames(z)), statistic = num(z[, "chisq"]), df = z[, "df"], p = num(z[, "p"]))
    }
  }
}
out(do.call(rbind, cox), "regression_cox.csv")
# With one coefficient its row and the global one are the same test; the global row is kept
out(do.call(rbind, zph), "regression_zph.csv")

# --- restricted mean --------------------------------------------------------------------------------------------
rmst <- list()
for (d in split(input, factor(paste(input$dataset, input$group), unique(paste(input$dataset, input$group))))) {
  fit <- survfit(surv(d) ~ 1)
  last <- max(d$time)
  # beyond the last time R carries the curve on; that is an estimate only if it has reached 0
  taus <- c(last / 3, last / 2, last * 0.8, last, c(12, 24, 36, 60)[c(12, 24, 36, 60) < last],
            if (min(fit$surv) == 0) last * 1.5)
  for (tau in unique(signif(taus, 6))) if (tau >= min(d$time)) {
    s <- summary(fit, rmean = tau)$table
    rmst[[length(rmst) + 1]] <- data.frame(dataset = d$dataset[1], group = d$group[1], tau = tau,
      rmst = num(unname(s["rmean"])), std_error = num(unname(s["se(rmean)"])))
  }
}
out(do.call(rbind, rmst), "regression_rmst.csv")
