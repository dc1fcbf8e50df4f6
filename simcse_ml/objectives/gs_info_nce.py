"""GS-InfoNCE (Wu, Gao, Zang, Han, Wang, Hu 2021, arXiv 2109.04321): noise vectors as further negatives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from simcse_ml.objectives.contract import LossBatch, LossParts, Pass
from simcse_ml.objectives.info_nce import cosines, diagonal_loss, equal_text_mask, without


@dataclass(frozen=True)
class GSInfoNCE:
    """SimCSE whose denominator gains sum over m of e^(c(z1_i, g_m) / t), with g_m drawn anew from N(0, I) each step.

    noise_rows: the paper's M, 192. Its sigma is left out: a cosine does not see the length of g, so it changes nothing;
    its lambda is 1 in the authors' code whatever is set. Where we differ: equal texts are not each other's negatives.
    """

    temperature: float = 0.05
    noise_rows: int = 192

    @property
    def passes(self) -> Sequence[Pass]:
        return (Pass(view=0), Pass(view=1))

    def batch_loss(
        self, vectors: Sequence[Tensor], batch: LossBatch, state: nn.Module, generator: torch.Generator
    ) -> LossParts:
        """vectors: z1, z2, each (n, d).  The noise is the generator's first draw."""
        z1, z2 = vectors
        noise = torch.randn(self.noise_rows, z1.shape[1], generator=generator, dtype=torch.float32).to(z1)
        mask = equal_text_mask(batch.text_hashes)
        logits = without(cosines(z1, z2) / self.temperature, mask)  # (n, n)
        return LossParts(diagonal_loss(torch.cat([logits, cosines(z1, noise) / self.temperature], dim=1)))
