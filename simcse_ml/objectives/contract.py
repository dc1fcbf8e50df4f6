"""What an objective is: two parts and at most three more, known to the loop by this shape alone.

The loop pushes rows through the encoder in chunks, gathers the vectors of every pass, asks `batch_loss` once for the
whole batch, and pushes the gradients back chunk by chunk (gradient caching, arXiv 2101.06983). An objective therefore
never sees a model while it computes a loss.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol, runtime_checkable

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class Pass:
    """One trip of the batch through an encoder.

    view: which of the stage's views feeds it (0 the first, 1 the second ...).
    encoder: main, or the module `ema` / `frozen` of the objective's state.
    dropout: on or off.  grad: whether gradients flow back.  tokens: whether token states are wanted for `row_loss`.
    """

    view: int = 0
    encoder: Literal["main", "ema", "frozen"] = "main"
    dropout: Literal["on", "off"] = "on"
    grad: Literal["on", "off"] = "on"
    tokens: bool = False


@dataclass(frozen=True)
class PassTokens:
    """What `row_loss` sees of one pass: ids (rows, length), states (rows, length, dim), mask (rows, length)."""

    ids: Tensor
    states: Tensor
    mask: Tensor


@dataclass(frozen=True)
class LossBatch:
    """What a loss may know of the rows beside their vectors.

    row_ids: (n,) int64 index of each row in the corpus.
    text_hashes: (n,) int64; equal hashes mean equal texts, which are masked as negatives.
    extra: labels, hard-negative flags, teacher rows ... (n, ...) each.
    """

    row_ids: Tensor
    text_hashes: Tensor
    extra: Mapping[str, Tensor] = field(default_factory=dict)

    def to(self, device: torch.device) -> LossBatch:
        """The same on `device`."""
        extra = {name: value.to(device) for name, value in self.extra.items()}
        return LossBatch(self.row_ids.to(device), self.text_hashes.to(device), extra)

    def rows(self, picked: slice) -> LossBatch:
        """What it tells of some of the rows."""
        extra = {name: value[picked] for name, value in self.extra.items()}
        return LossBatch(self.row_ids[picked], self.text_hashes[picked], extra)


@dataclass(frozen=True)
class LossParts:
    """total: () the number to minimise.  parts: named numbers for the log, detached."""

    total: Tensor
    parts: Mapping[str, Tensor] = field(default_factory=dict)


@runtime_checkable
class Objective(Protocol):
    """A frozen dataclass of its settings with these parts."""

    @property
    def passes(self) -> Sequence[Pass]:
        """The trips it needs, in the order in which `batch_loss` gets their vectors."""

    def batch_loss(
        self, vectors: Sequence[Tensor], batch: LossBatch, state: nn.Module, generator: torch.Generator
    ) -> LossParts:
        """vectors: one (n, dim) a pass. Pure: no model, no device, no hidden randomness."""


@runtime_checkable
class HasState(Protocol):
    """The third part, optional: numbers of its own."""

    def state(self, encoder: nn.Module, generator: torch.Generator) -> nn.Module:
        """Its own parameters, queues, momentum copies and statistics; saved in checkpoints."""


def state_of(objective: Objective, encoder: nn.Module, generator: torch.Generator) -> nn.Module:
    """What `objective` keeps beside the encoder; empty where it keeps nothing."""
    return objective.state(encoder, generator) if isinstance(objective, HasState) else nn.Module()


@runtime_checkable
class HasRowLoss(Protocol):
    """The fourth part, optional: a loss over token states (masked language, replaced tokens)."""

    def row_loss(self, tokens: Sequence[PassTokens], rows: LossBatch, state: nn.Module) -> tuple[Tensor, Tensor]:
        """tokens: one for each pass with `tokens=True`, for the rows of one chunk.

        Returns (sum, count), each (); the loop divides the sum by the count over all chunks and processes.
        """


@runtime_checkable
class HasAfterStep(Protocol):
    """The fifth part, optional: queue and momentum updates, after the optimizer's step."""

    def after_step(self, state: nn.Module, encoder: nn.Module, vectors: Sequence[Tensor], batch: LossBatch) -> None:
        """vectors: one (n, dim) a pass, detached.  batch: the rows they are of."""
