"""Plain text whose lines are broken at a fixed width (letters, old e-books): the lines of a paragraph are put together.

A line is full if the first word of the next would not have fitted into the width. Hard-wrapped prose has full lines
almost only, and they seldom end with a stop; a list of sentences, a poem, a Bible of a verse a line has few. Widths are
cells: a Han character has two, a mark none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice, pairwise
from typing import Literal, NamedTuple

from simcse_ml.languages.scripts import is_unspaced, script_of
from simcse_ml.text.sources.blocks import Block, Facts

Unwrap = Literal["auto", "yes", "no"]

SAMPLE = 400
"""lines looked at"""
LEAST_PAIRS = 8
"""pairs of neighbouring lines that must be seen"""
WIDTHS = range(40, 141)
"""columns; what is broken elsewhere was not broken for reading"""
FULL = 0.7
"""of the pairs; measured: wrapped prose 0.75 to 1.0, lists of sentences and verses under 0.5"""
STOPPED = 0.5
"""at most that share of the full lines ends with a stop"""
PARAGRAPH = 40
"""lines of which at least one (and two in all) must be short behind a full one, because a paragraph ends in it: a list
of sentences of one length (a template filled in, in a script that writes no stops) has full lines only"""
SHORT = 0.85
"""of the width"""
LONGEST = 1 << 16
"""characters of a paragraph that is put together; it is parted there"""

_STOP = re.compile(r"[.!?…。！？।॥؟۔።։။។༎᙮᱾][\"'”’»›」』）)\]]*$")
_SLACK = 12
"""columns: where no blanks part words, lines are broken between words or syllables, few of them longer"""
_SLACK_WIDE = 4
"""and where characters are wide, anywhere but before one or two closing marks"""


class Wrapping(NamedTuple):
    """width: of the full lines.  measure: what it is counted by, cells or (programs that know none) characters."""

    width: int
    measure: Callable[[str], int]

    def is_full(self, line: str, following: str) -> bool:
        """Whether the beginning of `following` would not have fitted behind `line`."""
        size = self.measure(line)
        if line and (_is_unspaced(line[-1]) or _is_unspaced(following[:1])):
            return self.width - (_SLACK_WIDE if _is_wide(line[-1]) else _SLACK) <= size <= self.width + _SLACK_WIDE
        return bool(line) and size + 1 + self.measure(following.split(maxsplit=1)[0]) > self.width


def wrapping_of(blocks: Sequence[Block]) -> Wrapping | None:
    """How the lines of a text were broken, from a sample of its lines; None if they were not."""
    pairs = [(before.text.rstrip(), after.text) for before, after in pairwise(blocks) if _neighbours(before, after)]
    if len(pairs) < LEAST_PAIRS:
        return None
    for measure in (cells, len):
        sizes = [measure(block.text.rstrip()) for block in blocks]
        widths = sorted(sizes)
        wrapping = Wrapping(widths[int(len(widths) * 0.98)], measure)
        short = SHORT * wrapping.width
        ends = sum(before >= short > after for before, after in pairwise(sizes))
        has_paragraphs = ends >= max(2, len(sizes) // PARAGRAPH)
        narrow = wrapping.width in WIDTHS and widths[-1] <= 2 * wrapping.width
        if narrow and has_paragraphs and _fits(pairs, wrapping):
            return wrapping
    return None


def _fits(pairs: Sequence[tuple[str, str]], wrapping: Wrapping) -> bool:
    full = [line for line, following in pairs if wrapping.is_full(line, following)]
    stopped = sum(_STOP.search(line) is not None for line in full)
    return len(full) >= FULL * len(pairs) and stopped <= STOPPED * len(full)


def unwrapped(blocks: Iterator[Block], facts: Facts, unwrap: Unwrap) -> Iterator[Block]:
    """The paragraphs of a text whose `blocks` are lines.

    unwrap: auto looks at the first lines; yes takes the width from them, or the widest line if there is none.
    """
    if unwrap == "no":
        return blocks
    head = list(islice(blocks, SAMPLE))
    wrapping = wrapping_of(head)
    if wrapping is None and unwrap == "yes" and head:
        wrapping = Wrapping(max(cells(block.text.rstrip()) for block in head), cells)
    if wrapping is None:
        return chain(head, blocks)
    facts.format += f", lines broken at {wrapping.width} columns: joined"
    return _joined(chain(head, blocks), wrapping)


def cells(text: str) -> int:
    """Columns that `text` takes: two for wide characters, none for marks."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return len(text) + wide - sum(unicodedata.category(char) in {"Mn", "Me", "Cf"} for char in text)


def _joined(blocks: Iterator[Block], wrapping: Wrapping) -> Iterator[Block]:
    """Lines up to one that is not full, or before a blank or an indented one, as one block."""
    parts: list[str] = []
    size = 0
    first = last = None
    for block in blocks:
        if first is None or last is None:
            first = block
        elif _neighbours(last, block) and wrapping.is_full(last.text.rstrip(), block.text) and size < LONGEST:
            parts.append(joiner(last.text, block.text))
        else:
            yield first._replace(text="".join(parts))
            first, parts, size = block, [], 0
        parts.append(block.text.strip())
        size += len(block.text)
        last = block
    if first is not None:
        yield first._replace(text="".join(parts))


def _neighbours(before: Block, after: Block) -> bool:
    """Whether `after` may go on with the paragraph: the next line, and not indented."""
    return before.document == after.document and after.line == before.line + 1 and not after.text[:1].isspace()


def joiner(before: str, after: str) -> str:
    """What stands between two lines: nothing between characters of scripts without blanks, or behind a hyphen."""
    line = before.rstrip()
    ends, begins = _is_unspaced(line[-1]), _is_unspaced(after[:1])
    if line == before and ((ends and begins) or (ends and _is_wide(line[-1])) or (begins and _is_wide(after[0]))):
        return ""
    return "" if line[-1:] == "-" and line[-2:-1].isalpha() and after[:1].islower() else " "


def _is_unspaced(character: str) -> bool:
    return bool(character) and (is_unspaced(script_of(character)) or character in "、。，！？」』）「『（ー་།")


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"
