"""What a file is, from its first bytes; a name can lie."""

from __future__ import annotations

from collections.abc import Sequence

from simcse_ml.errors import ExitCode, UserError

COMPRESSED: Sequence[tuple[bytes, str]] = ((b"\x1f\x8b", "gzip"), (b"BZh", "bzip2"), (b"\xfd7zXZ\x00", "xz"))

_UNPACK = "unpack it and give the files or the folder"
_NOT_TEXT = "give a text file, a table (CSV, TSV, JSON lines) or a folder of them"
BINARY: Sequence[tuple[bytes, str, str]] = (
    (b"\x89PNG\r\n", "a PNG image", _NOT_TEXT),
    (b"\xff\xd8\xff", "a JPEG image", _NOT_TEXT),
    (b"GIF8", "a GIF image", _NOT_TEXT),
    (b"RIFF", "a RIFF media file", _NOT_TEXT),
    (b"ID3", "an MP3 file", _NOT_TEXT),
    (b"OggS", "an Ogg media file", _NOT_TEXT),
    (b"\x7fELF", "a program", _NOT_TEXT),
    (b"MZ\x90\x00", "a program", _NOT_TEXT),
    (b"SQLite format 3\x00", "an SQLite database", "export the text as CSV or JSON lines"),
    (b"PAR1", "a Parquet file", "export the text column as CSV or JSON lines"),
    (b"ARROW1", "an Arrow file", "export the text column as CSV or JSON lines"),
    (b"%PDF", "a PDF file", "extract its text first (pdftotext)"),
    (b"{\\rtf", "an RTF file", "save it as plain text first"),
    (b"\xd0\xcf\x11\xe0", "an old Office file", "save it as plain text first"),
    (b"PK\x03\x04", "a zip archive or an Office file", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", _UNPACK),
    (b"Rar!", "a RAR archive", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "a zstd file", "unpack it with `zstd -d` first"),
    (b"\x80\x02", "a pickle", _NOT_TEXT),
    (b"\x80\x04", "a pickle", _NOT_TEXT),
)
"""beginning, what it is, what to do"""

_ALLOWED_CONTROLS = frozenset(b"\t\n\v\f\r\x1b\x0e\x0f")
"""white space, and what ISO-2022 encodings need"""
BINARY_SHARE = 0.1
"""more control bytes than this in the head, and it is no text"""


def compression(head: bytes) -> str | None:
    """gzip, bzip2, xz, or None."""
    return next((name for magic, name in COMPRESSED if head.startswith(magic)), None)


def refuse_binary(head: bytes, where: str) -> None:
    """Raises: UserError(INPUT) if `head` begins a known format that is no text, or is full of control bytes."""
    for magic, what, mend in BINARY:
        if head.startswith(magic):
            raise UserError(f"this is {what}, not text", where=where, mend=mend, exit_code=ExitCode.INPUT)
    if len(head) > 262 and head[257:262] == b"ustar":
        raise UserError("this is a tar archive", where=where, mend=_UNPACK, exit_code=ExitCode.INPUT)
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<mediawiki"):
        raise UserError(
            "this is a Wikipedia dump, which this version does not read yet",
            where=where,
            mend="extract its text first (wikiextractor) and give the folder",
            exit_code=ExitCode.INPUT,
        )


def is_binary(head: bytes) -> bool:
    """True if too many bytes of `head`, which is in no UTF-16 or UTF-32, are controls that no text has."""
    controls = sum(byte < 0x20 and byte not in _ALLOWED_CONTROLS for byte in head)
    return controls > BINARY_SHARE * len(head)
