"""The training step of several processes: the chunks of one batch shared out, the same gradients everywhere.

Vectors are gathered, so the loss is over the whole batch in every process; each goes back through its own chunks, and
the gradients are added up. Dropout belongs to a chunk and not to a process, so one process that cuts the batch alike
computes the same numbers (but for the order of a sum).
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from simcse_ml.objectives.contract import LossBatch, Objective, row_passes_of
from simcse_ml.ragged import Ragged
from simcse_ml.training.chunks import Drawn, Runner, trips_of
from simcse_ml.training.copies import terms
from simcse_ml.training.group import Group
from simcse_ml.training.seeds import torch_generator
from simcse_ml.training.step import (
    Backward,
    Chunk,
    Scale,
    StepResult,
    cut,
    forward_all,
    loss_back,
    named_parts,
    rows_back,
    run_again,
    unscaled,
)


def shared_step(
    objective: Objective,
    runner: Runner,
    views: Sequence[Ragged],
    batch: LossBatch,
    *,
    group: Group,
    drawn: Drawn,
    chunk_rows: int | None,
    backward: Backward,
    scale: Scale = unscaled,
) -> StepResult:
    """As training_step, with the chunks shared out in `group`; all of its processes must call it.

    A process with one chunk keeps its graph, one with several runs them twice.
    """
    every = cut(views, chunk_rows)
    mine = [chunk for chunk in every if group.takes(chunk.index, len(every))]
    trips = trips_of(runner.passes)
    keep = len(mine) == 1
    own = forward_all(runner, trips, mine, drawn, grad=keep) if mine else []
    whole = [group.sum(_placed(own, index, mine, len(views[0]), runner)) for index in range(len(runner.passes))]
    leaves = [z.requires_grad_(one.grad == "on") for z, one in zip(whole, runner.passes, strict=True)]
    generator = torch_generator(drawn.seed, "loss", drawn.stage, drawn.step)
    parts = objective.batch_loss(leaves, batch, runner.state, generator)
    given = [one.detach().requires_grad_() for one in parts.given]
    count = terms(views, len(row_passes_of(objective)))
    share = rows_back(objective, runner, mine, batch, drawn, given, count, backward, scale)
    for leaf in given:
        leaf.grad = group.sum(leaf.grad if leaf.grad is not None else torch.zeros_like(leaf))
    before = {one: one.grad.clone() for one in runner.state.parameters() if one.grad is not None}
    loss_back(parts, given, backward, scale)
    if not group.writes:  # every process has computed the loss over all rows, and it counts once
        for parameter in runner.state.parameters():
            parameter.grad = before.get(parameter)
    if keep:
        back = _surrogate(own, leaves, mine[0], runner)
        if back.requires_grad:
            backward(back)
    else:
        run_again(runner, trips, mine, drawn, leaves, backward)
    group.sum_gradients([*runner.encoder.parameters(), *runner.state.parameters()])
    total = group.sum(share.detach().clone())
    return StepResult(
        loss=float(parts.total.detach() + total),
        vectors=tuple(z.detach() for z in leaves),
        parts=named_parts(parts, total, count),
    )


def _placed(own: Sequence[Tensor], index: int, mine: Sequence[Chunk], rows: int, runner: Runner) -> Tensor:
    """(rows, dim) zeros but for the rows of this process in pass `index`."""
    whole = torch.zeros(rows, runner.encoder.dim, device=runner.device)
    if mine:
        whole[mine[0].start : mine[-1].end] = own[index].detach()
    return whole


def _surrogate(own: Sequence[Tensor], leaves: Sequence[Tensor], chunk: Chunk, runner: Runner) -> Tensor:
    """() <z, dL/dz> of this process's rows."""
    total = torch.zeros((), device=runner.device)
    for z, leaf in zip(own, leaves, strict=True):
        if leaf.grad is not None:
            total = total + (z * leaf.grad[chunk.start : chunk.end]).sum()
    return total
