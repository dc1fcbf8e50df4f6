"""Our own rules on top of sentencex, language by language; what they mend is listed in tests/data/splitting.

Codes are ISO 639; a language that is not here has sentencex's behaviour alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Rules:
    """join_before: a piece that begins so belongs to the one before it.  join_after: a piece that ends so goes on in
    the next.  cut_after: sentences end behind this.  cut_at_blanks: sentences may end at a blank once they have this
    many characters (0: never).
    """

    join_before: re.Pattern[str] | None = None
    join_after: re.Pattern[str] | None = None
    cut_after: re.Pattern[str] | None = None
    cut_at_blanks: int = 0


_BRACKETS = "[」』”’）〉》】]"
CLOSED = re.compile(_BRACKETS + "+")
AFTER_CLOSED = re.compile(_BRACKETS + r"\s*$")
_QUOTED_JA = re.compile(
    r"\s*(?:って|と(?!ころ|ても|にかく|きに|うとう|もあれ|もかく|りあえず|なり)|など|なんて|の|を|に|が"
    r"|は(?!い|っ)|で(?!も)|も(?!う|し|っ|ち))"
)
"""と, って, という and the particles that take a quotation into a longer sentence; not the words that begin so"""
_QUOTED_ZH = re.compile(r"\s*(?:[，、；：,]|地?说道?|地?說道?|地?问道?|地?問道?|地?喊道?|地?叫道?|的|地|等)")

_KHMER = re.compile(r"[។៕៚]+[»”\"'’)]*")
_TIBETAN = re.compile(r"[།༎༏༐༑༔]+(?:\s*[།༎༏༐༑])*")
_BURMESE_COMMA = re.compile(r"၊\s*$")

_ARABIC_SHORT = re.compile(r"(?:^|\s)(?:[اأدمسصعقهـ]|أ\.د|م\.ب|ق\.م|ص\.ب|الخ|د\.م|ج\.م|إلخ)\.\s*$")
_HINDI_SHORT = re.compile(
    r"(?:^|\s)(?:डॉ|डा|श्री|श्रीमती|प्रो|पं|कु|मो|स्व|ई|सं|रु|क्र|[कखगघचछजझटठडढतथदधनपफबभमयरलवशषसह]\.?)\.\s*$"
)
_BENGALI_SHORT = re.compile(r"(?:^|\s)(?:ড|ডা|ড\u09c9|মি|মো|মোঃ|প্রো|শ্রী)\.\s*$")

_JAPANESE = Rules(join_before=_QUOTED_JA)
_CHINESE = Rules(join_before=_QUOTED_ZH)
_HINDI = Rules(join_after=_HINDI_SHORT)
_TIBETAN_RULES = Rules(cut_after=_TIBETAN)
_SPACED_BY_CLAUSE = Rules(cut_at_blanks=40)

RULES: Mapping[str, Rules] = {
    "ja": _JAPANESE,
    "zh": _CHINESE,
    "yue": _CHINESE,
    "wuu": _CHINESE,
    "km": Rules(cut_after=_KHMER),
    "bo": _TIBETAN_RULES,
    "dz": _TIBETAN_RULES,
    "my": Rules(join_after=_BURMESE_COMMA),
    "shn": Rules(join_after=_BURMESE_COMMA),
    "ar": Rules(join_after=_ARABIC_SHORT),
    "arz": Rules(join_after=_ARABIC_SHORT),
    "hi": _HINDI,
    "mr": _HINDI,
    "ne": _HINDI,
    "bn": Rules(join_after=_BENGALI_SHORT),
    "th": _SPACED_BY_CLAUSE,
    "lo": _SPACED_BY_CLAUSE,
}

NONE = Rules()
