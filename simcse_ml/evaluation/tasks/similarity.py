"""Semantic textual similarity: whether pairs are in the order in which people put them (Spearman)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simcse_ml.evaluation.intervals import Groups, groups_of, resample_spearman
from simcse_ml.evaluation.sts import spearman
from simcse_ml.evaluation.tasks.contract import Floats, Sides

if TYPE_CHECKING:
    from simcse_ml.text.labelled.pairs import PairSet


@dataclass(frozen=True)
class Similarity:
    """Left and right stand beside each other: an outcome is how alike a pair is."""

    pairs: PairSet
    measure: str = "Spearman x 100"
    counted: str = "pairs"
    searches: bool = False

    @property
    def name(self) -> str:
        return self.pairs.name

    @property
    def left(self) -> Sequence[str]:
        return self.pairs.left

    @property
    def right(self) -> Sequence[str]:
        return self.pairs.right

    def __len__(self) -> int:
        return len(self.pairs)

    def groups(self) -> Groups:
        return groups_of(self.left, self.right)

    def outcomes(self, ways: Sequence[Sides]) -> Floats:
        total = np.zeros(len(self), np.float64)
        for left, right, share in ways:
            if isinstance(left, np.ndarray):
                total += share * np.einsum("nd,nd->n", left, right)
            else:
                total += share * np.asarray(left.multiply(right).sum(axis=1), np.float64).ravel()
        return total

    def value(self, outcomes: Floats) -> float:
        return spearman(outcomes, self.pairs.gold)

    def resampled(self, outcomes: Mapping[str, Floats], groups: Groups, samples: int, seed: int) -> dict[str, Floats]:
        return resample_spearman(self.pairs.gold, outcomes, groups, samples, seed)
