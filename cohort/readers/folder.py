"""Our own layout: a folder with ``cohort.toml`` and the CSV files it names.

Nothing is guessed. A cell that is not what the dictionary declares stops the reading with one sentence that names
file, row, column, the value seen and what is allowed.
"""

from __future__ import annotations

import dataclasses
import hashlib
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from cohort.comparator import Comparator
from cohort.dictionary import LONGEST_TIME, NOT_REPORTED, CohortDefinition, Level
from cohort.errors import CohortFolderError
from cohort.readers.columns import TABLES, column_values, typed_table, typed_values
from cohort.readers.comparator import read_comparator
from cohort.readers.definition import parse_definition
from cohort.tables import Cohort

DEFINITION = "cohort.toml"


def cohort_folders(root: Path) -> dict[str, Path]:
    """Every folder below ``root`` that holds a ``cohort.toml``, by folder name, published cohorts first."""
    folders = sorted((p.parent for p in Path(root).glob("*/cohort.toml")), key=lambda p: p.name)
    return {p.name: p for p in sorted(folders, key=lambda p: p.name.startswith("synthetic"))}


def read_cohort(folder: str | Path) -> Cohort:
    """Read one cohort folder.

    Parameters
    ----------
    folder : path of a folder with ``cohort.toml``.

    Returns
    -------
    Cohort
        ``tables["patients"]`` has category columns as dictionary<string> (levels in clinical order, an empty cell is
        the level ``not_reported``), numbers as float64 (null = not reported), sets as list<string>.

    Raises
    ------
    CohortFolderError, DefinitionError
        One sentence a person can act on.
    """
    folder = Path(folder)
    return _read(lambda file: (folder / file).read_bytes(), folder.name)


def read_cohort_files(files: Mapping[str, bytes]) -> Cohort:
    """Read one cohort from files that are not in a folder: handed in, or just made.

    Parameters
    ----------
    files : file name -> bytes, as the folder would hold them; files that ``cohort.toml`` does not name are not read

    Returns
    -------
    Cohort
        As :func:`read_cohort`.

    Raises
    ------
    CohortFolderError, DefinitionError
        One sentence a person can act on.
    """
    # an archive gives plain names: a path in cohort.toml ("comparators/registry.csv") is found by its last part too
    return _read(lambda file: files[file if file in files else PurePosixPath(file).name], ", ".join(files))


def _read(read_bytes: Callable[[str], bytes], where: str) -> Cohort:
    digest = hashlib.sha256()
    entries = _toml(read_bytes, where, digest)
    definition = parse_definition(entries)
    raw = {name: _csv(read_bytes, file, digest) for name, file in sorted(definition.files.items())}
    if "patients" not in raw or "endpoints" not in raw:
        raise CohortFolderError(
            "[files] must name patients and endpoints",
            file="cohort.toml",
            seen=", ".join(definition.files),
            allowed="patients, endpoints and any of " + ", ".join(TABLES),
        )
    ids = _patient_ids(raw["patients"], definition.files["patients"])
    patients, definition = _patients(raw["patients"], definition)
    tables = {"patients": patients}
    for name, table in raw.items():
        if name == "patients":
            continue
        if name not in TABLES:
            raise CohortFolderError(
                "[files] names a table that is not known",
                file="cohort.toml",
                seen=name,
                allowed=", ".join(["patients", *TABLES]),
            )
        tables[name] = typed_table(table, TABLES[name], definition.files[name], ids)
    _check_endpoints(tables["endpoints"], definition)
    comparators = _comparators(entries.get("comparators", []), read_bytes, definition, digest)
    return Cohort(definition, tables, digest.hexdigest(), comparators)


def _toml(read_bytes: Callable[[str], bytes], where: str, digest) -> dict:
    try:
        data = read_bytes(DEFINITION)
    except (OSError, KeyError):
        raise CohortFolderError(
            "the data dictionary is missing",
            file=DEFINITION,
            seen=where,
            remedy="Add it; docs/cohort-folder.md shows a minimal one.",
        ) from None
    digest.update(data)
    try:
        return tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise CohortFolderError(f"not valid TOML ({problem})", file=DEFINITION, remedy="Mend that line.") from None


def _csv(read_bytes: Callable[[str], bytes], file: str, digest) -> pa.Table:
    try:
        data = read_bytes(file)
    except (OSError, KeyError):
        raise CohortFolderError(
            "the file named in cohort.toml [files] is missing",
            file=file,
            remedy="Add the file or take its line out of [files].",
        ) from None
    digest.update(data)
    try:
        # pyarrow refuses ragged rows; pandas would shift their columns without a word (SECURITY.md 0.5)
        header = pacsv.read_csv(pa.BufferReader(data), parse_options=_PARSE).column_names
        twice = [c for c in header if header.count(c) > 1]
        if twice:
            raise CohortFolderError("a column occurs twice", file=file, column=twice[0], remedy="Rename one.")
        convert = pacsv.ConvertOptions(
            column_types={c: pa.string() for c in header}, strings_can_be_null=True, null_values=[""]
        )
        return pacsv.read_csv(pa.BufferReader(data), convert_options=convert, parse_options=_PARSE)
    except (pa.ArrowInvalid, pa.ArrowKeyError) as problem:
        raise CohortFolderError(
            f"not a well-formed UTF-8 CSV file ({str(problem).splitlines()[0][:160]})",
            file=file,
            allowed="one header line, the same number of cells in every row",
            remedy="Mend that row.",
        ) from None


