"""Characters that are no text: terminal sequences, controls, bidi overrides, piles of marks. Joiners stay."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache
from typing import Literal

MAX_MARKS = 8
"""combining marks kept on one letter: Tibetan and Vedic need up to five, more is a drawing"""

_TERMINAL = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor
    r"|(?:\x1b[\]PX^_]|[\x9d\x90])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)"  # OSC and the like: titles, links, clipboard
    r"|\x9b[0-?]*[ -/]*[@-~]"  # CSI of the 8-bit set
    r"|\x1b[ -/]*[0-~]"  # two-character sequences
)
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u061c\u200e\u200f\u202a-\u202e\u2060\u2066-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\U000e0000-\U000e007f"
    + "".join(f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(1, 17))
    + "]"
)
"""C0, DEL, C1 (without white space), soft hyphen, bidi controls, byte order marks, annotations, noncharacters, tags"""

Form = Literal["NFC", "NFKC", "none"]


def without_controls(paragraph: str) -> str:
    """`paragraph` without what a terminal would obey or nobody sees; white space runs become one blank."""
    if paragraph.isprintable() and "  " not in paragraph:  # nothing that is in _UNSEEN is printable
        text = paragraph
    else:
        text = _UNSEEN.sub("", _TERMINAL.sub("", paragraph))
        text = " ".join(text.split())
    return _fewer_marks(text)


def normaliser(form: Form) -> Callable[[str], str]:
    """The function that brings a sentence, whose blanks are single, into a Unicode normal form."""
    if form == "none":
        return _same
    name: Literal["NFC", "NFKC"] = form

    def normalise(sentence: str) -> str:
        if sentence.isascii():
            return sentence
        formed = unicodedata.normalize(name, sentence)
        return sentence if formed == sentence else " ".join(formed.split())

    return normalise


def _same(sentence: str) -> str:
    return sentence


def _fewer_marks(text: str) -> str:
    if text.isascii() or len(text) <= MAX_MARKS:
        return text
    some = text[::MAX_MARKS]  # a pile is longer than that, so one of its marks is among these
    if _marks(0x300, 0xFFFF).search(some):
        text = _piles(0x300, 0xFFFF).sub(_first_marks, text)
    if max(some) > "\uffff":
        text = _piles(0x10000, 0x1F000).sub(_first_marks, text)
    return text


def _first_marks(pile: re.Match[str]) -> str:
    return pile[0][:MAX_MARKS]


@cache
def _piles(first: int, last: int) -> re.Pattern[str]:
    """More than MAX_MARKS nonspacing marks between two code points in a row."""
    mark = _marks(first, last).pattern
    return re.compile(f"{mark}{mark}{{{MAX_MARKS},}}")


@cache
def _marks(first: int, last: int) -> re.Pattern[str]:
    """A nonspacing mark between two code points: one set, to which `re` skips. All of it must lie on one plane: with
    both in one set the search took seven times as long.
    """
    marks = [code for code in range(first, last + 1) if unicodedata.category(chr(code)) in {"Mn", "Me"}]
    ranges: list[list[int]] = []
    for code in marks:
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    members = "".join(f"{chr(first)}-{chr(last)}" for first, last in ranges)
    return re.compile(f"[{members}]")
