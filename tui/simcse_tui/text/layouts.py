"""Keys in the same place on other keyboards: a Cyrillic or Greek layout need not be left to press a command key."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

_PLACES = "qwertyuiopasdfghjklzxcvbnm"


def _letters(letters: str, places: str = _PLACES) -> dict[str, str]:
    lower = dict(zip(letters, places, strict=True))
    upper = {a.upper(): b.upper() for a, b in lower.items() if a.upper() != a and len(a.upper()) == 1}
    return {**lower, **upper}


LAYOUTS: Mapping[str, Mapping[str, str]] = {
    "ru": _letters("йцукенгшщзфывапролдячсмить"),
    "el": _letters("ςερτυθιοπασδφγηξκλζχψωβνμ", "wertyuiopasdfghjklzxcvbnm"),
    "he": _letters("קראטוןםפשדגכעיחלךזסבהנמצ", "ertyuiopasdfghjklzxcvbnm"),
    "ar": _letters("ضصثقفغعهخحشسيبلاتنمئءؤرىة", "qwertyuiopasdfghjklzxcvnm"),
    "ko": _letters("ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡ"),
    "th": _letters("ๆไำพะัีรนยฟหกดเ้่าสผปแอิืท"),
    "fr": _letters("azertyuiopqsdfghjklmwxcvbn", "qwertyuiopasdfghjkl;zxcvbn"),
}
"""layout -> character -> the character at that place on a US keyboard; "fr" is used only when it is chosen"""

_CHOSEN_ONLY = frozenset({"fr"})


def fold(character: str, chosen: str = "") -> tuple[str, str]:
    """The key meant by a character that is bound to nothing, and the layout it was read by.

    chosen: a name of LAYOUTS, "" to tell by the character itself.  Returns ("", "") where nothing is meant.
    """
    narrow = unicodedata.normalize("NFKC", character)
    if narrow != character and len(narrow) == 1 and narrow.isascii():
        return narrow, "wide"
    names = [chosen] if chosen else [name for name in LAYOUTS if name not in _CHOSEN_ONLY]
    for name in names:
        key = LAYOUTS.get(name, {}).get(character)
        if key is not None:
            return key, name
    return "", ""
