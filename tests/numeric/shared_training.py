"""A few steps of each objective in one of several processes; what test_processes.py starts.

python shared_training.py MODEL OUT RANK SIZE MEETING
"""

from __future__ import annotations

import copy
import sys
from pathlib import Path

import torch
import torch.distributed as dist
from test_family import Everything, batch_of, copied, make_encoder

from simcse_ml.objectives.contract import HasAfterStep, Objective, state_of
from simcse_ml.objectives.table import OBJECTIVES, make_objective
from simcse_ml.settings.schema import ObjectiveSettings
from simcse_ml.training.chunks import Drawn, Runner
from simcse_ml.training.group import Group
from simcse_ml.training.shared_step import shared_step
from simcse_ml.training.step import training_step

STEPS = 3


def train(objective: Objective, folder: Path, group: Group, chunk_rows: int) -> dict[str, torch.Tensor]:
    """All numbers that were trained, with the losses and the first step's gradients."""
    encoder = copy.deepcopy(make_encoder(folder, dropout=0.1))
    state = state_of(objective, encoder, torch.Generator().manual_seed(5))
    parameters = [*encoder.named_parameters(), *((f"state {n}", p) for n, p in state.named_parameters())]
    trained = {name: value for name, value in parameters if value.requires_grad}
    optimizer = torch.optim.AdamW(trained.values(), lr=1e-3)
    runner = Runner(encoder, state, objective.passes, torch.device("cpu"), "fp32")
    views, batch = batch_of(8)
    views = copied(objective, views, 8)
    found: dict[str, torch.Tensor] = {}
    for step in range(STEPS):
        optimizer.zero_grad()
        settings = {"drawn": Drawn(1, "test", step), "chunk_rows": chunk_rows, "backward": backward}
        if group.size == 1:
            result = training_step(objective, runner, views, batch, **settings)  # type: ignore[arg-type]
        else:
            result = shared_step(objective, runner, views, batch, group=group, **settings)  # type: ignore[arg-type]
        if step == 0:
            found |= {f"gradient of {n}": p.grad.clone() for n, p in trained.items() if p.grad is not None}
        optimizer.step()
        if isinstance(objective, HasAfterStep):
            with torch.no_grad():
                objective.after_step(state, encoder, result.vectors, batch)
        found[f"loss {step}"] = torch.tensor(result.loss)
    return found | {n: v.detach() for n, v in trained.items()} | {f"kept {n}": v for n, v in state.named_buffers()}


def backward(loss: torch.Tensor) -> None:
    loss.backward()


def main(folder: Path, out: Path, rank: int, size: int, meeting: str) -> None:
    torch.set_num_threads(1)
    if size > 1:
        dist.init_process_group("gloo", init_method=f"file://{meeting}", rank=rank, world_size=size)
    objectives = {
        "everything": Everything(),
        "beside masked language": make_objective(ObjectiveSettings(kind="esimcse", mlm_weight=0.1)),
        **{kind: make_objective(ObjectiveSettings(kind=kind)) for kind in OBJECTIVES},
    }
    found = {
        f"{kind} {chunk_rows}": train(objective, folder, Group(rank, size), chunk_rows)
        for kind, objective in objectives.items()
        for chunk_rows in (4, 3, 8)  # one chunk each, more than one, and nothing for the second process
    }
    torch.save(found, out)
    if size > 1:
        dist.destroy_process_group()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), sys.argv[5])
