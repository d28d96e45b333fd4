"""Words by which columns and values are recognised. They only shape a proposal: the owner of the data decides.

Names are compared as words: case, punctuation and the boundary in ``dateOfBirth`` do not matter.
"""

from __future__ import annotations

import re

from cohort.readers.text import level_key


def words_of(name: str) -> str:
    """A column name as lower-case words: "OS_MONTHS", "os.months" and "osMonths" are all "os months"."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return re.sub(r"[^\w%]+|_", " ", level_key(parted)).strip()


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(rf"(?:{p})" for p in patterns))


# ---- who a patient is ----------------------------------------------------------------------------------------------
ID = (
    r"usubjid",
    r"(?:patient|pat|subject|subj|participant|case|study|record|person) ?(?:id|no|nr|num|number|identifier)",
    r"(?:id|patient|subject|pid|no|nr|caseid|individual) ?",
)
"""Names of the patient's id, the surest first; each must be the whole name."""

NUMBERING = _any(r"\b(id|no|nr|num|number|identifier|key|code)$", r"id$")
"""How columns are called that number rows or things."""

PRIVATE = {
    "a name": _any(
        r"\b(first|last|family|given|middle|maiden|sur|patient|full|contact|physician|doctor|nick) ?names?\b",
        r"^names?$",
        r"\bsurname\b",
        r"\binitials\b",
        r"\bnext of kin\b",
    ),
    "a record number": _any(
        r"\b(mrn|ssn|nhs|pesel|bsn|ehr)\b",
        r"\b(medical|hospital|health|chart) ?(record )?(no|nr|num|number|id)\b",
        r"\bsocial security\b",
        r"\b(national|passport|insurance|identity card|other patient) ?(no|nr|num|number|id)\b",
        r"\b(accession|uuid|barcode)\b",
    ),
    "a date of birth": _any(
        r"\bdob\b", r"\bbirth ?(date|day|year)\b", r"\b(date|day|year) of birth\b", r"\bbrthdtc?\b"
    ),
    "an address": _any(r"\baddress\b", r"\bstreet\b", r"\b(zip|post|postal) ?code\b", r"\bpostcode\b", r"^zip$"),
    "an e-mail address": _any(r"\be ?mail\b"),
    "a telephone number": _any(r"\b(tele)?phone\b", r"\btel\b", r"\bmobile\b", r"\bfax\b"),
    "free text": _any(
        r"\b(comments?|notes?|remarks?|narrative|free ?text|describe|specify|document|file ?name)\b", r"\bfile name\b"
    ),
}
"""What may identify a person, by column name or label."""

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]{2,}")
PHONE = re.compile(r"\+?(?:[() ./-]*\d){9,15}")

# ---- what is known when --------------------------------------------------------------------------------------------
OUTCOME = _any(
    r"^(current |last |final )?(vital|survival|disease|patient|end) ?status$",
    r"^status$",
    r"\b(dead|death|died|decease[d]?|dth\w*|alive|mortality)\b",
    r"\b(relapse[d]?|recurr\w*|progress(ed|ion)|(?<!prior )response|outcomes?|surviv\w*)\b",
    r"\b(last (contact|follow|seen|visit|alive|known)\w*|follow ?up|lstalvdt|lost to)\b",
    r"\b(cause of|censor\w*|cnsr|event|eosstt|eos|discontinu\w*|withdraw\w*|dcsreas|lddth\w*)\b",
    r"\b(os|rfs|pfs|dfs|efs|ttr|ttp|dss) (months?|days?|weeks?|years?|time|status|event)\b",
)
PROGNOSTIC = _any(r"\b(performance|ecog|mutation\w*|menopaus\w*|smok\w*|marital|receptor|prior|history|family)\b")
"""Words that make a "status" a characteristic and not an outcome."""

TREATMENT = _any(
    r"^(trt\w*|rx|arm\w*|actarm\w*|treat\w*|therapy|regimen|treatment \w+|study arm|randomi[sz]ed \w+)$",
    r"\b(treatment|arm|regimen|therapy)( group)?$",
)
AFTER = _any(
    r"\b(transplant\w*|hsct|sct|allo\w*|cycles?|number of courses|dose reduction|ever|best|duration|durd)\b",
    r"\b(trtdurd|after|post|(week|day|month|visit|cycle) ?[1-9]\d*)\b",
)
BEFORE_MAINTENANCE = _any(r"\b(mrd|remission|consolidation|induction|maintenance)\b")
PATIENT = _any(
    r"\b(age\w*|sex|gender|race\w*|ethnic\w*|country|region\w*)\b",
    r"\b(ecog|karnofsky|bmi|weight|height|performance)\b",
)
GENES = _any(r"\b(genes?|mutations?|mutated|flt3|npm1|tp53|idh[12]|dnmt3a|cebpa|runx1|tet2|asxl1|kit|nras|kras)\b")

