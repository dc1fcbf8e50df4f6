"""Whether a sentence is what the filters of a query ask for.

What is one number a row is decided for all rows at once; what needs the text is decided row by row, best first, and
only until enough are found.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import regex
from numpy.typing import NDArray

from simcse_ml.languages.clusters import length
from simcse_ml.languages.scripts import dominant_script
from simcse_ml.languages.tags import characters_of, subtags
from simcse_ml.models.ngrams import plain
from simcse_ml.search.grammar import BadQuery, Condition, Query
from simcse_ml.search.overlap import Grams, lexical_overlap, trigrams

ROW_KEYS = frozenset({"score", "pct", "own", "line", "src", "is"})
TEXT_KEYS = frozenset({"phrase", "len", "script", "lang", "re", "lex"})
MARK_KEYS = frozenset({"hub", "mutual", "dup"})
"""what is known only of hits"""
SECONDS = 0.05
"""that a regular expression may take for one sentence"""
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Columns:
    """One number a row, (rows,) each: NaN where it is not known.  pins: rows."""

    score: NDArray[np.floating]
    pct: NDArray[np.floating]
    own: NDArray[np.floating]
    documents: NDArray[np.integer]
    pins: Collection[int] = ()


def row_mask(query: Query, columns: Columns) -> Mask:
    """(rows,) whether the filters that are one number a row hold."""
    count = len(columns.score)
    mask = np.ones(count, np.bool_)
    for condition in query.conditions:
        if condition.key == "is":
            held = np.zeros(count, np.bool_)
            held[[row for row in columns.pins if row < count]] = True
            mask &= held != condition.negated
        elif condition.key == "line":
            mask &= _within(condition, np.arange(count))
        elif condition.key == "src":
            mask &= _within(condition, columns.documents)
        elif condition.key in ROW_KEYS:
            mask &= _within(condition, getattr(columns, condition.key))
    return mask


@dataclass(frozen=True)
class TextConditions:
    """The filters that need the text.  sought: trigrams of the query, what `lex` is counted with.

    language: text -> code, asked only where `lang` is.
    Raises (when called): BadQuery where a regular expression takes too long.
    """

    conditions: tuple[Condition, ...]
    sought: Grams
    language: Callable[[str], str]
    _patterns: dict[str, regex.Pattern[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, query: Query, sought: Grams, language: Callable[[str], str]) -> TextConditions:
        return cls(tuple(one for one in query.conditions if one.key in TEXT_KEYS), sought, language)

    def __bool__(self) -> bool:
        return bool(self.conditions)

    def hold(self, text: str) -> bool:
        """Whether all of them do."""
        return all(self._tests[one.key](one, text) for one in self.conditions)

    @cached_property
    def _tests(self) -> Mapping[str, Callable[[Condition, str], bool]]:
        phrases = {one.word: plain(one.word) for one in self.conditions if one.key == "phrase"}
        return {
            "phrase": lambda one, text: (phrases[one.word] in plain(text)) != one.negated,
            "len": lambda one, text: one.holds(length(text)),
            "script": lambda one, text: (
                (dominant_script([text]) in characters_of(one.word.capitalize())) != one.negated
            ),
            "lang": lambda one, text: (_main(self.language(text)) == _main(one.word)) != one.negated,
            "re": self._matches,
            "lex": lambda one, text: one.holds(lexical_overlap(self.sought, trigrams(text))),
        }

    def _matches(self, condition: Condition, text: str) -> bool:
        pattern = self._patterns.setdefault(condition.word, regex.compile(condition.word))
        try:
            found = pattern.search(text, timeout=SECONDS) is not None
        except TimeoutError as error:
            raise BadQuery(f"this regular expression takes too long: {condition.word}", 0, 1) from error
        return found != condition.negated


def _within(condition: Condition, values: NDArray[np.floating] | NDArray[np.integer]) -> Mask:
    low, high = condition.low, condition.high
    inside = (values > low) & (values < high) if condition.open_ends else (values >= low) & (values <= high)
    known = ~np.isnan(values)
    mask: Mask = known & (inside != condition.negated)
    return mask


def _main(tag: str) -> str:
    return subtags(tag)[0] if tag else ""
