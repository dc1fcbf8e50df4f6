"""What a file is, from its first bytes; a name can lie."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from simcse_ml.errors import ExitCode, UserError

COMPRESSED: Sequence[tuple[bytes, str]] = (
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
)
ZSTD_SKIPPABLE = bytes(range(0x50, 0x60))
"""first byte of a zstd frame to be skipped; 2A 4D 18 follow"""

_UNPACK = "unpack it and give the files or the folder"
_NOT_TEXT = "give a text file, a table (CSV, TSV, JSON lines, Parquet) or a folder of them"
_SAVE = "save it as plain text or HTML first"
BINARY: Sequence[tuple[bytes, str, str]] = (
    (b"\x89PNG\r\n", "a PNG image", _NOT_TEXT),
    (b"\xff\xd8\xff", "a JPEG image", _NOT_TEXT),
    (b"GIF8", "a GIF image", _NOT_TEXT),
    (b"RIFF", "a RIFF media file", _NOT_TEXT),
    (b"ID3", "an MP3 file", _NOT_TEXT),
    (b"OggS", "an Ogg media file", _NOT_TEXT),
    (b"fLaC", "a FLAC sound file", _NOT_TEXT),
    (b"\x7fELF", "a program", _NOT_TEXT),
    (b"MZ\x90\x00", "a program", _NOT_TEXT),
    (b"SQLite format 3\x00", "an SQLite database", "export the text as CSV or JSON lines"),
    (b"%PDF", "a PDF file", "extract its text first (pdftotext)"),
    (b"{\\rtf", "an RTF file", _SAVE),
    (b"\xd0\xcf\x11\xe0", "an old Office file", _SAVE),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", _UNPACK),
    (b"Rar!", "a RAR archive", _UNPACK),
    (b"MSCF", "a cabinet archive", _UNPACK),
    (b"\x04\x22\x4d\x18", "an LZ4 file", "unpack it with `lz4 -d` first"),
    (b"LZIP", "an lzip file", "unpack it with `lzip -d` first"),
    (b"\x1f\x9d", "a file of compress (.Z)", "unpack it with `uncompress` first"),
    (b"FEA1", "a Feather file of version 1", "write it anew as Parquet or Arrow"),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file", "export the text as CSV, JSON lines or Parquet"),
    (b"Obj\x01", "an Avro file", "export the text as CSV, JSON lines or Parquet"),
    (b"ORC", "an ORC file", "export the text as CSV, JSON lines or Parquet"),
    (b"\x80\x02", "a pickle", _NOT_TEXT),
    (b"\x80\x04", "a pickle", _NOT_TEXT),
    (b"\x80\x05", "a pickle", _NOT_TEXT),
)
"""beginning, what it is, what to do"""
CONTAINERS: Sequence[tuple[Callable[[bytes], bool], str]] = (
    (lambda head: head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")), "a zip archive"),
    (lambda head: head.startswith(b"PAR1"), "a Parquet file"),
    (lambda head: head.startswith(b"ARROW1"), "an Arrow file"),
    (lambda head: head.startswith(b"\xff\xff\xff\xff") and head[6:8] == b"\x00\x00", "an Arrow stream"),
    (lambda head: head[257:262] == b"ustar", "a tar archive"),
    (lambda head: head.startswith((b"WARC/1.", b"WARC/0.")), "a web archive"),
)
"""binary formats that sources/formats.py has a reader for; no text begins like them"""

_ALLOWED_CONTROLS = frozenset(b"\t\n\v\f\r\x1b\x0e\x0f")
"""white space, and what ISO-2022 encodings need"""
BINARY_SHARE = 0.1
"""more control bytes than this in the head, and it is no text"""


def compression(head: bytes) -> str | None:
    """gzip, bzip2, xz, zstd, or None."""
    if head[1:4] == b"\x2a\x4d\x18" and head[0] in ZSTD_SKIPPABLE:
        return "zstd"
    return next((name for magic, name in COMPRESSED if head.startswith(magic)), None)


def container(head: bytes) -> str | None:
    """Which of CONTAINERS begins with `head`, or None."""
    return next((what for is_one, what in CONTAINERS if is_one(head)), None)


def refuse_binary(head: bytes, where: str) -> None:
    """Raises: UserError(INPUT) if `head` begins a format that is no text. Packed text and archives are met earlier."""
    for magic, what, mend in BINARY:
        if head.startswith(magic):
            raise UserError(f"this is {what}, not text", where=where, mend=mend, exit_code=ExitCode.INPUT)
    packed = compression(head)
    if packed is not None and not head.isascii():
        raise UserError(
            f"this is {packed} data within packed data", where=where, mend="unpack it once", exit_code=ExitCode.INPUT
        )
    what_else = container(head)
    if what_else is not None and what_else != "a web archive":
        raise UserError(f"this is {what_else}, not text", where=where, mend=_UNPACK, exit_code=ExitCode.INPUT)


def is_binary(head: bytes) -> bool:
    """True if too many bytes of `head`, which is in no UTF-16 or UTF-32, are controls that no text has."""
    controls = sum(byte < 0x20 and byte not in _ALLOWED_CONTROLS for byte in head)
    return controls > BINARY_SHARE * len(head)
