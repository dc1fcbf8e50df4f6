"""The classifier of Sentence-BERT (Reimers, Gurevych 2019, arXiv 1908.10084, section 3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from simcse_ml.objectives.contract import LossBatch, LossParts, Pass, width_of


class ClassifierState(nn.Module):
    """The weights W: (labels, 3 d), without a bias, as the paper writes them (its code has one)."""

    def __init__(self, dim: int, labels: int, generator: torch.Generator) -> None:
        super().__init__()
        self.classifier = nn.Linear(3 * dim, labels, bias=False)
        bound = (3 * dim) ** -0.5
        with torch.no_grad():
            self.classifier.weight.uniform_(-bound, bound, generator=generator)


@dataclass(frozen=True)
class Softmax:
    """softmax(W [u; v; |u - v|]) over entailment, neutral and contradiction: what came before supervised SimCSE.

    Views 0 and 1 are the two sentences of a labelled pair; u and v are what was pooled, of any length. There are no
    negatives, so equal texts need no mask.
    labels: how many there are.  batch.extra: label (n,) int64.
    """

    labels: int = 3

    @property
    def passes(self) -> Sequence[Pass]:
        return (Pass(view=0), Pass(view=1))

    def state(self, encoder: nn.Module, generator: torch.Generator) -> nn.Module:
        """The classifier, drawn as torch draws a Linear, from `generator`."""
        return ClassifierState(width_of(encoder), self.labels, generator)

    def batch_loss(
        self, vectors: Sequence[Tensor], batch: LossBatch, state: nn.Module, generator: torch.Generator
    ) -> LossParts:
        """vectors: u, v, each (n, d)."""
        assert isinstance(state, ClassifierState)
        u, v = vectors
        logits = state.classifier(torch.cat([u, v, (u - v).abs()], dim=1))  # (n, labels)
        right = (logits.argmax(1) == batch.extra["label"]).float().mean()
        return LossParts(cross_entropy(logits, batch.extra["label"]), {"accuracy": right})
