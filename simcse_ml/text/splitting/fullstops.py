"""Whether a full stop with a blank behind it ends a sentence, or an abbreviation, an initial, an ordinal."""

from __future__ import annotations

import re
import unicodedata

from simcse_ml.text.splitting.rules import Rules

WORD = 24
"""characters before the stop that are looked at: no abbreviation is longer"""
_OPENING = "\"'“„«»‘‚‹›([{<¿¡—–-/*•"
_ROMAN = re.compile(r"[IVXLC]+")
_NUMBER = re.compile(r"\d{1,3}")
_ADDRESS = re.compile(r"www\.|://|@|\d")
_FIRST_WORD = re.compile(r"\w+")


def ends_here(text: str, start: int, stop: int, after: int, small: bool, rules: Rules) -> bool:
    """Whether the sentence that began at `start` ends with the full stop at `stop`.

    after: where the next word begins.  small: it begins with a small letter.
    """
    words = text[max(start, stop - WORD) : stop].split()
    if not words or text[stop - 1].isspace():
        return not small
    word = words[-1].lstrip(_OPENING)
    before = words[-2] if len(words) > 1 else ""
    short = word.lower()
    if (
        word in rules.may_be_last
        or short in rules.may_be_last
        or f"{before.rstrip('.').lower()}.{short}" in rules.may_be_last
    ):
        return not small
    if small or short in rules.never_last:
        return small and short not in rules.never_last and _letters(word) > 2
    return _first_word(text, after) in rules.starts or not _is_short(word, before, text[after : after + 1], rules)


def _is_short(word: str, before: str, following: str, rules: Rules) -> bool:
    """Whether `word`, which no list has, looks like an abbreviation, an initial or an ordinal.

    before: the word before it.  following: the character that begins the next.
    """
    if "." in word or "۔" in word:
        return _has_initials(word)
    if _letters(word) == 1:
        return not before.isdecimal() and word.lower() not in rules.words and not _is_syllable(word)
    number = _NUMBER.fullmatch(word) is not None
    if number and (following.isdigit() or _NUMBER.fullmatch(before.rstrip("."))):
        return following.isdigit() or not before.isalpha() or len(before) < 4  # 12. 8. 2019
    return rules.ordinals and (_ROMAN.fullmatch(word) is not None or (number and rules.capitals))


def _letters(word: str) -> int:
    """How many letters `word` has, marks not counted; 0 if it has digits."""
    if len(word) > 4 and word.isalpha():
        return len(word)
    if any(char.isdigit() for char in word):
        return 0
    return sum(unicodedata.category(char)[0] == "L" for char in word)


def _is_syllable(word: str) -> bool:
    """Scripts that write a syllable or a word with a character have no initials of one letter."""
    return unicodedata.category(word[0]) == "Lo" and "\u1100" <= word[0] <= "\uffdc"


def _has_initials(word: str) -> bool:
    """True for e.g, p.m, т.е, ق.م, U.S and the like; an address or a number may well end a sentence."""
    return not _ADDRESS.search(word) and any(_letters(part) == 1 for part in re.split("[.۔]", word))


def _first_word(text: str, at: int) -> str:
    match = _FIRST_WORD.match(text, at, at + 40)
    return match[0] if match else ""
