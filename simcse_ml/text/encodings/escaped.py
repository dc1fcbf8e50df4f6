"""Encodings of seven bits that shift with escape sequences: ISO-2022-JP, ISO-2022-KR, HZ."""

from __future__ import annotations

import codecs
import re

from simcse_ml.text.encodings.guess import Guess

_ISO_2022 = ("iso2022_jp", "iso2022_jp_2", "iso2022_jp_ext", "iso2022_jp_3", "iso2022_jp_2004")
_CONTROLS = bytes(code for code in range(0x20) if code not in b"\t\n\v\f\r")
_HZ = re.compile(rb"~\{(?:[\x21-\x77][\x21-\x7e])+~\}")


def may_be(ascii_bytes: bytes) -> bool:
    """Whether bytes that are all ASCII hold what text hardly has: controls (of ISO-2022, UTF-16), the shift of HZ."""
    return b"~{" in ascii_bytes or has_controls(ascii_bytes)


def has_controls(data: bytes) -> bool:
    """Whether there is a control character that is no white space."""
    return len(data.translate(None, _CONTROLS)) < len(data)


def by_escapes(head: bytes) -> Guess | None:
    """The encoding whose escape sequences are in `head`, None if there are none."""
    if b"\x1b$" in head or b"\x1b(I" in head:
        for encoding in ("iso2022_kr",) if b"\x1b$)C" in head else _ISO_2022:
            if _reads(head, encoding):
                return Guess(encoding, 0.99)
        if b"\x1b$B" in head or b"\x1b$@" in head:
            return Guess("iso2022_jp_3", 0.9)
    if head.isascii() and _HZ.search(head) and _reads(head, "hz"):
        return Guess("hz", 0.99)
    return None


def _reads(head: bytes, encoding: str) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)("strict").decode(head)
    except UnicodeDecodeError:
        return False
    return True
