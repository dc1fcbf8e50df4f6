"""Which of the encodings before Unicode a text is in: all of them are tried, and the most likely reading wins.

Each reading is judged by what it says: how much likelier its n-grams are in some language than in any (py3langid's
model), less what no text has. The language a person named, and the encodings it was written in, count as evidence too,
so that a wrong --lang is outvoted by a clear text.
"""

from __future__ import annotations

import codecs
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from simcse_ml.languages.likelihood import log_ratios, model_languages
from simcse_ml.languages.scripts import script_of
from simcse_ml.languages.table import all_languages
from simcse_ml.text.encodings.guess import Guess
from simcse_ml.text.encodings.names import python_name
from simcse_ml.text.plausibility import ALPHABETS, FILLER, controls, implausibility
from simcse_ml.text.sources.blocks import Hints

CANDIDATES: Sequence[str] = (
    "cp1252", "cp932", "gb18030", "cp949", "cp1251", "cp1250", "big5hkscs", "euc_jp", "cp1256", "cp1254", "cp874",
    "cp1253", "cp1255", "cp1257", "cp1258", "koi8_r", "koi8_u", "iso8859_15", "iso8859_2", "iso8859_5", "iso8859_7",
    "iso8859_6", "iso8859_8", "iso8859_9", "iso8859_13", "iso8859_4", "iso8859_3", "iso8859_10", "iso8859_14",
    "iso8859_16", "cp950", "big5", "euc_kr", "johab", "euc_jis_2004", "cp866", "cp850", "cp852", "mac_roman", "cp437",
    "cp857", "cp775", "cp737", "cp862", "cp720", "cp864", "cp865", "cp861", "cp860", "cp1125", "mac_cyrillic",
    "mac_latin2", "mac_greek", "mac_turkish", "mac_iceland", "ptcp154", "kz1048", "koi8_t",
)  # fmt: skip
"""commonest first"""
SAMPLE = 6000
"""bytes that are judged"""
LINE = 600
"""bytes of one line that are judged"""
OTHER_LANGUAGE = 10.0
"""nats against a language that is not the one named"""
OTHER_SCRIPT = 25.0
"""nats against one that is not written in any script of the one named"""
UNUSUAL = 5.0
"""nats against an encoding that the language is not known to be written in"""
MOST_CONTROLS = 0.02
"""share of control characters above which no reading is text"""
FOREIGN_LETTER = 3.0
"""weight of letters by themselves, which drown among all n-grams if they are rare (Estonian š, read as ð)"""
LEAST = -20.0
"""nats below which even the best reading is no text"""
ALIKE = 0.98
"""share of equal characters from which two readings count as one: they part in some rare symbol"""


@dataclass(frozen=True)
class Reading:
    """The head as one encoding reads it. score: nats."""

    encoding: str
    sample: str
    score: float


def guess_legacy(head: bytes, hints: Hints, also: Sequence[str] = ()) -> Guess | None:
    """The likeliest encoding of `head`, None if none makes sense of it. also: further candidates."""
    found = readings(head, hints, also)
    best = max(found, key=lambda reading: reading.score, default=None)
    if best is None or best.score < LEAST or controls(best.sample) > MOST_CONTROLS * len(best.sample):
        return None
    rivals = [other.score for other in found if not _alike(best.sample, other.sample)]
    return Guess(best.encoding, certainty(best.score, rivals))


def readings(head: bytes, hints: Hints, also: Sequence[str] = ()) -> list[Reading]:
    """Every candidate that can read most of `head`."""
    plain = head.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    lines = chosen_lines(plain.split(b"\n"))
    above = sum(byte > 0x7F for byte in plain)
    named = [python_name(name) for name in hints.encodings]
    known: dict[str, float] = {}
    found: list[Reading] = []
    for encoding in dict.fromkeys((*named, *CANDIDATES, *also)):
        text = codecs.getincrementaldecoder(encoding)("replace").decode(plain)
        damage = text.count("\ufffd") + text.count(FILLER)
        if damage > 0.1 * above:
            continue
        sample = _sampled(text, lines)
        if sample not in known:
            known[sample] = -implausibility(sample)
        found.append(Reading(encoding, sample, known[sample] - 2.0 * math.log1p(damage)))
    least = max((reading.score for reading in found), default=0.0) - 400.0
    likely = [reading for reading in found if reading.score >= least]
    ratios = {sample: log_ratios(sample) + _letters(sample) for sample in {reading.sample for reading in likely}}
    return [
        Reading(
            one.encoding,
            one.sample,
            one.score + float((_density(one) * ratios[one.sample] + prior(one.encoding, hints)).max()),
        )
        for one in likely
    ]


