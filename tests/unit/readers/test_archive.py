"""Archives: opened in memory within limits, names made plain, nothing nested."""

import io
import zipfile

import pytest

from cohort.errors import UploadError
from cohort.readers.archive import unpacked
from cohort.readers.limits import UploadLimits
from tests.support import formats


def test_names_are_plain_and_told_apart():
    files = {"a/x.csv": b"1", "b/x.csv": b"2", "../../etc/passwd": b"3", "C:\\d\\y.csv": b"4", "/abs/z\u202e.csv": b"5"}
    assert unpacked("a.zip", formats.zipped(files)) == [
        ("x.csv", b"1"), ("b_x.csv", b"2"), ("passwd", b"3"), ("y.csv", b"4"), ("z.csv", b"5"),
    ]  # fmt: skip


def test_what_systems_leave_behind_is_passed_over():
    files = {"__MACOSX/._x.csv": b"1", ".DS_Store": b"2", "d/Thumbs.db": b"3", "d/": b"", "x.csv": b"4"}
    assert unpacked("a.zip", formats.zipped(files)) == [("x.csv", b"4")]


def inside(data):
    return formats.zipped({"inner.zip": data})


REFUSED = {
    "bomb": (
        lambda: formats.zipped({"x.csv": bytes(30 * 2**20)}),
        r"unpacks to far more than it holds\. Seen: '\d+ times",
    ),
    "large": (
        lambda: formats.zipped({f"{i}": bytes(26 * 2**20) for i in range(4)}),
        r"too large when unpacked\. Seen: '104",
    ),
    "many": (
        lambda: formats.zipped({f"{i}.csv": b"" for i in range(51)}),
        r"too many files in the archive\. Seen: '51'",
    ),
    "nested": (lambda: inside(formats.zipped({"x.csv": b"1"})), r"a \.zip inside a \.zip\. Seen: 'inner\.zip'"),
    "empty": (lambda: formats.zipped({}), "no file in the archive"),
    "cut": (lambda: formats.zipped({"x.csv": b"1" * 999})[:60], "damaged"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_plain_archive_is_refused(name):
    make, expected = REFUSED[name]
    with pytest.raises(UploadError, match=expected):
        unpacked("a.zip", make())


def test_a_changed_byte_is_noticed():
    data = bytearray(formats.zipped({"x.csv": b"id,time\n1,2\n"}, zipfile.ZIP_STORED))
    data[data.index(b"1,2")] = ord("9")
    with pytest.raises(UploadError, match=r"damaged or not wholly there \(Bad CRC"):
        unpacked("a.zip", bytes(data))


def test_a_password_is_refused():
    data = bytearray(formats.zipped({"x.csv": b"1"}, zipfile.ZIP_STORED))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(UploadError, match="protected by a password"):
        unpacked("a.zip", bytes(data))


def test_a_small_sparse_table_may_pack_well():
    sparse = b",".join([b""] * 2000) * 1000
    data = formats.zipped({"x.csv": sparse})
    assert len(sparse) > 100 * len(data)
    assert unpacked("a.zip", data)[0][1] == sparse
    with pytest.raises(UploadError, match="times its size"):
        unpacked("a.zip", data, UploadLimits(file_bytes=1000))


def test_a_size_that_is_lied_about_gives_no_more_than_it_says():
    data = bytearray(formats.zipped({"x.csv": bytes(10_000)}))
    at = data.index(b"PK\x01\x02") + 24
    data[at : at + 4] = (100).to_bytes(4, "little")
    with pytest.raises(UploadError, match="damaged"):
        unpacked("a.zip", bytes(data))
    assert zipfile.ZipFile(io.BytesIO(bytes(data))).infolist()[0].file_size == 100
