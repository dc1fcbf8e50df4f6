"""Supervised SimCSE (Gao, Yao, Chen 2021, arXiv 2104.08821, section 4): entailed sentences, hard negatives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from simcse_ml.objectives.contract import LossBatch, LossParts, Pass
from simcse_ml.objectives.info_nce import cosines, diagonal_loss, without
from simcse_ml.objectives.pairs import negative_mask, positive_mask


@dataclass(frozen=True)
class SupSimCSE:
    """Views 0, 1, 2 are a sentence, one it entails, and one that contradicts it; all positives and negatives of the
    batch but the own positive are negatives: equation 5.

    hard_negative_weight: ln alpha, added to a row's own hard negative alone (0 in the paper: alpha 1).
    batch.extra: has_negative (n,) bool, false for rows whose third view is a stand-in and is nobody's negative;
    positive_hash, negative_hash (n,) of the texts. Where we differ: a text that equals a row's sentence or its positive
    is not its negative, and rows without a contradiction stay, with the negatives of the batch.
    """

    temperature: float = 0.05
    hard_negative_weight: float = 0.0

    @property
    def passes(self) -> Sequence[Pass]:
        return (Pass(view=0), Pass(view=1), Pass(view=2))

    def batch_loss(
        self, vectors: Sequence[Tensor], batch: LossBatch, state: nn.Module, generator: torch.Generator
    ) -> LossParts:
        """vectors: of the sentences, of what they entail, of what contradicts them, each (n, d)."""
        anchor, positive, negative = vectors
        near = without(cosines(anchor, positive) / self.temperature, positive_mask(batch))  # (n, n)
        hard = cosines(anchor, negative) / self.temperature  # (n, n)
        hard = hard + self.hard_negative_weight * torch.eye(len(hard), dtype=hard.dtype, device=hard.device)
        return LossParts(diagonal_loss(torch.cat([near, without(hard, negative_mask(batch))], dim=1)))
