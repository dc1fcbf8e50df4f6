"""Semantic textual similarity: whether pairs are in the order in which people put them (Spearman)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from simcse_ml.evaluation.intervals import groups_of
from simcse_ml.evaluation.tasks.contract import Floats, Sides, Task
from simcse_ml.search.space import paired

if TYPE_CHECKING:
    from simcse_ml.text.labelled.pairs import PairSet


def similarity_task(pairs: PairSet) -> Task:
    """Left and right stand beside each other: an outcome is how alike a pair is."""
    groups = groups_of(pairs.left, pairs.right)
    return Task(pairs.name, "Spearman x 100", "pairs", pairs.left, pairs.right, groups, _alike, gold=pairs.gold)


def _alike(ways: Sequence[Sides]) -> Floats:
    total = np.zeros(ways[0].left.shape[0], np.float64)
    for left, right, share in ways:
        total += share * paired(left, right)
    return total