def _density(reading: Reading) -> float:
    """What an n-gram of bytes of UTF-8 weighs: a byte of Thai is three there, one of Hangul one and a half."""
    sample = reading.sample
    return len(sample.encode(reading.encoding, "replace")) / max(1, len(sample.encode()))


def _letters(sample: str) -> NDArray[np.float64]:
    """(languages of the model,) nats against each for letters that are not of its alphabet."""
    against = np.zeros(len(model_languages()))
    for character, count in Counter(sample).items():
        if character > "\x7f" and script_of(character) in ALPHABETS:
            against += FOREIGN_LETTER * math.log1p(count) * np.minimum(0.0, _letter(character))
    return against


@lru_cache(maxsize=4096)
def _letter(character: str) -> NDArray[np.float64]:
    return log_ratios(character)


def certainty(best: float, rivals: Sequence[float]) -> float:
    """Probability that the best reading is right. N-grams overlap, so their evidence is worth less than it says."""
    margin = best - max(rivals, default=best - 100.0)
    return 1.0 / (1.0 + math.exp(-margin / 4.0))


def prior(encoding: str, hints: Hints) -> NDArray[np.float64]:
    """(languages of the model,) nats for `encoding` and each language, before a letter is read."""
    return _encoding_prior(encoding) + _language_prior(hints)


@lru_cache(maxsize=128)
def _encoding_prior(encoding: str) -> NDArray[np.float64]:
    rare = CANDIDATES.index(encoding) / 20.0 if encoding in CANDIDATES else 3.0
    places = [_place(encoding, code) for code in model_languages()]
    return np.array([-0.5 * place if place is not None else -UNUSUAL - rare for place in places])


def _place(encoding: str, code: str) -> int | None:
    """Where `encoding` stands among those of the language and its regions; None if it is not there."""
    lists = [info.encodings for info in all_languages() if info.code.partition("-")[0] == code.partition("-")[0]]
    places = [place for names in lists for place, name in enumerate(names) if python_name(name) == encoding]
    return min(places, default=None)


@lru_cache(maxsize=8)
def _language_prior(hints: Hints) -> NDArray[np.float64]:
    codes = model_languages()
    base = hints.language.partition("-")[0]
    if not base:
        return np.zeros(len(codes))
    scripts = set(hints.scripts)
    own = {code for code in codes if code.partition("-")[0] == base}
    if not own:  # not in the model: any language of its script may stand for it
        own = {info.code for info in all_languages() if info.code != "und" and scripts & set(info.scripts)}
    alike = own | {info.code for info in all_languages() if info.code != "und" and scripts & set(info.scripts)}
    return np.array([0.0 if code in own else -OTHER_LANGUAGE if code in alike else -OTHER_SCRIPT for code in codes])


def chosen_lines(lines: Sequence[bytes]) -> list[tuple[int, float]]:
    """(number, share of it that is looked at) of the lines that tell most, some SAMPLE bytes: one for every byte that
    occurs, then lines with any byte above ASCII.
    """
    seen: set[int] = set()
    rare: list[int] = []
    other: list[int] = []
    for number, line in enumerate(lines):
        if line.isascii():
            continue
        new = {byte for byte in line[:LINE] if byte > 0x7F} - seen
        seen |= new
        (rare if new else other).append(number)
    step = max(1, len(other) * 60 // SAMPLE)
    chosen: list[tuple[int, float]] = []
    size = 0
    for number in (*rare, *other[::step]):
        if size >= SAMPLE:
            break
        length = len(lines[number])
        limit = LINE if len(rare) + len(other) > SAMPLE // LINE else SAMPLE
        chosen.append((number, min(1.0, limit / length)))
        size += min(length, limit)
    return sorted(chosen)


def _sampled(text: str, lines: Sequence[tuple[int, float]]) -> str:
    parts = text.split("\n")
    return "\n".join(parts[at][: math.ceil(share * len(parts[at]))] for at, share in lines if at < len(parts))


def _alike(one: str, other: str) -> bool:
    if len(one) != len(other):
        return False
    if one == other:
        return True
    telling = [(a, b) for a, b in zip(one, other, strict=True) if a > "\x7f" or b > "\x7f"]
    return sum(a == b for a, b in telling) >= ALIKE * len(telling)
