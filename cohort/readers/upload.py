"""Files handed in together, to one :class:`Upload`: each told by its content, and what belongs together grouped."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from cohort.errors import UploadError
from cohort.readers import adam, cbioportal, redcap
from cohort.readers.archive import unpacked
from cohort.readers.content import FORMATS, content_kind
from cohort.readers.folder import DEFINITION, read_cohort_files
from cohort.readers.limits import LIMITS, UploadLimits
from cohort.readers.raw import RawTable, Upload
from cohort.readers.text_table import clean_name, listed

_NOT_DATA = re.compile(
    r"^(readme|licen[cs]e|citation|changelog)\b|^meta_\w+\.txt$|\.(md|json|ya?ml|html?|pdf|docx?|png|jpe?g|sas|sps|do|r|py)$",
    re.IGNORECASE,
)
"""Names of what an archive often holds beside its tables."""


@dataclass(frozen=True, eq=False)
class _File:
    """One file: its name, bytes, kind by content, and whether it came in an archive."""

    name: str
    data: bytes
    kind: str
    archived: bool


def read_upload(files: Sequence[tuple[str, bytes]], limits: UploadLimits = LIMITS) -> Upload:
    """Read files that were handed in together.

    Parameters
    ----------
    files : (name, bytes) of each; a .zip stands for the files in it

    Returns
    -------
    Upload
        ``format`` is "folder" where there is a ``cohort.toml``; else "cbioportal", "redcap" or "adam" where the
        columns say so; else the format of the first table.

    Raises
    ------
    UploadError
        One sentence: what is wrong, what was seen, what is allowed, what to do.
    """
    given = _told_apart(files)
    limits.check_files(given)
    digest = _digest(given)
    notes: list[str] = []
    held = _opened(given, limits)
    names = [f.name for f in held]
    if sum(name.endswith(DEFINITION) for name in names) > 1:
        raise UploadError(
            "There is more than one cohort among these files",
            seen=listed([n for n in names if n.endswith(DEFINITION)]),
            allowed=f"one {DEFINITION}",
            remedy="Hand in one cohort at a time.",
        )
    if DEFINITION in names:
        return Upload("folder", (), digest=digest, files=_folder({f.name: f.data for f in held}))
    if own := _own_parquet(held, limits):
        return Upload("folder", (), digest=digest, files=_folder(own))
    held = [f for f in held if f.kind]
    if len(held) < len(names):
        notes.append(f"Left out, not a table: {listed([n for n in names if n not in {f.name for f in held}])}.")
    if not held:
        raise UploadError("There is no table among these files", seen=", ".join(names)[:100], allowed=FORMATS)
    format_, tables = _read(held, notes, limits)
    limits.check_cells("The files together", sum(t.rows * len(t.columns) for t in tables))
    limits.check_memory("The files together", sum(c.values.nbytes for t in tables for c in t.columns))
    return Upload(format_, _named_once(tables), tuple(notes), digest)


def _folder(files: dict[str, bytes]) -> dict[str, bytes]:
    """Our own layout, read once here, where it can do no harm. Raises CohortError."""
    try:
        read_cohort_files(files)
    except (TypeError, ValueError, AttributeError, LookupError) as problem:
        raise UploadError(
            f"an entry is not of the kind it has to be ({str(problem)[:80]})",
            file=DEFINITION,
            remedy="Mend it; docs/cohort-folder.md shows every entry.",
        ) from None
    return files


def _own_parquet(held: list[_File], limits: UploadLimits) -> dict[str, bytes]:
    """Our own layout made of our own Parquet export, empty if it is none."""
    parquet = {f.name: f.data for f in held if f.kind == "parquet"}
    if not parquet:
        return {}
    from cohort.readers.own_parquet import dictionary_text, folder_files

    toml = next(filter(None, map(dictionary_text, parquet.values())), b"")
    return folder_files(toml, parquet, limits) if toml else {}


def _told_apart(files: Sequence[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    """Names in one line of visible characters, each once."""
    found: dict[str, bytes] = {}
    for name, data in files:
        plain = re.split(r"[/\\]", clean_name(name))[-1] or "file"
        number, once = 1, plain
        while once in found:
            number += 1
            once = f"{number} {plain}"
        found[once] = data
    return list(found.items())


def _digest(files: list[tuple[str, bytes]]) -> str:
    """SHA-256 of names and contents, whatever the order."""
    total = hashlib.sha256()
    for name, data in sorted(files):
        for part in (name.encode(), data):
            total.update(len(part).to_bytes(8, "big") + part)
    return total.hexdigest()


def _opened(given: list[tuple[str, bytes]], limits: UploadLimits) -> list[_File]:
    """Every file with its kind, "" for what an archive holds beside tables."""
    held: list[_File] = []
    for name, data in given:
        kind = "text" if name == DEFINITION else content_kind(name, data)
        if kind != "zip":
            held.append(_File(name, data, kind, archived=False))
            continue
        for inner, content in unpacked(name, data, limits):
            held.append(_File(inner, content, _kind_in_archive(inner, content), archived=True))
        limits.check_unpacked("The archives together", len(data), sum(len(f.data) for f in held if f.archived))
    return held


def _kind_in_archive(name: str, data: bytes) -> str:
    if not data or _NOT_DATA.search(name):
        return ""
    try:
        return content_kind(name, data)
    except UploadError:
        return ""


def _read(held: list[_File], notes: list[str], limits: UploadLimits) -> tuple[str, list[RawTable]]:
    texts = [f for f in held if f.kind == "text"]
    if any(cbioportal.is_clinical(f.data) for f in texts):
        return "cbioportal", _cbioportal(held, notes, limits)
    dictionaries = [f for f in texts if redcap.is_dictionary(f.data)]
    if dictionaries:
        return "redcap", _redcap(held, dictionaries, notes, limits)
    tables: list[RawTable] = []
    for file in held:
        _read_one(file, tables, notes, limits)
    if not tables:
        raise UploadError("There is no table among these files", seen=", ".join(f.name for f in held), allowed=FORMATS)
    if adam.is_adam(tables):
        kinds = {t.name: k for t in tables if (k := adam.dataset_kind(t))}
        notes.append(f"CDISC ADaM by its columns: {', '.join(f'{k} is {n!r}' for n, k in kinds.items())}.")
        if others := [t.name for t in tables if t.name not in kinds]:
            notes.append(f"Left out, not a data set of ADaM that is used here: {listed(others)}.")
        return "adam", [t for t in tables if t.name in kinds]
    if any(redcap.looks_exported(t) for t in tables):
        notes.append("A REDCap export by its columns; with its data dictionary, labels and choices are read too.")
        return "redcap", tables
    return "csv" if held[0].kind == "text" else held[0].kind, tables


def _read_one(file: _File, tables: list[RawTable], notes: list[str], limits: UploadLimits) -> None:
    """Add a file's tables. A text of an archive that is no table is left out with a note."""
    try:
        tables += _tables(file, notes, limits)
    except UploadError as problem:
        if not (file.archived and file.kind == "text"):
            raise
        notes.append(f"Left out: {problem}")


