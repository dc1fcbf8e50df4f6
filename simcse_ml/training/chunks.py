"""Forward passes over one chunk of a batch, with dropout that can be drawn again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from simcse_ml.models.arithmetic import autocast
from simcse_ml.models.backbone import BackboneEncoder
from simcse_ml.models.contract import Encoder
from simcse_ml.models.dropout import dropout_drawn_from
from simcse_ml.models.padding import on_device
from simcse_ml.objectives.contract import Pass, PassTokens, RowPass
from simcse_ml.ragged import Ragged, concatenate
from simcse_ml.training.seeds import derive
from simcse_ml.views.copies import IGNORED


@dataclass(frozen=True)
class Trip:
    """Passes that can share one forward: the same encoder, dropout and gradient."""

    index: int
    passes: tuple[int, ...]
    like: Pass


def trips_of(passes: Sequence[Pass]) -> list[Trip]:
    """The passes grouped into forwards, in the order of their first member."""
    groups: dict[tuple[str, str, str], list[int]] = {}
    for index, one in enumerate(passes):
        groups.setdefault((one.encoder, one.dropout, one.grad), []).append(index)
    return [Trip(number, tuple(members), passes[members[0]]) for number, members in enumerate(groups.values())]


@dataclass(frozen=True)
class Drawn:
    """Where dropout comes from: chunk k of step s of a stage always draws the same."""

    seed: int
    stage: str
    step: int

    def of(self, chunk: int, trip: int) -> int:
        return derive(self.seed, "dropout", self.stage, self.step, chunk, trip)

    def of_copy(self, chunk: int, number: int) -> int:
        return derive(self.seed, "dropout of copies", self.stage, self.step, chunk, number)


@dataclass(frozen=True)
class Runner:
    """What a forward needs beside its rows: the encoders, the passes and the arithmetic."""

    encoder: Encoder
    state: nn.Module
    passes: Sequence[Pass]
    device: torch.device
    precision: str

    def encoder_of(self, name: str) -> Encoder:
        if name == "main":
            return self.encoder
        other = getattr(self.state, name)
        assert isinstance(other, Encoder), f"the objective's state has no encoder {name!r}"
        return other

    def run(self, trip: Trip, views: Sequence[Ragged], *, seed: int, grad: bool) -> list[Tensor]:
        """One forward for all passes of `trip` over a chunk.

        views: the chunk's rows, a Ragged for each view.  grad: keep the graph (where the passes want gradients).
        Returns: vectors (rows, dim), one a pass.
        """
        encoder = self.encoder_of(trip.like.encoder)
        encoder.train(trip.like.dropout == "on")
        rows = concatenate([views[self.passes[index].view] for index in trip.passes])
        with (
            dropout_drawn_from(seed, self.device),
            torch.set_grad_enabled(grad and trip.like.grad == "on"),
            autocast(self.device, self.precision),
        ):
            vectors = encoder.embed(rows, in_training=True)
        return list(vectors.float().chunk(len(trip.passes)))

    def run_copy(self, one: RowPass, copy: Ragged, labels: Ragged, *, seed: int, given: Tensor | None) -> PassTokens:
        """One forward of a chunk's altered copies, with a graph where the pass wants gradients.

        labels: for every token of `copy`.  given: (rows, width) in place of the first tokens.
        """
        encoder = self.encoder_of(one.encoder)
        assert isinstance(encoder, BackboneEncoder), "a head reads token states of a backbone"
        encoder.train(one.dropout == "on")
        with (
            dropout_drawn_from(seed, self.device),
            torch.set_grad_enabled(one.grad == "on"),
            autocast(self.device, self.precision),
        ):
            tokens = encoder.last_states(copy, first=given)
        wanted = np.full(tokens.ids.shape, IGNORED, np.int64)
        wanted[np.arange(wanted.shape[1])[None, :] < copy.lengths[:, None]] = labels.ids
        return PassTokens(tokens.ids, tokens.states.float(), tokens.mask, on_device(wanted, self.device))
