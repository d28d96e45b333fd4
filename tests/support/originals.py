"""What the bundled cohorts say, straight from their files: what a round trip has to give back."""

from __future__ import annotations

import csv
import io
import tomllib
import zipfile
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import numpy as np
from lifelines import KaplanMeierFitter

from cohort import read_cohort
from cohort.exports.cohort_files import cohort_file

DATA = Path(__file__).resolve().parents[2] / "data"
WORDS = "Sex female"


@dataclass(frozen=True)
class Case:
    """A bundled cohort, whole or its women."""

    folder: str
    women: bool

    def __str__(self) -> str:
        return f"{self.folder}-{'women' if self.women else 'whole'}"

    def rows(self, file: str) -> list[dict[str, str]]:
        """Rows of a CSV file of the selected patients."""
        with open(DATA / self.folder / file, encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
        return [r for r in rows if not self.women or r["patient_id"] in self.ids]

    @cached_property
    def ids(self) -> list[str]:
        """Selected patients."""
        with open(DATA / self.folder / "patients.csv", encoding="utf-8", newline="") as lines:
            return [r["patient_id"] for r in csv.DictReader(lines) if not self.women or r["sex"] == "female"]

    @cached_property
    def toml(self) -> dict:
        """The data dictionary as written."""
        return tomllib.loads((DATA / self.folder / "cohort.toml").read_text(encoding="utf-8"))

    @property
    def identified(self) -> list[dict]:
        """Endpoints with exact times."""
        return [e for e in self.toml["endpoints"] if e["status"] == "identified"]

    def outcomes(self, endpoint: dict) -> dict[str, tuple[float, int]]:
        """patient id -> (time, 0 censored, 1 event or 2 competing event)."""
        rows = [r for r in self.rows("endpoints.csv") if r["endpoint"] == endpoint["from"]]
        kind = {**dict.fromkeys(endpoint["event"], 1), **dict.fromkeys(endpoint["competing"], 2)}
        return {r["patient_id"]: (float(r["time_lo"]), kind.get(r["event"], 0)) for r in rows}

    @cache  # noqa: B019  (a handful of cases, as long as the tests run)
    def exported(self, code: str) -> bytes:
        """The file the app hands out."""
        cohort = read_cohort(DATA / self.folder)
        return cohort_file(cohort, np.isin(cohort.ids, self.ids), code, WORDS if self.women else "all patients").data

    def members(self, code: str) -> dict[str, bytes]:
        """The files in the .zip the app hands out."""
        return unzipped(self.exported(code))


CASES = [
    Case(folder, women) for folder in ("flt3-itd-sorafenib-iti", "synthetic-maintenance") for women in (False, True)
]


def unzipped(data: bytes) -> dict[str, bytes]:
    """Files of a .zip by name."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def same_cell(text: str, other: str) -> bool:
    """Whether two cells hold the same text or the same number ("29.0" and "29")."""
    try:
        return text == other or float(text) == float(other)
    except ValueError:
        return False


def facts(outcomes: dict[str, tuple[float, int]]) -> tuple[int, int, float]:
    """Patients, events and lifelines' median (infinite where not reached)."""
    time, kind = np.array(list(outcomes.values())).T
    return len(time), int((kind == 1).sum()), float(KaplanMeierFitter().fit(time, kind == 1).median_survival_time_)
