"""The one gate where bytes become text. It records what it guessed and how sure it is.

Order: the person's word, a byte order mark, escape sequences of ISO-2022, the pattern of NUL bytes that UTF-16 makes,
strict UTF-8, the legacy encodings of the language, charset-normalizer. As long as all bytes are ASCII nothing has to be
decided, and the head that decides begins where they end.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.text.plausibility import plausibility
from simcse_ml.text.sources import magic
from simcse_ml.text.sources.blocks import Facts, Hints

HEAD = 1 << 18
"""bytes that decide"""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
SCORED = 100_000
"""characters of the head whose plausibility is taken"""
_UTF8_FAULTS = 0.2
"""bytes that are not UTF-8, per byte above ASCII, up to which it is damaged UTF-8 and not another encoding"""
_GOOD = 0.6
"""plausibility from which a legacy encoding of the language is believed"""


@dataclass(frozen=True)
class Guess:
    """encoding: Python's name.  certainty: 0 to 1.  skip: bytes of the byte order mark."""

    encoding: str
    certainty: float
    skip: int = 0


def decode(chunks: Iterator[bytes], facts: Facts, hints: Hints) -> Iterator[str]:
    """The text of `chunks`; undecodable bytes become U+FFFD, so that the sentences they stand in can be left out.

    Raises: UserError(INPUT) for bytes that are no text; UserError(USAGE) for an unknown encoding name.
    """
    first, ascii_only = True, True
    for chunk in chunks:
        head = chunk
        if first:
            head = _fill(chunk, chunks, 4096)
            magic.refuse_binary(head, facts.name)
            first = False
        if ascii_only and hints.encoding is None and head.isascii() and not {0, 0x1B} & set(head):
            yield head.decode("ascii")
            continue
        head = _fill(head, chunks, HEAD)
        guess = _named(hints.encoding, head) if hints.encoding else guess_encoding(head, facts.name, hints)
        facts.encoding, facts.certainty = guess.encoding, guess.certainty
        yield from _decoded(head[guess.skip :], chunks, guess.encoding)
        return
    facts.encoding = "utf-8"


def _fill(head: bytes, chunks: Iterator[bytes], size: int) -> bytes:
    parts, have = [head], len(head)
    while have < size and (more := next(chunks, None)) is not None:
        parts.append(more)
        have += len(more)
    return b"".join(parts)


def _decoded(head: bytes, chunks: Iterator[bytes], encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    yield decoder.decode(head)
    for chunk in chunks:
        yield decoder.decode(chunk)
    yield decoder.decode(b"", final=True)


def _named(name: str, head: bytes) -> Guess:
    try:
        encoding = codecs.lookup(name).name
    except LookupError as error:
        raise UserError(
            f"there is no encoding {name!r}",
            where="--encoding",
            mend="names are as Python has them: utf-8, cp932, gb18030, cp1251 ...",
            exit_code=ExitCode.USAGE,
        ) from error
    mark = next((mark for mark, marked in _MARKS if head.startswith(mark) and marked.startswith(encoding[:6])), b"")
    return Guess(encoding, 1.0, len(mark))


def guess_encoding(head: bytes, where: str, hints: Hints) -> Guess:
    """The likeliest encoding of a file that begins with `head`. Raises: UserError(INPUT) if it is no text."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return Guess(encoding, 1.0, len(mark))
    if 0 in head and (wide := _utf16_without_mark(head, hints)) is not None:
        return wide
    if magic.is_binary(head):
        raise UserError(
            "this holds binary data, not text",
            where=where,
            mend="give a text file, or name its encoding with --encoding",
            exit_code=ExitCode.INPUT,
        )
    if b"\x1b$" in head:
        for encoding in ("iso2022_jp", "iso2022_jp_2", "iso2022_jp_3", "iso2022_kr"):
            if _decodes(head, encoding) is not None:
                return Guess(encoding, 0.99)
    faults = _utf8_faults(head)
    if faults == 0.0:
        return Guess("utf-8", 1.0)
    if faults <= _UTF8_FAULTS:
        return Guess("utf-8", 1.0 - faults)
    return _legacy(head, where, hints)


def _utf16_without_mark(head: bytes, hints: Hints) -> Guess | None:
    even, odd = head[0::2].count(0), head[1::2].count(0)
    encoding = "utf-16-le" if odd > even else "utf-16-be"
    if min(even, odd) > 0.05 * max(even, odd):
        return None
    text = _decodes(head, encoding)
    score = plausibility(text[:SCORED], hints.scripts) if text else 0.0
    return Guess(encoding, score) if score > _GOOD else None


def _decodes(head: bytes, encoding: str) -> str | None:
    """`head` in `encoding`, whose last character may be cut; None if it does not decode."""
    try:
        return codecs.getincrementaldecoder(encoding)("strict").decode(head)
    except (UnicodeDecodeError, LookupError):
        return None


def _utf8_faults(head: bytes) -> float:
    """Undecodable bytes per byte above ASCII, 0.0 for sound UTF-8 (its last character may be cut)."""
    if _decodes(head, "utf-8") is not None:
        return 0.0
    faults = codecs.getincrementaldecoder("utf-8")("surrogateescape").decode(head)
    bad = sum(1 for character in faults if "\udc80" <= character <= "\udcff")
    return bad / max(1, sum(byte > 0x7F for byte in head))


def _legacy(head: bytes, where: str, hints: Hints) -> Guess:
    best = Guess("", 0.0)
    for encoding in hints.encodings:
        text = _decodes(head, encoding)
        score = plausibility(text[:SCORED], hints.scripts) if text else 0.0
        if score > best.certainty + 1e-9:  # likeliest first: a tie goes to the earlier one
            best = Guess(codecs.lookup(encoding).name, score)
    return best if best.certainty >= _GOOD else _detected(head, where, best)


def _detected(head: bytes, where: str, best: Guess) -> Guess:
    from charset_normalizer import from_bytes

    found = from_bytes(head[: 1 << 16]).best()
    if found is not None and (found.encoding != "utf_8" or not best.encoding):
        return Guess(codecs.lookup(found.encoding).name, max(0.0, min(0.9, 1.0 - found.chaos)))
    if best.encoding:
        return best
    raise UserError(
        "its encoding could not be found out",
        where=where,
        mend="name it with --encoding (cp932, gb18030, cp1251 ...)",
        exit_code=ExitCode.INPUT,
    )
