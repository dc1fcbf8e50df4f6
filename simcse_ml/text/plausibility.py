"""How much a decoded text looks like the language it should be: what tells encodings apart that all decode.

Not a language model: the share of its characters that its scripts have, and a few things that only wrong decodings do.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection

from simcse_ml.languages.scripts import script_of

_STOPS = frozenset("。、，！？；：「」『』（）《》“”‘’…—·–«»„¿¡،؛؟")
_SUSPECT = frozenset("¤¦§¨©¬¯°±²³¶¸¹º¼½¾×÷ªµ¢£¥")
"""symbols of the Latin encodings that running text hardly has"""
_CASE_MIXED = re.compile(r"[^\W\d_][^\W\d_]+")
CJK = frozenset({"Hani", "Hans", "Hant", "Hira", "Kana", "Hang", "Jpan", "Kore", "Hrkt"})


def plausibility(text: str, scripts: Collection[str]) -> float:
    """0 to 1: how likely `text` was decoded rightly. scripts: ISO 15924 codes the language is written in.

    Text in ASCII alone is right in any encoding: 1.
    """
    expected = _wide(scripts)
    counts = Counter(character for character in text if character > "\x7f" and not character.isspace())
    total = counts.total()
    controls = sum(text.count(chr(code)) for code in (*range(8), 0xE, 0xF, 0x1B, 0x7F))
    if total == 0:
        return 1.0 - min(1.0, 10.0 * controls / max(1, len(text)))
    score = sum(count * _worth(character, expected) for character, count in counts.items()) / total
    score -= 10.0 * controls / len(text)
    if expected & CJK:
        stops = sum(count for character, count in counts.items() if character in _STOPS)
        score = 0.9 * score + 0.1 * min(1.0, 12.0 * stops / total)
    elif not expected & {"Arab", "Hebr", "Thai"}:
        score -= 0.5 * _odd_case(text)
    return max(0.0, min(1.0, score))


def _wide(scripts: Collection[str]) -> frozenset[str]:
    """The scripts with compound codes (Jpan, Kore, Hans) spelled out."""
    parts = {"Jpan": ("Hani", "Hira", "Kana"), "Kore": ("Hang", "Hani"), "Hans": ("Hani",), "Hant": ("Hani",)}
    return frozenset(part for script in scripts for part in (script, *parts.get(script, ())))


def _worth(character: str, expected: frozenset[str]) -> float:
    category = unicodedata.category(character)  # U+3164 is a Hangul filler, which EUC-KR text read as CP949 is full of
    if character in "\ufffd\u3164" or category in {"Cc", "Cn", "Co", "Cs"}:
        return -3.0
    if "\uff61" <= character <= "\uff9f":  # half-width katakana: what wrong decoding yields, seldom what people write
        return -0.5
    if character in _STOPS:
        return 1.0
    if script_of(character) in expected:
        return 0.7 if category == "Lm" else 1.0
    if character in _SUSPECT or "\u2500" <= character <= "\u25a1":
        return -1.0
    return 0.3 if category.startswith("P") or script_of(character) in {"Zyyy", "Zinh"} else 0.0


def _odd_case(text: str) -> float:
    """Share of words with a capital behind a small letter, or that are mirrored (sMALL)."""
    words = _CASE_MIXED.findall(text[:20_000])
    odd = sum(1 for word in words if not word.isascii() and any(c.isupper() for c in word[1:]) and not word.isupper())
    return odd / max(1, len(words))
