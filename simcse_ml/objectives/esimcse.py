"""ESimCSE (Wu, Gao, Zang, Han, Wang, Hu 2021, arXiv 2109.04380): repeated words and a queue of earlier sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from simcse_ml.objectives.contract import LossBatch, LossParts, Pass, width_of
from simcse_ml.objectives.info_nce import cosines, diagonal_loss, equal_text_mask, without
from simcse_ml.objectives.momentum import follow, momentum_copy


class QueueState(nn.Module):
    """ema: the momentum encoder.  queue: (rows, d) its vectors of earlier sentences, the newest first.
    hashes: (rows,) of their texts.  filled: () how many rows of the queue are used.
    """

    def __init__(self, encoder: nn.Module, rows: int, dim: int) -> None:
        super().__init__()
        self.ema = momentum_copy(encoder)
        self.register_buffer("queue", torch.zeros(rows, dim))
        self.register_buffer("hashes", torch.zeros(rows, dtype=torch.int64))
        self.register_buffer("filled", torch.zeros((), dtype=torch.int64))

    queue: Tensor
    hashes: Tensor
    filled: Tensor


@dataclass(frozen=True)
class ESimCSE:
    """SimCSE whose denominator gains e^(c(z1_i, q) / t) for each q of a queue; the view `repetition` is its other half.

    queue_rows: 160, 2.5 batches, in the paper.  momentum: m of theta' <- m theta' + (1 - m) theta, .995.
    The momentum encoder sees the first view without dropout. It joins the queue after the step, so that no sentence
    meets itself. Where we differ: a text of the batch that is also in the queue is no negative there.
    """

    temperature: float = 0.05
    queue_rows: int = 160
    momentum: float = 0.995

    @property
    def passes(self) -> Sequence[Pass]:
        return (Pass(view=0), Pass(view=1), Pass(view=0, encoder="ema", dropout="off", grad="off"))

    def state(self, encoder: nn.Module, generator: torch.Generator) -> nn.Module:
        """The momentum encoder, which begins as a copy, and an empty queue."""
        return QueueState(encoder, self.queue_rows, width_of(encoder))

    def batch_loss(
        self, vectors: Sequence[Tensor], batch: LossBatch, state: nn.Module, generator: torch.Generator
    ) -> LossParts:
        """vectors: z1, z2, and the momentum encoder's, each (n, d)."""
        assert isinstance(state, QueueState)
        z1, z2, _ = vectors
        logits = without(cosines(z1, z2) / self.temperature, equal_text_mask(batch.text_hashes))  # (n, n)
        used = int(state.filled)
        known = batch.text_hashes.unsqueeze(1) == state.hashes[:used].unsqueeze(0)  # (n, used)
        queued = without(cosines(z1, state.queue[:used].to(z1)) / self.temperature, known)
        return LossParts(diagonal_loss(torch.cat([logits, queued], dim=1)))

    def after_step(self, state: nn.Module, encoder: nn.Module, vectors: Sequence[Tensor], batch: LossBatch) -> None:
        """Move the momentum encoder, and put the batch in front of the queue."""
        assert isinstance(state, QueueState)
        follow(state.ema, encoder, self.momentum)
        rows = self.queue_rows
        state.queue.copy_(torch.cat([vectors[2].to(state.queue), state.queue])[:rows])
        state.hashes.copy_(torch.cat([batch.text_hashes, state.hashes])[:rows])
        state.filled.copy_((state.filled + len(vectors[2])).clamp(max=rows))
