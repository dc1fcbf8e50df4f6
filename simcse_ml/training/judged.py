"""Labelled pairs for a stage: two sentences and what the second is to the first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from simcse_ml.objectives.contract import LossBatch
from simcse_ml.ragged import Ragged
from simcse_ml.training.batches import BatchOrder
from simcse_ml.training.rows import TokenRows


@dataclass(frozen=True)
class JudgedRows:
    """columns: first and second sentences, (n,) rows each.  labels: (n,) int64, 0, 1, 2 as in text/labelled/labels."""

    columns: tuple[TokenRows, TokenRows]
    labels: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def lengths(self) -> NDArray[np.int64]:
        """(n,) tokens of the longer of each row's two."""
        lengths: NDArray[np.int64] = np.maximum(*(column.rows.lengths for column in self.columns))
        return lengths


@dataclass(frozen=True)
class JudgedData:
    """What StageData is for text; the same however often a step is asked for."""

    pairs: JudgedRows
    order: BatchOrder
    batch_size: int

    @property
    def rows(self) -> TokenRows:
        """Of the first sentences: their lengths stand for the others'."""
        return self.pairs.columns[0]

    def at(self, step: int) -> tuple[tuple[Ragged, ...], LossBatch]:
        """Views and batch of `step` (from 0)."""
        return self.of(step, *self.order.at(step))

    def of(self, step: int, epoch: int, ids: NDArray[np.int64]) -> tuple[tuple[Ragged, ...], LossBatch]:
        """The same for the pairs `ids` (n,)."""
        first, second = self.pairs.columns
        extra = {
            "label": torch.from_numpy(self.pairs.labels[ids]),
            "positive_hash": torch.from_numpy(second.hashes[ids]),
        }
        batch = LossBatch(torch.from_numpy(ids.copy()), torch.from_numpy(first.hashes[ids]), extra)
        return (first.rows.take(ids), second.rows.take(ids)), batch
