"""Lines that are no sentences: numbers, signs, addresses, code, menus, cut teasers. Rules for every script, no model.

Each threshold was set where clean text in 74 languages loses next to nothing (benchmarks/LOG.md);
the cases of both kinds are in tests/data/filters.
"""

from __future__ import annotations

import re

from simcse_ml.text.steps.makeup import Makeup, makeup, size

_LEAST_REPEATS = 4
_RUN = re.compile(rf"(.)\1{{{_LEAST_REPEATS},}}")
_SIGNS_AGAIN = re.compile(r"([^\w\s])(?:\s*\1)+")
_ADDRESS = re.compile(
    r"(?:https?|ftp)://\S+|www\.\S+"
    r"|[\w.+-]+@[\w-]+\.[\w.-]+"
    r"|(?<![\w.])[A-Za-z][A-Za-z0-9-]*(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}/\S*"
)
_MAYBE_CODE = re.compile(r"[{}<>=;\\]")
_CODE_SIGN = re.compile(r"[{}<>=\\|_$&^`+*#\[\]]|(?<=\w)\(|\)(?=[;{ ]*$)")
_CODE_SHAPE = re.compile(
    r"[)\w\]\"'}];\s*$|[{}]\s*$|^\s*[}{<]|[=!<>]=|[=-]>|::|</|/>|\w+=[\"']|\(\)|\$\(|\\[a-z]+[{ _^]|&#?\w+;.*&#?\w+;"
)
_ASSIGNED = re.compile(r"[A-Za-z_]\w* = \S.*;\s*$")
_LEAST_CODE_SIGNS = 3
"""of other kinds than the semicolon, which lists and faces (^^;) have too"""
_CODE_SHARE = 0.08
_SEPARATOR = re.compile(r"\s*[|｜¦•∙►▶→›]+\s*|\s*»\s+|\s+[·・>/○●▪■–—-]\s+")
_LEADER = re.compile(r"[.·․‥…・]{4,}\s*[\divxlc]+\s*$")
"""dots up to a page number"""
_BAR_FOR_DANDA = re.compile(r"[\u0900-\u0dff]\s*\|")
_LEAST_SEGMENTS = 4
_SEGMENT_UNITS = 20
_SEGMENT_UNITS_BARS = 8
"""mean length up to which pieces between separators are entries and not clauses; less where | may stand for a danda"""
_STOP = re.compile(r"[.!?…։‥。．！？｡।॥።፧៖؟۔။།༎༏༐༑༔។៕៚᙮᠃᠉꓿꘎꘏꛳꩝꩞꩟꯫߹܀܁܂]['\"’”»›」』】》）)\]\s]*$")
_LOOSE_UNITS = 80
_CUT_OFF = re.compile(r"[\[［【〔(（]\s*(?:…+|\.\.\.+|\u2026\u2026)\s*[\]］】〕)）]\s*$")


def is_unclosed(text: str) -> bool:
    """Whether no stop of any script ends `text`."""
    return _STOP.search(text[-12:]) is None


def is_loose(text: str) -> bool:
    """Whether it is short and without a stop, as headings, menus and page heads are."""
    return len(text) <= _LOOSE_UNITS and is_unclosed(text) and size(text) <= _LOOSE_UNITS


def is_a_run(text: str, made: Makeup, least: int) -> bool:
    """Whether fewer than `least` units are left once runs of one character count as one: ㅋㅋㅋㅋㅋㅋ.

    made: of `text`.
    """
    if made.repeats < _LEAST_REPEATS or _RUN.search(text) is None:
        return False
    return size(_RUN.sub(r"\1", text)) < least


def is_signs(text: str, made: Makeup, most: float) -> bool:
    """Whether more than `most` of the units are punctuation and symbols; one that is repeated (...) counts once.

    made: of `text`.
    """
    return made.sign_share > most and makeup(_SIGNS_AGAIN.sub(r"\1", text)).sign_share > most


def is_address(text: str, most: float) -> bool:
    """Whether more than `most` of the characters belong to web or mail addresses."""
    if "/" not in text and "@" not in text and "www." not in text:
        return False
    inside = sum(len(match[0]) for match in _ADDRESS.finditer(text))
    return inside > most * (len(text) - text.count(" "))


def is_code(text: str) -> bool:
    """Whether it looks like a line of a program, of markup or of a formula."""
    if _MAYBE_CODE.search(text) is None:
        return False
    if _ASSIGNED.search(text):
        return True
    if _CODE_SHAPE.search(text) is None:
        return False
    signs = len(_CODE_SIGN.findall(text))
    return signs >= _LEAST_CODE_SIGNS and signs >= _CODE_SHARE * (len(text) - text.count(" "))


def is_menu(text: str) -> bool:
    """Whether it is a row of short entries between separators without a stop (a menu, a trail, a table row), or a line
    of a table of contents.
    """
    if text[-1:].isalnum() and _LEADER.search(text):
        return True
    if not is_unclosed(text) or _SEPARATOR.search(text) is None:
        return False
    segments = [segment for segment in _SEPARATOR.split(text) if segment.strip()]
    most = _SEGMENT_UNITS_BARS if _BAR_FOR_DANDA.search(text) else _SEGMENT_UNITS
    return len(segments) >= _LEAST_SEGMENTS and sum(map(size, segments)) <= most * len(segments)


def is_cut_off(text: str) -> bool:
    """Whether it ends in [...] or […]: the beginning of a text that stands elsewhere."""
    return text[-1:] in "]］】〕)）" and _CUT_OFF.search(text) is not None
