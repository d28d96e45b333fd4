"""Files handed in: told by content, read the same whatever their format, and grouped."""

import datetime

import numpy as np
import pandas as pd
import pytest
from lifelines import KaplanMeierFitter, datasets

from cohort.errors import CohortError, UploadError
from cohort.readers.content import content_kind
from cohort.readers.limits import UploadLimits
from cohort.readers.upload import read_upload
from tests.support import formats, printed

DAY = datetime.date
FORMATS = {
    "csv": "csv", "xlsx": "excel", "parquet": "parquet", "feather": "feather", "arrow": "arrow", "sav": "spss",
    "zsav": "spss", "dta": "stata", "xpt": "xpt", "zip": "csv",
}  # fmt: skip


def cohort():
    """Waltons' flies with a date, a gap in a number and a word that is no ASCII."""
    frame = datasets.load_waltons()
    frame["half"] = frame["T"] / 2
    frame.loc[[3, 7], "half"] = np.nan
    frame["day"] = [DAY(2020, 1, 1) + datetime.timedelta(int(t)) for t in frame["T"]]
    frame["site"] = np.where(frame.index % 2, "Zürich", "Łódź")
    return frame


@pytest.mark.parametrize("name", formats.EVERY)
def test_every_format_gives_back_the_cohort(name):
    frame = cohort()
    upload = read_upload([(name, formats.EVERY[name](frame))])
    assert upload.format == FORMATS[name.rpartition(".")[2]]
    (table,) = upload.tables
    assert table.names == tuple(frame.columns)
    for column in frame:
        read = table.column(column).values.to_pylist()
        expected = [None if v != v else v for v in frame[column].tolist()]
        assert read == expected, column
    assert str(table.column("day").values.type) == "date32[day]"
    assert str(table.column("E").values.type) == "int64"
    for group, rows in frame.groupby("group"):
        held = np.array(table.column("group").values.to_pylist()) == group
        time, event = (np.array(table.column(c).values.to_pylist())[held] for c in ("T", "E"))
        assert event.sum() == rows["E"].sum()
        medians = [KaplanMeierFitter().fit(*te).median_survival_time_ for te in ((time, event), (rows["T"], rows["E"]))]
        assert medians[0] == medians[1]


@pytest.mark.parametrize("name", ["waltons.csv", "waltons.xlsx", "waltons.parquet", "waltons.sav", "waltons.zip"])
def test_the_name_does_not_decide(name):
    frame = cohort()
    upload = read_upload([("data.txt", formats.EVERY[name](frame))])
    assert upload.tables[0].rows == len(frame)


def test_the_digest_is_of_names_and_contents_whatever_the_order():
    a, b = ("a.csv", b"x,y\n1,2\n"), ("b.csv", b"x,z\n3,4\n")
    digest = read_upload([a, b]).digest
    assert digest == read_upload([b, a]).digest
    assert len({digest, read_upload([a]).digest, read_upload([a, ("b.csv", b"x,z\n3,5\n")]).digest}) == 3
    assert digest != read_upload([a, ("c.csv", b[1])]).digest


def test_names_are_told_apart_and_cleaned():
    data = b"x,y\n1,2\n"
    upload = read_upload([("../../etc/a\u202e\nb.csv", data), ("a.csv", data), ("a.csv", data)])
    assert [t.name for t in upload.tables] == ["a b.csv", "a.csv", "2 a.csv"]


@pytest.mark.parametrize("given", ["files", "zip", "zip with a folder"])
def test_our_own_layout_needs_no_mapping(given):
    files = {p.name: p.read_bytes() for p in printed.FOLDER.iterdir() if p.is_file()}
    folder = "my cohort/" if given == "zip with a folder" else ""
    handed = list(files.items())
    if given != "files":
        handed = [("cohort.zip", formats.zipped({folder + name: data for name, data in files.items()}))]
    upload = read_upload(handed)
    assert upload.format == "folder"
    assert upload.tables == ()
    assert upload.files == files


