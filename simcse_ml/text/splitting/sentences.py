"""A paragraph into sentences: sentencex, then our own rules. No character is lost but white space at the borders."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from simcse_ml.text.splitting.rules import AFTER_CLOSED, CLOSED, NONE, RULES, Rules

Splitter = Callable[[str], list[str]]


def splitter_for(code: str, sentencex_code: str) -> Splitter:
    """A function from a paragraph to its sentences, trimmed and none empty.

    code: the language, for our own rules.  sentencex_code: what sentencex should take it for.
    """
    from sentencex import segment

    rules = RULES.get(code, RULES.get(sentencex_code, NONE))

    def split(paragraph: str) -> list[str]:
        pieces: Sequence[str] = list(segment(sentencex_code, paragraph))
        if rules is not NONE:
            pieces = _cut(_joined(pieces, rules), rules)
        return [trimmed for piece in pieces if (trimmed := piece.strip())]

    return split


def as_it_is(paragraph: str) -> list[str]:
    """The paragraph as one sentence: the splitter of `split: false`."""
    trimmed = paragraph.strip()
    return [trimmed] if trimmed else []


def _joined(pieces: Sequence[str], rules: Rules) -> list[str]:
    """`pieces` with those put together that sentencex wrongly parted."""
    joined: list[str] = []
    for whole in pieces:
        piece = whole
        if joined and rules.join_before is not None:  # a closing bracket belongs to what it closes
            brackets = CLOSED.match(piece)
            if brackets:
                joined[-1] += brackets[0]
                piece = piece[brackets.end() :]
        if joined and _belongs(joined[-1], piece, rules):
            joined[-1] += piece
        else:
            joined.append(piece)
    return joined


def _belongs(before: str, piece: str, rules: Rules) -> bool:
    if rules.join_before is not None and AFTER_CLOSED.search(before[-8:]) and rules.join_before.match(piece):
        return True
    return rules.join_after is not None and rules.join_after.search(before[-16:]) is not None


def _cut(pieces: Sequence[str], rules: Rules) -> list[str]:
    if rules.cut_after is not None:
        return [part for piece in pieces for part in _cut_after(piece, rules.cut_after)]
    if rules.cut_at_blanks:
        return [part for piece in pieces for part in _cut_at_blanks(piece, rules.cut_at_blanks)]
    return list(pieces)


def _cut_after(piece: str, stop: re.Pattern[str]) -> Iterator[str]:
    start = 0
    for match in stop.finditer(piece):
        yield piece[start : match.end()]
        start = match.end()
    yield piece[start:]


def _cut_at_blanks(piece: str, least: int) -> Iterator[str]:
    """Phrases between blanks, put together until they have `least` characters."""
    start = 0
    for match in re.finditer(r"\s+", piece):
        if match.start() - start >= least:
            yield piece[start : match.end()]
            start = match.end()
    yield piece[start:]
