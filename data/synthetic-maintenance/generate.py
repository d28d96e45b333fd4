"""Make the synthetic cohort: 320 computer-generated patients, no real person, no real drug, no real result.

    python data/synthetic-maintenance/generate.py [--out DIR]

Writes ``patients.csv``, ``endpoints.csv`` and ``ae_events.csv``. Only uniform numbers are drawn (PCG64, fixed seed) and
turned into values by inverse distribution functions, so that the same bytes come out on every machine. The synthetic
truth is the set of constants below; README.md states it.
"""

from __future__ import annotations

import argparse
import csv
import io
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
SEED = 20251112
N = 320
DAYS_PER_MONTH = 30.4375

# (code, cumulative probability); the rest up to 1 is not reported
ELN = (("favourable", 0.17), ("intermediate", 0.62), ("adverse", 0.98))
FAB = (("M1", 0.19), ("M2", 0.47), ("M4", 0.71), ("M5", 0.91), ("M7", 0.95))
MRD = (("negative", 0.61), ("positive", 0.86))

# Synthetic truth: monthly hazards and their multipliers (Weibull shape below 1: relapse comes early or not at all).
RELAPSE_HAZARD, RELAPSE_SHAPE = 0.030, 0.85
RELAPSE_FACTOR = {
    "favourable": 0.50, "intermediate": 1.0, "adverse": 1.9, "": 1.0,
    "arm_a": 1.0, "arm_b": 0.65, "negative": 1.0, "positive": 1.8,
}  # fmt: skip
DEATH_HAZARD, DEATH_PER_DECADE = 0.0030, 1.5  # death without relapse at age 60, and its factor a decade
DEATH_AFTER_RELAPSE = 0.055
LOST_HAZARD = 0.004
FOLLOW_UP = (6.0, 72.0)  # months from entry to the synthetic cut-off, uniform

# Term: chance in arm A, in arm B, cumulative probability of grade 1, 2, 3, 4 (CTCAE v5.0 allows these grades for it).
TERMS = {
    "Fatigue": (0.42, 0.48, (0.55, 0.90, 1, 1)),
    "Nausea": (0.33, 0.37, (0.62, 0.94, 1, 1)),
    "Diarrhoea": (0.24, 0.41, (0.52, 0.85, 0.99, 1)),
    "Palmar-plantar erythrodysaesthesia": (0.06, 0.34, (0.40, 0.80, 1, 1)),
    "Rash maculo-papular": (0.14, 0.29, (0.50, 0.86, 1, 1)),
    "Fever": (0.26, 0.30, (0.60, 0.90, 0.99, 1)),
    "Myalgia": (0.15, 0.20, (0.66, 0.94, 1, 1)),
    "Hypertension": (0.09, 0.21, (0.30, 0.72, 0.99, 1)),
    "Constipation": (0.17, 0.18, (0.70, 0.97, 1, 1)),
    "Alanine aminotransferase increased": (0.18, 0.23, (0.58, 0.82, 0.97, 1)),
    "Neutrophil count decreased": (0.30, 0.36, (0.12, 0.40, 0.75, 1)),
    "Platelet count decreased": (0.24, 0.29, (0.30, 0.55, 0.80, 1)),
    "Anaemia": (0.22, 0.25, (0.35, 0.75, 0.98, 1)),
    "Lung infection": (0.10, 0.12, (0.00, 0.45, 0.90, 1)),
    "Sepsis": (0.04, 0.05, (0.00, 0.00, 0.70, 1)),
}
FATAL_TERMS = ("Sepsis", "Lung infection")
ONSET_MEAN = 4.0  # months
NO_EVENT = 0.07  # share of treated synthetic patients without any adverse event
NOT_TREATED = 0.03


def pick(u: float, choices: tuple[tuple[str, float], ...]) -> str:
    """The code whose cumulative probability first exceeds u, or "" (not reported)."""
    return next((code for code, cumulative in choices if u < cumulative), "")


def exponential(u: float, hazard: float) -> float:
    """Time in months at which a constant hazard has used up -log(1 - u)."""
    return -float(np.log1p(-u)) / hazard


def months(time: float) -> str:
    """Months as the files hold them: whole days, two decimals."""
    return f"{int(time * DAYS_PER_MONTH) / DAYS_PER_MONTH:.2f}"


def patient(number: int, u: np.ndarray) -> dict[str, str]:
    """Baseline values of one synthetic patient from uniforms u, shape (10,)."""
    age = 18 + int(68 * float(np.sort(u[:3])[1]) ** 0.8)
    wbc = float(np.exp(2.7 + 0.75 * np.log(u[3] / (1 - u[3]))))
    return {
        "patient_id": f"S{number:03d}",
        "treatment": "arm_a" if u[4] < 0.5 else "arm_b",
        "eln_risk": pick(u[5], ELN),
        "fab_major": pick(u[6], FAB),
        "mrd_flow": pick(u[7], MRD),
        "sex": "female" if u[8] < 0.48 else "male",
        "age": str(age),
        "wbc": f"{min(max(wbc, 0.3), 300.0):.1f}" if u[9] > 0.025 else "",
    }


