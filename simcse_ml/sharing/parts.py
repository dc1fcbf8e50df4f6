"""The bytes of a file as a gate must look at them: as they lie, with escapes undone, and unpacked."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import mmap
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from simcse_ml.sharing.files import SentFile

Data: TypeAlias = bytes | mmap.mmap
MOST_UNPACKED = 256 << 20
"""bytes; what unpacks to more is not looked into, and so is not sent"""
DEEPEST = 8
"""packings in each other; there are archives that hold themselves"""
LONGEST_HEADER = 100 << 20
ESCAPED = re.compile(r"(?:\\u[0-9a-fA-F]{4})+|\\x[0-9a-fA-F]{2}|\\[\\/]")


@dataclass(frozen=True)
class Part:
    """label: file, and what of it.  words: None for what is no text, such as tensors."""

    label: str
    data: Data
    words: str | None


class ClosedPart(Exception):
    """A packed part that cannot be looked into."""


@contextmanager
def opened(file: SentFile) -> Iterator[Data]:
    """Its bytes without reading them into memory."""
    if isinstance(file.source, bytes) or not file.size:
        yield b"".join(file.blocks())
        return
    with Path(file.source).open("rb") as handle, mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        yield mapped


def parts_of(label: str, data: Data, *, depth: int = 0) -> Iterator[Part]:
    """The file itself, then every other form in which something could be read out of it.

    depth: of packings around it.
    Raises: ClosedPart where a packed part cannot be unpacked.
    """
    if depth > DEEPEST:
        raise ClosedPart(f"it is packed more than {DEEPEST} times")
    if label.endswith(".safetensors"):
        yield Part(label, data, None)
        header = _header(data)
        yield Part(f"{label} (header)", header.encode("utf-8"), header)
        return
    text = _text(data)
    yield Part(label, data, text)
    if text is not None and "\\" in text:
        plain = unescaped(text)
        yield Part(f"{label} (escapes undone)", plain.encode("utf-8", "surrogatepass"), plain)
    for name, inner in unpacked(data):
        yield from parts_of(f"{label}: {name}", inner, depth=depth + 1)


def unescaped(text: str) -> str:
    """`text` with the escapes of JSON and YAML for characters undone."""

    def plain(found: re.Match[str]) -> str:
        escape = found[0]
        if escape[1] in "\\/":
            return escape[1]
        if escape[1] == "x":
            return chr(int(escape[2:], 16))
        units = bytes.fromhex("".join(escape.split("\\u")))
        return units.decode("utf-16-be", "replace")

    return ESCAPED.sub(plain, text)


def unpacked(data: Data) -> Iterator[tuple[str, bytes]]:
    """The members of a zip archive, what gzip, bzip2, xz or zstd packed; nothing where it is none of them.

    Raises: ClosedPart for damaged, encrypted or too large ones, and for packings that we cannot open.
    """
    if data[:4] == ZIP:
        yield from _members(data[:])
        return
    for magic, name in CLOSED.items():
        if data[: len(magic)] == magic:
            raise ClosedPart(f"{name} is not opened here")
    for magic, unpack in STREAMS.items():
        if data[: len(magic)] == magic:
            yield "unpacked", _small(_opened(unpack, data[:]))


def _members(data: bytes) -> Iterator[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.infolist():
                with archive.open(member) as stream:
                    yield member.filename, _small(stream.read(MOST_UNPACKED + 1))
    except (*DAMAGED, zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        raise ClosedPart(str(error)) from error


def _opened(unpack: Callable[[bytes], bytes], data: bytes) -> bytes:
    try:
        return unpack(data)
    except DAMAGED as error:
        raise ClosedPart(str(error)) from error


def _gzip(data: bytes) -> bytes:
    with gzip.open(io.BytesIO(data)) as stream:
        return stream.read(MOST_UNPACKED + 1)


def _bzip2(data: bytes) -> bytes:
    return _streams(data, bz2.BZ2Decompressor)


def _xz(data: bytes) -> bytes:
    return _streams(data, lzma.LZMADecompressor)


def _streams(data: bytes, decompressor: Callable[[], bz2.BZ2Decompressor | lzma.LZMADecompressor]) -> bytes:
    """One stream after the other to the last byte: the library's own files leave out what stands behind them."""
    found = b""
    while data and len(found) <= MOST_UNPACKED:
        one = decompressor()
        found += one.decompress(data, MOST_UNPACKED + 1 - len(found))
        if not one.eof and len(found) <= MOST_UNPACKED:
            raise EOFError("it is cut short")
        data = one.unused_data
    return found


def _zstd(data: bytes) -> bytes:
    import zstandard

    try:
        with zstandard.ZstdDecompressor().stream_reader(data, read_across_frames=True) as stream:
            return bytes(stream.read(MOST_UNPACKED + 1))
    except zstandard.ZstdError as error:
        raise OSError(str(error)) from error


ZIP = b"PK\x03\x04"
STREAMS: Mapping[bytes, Callable[[bytes], bytes]] = {
    b"\x1f\x8b": _gzip,
    b"BZh": _bzip2,
    b"\xfd7zXZ\0": _xz,
    b"\x28\xb5\x2f\xfd": _zstd,
}
CLOSED: Mapping[bytes, str] = {
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"Rar!\x1a\x07": "rar",
    b"\x04\x22\x4d\x18": "lz4",
}
DAMAGED = (OSError, EOFError, zlib.error, lzma.LZMAError)


def _small(data: bytes) -> bytes:
    if len(data) > MOST_UNPACKED:
        raise ClosedPart(f"it unpacks to over {MOST_UNPACKED >> 20} MiB")
    return data


def _text(data: Data) -> str | None:
    try:
        return data[:].decode("utf-8")
    except UnicodeDecodeError:
        return None


def _header(data: Data) -> str:
    """The JSON at the start of a safetensors file, with its names and metadata, as plain text."""
    length = int.from_bytes(data[:8], "little")
    if not 0 < length <= min(LONGEST_HEADER, len(data)):
        raise ClosedPart("no safetensors header")
    try:
        return json.dumps(json.loads(data[8 : 8 + length]), ensure_ascii=False)
    except ValueError as error:
        raise ClosedPart("its safetensors header is no JSON") from error
