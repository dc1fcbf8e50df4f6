"""The bytes of a file, unpacked on the way; no more of them than the file had when it was opened."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Protocol

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.text.sources import magic
from simcse_ml.text.sources.blocks import Facts
from simcse_ml.text.sources.expansion import Expansion
from simcse_ml.text.sources.unpacking import DAMAGE, UNPACKERS

CHUNK = 1 << 16
PACKED_CHUNK = 1 << 12
"""small steps: what comes before a damaged byte is then not lost with it"""
KINDS = (
    (stat.S_ISDIR, "this is a folder"),
    (stat.S_ISFIFO, "this is a pipe, which can be read only once"),
    (stat.S_ISSOCK, "this is a socket"),
    (stat.S_ISCHR, "this is a device"),
    (stat.S_ISBLK, "this is a device"),
)
"""what is no file"""


class Reader(Protocol):
    """What bytes are read from: a file, a member of an archive."""

    def read(self, size: int = -1, /) -> bytes: ...


def open_bytes(path: Path | str) -> IO[bytes]:
    """The file, opened for reading. Raises: UserError(INPUT) with the mend if it cannot be."""
    try:
        mode = os.stat(path).st_mode
        for is_kind, what in KINDS:
            if is_kind(mode):
                mend = f"pipe it in: cat {path} | simcse-ml ... -" if stat.S_ISFIFO(mode) else "give a file or a folder"
                raise UserError(what, where=str(path), mend=mend, exit_code=ExitCode.INPUT)
        return open(path, "rb")
    except FileNotFoundError as error:
        address = str(path).startswith(("http:/", "https:/"))
        mend = "download it, and give the file" if address else "check the path"
        raise UserError("there is no such file", where=str(path), mend=mend, exit_code=ExitCode.INPUT) from error
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        mend = "check its permissions" if isinstance(error, PermissionError) else "check the path"
        raise UserError(f"it cannot be read ({why})", where=str(path), mend=mend, exit_code=ExitCode.INPUT) from error


class Upto:
    """The first `size` bytes of a file that may grow or shrink meanwhile; either is said."""

    def __init__(self, file: IO[bytes], size: int, facts: Facts) -> None:
        self._file, self._size, self._left, self._facts = file, size, size, facts

    def read(self, size: int = -1, /) -> bytes:
        data = self._file.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(data)
        if size and not data:
            self._look()
        return data

    def _look(self) -> None:
        name, size = self._facts.name, self._size
        if self._left:
            self._facts.warn(
                f"{name}: it became shorter while it was read; {size - self._left:,} of {size:,} bytes used"
            )
        elif os.fstat(self._file.fileno()).st_size > size:
            self._facts.warn(f"{name}: it grew while it was read; its first {size:,} bytes were used")


def read_chunks(file: Reader, facts: Facts, expansion: Expansion | None = None) -> Iterator[bytes]:
    """The unpacked bytes of `file` in chunks; `facts.bytes` counts the packed ones.

    Raises: UserError(INPUT) for a stream that expands too much.
    """
    head = _read(file, PACKED_CHUNK, facts)
    kind = magic.compression(head)
    if kind is not None:
        facts.compression = kind
        yield from _unpacked(head, file, kind, facts, expansion or Expansion())
        return
    while head:
        facts.bytes += len(head)
        yield head
        head = _read(file, CHUNK, facts)


def _read(file: Reader, size: int, facts: Facts) -> bytes:
    """The next bytes; none, and a warning, where a member of an archive is damaged."""
    try:
        return file.read(size)
    except DAMAGE as error:
        where = f"{facts.name}: it is damaged or cut off behind byte {facts.bytes:,}"
        facts.warn(f"{where} ({error}); what comes before was used")
        return b""


def _unpacked(data: bytes, file: Reader, kind: str, facts: Facts, expansion: Expansion) -> Iterator[bytes]:
    unpacker, fresh = UNPACKERS[kind](), True
    try:
        while data:
            facts.bytes += len(data)
            expansion.feed(len(data))
            rest: bytes | None = data
            while rest:
                fresh = False
                for piece in unpacker.pieces(rest):
                    expansion.add(len(piece), facts.name)
                    if piece:
                        yield piece
                rest = unpacker.rest
                if rest is not None:  # the member ended; zeros may pad it
                    unpacker, fresh, rest = UNPACKERS[kind](), True, rest.lstrip(b"\0")
            data = file.read(PACKED_CHUNK)
    except DAMAGE as error:
        facts.warn(
            f"{facts.name}: the {kind} data are damaged near byte {facts.bytes:,} ({error}); what comes before was used"
        )
        return
    if not fresh:
        facts.warn(f"{facts.name}: the {kind} data are cut off at byte {facts.bytes:,}; what comes before was used")
