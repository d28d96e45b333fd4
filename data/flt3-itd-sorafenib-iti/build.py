"""Turn the two printed tables of the paper into the founding cohort's files, with a source cell for every value.

    python data/flt3-itd-sorafenib-iti/build.py [--out DIR]

Reads ``table1.csv`` and ``table2.csv`` (verbatim transcriptions) and writes every file named in ``cohort.toml``.
Nothing is corrected silently: a printed value that is not in the lists below stops the build. The rule codes in
``provenance.csv`` are explained in ``cohort.toml`` [rules]. Running it again gives the same bytes.
"""

from __future__ import annotations

import argparse
import csv
import io
import re
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))  # run as a script, not as part of the installed program

from cohort.readers.text import close_hyphens, collapse_space, fold_confusables, level_key  # noqa: E402

N = 19
LINE = "line"  # first column of the transcriptions: line in the transcribed text of the paper

TABLE_1 = (
    LINE, "No.", "Sex", "Age", "WBC (10^9/L)", "Blast cell (%)", "FAB classification", "Cytogenetics",
    "Gene mutation (exclude FLT3-ITD)", "Fusion gene", "Risk stratification",
)  # fmt: skip
TABLE_2 = (
    LINE, "No.", "Timing of sorafenib administration", "Pretreatment regimens", "MRD ¹", "Status",
    "Relapse-free survival(m) ²", "Overall survival (m) ³", "Outcomes",
)  # fmt: skip
SEX, AGE, WBC, BLASTS, FAB, CYTOGENETICS, GENES, FUSION, RISK = TABLE_1[2:]
TIMING, REGIMENS, MRD, STATUS, RFS, OS, OUTCOMES = TABLE_2[2:]

SPECIAL_RULES = {"favourable": "spelling", "runx1_runx1t1": "fusion_name"}
DICTIONARY = tomllib.loads((HERE / "cohort.toml").read_text(encoding="utf-8"))
VARIABLES = {variable["name"]: variable for variable in DICTIONARY["variables"]}
CODES: dict[str, dict[str, str]] = DICTIONARY["printed"]["codes"]
NONE_REPORTED = "none_reported"
DRIVERS, PHARMACOGENES = (
    [level["code"] for level in VARIABLES[name]["levels"] if level["code"] != NONE_REPORTED]
    for name in ("genes", "pharmacogenes")
)
CUTOFFS = {cutoff["column"]: Decimal(cutoff["code"]) for cutoff in VARIABLES["mrd_flow"]["cutoffs"]}
REGIMENS_DEFINED: dict[str, dict[str, str]] = DICTIONARY["regimens"]
VENETOCLAX = {"VA", "VAH"}
TRANSCRIPT_BAND = Decimal("0.01")
FLOW_UNIT, TRANSCRIPT_UNIT = "% blast cells", "% RUNX1::RUNX1T1/ABL"
UNEXPLAINED_LAG = 24  # months; 43-55 in patients 14, 17 and 18, 4-15 in the other ten patients in remission


@dataclass(frozen=True)
class Cell:
    """One printed cell, or several cells of one row joined, as read from the transcription."""

    source: str
    row: str
    column: str
    line: str
    raw: str

    def __add__(self, other: Cell) -> Cell:
        return Cell(self.source, self.row, f"{self.column} + {other.column}", self.line, f"{self.raw} | {other.raw}")


@dataclass
class Book:
    """The rows written so far, by table; every value is entered together with the cell it comes from."""

    rows: dict[str, list[dict[str, str]]] = field(default_factory=dict)

    def add(self, table: str, row: Mapping[str, str]) -> None:
        self.rows.setdefault(table, []).append(dict(row))

    def trace(self, patient: str, table: str, variable: str, value: str, cell: Cell, rule: str) -> None:
        entry = {"patient_id": patient, "table": table, "variable": variable, "value": value}
        self.add("provenance", {**entry, **asdict(cell), "rule": rule})


