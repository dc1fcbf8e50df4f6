"""Forward passes over one chunk of a batch, with dropout that can be drawn again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from simcse_ml.models.arithmetic import autocast
from simcse_ml.models.contract import Encoder
from simcse_ml.models.dropout import dropout_drawn_from
from simcse_ml.objectives.contract import Pass, PassTokens
from simcse_ml.ragged import Ragged, concatenate
from simcse_ml.training.seeds import derive


@dataclass(frozen=True)
class Trip:
    """Passes that can share one forward: the same encoder, dropout, gradient and token wishes."""

    index: int
    passes: tuple[int, ...]
    like: Pass


def trips_of(passes: Sequence[Pass]) -> list[Trip]:
    """The passes grouped into forwards, in the order of their first member."""
    groups: dict[tuple[str, str, str, bool], list[int]] = {}
    for index, one in enumerate(passes):
        groups.setdefault((one.encoder, one.dropout, one.grad, one.tokens), []).append(index)
    return [Trip(number, tuple(members), passes[members[0]]) for number, members in enumerate(groups.values())]


@dataclass(frozen=True)
class Drawn:
    """Where dropout comes from: chunk k of step s of a stage always draws the same."""

    seed: int
    stage: str
    step: int

    def of(self, chunk: int, trip: int) -> int:
        return derive(self.seed, "dropout", self.stage, self.step, chunk, trip)


@dataclass(frozen=True)
class Runner:
    """What a forward needs beside its rows: the encoders, the passes and the arithmetic."""

    encoder: Encoder
    state: nn.Module
    passes: Sequence[Pass]
    device: torch.device
    precision: str

    def encoder_of(self, one: Pass) -> Encoder:
        if one.encoder == "main":
            return self.encoder
        other = getattr(self.state, one.encoder)
        assert isinstance(other, Encoder), f"the objective's state has no encoder {one.encoder!r}"
        return other

    def run(
        self, trip: Trip, views: Sequence[Ragged], *, seed: int, grad: bool
    ) -> tuple[list[Tensor], list[PassTokens]]:
        """One forward for all passes of `trip` over a chunk.

        views: the chunk's rows, a Ragged for each view.  grad: keep the graph (where the passes want gradients).
        Returns: vectors (rows, dim) and, if asked for, token states, one a pass.
        """
        encoder = self.encoder_of(trip.like)
        encoder.train(trip.like.dropout == "on")
        rows = concatenate([views[self.passes[index].view] for index in trip.passes])
        with (
            dropout_drawn_from(seed, self.device),
            torch.set_grad_enabled(grad and trip.like.grad == "on"),
            autocast(self.device, self.precision),
        ):
            tokens = None
            if trip.like.tokens:
                tokens = encoder(rows)
                vectors = encoder.pool(tokens, head=True)
            else:
                vectors = encoder.embed(rows, head=True)
        count = len(trip.passes)
        wanted = [PassTokens(*parts) for parts in zip(*(t.chunk(count) for t in tokens), strict=True)] if tokens else []
        return list(vectors.float().chunk(count)), wanted
