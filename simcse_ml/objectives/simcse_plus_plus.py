"""SimCSE++ (Xu et al. 2023, arXiv 2305.13192): negatives without dropout noise, and a loss across dimensions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from simcse_ml.objectives.contract import LossBatch, LossParts, Pass
from simcse_ml.objectives.info_nce import cosines, diagonal_loss, equal_text_mask, equal_texts, info_nce, without

_EPSILON = 1e-5
"""added to a column's variance, as batch normalisation does"""


@dataclass(frozen=True)
class SimCSEPlusPlus:
    """Both parts, or one of them: `off_dropout: false` leaves the first out, `dimension_weight: 0` the second.

    off_dropout: the positive is a pair of dropout views, the negatives are seen once more without dropout.
    positive_weight: the factor r of the positive's cosine (1 in the paper, .9 in one of its scripts).
    dimension_weight, dimension_temperature: w and t_d of the second part: .1 and 5 in the authors' code for both parts
    together, t_d 20 alone. Where we differ: equal texts are not each other's negatives. The authors' repository no
    longer contains either part; these are the formulas of the paper.
    """

    temperature: float = 0.05
    off_dropout: bool = True
    positive_weight: float = 1.0
    dimension_weight: float = 0.1
    dimension_temperature: float = 5.0

    @property
    def passes(self) -> Sequence[Pass]:
        twins = (Pass(view=0), Pass(view=1))
        return (*twins, Pass(view=0, dropout="off")) if self.off_dropout else twins

    def batch_loss(
        self, vectors: Sequence[Tensor], batch: LossBatch, state: nn.Module, generator: torch.Generator
    ) -> LossParts:
        """vectors: z1, z2 and, with off_dropout, z0, each (n, d)."""
        z1, z2 = vectors[:2]
        if self.off_dropout:
            total = off_dropout_loss(
                z1,
                z2,
                vectors[2],
                temperature=self.temperature,
                weight=self.positive_weight,
                not_negative=equal_text_mask(batch.text_hashes),
            )
        else:
            total = info_nce(z1, z2, temperature=self.temperature, not_negative=equal_texts(batch.text_hashes))
        parts = {}
        if self.dimension_weight:
            across = dimension_loss(z1, z2, temperature=self.dimension_temperature)
            parts = {"rows": total.detach(), "dimensions": across.detach()}
            total = total + self.dimension_weight * across
        return LossParts(total, parts)


def off_dropout_loss(
    z1: Tensor, z2: Tensor, z0: Tensor, *, temperature: float, weight: float, not_negative: Tensor
) -> Tensor:
    """Mean over i of ln(e^p_i + sum over j != i of e^(c(z0_i, z0_j) / t)) - p_i, with p_i = r c(z1_i, z2_i) / t.

    z1, z2: (n, d) dropout views.  z0: (n, d) without dropout.  not_negative: (n, n).  Returns: ().
    """
    logits = without(cosines(z0, z0) / temperature, not_negative)  # (n, n)
    positive = weight * torch.nn.functional.cosine_similarity(z1, z2, dim=-1) / temperature  # (n,)
    return diagonal_loss(torch.where(_own(logits), positive.unsqueeze(1), logits))


def dimension_loss(z1: Tensor, z2: Tensor, *, temperature: float) -> Tensor:
    """Mean over k of LSE_l C_kl - C_kk, with C = BN(z1)^T BN(z2) / (n t_d): dimensions told apart as rows are.

    z1, z2: (n, d); columns are brought to mean 0 and variance 1 over the batch.  Returns: (); its range is small,
    6.44 to 6.64 between C = I / t_d and C = 0 for d 768 and t_d 5.
    """
    one, other = _standardised(z1), _standardised(z2)
    return diagonal_loss(one.T @ other / (len(z1) * temperature))


def _standardised(z: Tensor) -> Tensor:
    return (z - z.mean(0)) / torch.sqrt(z.var(0, unbiased=False) + _EPSILON)


def _own(logits: Tensor) -> Tensor:
    return torch.eye(len(logits), dtype=torch.bool, device=logits.device)
