"""Reading in a process of its own: the same upload comes back, and what a file does to the reader stays there."""

import io
import subprocess
import sys
import threading
import time

import numpy as np
import openpyxl
import pyarrow as pa
import pytest

from cohort.errors import UploadError
from cohort.readers import isolation
from cohort.readers.isolation import read_isolated
from cohort.readers.limits import UploadLimits
from cohort.readers.upload import read_upload
from tests.support import formats, printed
from tests.unit.readers.test_statistical import LABELS, VALUES, frame


def same(a, b):
    assert (a.format, a.notes, a.digest, a.files) == (b.format, b.notes, b.digest, b.files)
    assert [(t.name, t.first_row, t.names) for t in a.tables] == [(t.name, t.first_row, t.names) for t in b.tables]
    for one, other in zip(a.tables, b.tables, strict=True):
        for c, d in zip(one.columns, other.columns, strict=True):
            assert c.values.equals(d.values)
            assert (c.label, c.unit, dict(c.levels), c.missing) == (d.label, d.unit, dict(d.levels), d.missing)
            assert (c.unread, c.doubt) == (d.unread, d.doubt)


def test_what_comes_back_is_what_was_read():
    labelled = formats.statistical(
        frame(), "sav", column_labels=LABELS, variable_value_labels=VALUES, missing_ranges={"sex": [9]}
    )
    files = [("a.sav", labelled), ("b.csv", "id;größe\n1;1,5\n2;NA\n".encode("cp1252"))]
    same(read_isolated(files), read_upload(files))


def test_cells_that_were_not_read_come_back_with_their_rows():
    days = "".join(f"{i},2020-01-{i},0{i % 9}/0{i % 7}/2020\n" for i in range(20, 30))
    read = read_isolated([("a.csv", f"id,day,other\n1,soon,01/02/2020\n{days}".encode())])
    same(read, read_upload([("a.csv", f"id,day,other\n1,soon,01/02/2020\n{days}".encode())]))
    assert read.tables[0].column("day").unread == ((0, "soon"),)
    assert "day and month cannot be told apart" in read.tables[0].column("other").doubt


def test_a_cohort_folder_comes_back_as_its_files():
    files = [(p.name, p.read_bytes()) for p in sorted(printed.FOLDER.iterdir()) if p.is_file()]
    same(read_isolated(files), read_upload(files))


def test_a_refusal_comes_back_as_the_same_sentence():
    files = [("a.csv", b"id,t\n1,2,3\n")]
    with pytest.raises(UploadError) as here:
        read_upload(files)
    with pytest.raises(UploadError) as there:
        read_isolated(files)
    assert str(there.value) == str(here.value)


def far_cell():
    book = openpyxl.Workbook()
    for at in ("A1", "B1", "A2", "B2", "XFD1048576"):
        book.active[at] = "x"
    out = io.BytesIO()
    book.save(out)
    return [("far.xlsx", out.getvalue())]


def run_lengths(dictionary):
    rows, text = 190_000, pa.array(["y" * 1_000_000])
    table = pa.table({"x": pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, np.int32)), text)})
    return [("x.parquet", formats.parquet(table, row_group_size=rows, store_schema=dictionary))]


