"""Bad and hostile uploads by number: the same number gives the same upload, but for the time stamps in archives.

Five kinds: a good file of some format with bytes cut, flipped, moved or doubled; a table whose names and cells are
chosen to break what reads or shows them; the same with times and a status, so that every page comes to show it; a table
that is badly made; and a bomb, which is small and stands for much.
"""

from __future__ import annotations

import functools
import io
import random
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
from lifelines import datasets

from tests.support import formats, printed

TEXTS = (
    "=1+1", "=cmd|' /C calc'!A0", "@SUM(A1)", "+1-1", "-2+3", "＝1+1", "\t=1", "<script>alert(1)</script>",
    "</script><img src=x onerror=alert(1)>", "![x](http://example.invalid/x.png)", "[x](javascript:alert(1))",
    "# HEAD", ":red[x]", "$x^2$", "datum.x == 'y'", "datum['a'] || 1", "{{7*7}}", "${7*7}", "a.b[0]", "a\\", "a'b\"c",
    "\u202eabc", "a\u200bb", "\x1b[31mred", "a\nb", "a\rb", "\u2028", "NULL", "None", "nan", "../../etc/passwd",
    "C:\\x", "М", "Ｍ", "é", "e\u0301", "🧬" * 50, "x" * 5000, "", " ", "1e999", "-0", "1_000", "٣", "31.02.2020",
    "0000-00-00", "99/99/9999", "< 0.01 %", "1,234", "1.234,56", "-Inf", "[Not Available]",
)  # fmt: skip
"""Names and cells that mean something to a spreadsheet, a browser, a chart, a shell, a parser or a reader's eye."""


@dataclass(frozen=True)
class Case:
    """One upload: what was done to it, and its files."""

    label: str
    files: tuple[tuple[str, bytes], ...]


def case(number: int) -> Case:
    """The upload with this number."""
    chance = random.Random(number)
    return _kind(chance)(chance)


def is_bomb(number: int) -> bool:
    """Whether the upload with this number is only to be read in a process of its own."""
    return _kind(random.Random(number)) is bomb


def _kind(chance: random.Random) -> Callable[[random.Random], Case]:
    return chance.choices((damaged, spoken, outspoken, untidy, bomb), (9, 3, 4, 3, 1))[0]


# ---- good files, damaged -------------------------------------------------------------------------------------------


@functools.cache
def good() -> dict[str, tuple[tuple[str, bytes], ...]]:
    """Good uploads by name: every format, trios and pairs, our own folder."""
    frame = datasets.load_larynx()[["time", "age", "death"]]
    frame["site"] = np.where(frame.index % 2, "Zürich", "Nice")
    found = {name: ((name, write(frame)),) for name, write in formats.EVERY.items()}
    adam = {
        "adsl": pd.DataFrame({"USUBJID": ["a", "b"], "TRT01A": ["x", "y"]}),
        "adtte": pd.DataFrame({"USUBJID": ["a", "b"], "PARAMCD": ["OS", "OS"], "AVAL": [1.0, 2.5], "CNSR": [0, 1]}),
    }
    found["adam"] = tuple((f"{n}.xpt", formats.statistical(f, "xpt", file_format_version=5)) for n, f in adam.items())
    head = b"#Patient\tMonths\tStatus\n#a\tb\tc\n#STRING\tNUMBER\tSTRING\n#1\t1\t1\n"
    rows = b"PATIENT_ID\tOS_MONTHS\tOS_STATUS\nP1\t1.5\t1:DECEASED\nP2\tNA\t0:LIVING\n"
    found["cbioportal"] = (("data_clinical_patient.txt", head + rows),)
    fields = b'Variable / Field Name,Field Type,Field Label,"Choices, Calculations, OR Slider Labels"\n'
    found["redcap"] = (
        ("export.csv", b"id,redcap_event_name,sex\n1,a,0\n2,a,1\n"),
        ("dictionary.csv", fields + b'id,text,Id,\nsex,radio,Sex,"0, F | 1, M"\n'),
    )
    folder = {p.name: p.read_bytes() for p in sorted(printed.FOLDER.iterdir()) if p.suffix in (".toml", ".csv")}
    found["folder"] = (("cohort.zip", formats.zipped(folder)),)
    found["folder files"] = tuple(folder.items())
    return found


