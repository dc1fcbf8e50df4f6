"""What running text never has and wrong decodings are full of, in the nats of evidence that a language model gives.

Not a language model, and of no language: unassigned characters, symbols inside words, capitals behind small letters,
two alphabets in one word.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from functools import lru_cache

from simcse_ml.languages.scripts import script_of

HARD = 12.0
"""against a text, for each character that text cannot have (times the logarithm of its count)"""
SOFT = 1.5
"""against it, for each character or word that text seldom has"""
MISPLACED = 8.0
"""against it, for each vowel sign that stands where it cannot"""

_SUSPECT = frozenset("¤¦§¨©¬¯°±²³¶¸¹º¼½¾×÷ªµ¢£¥†‡ˆ˜‰ƒ‚¡¿®")
"""symbols of the Latin encodings that running text hardly has"""
_WORD = re.compile(r"[^\W\d_]{2,}")
_INSIDE = re.compile(
    "(?<=[^\\W\\d_])[¤¦§¨©¬¯°±²³¶¸¹º¼½¾×÷ªµ¢£¥†‡ˆ˜‰ƒ‚¡¿®„“”‹›«»€\u2200-\u25ff](?=[^\\W\\d_])"
    "|(?<=[a-z])[\u3041-\u9fff\uac00-\ud7a3\uff61-\uff9f](?=[a-z])"
)
"""a symbol between letters, or one letter of East Asia between two of Latin"""
_MISPLACED = re.compile(
    "[\u0e40-\u0e44](?![\u0e01-\u0e2e])"
    "|(?<![\u0e01-\u0e2e\u0e31-\u0e3a\u0e47-\u0e4e])[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]"
)
"""Thai vowels and tone marks without their consonant: Arabic, Hebrew and others read as Thai are full of them"""
ALPHABETS = frozenset({"Latn", "Cyrl", "Grek", "Hebr", "Arab", "Armn", "Thai"})
FILLER = "\u3164"
"""a Hangul filler, which EUC-KR text read as CP949 is full of"""
_CONTROLS = tuple(map(chr, (*range(9), *range(0xE, 0x20), 0x7F)))
_WORDS_IN = 20_000
"""characters whose words are looked at"""


def implausibility(text: str) -> float:
    """Nats against `text` being decoded rightly; 0 for clean text in any script."""
    counts = Counter(text)
    found = sum(_weight(character) * math.log1p(count) for character, count in counts.items() if character > "\x7f")
    words = Counter(map(_oddness, _WORD.findall(text[:_WORDS_IN])))
    inside = len(_INSIDE.findall(text[:_WORDS_IN]))
    return (
        found
        + HARD * math.log1p(controls(text))
        + 2 * SOFT * (math.log1p(words["case"]) + math.log1p(words["alphabets"]))
        + 4 * SOFT * math.log1p(inside)
        + MISPLACED * len(_MISPLACED.findall(text[:_WORDS_IN]))
    )


def controls(text: str) -> int:
    """Control characters of ASCII that are no white space."""
    return sum(map(text.count, _CONTROLS))


@lru_cache(maxsize=65536)
def _weight(character: str) -> float:
    if character == FILLER or unicodedata.category(character) in {"Cc", "Cn", "Co", "Cs"}:
        return HARD
    if character == "\ufffd":
        return HARD
    if character in _SUSPECT or "\u2500" <= character <= "\u25a1":
        return SOFT
    return SOFT if "\uff61" <= character <= "\uff9f" else 0.0  # half-width katakana


def _oddness(word: str) -> str:
    """case: capitals behind small letters, or mirrored (sMALL).  alphabets: two of them."""
    if word.isascii():
        return ""
    if not word.isupper() and not word.islower() and any(character.isupper() for character in word[1:]):
        return "case"
    alphabets = {script_of(character) for character in word} & ALPHABETS
    return "alphabets" if len(alphabets) > 1 else ""