AGE = re.compile(r"^age( |$)|\bage( at \w+| years?)?$")
AGE_LIMITS = (0, 120)
"""Years between which an age lies."""

# ---- time and status -----------------------------------------------------------------------------------------------
UNIT_WORDS = {
    "months": _any(r"\b(months?|mos?|mths?|mon|m)\b", r"months?$"),
    "days": _any(r"\b(days?|d)\b", r"days$"),
    "weeks": _any(r"\b(weeks?|wks?|w)\b", r"weeks$"),
    "years": _any(r"\b(years?|yrs?|y)\b", r"years$"),
}
TIME_WORDS = r"time|t|months?|mos?|m|days?|d|weeks?|wks?|w|years?|yrs?|y|duration|dur|in|from|until|aval"
STATUS_WORDS = r"status|stat|event|evt|e|cens|censor|censored|cnsr|ind|indicator|observed|flag|code"
_SURVIVAL_TIME = r"futime|fu time|survtime|stime|tte|follow ?up( time)?|surv(ival)?( time)?"
_STATUS_NAMES = r"fustat|arrest|delta|dead|death|died|deceased|outcomes?"
PLAIN_TIME = re.compile(rf"({TIME_WORDS}|{_SURVIVAL_TIME})( (months|days|weeks|years))?")
PLAIN_STATUS = re.compile(rf"{STATUS_WORDS}|{_STATUS_NAMES}|(vital|survival) status")
TIME = _any(
    rf"\b({TIME_WORDS})\b", r"(time|tm|months?|days|weeks|years)$", r"\b(follow ?up|surviv\w*|survtime|futime)\b"
)
STATUS = _any(
    rf"\b({STATUS_WORDS}|{_STATUS_NAMES}|relapsed?|recurr\w*|progress\w*)\b", r"(status|stat|event|cens|dead|ind)$"
)
CENSOR_NAME = re.compile(r"\bcens|\bcnsr\b|cens$")
NOT_A_TIME = _any(r"\bage\b", r"\b(year|date|day) of\b", r"\bbirth\b", r"\bstart\b", r"^year\b", r" year$")

DEATH = _any(
    r"\b(dead|deaths?|died|decease[d]?|dth|mortality|nrm|trm)\b",
    r"\b(tot|gestorben|verstorben|decede[e]?|décédée?)\b",
)
RELAPSE = _any(r"\b(relapse[d]?|recurr\w*|progress(ed|ion)|progressive)\b", r"\b(rezidiv\w*|progress|rechute)\b")
HAPPENED = _any(DEATH.pattern, RELAPSE.pattern)
EVENT = _any(HAPPENED.pattern, r"^(event|failure|failed|yes|true|y|observed|ereignis|ja|oui)$")
NO_EVENT = _any(
    r"\b(alive|living|surviv\w*|censor\w*|lost|free|withdr\w*|ongoing|last|complet\w*|study cut ?off)\b",
    r"\b(lebt|lebend|am leben|zensiert|vivante?|censure[e]?|censurée?)\b",
    r"^(no|false|n|none|cr|no event|without event|ned|nein|non)$",
)
_WHAT = r"(dead|deaths?|died|decease[d]?|relapse[d]?|recurr\w*|progress\w*|events?|rezidiv\w*|rechute)"
NEGATED = _any(
    rf"\b(no|not|without|never|non|free of|free from|ohne|kein\w*|sans) ?(\w+ ){{0,2}}{_WHAT}\b",
    r"\b(relapse|recurrence|progression) free\b",
)
"""What did not happen: "death without relapse" tells of a death and of no relapse."""
COMPETES = _any(r"\bcompet\w*")
OTHER_CAUSE = _any(r"\b(other|another|unrelated|not related)\b", r"\bnon (cancer|disease|leuk\w+)\b")
LOST = _any(r"\blost\b", r"\bwithdr\w*", r"\bltfu\b")
INTERCURRENT = _any(r"\b(transplant\w*|hsct|sct|new (anti ?cancer )?therapy)\b")

