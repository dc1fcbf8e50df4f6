"""Exact nearest neighbours of many queries: one matrix product a pair of blocks. NumPy only.

Nearly all of a product's scores lie below what a query has already, so they are compared with that and not sorted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simcse_ml.search.vectors import VectorStore, blocks_of

QUERIES = 2048
"""of a block: it is also the longest that a stop has to wait for"""
ROWS = 4096
FIRST_ROWS = 1024
"""of the first block: its k-th best is what the later ones are compared with"""

Rows = NDArray[np.int64]
Scores = NDArray[np.float32]


@dataclass(frozen=True)
class Nearest:
    """queries: which of them.  rows, scores: (queries, found) of the corpus, best first, equal scores by row."""

    queries: slice
    rows: Rows
    scores: Scores


def nearest_many(
    store: VectorStore, queries: NDArray[np.floating], k: int, *, block: int = QUERIES, rows: int = ROWS
) -> Iterator[Nearest]:
    """The `k` rows with the highest cosine to each of `queries` (n, dim), one block of queries after another.

    Whoever wants no more of them stops asking: nothing is computed ahead.
    """
    for start in range(0, len(queries), block):
        part = slice(start, min(start + block, len(queries)))
        units = _units(np.asarray(queries[part], np.float32))
        found_rows, found_scores = _nearest(store, units, min(max(k, 0), len(store)), rows)
        yield Nearest(part, found_rows, found_scores)


def _nearest(store: VectorStore, units: Scores, k: int, size: int) -> tuple[Rows, Scores]:
    """Units (n, dim) -> rows and scores (n, k)."""
    best_rows = np.zeros((len(units), 0), np.int64)
    best_scores = np.zeros((len(units), 0), np.float32)
    if not k:
        return best_rows, best_scores
    first = slice(0, min(max(FIRST_ROWS, k), len(store)))
    room = np.empty(len(units) * max(size, first.stop), np.float32)
    for part, vectors in _first_then(store, first, size):
        scores = room[: len(units) * len(vectors)].reshape(len(units), len(vectors))
        np.matmul(units, _units(vectors, store.norms[part]).T, out=scores)
        if part == first:
            beside = len(vectors) - k
            near = np.flatnonzero(scores >= np.partition(scores, beside, axis=1)[:, beside, None])
        else:
            near = np.flatnonzero(scores > best_scores[:, -1:])  # np.nonzero takes ten times as long (LOG.md)
        if len(near):
            query, column = np.divmod(near, len(vectors))
            touched, place = np.unique(query, return_inverse=True)
            merged = _merged(
                best_rows[touched], best_scores[touched], place, column + part.start, scores.reshape(-1)[near], k
            )
            if part == first:
                best_rows, best_scores = merged
            else:
                best_rows[touched], best_scores[touched] = merged
    return best_rows, best_scores


def _first_then(store: VectorStore, first: slice, size: int) -> Iterator[tuple[slice, Scores]]:
    yield first, store.vectors[first]
    for part, vectors in blocks_of(store.vectors[first.stop :], size):
        yield slice(part.start + first.stop, part.stop + first.stop), vectors


def _merged(had: Rows, had_scores: Scores, query: Rows, rows: Rows, scores: Scores, k: int) -> tuple[Rows, Scores]:
    """The `k` best of each query (n, k): of what it had (n, 0 or k) and of what was found (found,)."""
    whose = np.concatenate([np.repeat(np.arange(len(had)), had.shape[1]), query])
    all_rows = np.concatenate([had.ravel(), rows])
    all_scores = np.concatenate([had_scores.ravel(), scores])
    order = np.lexsort((all_rows, -all_scores, whose))
    starts = np.searchsorted(whose[order], np.arange(len(had)))
    kept = order[starts[:, None] + np.arange(k)]  # (n, k)
    return all_rows[kept], all_scores[kept]


def _units(vectors: Scores, norms: Scores | None = None) -> Scores:
    """(n, dim) of length 1; zeros stay zeros."""
    lengths = np.linalg.norm(vectors, axis=1) if norms is None else norms
    scale = np.divide(1.0, lengths, out=np.zeros(len(lengths), np.float32), where=lengths > 0)
    units: Scores = vectors * scale[:, None]
    return units
