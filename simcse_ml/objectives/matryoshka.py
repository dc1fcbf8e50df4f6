"""Matryoshka representation learning (Kusupati et al. 2022, arXiv 2205.13147) around any objective."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from simcse_ml.objectives.contract import LossBatch, LossParts, Objective, Pass, state_of


@dataclass(frozen=True)
class Matryoshka:
    """Sum over m of L(z[:, :m]), all weights 1: the first m numbers of a vector are a vector of their own.

    inner: the objective, whose loss must not depend on the width (queues and heads do).
    dims: the widths m; those not below the full one are left out, and the full one is always there.
    """

    inner: Objective
    dims: tuple[int, ...]

    @property
    def passes(self) -> Sequence[Pass]:
        return self.inner.passes

    def state(self, encoder: nn.Module, generator: torch.Generator) -> nn.Module:
        """That of the inner objective."""
        return state_of(self.inner, encoder, generator)

    def batch_loss(
        self, vectors: Sequence[Tensor], batch: LossBatch, state: nn.Module, generator: torch.Generator
    ) -> LossParts:
        """vectors: as the inner objective wants them."""
        full = vectors[0].shape[1]
        begun = generator.get_state()
        losses = {}
        for width in (*sorted(m for m in self.dims if m < full), full):
            generator.set_state(begun)  # what is drawn for one width is drawn for all
            losses[width] = self.inner.batch_loss([z[:, :width] for z in vectors], batch, state, generator).total
        return LossParts(
            torch.stack(list(losses.values())).sum(), {f"at {m}": loss.detach() for m, loss in losses.items()}
        )