def damaged(chance: random.Random) -> Case:
    """A good upload with one file changed in a few places."""
    name = chance.choice(sorted(good()))
    files = list(good()[name])
    at = chance.randrange(len(files))
    how = chance.choice(sorted(_CHANGES))
    data = files[at][1]
    for _ in range(chance.randint(1, 3)):
        data = _CHANGES[how](chance, data)
    files[at] = (chance.choice([files[at][0], files[at][0], "data.csv", "x.xlsx", "no ending"]), data)
    return Case(f"{name}: {how}", tuple(files))


def _span(chance: random.Random, data: bytes) -> tuple[int, int]:
    start = chance.randrange(len(data) + 1)
    return start, min(len(data), start + chance.choice([1, 8, 100, 4000]))


def _flip(chance: random.Random, data: bytes) -> bytes:
    out = bytearray(data)
    for _ in range(chance.choice([1, 3, 20])):
        if out:
            out[chance.randrange(len(out))] ^= 1 << chance.randrange(8)
    return bytes(out)


def _large_number(chance: random.Random, data: bytes) -> bytes:
    start, _ = _span(chance, data[:2000])
    number = chance.choice([2**31 - 1, 2**32 - 1, 2**63 - 1, 0, 10**9]).to_bytes(8, chance.choice(["little", "big"]))
    return data[:start] + number + data[start + 8 :]


def _other(chance: random.Random, data: bytes) -> bytes:
    return data + chance.choice(good()[chance.choice(sorted(good()))])[1]


_CHANGES = {
    "cut": lambda chance, data: data[: chance.randrange(len(data) + 1)],
    "bits flipped": _flip,
    "a large number": _large_number,
    "bytes put in": lambda c, d: (lambda a, _: d[:a] + c.randbytes(c.choice([1, 7, 300])) + d[a:])(*_span(c, d)),
    "bytes taken out": lambda c, d: (lambda a, b: d[:a] + d[b:])(*_span(c, d)),
    "bytes doubled": lambda c, d: (lambda a, b: d[:b] + d[a:])(*_span(c, d)),
    "zeros": lambda c, d: (lambda a, b: d[:a] + bytes(b - a) + d[b:])(*_span(c, d)),
    "another file after it": _other,
}


# ---- tables that speak, and untidy ones ----------------------------------------------------------------------------


def spoken(chance: random.Random) -> Case:
    """A table whose names and cells come from TEXTS, in some format."""
    width, rows = chance.randint(2, 12), chance.randint(1, 30)
    names = [chance.choice(TEXTS) for _ in range(width)]
    cells = [[chance.choice(TEXTS) for _ in names] for _ in range(rows)]
    ending = chance.choice(["csv", "tsv", "xlsx", "parquet", "arrow", "zip"])
    name = chance.choice(TEXTS)[:200]
    if ending == "xlsx":
        legal = [[openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.sub("", c) for c in row] for row in (names, *cells)]
        return Case("spoken: xlsx", ((name, formats.excel(legal)),))
    if ending in ("parquet", "arrow"):
        columns = [pa.array(c) for c in zip(*cells, strict=True)]
        table = pa.Table.from_arrays(columns, names=names)
        write = formats.parquet if ending == "parquet" else formats.arrow
        return Case(f"spoken: {ending}", ((name, write(table)),))
    data = pd.DataFrame(cells).to_csv(index=False, header=names, sep="\t" if ending == "tsv" else ",").encode()
    if ending == "zip":
        return Case("spoken: zip", (("x.zip", formats.zipped({chance.choice(TEXTS) or "x": data})),))
    return Case(f"spoken: {ending}", ((name, data),))


