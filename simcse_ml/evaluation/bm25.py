"""BM25 over n-grams: what searching documents costs nothing with (Robertson, Zaragoza 2009, doi 10.1561/1500000019)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from simcse_ml.evaluation.scoreboard import BM25
from simcse_ml.evaluation.tasks.contract import Sides
from simcse_ml.models.counting import KINDS, CountingKind, occurrences
from simcse_ml.models.ngrams import COLUMNS

BM25_KINDS: tuple[CountingKind, ...] = ("chars_1_2", "chars_2_4_in_words", "words")
K1, B = 1.2, 0.75
"""how soon a feature's further occurrences stop to count, and how much a document's length does: Lucene's"""


def bm25_label(kind: CountingKind) -> str:
    """The row of a kind in a score table."""
    return f"counting ({BM25}, {KINDS[kind].title})"


def bm25_sides(queries: Sequence[str], documents: Sequence[str], kind: CountingKind) -> Sides:
    """Sides whose product is the BM25 score of a document for a query.

    sum over features f of the query (as often as they are in it) of idf(f) tf (K1 + 1) / (tf + K1 (1 - B + B l / mean
    l)), l the features in the document; idf(f) = ln(1 + (N - df + .5) / (df + .5)), which is never negative.
    """
    counts = occurrences(documents, kind)
    frequency = np.bincount(counts.indices, minlength=COLUMNS)
    weight = np.log1p((len(documents) - frequency + 0.5) / (frequency + 0.5))
    lengths = np.asarray(counts.sum(axis=1), np.float64).ravel()
    damped = K1 * (1 - B + B * lengths / max(lengths.mean(), 1.0))
    times = counts.data
    told = times * (K1 + 1) / (times + np.repeat(damped, np.diff(counts.indptr))) * weight[counts.indices]
    counts.data = told.astype(np.float32)
    return Sides(occurrences(queries, kind).astype(np.float32), counts)