def zeros(n):
    return formats.zipped({"x.csv": b"0,0\n" * (n // 4)})


BOMBS = {
    "one far cell of a sheet": (far_cell, "too many"),
    "a word a million letters long in every row, by reference": (lambda: run_lengths(True), "too much text"),
    "the same, spelled out": (lambda: run_lengths(False), "more memory than is allowed. Seen: 'more than 1,024 MB'"),
    "a hundred million rows": (
        lambda: [("x.parquet", formats.parquet(pa.table({"x": pa.array(np.zeros(100_000_000, np.int8))})))],
        "too many rows. Seen: '100,000,000'",
    ),
    "zeros in an archive": (lambda: [("x.zip", zeros(90 * 2**20))], "unpacks to far more than it holds"),
    "an archive in an archive": (lambda: [("x.zip", formats.zipped({"y.zip": zeros(2**20)}))], "a .zip inside a .zip"),
    "a million columns": (
        lambda: [("x.csv", b",".join(b"c%d" % i for i in range(1_000_000)) + b"\n" + b"1," * 999_999 + b"1\n")],
        "too many columns. Seen: '1,000,000'",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_ends_in_a_sentence_within_the_limits(name):
    make, expected = BOMBS[name]
    files = make()
    assert sum(len(data) for _, data in files) < 10 * 2**20
    start = time.monotonic()
    with pytest.raises(UploadError) as caught:
        read_isolated(files)
    assert time.monotonic() - start < 10
    assert expected in str(caught.value)
    assert "\n" not in str(caught.value)


def test_too_little_time_is_said():
    with pytest.raises(UploadError, match=r"Reading took more time than is allowed\. Seen: 'more than 0\.01 seconds'"):
        read_isolated([("a.csv", b"a,b\n1,2\n")], UploadLimits(wall_seconds=0.01))


def test_more_readers_than_there_is_memory_for_wait_their_turn(monkeypatch):
    monkeypatch.setattr(isolation, "_AT_ONCE", threading.BoundedSemaphore(1))
    monkeypatch.setattr(isolation, "_WAIT", 0.01)
    files = [("a.csv", b"a,b\n1,2\n")]
    with isolation._AT_ONCE, pytest.raises(UploadError, match="Other files are being read"):
        read_isolated(files)
    assert read_isolated(files).tables[0].rows == 1


def test_what_is_too_large_is_not_sent_to_a_reader(monkeypatch):
    monkeypatch.setattr(isolation.subprocess, "run", lambda *_, **__: pytest.fail("a reader was started"))
    with pytest.raises(UploadError, match=r"^a\.csv: the file is too large"):
        read_isolated([("a.csv", bytes(10 * 2**20 + 1))])


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (1, "broke off.*exit 1"),
        (-6, "more memory"),
        (-11, "broke off.*signal 11"),
        (-9, "more memory"),
        (-24, "more time"),
    ],
)
def test_however_the_reader_ends_it_is_one_sentence(monkeypatch, code, said):
    """Played by a process that ends so, for no file is known that surely does."""
    words = "sys.stderr.write('std::bad_alloc'); sys.stderr.flush(); " if code == -6 else ""
    end = "sys.exit(1)" if code > 0 else f"os.kill(os.getpid(), {-code})"
    play = f"import os, sys; sys.stdin.buffer.read(); {words}{end}"
    run = subprocess.run
    monkeypatch.setattr(isolation.subprocess, "run", lambda command, **how: run([sys.executable, "-c", play], **how))
    with pytest.raises(UploadError, match=said):
        read_isolated([("a.csv", b"a,b\n1,2\n")])


def child(code):
    """What a process says that has put the fence around itself."""
    program = f"from cohort.readers import isolation; isolation._fence(isolation.LIMITS)\n{code}"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=isolation._ROOT, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_the_reader_can_write_no_file_and_take_no_more_memory(tmp_path):
    path = tmp_path / "x"
    code, said = child(f"with open({str(path)!r}, 'w') as file: file.write('x')")
    assert code == 1
    assert "File too large" in said
    assert path.stat().st_size == 0
    code, said = child("b = bytearray(2**30)")
    assert code == 1
    assert "MemoryError" in said


def test_the_reader_gets_nothing_of_the_apps_environment(monkeypatch):
    seen = {}
    run = subprocess.run

    def watched(command, **how):
        seen.update(how)
        return run(command, **how)

    monkeypatch.setenv("A_SECRET", "x")
    monkeypatch.setattr(isolation.subprocess, "run", watched)
    read_isolated([("a.csv", b"a,b\n1,2\n")])
    assert "A_SECRET" not in seen["env"]
