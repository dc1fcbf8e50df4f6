"""One training step: rows in chunks, one loss over the whole batch, gradients back chunk by chunk.

This chunked step is the definition of training here. With one chunk it is the plain step; with several the vectors are
computed without a graph first, and each chunk is run again with the gradient of the loss for its vectors (gradient
caching: Gao et al. 2021, arXiv 2101.06983). Dropout of chunk k of step s is drawn from (seed, stage, s, k), so both
runs of a chunk, a resumed run and an uninterrupted one see the same masks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from simcse_ml.objectives.contract import HasRowLoss, LossBatch, LossParts, Objective, row_passes_of
from simcse_ml.ragged import Ragged
from simcse_ml.training.chunks import Drawn, Runner, Trip, trips_of
from simcse_ml.training.copies import copy_of, terms
from simcse_ml.training.seeds import torch_generator

Backward = Callable[[Tensor], None]
Scale = Callable[[Tensor], Tensor]
"""A loss times what keeps its gradients within float16 (torch.amp.GradScaler.scale)."""


def unscaled(loss: Tensor) -> Tensor:
    """As it is: what bf16 and fp32 need."""
    return loss


@dataclass(frozen=True)
class StepResult:
    """loss: what was minimised.  vectors: one (n, dim) a pass, detached.  parts: named numbers for the log."""

    loss: float
    vectors: tuple[Tensor, ...]
    parts: Mapping[str, float]


@dataclass(frozen=True)
class Chunk:
    """index: which chunk.  start, end: its rows within the batch.  views: its token rows, one a view."""

    index: int
    start: int
    end: int
    views: tuple[Ragged, ...]


def cut(views: Sequence[Ragged], chunk_rows: int | None) -> list[Chunk]:
    """The batch's views cut into chunks of at most chunk_rows rows (None: one chunk)."""
    total = len(views[0])
    size = chunk_rows or total
    chunks = []
    for index, start in enumerate(range(0, total, size)):
        end = min(start + size, total)
        picked = np.arange(start, end)
        chunks.append(Chunk(index, start, end, tuple(view.take(picked) for view in views)))
    return chunks


def training_step(
    objective: Objective,
    runner: Runner,
    views: Sequence[Ragged],
    batch: LossBatch,
    *,
    drawn: Drawn,
    chunk_rows: int | None,
    backward: Backward,
    keep_graph: bool | None = None,
    scale: Scale = unscaled,
) -> StepResult:
    """Accumulate the gradients of one batch; the caller zeroes them before and steps after.

    views: the batch's token rows, a Ragged for each view, and the copies behind them (training/copies.py).
    keep_graph: True holds every chunk's graph instead of running it twice; None does so for a single chunk.
    scale: of the loss that gradients are taken of.
    """
    chunks = cut(views, chunk_rows)
    keep = len(chunks) == 1 if keep_graph is None else keep_graph
    trips = trips_of(runner.passes)
    vectors = forward_all(runner, trips, chunks, drawn, grad=keep)
    generator = torch_generator(drawn.seed, "loss", drawn.stage, drawn.step)
    count = terms(views, len(row_passes_of(objective)))
    row_loss = torch.zeros((), device=runner.device)
    if keep:
        parts = objective.batch_loss(vectors, batch, runner.state, generator)
        for chunk in chunks:
            row_loss = row_loss + row_share(objective, runner, chunk, batch, drawn, parts.given, count)
        _back(parts.total.to(row_loss) + row_loss, backward, scale)
    else:
        leaves = [
            vector.detach().requires_grad_(one.grad == "on") for vector, one in zip(vectors, runner.passes, strict=True)
        ]
        parts = objective.batch_loss(leaves, batch, runner.state, generator)
        given = [one.detach().requires_grad_() for one in parts.given]
        row_loss = rows_back(objective, runner, chunks, batch, drawn, given, count, backward, scale)
        loss_back(parts, given, backward, scale)
        run_again(runner, trips, chunks, drawn, leaves, backward)
    return StepResult(
        loss=float(parts.total.detach() + row_loss.detach()),
        vectors=tuple(vector.detach() for vector in vectors),
        parts=named_parts(parts, row_loss, count),
    )


