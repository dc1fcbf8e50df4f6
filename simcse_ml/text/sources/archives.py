"""The members of zip and tar archives as streams. Nothing is extracted, so a member's name can do no harm."""

from __future__ import annotations

import lzma
import os
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from functools import partial
from typing import IO, cast

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.text.sources.blocks import Facts
from simcse_ml.text.sources.bytestream import Reader
from simcse_ml.text.sources.entries import Entry
from simcse_ml.text.sources.expansion import Expansion
from simcse_ml.text.sources.folder import shown
from simcse_ml.text.sources.member_names import read_names, zip_names

DIRECTORY_LIMIT = 1 << 26
"""bytes of a zip's list of members, which has to be read whole: about 600,000 members, 600 MB of memory"""
_SAVE_AS_TEXT = "save it as plain text or HTML first"
DOCUMENTS: Mapping[str, tuple[str, str]] = {
    "[Content_Types].xml": ("an Office document (docx, xlsx, pptx)", _SAVE_AS_TEXT),
    "META-INF/container.xml": ("an EPUB book", "convert it to text or HTML first"),
    "META-INF/manifest.xml": ("an OpenDocument file (odt, ods, odp)", _SAVE_AS_TEXT),
    "META-INF/MANIFEST.MF": ("a Java archive", "give the texts themselves"),
    "AndroidManifest.xml": ("an Android program", "give the texts themselves"),
}
"""member that shows that a zip archive is something else: what, and what to do"""
_REFUSED_NAME = "its name leads out of the archive"
_LINK_MODE, _MODE_MASK = 0o120000, 0o170000


def zip_entries(file: IO[bytes], facts: Facts, expansion: Expansion) -> Iterator[Entry]:
    """Members in the order of the archive. Raises: UserError(INPUT) for a damaged one, or one that is a document."""
    _refuse_huge_directory(file, facts.name)
    try:
        archive = zipfile.ZipFile(cast(IO[bytes], _Counted(file, expansion)))
    except (zipfile.BadZipFile, OSError, struct.error, NotImplementedError, ValueError) as error:
        raise UserError(
            f"the zip archive is damaged or cut off ({error})",
            where=facts.name,
            mend="get the file again, whole",
            exit_code=ExitCode.INPUT,
        ) from error
    names = set(archive.NameToInfo)
    for name, (what, mend) in DOCUMENTS.items():
        if name in names:
            raise UserError(f"this is {what}, not text", where=facts.name, mend=mend, exit_code=ExitCode.INPUT)
    members = archive.infolist()
    meant = zip_names(members)
    for place, info in enumerate(members):
        if info.is_dir() or _hidden(info.filename):
            continue
        name = f"{facts.name}/{shown(meant.get(place, info.filename))}"
        problem = _zip_problem(info)
        yield Entry(name, partial(_ZipMember, archive, info, name), expansion=expansion, problem=problem)


class _Counted:
    """The archive's file; what is read of it counts as packed data."""

    def __init__(self, file: IO[bytes], expansion: Expansion) -> None:
        self._file, self._expansion = file, expansion
        expansion.fixed = True
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable

    def read(self, size: int = -1, /) -> bytes:
        data = self._file.read(size)
        self._expansion.packed += len(data)
        return data


def _zip_problem(info: zipfile.ZipInfo) -> str:
    if leads_out(info.filename):
        return _REFUSED_NAME
    if info.flag_bits & 0x1:
        return "it is encrypted; unpack it with its password and give the file"
    if (info.external_attr >> 16) & _MODE_MASK == _LINK_MODE:
        return "it is a link"
    return ""


class _ZipMember:
    """Bytes of a member; damage comes as an error that a stream of packed bytes may have."""

    def __init__(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> None:
        try:
            self._file = archive.open(info)
        except (NotImplementedError, RuntimeError) as error:
            raise UserError(
                f"it is packed in a way that cannot be read ({error})",
                where=name,
                mend="unpack the archive and give the folder",
                exit_code=ExitCode.INPUT,
            ) from error
        except (zipfile.BadZipFile, OSError, EOFError, struct.error) as error:
            raise UserError(
                "it is damaged",
                where=name,
                mend="get the archive again, whole",
                exit_code=ExitCode.INPUT,
            ) from error

    def read(self, size: int = -1, /) -> bytes:
        try:
            return self._file.read(size)
        except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError) as error:
            raise OSError(str(error) or "it ends too early") from error

    def close(self) -> None:
        self._file.close()


def _refuse_huge_directory(file: IO[bytes], where: str) -> None:
    """Raises: UserError(INPUT) if the list of members is too long to be read whole."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - (1 << 16) - 22))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    length = int.from_bytes(tail[at + 12 : at + 16], "little") if at >= 0 else 0
    wide = tail.rfind(b"PK\x06\x06")
    if wide >= 0 and length == 0xFFFFFFFF:
        length = int.from_bytes(tail[wide + 40 : wide + 48], "little")
    if length > DIRECTORY_LIMIT:
        raise UserError(
            "this zip archive has too many members",
            where=where,
            mend="unpack it and give the folder",
            exit_code=ExitCode.INPUT,
        )


def tar_entries(stream: Reader, facts: Facts) -> Iterator[Entry]:
    """Members as they come, each to be read before the next; damage or a cut ends them, which is said."""
    try:
        with tarfile.open(fileobj=cast(IO[bytes], stream), mode="r|", errors="surrogateescape") as archive:
            for member in archive:
                archive.members = []  # type: ignore[attr-defined]  # else it keeps every member it has seen
                if member.isdir() or _hidden(member.name):
                    continue
                problem = _tar_problem(member)
                name = f"{facts.name}/{shown(_meant(member.name))}"
                yield Entry(name, partial(_TarMember, archive, member), problem=problem)
    except (tarfile.TarError, EOFError) as error:
        facts.warn(f"{facts.name}: the tar archive is damaged or cut off ({error}); what comes before was used")


def _meant(name: str) -> str:
    """The name of a member of a tar archive, of which UTF-8 could not read every byte."""
    raw = name.encode("utf-8", "surrogateescape")
    return name if name.isascii() else read_names([raw], "utf-8")[0]


class _TarMember:
    """Bytes of a member; a cut archive comes as an error that a stream of packed bytes may have."""

    def __init__(self, archive: tarfile.TarFile, member: tarfile.TarInfo) -> None:
        self._file = cast(IO[bytes], archive.extractfile(member))

    def read(self, size: int = -1, /) -> bytes:
        try:
            return self._file.read(size)
        except tarfile.TarError as error:
            raise OSError(str(error)) from error


def _tar_problem(member: tarfile.TarInfo) -> str:
    if leads_out(member.name):
        return _REFUSED_NAME
    if member.issym() or member.islnk():
        return "it is a link"
    return "" if member.isreg() else "it is no file"


def leads_out(name: str) -> bool:
    """True for an absolute name and for one with .. in it."""
    parts = name.replace("\\", "/").split("/")
    return ".." in parts or name.startswith(("/", "\\")) or (len(name) > 1 and name[1] == ":")


def _hidden(name: str) -> bool:
    """What a folder would hide too, and what macOS adds to every zip archive; not what leads out, which is said.

    Only / parts a name here: a backslash is also the second byte of characters in Shift_JIS, Big5 and GBK.
    """
    parts = name.split("/")
    dotted = any(part.startswith(".") and part not in (".", "..") for part in parts)
    return (dotted and not leads_out(name)) or parts[0] == "__MACOSX"
