"""Text from outside as the only type that lines are made of: nothing in it can be obeyed by a terminal."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NewType
from unicodedata import category

from simcse_ml.display import MARK, safe

SafeText = NewType("SafeText", str)
"""one line, passed through `safe_text`; widgets take no other text"""

LONGEST = 20_000
"""characters of one text that are looked at; no row of a terminal shows more"""

_PLAIN = re.compile(r"[\x20-\x7e]*\Z")
_OBEYED = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)


def safe_text(text: str) -> SafeText:
    """`text` with whatever a terminal could obey as a visible mark; markup is never read."""
    if _PLAIN.match(text):
        return SafeText(text[:LONGEST])
    return _filtered(text[:LONGEST])


def replaced(text: str) -> int:
    """How many characters of `text` are shown as marks, line ends and tabs not counted."""
    return safe_text(text).count(MARK) - text[:LONGEST].count(MARK)


def guarded(text: str, encoding: str = "utf-8") -> str:
    """The last look at text on its way to the terminal, whatever it came through before.

    encoding: what the terminal reads; characters it lacks become "?".
    """
    kept = _OBEYED.sub(MARK, text)
    return kept if encoding == "utf-8" else kept.encode(encoding, "replace").decode(encoding)


def is_typed(character: str) -> bool:
    """Whether a key's character belongs into a text: all but controls and what is no character.

    The wide blank of a Japanese keyboard and the joiners that Persian and Indic words are written with do, though
    str.isprintable says no.
    """
    return not any(category(part) in {"Cc", "Cn", "Cs", "Zl", "Zp"} for part in character)


def code_points(text: str) -> SafeText:
    """U+XXXX of every character, for looking at what is not seen."""
    return SafeText(" ".join(f"U+{ord(character):04X}" for character in text[:LONGEST]))


@lru_cache(maxsize=4096)
def _filtered(text: str) -> SafeText:
    return SafeText(safe(text))
