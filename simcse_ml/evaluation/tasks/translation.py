"""Translation pairs: whether the nearest sentence of the other language is the translation."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcse_ml.evaluation.intervals import groups_of
from simcse_ml.evaluation.tasks.blocks import blocks
from simcse_ml.evaluation.tasks.contract import Floats, Sides, Task

if TYPE_CHECKING:
    from simcse_ml.text.labelled.parallel import TranslationSet


def translation_task(found: TranslationSet) -> Task:
    """An outcome is the mean of two: whether a pair's left sentence finds a translation of its own nearest among all of
    the right, and the other way round (Artetxe, Schwenk 2019, arXiv 1812.10464, section 4.3).

    Where several are equally near, it is the share of translations among them.
    """
    left, right = found.pairs.T.tolist()
    groups = groups_of(left, [-1 - one for one in right])
    outcomes = partial(_found, found)
    return Task(found.name, "translations found, %", "pairs", found.left, found.right, groups, outcomes)


def _found(found: TranslationSet, ways: Sequence[Sides]) -> Floats:
    left, right = found.pairs.T
    own = np.zeros(len(left), np.float32)  # how alike the two of a pair are
    forward, backward = _Best(len(found.left)), _Best(len(found.right))
    for rows, scores in blocks(ways):
        inside = np.flatnonzero((left >= rows.start) & (left < rows.stop))
        own[inside] = scores[left[inside] - rows.start, right[inside]]
        forward.see(np.arange(rows.start, rows.stop), scores)
        backward.see(np.arange(len(found.right)), scores.T)
    return (forward.found(left, own) + backward.found(right, own)) / 2


class _Best:
    """The best score of each text, and how many have it, from scores that are seen block by block."""

    def __init__(self, count: int) -> None:
        self.score = np.full(count, -np.inf, np.float32)
        self.times = np.zeros(count, np.int64)

    def see(self, rows: NDArray[np.int64], scores: NDArray[np.float32]) -> None:
        """scores: (rows, candidates)."""
        best = scores.max(axis=1)
        times = (scores == best[:, None]).sum(axis=1)
        had, counted = self.score[rows], self.times[rows]
        self.times[rows] = np.where(best > had, times, np.where(best == had, counted + times, counted))
        self.score[rows] = np.maximum(had, best)

    def found(self, rows: NDArray[np.int64], own: NDArray[np.float32]) -> Floats:
        """(pairs,) the share of a text's own translations among what is nearest to it.  rows: of the pairs."""
        nearest = own == self.score[rows]
        right = np.bincount(rows, weights=nearest, minlength=len(self.score))
        share: Floats = right[rows] / np.maximum(self.times[rows], 1)
        return share
