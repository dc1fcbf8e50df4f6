"""What the splitter knows of a language, put together from the tables once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, TypeVar

from simcse_ml.languages.scripts import is_unspaced
from simcse_ml.languages.table import Language
from simcse_ml.text.splitting.abbreviations import MAY_BE_LAST, NAMES, NEVER_LAST, abbreviations
from simcse_ml.text.splitting.marks import BRACKETS, QUOTES, SHADS, any_of, marks_of, run_pattern
from simcse_ml.text.splitting.quoting import GOES_ON, NEVER_BEGINS

T = TypeVar("T")

ORDINALS = frozenset("de da no nn sv is fi et lv lt pl cs sk sl hr sr bs hu tr az lb fo eu dsb hsb ltg".split())
"""languages that write 3. for third"""
NOUNS_WITH_CAPITALS = frozenset({"de", "lb"})
STARTS: Mapping[str, frozenset[str]] = {
    "de": frozenset(
        """Der Die Das Dem Den Des Ein Eine Einen Einem Einer Er Sie Es Wir Ihr Ich Man Dann Danach Dabei Damit Dies
        Diese Dieser Dieses Doch Aber Und Auch Im In Am An Auf Aus Bei Mit Nach Von Vor Zu Zum Zur Für Als Da Wenn Wie
        Wo Was Wer So Nun Heute Später Seit Seine Ihre Sein Hier Dort Durch Bis Ob Nur Nicht Jedoch Allerdings Zudem
        Außerdem""".split()
    ),
    "en": frozenset(
        """The A An He She It They We You I This That These Those There His Her Its Their My Our Your But And However In
        On At By For From With After Before When While If As So Then What Who Why How Is Are Was Were Do Does Did No Not
        Yes One Some Many Most All Both Since Although Though Because During Later Today Now Here Also""".split()
    ),
}
"""words with a capital that begin a sentence, also behind an ordinal (de) or initials"""

OWN_STOPS: Mapping[str, str] = {
    **dict.fromkeys(("Deva", "Beng", "Guru", "Gujr", "Orya"), "।"),
    **{"Armn": "։", "Olck": "᱾", "Cans": "᙮", "Arab": "۔", "Ethi": "።", "Nkoo": "\u07f9"},
}
"""a paragraph that has one of these uses full stops and colons for other things"""

ONE_LETTER_WORDS: Mapping[str, str] = {
    **{
        "ru": "я",
        "uk": "я є",
        "be": "я",
        "bg": "я",
        "mk": "ѝ",
        "tr": "o",
        "az": "o",
        "vi": "ạ à á ừ ồ ơ ý ô ở ủ ế ố ó",
        "ps": "و ده",
        "ne": "छ हो",
    },
    **{"si": "ය වේ වූ වී දී යි ද ම", "he": "", "hi": "है थी था हो", "mr": "हो", "te": "ది", "gu": "છે હતી"},
}
"""words of one letter, marks not counted, that may end a sentence: others are initials"""


class Extra(NamedTuple):
    """More that ends a sentence: the characters it begins with, and a regular expression."""

    begins: str
    pattern: str


_NOTHING = Extra("", "")
_BAR = Extra("|", r"\|(?=\s|$)")  # typed for a danda
_WORD_SPACES = Extra("፡:", "፡፡|::")  # typed for an Ethiopic full stop

EXTRA: Mapping[str, Extra] = {
    # laughter, tears, and the wave that softens an ending close a sentence in chat; ㅋ is never inside a word
    "ko": Extra("ㅋㅎㅠㅜ~", "[ㅋㅎㅠㅜ]+|~+"),
    "km": Extra("", r"។\s?ល\s?។"),  # and so on
    **dict.fromkeys(("am", "ti"), _WORD_SPACES),
    **dict.fromkeys(("hi", "mr", "ne", "sa", "bho", "bn", "as"), _BAR),
}
INSIDE: Mapping[str, str] = {
    "km": r"។\s?ល\s?។(?=\s*(?:សម្រាប់|ក្នុង|នៅ|ដែល|ដើម្បី|ជា|ទៅ|និង|របស់|ដោយ|ពី|ក៏))",
}
"""passed over: marks that stand inside a sentence"""

KOREAN_LAST = frozenset("다요까죠네음임함됨지군구라자냐니걸듯데게해야")
"""syllables that verbs end with: dots behind another are a pause"""


@dataclass(frozen=True)
class Rules:
    """any_mark: finds any place where a sentence may end.  first: that, or the beginning of a quotation or bracket.

    run: marks.run_pattern of the language.  inside: what is passed over though it has marks.  full_stop: whether . is
    one of its terminators.  own_stops: see OWN_STOPS.  never_last, may_be_last: abbreviations.  words: of one letter.
    ordinals: 3. is third.  starts: see STARTS.  capitals: nouns have capitals.  goes_on: what follows a quotation
    inside a sentence.  never_begins: what no sentence begins with.  names: with a mark inside.  unspaced: no blanks
    between words.
    """

    any_mark: re.Pattern[str]
    first: re.Pattern[str]
    run: re.Pattern[str]
    inside: re.Pattern[str] | None
    full_stop: bool
    own_stops: str
    never_last: frozenset[str]
    may_be_last: frozenset[str]
    words: frozenset[str]
    ordinals: bool
    starts: frozenset[str]
    capitals: bool
    goes_on: re.Pattern[str] | None
    never_begins: re.Pattern[str] | None
    names: tuple[str, ...]
    unspaced: bool


@lru_cache(maxsize=16)
def rules_for(language: Language) -> Rules:
    """The rules of a language; its `splitter` says whose it shares."""
    codes = (language.code, language.code.partition("-")[0], language.splitter)
    script = language.scripts[0]
    extra = _first(EXTRA, codes, _NOTHING)
    inside = _first(INSIDE, codes, "")
    marks = marks_of(language.terminators, SHADS if script == "Tibt" else frozenset())
    return Rules(
        any_mark=any_of([*marks, *extra.begins]),
        first=any_of([*marks, *extra.begins, *QUOTES, *BRACKETS]),
        run=run_pattern(marks, extra.pattern),
        inside=re.compile(inside) if inside else None,
        full_stop="." in language.terminators,
        own_stops=OWN_STOPS.get(script, ""),
        never_last=abbreviations(NEVER_LAST, codes),
        may_be_last=abbreviations(MAY_BE_LAST, codes),
        words=frozenset(_first(ONE_LETTER_WORDS, codes, "").split()),
        starts=_first(STARTS, codes, frozenset()),
        ordinals=bool(ORDINALS.intersection(codes)),
        capitals=bool(NOUNS_WITH_CAPITALS.intersection(codes)),
        goes_on=_first(GOES_ON, codes, None),
        never_begins=_first(NEVER_BEGINS, codes, None),
        names=tuple(_first(NAMES, codes, "").split()),
        unspaced=is_unspaced(script) and not language.spaced,
    )


def _first(table: Mapping[str, T], codes: tuple[str, ...], other: T) -> T:
    return next((table[code] for code in codes if code in table), other)
