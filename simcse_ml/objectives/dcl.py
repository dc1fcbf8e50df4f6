"""Decoupled contrastive learning (Yeh, Hong, Hsu, Liu, Chen, LeCun 2022, arXiv 2110.06848)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from simcse_ml.objectives.contract import LossBatch, LossParts, Pass
from simcse_ml.objectives.info_nce import cosines, equal_text_mask, without


@dataclass(frozen=True)
class DecoupledContrastive:
    """SimCSE whose denominator leaves the positive out, so that an easy positive does not silence the negatives.

    Equation 6, mean over rows i and views k: ln sum over j != i, l of e^(c(zk_i, zl_j) / t) - c(z1_i, z2_i) / t. The
    negatives of a view are both views of the other rows, as in the paper; the loss can be below 0.
    temperature: 0.05 as in SimCSE; the paper is about images. Where we differ: equal texts are not each other's
    negatives, and a row that is left without negatives costs nothing. The paper's weight of the positive (DCLW) is 1.
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
        left_out = equal_text_mask(batch.text_hashes).fill_diagonal_(True)  # (n, n)
        both = torch.cat([z1, z2])
        views = [_decoupled(z, both, other, left_out, self.temperature) for z, other in ((z1, z2), (z2, z1))]
        return LossParts((views[0] + views[1]) / 2)


def _decoupled(z: Tensor, both: Tensor, other: Tensor, left_out: Tensor, temperature: float) -> Tensor:
    """Equation 6 for one view.  z, other: (n, d).  both: (2n, d) the two views.  left_out: (n, n).  Returns: ()."""
    positive = torch.nn.functional.cosine_similarity(z, other, dim=-1) / temperature  # (n,)
    some = ~left_out.all(dim=1)  # (n,)
    hidden = (left_out & some.unsqueeze(1)).repeat(1, 2)  # (n, 2n); a sum over nothing would have no gradient
    negatives = torch.logsumexp(without(cosines(z, both) / temperature, hidden), dim=1)  # (n,)
    return ((negatives - positive) * some).mean()
