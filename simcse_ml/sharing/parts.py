"""The bytes of a file as a gate must look at them: as they lie, with escapes undone, and unpacked."""

from __future__ import annotations

import gzip
import io
import json
import mmap
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from simcse_ml.sharing.files import SentFile

Data: TypeAlias = bytes | mmap.mmap
MOST_UNPACKED = 256 << 20
"""bytes; what unpacks to more is not looked into, and so is not sent"""
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


def parts_of(label: str, data: Data) -> Iterator[Part]:
    """The file itself, then every other form in which something could be read out of it.

    Raises: ClosedPart where a packed part cannot be unpacked.
    """
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
        yield from parts_of(f"{label}: {name}", inner)


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
    """The members of a gzip file or a zip archive; nothing where it is neither.

    Raises: ClosedPart for damaged, encrypted or too large ones.
    """
    head = data[:4]
    try:
        if head[:2] == b"\x1f\x8b":
            with gzip.open(io.BytesIO(data[:])) as stream:
                inner = stream.read(MOST_UNPACKED + 1)
            yield "unpacked", _small(inner)
        elif head == b"PK\x03\x04":
            with zipfile.ZipFile(io.BytesIO(data[:])) as archive:
                for member in archive.infolist():
                    with archive.open(member) as stream:
                        yield member.filename, _small(stream.read(MOST_UNPACKED + 1))
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        raise ClosedPart(str(error)) from error


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
