"""Unsupervised SimCSE (Gao, Yao, Chen 2021, arXiv 2104.08821, section 3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from simcse_ml.objectives.contract import LossBatch, LossParts, Pass
from simcse_ml.objectives.info_nce import equal_texts, info_nce


@dataclass(frozen=True)
class UnsupSimCSE:
    """Each sentence twice with its own dropout; its twin is the positive, the other second views are negatives.

    One direction, as in the paper. Where we differ: equal texts in a batch are not each other's negatives.
    temperature: the paper's t, 0.05 by default.
    """

    temperature: float = 0.05

    @property
    def passes(self) -> Sequence[Pass]:
        return (Pass(view=0), Pass(view=1))

    def batch_loss(
        self, vectors: Sequence[Tensor], batch: LossBatch, state: nn.Module, generator: torch.Generator
    ) -> LossParts:
        """vectors: z1, z2, each (n, d)."""
        z1, z2 = vectors
        same = equal_texts(batch.text_hashes)
        return LossParts(info_nce(z1, z2, temperature=self.temperature, not_negative=same))