_PARSE = pacsv.ParseOptions(newlines_in_values=True)


def _comparators(
    entries: list[dict], read_bytes: Callable[[str], bytes], definition: CohortDefinition, digest
) -> tuple[Comparator, ...]:
    """The published curves that cohort.toml lists."""
    found = []
    for entry in entries:
        file = str(entry.get("file", ""))
        if not re.fullmatch(r"comparators/[\w-][\w.-]*\.csv", file):
            raise CohortFolderError(
                "[[comparators]] names no file", file=DEFINITION, seen=file, allowed='file = "comparators/NAME.csv"'
            )
        try:
            data = read_bytes(file)
        except (OSError, KeyError):
            raise CohortFolderError(
                "the file named in cohort.toml [[comparators]] is missing",
                file=file,
                remedy="Add the file or take its entry out.",
            ) from None
        digest.update(data)
        found.append(read_comparator(data, file, definition))
    return tuple(found)


def _patient_ids(table: pa.Table, file: str) -> set[str]:
    seen: set[str] = set()
    for row, value in enumerate(column_values(table, "patient_id", file), 1):
        if value is None or value in seen:
            raise CohortFolderError(
                "a patient id is empty or repeated",
                file=file,
                row=row,
                column="patient_id",
                seen=value or "",
                allowed="one row a patient, each id once",
            )
        seen.add(value)
    if not seen:
        raise CohortFolderError("there is no patient", file=file, allowed="at least one row")
    return seen


def _patients(raw: pa.Table, definition: CohortDefinition) -> tuple[pa.Table, CohortDefinition]:
    file = definition.files["patients"]
    arrays = [raw["patient_id"].combine_chunks()]
    fields = [pa.field("patient_id", pa.string(), nullable=False, metadata={"label": "Patient"})]
    variables = []
    for variable in definition.variables:
        columns = [c.column for c in variable.cutoffs] or [variable.name]
        read = {c: column_values(raw, c, file) for c in columns}
        if variable.kind == "category" and any(None in values for values in read.values()):
            variable = dataclasses.replace(  # a gap is a level of its own, so that no one vanishes from a filter
                variable, levels=(*variable.levels, Level(NOT_REPORTED, "not reported", "#8A8F98", (2, 3)))
            )
        for column, values in read.items():
            arrays.append(typed_values(values, variable, column, file))
            meta = {"label": variable.label, "unit": variable.unit, "source": variable.source}
            fields.append(pa.field(column, arrays[-1].type, metadata=meta))
        variables.append(variable)
    schema = pa.schema(fields, metadata={"cohort": definition.id, "title": definition.title})
    table = pa.Table.from_arrays(arrays, schema=schema)
    return table, dataclasses.replace(definition, variables=tuple(variables))


def _check_endpoints(table: pa.Table, definition: CohortDefinition) -> None:
    file = definition.files["endpoints"]
    known_rows = {e.rows for e in definition.endpoints}
    reasons = {r.code for r in definition.reasons}
    seen: set[tuple[str, str]] = set()
    for row, r in enumerate(table.to_pylist(), 1):
        for column, bad, allowed in (
            ("endpoint", r["endpoint"] not in known_rows, ", ".join(sorted(known_rows))),
            ("time_lo", r["time_lo"] is None or r["time_lo"] < 0, "0 or more"),
            ("time_hi", r["time_hi"] is None or (r["time_lo"] or 0) > r["time_hi"], "not below time_lo"),
            ("time_hi", (r["time_hi"] or 0) > LONGEST_TIME, f"up to {LONGEST_TIME:g} months, a hundred years"),
            ("event", r["event"] is not None and r["event"] not in definition.events, ", ".join(definition.events)),
            ("reason", r["event"] is None and r["reason"] not in reasons, ", ".join(sorted(reasons))),
            ("reason", r["event"] is not None and r["reason"] is not None, "empty where there is an event"),
            ("patient_id", (r["patient_id"], r["endpoint"]) in seen, "one row a patient and endpoint"),
        ):
            if bad:
                raise CohortFolderError(
                    "not allowed here", file=file, row=row, column=column, seen=r[column], allowed=allowed
                )
        seen.add((r["patient_id"], r["endpoint"]))
    for endpoint in definition.selectable_endpoints:
        rows = table.filter(pc.equal(table["endpoint"], endpoint.rows))
        if rows.num_rows == 0:
            raise CohortFolderError(
                f"endpoint {endpoint.code!r} is declared as {endpoint.status} but has no row",
                file=file,
                remedy='Add its rows, or set status = "not identified".',
            )
        if endpoint.status == "identified" and not pc.all(pc.equal(rows["time_lo"], rows["time_hi"])).as_py():
            raise CohortFolderError(
                f"endpoint {endpoint.code!r} is declared as identified but a time is only bounded",
                file=file,
                column="time_lo",
                remedy='Set status = "bounded".',
            )