def read_printed(path: Path, source: str, header: tuple[str, ...]) -> dict[str, dict[str, Cell]]:
    """Cells of a transcribed table by patient and printed header. ValueError if header or patient numbers differ."""
    with path.open(encoding="utf-8", newline="") as handle:
        found, *rows = csv.reader(handle)
    if tuple(found) != header:
        raise ValueError(f"{path.name}: header {found}, expected {list(header)}")
    numbers = [row[1] for row in rows]
    if numbers != [str(i) for i in range(1, N + 1)] or any(len(row) != len(header) for row in rows):
        raise ValueError(f"{path.name}: expected patients 1 to {N}, one full row each; found {numbers}")
    return {
        row[1]: {name: Cell(source, row[1], name, row[0], raw) for name, raw in zip(header[2:], row[2:], strict=True)}
        for row in rows
    }


def look_up(cell: Cell, text: str | None = None) -> tuple[str, str]:
    """Code and rule of a coded cell. ValueError naming the cell if the printed value is not in the list."""
    raw = cell.raw if text is None else text
    codes = CODES[cell.column]
    key = level_key(raw)
    if key not in codes:
        raise ValueError(f"{cell.source}, patient {cell.row}, {cell.column}: {cell.raw!r} is not one of {list(codes)}")
    value = codes[key]
    if value in SPECIAL_RULES:
        return value, SPECIAL_RULES[value]
    if fold_confusables(raw) != raw:
        return value, "fold_confusables"
    return value, "close_hyphens" if close_hyphens(raw) != raw else "code"


def karyotype_and_genes(cytogenetics: Cell, genes: Cell) -> tuple[str, str, Cell, str]:
    """Karyotype code, its rule, the cell that really holds the genes, and the text of the genes."""
    text = collapse_space(cytogenetics.raw)
    if text.startswith("t"):
        return look_up(cytogenetics, text.replace(" ", "").replace("(8,21)", "(8;21)"))[0], "iscn", genes, genes.raw
    word = "Complex Karyotype "
    if text.startswith(word) and not genes.raw:  # row 2: the tab between karyotype and genes is missing
        value = look_up(cytogenetics, word.strip())[0]
        return value, "split_karyotype_genes", cytogenetics, text.removeprefix(word)
    return *look_up(cytogenetics), genes, genes.raw


def mrd_assays(cell: Cell) -> tuple[Decimal | None, str, str, str]:
    """Flow value (None if printed negative), its text, the transcript ratio as printed ("" if none), its text."""
    flow, _, transcript = (collapse_space(part) for part in cell.raw.partition(";"))
    ratio = re.fullmatch(r"AML-ETO/ABL ([\d.]+)%", close_hyphens(transcript)) if transcript else None
    if transcript and not ratio:
        raise ValueError(f"Table 2, patient {cell.row}: MRD {cell.raw!r} is not understood")
    value = None if flow == "negative" else Decimal(flow.removesuffix("%"))
    return value, flow, ratio[1] if ratio else "", transcript


def regimen_key(token: str) -> str:
    """A course name without the gaps left by typesetting: "ID- Ara-C" is ID-Ara-C, "TKI +CAG" is TKI+CAG."""
    return re.sub(r"\s*\+\s*", "+", close_hyphens(collapse_space(token)))


def enter_genes(book: Book, patient: str, cell: Cell, text: str, split: bool) -> dict[str, tuple]:
    """Write the mutation rows ("-" is none); return the three gene variables of the patient table."""
    symbols = [] if text == "-" else [collapse_space(part) for part in text.split(",")]
    listed = "split_karyotype_genes" if split else "gene_list"
    for symbol in symbols:
        if symbol not in DRIVERS and symbol not in PHARMACOGENES:
            raise ValueError(f"{cell.source}, patient {patient}, {cell.column}: unknown gene {symbol!r}")
        kind = "driver" if symbol in DRIVERS else "pharmacogene"
        book.add("mutations", {"patient_id": patient, "gene": symbol, "class": kind, "raw": symbol})
        book.trace(patient, "mutations", symbol, kind, cell, listed)
    variables = {}
    for name, known in (("genes", DRIVERS), ("pharmacogenes", PHARMACOGENES)):
        own = [g for g in known if g in symbols]
        rule = listed if own else "dash_none_reported" if not symbols else "none_printed"
        variables[name] = (";".join(own) or NONE_REPORTED, rule, cell)
    triple = "yes" if {"NPM1", "DNMT3A"} <= set(symbols) else "no"
    variables["triple_mutated"] = (triple, "triple_flag", cell)
    return variables


