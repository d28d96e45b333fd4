"""A paper's printed claims against values recomputed from its tables: see docs/claims.md."""

from cohort.claims.eln2022 import eln2022
from cohort.claims.expressions import Comparison, Counted
from cohort.claims.functions import FUNCTIONS
from cohort.claims.ledger import COLUMNS, VERDICTS, Assessment, Claim, assess, read_claims

__all__ = [
    "COLUMNS",
    "FUNCTIONS",
    "VERDICTS",
    "Assessment",
    "Claim",
    "Comparison",
    "Counted",
    "assess",
    "eln2022",
    "read_claims",
]
