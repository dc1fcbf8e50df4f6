"""The bytes of a file, unpacked on the way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.text.sources import magic
from simcse_ml.text.sources.blocks import Facts
from simcse_ml.text.sources.unpacking import DAMAGE, UNPACKERS

CHUNK = 1 << 16
PACKED_CHUNK = 1 << 12
"""small steps: what comes before a damaged byte is then not lost with it"""
RATIO_LIMIT = 200
"""times a stream may expand before it is called a bomb ..."""
RATIO_FREE = 1 << 28
"""... once it is past these bytes of output"""


def open_bytes(path: Path) -> IO[bytes]:
    """The file, opened for reading. Raises: UserError(INPUT) with the mend if it cannot be."""
    try:
        return path.open("rb")
    except FileNotFoundError as error:
        raise UserError(
            "there is no such file", where=str(path), mend="check the path", exit_code=ExitCode.INPUT
        ) from error
    except OSError as error:
        raise UserError(
            f"it cannot be read ({error.strerror})",
            where=str(path),
            mend="check its permissions",
            exit_code=ExitCode.INPUT,
        ) from error


def read_chunks(file: IO[bytes], facts: Facts) -> Iterator[bytes]:
    """The unpacked bytes of `file` in chunks; `facts.bytes` counts the packed ones.

    Raises: UserError(INPUT) for a stream that expands too much.
    """
    head = file.read(PACKED_CHUNK)
    kind = magic.compression(head)
    if kind is not None:
        facts.compression = kind
        yield from _unpacked(head, file, kind, facts)
        return
    while head:
        facts.bytes += len(head)
        yield head
        head = file.read(CHUNK)


def _unpacked(data: bytes, file: IO[bytes], kind: str, facts: Facts) -> Iterator[bytes]:
    unpacker, fresh, written = UNPACKERS[kind](), True, 0
    try:
        while data:
            facts.bytes += len(data)
            rest: bytes | None = data
            while rest:
                fresh = False
                for piece in unpacker.pieces(rest):
                    written += len(piece)
                    _check_ratio(written, facts)
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


def _check_ratio(written: int, facts: Facts) -> None:
    if written > RATIO_FREE and written > RATIO_LIMIT * facts.bytes:
        raise UserError(
            f"it expands more than {RATIO_LIMIT} times",
            where=facts.name,
            mend="if it is meant to, unpack it yourself and give the unpacked file",
            exit_code=ExitCode.INPUT,
        )
