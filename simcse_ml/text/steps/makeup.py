"""Of what a sentence is made: letters, marks, digits, signs, counted by one pass over its characters, or over many.

What one letter is worth differs by script. A character that is a word or a syllable counts twice; the vowel sign of an
abugida counts like a vowel letter, since క + ి is said as long as "ki"; marks that are only an accent count nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from operator import eq
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simcse_ml.text.steps.points import Table, points_of

_DENSE = re.compile(
    "[\u1100-\u11ff\u1200-\u1360\u1362-\u139f\u13a0-\u13ff\u1400-\u167f\u2d80-\u2ddf\u2e80-\u2fdf\u3005-\u3007"
    "\u3031-\u3035\u3041-\u30ff\u3105-\u318f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf"
    "\ua500-\ua63f\uac00-\ud7a3\uf900-\ufaff\uff66-\uff9d\U00017000-\U00018cff\U0001b000-\U0001b2ff"
    "\U00020000-\U000323af]"
)
"""A character is a word or a syllable: Han, kana, Hangul, bopomofo, Yi, Ethiopic, Cherokee, Canadian syllabics, Vai."""

_ABUGIDAS = ((0x0900, 0x109F), (0x1700, 0x17FF), (0x1900, 0x1C4F), (0xA800, 0xABFF), (0x11000, 0x1173F))
"""Indic scripts, Thai, Lao, Tibetan, Burmese, Khmer and those of the islands"""
_NO_VOWEL = frozenset({7, 9, 107, 122, 220, 230})
"""canonical combining classes of marks without a sound of their own: nuktas, viramas, Thai and Lao tones, accents"""
_LATER_JAMO = ((0x1160, 0x11FF), (0xD7B0, 0xD7FF))
"""vowels and finals of decomposed Hangul: their syllable was counted at its first letter"""
_DIVIDERS = frozenset("\u0f0b\u0f0c\u1361")
"""between syllables or words, where other scripts have nothing or a blank: tsheg, the Ethiopic word space"""

LETTER, DENSE, VOWEL, MARK, DIGIT, PUNCTUATION, SYMBOL, DIVIDER, BLANK, OTHER = "LWVMDPST C"
_BY_CATEGORY = {"L": LETTER, "M": MARK, "N": DIGIT, "P": PUNCTUATION, "S": SYMBOL, "Z": BLANK, "C": OTHER}


def _class_of(point: int) -> str:
    character = chr(point)
    category = _BY_CATEGORY[unicodedata.category(character)[0]]
    if any(first <= point <= last for first, last in _LATER_JAMO):
        return MARK
    if character in _DIVIDERS:
        return DIVIDER
    if category == LETTER:
        return DENSE if _DENSE.match(character) else LETTER
    if category == MARK and any(first <= point <= last for first, last in _ABUGIDAS):
        return MARK if unicodedata.combining(character) in _NO_VOWEL else VOWEL
    return category


class _Classes(dict[int, str]):
    """For str.translate: the class of each character, found when it is first met."""

    def __missing__(self, point: int) -> str:
        found = self[point] = _class_of(point)
        return found


_CLASSES = _Classes()
_TABLE = Table(lambda point: ord(_class_of(point)))


class Makeup(NamedTuple):
    """How much of each kind a text has, in units. size: its length as a reader has it, without blanks and accents.
    repeats: characters that are the same as the one before.
    """

    letters: int
    digits: int
    signs: int
    size: int
    repeats: int

    @property
    def digit_share(self) -> float:
        """Digits among all units."""
        return self.digits / max(1, self.letters + self.digits + self.signs)

    @property
    def sign_share(self) -> float:
        """Punctuation and symbols among all units."""
        return self.signs / max(1, self.letters + self.digits + self.signs)


def makeups(texts: Sequence[str]) -> list[Makeup]:
    """The makeup of each text, counted over all of them together."""
    points = points_of(texts)
    classes = _TABLE.of(points.codes)
    worths = (_IN_LETTERS, _IN_DIGITS, _IN_SIGNS, _IN_DIVIDERS)
    letters, digits, signs, dividers = (points.sums(worth[classes]) for worth in worths)
    sizes = letters + digits + signs + dividers
    repeats = points.sums(points.repeated())
    rows = (letters, digits, signs, sizes, repeats)
    return list(map(Makeup._make, zip(*(row.tolist() for row in rows), strict=True)))


def _worths(units: Mapping[str, int]) -> NDArray[np.uint8]:
    """(256,) what a character of each class adds: `units` by class."""
    row = np.zeros(256, np.uint8)
    for name, worth in units.items():
        row[ord(name)] = worth
    return row


_IN_LETTERS = _worths({LETTER: 1, DENSE: 2, VOWEL: 1})
_IN_DIGITS = _worths({DIGIT: 1})
_IN_SIGNS = _worths({PUNCTUATION: 1, SYMBOL: 1})
_IN_DIVIDERS = _worths({DIVIDER: 1})


@lru_cache(maxsize=8)
def makeup(text: str) -> Makeup:
    """Count `text`."""
    count = text.translate(_CLASSES).count
    dense, vowels, digits = 2 * count(DENSE), count(VOWEL), count(DIGIT)
    signs = count(PUNCTUATION) + count(SYMBOL)
    letters = count(LETTER) + dense + vowels
    repeats = sum(map(eq, text, text[1:]))
    return Makeup(letters, digits, signs, letters + digits + signs + count(DIVIDER), repeats)


def size(text: str) -> int:
    """Length in units."""
    return makeup(text).size
