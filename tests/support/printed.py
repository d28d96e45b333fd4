"""The founding cohort recomputed straight from its CSV files, without a line of the app's code."""

from __future__ import annotations

import csv
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "data" / "flt3-itd-sorafenib-iti"
MULTIPLE = {"genes", "pharmacogenes"}
COLUMN = {"mrd_flow": "mrd_flow_001"}


def patients() -> list[dict[str, str]]:
    """Rows of patients.csv."""
    with open(FOLDER / "patients.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def outcomes(endpoint: str) -> dict[str, tuple[float, str, str]]:
    """patient id -> (months, event code, reason code) on one endpoint's clock."""
    with open(FOLDER / "endpoints.csv", encoding="utf-8", newline="") as file:
        rows = [r for r in csv.DictReader(file) if r["endpoint"] == endpoint]
    return {r["patient_id"]: (float(r["time_lo"]), r["event"], r["reason"]) for r in rows}


def values(row: dict[str, str], variable: str) -> set[str]:
    """Levels a patient has of a variable."""
    cell = row[COLUMN.get(variable, variable)]
    return set(cell.split(";")) if variable in MULTIPLE else {cell}


def who(wanted: dict[str, set[str]]) -> list[dict[str, str]]:
    """Patients who have one of the wanted levels of every variable named."""
    return [r for r in patients() if all(values(r, v) & codes for v, codes in wanted.items())]


def events_among(rows: list[dict[str, str]], endpoint: str) -> int:
    """Events of these patients."""
    seen = outcomes(endpoint)
    return sum(seen[r["patient_id"]][1] != "" for r in rows)


def counts_under(wanted: dict[str, set[str]], shown: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    """What every facet should show: each level counted under all other restrictions."""
    expected: dict[str, dict[str, int]] = {}
    for variable, levels in shown.items():
        others = who({v: codes for v, codes in wanted.items() if v != variable})
        expected[variable] = {code: sum(code in values(r, variable) for r in others) for code in levels}
    return expected
