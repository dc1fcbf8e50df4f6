"""What two texts share in letters: runs of grapheme clusters, and the share of them that is common.

Three letters make a run; of scripts whose one sign says as much as several letters (Han, kana, hangul) two do, or words
of two signs would share nothing. Vowel signs, jamo and joined emoji are never cut, and a script without spaces counts
as any other.
"""

from __future__ import annotations

from functools import lru_cache

from simcse_ml.languages.clusters import clusters
from simcse_ml.languages.scripts import script_of
from simcse_ml.models.grams import SYLLABLES_AND_WORDS
from simcse_ml.models.ngrams import plain

_EDGE = "\x00"
"""before and behind a text that is shorter than a run"""

Grams = frozenset[tuple[str, ...]]


@lru_cache(maxsize=4096)
def trigrams(text: str) -> Grams:
    """Distinct runs of `text`, compared without case, width and punctuation.

    >>> sorted(map("".join, trigrams("Cats!"))), sorted(map("".join, trigrams("金閣寺")))
    (['ats', 'cat'], ['金閣', '閣寺'])
    """
    row = clusters(plain(text))
    heavy = [script_of(cluster[0]) in SYLLABLES_AND_WORDS for cluster in row]
    runs = {
        tuple(row[start : start + size])
        for start in range(len(row))
        if start + (size := 2 if all(heavy[start : start + 2]) else 3) <= len(row)
    }
    return frozenset(runs or ([(_EDGE, *row, _EDGE)] if row else []))


def lexical_overlap(left: Grams, right: Grams) -> float:
    """Share of the runs of the shorter text that the other has, 0 to 1: 1 where one text stands in the other."""
    shorter = min(len(left), len(right))
    return len(left & right) / shorter if shorter else 0.0


def mutual_overlap(left: Grams, right: Grams) -> float:
    """The same of the longer text: 1 only where both have the same runs."""
    longer = max(len(left), len(right))
    return len(left & right) / longer if longer else 0.0