def outspoken(chance: random.Random) -> Case:
    """A cohort in order whose groups are named by TEXTS, and so are their few levels, in some format."""
    rows, names = chance.randint(4, 40), chance.sample([t for t in TEXTS if t.strip() and len(t) < 100], 4)
    columns = {
        "patient_id": [f"{chance.choice(TEXTS)[:20]}{i}" for i in range(rows)],
        "os_months": [round(chance.uniform(0, 60), 1) for _ in range(rows)],
        "os_status": [chance.choice(["alive", "dead", "dead"]) for _ in range(rows)],
    }
    for name in names:
        levels = chance.sample(TEXTS, chance.randint(1, 4))
        columns[name] = [chance.choice(levels)[:300] for _ in range(rows)]
    ending = chance.choice(["csv", "parquet", "arrow"])
    if ending == "csv":
        return Case(
            "outspoken: csv", ((chance.choice(TEXTS)[:60], pd.DataFrame(columns).to_csv(index=False).encode()),)
        )
    write = formats.parquet if ending == "parquet" else formats.arrow
    return Case(f"outspoken: {ending}", ((chance.choice(TEXTS)[:60], write(pa.table(columns))),))


def untidy(chance: random.Random) -> Case:
    """A delimited file that is badly made."""
    how = chance.choice(sorted(_UNTIDY))
    return Case(f"untidy: {how}", ((f"{how}.csv", _UNTIDY[how](chance)),))


def _rows(chance: random.Random, n: int, width: int) -> list[str]:
    return [",".join(str(chance.randint(0, 99)) for _ in range(width)) for _ in range(n)]


def _ragged(chance: random.Random) -> bytes:
    rows = [",".join(["1"] * chance.randint(1, 6)) for _ in range(chance.randint(1, 200))]
    return ("a,b,c,d\n" + "\n".join(rows)).encode()


def _encodings(chance: random.Random) -> bytes:
    lines = [f"{i},Zürich München Łódź"[: chance.randint(3, 18)] for i in range(20)]
    coded = [line.encode(chance.choice(["utf-8", "cp1250", "utf-16-le", "gb18030"]), "replace") for line in lines]
    return b"id,site\n" + b"\n".join(coded)


def _wide(chance: random.Random) -> bytes:
    width = chance.choice([1_999, 2_001, 10_000])
    return ("\n".join([",".join(f"c{i}" for i in range(width)), *_rows(chance, 3, width)])).encode()


def _quotes(chance: random.Random) -> bytes:
    return "".join(chance.choice(['"', ",", "\n", "a", ";", "1", '""', "\t"]) for _ in range(500)).encode()


_UNTIDY = {
    "ragged": _ragged,
    "several encodings": _encodings,
    "wide": _wide,
    "quotes": _quotes,
    "random bytes": lambda chance: chance.randbytes(chance.randint(1, 3000)),
    "random text": lambda c: "".join(map(chr, c.choices([*range(32, 127), *range(160, 0x2FFF)], k=800))).encode(),
    "one cell": lambda chance: chance.choice(TEXTS).encode(),
    "names only": lambda chance: ",".join(chance.sample(TEXTS, 9)).encode("utf-8"),
    "empty names": lambda chance: ("," * chance.randint(1, 50) + "\n" + "1," * 5).encode(),
    "a long cell": lambda chance: b"a,b\n1," + b"x" * chance.choice([131_000, 132_000, 3_000_000]) + b"\n",
    "empty lines": lambda chance: b"a,b\n" + b"\n" * chance.randint(1, 100_000) + b"1,2\n",
    "titles": lambda c: "\n".join([*c.choices(["Title", "", "a,b", ",,,"], k=60), "x,y,z", "1,2,3"]).encode(),
    "JSON": lambda chance: b"[" * chance.randint(1, 100_000),
}  # fmt: skip


