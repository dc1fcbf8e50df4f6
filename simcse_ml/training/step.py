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

from simcse_ml.objectives.contract import HasRowLoss, LossBatch, LossParts, Objective, PassTokens
from simcse_ml.ragged import Ragged
from simcse_ml.training.chunks import Drawn, Runner, Trip, trips_of
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

    views: the batch's token rows, a Ragged for each view.  keep_graph: True holds every chunk's graph instead of
    running it twice; None does so for a single chunk.  scale: of the loss that gradients are taken of.
    """
    chunks = cut(views, chunk_rows)
    keep = len(chunks) == 1 if keep_graph is None else keep_graph
    trips = trips_of(runner.passes)
    vectors, tokens = forward_all(runner, trips, chunks, drawn, grad=keep)
    generator = torch_generator(drawn.seed, "loss", drawn.stage, drawn.step)
    count = row_count(objective, runner, chunks, batch, tokens)
    if keep:
        parts = objective.batch_loss(vectors, batch, runner.state, generator)
        row_loss = row_loss_of(objective, runner, chunks, batch, tokens, count)
        backward(scale(parts.total + row_loss))
    else:
        leaves = [
            vector.detach().requires_grad_(one.grad == "on") for vector, one in zip(vectors, runner.passes, strict=True)
        ]
        parts = objective.batch_loss(leaves, batch, runner.state, generator)
        if parts.total.requires_grad:
            backward(scale(parts.total))
        row_loss = run_again(objective, runner, trips, chunks, batch, drawn, leaves, count, backward, scale)
    return StepResult(
        loss=float(parts.total.detach() + row_loss.detach()),
        vectors=tuple(vector.detach() for vector in vectors),
        parts={name: float(value) for name, value in _named(parts, row_loss).items()},
    )


def _named(parts: LossParts, row_loss: Tensor) -> dict[str, Tensor]:
    named = dict(parts.parts)
    if row_loss.requires_grad or float(row_loss.detach()) != 0:
        named["row_loss"] = row_loss.detach()
    return named


def forward_all(
    runner: Runner, trips: Sequence[Trip], chunks: Sequence[Chunk], drawn: Drawn, *, grad: bool
) -> tuple[list[Tensor], list[list[PassTokens]]]:
    """Vectors of all passes, (n, dim) each, and the token states of each chunk."""
    pieces: list[list[Tensor]] = [[] for _ in runner.passes]
    tokens: list[list[PassTokens]] = []
    for chunk in chunks:
        of_chunk: dict[int, PassTokens] = {}
        for trip in trips:
            vectors, wanted = runner.run(trip, chunk.views, seed=drawn.of(chunk.index, trip.index), grad=grad)
            for index, vector in zip(trip.passes, vectors, strict=True):
                pieces[index].append(vector)
            of_chunk.update(zip(trip.passes, wanted, strict=False))
        tokens.append([of_chunk[index] for index in sorted(of_chunk)])
    return [torch.cat(piece) for piece in pieces], tokens


def run_again(
    objective: Objective,
    runner: Runner,
    trips: Sequence[Trip],
    chunks: Sequence[Chunk],
    batch: LossBatch,
    drawn: Drawn,
    leaves: Sequence[Tensor],
    count: Tensor,
    backward: Backward,
    scale: Scale,
) -> Tensor:
    """Each chunk again, with a graph; back-propagates <z, dL/dz> and the chunk's share of the row loss."""
    total = torch.zeros((), device=runner.device)
    for chunk in chunks:
        surrogate = torch.zeros((), device=runner.device)
        of_chunk: dict[int, PassTokens] = {}
        for trip in trips:
            if trip.like.grad == "off" and not trip.like.tokens:
                continue
            vectors, wanted = runner.run(trip, chunk.views, seed=drawn.of(chunk.index, trip.index), grad=True)
            of_chunk.update(zip(trip.passes, wanted, strict=False))
            for index, vector in zip(trip.passes, vectors, strict=True):
                gradient = leaves[index].grad
                if gradient is not None:
                    surrogate = surrogate + (vector * gradient[chunk.start : chunk.end]).sum()
        tokens = [of_chunk[index] for index in sorted(of_chunk)]
        share = row_loss_of(objective, runner, [chunk], batch, [tokens], count)
        total = total + share.detach()
        if (surrogate + share).requires_grad:
            backward(surrogate + scale(share))  # the gradients within the surrogate are scaled already
    return total


def row_count(
    objective: Objective,
    runner: Runner,
    chunks: Sequence[Chunk],
    batch: LossBatch,
    tokens: Sequence[Sequence[PassTokens]],
) -> Tensor:
    """() how many terms the row loss has over all chunks; 0 where the objective has none."""
    count = torch.zeros((), device=runner.device)
    if isinstance(objective, HasRowLoss):
        with torch.no_grad():
            for chunk, of_chunk in zip(chunks, tokens, strict=True):
                count = count + objective.row_loss(of_chunk, batch.rows(slice(chunk.start, chunk.end)), runner.state)[1]
    return count


def row_loss_of(
    objective: Objective,
    runner: Runner,
    chunks: Sequence[Chunk],
    batch: LossBatch,
    tokens: Sequence[Sequence[PassTokens]],
    count: Tensor,
) -> Tensor:
    """() the sum of the row loss over `chunks` divided by the count over the whole batch."""
    total = torch.zeros((), device=runner.device)
    if isinstance(objective, HasRowLoss):
        for chunk, of_chunk in zip(chunks, tokens, strict=True):
            total = total + objective.row_loss(of_chunk, batch.rows(slice(chunk.start, chunk.end)), runner.state)[0]
        total = total / count.clamp(min=1)
    return total
