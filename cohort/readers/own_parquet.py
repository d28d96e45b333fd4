"""Our own Parquet export back to our own layout: the data dictionary travels in the metadata of the patients' file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from cohort.dictionary import NOT_REPORTED
from cohort.errors import UploadError
from cohort.readers.arrow_files import read_arrow
from cohort.readers.folder import DEFINITION
from cohort.readers.limits import LIMITS, UploadLimits


def dictionary_text(data: bytes) -> bytes:
    """Text of ``cohort.toml`` in a Parquet file's metadata, b"" if there is none."""
    try:
        return (pq.read_schema(pa.BufferReader(data)).metadata or {}).get(DEFINITION.encode(), b"")
    except (pa.ArrowException, OSError, ValueError):
        return b""


def folder_files(toml: bytes, parquet: Mapping[str, bytes], limits: UploadLimits = LIMITS) -> dict[str, bytes]:
    """Files of our own layout, made of the Parquet files that ``cohort.exports.parquet_files`` wrote.

    Parameters
    ----------
    toml : text of ``cohort.toml``
    parquet : file name -> bytes, one file a table, named as in its ``[files]``

    Raises
    ------
    UploadError
        A table is missing or cannot be read, or the dictionary cannot.
    """
    try:
        wanted = dict(tomllib.loads(toml.decode("utf-8"))["files"])
    except (ValueError, TypeError, KeyError) as problem:
        raise UploadError(f"the data dictionary in the metadata cannot be read ({problem})", file=DEFINITION) from None
    files = {DEFINITION: toml}
    for name, file in wanted.items():
        source = f"{name}.parquet"
        if source not in parquet:
            raise UploadError(
                "a table of this cohort is missing",
                file=source,
                seen=", ".join(parquet),
                remedy="Hand in every Parquet file of the export, or its .zip.",
            )
        columns = read_arrow(source, parquet[source], [], limits).columns
        files[str(file)] = _csv({c.name: _without_gaps(c.values) if name == "patients" else c.values for c in columns})
    return files


def _without_gaps(values: pa.Array) -> pa.Array:
    """The level of empty cells back to an empty cell."""
    if not pa.types.is_string(values.type):
        return values
    return pc.if_else(pc.equal(values, NOT_REPORTED), pa.scalar(None, pa.string()), values)


def _csv(columns: dict[str, pa.Array]) -> bytes:
    out = pa.BufferOutputStream()
    pacsv.write_csv(pa.table(columns), out)
    return out.getvalue().to_pybytes()
