"""Sentences as points to be near to: the vectors of a model, or the counts of builtin:counting, asked alike. No torch.

A query is a vector: (dim,) of a model, (columns,) weights of counting.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from simcse_ml.search.counted import CountedStore
from simcse_ml.search.index import ApproximateIndex, cosines
from simcse_ml.search.neighbours import BLOCK, dense_scores
from simcse_ml.search.vectors import VectorStore, blocks_of

Floats = NDArray[np.float32]
Rows = NDArray[np.int64]
Counts = NDArray[np.int64]
Stopped = Callable[[], bool]


@dataclass(frozen=True)
class Guess:
    """rows: (at most k,) of the corpus.  scores: their exact cosines.  recall: share of the ten nearest found so."""

    rows: Rows
    scores: Floats
    recall: float


class Space(Protocol):
    """folder: where what is computed once is kept."""

    @property
    def folder(self) -> Path: ...

    def __len__(self) -> int: ...

    def vector_of_row(self, row: int) -> Floats:
        """The query that a sentence of the corpus is."""

    def scores(self, query: Floats) -> Iterator[tuple[slice, Floats]]:
        """(rows, (rows,) cosines) of one block after another."""

    def guess(self, query: Floats, k: int) -> Guess | None:
        """What an approximate index holds for the nearest, at once; None where there is none."""

    def units(self, rows: Rows) -> Floats | sparse.csr_matrix:
        """(n, width) of length 1; zeros stay zeros."""

    def closer(self, rows: Rows, than: Floats, stopped: Stopped = lambda: False) -> Counts:
        """(n,) how many sentences of the corpus are closer to each of `rows` than the cosine `than` (n,).

        stopped: asked between blocks; what was counted until then is returned.
        """


@dataclass(frozen=True)
class DenseSpace:
    """The vectors of a model, and an index of them where one was built."""

    store: VectorStore
    index: ApproximateIndex | None = None

    @property
    def folder(self) -> Path:
        return self.store.folder

    def __len__(self) -> int:
        return len(self.store)

    def vector_of_row(self, row: int) -> Floats:
        return np.array(self.store.vectors[row], np.float32)

    def scores(self, query: Floats) -> Iterator[tuple[slice, Floats]]:
        return dense_scores(self.store, query)

    def guess(self, query: Floats, k: int) -> Guess | None:
        if self.index is None:
            return None
        rows = self.index.rows(query, k)
        return Guess(rows, cosines(self.store, rows, query), self.index.recall)

    def units(self, rows: Rows) -> Floats:
        norms = self.store.norms[rows]
        scale = np.divide(1.0, norms, out=np.zeros(len(norms), np.float32), where=norms > 0)
        found: Floats = np.asarray(self.store.vectors[rows], np.float32) * scale[:, None]
        return found

    def closer(self, rows: Rows, than: Floats, stopped: Stopped = lambda: False) -> Counts:
        units, counts = self.units(rows), np.zeros(len(rows), np.int64)
        for part, block in blocks_of(self.store.vectors):
            if stopped():
                break
            norms = self.store.norms[part]
            near = (np.asarray(block) @ units.T) > than * np.where(norms > 0, norms, np.inf)[:, None]
            near[rows[(rows >= part.start) & (rows < part.stop)] - part.start, _inside(rows, part)] = False
            counts += near.sum(axis=0)
        return counts


@dataclass(frozen=True)
class CountedSpace:
    """The counts of builtin:counting."""

    store: CountedStore

    @property
    def folder(self) -> Path:
        return self.store.folder

    def __len__(self) -> int:
        return len(self.store)

    def vector_of_text(self, text: str) -> Floats:
        """The query that any text is."""
        weights: Floats = self.store.model.vectors([text]).toarray()[0]
        return weights

    def vector_of_row(self, row: int) -> Floats:
        weights: Floats = self.store.matrix(slice(row, row + 1)).toarray()[0]
        return weights

    def scores(self, query: Floats) -> Iterator[tuple[slice, Floats]]:
        return self.store.scores_of(query)

    def guess(self, query: Floats, k: int) -> Guess | None:
        return None

    def units(self, rows: Rows) -> sparse.csr_matrix:
        return sparse.vstack([self.store.matrix(slice(int(row), int(row) + 1)) for row in rows], format="csr")

    def closer(self, rows: Rows, than: Floats, stopped: Stopped = lambda: False) -> Counts:
        sought = self.units(rows).T.toarray()  # (columns, n)
        counts = np.zeros(len(rows), np.int64)
        for start in range(0, len(self), BLOCK):
            if stopped():
                break
            part = slice(start, min(start + BLOCK, len(self)))
            near = np.asarray(self.store.matrix(part) @ sought) > than
            near[rows[(rows >= part.start) & (rows < part.stop)] - part.start, _inside(rows, part)] = False
            counts += near.sum(axis=0)
        return counts


def products(left: Floats | sparse.csr_matrix, right: Floats | sparse.csr_matrix) -> Floats:
    """(n, m) cosines of units (n, width) and (m, width)."""
    if isinstance(left, np.ndarray):
        return np.asarray(left @ right.T, np.float32)
    return np.asarray((left @ right.T).toarray(), np.float32)


def paired(left: Floats | sparse.csr_matrix, right: Floats | sparse.csr_matrix) -> Floats:
    """(n,) cosines of row i with row i."""
    if isinstance(left, np.ndarray):
        found: Floats = np.vecdot(left, right)
        return found
    return np.asarray(left.multiply(right).sum(axis=1), np.float32).ravel()


def _inside(rows: Rows, part: slice) -> Rows:
    """Which of `rows` lie in `part`: a sentence is not its own neighbour."""
    return np.flatnonzero((rows >= part.start) & (rows < part.stop))
