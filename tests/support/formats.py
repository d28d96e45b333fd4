"""A data frame as the bytes of a file of every format that can be handed in, written by other people's libraries."""

import io
import tempfile
import zipfile
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pyreadstat


def csv(frame, **how):
    """Bytes of a CSV file; ``how`` goes to pandas (sep, decimal, encoding)."""
    encoding = how.pop("encoding", "utf-8")
    return frame.to_csv(index=False, **how).encode(encoding)


def excel(*sheets, merged=(), names=None):
    """Bytes of a workbook; a sheet is a data frame or a list of rows, ``merged`` are ranges of the first."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for i, sheet in enumerate(sheets):
        made = book.create_sheet(names[i] if names else f"Sheet{i + 1}")
        rows = [list(sheet), *sheet.astype(object).values.tolist()] if isinstance(sheet, pd.DataFrame) else sheet
        for row in rows:
            made.append([None if isinstance(c, float) and c != c else c for c in row])
        for cells in merged if i == 0 else ():
            made.merge_cells(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def parquet(table, **how):
    """Bytes of a Parquet file of a data frame or an Arrow table."""
    out = io.BytesIO()
    pq.write_table(
        table if isinstance(table, pa.Table) else pa.Table.from_pandas(table, preserve_index=False), out, **how
    )
    return out.getvalue()


def feather_2(frame):
    """Bytes of a Feather file, version 2."""
    out = io.BytesIO()
    feather.write_feather(frame, out)
    return out.getvalue()


def arrow(table, stream=False):
    """Bytes of an Arrow IPC file or stream."""
    table = table if isinstance(table, pa.Table) else pa.Table.from_pandas(table, preserve_index=False)
    out = pa.BufferOutputStream()
    with (pa.ipc.new_stream if stream else pa.ipc.new_file)(out, table.schema) as writer:
        writer.write_table(table)
    return out.getvalue().to_pybytes()


def statistical(frame, ending, **how):
    """Bytes of a .sav, .zsav, .dta or .xpt file; ``how`` goes to pyreadstat."""
    write = {"sav": pyreadstat.write_sav, "zsav": pyreadstat.write_sav, "dta": pyreadstat.write_dta}
    if ending == "zsav":
        how["compress"] = True
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"file.{ending}"
        write.get(ending, pyreadstat.write_xport)(frame, path, **how)
        return path.read_bytes()


def zipped(files, compression=zipfile.ZIP_DEFLATED):
    """Bytes of a .zip of files by name."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


EVERY = {
    "waltons.csv": csv,
    "waltons.xlsx": excel,
    "waltons.parquet": parquet,
    "waltons.feather": feather_2,
    "waltons.arrow": arrow,
    "waltons.sav": lambda frame: statistical(frame, "sav"),
    "waltons.zsav": lambda frame: statistical(frame, "zsav"),
    "waltons.dta": lambda frame: statistical(frame, "dta"),
    "waltons.xpt": lambda frame: statistical(frame, "xpt", file_format_version=5),
    "waltons.zip": lambda frame: zipped({"folder/waltons.csv": csv(frame)}),
}
"""A file name of each format: what writes a data frame to it."""