def test_a_folder_that_does_not_hold_together_is_refused_where_it_is_read():
    files = {p.name: p.read_bytes() for p in printed.FOLDER.iterdir() if p.suffix in (".csv", ".toml")}
    files["patients.csv"] = files["patients.csv"].replace(b"1,intermediate", b"1,medium", 1)
    with pytest.raises(CohortError, match=r"patients\.csv, row 1, column 'eln_risk'.*'medium'"):
        read_upload(list(files.items()))
    files["cohort.toml"] = files["cohort.toml"].replace(b"cuts = [", b'cuts = ["x", ', 1)
    with pytest.raises(UploadError, match=r"cohort\.toml: an entry is not of the kind it has to be \(.*'x'"):
        read_upload(list(files.items()))


def test_two_cohorts_at_once_are_refused():
    toml = (printed.FOLDER / "cohort.toml").read_bytes()
    with pytest.raises(UploadError, match="more than one cohort"):
        read_upload([("both.zip", formats.zipped({"a/cohort.toml": toml, "b/cohort.toml": toml}))])


def test_what_an_archive_holds_beside_tables_is_left_out_and_said():
    files = {
        "a.csv": b"x,y\n1,2\n",
        "README.md": b"# x",
        "__MACOSX/._a.csv": b"\0\5",
        "b.pdf": b"%PDF-1.4",
        "c.txt": b"ok\n",
    }
    upload = read_upload([("a.zip", formats.zipped(files))])
    assert [t.name for t in upload.tables] == ["a.csv"]
    assert "Left out, not a table: 'README.md', 'b.pdf'." in upload.notes
    assert any(n.startswith("Left out: c.txt: one column only") for n in upload.notes)


REFUSED = {
    "nothing": (lambda: [], "No file was handed in"),
    "empty": (lambda: [("a.csv", b"")], "a.csv: the file is empty"),
    "too large": (lambda: [("a.csv", bytes(10 * 2**20 + 1))], "too large. Seen: '10 MB'. Allowed: up to 10 MB"),
    "too many": (lambda: [(f"{i}.csv", b"x,y\n1,2\n") for i in range(21)], "Seen: '21'. Allowed: up to 20"),
    "old Excel": (lambda: [("a.xls", b"\xd0\xcf\x11\xe0" + bytes(600))], "Save it as .xlsx"),
    "PDF": (lambda: [("a.csv", b"%PDF-1.7 ...")], "the file is a PDF"),
    "gzip": (lambda: [("a.rds", b"\x1f\x8b\x08\0")], "gzip"),
    "pickle": (lambda: [("a.csv", b"\x80\x04\x95\x10")], "pickle"),
    "web page": (lambda: [("a.xls", b"<html><table>")], "web page"),
    "JSON": (lambda: [("a.json", b'[{"a": 1}]')], "JSON"),
    "Word": (lambda: [("a.docx", formats.zipped({"[Content_Types].xml": b"", "word/document.xml": b""}))], "document"),
    "only a readme": (lambda: [("a.zip", formats.zipped({"README.md": b"x"}))], "There is no table"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_is_one_sentence_that_says_what_to_do(name):
    make, expected = REFUSED[name]
    with pytest.raises(UploadError) as caught:
        read_upload(make())
    message = str(caught.value)
    assert expected in message
    assert "\n" not in message


def test_all_tables_together_are_limited():
    limits = UploadLimits(cells=10)
    files = [(f"{n}.csv", b"x,y\n1,2\n3,4\n5,6\n") for n in "ab"]
    assert read_upload(files[:1], limits).tables[0].rows == 3
    with pytest.raises(UploadError, match=r"The files together: too many cells\. Seen: '12'\. Allowed: up to 10"):
        read_upload(files, limits)


def test_a_zipped_table_is_no_workbook_and_a_workbook_no_archive():
    frame = pd.DataFrame({"x": [1], "y": [2]})
    assert content_kind("a", formats.zipped({"a.csv": formats.csv(frame)})) == "zip"
    assert content_kind("a", formats.excel(frame)) == "excel"