def enter_mrd(book: Book, patient: str, cell: Cell) -> dict[str, tuple]:
    """Write the MRD rows, one an assay; return the four MRD variables of the patient table."""
    value, flow, ratio, transcript = mrd_assays(cell)
    assays = [("flow", "negative" if value is None else "detected", flow.removesuffix("%"), FLOW_UNIT, flow)]
    if ratio:
        assays.append(("transcript", "detected", ratio, TRANSCRIPT_UNIT, transcript))
    for assay, call, number, unit, raw in assays:
        number = "" if call == "negative" else number
        row = {"patient_id": patient, "assay": assay, "call": call, "value_pct": number, "unit": unit, "raw": raw}
        book.add("mrd", row)
        for name in ("call", "value_pct", "unit"):
            if row[name]:
                book.trace(patient, "mrd", f"{assay}.{name}", row[name], cell, f"mrd_{assay}")
    positive = {name: value is not None and value >= cutoff for name, cutoff in CUTOFFS.items()}
    variables = {name: ("positive" if p else "negative", "mrd_cutoff", cell) for name, p in positive.items()}
    band = "not_tested" if not ratio else "below_0.01" if Decimal(ratio) < TRANSCRIPT_BAND else "at_least_0.01"
    variables["mrd_transcript"] = (band, "mrd_transcript_band", cell)
    variables["mrd_assays"] = ("flow_and_transcript" if ratio else "flow_only", "mrd_assays", cell)
    return variables


def enter_courses(book: Book, patient: str, cell: Cell) -> dict[str, tuple]:
    """Write the course rows in printed order, drugs only where the footnote gives them; return venetoclax."""
    # "IA.ID-Ara-C": a full stop stands where a comma is expected
    pieces = [(piece, part) for part in cell.raw.split(",") for piece in part.split(".")]
    keys = set()
    for order, (piece, part) in enumerate(pieces, 1):
        token, _, count = collapse_space(piece).partition("*")
        key = regimen_key(token)
        defined = next((kind for kind in ("footnote", "letters", "none") if key in REGIMENS_DEFINED[kind]), None)
        if defined is None:
            raise ValueError(f"Table 2, patient {patient}: course {token!r} is in none of the lists")
        text = REGIMENS_DEFINED[defined][key]
        notes = [f"not defined in the source; {text}"] if defined == "none" else []
        notes += [REGIMENS_DEFINED["notes"][key]] if key in REGIMENS_DEFINED["notes"] else []
        rule = "regimen_ambiguous_count" if key == "IDA+ID-Ara-C" else "regimen_list"
        if piece != part:
            notes.append(f'printed "{collapse_space(part)}": the full stop is read as a comma')
            rule = "regimen_full_stop"
        row = {"patient_id": patient, "order": str(order), "token_raw": token, "n": count or "1"}
        row |= {"drugs": "" if defined == "none" else text, "defined": defined, "note": "; ".join(notes)}
        book.add("courses", row)
        book.trace(patient, "courses", f"course.{order}", f"{token}*{row['n']}", cell, rule)
        keys.add(key)
    return {"venetoclax": ("yes" if keys & VENETOCLAX else "no", "venetoclax_flag", cell)}


def enter_endpoints(book: Book, patient: str, cells: Mapping[str, Cell], status: str, outcome: str) -> None:
    """Write the two endpoint rows: survival from diagnosis and time to relapse from the start of maintenance."""
    lag = int(cells[OS].raw) - int(cells[RFS].raw)
    survival = ("reason", outcome, "reason_from_outcome", cells[OUTCOMES])
    if outcome == "dead":
        survival = ("event", "death", "event_from_outcome", cells[OUTCOMES])
    relapse = ("reason", outcome, "reason_from_outcome", cells[STATUS] + cells[OUTCOMES])
    if status != "CR":
        relapse = ("event", status, "event_from_status", cells[STATUS])
    elif outcome != "lost" and lag > UNEXPLAINED_LAG:
        relapse = ("reason", "stopped_early", "stopped_early", cells[RFS] + cells[OS] + cells[STATUS])
    elif outcome == "dead":
        raise ValueError(f"patient {patient}: death without relapse and without a gap is not foreseen")
    for endpoint, column, (kind, code, rule, cell) in (("os_dx", OS, survival), ("ttr_pub", RFS, relapse)):
        time = cells[column].raw
        row = {"patient_id": patient, "endpoint": endpoint, "time_lo": time, "time_hi": time, "event": "", "reason": ""}
        book.add("endpoints", {**row, kind: code})
        for name in ("time_lo", "time_hi"):
            book.trace(patient, "endpoints", f"{endpoint}.{name}", time, cells[column], "as_printed")
        book.trace(patient, "endpoints", f"{endpoint}.{kind}", code, cell, rule)


