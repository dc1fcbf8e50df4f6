"""How much of a text is made of a language's commonest words: little in most others, whatever a detector says."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

from simcse_ml.languages.language import Language
from simcse_ml.languages.scripts import script_counts, units


class WordCounts:
    """The words of a text, counted once for many languages."""

    def __init__(self, pieces: Iterable[str]) -> None:
        self.text = "\n".join(pieces).lower()
        apart = {ord(char): " " for char in set(self.text) if not _in_words(char)}
        self.words = Counter(self.text.translate(apart).split())

    def share(self, language: Language, script: str) -> float | None:
        """The share of the text that the commonest words of `language` make, None if none are known in that script."""
        words = [word for word in dict.fromkeys(language.words) if script in script_counts(word)]
        if not words:
            return None
        return self._between_blanks(words) if language.spaced else self._anywhere(words)

    def _between_blanks(self, words: Sequence[str]) -> float:
        return sum(self.words[word] for word in words) / max(1, self.words.total())

    def _anywhere(self, words: Sequence[str]) -> float:
        return sum(self.text.count(word) * units(word) for word in words) / max(1, units(self.text))


def _in_words(char: str) -> bool:
    """Letters, their marks and joiners, apostrophes."""
    return unicodedata.category(char)[0] in "LM" or char in "'’\u200c\u200d"
