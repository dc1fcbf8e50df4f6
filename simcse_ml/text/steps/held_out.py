"""Which sentences are kept out of training: whole documents where there are documents, else by hash.

A group is a document, or a sentence where there are no documents. Groups are taken in the order of a seeded hash until
the share is reached; only as many as could be needed are remembered.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from simcse_ml.text.hashing import mixed

MOST = 2000
"""sentences"""
LEAST = 16
"""sentences, if the corpus is at least ten times as large"""


def target(count: int, share: float) -> int:
    """Sentences to hold out of `count`."""
    return min(MOST, max(round(count * share), min(LEAST, count // 10))) if share > 0 else 0


def chosen_groups(groups: Iterable[NDArray[np.uint64]], size: int, seed: int) -> NDArray[np.uint64]:
    """The groups to hold out, at most `size` sentences in all, rising.

    groups: (n,) pieces: the group of each sentence.  Empty if every group is larger than `size`.
    """
    names = np.zeros(0, np.uint64)
    counts = np.zeros(0, np.int64)
    for piece in groups:
        new, new_counts = np.unique(piece, return_counts=True)
        names, inverse = np.unique(np.concatenate([names, new]), return_inverse=True)
        counts = np.bincount(inverse, np.concatenate([counts, new_counts])).astype(np.int64)
        if len(names) > 2 * size:
            names, counts = _smallest(names, counts, size, seed)
    names, counts = _smallest(names, counts, size, seed)
    taken: list[int] = []
    left = size
    for name, count in zip(names.tolist(), counts.tolist(), strict=True):
        if count <= left:
            taken.append(name)
            left -= count
    return np.array(sorted(taken), np.uint64)


def _smallest(
    names: NDArray[np.uint64], counts: NDArray[np.int64], size: int, seed: int
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """The `size` groups first in the order of their hashes, in that order."""
    order = np.argsort(mixed(names, seed), kind="stable")[:size]
    return names[order], counts[order]
