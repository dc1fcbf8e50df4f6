"""Lines out of a stream of text, in constant memory even when a line is a gigabyte."""

from __future__ import annotations

import re
from collections.abc import Iterator

LINE_LIMIT = 1 << 18
"""characters; a longer line is cut where a sentence ends"""
ROW_LIMIT = 1 << 24
"""characters of one line of a table or of JSON lines; a longer one is cut and will not parse"""

_ENDS = re.compile(r"\r+\n|\r")
_ANY_END = "\n\v\f\x1c\x1d\x1e\x85\u2028\u2029"
_STOP = re.compile(r"[.!?。！？।॥။።؟۔།៕។]")


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
        while len(last) > LINE_LIMIT:
            at = _place_to_cut(last)
            yield last[:at]
            last = last[at:]
        rest = last + held
    yield from _ENDS.sub("\n", rest).splitlines()


def _place_to_cut(line: str) -> int:
    """Where to cut a line that is too long: behind the last stop of the allowed length, else at a blank, else hard."""
    piece = line[:LINE_LIMIT]
    tail = piece[-4096:]
    stops = [match.end() for match in _STOP.finditer(tail)]
    if stops:
        return len(piece) - len(tail) + stops[-1]
    blank = tail.rfind(" ")
    return len(piece) - len(tail) + blank + 1 if blank >= 0 else len(piece)


def rows(chunks: Iterator[str]) -> Iterator[str]:
    r"""Lines that end in \n, with that end: what JSON lines and CSV readers want. A row of ROW_LIMIT is cut."""
    rest = ""
    parts: list[str] = []  # of a row that is longer than a chunk
    size = 0
    for chunk in chunks:
        if "\n" not in chunk:
            parts.append(chunk)
            size += len(chunk)
            if size > ROW_LIMIT:
                yield "".join(parts) + "\n"
                parts, size = [], 0
            continue
        lines = ("".join(parts) + chunk).split("\n")
        rest = lines.pop()
        yield from (line + "\n" for line in lines)
        parts, size = ([rest] if rest else []), len(rest)
    if parts:
        yield "".join(parts)
