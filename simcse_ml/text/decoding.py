"""The one gate where bytes become text. It records what it guessed and how sure it is.

Order: the person's word, a byte order mark, escape sequences (ISO-2022, HZ), the pattern of UTF-16 and UTF-32, UTF-8,
then all encodings before Unicode. As long as all bytes are ASCII nothing has to be decided, and the head that decides
begins where they end.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from functools import partial
from itertools import chain

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.text.encodings import escaped, wide
from simcse_ml.text.encodings.guess import Guess
from simcse_ml.text.encodings.legacy import guess_legacy
from simcse_ml.text.encodings.named import check_named
from simcse_ml.text.encodings.names import python_name, shown
from simcse_ml.text.encodings.utf8 import above_ascii, utf8_share, utf8_text
from simcse_ml.text.sources import magic
from simcse_ml.text.sources.blocks import Facts, Hints

HEAD = 1 << 18
"""bytes that decide, if enough of them are above ASCII ..."""
TELLING = 2000
"""... that many, else more is read ..."""
MOST = 1 << 22
"""... up to here"""
_STRAYS = re.compile("[\x80\uf8f0-\uf8f3]")


def decode(chunks: Iterator[bytes], facts: Facts, hints: Hints) -> Iterator[str]:
    """The text of `chunks`; undecodable bytes become U+FFFD, so that the sentences they stand in can be left out.

    Raises: UserError(INPUT) for bytes that are no text; UserError(USAGE) for an unknown encoding name.
    """
    nuls = 0
    for text in _decoded(chunks, facts, hints):
        nuls += text.count("\0")
        yield text
    if nuls:
        facts.warn(f"{facts.name}: {nuls:,} NUL character{'s were' if nuls != 1 else ' was'} taken out")


def _decoded(chunks: Iterator[bytes], facts: Facts, hints: Hints) -> Iterator[str]:
    named = python_name(hints.encoding) if hints.encoding is not None else None
    facts.encoding = named or "utf-8"  # until more is known
    first = True
    for chunk in chunks:
        head = chunk
        if first:
            head = _fill(chunk, chunks, 4096, 0)
            magic.refuse_binary(head, facts.name)
            first = False
        if named is None and head.isascii() and not escaped.may_be(head):
            yield head.decode("ascii")
            continue
        head = _fill(head, chunks, HEAD, TELLING)
        guess = check_named(named, head, facts, hints) if named else guess_encoding(head, facts.name, hints)
        if named is None and guess.encoding == "utf-8" and head.isascii():  # only controls: nothing is decided yet
            yield head.decode("ascii")
            continue
        facts.encoding, facts.certainty = guess.encoding, guess.certainty
        rest = chain([head[guess.skip :]], chunks)
        yield from utf8_text(rest, facts, hints) if guess.encoding == "utf-8" else _text(rest, guess.encoding, facts)
        return


def _fill(head: bytes, chunks: Iterator[bytes], size: int, telling: int) -> bytes:
    """`head` and as many chunks as make `size` bytes with `telling` of them above ASCII, but not above MOST."""
    parts, have, told = [head], len(head), len(above_ascii(head)) if telling else 0
    while (have < size or (told < telling and have < MOST)) and (more := next(chunks, None)) is not None:
        parts.append(more)
        have += len(more)
        told += len(above_ascii(more)) if telling else 0
    return b"".join(parts)


def _text(chunks: Iterator[bytes], encoding: str, facts: Facts) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    damage = 0
    for chunk in chunks:
        text = _without_strays(decoder.decode(chunk), encoding)
        damage += text.count("\ufffd")
        yield text
    end = decoder.decode(b"", final=True)
    yield end
    damage += end.count("\ufffd")
    facts.damaged += damage
    if damage:
        places = f"{damage:,} place{'s' if damage != 1 else ''}"
        facts.warn(f"{facts.name}: {places} could not be read as {shown(encoding)}; left out as damaged")


def _without_strays(text: str, encoding: str) -> str:
    """CP932 has a private character for each byte that begins nothing; such a byte is damage."""
    return _STRAYS.sub("\ufffd", text) if encoding == "cp932" and _STRAYS.search(text) else text


def guess_encoding(head: bytes, where: str, hints: Hints) -> Guess:
    """The likeliest encoding of a file that begins with `head`. Raises: UserError(INPUT) if it is no text."""
    sure = wide.by_mark(head) or escaped.by_escapes(head)
    if sure is not None:
        return sure
    share = utf8_share(head)
    if share < 1.0 or escaped.has_controls(head):
        paired = wide.by_pattern(head, partial(guess_legacy, hints=hints))
        if paired is not None:
            return paired
    if magic.is_binary(head):
        raise UserError(
            "this holds binary data, not text",
            where=where,
            mend="give a text file, or name its encoding with --encoding",
            exit_code=ExitCode.INPUT,
        )
    guess = Guess("utf-8", share) if share else guess_legacy(head, hints)
    if guess is None:
        raise UserError(
            "its encoding could not be found out",
            where=where,
            mend="name it with --encoding (cp932, gb18030, cp1251 ...)",
            exit_code=ExitCode.INPUT,
        )
    return guess
