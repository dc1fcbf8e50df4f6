"""Multiple-negatives ranking (Henderson et al. 2017, arXiv 1705.00652), one way or both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from simcse_ml.objectives.contract import LossBatch, LossParts, Pass
from simcse_ml.objectives.info_nce import cosines, diagonal_loss, equal_text_mask, without
from simcse_ml.objectives.pairs import positive_mask


@dataclass(frozen=True)
class Ranking:
    """Views 0 and 1 are a pair; the second of every other pair is a negative.

    scale: what cosines are multiplied by, 20 as in sentence-transformers (1 / t).
    both_ways: the mean with the loss that looks for the first of each pair among all firsts. On two views of one text
    (`same`) and one way it is unsupervised SimCSE. Where we differ: equal texts are not each other's negatives.
    """

    scale: float = 20.0
    both_ways: bool = False

    @property
    def passes(self) -> Sequence[Pass]:
        return (Pass(view=0), Pass(view=1))

    def batch_loss(
        self, vectors: Sequence[Tensor], batch: LossBatch, state: nn.Module, generator: torch.Generator
    ) -> LossParts:
        """vectors: z1, z2, each (n, d).  batch.extra: positive_hash, where the second view is another text."""
        z1, z2 = vectors
        paired = "positive_hash" in batch.extra
        mask = positive_mask(batch) if paired else equal_text_mask(batch.text_hashes)
        logits = cosines(z1, z2) * self.scale  # (n, n)
        forth = diagonal_loss(without(logits, mask))
        if not self.both_ways:
            return LossParts(forth)
        back = diagonal_loss(without(logits.T, _turned(batch, mask) if paired else mask))
        return LossParts((forth + back) / 2, {"forth": forth.detach(), "back": back.detach()})


def _turned(batch: LossBatch, mask: Tensor) -> Tensor:
    """The mask for the way back: the first texts as candidates."""
    swapped = {**batch.extra, "positive_hash": batch.text_hashes}
    return positive_mask(LossBatch(batch.row_ids, batch.extra["positive_hash"], swapped))
