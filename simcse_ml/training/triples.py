"""Triples for a stage: a sentence, one it entails, one that contradicts it; three columns of token rows."""

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
class TripleRows:
    """columns: sentences, positives, negatives, (n,) rows each.  has_negative: (n,) false where the third is empty."""

    columns: tuple[TokenRows, TokenRows, TokenRows]
    has_negative: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.has_negative)

    @property
    def lengths(self) -> NDArray[np.int64]:
        """(n,) tokens of the longest of each row's three."""
        lengths: NDArray[np.int64] = np.max([column.rows.lengths for column in self.columns], axis=0)
        return lengths


@dataclass(frozen=True)
class TripleData:
    """What StageData is for text; the same however often a step is asked for."""

    triples: TripleRows
    order: BatchOrder
    batch_size: int

    @property
    def rows(self) -> TokenRows:
        """Of the sentences: their lengths stand for the others'."""
        return self.triples.columns[0]

    def at(self, step: int) -> tuple[tuple[Ragged, ...], LossBatch]:
        """Views and batch of `step` (from 0)."""
        return self.of(step, *self.order.at(step))

    def of(self, step: int, epoch: int, ids: NDArray[np.int64]) -> tuple[tuple[Ragged, ...], LossBatch]:
        """The same for the triples `ids` (n,)."""
        sentences, positives, negatives = self.triples.columns
        extra = {
            "positive_hash": torch.from_numpy(positives.hashes[ids]),
            "negative_hash": torch.from_numpy(negatives.hashes[ids]),
            "has_negative": torch.from_numpy(self.triples.has_negative[ids]),
        }
        batch = LossBatch(torch.from_numpy(ids.copy()), torch.from_numpy(sentences.hashes[ids]), extra)
        return tuple(column.rows.take(ids) for column in self.triples.columns), batch
