"""The audit of the founding paper that the project started from: its verdict on every claim."""

from __future__ import annotations

import csv
from pathlib import Path

VERDICTS = Path(__file__).resolve().parents[1] / "golden" / "claims_verdicts.csv"
"""One row a claim; the file's first line says where the verdicts come from."""


def audited() -> dict[str, str]:
    """Claim id -> code of its verdict."""
    with VERDICTS.open(encoding="utf-8", newline="") as file:
        return {r["id"]: r["verdict"] for r in csv.DictReader(line for line in file if not line.startswith("#"))}
