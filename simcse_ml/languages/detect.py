"""What script and language a text is in: a hint for people, never a reason to refuse a text.

Two witnesses: py3langid knows some 140 languages and names one of them for any text; the table has the commonest words
of most of its languages. Where they agree the answer is sure. Where the text has hardly any of the words of py3langid's
answer, or many of a language that it does not know, the words are believed. Where py3langid knows no language of the
script, the table's languages of that script are the answer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from simcse_ml.languages.common_words import WordCounts
from simcse_ml.languages.language import Language
from simcse_ml.languages.scripts import COMMON, letter_shares, script_counts, units
from simcse_ml.languages.table import all_languages, find_language

MOST_PIECES = 200
"""pieces that are looked at, spread over the text: enough for a share to within a few percent"""
LONG = 200
"""letters from which a piece is no surer for being longer"""
LEAST_SHARE = 0.05
"""languages with less than this are left out: single pieces are often mistaken"""
LEAST_WORDS = 0.02
"""share of a text that the table's words of its language make: at least this in 169 of 174 texts, and less in 84 % of
their pairings with another language of the script (benchmarks/LOG.md)"""
MANY_WORDS = 0.03
"""from here on words speak for a language that py3langid does not know"""
CLEARLY = 1.5
"""how many times as many of its words as of the other's a text has"""


SURE = 0.5
"""certainty from which a mistake in the language is spoken of"""


@dataclass(frozen=True)
class Detected:
    """scripts: (ISO 15924 code, share of the letters), largest first.

    languages: (code, certainty), likeliest first; certainty, 0 to 1, is py3langid's mean probability over the pieces,
    by their length, less where the text lacks the commonest words of that language.
    by: what the languages were told by; "script" means one of these, without knowing which.
    """

    scripts: tuple[tuple[str, float], ...]
    languages: tuple[tuple[str, float], ...]
    by: Literal["words", "script", "nothing"]


def detect(pieces: Sequence[str]) -> Detected:
    """What `pieces` (lines, sentences) are written in."""
    scripts = letter_shares(pieces)
    main = scripts[0][0] if scripts else COMMON
    looked_at = _spread([piece for piece in pieces if main in script_counts(piece)])
    by_words = _by_words(looked_at, main)
    if by_words:
        return Detected(scripts, by_words, "words")
    of_script = [info.code for info in _written_in(main) if info.scripts[0] == main]
    of_script = of_script or [info.code for info in _written_in(main)]
    by_script = tuple((code, 1 / len(of_script)) for code in of_script)
    return Detected(scripts, by_script, "script" if by_script else "nothing")


def mistaken_for(pieces: Sequence[str], language: Language) -> Language | None:
    """The language that the text seems to be in, where it has hardly any of the commonest words of `language`.

    py3langid is asked only where the words say so. None: the text may well be in `language`.
    """
    scripts = letter_shares(pieces)
    looked_at = _spread(pieces)
    counts = WordCounts(looked_at)
    own = [share for script in language.scripts if (share := counts.share(language, script)) is not None]
    if not scripts or not own or max(own) >= LEAST_WORDS:
        return None
    most = max(_shares(counts, scripts[0][0]).values(), default=0.0)
    if most < max(MANY_WORDS, 2 * CLEARLY * max(own)):
        return None
    found = detect(looked_at).languages
    return find_language(found[0][0]) if found and found[0][1] >= SURE and found[0][0] != language.code else None


def _by_words(pieces: Sequence[str], script: str) -> tuple[tuple[str, float], ...]:
    """(code, certainty) by both witnesses, without languages that are not written in `script`; () if neither knows."""
    if not pieces:
        return ()
    counts = WordCounts(pieces)
    shares = _shares(counts, script)
    heard = _from_py3langid(pieces, script)
    if len(_written_in(script)) > 1:
        heard = {code: certainty * _trust(shares.get(code)) for code, certainty in heard.items()}
    best = max(heard, key=lambda code: heard[code], default="")
    unheard = {code: share for code, share in shares.items() if code not in _known(script)}
    other = max(unheard, key=lambda code: unheard[code], default="")
    if other and unheard[other] >= max(MANY_WORDS, CLEARLY * shares.get(best, 0.0)):
        next_best = max((share for code, share in shares.items() if code != other), default=0.0)
        certainty = unheard[other] / (unheard[other] + next_best)
        heard = {code: share * (1 - certainty) for code, share in heard.items()} | {other: certainty}
    likely = sorted(((share, code) for code, share in heard.items() if share >= LEAST_SHARE), reverse=True)
    return tuple((code, min(1.0, share)) for share, code in likely)


def _trust(share: float | None) -> float:
    """What is left of a certainty when the commonest words of that language make `share` of the text."""
    return 1.0 if share is None else min(1.0, share / LEAST_WORDS)


def _shares(counts: WordCounts, script: str) -> dict[str, float]:
    """For the languages whose words are known in `script`: which share of the text they make."""
    shares = {info.code: counts.share(info, script) for info in _written_in(script)}
    return {code: share for code, share in shares.items() if share is not None}


@lru_cache(maxsize=64)
def _written_in(script: str) -> tuple[Language, ...]:
    return tuple(info for info in all_languages() if script in info.scripts and info.code != "und")


@lru_cache(maxsize=64)
def _known(script: str) -> frozenset[str]:
    """Languages that py3langid knows and that are usually written in `script`."""
    found = [find_language(label) for label in set(identifier().nb_classes)]
    return frozenset(info.code for info in found if info is not None and info.scripts[0] == script)


def _from_py3langid(pieces: Sequence[str], script: str) -> dict[str, float]:
    """py3langid's mean probability of each language over the pieces, by their length."""
    model = identifier()
    weights = [min(units(piece), LONG) for piece in pieces]  # a heading of two words says little
    shares: defaultdict[str, float] = defaultdict(float)
    for piece, weight in zip(pieces, weights, strict=True):
        for label, probability in model.rank(piece):
            if probability < 0.01:
                break
            found = find_language(label)
            if found is not None and script in found.scripts:
                shares[found.code] += probability * weight / max(1, sum(weights))
    return dict(shares)


@lru_cache(maxsize=1)
def identifier() -> Any:  # noqa: ANN401 - a library without types
    """py3langid with the model of its wheel; 0.6 s and 90 MB once."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def _spread(pieces: Sequence[str]) -> Sequence[str]:
    """At most MOST_PIECES of them, evenly spaced."""
    step = max(1, -(-len(pieces) // MOST_PIECES))
    return pieces[::step]


@lru_cache(maxsize=1)
def identifiable() -> frozenset[str]:
    """Codes of the languages that py3langid can tell."""
    found = (find_language(str(label)) for label in identifier().nb_classes)
    return frozenset(language.code for language in found if language is not None)


def identify(piece: str) -> tuple[str, float]:
    """The likeliest language of one piece and its probability; "" for a label that the table has not."""
    label, probability = identifier().classify(piece)
    return _code_of(str(label)), float(probability)


@lru_cache(maxsize=512)
def _code_of(label: str) -> str:
    language = find_language(label)
    return language.code if language is not None else ""
