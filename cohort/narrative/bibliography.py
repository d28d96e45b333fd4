"""What methods paragraphs cite, and the numbering of citations in the order of their first use.

A sentence cites with a mark such as [@fay2013] or [@firth1993,heinze2001]; a mark that names nothing known stays as it
is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

REFERENCES = {
    "aalen1978": "Aalen OO, Johansen S. An empirical transition matrix for non-homogeneous Markov chains based on "
    "censored observations. Scand J Stat 1978;5:141–150.",
    "anderson1983": "Anderson JR, Cain KC, Gelber RD. Analysis of survival by tumor response. J Clin Oncol "
    "1983;1:710–719. doi:10.1200/JCO.1983.1.11.710",
    "brookmeyer1982": "Brookmeyer R, Crowley J. A confidence interval for the median survival time. Biometrics "
    "1982;38:29–41. doi:10.2307/2530286",
    "clopper1934": "Clopper CJ, Pearson ES. The use of confidence or fiducial limits illustrated in the case of the "
    "binomial. Biometrika 1934;26:404–413. doi:10.1093/biomet/26.4.404",
    "ditzhaus2018": "Ditzhaus M, Friedrich S. More powerful logrank permutation tests for two-sample survival data. "
    "arXiv 2018. doi:10.48550/arXiv.1807.05504",
    "fay2013": "Fay MP, Brittain EH, Proschan MA. Pointwise confidence intervals for a survival distribution with "
    "small samples or heavy censoring. Biostatistics 2013;14:723–736. doi:10.1093/biostatistics/kxt016",
    "firth1993": "Firth D. Bias reduction of maximum likelihood estimates. Biometrika 1993;80:27–38. "
    "doi:10.1093/biomet/80.1.27",
    "garwood1936": "Garwood F. Fiducial limits for the Poisson distribution. Biometrika 1936;28:437–442. "
    "doi:10.1093/biomet/28.3-4.437",
    "gray1988": "Gray RJ. A class of K-sample tests for comparing the cumulative incidence of a competing risk. Ann "
    "Stat 1988;16:1141–1154. doi:10.1214/aos/1176350951",
    "greenwood1926": "Greenwood M. The natural duration of cancer. Reports on Public Health and Medical Subjects "
    "1926;33:1–26.",
    "heinze2001": "Heinze G, Schemper M. A solution to the problem of monotone likelihood in Cox regression. "
    "Biometrics 2001;57:114–119. doi:10.1111/j.0006-341X.2001.00114.x",
    "hyndman1996": "Hyndman RJ, Fan Y. Sample quantiles in statistical packages. Am Stat 1996;50:361–365. "
    "doi:10.1080/00031305.1996.10473566",
    "kalbfleisch2002": "Kalbfleisch JD, Prentice RL. The statistical analysis of failure time data, 2nd ed. Wiley, "
    "2002. doi:10.1002/9781118032985",
    "kaplan1958": "Kaplan EL, Meier P. Nonparametric estimation from incomplete observations. J Am Stat Assoc "
    "1958;53:457–481. doi:10.1080/01621459.1958.10501452",
    "mantel1966": "Mantel N. Evaluation of survival data and two new rank order statistics arising in its "
    "consideration. Cancer Chemother Rep 1966;50:163–170.",
    "neuhaus1993": "Neuhaus G. Conditional rank tests for the two-sample problem under random censorship. Ann Stat "
    "1993;21:1760–1779. doi:10.1214/aos/1176349396",
    "phipson2010": "Phipson B, Smyth GK. Permutation p-values should never be zero: calculating exact p-values when "
    "permutations are randomly drawn. Stat Appl Genet Mol Biol 2010;9:39. doi:10.2202/1544-6115.1585",
    "royston2013": "Royston P, Parmar MKB. Restricted mean survival time: an alternative to the hazard ratio for the "
    "design and analysis of randomized trials with a time-to-event outcome. BMC Med Res Methodol 2013;13:152. "
    "doi:10.1186/1471-2288-13-152",
    "schemper1996": "Schemper M, Smith TL. A note on quantifying follow-up in studies of failure time. Control Clin "
    "Trials 1996;17:343–346. doi:10.1016/0197-2456(96)00075-X",
    "westfall1993": "Westfall PH, Young SS. Resampling-based multiple testing: examples and methods for p-value "
    "adjustment. Wiley, 1993.",
    "zou2008": "Zou GY, Donner A. Construction of confidence limits about effect measures: a general approach. Stat "
    "Med 2008;27:1693–1702. doi:10.1002/sim.3095",
}
"""Citation mark -> reference, with its DOI where it has one."""

_MARK = re.compile(r" ?\[@([a-z0-9]+(?:,[a-z0-9]+)*)\]")


def numbered(sentences: Sequence[str], more: Mapping[str, str]) -> tuple[str, list[str]]:
    """A paragraph with numbered citations, and the list of what is cited.

    Parameters
    ----------
    sentences : in order, with citation marks
    more : references beside REFERENCES: the cohort's own and the software's
    """
    known, order = {**REFERENCES, **more}, {}

    def number(mark: re.Match) -> str:
        keys = mark[1].split(",")
        if not all(key in known for key in keys):
            return mark[0]
        return f" [{', '.join(str(order.setdefault(key, len(order) + 1)) for key in keys)}]"

    text = _MARK.sub(number, " ".join(s for s in sentences if s))
    return text, [known[key] for key in order]
