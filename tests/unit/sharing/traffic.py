"""Every form in which something could be read out of what a Hub was sent: decoded, and unpacked wherever it lies."""

from __future__ import annotations

import base64
import bz2
import io
import json
import lzma
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

import zstandard


class Decompressor(Protocol):
    def decompress(self, data: bytes, /) -> bytes: ...


STREAMS: Mapping[bytes, Callable[[], Decompressor]] = {
    b"\x1f\x8b\x08": lambda: zlib.decompressobj(31),
    b"BZh[1-9]": bz2.BZ2Decompressor,
    b"\xfd7zXZ\0": lzma.LZMADecompressor,
    b"\x28\xb5\x2f\xfd": lambda: zstandard.ZstdDecompressor().decompressobj(),
}
END_OF_ZIP = b"PK\x05\x06"
END_OF_ZIP_BYTES = 22
STEP = 512
BASE64 = re.compile(rb"[A-Za-z0-9+/]{24,}={0,2}")


def opened(request: bytes) -> bytes:
    """A request with head and body, and whatever can be made of the body."""
    body = request.partition(b"\n\n")[2]
    parts = [request, *everything_in(body)]
    for told in _json_values(body):
        for value in _strings(told):
            plain = value.encode("utf-8", "surrogatepass")
            parts += [plain, *everything_in(plain)]
    return b"\n".join(parts)


def everything_in(data: bytes, depth: int = 0) -> list[bytes]:
    """What lies in base64, zip, gzip, bzip2, xz and zstd, at whatever place they begin, and in each other."""
    if depth > 12:
        raise AssertionError("packed more often than anybody does")
    found = [*_base64(data), *_streams(data), *_archives(data)]
    return [*found, *(deeper for one in found for deeper in everything_in(one, depth + 1))]


def _base64(data: bytes) -> Iterator[bytes]:
    for run in BASE64.findall(data):
        text = run.rstrip(b"=")
        text = text[: len(text) - (len(text) % 4 == 1)]
        yield base64.b64decode(text + b"=" * (-len(text) % 4))


def _streams(data: bytes) -> Iterator[bytes]:
    """As much of each as can be had: other bytes may follow, or its end may be missing."""
    for magic, decompressor in STREAMS.items():
        for place in re.finditer(magic if magic.startswith(b"BZh") else re.escape(magic), data):
            one, out = decompressor(), b""
            try:
                for at in range(place.start(), len(data), STEP):
                    out += one.decompress(data[at : at + STEP])
            except (OSError, EOFError, zlib.error, lzma.LZMAError, zstandard.ZstdError):
                pass
            if out:
                yield out


def _archives(data: bytes) -> Iterator[bytes]:
    """The members of each zip archive; what stands before and behind it does not matter."""
    for place in re.finditer(re.escape(END_OF_ZIP), data):
        end = place.start() + END_OF_ZIP_BYTES
        end += int.from_bytes(data[end - 2 : end], "little")  # its comment
        try:
            with zipfile.ZipFile(io.BytesIO(data[:end])) as archive:
                yield from [archive.read(name) for name in archive.namelist()]
        except (zipfile.BadZipFile, NotImplementedError, zlib.error, EOFError):
            continue


def _json_values(body: bytes) -> list[object]:
    """A body that is JSON, or lines of it."""
    if body[:1] != b"{":
        return []
    try:
        return [json.loads(body)]
    except ValueError:
        return [json.loads(line) for line in body.splitlines()]


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = [*value, *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for one in inner for text in _strings(one)]
