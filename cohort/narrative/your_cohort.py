"""Words of the page on which somebody hands in a cohort of their own."""

from __future__ import annotations

from collections.abc import Sequence

from cohort.disclosure import Policy
from cohort.draft import Draft
from cohort.exports.cohort_files import CohortFormat
from cohort.mapping.findings import Finding
from cohort.mapping.roles import Mapping
from cohort.readers.limits import LIMITS
from cohort.readers.raw import Upload
from cohort.tables import Cohort
from cohort.wording import count, listed, months, plural

FORMATS = {
    "csv": "CSV",
    "excel": "Excel",
    "parquet": "Parquet",
    "feather": "Feather",
    "arrow": "Arrow",
    "spss": "SPSS",
    "stata": "Stata",
    "sas": "SAS",
    "xpt": "SAS transport",
    "adam": "CDISC ADaM",
    "cbioportal": "cBioPortal",
    "redcap": "REDCap",
    "folder": "cohort folder",
}
"""Formats as readers call them."""

ACCEPTED = (
    "CSV or TSV · Excel · Parquet, Feather, Arrow · SPSS .sav · Stata .dta · SAS .sas7bdat, .xpt · CDISC ADaM (ADSL, "
    "ADTTE, ADAE together) · cBioPortal clinical files · REDCap export with its data dictionary · a cohort folder · a "
    ".zip of any of these. Hand in all files of one cohort at once; what they are is told from their content."
)
LIMITS_SENTENCE = (
    f"Up to {LIMITS.files} files of {LIMITS.file_bytes // 2**20} MB, {count(LIMITS.rows)} rows and "
    f"{count(LIMITS.columns)} columns."
)
STAYS = (
    "Your files stay in the memory of this browser session: never on a disk, never in a link, never seen by another "
    "visitor. They go when the session ends, or at once with “Forget my data now”."
)
FOLDER_NOTE = (
    "The folder holds your own data, single patients, nothing masked. It needs no mapping when it is handed in again."
)
WAITING = "Reading the files …"
OPENING = "Making the cohort …"

USES = {
    "filter": "filter",
    "treatment": "treatment",
    "outcome": "outcome, listed only",
    "safety": "safety set",
    "skip": "leave out",
}
"""What a column can be used for, in words."""

KINDS = {"category": "category", "number": "number", "set": "set of values"}
KNOWN_AT = {"diagnosis": "at diagnosis", "maintenance": "at time zero", "after": "later"}
EVENT_USES = {
    "ae_term": "Term",
    "ae_grade": "Grade",
    "ae_serious": "Serious",
    "ae_related": "Related",
    "ae_onset": "Onset",
    "ae_flag": "Flag of the events that count",
}
_TEMPLATE = (
    ("EXAMPLE-1", 54, "female", "favourable", "A", 31.4, "alive", 31.4, "no"),
    ("EXAMPLE-2", 61, "male", "intermediate", "B", 18.0, "dead", 11.2, "yes"),
    ("EXAMPLE-3", 47, "female", "adverse", "A", 9.5, "lost to follow-up", 9.5, "no"),
)
_TEMPLATE_COLUMNS = ("patient_id", "age_years", "sex", "risk_group", "treatment", "os_months", "os_status",
                     "rfs_months", "rfs_event")  # fmt: skip


def template_records() -> list[dict]:
    """A table to fill in, with rows that show how: replace them by your own."""
    return [dict(zip(_TEMPLATE_COLUMNS, row, strict=True)) for row in _TEMPLATE]


def page_sentence(draft: Draft | None, own: Sequence[Cohort]) -> str:
    """The sentence that answers the page's question: what has become of the files."""
    if draft is None:
        if not own:
            return "Hand in the files of a cohort and explore it here, within two minutes."
        n = plural(len(own), "cohort")
        return f"{n} of your own {'is' if len(own) == 1 else 'are'} open in this session."
    files = listed([t.name for t in draft.upload.tables[:4]]) + (" and others" if len(draft.upload.tables) > 4 else "")
    found = [
        f"{e.label}: {plural(e.events, 'event')}" + (f" among {e.n}" if e.n < draft.n else "")
        for e in draft.endpoints[:3]
        if e.n
    ]
    more = f"; {len(draft.endpoints) - 3} more" if len(draft.endpoints) > 3 else ""
    said = f" {'; '.join(found)}{more}." if found else " No endpoint yet."
    return f"{plural(draft.n, 'patient')} read from {files}.{said}"


