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
    dropout: on or off.  grad: whether gradients flow back.
    """

    view: int = 0
    encoder: Literal["main", "ema", "frozen"] = "main"
    dropout: Literal["on", "off"] = "on"
    grad: Literal["on", "off"] = "on"


@dataclass(frozen=True)
class RowPass:
    """One trip of altered copies of a view, whose token states `row_loss` gets.

    view: which one is copied.  kind, rate: masked (80/10/10, labels are the old tokens), or masked and filled again by
    a language model (labels tell what is another token); the share of tokens.
    encoder: main, or a module of the objective's state.  given: the place in LossParts.given of the vectors that stand
    in for each row's first token.  dropout: on or off.  grad: whether gradients flow into that encoder.
    """

    view: int = 0
    kind: Literal["masked", "replaced"] = "masked"
    rate: float = 0.15
    encoder: str = "main"
    given: int | None = None
    dropout: Literal["on", "off"] = "on"
    grad: Literal["on", "off"] = "on"


@dataclass(frozen=True)
class PassTokens:
    """What `row_loss` sees of one row pass: ids (rows, length), states (rows, length, dim) of the last layer, mask
    (rows, length), labels (rows, length): IGNORED where a token is no term.
    """

    ids: Tensor
    states: Tensor
    mask: Tensor
    labels: Tensor


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
    """total: () the number to minimise.  parts: named numbers for the log, detached.
    given: (n, width) each, what row passes put in place of a first token; gradients flow back through them.
    """

    total: Tensor
    parts: Mapping[str, Tensor] = field(default_factory=dict)
    given: Sequence[Tensor] = ()


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


def width_of(encoder: nn.Module) -> int:
    """Numbers in a vector of `encoder`, which every encoder tells as `dim`."""
    dim: object = encoder.dim
    assert isinstance(dim, int), "an encoder's dim is a number"
    return dim


def state_of(objective: Objective, encoder: nn.Module, generator: torch.Generator) -> nn.Module:
    """What `objective` keeps beside the encoder; empty where it keeps nothing."""
    return objective.state(encoder, generator) if isinstance(objective, HasState) else nn.Module()


@runtime_checkable
class HasRowLoss(Protocol):
    """The fourth part, optional: a loss over token states (masked language, replaced tokens)."""

    @property
    def row_passes(self) -> Sequence[RowPass]:
        """The copies whose token states it wants."""

    def row_loss(self, tokens: Sequence[PassTokens], rows: LossBatch, state: nn.Module) -> Tensor:
        """tokens: one for each row pass, for the rows of one chunk.

        Returns () the sum over tokens with a label; the loop divides it by how many the whole batch has.
        """


def row_passes_of(objective: Objective) -> Sequence[RowPass]:
    """The copies that `objective` wants; none where it has no row loss."""
    return objective.row_passes if isinstance(objective, HasRowLoss) else ()


@runtime_checkable
class HasAfterStep(Protocol):
    """The fifth part, optional: queue and momentum updates, after the optimizer's step."""

    def after_step(self, state: nn.Module, encoder: nn.Module, vectors: Sequence[Tensor], batch: LossBatch) -> None:
        """vectors: one (n, dim) a pass, detached.  batch: the rows they are of."""
