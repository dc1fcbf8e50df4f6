"""Meaning and words in one score: half the centred cosine of a model, half the cosine of counting.

Measured over 31 single-language sets: the model 71.4, counting 67.6, this fixed mix 72.7; in small languages, where a
multilingual model is unsure, it is worth the most. No labels are needed to choose anything.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcse_ml.search.counted import CountedStore
from simcse_ml.search.neighbours import BLOCK, Hit, dense_scores, top
from simcse_ml.search.vectors import VectorStore

COUNTING_SHARE = 0.5
Scores = NDArray[np.float32]


def nearest_hybrid(
    store: VectorStore,
    counted: CountedStore,
    query: NDArray[np.floating],
    text: str,
    k: int,
    *,
    share: float = COUNTING_SHARE,
    block: int = BLOCK,
) -> list[Hit]:
    """The `k` best rows for a query given as vector (dim,) and as text.

    share: of counting in the sum.
    Raises: ValueError if the stores are not of the same corpus.
    """
    if len(store) != len(counted):
        raise ValueError(f"{len(store)} vectors and {len(counted)} counted sentences are not of one corpus")
    dense = dense_scores(store, query, block=block, centred=True)
    both = zip(dense, counted.scores(text, block=block), strict=True)
    return top((_mixed(rows, meaning, words, share) for (rows, meaning), (_, words) in both), k)


def _mixed(rows: slice, meaning: Scores, words: Scores, share: float) -> tuple[slice, Scores]:
    return rows, ((1.0 - share) * meaning + share * words).astype(np.float32)