# ---- bombs ---------------------------------------------------------------------------------------------------------


def bomb(chance: random.Random) -> Case:
    """A small file that stands for much."""
    how = chance.choice(sorted(_BOMBS))
    return Case(f"bomb: {how}", _BOMBS[how](chance))


def _far_cell(chance: random.Random) -> tuple[tuple[str, bytes], ...]:
    book = openpyxl.Workbook()
    for at in ("A1", "B1", "A2", "B2", chance.choice(["XFD1048576", "B1048576", "XFD2", "ZZZ9"])):
        book.active[at] = 1 if at == "A2" else "x"
    out = io.BytesIO()
    book.save(out)
    return (("far.xlsx", out.getvalue()),)


def _workbook(sheet: bytes) -> bytes:
    source = zipfile.ZipFile(io.BytesIO(formats.excel([["a", "b"], [1, 2]])))
    parts = {n: source.read(n) for n in source.namelist()}
    parts["xl/worksheets/sheet1.xml"] = sheet
    return formats.zipped(parts)


_SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'


def _many_cells(chance: random.Random) -> tuple[tuple[str, bytes], ...]:
    row = b"<row>" + b"<c><v>1</v></c>" * chance.choice([100, 1500]) + b"</row>"
    return (("cells.xlsx", _workbook(_SHEET % (row * (30_000_000 // len(row))))),)


def _entities(chance: random.Random) -> tuple[tuple[str, bytes], ...]:
    levels = b"".join(b'<!ENTITY l%d "%s">' % (i, b"&l%d;" % (i - 1) * 10) for i in range(1, 10))
    sheet = b'<!DOCTYPE x [<!ENTITY l0 "lol">%s]>' % levels + _SHEET % b"<row><c t='str'><v>&l9;</v></c></row>"
    return (("laughs.xlsx", _workbook(sheet)),)


def _run_lengths(chance: random.Random) -> tuple[tuple[str, bytes], ...]:
    rows, size = chance.choice([(190_000, 10**6), (100_000_000, 1), (150_000, 5_000), (190_000, 900)])
    indices = pa.array(np.zeros(rows, np.int32))
    table = pa.table({"x": pa.DictionaryArray.from_arrays(indices, pa.array(["y" * size]))})
    if chance.random() < 0.3:
        return (("x.arrow", formats.arrow(table.slice(0, 1_000_000))),)
    return (("x.parquet", formats.parquet(table, store_schema=chance.random() < 0.5, row_group_size=rows)),)


def _archive(chance: random.Random) -> tuple[tuple[str, bytes], ...]:
    data = formats.zipped(
        {"x.csv": chance.choice([b"0,0\n", b"\0", b"a" * 50 + b"\n"]) * chance.choice([10**6, 2 * 10**7])}
    )
    how = chance.choice(["plain", "nested", "copied", "many"])
    if how == "nested":
        data = formats.zipped({"y.zip": data})
    if how == "many":
        data = formats.zipped({f"{i}.csv": b"a,b\n1,2\n" for i in range(chance.choice([40, 5000]))})
    return tuple((f"{i}.zip", data) for i in range(9 if how == "copied" else 1))


def _million_columns(chance: random.Random) -> tuple[tuple[str, bytes], ...]:
    separator = chance.choice([b",", b";", b"\t"])
    return (
        (
            "wide.csv",
            separator.join(b"c%d" % i for i in range(1_000_000)) + b"\n" + b"1" + (separator + b"1") * 999_999,
        ),
    )


_BOMBS = {
    "a far cell": _far_cell,
    "many cells": _many_cells,
    "entities": _entities,
    "run lengths": _run_lengths,
    "archive": _archive,
    "a million columns": _million_columns,
    "limits reached": lambda c: (("full.csv", ("\n".join(["a,b,c", *_rows(c, 199_999, 3)])).encode()),),
}