def enter_patient(book: Book, patient: str, cells: Mapping[str, Cell]) -> None:
    """Write every row of one patient."""
    karyotype, karyotype_rule, gene_cell, gene_text = karyotype_and_genes(cells[CYTOGENETICS], cells[GENES])
    split = karyotype_rule == "split_karyotype_genes"
    coded = {name: (*look_up(cells[name]), cells[name]) for name in (SEX, RISK, FAB, FUSION, TIMING, STATUS, OUTCOMES)}
    fab = coded[FAB][0]
    mrd = enter_mrd(book, patient, cells[MRD])
    genes = enter_genes(book, patient, gene_cell, gene_text, split)
    values = {
        "eln_risk": coded[RISK], "fab_major": (fab.rstrip("ab"), "fab_major", cells[FAB]), "timing": coded[TIMING],
        **mrd, "sex": coded[SEX], "age": (cells[AGE].raw, "as_printed", cells[AGE]),
        "wbc": (cells[WBC].raw, "as_printed", cells[WBC]), "blasts": (cells[BLASTS].raw, "as_printed", cells[BLASTS]),
        "fab": coded[FAB], "karyotype": (karyotype, karyotype_rule, cells[CYTOGENETICS]), "fusion": coded[FUSION],
        **enter_courses(book, patient, cells[REGIMENS]), **genes, "status": coded[STATUS], "outcome": coded[OUTCOMES],
    }  # fmt: skip
    book.add("patients", {"patient_id": patient, **{name: value for name, (value, _, _) in values.items()}})
    for name, (value, rule, cell) in values.items():
        book.trace(patient, "patients", name, value, cell, rule)
    enter_endpoints(book, patient, cells, coded[STATUS][0], coded[OUTCOMES][0])


def enter_adverse_events(book: Book) -> None:
    """Write the aggregate adverse-event rows: counts recomputed from the printed percentages of 19 patients."""
    scale = DICTIONARY["adverse_events"]["scale"]
    for entry in DICTIONARY["printed"]["adverse_events"]:
        percent = entry.get("percent", {})
        counts = {band: str(round(Decimal(p) * N / 100)) for band, p in percent.items()}
        counts |= dict.fromkeys(entry.get("none", []), "0")  # "all Grade I-II": grade III is nought, not missing
        counts |= dict.fromkeys(entry.get("no_count", []), "")  # mentioned without a number: missing, not nought
        for band, count in counts.items():
            row = {"term": entry["term"], "grade_band": band, "k": count, "n": str(N)}
            row |= {"pct_printed": percent.get(band, ""), "scale": scale, "quote": entry["quote"]}
            book.add("ae_aggregate", row)


def build(folder: Path = HERE) -> dict[str, str]:
    """Text of every file by file name, made from the two transcribed tables in ``folder``."""
    first = read_printed(folder / "table1.csv", "Table 1", TABLE_1)
    second = read_printed(folder / "table2.csv", "Table 2", TABLE_2)
    book = Book()
    for patient in first:
        enter_patient(book, patient, {**first[patient], **second[patient]})
    enter_adverse_events(book)
    files = {}
    for table, rows in book.rows.items():
        text = io.StringIO()
        writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        files[f"{table}.csv"] = text.getvalue()
    return files


def main(arguments: list[str] | None = None) -> None:
    """Command line: write the files to the cohort folder, or to --out."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=HERE, help="folder to write to (default: the cohort folder)")
    out = parser.parse_args(arguments).out
    out.mkdir(parents=True, exist_ok=True)
    for name, text in build().items():
        (out / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
