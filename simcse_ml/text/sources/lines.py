"""Lines out of a stream of text, in constant memory even when a line is a gigabyte."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

LINE_LIMIT = 1 << 18
"""characters; a longer line is cut where a sentence ends"""
ROW_LIMIT = 1 << 22
"""characters of one line of a table or of JSON lines, about three thick books; a longer one is left out and counted"""
ROW_HEAD = 200
"""characters of such a line that are shown"""

_ENDS = re.compile(r"\r+\n|\r")
_ANY_END = "\n\v\f\x1c\x1d\x1e\x85\u2028\u2029"
_STOP = re.compile(r"[.!?。！？।॥။።؟۔།៕។]")


def _ignore(_row: str) -> None:
    """For callers that do not count."""


def text_lines(chunks: Iterator[str]) -> Iterator[str]:
    """Lines without their ends; every line end that Unicode knows ends one. Too long lines come in several pieces."""
    rest = ""
    for chunk in chunks:
        text = rest + chunk
        whole = text.rstrip("\r")  # whether a line feed follows the last return is not known yet
        held = text[len(whole) :]
        if "\r" in whole:
            whole = _ENDS.sub("\n", whole)
        lines = whole.splitlines()
        last = lines.pop() if lines and whole[-1] not in _ANY_END else ""
        yield from lines
        *whole_pieces, last = pieces(last, LINE_LIMIT)
        yield from whole_pieces
        rest = last + held
    yield from _ENDS.sub("\n", rest).splitlines()


def pieces(line: str, limit: int) -> Iterator[str]:
    """`line` in pieces of at most `limit` characters, which end where sentences do if that can be told."""
    start = 0
    while len(line) - start > limit:
        end = start + _place_to_cut(line[start : start + limit])
        yield line[start:end]
        start = end
    yield line[start:]


def _place_to_cut(piece: str) -> int:
    """Where to cut: behind the last stop, else at a blank, else hard."""
    tail = piece[-4096:]
    stops = [match.end() for match in _STOP.finditer(tail)]
    if stops:
        return len(piece) - len(tail) + stops[-1]
    blank = tail.rfind(" ")
    return len(piece) - len(tail) + blank + 1 if blank >= 0 else len(piece)


def rows(chunks: Iterator[str], too_long: Callable[[str], None] = _ignore) -> Iterator[str]:
    r"""Lines that end in \n, with that end: what JSON lines and CSV readers want.

    too_long: called with the beginning of each row of more than ROW_LIMIT characters, which does not come.
    """
    parts: list[str] = []  # of a row that is longer than a chunk
    size = 0
    for chunk in chunks:
        if "\n" not in chunk:
            size += len(chunk)
            if size <= ROW_LIMIT:
                parts.append(chunk)
            else:
                parts = [parts[0][:ROW_HEAD] if parts else chunk[:ROW_HEAD]]
            continue
        lines = chunk.split("\n")
        size += len(lines[0])
        if size > ROW_LIMIT:
            too_long(parts[0] if parts else lines[0][:ROW_HEAD])
        else:
            yield "".join(parts) + lines[0] + "\n"
        yield from (line + "\n" for line in lines[1:-1])
        parts, size = ([lines[-1]] if lines[-1] else []), len(lines[-1])
    if size > ROW_LIMIT:
        too_long(parts[0])
    elif parts:
        yield "".join(parts)