def _tables(file: _File, notes: list[str], limits: UploadLimits) -> list[RawTable]:
    # imported where they are used, so that a CSV is read without loading what reads the others
    if file.kind == "excel":
        from cohort.readers.excel import read_excel

        return read_excel(file.name, file.data, notes, limits)
    if file.kind in ("parquet", "feather", "arrow"):
        from cohort.readers.arrow_files import read_arrow

        return [read_arrow(file.name, file.data, notes, limits)]
    if file.kind in ("spss", "stata", "sas", "xpt"):
        from cohort.readers.statistical import read_statistical

        return [read_statistical(file.name, file.data, file.kind, notes, limits)]
    from cohort.readers.delimited import read_delimited

    return [read_delimited(file.name, file.data, notes, limits=limits)]


def _cbioportal(held: list[_File], notes: list[str], limits: UploadLimits) -> list[RawTable]:
    """Patient and sample files of a study; what else a study holds has no patient column and is left out."""
    clinical = [f for f in held if f.kind == "text" and cbioportal.has_patients(f.data)]
    others = [f.name for f in held if f not in clinical]
    if others:
        notes.append(f"Left out, without a PATIENT_ID column: {listed(others)}.")
    return [cbioportal.read_clinical(f.name, f.data, notes, limits) for f in clinical]


def _redcap(held: list[_File], dictionaries: list[_File], notes: list[str], limits: UploadLimits) -> list[RawTable]:
    fields: dict[str, redcap.Field] = {}
    for file in dictionaries:
        fields |= redcap.read_dictionary(file.name, file.data, limits)
        notes.append(f"{file.name}: a REDCap data dictionary of {len(fields)} fields.")
    exports = [f for f in held if f not in dictionaries]
    if not exports:
        raise UploadError(
            "this is a REDCap data dictionary without the data",
            file=dictionaries[0].name,
            remedy="Hand in the export (CSV, raw or labels) together with it.",
        )
    tables: list[RawTable] = []
    for file in exports:
        if file.kind == "text":
            tables.append(redcap.read_export(file.name, file.data, fields, notes, limits))
        else:
            _read_one(file, tables, notes, limits)
    return tables


def _named_once(tables: list[RawTable]) -> tuple[RawTable, ...]:
    seen: dict[str, int] = {}
    found = []
    for table in tables:
        seen[table.name] = seen.get(table.name, 0) + 1
        n = seen[table.name]
        found.append(table if n == 1 else replace(table, name=f"{table.name} ({n})"))
    return tuple(found)