ENDPOINTS = {
    "rfs": ("Relapse-free survival", "relapsed or died", "were alive without relapse"),
    "pfs": ("Progression-free survival", "progressed or died", "were alive without progression"),
    "dfs": ("Disease-free survival", "had recurrence or died", "were alive without disease"),
    "efs": ("Event-free survival", "had an event", "were free of events"),
    "ttr": ("Time to relapse", "relapsed", "were free of relapse"),
    "ttp": ("Time to progression", "progressed", "were free of progression"),
    "cir": ("Cumulative incidence of relapse", "relapsed", "were free of relapse"),
    "dss": ("Disease-specific survival", "died of the disease", "had not died of the disease"),
    "dor": ("Duration of response", "lost response", "were in response"),
    "os": ("Overall survival", "died", "were alive"),
}
"""Endpoint code: label, and words for with and without the event."""

ENDPOINT_NAMES = {
    "rfs": r"\brfs\b|relapse free|recurrence free",
    "pfs": r"\bpfs\b|progression free",
    "dfs": r"\bdfs\b|disease free",
    "efs": r"\befs\b|event free",
    "cir": r"\bcir\b|incidence of relapse",
    "ttr": r"\bttr\b|time to relapse|time to recurrence|\brelapse",
    "ttp": r"\bttp\b|time to progress",
    "dss": r"\bdss\b|(disease|cause|cancer) specific|\b(death|died|dead) (of|from) (the )?(disease|cancer|leuk\w+)",
    "dor": r"\b(dor|rsd)\b|duration of (resp|remi)",
    "os": r"\bos\b|\b(dead|death|died)\b|\bsurviv",
}
"""How a column or parameter of each endpoint is called, the more special names first."""

ABBREVIATED = re.compile(r"(os|rfs|pfs|dfs|efs|ttr|ttp|cir|dss|dor)")
"""Endpoints that give a column of times its whole name."""

RELAPSE_COUNTS = ("ttr", "ttp", "cir")
"""Endpoints whose event is a relapse: a death without one competes."""

PARTS_OF_OS = ("rfs", "pfs", "dfs", "efs", "ttr", "ttp")
"""Endpoints that end no later than observation for overall survival does."""

# ---- dates ---------------------------------------------------------------------------------------------------------
START_DATES = {
    "diagnosis": _any(r"\b(diagnos\w*|dx|diag)\b"),
    "randomisation": _any(r"\brandomi?[sz]?\w*\b", r"\brand ?dt\b|\branddt\b"),
    "remission": _any(r"\bremission\b", r"\bcr1?\b"),
    "transplant": _any(r"\b(transplant\w*|hsct|sct|tx)\b"),
    "maintenance": _any(r"\bmaintenance\b"),
    "treatment": _any(r"\b(start|trtsdt|treat\w*|first dose|enrol\w*|entry|accrual|registration|inclusion)\b"),
}
LAST_CONTACT = _any(r"\blast\b", r"\b(follow ?up|fu|lfu|contact|lstalvdt|cut ?off|end ?date|end of study)\b")

# ---- order of levels -----------------------------------------------------------------------------------------------
ORDERS = (
    ("favourable", "intermediate", "adverse"),
    ("favorable", "intermediate", "adverse"),
    ("good", "intermediate", "poor"),
    ("low", "intermediate", "high"),
    ("low", "moderate", "high"),
    ("low", "intermediate 1", "intermediate 2", "high"),
    ("mild", "moderate", "severe"),
    ("small", "medium", "large"),
    ("never", "former", "current"),
    ("none", "partial", "complete"),
    ("pre", "peri", "post"),
    ("normal", "abnormal"),
    ("negative", "positive"),
    ("absent", "present"),
    ("no", "yes"),
    ("n", "y"),
    ("false", "true"),
    ("0", "1"),
)
"""Recognised orders; the levels of a column must all be in one of them."""

ROMAN = {"0": 0, "i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5}
STAGE = re.compile(r"(?:stage|grade|gr|g|t|n|m|class|level|cycle)? ?(iv|v|i{1,3}|\d+)([a-e]?\d?)")
AGE_BAND = re.compile(
    r"(<|≤|<=|under|>|≥|>=|over)? ?(\d+(?:\.\d+)?)(?: ?(?:-|–|to|\+|<) ?\d*(?:\.\d+)?)?(?: years?| yrs?)?"
)

NO_WORDS = ("no", "n", "none", "not related", "unrelated", "remote", "unlikely", "0", "false")
YES_WORDS = ("yes", "y", "related", "probable", "possible", "definite", "likely", "1", "true")
SEVERITY = {"mild": 1, "moderate": 2, "severe": 3, "life threatening": 4, "fatal": 5, "death": 5}
"""CTCAE's words for its grades; MILD, MODERATE and SEVERE of AESEV are read as 1 to 3."""
