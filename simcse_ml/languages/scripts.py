"""What script a text is written in, and how long it is in letters.

Codes are ISO 15924's. A character that many scripts share (a digit, a comma, the long-vowel mark ー) is "Zyyy", a mark
that takes the script of its letter "Zinh", and what Unicode has not assigned "Zzzz".
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from simcse_ml.languages.script_ranges import RANGES

COMMON = "Zyyy"
INHERITED = "Zinh"
UNKNOWN = "Zzzz"
NOT_OF_ONE_SCRIPT = frozenset({COMMON, INHERITED, UNKNOWN})

_UNSPACED = frozenset(
    {
        *("Hani", "Hans", "Hant", "Hira", "Kana", "Hrkt", "Jpan", "Bopo", "Yiii", "Nshu", "Tang", "Kits"),  # East Asia
        *("Thai", "Laoo", "Khmr", "Mymr", "Tavt", "Lana", "Talu", "Tale"),  # mainland South-East Asia
        *("Java", "Bali", "Tibt"),
        *("Egyp", "Xsux"),
    }
)
"""Scripts with nothing between words. Blanks part phrases or sentences in them, or nothing at all; Tibetan's tsheg
parts syllables. Hangul is not one of them: Korean parts its phrases with blanks."""

_LATER_JAMO = ((0x1160, 0x11FF), (0xD7B0, 0xD7FF))
"""Vowels and finals of decomposed Hangul: their syllable was counted at its first letter."""


def _unpack() -> tuple[list[int], list[int], list[str]]:
    """The rows of script_ranges.py as (firsts, lasts, codes), in order."""
    ranges: list[tuple[int, int, str]] = []
    for code, packed in RANGES:
        end = 0
        for word in packed.split():
            gap, _, length = word.partition(".")
            first = end + int(gap, 36)
            end = first + int(length or "1", 36)
            ranges.append((first, end - 1, code))
    ranges.sort()
    firsts, lasts, codes = zip(*ranges, strict=True)
    return list(firsts), list(lasts), list(codes)


_FIRSTS, _LASTS, _CODES = _unpack()


@lru_cache(maxsize=65536)
def script_of(char: str) -> str:
    """The ISO 15924 code of one character's script: Latn, Hira, Ethi ... or Zyyy, Zinh, Zzzz."""
    point = ord(char)
    at = bisect_right(_FIRSTS, point) - 1
    return _CODES[at] if at >= 0 and point <= _LASTS[at] else UNKNOWN


def script_counts(text: str) -> Counter[str]:
    """How many characters of each script `text` has, Zyyy, Zinh and Zzzz among them."""
    counts: Counter[str] = Counter()
    for char, count in Counter(text).items():
        counts[script_of(char)] += count
    return counts


def dominant_script(texts: Iterable[str]) -> str:
    """The script most characters of `texts` are in; Zyyy where none is in any.  Ties: the first in the alphabet."""
    shares = dict(letter_shares(texts))
    return min(shares, key=lambda script: (-shares[script], script)) if shares else COMMON


def letter_shares(texts: Iterable[str]) -> tuple[tuple[str, float], ...]:
    """(script, its share of the letters of `texts`), largest first, without what is of no one script."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(script_counts(text))
    letters = {script: count for script, count in counts.items() if script not in NOT_OF_ONE_SCRIPT}
    total = sum(letters.values())
    return tuple((script, count / total) for script, count in sorted(letters.items(), key=lambda item: -item[1]))


def is_unspaced(script: str) -> bool:
    """Whether words of this script (ISO 15924) stand without blanks between them."""
    return script in _UNSPACED


def units(text: str) -> int:
    """The length of `text` in letters as a reader counts them: no blanks, no marks, no controls.

    Digits, punctuation and symbols count; so nearly does a grapheme cluster, but an emoji of several people is several.
    """
    return sum(map(_unit, text))


@lru_cache(maxsize=65536)
def _unit(char: str) -> int:
    if unicodedata.category(char)[0] in "MCZ":
        return 0
    point = ord(char)
    return 0 if any(first <= point <= last for first, last in _LATER_JAMO) else 1
