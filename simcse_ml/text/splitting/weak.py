"""Whether . ! ? or … ends a sentence: marks with other uses, which end one only before what looks like a beginning."""

from __future__ import annotations

import re
from functools import lru_cache

from simcse_ml.text.splitting.fullstops import ends_here
from simcse_ml.text.splitting.rules import KOREAN_LAST, Rules
from simcse_ml.text.splitting.stops import Stop

_LEAD = re.compile(r"(?:[\s\"'“”„«»‘’‚‹›(\[{¿¡—–\-―*•·_#…ʻʼ「『（【]|\.{2,3}|['’][a-zA-Z](?=\s))*")
_HAN = re.compile(r"[\u3041-\u30ff\u3400-\u9fff]{2}")
_LONG_WORD = re.compile(r"[^\W\d_]{5}[.!?] ([^\W\d_])")
_OPENERS = frozenset('「『“«„‹"〝—―')
_FULL_STOPS = frozenset({".", "．"})
_DOTS = frozenset(".…‥．")


def is_weak_end(text: str, start: int, stop: Stop, own_only: bool, rules: Rules) -> bool:
    """Whether the sentence that began at `start` ends at `stop`, whose marks are all of marks.WEAK.

    own_only: full stops are used for other things in this text.
    """
    lead = _LEAD.match(text, stop.after)
    at = lead.end() if lead else stop.after
    letter = text[at : at + 1]
    cased = letter.lower() != letter.upper() and not "\u10a0" <= letter <= "\u10ff"  # Georgian has none in running text
    small = cased and letter == letter.lower()
    if small and (stop.closed or not stop.gap or stop.marks not in {".", "!", "?"} or not _careless(text)):
        return False
    if not stop.gap:
        return _without_gap(text, start, stop, cased, rules)
    if stop.marks in _FULL_STOPS:
        return _counts(text, stop, letter, cased, own_only, rules) and ends_here(
            text, start, stop.run, at, small, rules
        )
    if _DOTS.issuperset(stop.marks):
        return cased or rules.unspaced or _no_pause(text[stop.run - 1 : stop.run], letter)
    return _cry_ends(text, stop, letter, cased, own_only, rules)


def _counts(text: str, stop: Stop, letter: str, cased: bool, own_only: bool, rules: Rules) -> bool:
    """Whether a full stop may end a sentence here: where it does not in this language, it does in a foreign one."""
    if rules.full_stop and not own_only:
        return True
    before = text[stop.run - 1 : stop.run]
    return cased and not "\u0530" <= letter <= "\u058f" and (rules.full_stop or (before.isascii() and before.islower()))


def _no_pause(before: str, letter: str) -> bool:
    """Whether dots in a script without capitals end a sentence: in the Arabic and Hebrew scripts they are a pause."""
    if "\u0590" <= letter <= "\u08ff":
        return False
    return not "\uac00" <= before <= "\ud7a3" or before in KOREAN_LAST


def _cry_ends(text: str, stop: Stop, letter: str, cased: bool, own_only: bool, rules: Rules) -> bool:
    """! and ?, behind which "..." she said may follow, and a foreign name may go on: Yahoo! JAPAN."""
    if rules.unspaced:
        return not cased or stop.closed or not text[stop.run - 1 : stop.run].isascii()
    if cased or not stop.closed or own_only or text[stop.after] in _OPENERS or rules.goes_on is not None:
        return True
    return text[stop.run] not in "!?" or letter.isdigit()


@lru_cache(maxsize=1)
def _careless(text: str) -> bool:
    """Whether sentences begin with small letters: more than capitals, behind words too long for abbreviations."""
    following: list[str] = _LONG_WORD.findall(text)
    small = sum(letter.islower() for letter in following)
    return small >= 2 and 2 * small > len(following)


def _without_gap(text: str, start: int, stop: Stop, cased: bool, rules: Rules) -> bool:
    """The same where no blank follows: ok?Yes, 재밌다.최고, 本当!?はい."""
    before, following, last = text[stop.run - 1 : stop.run], text[stop.after], stop.marks[-1]
    if cased and following.isalpha():
        capital = following.isupper() and text[stop.after + 1 : stop.after + 3].islower()
        return capital and (before.islower() if last in "!?" else _ends_a_word(text, start, stop))
    if not following.isalpha() or (before.isascii() and not stop.closed):
        return False
    if last in "!?":
        return True
    if stop.marks == "." and _HAN.fullmatch(before + following):
        return True
    return before in KOREAN_LAST if stop.marks != "." else rules.full_stop and _between_words(text, start, stop)


def _ends_a_word(text: str, start: int, stop: Stop) -> bool:
    """Whether the stop stands behind a plain word: the blank was lost. Not in an address."""
    word = "".join(text[max(start, stop.run - 32) : stop.run].split()[-1:])
    return stop.marks == "." and len(word) > 2 and word.isalpha() and word[1:].islower()


def _between_words(text: str, start: int, stop: Stop) -> bool:
    """Whether the stop stands between two words too long for an abbreviation with stops inside."""
    before = "".join(text[max(start, stop.run - 12) : stop.run].split()[-1:])
    after = text[stop.after : stop.after + 12].split(maxsplit=1)[0]
    return len(before) >= (2 if "\uac00" <= before[-1:] <= "\ud7a3" else 4) and "." not in before + after
