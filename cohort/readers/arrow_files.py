"""Parquet, Feather and Arrow IPC: columns with their types, checked before they are believed.

Sizes are refused by what the file declares, then while it is read, a batch at a time: a few kilobytes of run lengths
can stand for gigabytes. Everything read is validated in full, for Arrow IPC carries no checksum. Field metadata
``label``, ``unit`` and ``levels`` (JSON), as our own export writes them, are kept.
"""

from __future__ import annotations

import json

import pyarrow as pa
import pyarrow.compute as pc

from cohort.errors import UploadError
from cohort.readers.columns import SET_SEPARATOR
from cohort.readers.limits import LIMITS, UploadLimits
from cohort.readers.raw import RawColumn, RawTable
from cohort.readers.text_table import listed, named

PARQUET, IPC_FILE, IPC_STREAM, FEATHER_1 = b"PAR1", b"ARROW1", b"\xff\xff\xff\xff", b"FEA1"
_BATCH = 8_192


def read_arrow(file: str, data: bytes, notes: list[str], limits: UploadLimits = LIMITS) -> RawTable:
    """Read one Parquet, Feather (version 2) or Arrow IPC file.

    Parameters
    ----------
    file, data : name and bytes
    notes : what was understood is added here, one sentence each

    Raises
    ------
    UploadError
        Damaged, too large, or without a column that can be read.
    """
    try:
        schema, batches = _opened(file, data, limits)
        limits.check_table(file, 0, len(schema.names))
        held, rows, size = [], 0, 0
        for batch in batches:
            batch.validate(full=True)
            rows, size = rows + batch.num_rows, size + batch.nbytes
            limits.check_table(file, rows, len(schema.names))
            limits.check_memory(file, size)
            held.append(batch)
        table = pa.Table.from_batches(held, schema)
        columns = _columns(file, table, notes, limits)
    except (pa.ArrowException, OSError, ValueError, KeyError, OverflowError) as problem:
        if isinstance(problem, MemoryError):
            raise
        raise UploadError(
            f"the file is damaged or not wholly there ({str(problem).splitlines()[0][:100] if str(problem) else ''})",
            file=file,
            remedy="Write it again, or hand in the table as CSV.",
        ) from None
    if not columns or not rows:
        raise UploadError("there is no column or no row of values", file=file, remedy="Hand in the whole table.")
    return RawTable(file, columns, first_row=1)


def _opened(file: str, data: bytes, limits: UploadLimits):
    source = pa.BufferReader(data)
    if data.startswith(PARQUET):
        import pyarrow.parquet as pq

        parquet = pq.ParquetFile(source, page_checksum_verification=True)
        limits.check_table(file, parquet.metadata.num_rows, parquet.metadata.num_columns)
        groups = (parquet.metadata.row_group(i).total_byte_size for i in range(parquet.metadata.num_row_groups))
        limits.check_memory(file, sum(groups))
        return parquet.schema_arrow, parquet.iter_batches(_BATCH, use_threads=False)
    if data.startswith(IPC_FILE):
        reader = pa.ipc.open_file(source)
        return reader.schema, (reader.get_batch(i) for i in range(reader.num_record_batches))
    reader = pa.ipc.open_stream(source)
    return reader.schema, reader


def _columns(file: str, table: pa.Table, notes: list[str], limits: UploadLimits) -> tuple[RawColumn, ...]:
    made, left, timed, sets = [], [], [], []
    for name, field in zip(named(table.column_names, file, notes), table.schema, strict=True):
        values = table.column(len(made) + len(left)).combine_chunks()
        if pa.types.is_timestamp(field.type):
            timed.append(name)
        if pa.types.is_list(field.type) or pa.types.is_large_list(field.type):
            sets.append(name)
        limits.check_memory(file, _spelled_out(values))
        plain = _plain(values)
        if plain is None:
            left.append(name)
            continue
        made.append(RawColumn(name, plain, **_words(field)))
    if timed:
        notes.append(f"{file}: the time of day is left out in {listed(timed)}.")
    if sets:
        notes.append(f"{file}: several values in a cell are joined by '{SET_SEPARATOR}' in {listed(sets)}.")
    if left:
        notes.append(f"{file}: left out, for their type holds no plain value: {listed(left)}.")
    return tuple(made)


def _spelled_out(values: pa.Array) -> int:
    """Bytes that text coded by a dictionary takes when it is written out."""
    if not pa.types.is_dictionary(values.type) or not _is_text(values.type.value_type):
        return 0
    return pc.sum(pc.binary_length(values.dictionary).cast(pa.int64()).take(values.indices)).as_py() or 0


def _is_text(kind: pa.DataType) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)


def _plain(values: pa.Array) -> pa.Array | None:
    """Values as string, float64, int64, bool or date32, None where their type is none of these."""
    kind = values.type
    if pa.types.is_dictionary(kind):
        values = values.dictionary_decode()
        kind = values.type
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        if not _is_text(kind.value_type):
            return None
        joined = pc.binary_join(values, SET_SEPARATOR)
        return pc.if_else(pc.equal(joined, ""), pa.scalar(None, joined.type), joined).cast(pa.string())
    if pa.types.is_boolean(kind):
        return values
    if pa.types.is_integer(kind):
        return values.cast(pa.int64())
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        # as they were typed, 5.1: widening alone would give 5.099999904632568
        numbers = (values.cast(pa.string()) if pa.types.is_float32(kind) else values).cast(pa.float64())
        return pc.if_else(pc.is_finite(numbers), numbers, pa.scalar(None, pa.float64()))
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        return values.cast(pa.date32(), safe=False)
    if pa.types.is_null(kind) or _is_text(kind):
        return values.cast(pa.string())
    return None


def _words(field: pa.Field) -> dict[str, object]:
    """Label, unit and levels that the field carries."""
    found = {k.decode("utf-8", "replace"): v.decode("utf-8", "replace") for k, v in (field.metadata or {}).items()}
    words: dict[str, object] = {k: found[k] for k in ("label", "unit") if k in found}
    try:
        words["levels"] = {str(lv["code"]): str(lv["label"]) for lv in json.loads(found.get("levels", "[]"))}
    except (ValueError, TypeError, KeyError):
        words["levels"] = {}
    return words
