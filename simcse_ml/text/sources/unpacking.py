"""gzip, bzip2, xz and zstd streams, unpacked in small pieces: a damaged stream gives what can be read of it."""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

import zstandard

PIECE = 1 << 16
"""most bytes of output made at once, whatever the input expands to"""
ZSTD_STEP = 256
"""bytes of zstd taken at once: its smallest block is 4 bytes and gives 128 KiB, so a step makes 8 MiB at most"""
ZSTD_WINDOW = 1 << 27
"""memory a zstd frame may ask for, as for the `zstd` command"""
DAMAGE = (zlib.error, lzma.LZMAError, zstandard.ZstdError, OSError, EOFError)
"""what the decompressors raise on damaged input"""


class Unpacker(Protocol):
    """One member of a compressed stream."""

    def pieces(self, data: bytes) -> Iterator[bytes]:
        """The output of `data`. Raises: one of DAMAGE."""
        ...

    @property
    def rest(self) -> bytes | None:
        """None until the member ends, then the bytes behind it."""
        ...


class Gzip:
    """A wrong checksum at the end of a gzip member does not cost the data before it."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(wbits=31)

    @property
    def rest(self) -> bytes | None:
        return self._inner.unused_data if self._inner.eof else None

    def pieces(self, data: bytes) -> Iterator[bytes]:
        while data and not self._inner.eof:
            before = self._inner.copy()
            try:
                out = self._inner.decompress(data, PIECE)
            except zlib.error:
                yield _salvage(before, data)
                raise
            data = self._inner.unconsumed_tail
            yield out


def _salvage(inner: zlib._Decompress, data: bytes) -> bytes:
    """What can be had of `data`, byte by byte, before the damage."""
    out: list[bytes] = []
    for at in range(len(data)):
        try:
            out.append(inner.decompress(data[at : at + 1], PIECE))
        except zlib.error:
            break
    return b"".join(out)


class Block:
    """bzip2 or xz."""

    def __init__(self, make: Callable[[], bz2.BZ2Decompressor | lzma.LZMADecompressor]) -> None:
        self._inner = make()

    @property
    def rest(self) -> bytes | None:
        return self._inner.unused_data if self._inner.eof else None

    def pieces(self, data: bytes) -> Iterator[bytes]:
        yield self._inner.decompress(data, PIECE)
        while not self._inner.needs_input and not self._inner.eof:
            yield self._inner.decompress(b"", PIECE)


class Zstd:
    """One frame."""

    def __init__(self) -> None:
        self._inner = zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW).decompressobj()
        self._rest = b""

    @property
    def rest(self) -> bytes | None:
        return self._rest if self._inner.eof else None

    def pieces(self, data: bytes) -> Iterator[bytes]:
        for at in range(0, len(data), ZSTD_STEP):
            yield self._inner.decompress(data[at : at + ZSTD_STEP])
            if self._inner.eof:
                self._rest = self._inner.unused_data + data[at + ZSTD_STEP :]
                return


UNPACKERS: Mapping[str, Callable[[], Unpacker]] = {
    "gzip": Gzip,
    "bzip2": lambda: Block(bz2.BZ2Decompressor),
    "xz": lambda: Block(lzma.LZMADecompressor),
    "zstd": Zstd,
}