def named_parts(parts: LossParts, row_loss: Tensor, count: int) -> dict[str, float]:
    """The numbers for the log."""
    named = {name: float(value) for name, value in parts.parts.items()}
    return {**named, "row_loss": float(row_loss.detach())} if count else named


def forward_all(
    runner: Runner, trips: Sequence[Trip], chunks: Sequence[Chunk], drawn: Drawn, *, grad: bool
) -> list[Tensor]:
    """Vectors of all passes, (n, dim) each."""
    pieces: list[list[Tensor]] = [[] for _ in runner.passes]
    for chunk in chunks:
        for trip in trips:
            vectors = runner.run(trip, chunk.views, seed=drawn.of(chunk.index, trip.index), grad=grad)
            for index, vector in zip(trip.passes, vectors, strict=True):
                pieces[index].append(vector)
    return [torch.cat(piece) for piece in pieces]


def row_share(
    objective: Objective,
    runner: Runner,
    chunk: Chunk,
    batch: LossBatch,
    drawn: Drawn,
    given: Sequence[Tensor],
    count: int,
) -> Tensor:
    """() a chunk's part of the row loss, with its graph; 0 where there is none.  count: terms of the whole batch."""
    if not isinstance(objective, HasRowLoss):
        return torch.zeros((), device=runner.device)
    passes = objective.row_passes
    tokens = []
    for number, one in enumerate(passes):
        copy, labels = copy_of(chunk.views, number, len(passes))
        first = given[one.given][chunk.start : chunk.end] if one.given is not None else None
        tokens.append(runner.run_copy(one, copy, labels, seed=drawn.of_copy(chunk.index, number), given=first))
    return objective.row_loss(tokens, batch.rows(slice(chunk.start, chunk.end)), runner.state) / max(count, 1)


def rows_back(
    objective: Objective,
    runner: Runner,
    chunks: Sequence[Chunk],
    batch: LossBatch,
    drawn: Drawn,
    given: Sequence[Tensor],
    count: int,
    backward: Backward,
    scale: Scale,
) -> Tensor:
    """() the row loss of `chunks`, back-propagated chunk by chunk as far as `given`, leaves that gather gradients."""
    total = torch.zeros((), device=runner.device)
    for chunk in chunks:
        share = row_share(objective, runner, chunk, batch, drawn, given, count)
        _back(share, backward, scale)
        total = total + share.detach()
    return total


def loss_back(parts: LossParts, given: Sequence[Tensor], backward: Backward, scale: Scale) -> None:
    """The loss over all rows back to the vectors, with what the row loss asks of `given` (scaled already)."""
    total = scale(parts.total) if parts.total.requires_grad else parts.total
    for one, leaf in zip(parts.given, given, strict=True):
        if leaf.grad is not None:
            total = total + (one * leaf.grad).sum()
    if total.requires_grad:
        backward(total)


def run_again(
    runner: Runner,
    trips: Sequence[Trip],
    chunks: Sequence[Chunk],
    drawn: Drawn,
    leaves: Sequence[Tensor],
    backward: Backward,
) -> None:
    """Each chunk again, with a graph; back-propagates <z, dL/dz>, whose gradients are scaled already."""
    for chunk in chunks:
        surrogate = torch.zeros((), device=runner.device)
        for trip in trips:
            if trip.like.grad == "off":
                continue
            vectors = runner.run(trip, chunk.views, seed=drawn.of(chunk.index, trip.index), grad=True)
            for index, vector in zip(trip.passes, vectors, strict=True):
                gradient = leaves[index].grad
                if gradient is not None:
                    surrogate = surrogate + (vector * gradient[chunk.start : chunk.end]).sum()
        if surrogate.requires_grad:
            backward(surrogate)


def _back(loss: Tensor, backward: Backward, scale: Scale) -> None:
    if loss.requires_grad:
        backward(scale(loss))