def endpoints(row: dict[str, str], u: np.ndarray) -> tuple[list[dict[str, str]], float, bool]:
    """Survival and relapse-free survival rows from uniforms u, shape (6,); end of follow-up; death before relapse."""
    factor = RELAPSE_FACTOR[row["eln_risk"]] * RELAPSE_FACTOR[row["treatment"]] * RELAPSE_FACTOR[row["mrd_flow"]]
    relapse = exponential(u[0], 1.0) ** (1 / RELAPSE_SHAPE) / (RELAPSE_HAZARD * factor) ** (1 / RELAPSE_SHAPE)
    death = exponential(u[1], DEATH_HAZARD * DEATH_PER_DECADE ** ((int(row["age"]) - 60) / 10))
    unrelapsed = death <= relapse
    if not unrelapsed:
        death = relapse + exponential(u[2], DEATH_AFTER_RELAPSE)
    cut = FOLLOW_UP[0] + (FOLLOW_UP[1] - FOLLOW_UP[0]) * float(u[3])
    lost = exponential(u[4], LOST_HAZARD)
    last, reason = (lost, "lost") if lost < cut else (cut, "alive")
    rows = []
    for name, time, event in (
        ("os", death, "death"),
        ("rfs", min(relapse, death), "death" if unrelapsed else "relapse"),
    ):
        seen = time <= last
        value = months(min(time, last))
        entry = {"patient_id": row["patient_id"], "endpoint": name, "time_lo": value, "time_hi": value}
        rows.append({**entry, "event": event if seen else "", "reason": "" if seen else reason})
    return rows, min(death, last), unrelapsed and death <= last


def adverse_events(row: dict[str, str], u: np.ndarray, last: float, fatal: bool) -> list[dict[str, str]]:
    """Adverse events of one treated synthetic patient from uniforms u, shape (terms + 1, 2 episodes, 5)."""
    if u[-1, 0, 0] < NO_EVENT and not fatal:
        return []
    events = []
    for (term, (arm_a, arm_b, grades)), draws in zip(TERMS.items(), u[:-1], strict=True):
        chance = arm_a if row["treatment"] == "arm_a" else arm_b
        for episode, (occurs, grade_u, onset_u, serious_u, related_u) in enumerate(draws):
            if occurs >= (chance if episode == 0 else 0.3 * chance):
                break  # a second episode follows a first one only
            grade = 1 + sum(grade_u >= g for g in grades[:3])
            serious = grade == 4 or serious_u < (0.35 if grade == 3 else 0.03)
            onset = exponential(onset_u, 1 / ONSET_MEAN)
            if onset <= last:
                events.append(event(row, term, grade, onset, serious, related_u))
    if fatal and u[-1, 0, 1] < 0.3:
        term = FATAL_TERMS[int(u[-1, 0, 2] < 0.5)]
        events.append(event(row, term, 5, last, True, u[-1, 0, 3]))
    return sorted(events, key=lambda e: (float(e["onset_month"]), e["term"]))


def event(row: dict[str, str], term: str, grade: int, onset: float, serious: bool, u: float) -> dict[str, str]:
    """One adverse-event row; attribution is not reported for three in a hundred."""
    return {
        "patient_id": row["patient_id"], "term": term, "grade": str(grade), "onset_month": months(onset),
        "serious": "yes" if serious else "no", "related": "" if u > 0.97 else "yes" if u < 0.6 else "no",
    }  # fmt: skip


def generate(seed: int = SEED) -> dict[str, str]:
    """Text of every file by file name."""
    draws = np.random.Generator(np.random.PCG64(seed))
    tables: dict[str, list[dict[str, str]]] = {"patients": [], "endpoints": [], "ae_events": []}
    for number in range(1, N + 1):
        baseline, course, harm = draws.random(10), draws.random(6), draws.random((len(TERMS) + 1, 2, 5))
        row = patient(number, baseline)
        row["safety"] = "no" if course[5] < NOT_TREATED else "yes"
        rows, last, fatal = endpoints(row, course)
        tables["patients"].append(row)
        tables["endpoints"] += rows
        if row["safety"] == "yes":
            tables["ae_events"] += adverse_events(row, harm, last, fatal)
    files = {}
    for name, content in tables.items():
        text = io.StringIO()
        writer = csv.DictWriter(text, list(content[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(content)
        files[f"{name}.csv"] = text.getvalue()
    return files


def main(arguments: list[str] | None = None) -> None:
    """Command line: write the files to the cohort folder, or to --out."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=HERE, help="folder to write to (default: the cohort folder)")
    out = parser.parse_args(arguments).out
    out.mkdir(parents=True, exist_ok=True)
    for name, text in generate().items():
        (out / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
