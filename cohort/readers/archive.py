"""A .zip of files: opened in memory, its sizes checked first, names reduced to a plain file name, no .zip within."""

from __future__ import annotations

import io
import re
import struct
import zipfile

from cohort.errors import UploadError
from cohort.readers.limits import LIMITS, UploadLimits
from cohort.readers.text_table import clean_name

ZIP = b"PK\x03\x04"
EMPTY_ZIP = b"PK\x05\x06"
_LEFT_BY_SYSTEMS = re.compile(r"(^|/)(__MACOSX/|\.[^./]|thumbs\.db$|desktop\.ini$)", re.IGNORECASE)


def open_zip(file: str, data: bytes, limits: UploadLimits = LIMITS) -> zipfile.ZipFile:
    """Open a .zip, or an .xlsx, which is one, after its directory was found to be within the limits.

    Raises
    ------
    UploadError
        Damaged, protected by a password, or it would unpack to more than is allowed.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        members = archive.infolist()
    except MemoryError:
        raise
    except Exception as problem:  # zipfile raises whatever its parts raise on damaged bytes
        raise _damaged(file, problem) from None
    limits.check_unpacked(file, len(data), sum(m.file_size for m in members))
    if any(m.flag_bits & 1 for m in members):
        raise UploadError("protected by a password", file=file, remedy="Hand it in without a password.")
    return archive


def unpacked(file: str, data: bytes, limits: UploadLimits = LIMITS) -> list[tuple[str, bytes]]:
    """Files of a .zip as (name, bytes), in its order.

    A name is the last part of the path, without control characters; where two would be the same the folder is put
    before it. Files that operating systems leave behind (``__MACOSX``, ``.DS_Store``) are passed over.

    Raises
    ------
    UploadError
        As in :func:`open_zip`, or it holds another .zip, or nothing.
    """
    found: dict[str, bytes] = {}
    with open_zip(file, data, limits) as archive:
        members = [m for m in archive.infolist() if not _passed_over(m)]
        limits.check_members(file, len(members))
        for member in members:
            try:
                content = archive.read(member)
            except MemoryError:
                raise
            except Exception as problem:  # and so does each codec
                raise _damaged(file, problem) from None
            name = _plain_name(member.filename, found)
            if is_zip(content) and not is_workbook(content):
                raise UploadError(
                    "a .zip inside a .zip", file=file, seen=name, remedy="Put the files themselves into one .zip."
                )
            found[name] = content
    if not found:
        raise UploadError("there is no file in the archive", file=file, remedy="Put the cohort's files into it.")
    return list(found.items())


def is_zip(data: bytes) -> bool:
    """Whether bytes are a .zip (or a document that is one)."""
    return data.startswith((ZIP, EMPTY_ZIP))


def is_workbook(data: bytes) -> bool:
    """Whether a .zip is a document of a spreadsheet or word processor, by its table of contents."""
    try:
        names = set(zipfile.ZipFile(io.BytesIO(data)).namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OSError, struct.error):
        # All that ZipFile raises on a damaged table of contents. Nothing is hidden: whoever opens it says so.
        return False
    return "[Content_Types].xml" in names or "META-INF/manifest.xml" in names


def _passed_over(member: zipfile.ZipInfo) -> bool:
    return member.is_dir() or bool(_LEFT_BY_SYSTEMS.search(member.filename.replace("\\", "/")))


def _plain_name(path: str, taken: dict[str, bytes]) -> str:
    parts = [clean_name(p) for p in re.split(r"[/\\:]", path)]
    parts = [p for p in parts if p.strip(". ")]
    name = parts[-1] if parts else "file"
    for folder in (*reversed(parts[:-1]), *map(str, range(2, 100))):
        if name not in taken:
            break
        name = f"{folder}_{name}"
    return name


def _damaged(file: str, problem: Exception) -> UploadError:
    return UploadError(
        f"the file is damaged or not wholly there ({str(problem)[:80] or type(problem).__name__})",
        file=file,
        remedy="Make it again and hand it in.",
    )