def readiness(draft: Draft) -> str:
    """Whether the cohort can be opened, and what is left to look at."""
    if draft.stops:
        n = len(draft.stops)
        return f"{plural(n, 'finding')} {'has' if n == 1 else 'have'} to be settled before the cohort can be opened."
    repairs = len({f.repair.code for f in draft.findings if f.repair})
    filters = len(draft.mapping.variables)
    said = f"Ready to open with {plural(filters, 'variable')}"
    if any(f.code == "unread_date" and f.severity == "repair" for f in draft.findings):
        said += "; some cells were not read as dates, see Findings"
    return said + (f"; {plural(repairs, 'repair')} proposed, none is made unless you accept it." if repairs else ".")


def opened(title: str) -> str:
    """That the cohort is open as it stands here."""
    return f"This cohort is open in this session as “{title}”. What you change here counts once it is opened again."


def takes_the_place(title: str) -> str:
    """What becomes of the cohort that was opened from the same files before; "" without one."""
    return f" It takes the place of “{title}”, which was opened from the same files." if title else ""


def understood(upload: Upload) -> list[str]:
    """What was understood about the files."""
    return [f"Read as {FORMATS[upload.format]}.", *upload.notes]


def tables_listing(upload: Upload) -> list[dict[str, str]]:
    """Every table as read, with its size."""
    return [{"Table": t.name, "Rows": count(t.rows), "Columns": count(len(t.columns))} for t in upload.tables]


def endpoints_listing(draft: Draft) -> list[dict[str, str]]:
    """Every endpoint in a line, as it would be."""
    competes = any(e.competing for e in draft.endpoints)
    return [
        {"Endpoint": e.label, "Patients": str(e.n), "Events": str(e.events)}
        | ({"Competing": str(e.competing)} if competes else {})
        | {"Median, months": "events compete" if e.competing else months(e.median) if e.n else "no patient"}
        for e in draft.endpoints
    ]


def missing_sentence(draft: Draft) -> str:
    """Which columns in use have gaps."""
    gaps = sorted(draft.missing.items(), key=lambda item: -item[1])
    if not gaps:
        return "No value is missing in the columns in use."
    said = listed([f"{name} {k} of {draft.n}" for name, k in gaps[:3]])
    return f"Not reported: {said}" + (f"; {len(gaps) - 3} more columns." if len(gaps) > 3 else ".")


def coding_alt(draft: Draft) -> str:
    """The curves of the proposed coding in words."""
    said = [
        f"{e.label}, {e.events} of {e.n} with the event"
        + ("" if e.competing else f", median {months(e.median)}" + (" months" if e.median is not None else ""))
        for e in draft.endpoints
        if e.n
    ]
    return "Curves of the proposed coding. " + ("; ".join(said) + "." if said else "None yet.")


def repairs_listing(findings: Sequence[Finding]) -> dict[str, list[Finding]]:
    """Findings with a repair, by the repair's code: one decision may settle several."""
    out: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.repair:
            out.setdefault(finding.repair.code, []).append(finding)
    return out


def private_listing(mapping: Mapping) -> list[tuple[tuple[str, str], str]]:
    """Columns that may identify a person: place, and the words for it."""
    return [
        ((c.table, c.column), f"{c.column}: {c.reason}" + (f" ({c.table})" if len(mapping.tables) > 1 else ""))
        for c in mapping.columns
        if c.private
    ]


def own_listing(cohort: Cohort) -> str:
    """One of the session's own cohorts in a line."""
    endpoints = listed([e.short for e in cohort.definition.selectable_endpoints[:3]])
    return f"{plural(cohort.n, 'patient')} · {endpoints}"


def policy_words(policy: Policy) -> str:
    """What the chosen disclosure policy does."""
    if policy.threshold <= 1:
        return "Nothing is checked or withheld: what leaves is your own responsibility."
    return (
        f"Counts of 1 to {policy.threshold - 1} may single people out. No file of an open cohort leaves unmasked "
        "before you have read what it gives away and said so. A threshold is the custom of the field, not a proof."
    )


def format_line(found: CohortFormat) -> str:
    """A file format and what it keeps."""
    return f"{found.label}: {found.note}"
