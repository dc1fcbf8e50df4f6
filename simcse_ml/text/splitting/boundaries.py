"""Where the sentences of a paragraph end: one pass over its stops, in time that grows with its length only.

A quotation or a bracket is looked at as a whole, so that the stops inside do not part it; then every run of stops, with
the closing quotes and brackets behind it, is an end if what follows looks like a beginning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from simcse_ml.text.splitting.marks import STRONG, WEAK
from simcse_ml.text.splitting.rules import KOREAN_LAST, Rules
from simcse_ml.text.splitting.stops import Stop, stops_of
from simcse_ml.text.splitting.weak import is_weak_end

_LETTER = re.compile(r"[^\W\d_]")
_GOING_ON = frozenset(",;:،؛、，：；၊፣፤٬%")
_OPENERS = frozenset('「『“«„‹"〝—―')
_INTRODUCED = frozenset(":：,，،、؛៖")
_LAUGHTER = frozenset("ㅋㅎㅠㅜ")
_TYPED = frozenset({":", ";", "|"})
"""characters with other uses, which end a sentence only before a blank"""


def ends(text: str, rules: Rules) -> Iterator[int]:
    """Offsets behind the sentences of `text`, rising; the end of the text is not among them."""
    start = looked = 0
    lettered = False
    own_only = bool(rules.own_stops) and rules.own_stops in text
    for stop in stops_of(text, rules):
        if not lettered:  # a piece has a letter: a number of a list, or dots at its beginning, are no sentence
            lettered = _LETTER.search(text, looked, stop.end) is not None
            looked = stop.end
        if lettered and _is_end(text, start, stop, own_only, rules):
            yield stop.end
            start = looked = stop.end
            lettered = False


def _is_end(text: str, start: int, stop: Stop, own_only: bool, rules: Rules) -> bool:
    """Whether the sentence that began at `start` ends at `stop`.

    own_only: full stops and colons are used for other things in this text.
    """
    if _goes_on(text, start, stop, rules):
        return False
    if rules.names and text.endswith(rules.names, start, stop.run):
        return not stop.gap and text[stop.after].isascii()
    if WEAK.issuperset(stop.marks):
        return is_weak_end(text, start, stop, own_only, rules)
    return _is_strong_end(text, start, stop, own_only)


def _goes_on(text: str, start: int, stop: Stop, rules: Rules) -> bool:
    """Whether what follows belongs to the sentence, whatever the stop."""
    following = text[stop.after]
    if following in _GOING_ON or (not stop.gap and (following in STRONG or following in WEAK)):
        return True
    leads = stop.first - start < 16 and not text[start : stop.first].strip(" \t\u3000\u00a0—–-―")
    if stop.kind == "bracket" and not leads:
        return True
    if stop.closed:
        return _quotation_goes_on(text, stop, leads, rules)
    return not stop.gap and rules.never_begins is not None and rules.never_begins.match(text, stop.end) is not None


def _quotation_goes_on(text: str, stop: Stop, leads: bool, rules: Rules) -> bool:
    if rules.goes_on is not None and rules.goes_on.match(text, stop.end):
        return True
    following = text[stop.after]
    if not stop.gap and not rules.unspaced and following.isalpha() and stop.marks[-1:] not in "۔؟":
        return True
    if stop.kind != "quote" or leads or following in _OPENERS:
        return False
    introduced = text[max(0, stop.first - 3) : stop.first].rstrip()[-1:]
    return introduced not in _INTRODUCED and not (stop.gap and (following.isupper() or rules.unspaced))


def _is_strong_end(text: str, start: int, stop: Stop, own_only: bool) -> bool:
    """An end by a mark that has no other use, or next to none."""
    if stop.marks == "۔":  # Urdu abbreviations: ایم۔اے۔
        word = "".join(text[max(start, stop.run - 12) : stop.run].split()[-1:])
        return "۔" not in word if stop.gap else not word or len(word) > 3
    if stop.marks[0] == "~":
        return stop.gap and text[stop.run - 1 : stop.run] in KOREAN_LAST
    if stop.marks in _TYPED or stop.marks == "::":
        return stop.gap and not (own_only and stop.marks[0] == ":")
    return stop.gap or stop.marks[0] not in _LAUGHTER
