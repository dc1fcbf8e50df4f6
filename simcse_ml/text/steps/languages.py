"""Sentences in another language of the same script: a hint for the person, and a filter only where it is asked for.

py3langid always answers, also for what it never learnt, so its word counts only for corpora in a language that it knows
and for sentences that are not short. Of the clean sentences of 60 languages it then gives a wrong answer with a
probability over 0.9 for 2.2 % of the Latgalian ones (Latvian, it says), 2.1 % of the Cantonese ones, and at most 0.6 %
of any other; it finds 93 % of English ones, 97 % of Swahili ones, 72 % of Arabic ones, 14 % of Chinese ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from simcse_ml.languages.table import Language, find_language
from simcse_ml.text.steps.makeup import makeup

SURE = 0.9
"""probability from which a sentence counts for the hint"""
SURE_TO_DROP = 0.99
"""wrong in at most 0.1 % of clean sentences, Latgalian apart (1.5 %)"""
LEAST_LETTERS = 40
"""units; shorter sentences are not judged"""
LEAST_SENTENCES = 200
"""judged sentences without which no share is said"""
LEAST_SHARE = 0.025
"""share of the judged sentences from which a language is named"""


def other_language_test(language: Language) -> Callable[[str], bool]:
    """A function that tells whether a sentence is surely in another language than `language`; false for every sentence
    if `language` is none that can be told.
    """

    def is_other(sentence: str) -> bool:
        return _other(sentence, language, SURE_TO_DROP) is not None

    return is_other


def language_hints(sentences: Sequence[str], language: Language) -> list[str]:
    """What a person should know of the languages of `sentences`, a sample: nothing, or one line."""
    judged = [text for text in sentences if makeup(text).letters >= LEAST_LETTERS]
    if len(judged) < LEAST_SENTENCES or not is_told(language):
        return []
    counts = Counter(other for text in judged if (other := _other(text, language, SURE)) is not None)
    said = [(code, count / len(judged)) for code, count in counts.most_common(2) if count >= LEAST_SHARE * len(judged)]
    if not said:
        return []
    shares = ", ".join(f"{_name(code)} ({share:.0%})".replace("%", " %") for code, share in said)
    mend = "check --lang" if said[0][1] > 0.5 else "text.other_languages=drop leaves them out"
    return [f"some sentences look like {shares}; {mend}"]


def is_told(language: Language) -> bool:
    """Whether the identifier knows `language`."""
    from simcse_ml.languages.detect import identifiable

    return language.code in identifiable()


def _other(sentence: str, language: Language, sure: float) -> str | None:
    """The code of the other language that `sentence` is in with a probability over `sure`."""
    if makeup(sentence).letters < LEAST_LETTERS or not is_told(language):
        return None
    from simcse_ml.languages.detect import identify

    code, probability = identify(sentence)
    return code if probability > sure and code not in ("", language.code) else None


def _name(code: str) -> str:
    found = find_language(code)
    return found.name if found is not None else code
