"""What script and language a text is in: a hint for people, never a reason to refuse a text.

py3langid knows some 140 languages and answers for any text; where it knows none of the script, the table's languages
of that script are the answer.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from simcse_ml.languages.scripts import COMMON, NOT_OF_ONE_SCRIPT, script_counts, units
from simcse_ml.languages.table import all_languages, find_language

MOST_PIECES = 200
"""pieces that are looked at, spread over the text: enough for a share to within a few percent"""
LONG = 200
"""letters from which a piece is no surer for being longer"""
LEAST_SHARE = 0.05
"""languages with less than this are left out: single pieces are often mistaken"""


@dataclass(frozen=True)
class Detected:
    """scripts: (ISO 15924 code, share of the letters), largest first.

    languages: (code, certainty), likeliest first; certainty is the mean probability over the pieces looked at, by their
    length, 0 to 1.
    by: what the languages were told by; "script" means one of these, without knowing which.
    """

    scripts: tuple[tuple[str, float], ...]
    languages: tuple[tuple[str, float], ...]
    by: Literal["words", "script", "nothing"]


def detect(pieces: Sequence[str]) -> Detected:
    """What `pieces` (lines, sentences) are written in."""
    counts: Counter[str] = Counter()
    for piece in pieces:
        counts.update(script_counts(piece))
    letters = {script: count for script, count in counts.items() if script not in NOT_OF_ONE_SCRIPT}
    total = sum(letters.values())
    scripts = tuple((script, count / total) for script, count in sorted(letters.items(), key=lambda item: -item[1]))
    main = scripts[0][0] if scripts else COMMON
    by_words = _by_words(pieces, main)
    if by_words:
        return Detected(scripts, by_words, "words")
    of_script = [info.code for info in all_languages() if info.scripts[0] == main and info.code != "und"]
    by_script = tuple((code, 1 / len(of_script)) for code in of_script)
    return Detected(scripts, by_script, "script" if by_script else "nothing")


def _by_words(pieces: Sequence[str], script: str) -> tuple[tuple[str, float], ...]:
    """py3langid's answer over the pieces, without languages that are not written in `script`."""
    model = identifier()
    looked_at = _spread([piece for piece in pieces if script in script_counts(piece)])
    weights = [min(units(piece), LONG) for piece in looked_at]  # a heading of two words says little
    shares: defaultdict[str, float] = defaultdict(float)
    for piece, weight in zip(looked_at, weights, strict=True):
        for label, probability in model.rank(piece):
            if probability < 0.01:
                break
            found = find_language(label)
            if found is not None and script in found.scripts:
                shares[found.code] += probability * weight / sum(weights)
    likely = sorted(((share, code) for code, share in shares.items() if share >= LEAST_SHARE), reverse=True)
    return tuple((code, min(1.0, share)) for share, code in likely)


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
