"""Corpus text made safe for a terminal: no escape sequence, control or bidi override passes.

Terminals obey what they are sent; a sentence of a corpus may hold ESC sequences that set titles, write the clipboard or
turn the line round. Whatever could be obeyed is replaced by a visible mark. Joiners inside clusters stay: Persian,
Hindi and emoji need them.
"""

from __future__ import annotations

import unicodedata

MARK = "·"
MAX_MARKS = 8
"""combining marks kept on one letter; more is a drawing, not a language"""

_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_BREAKS = frozenset("\u2028\u2029\ufeff\ufff9\ufffa\ufffb")


def _is_unsafe(character: str) -> bool:
    code = ord(character)
    if code < 0x20 or 0x7F <= code <= 0x9F:
        return True  # C0, DEL, C1
    if character in _BIDI or character in _BREAKS:
        return True
    if 0xD800 <= code <= 0xDFFF or 0xE0000 <= code <= 0xE007F:
        return True  # lone surrogates, tag characters
    return 0xFDD0 <= code <= 0xFDEF or (code & 0xFFFE) == 0xFFFE  # noncharacters


def safe(text: str) -> str:
    """`text` as one line that a terminal shows and cannot obey.

    Tabs and line ends become one blank; other controls, bidi controls, tags and noncharacters become "·".
    """
    shown: list[str] = []
    marks = 0
    for character in text:
        if character in "\t\n\r":
            shown.append(" ")
        elif _is_unsafe(character):
            shown.append(MARK)
        elif unicodedata.combining(character):
            marks += 1
            if marks > MAX_MARKS:
                continue
            shown.append(character)
            continue
        else:
            shown.append(character)
        marks = 0
    return "".join(shown)
