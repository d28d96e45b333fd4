"""Reading uploads in a process of their own, so that no file can take the app down or its memory.

The reader is a child that gets the bytes through a pipe and gives Arrow streams back through another; nothing is
written to a disk. It may use so much memory and time and no more (:class:`cohort.readers.limits.UploadLimits`), may not
write files, and gets none of the app's environment. A crash, a kill or a time-out is one sentence to the person who
handed the file in. It is a fence against accidents and bombs, not against code that has taken over the child.

    python -m cohort.readers.isolation    reads an upload from standard input, as :func:`read_isolated` writes it
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa

from cohort.errors import CohortError, UploadError
from cohort.readers.limits import LIMITS, UploadLimits
from cohort.readers.raw import RawColumn, RawTable, Upload

_ROOT = Path(__file__).resolve().parents[2]
_AT_ONCE = threading.BoundedSemaphore(2)  # two readers at their limit are 2 GiB: more wait their turn
_WAIT = 30.0
_WORDS = [f for f in fields(RawColumn) if f.name != "values"]  # the cells go as an Arrow stream
ENVIRONMENT = {
    "PATH": os.defpath,
    "LC_ALL": "C.UTF-8",
    "PYTHONDONTWRITEBYTECODE": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",  # the others reserve address space, which is what is limited
    "MALLOC_ARENA_MAX": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    **{name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ},  # Windows starts nothing without it
}
_TOO_MUCH = "Keep the columns and rows that the analysis needs; a CSV file is read fastest and with least memory."


def read_isolated(files: Sequence[tuple[str, bytes]], limits: UploadLimits = LIMITS) -> Upload:
    """Read files that were handed in together, in a process of its own.

    Parameters
    ----------
    files : (name, bytes) of each

    Returns
    -------
    Upload
        As :func:`cohort.readers.upload.read_upload` gives it.

    Raises
    ------
    UploadError
        What that function says, or that reading took too much time or memory, or broke off.
    """
    limits.check_files(files)
    head = {"limits": asdict(limits), "files": [[name, len(data)] for name, data in files]}
    sent = b"".join((_framed(head), *(data for _, data in files)))
    if not _AT_ONCE.acquire(timeout=_WAIT):
        raise UploadError("Other files are being read at the moment", remedy="Wait a little and hand it in again.")
    try:
        done = subprocess.run(
            [sys.executable, "-m", "cohort.readers.isolation"],
            input=sent,
            capture_output=True,
            timeout=limits.wall_seconds,
            cwd=_ROOT,
            env=ENVIRONMENT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _over("time", f"more than {limits.wall_seconds:g} seconds") from None
    finally:
        _AT_ONCE.release()
    if done.returncode:
        raise _broken_off(done.returncode, done.stderr)
    return _received(done.stdout)


def _over(what: str, seen: str) -> UploadError:
    return UploadError(f"Reading took more {what} than is allowed", seen=seen, remedy=_TOO_MUCH)


def _broken_off(code: int, said: bytes) -> UploadError:
    if code == -24:  # SIGXCPU
        return _over("time", "the limit of the processor's time")
    if code == -9 or b"bad_alloc" in said:  # ended by the system, or by a library that found no memory
        return _over("memory", "more than there is")
    return UploadError(
        "Reading broke off, and nothing was kept",
        seen=f"signal {-code}" if code < 0 else f"exit {code}",
        remedy="The file may be damaged: write it again, or hand in the table as CSV.",
    )


# ---- what passes through the pipes -----------------------------------------------------------------------------------


def _framed(head: dict[str, Any]) -> bytes:
    text = json.dumps(head).encode("utf-8")
    return len(text).to_bytes(8, "big") + text


def _unframed(data: memoryview) -> tuple[dict[str, Any], memoryview]:
    end = 8 + int.from_bytes(data[:8], "big")
    return json.loads(bytes(data[8:end])), data[end:]


def _sent(upload: Upload) -> list[bytes]:
    """An upload as bytes: everything but the cells as JSON, then each table as an Arrow stream, then the files."""
    streams = [_stream(table) for table in upload.tables]
    head = {
        "format": upload.format,
        "notes": upload.notes,
        "digest": upload.digest,
        "tables": [
            {
                "name": table.name,
                "first_row": table.first_row,
                "bytes": len(stream),
                "columns": [{f.name: getattr(c, f.name) for f in _WORDS} for c in table.columns],
            }
            for table, stream in zip(upload.tables, streams, strict=True)
        ],
        "files": [[name, len(data)] for name, data in upload.files.items()],
    }
    return [_framed(head), *streams, *upload.files.values()]


def _stream(table: RawTable) -> bytes:
    batch = pa.RecordBatch.from_arrays(
        [c.values for c in table.columns], names=[str(i) for i in range(len(table.names))]
    )
    out = pa.BufferOutputStream()
    with pa.ipc.new_stream(out, batch.schema) as writer:
        writer.write_batch(batch)
    return out.getvalue().to_pybytes()


def _received(data: bytes) -> Upload:
    head, rest = _unframed(memoryview(data))
    if "sentence" in head:
        raise UploadError(head["sentence"])
    tables = []
    for entry in head["tables"]:
        table = pa.ipc.open_stream(pa.py_buffer(rest[: entry["bytes"]])).read_all()
        table.validate(full=True)
        columns = (
            RawColumn(
                **c | {"missing": tuple(c["missing"]), "unread": tuple((row, cell) for row, cell in c["unread"])},
                values=values.combine_chunks(),
            )
            for c, values in zip(entry["columns"], table.columns, strict=True)
        )
        tables.append(RawTable(entry["name"], tuple(columns), entry["first_row"]))
        rest = rest[entry["bytes"] :]
    files = {}
    for name, size in head["files"]:
        files[name], rest = bytes(rest[:size]), rest[size:]
    return Upload(head["format"], tuple(tables), tuple(head["notes"]), head["digest"], files)


# ---- the child -------------------------------------------------------------------------------------------------------


def _fence(limits: UploadLimits) -> None:
    """Limit this process, on systems that can."""
    try:
        import resource
    except ImportError:  # Windows: time alone is limited there, by the parent
        return
    for which, most in (
        (resource.RLIMIT_AS, limits.address_space),
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(ValueError, OSError):  # held lower already, or macOS, which limits no address space
            resource.setrlimit(which, (most, most))


def main(source: BinaryIO, target: BinaryIO) -> None:
    """Read an upload from ``source`` and write it, or the sentence why not, to ``target``."""
    head = json.loads(source.read(int.from_bytes(source.read(8), "big")))
    limits = UploadLimits(**head["limits"])
    _fence(limits)
    try:
        from cohort.readers.upload import read_upload

        files = [(name, source.read(size)) for name, size in head["files"]]
        parts = _sent(read_upload(files, limits))
    except CohortError as problem:
        parts = [_framed({"sentence": str(problem)})]
    except MemoryError:
        problem = _over("memory", f"more than {limits.address_space // 2**20:,} MB")
        parts = [_framed({"sentence": str(problem)})]
    for part in parts:
        target.write(part)
    target.flush()


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer)
