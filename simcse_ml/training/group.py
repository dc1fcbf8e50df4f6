"""The processes that share one training: each takes some of a batch's chunks, all take the same step.

Every process holds the whole model and computes the loss over all rows; only vectors, gradients and a few numbers
travel. What is summed is summed once, so that any number of processes gives the numbers of one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

import torch
import torch.distributed as dist
from torch import Tensor

FLAT_BYTES = 64 << 20
"""gradients that travel together"""


@dataclass(frozen=True)
class Group:
    """rank: of this process, from 0.  size: how many there are; one of them writes, rank 0."""

    rank: int = 0
    size: int = 1

    @property
    def writes(self) -> bool:
        return self.rank == 0

    def takes(self, chunk: int, chunks: int) -> bool:
        """Whether chunk number `chunk` of `chunks` is this process's: neighbours stay together."""
        return chunk * self.size // chunks == self.rank

    def sum(self, value: Tensor) -> Tensor:
        """Of all processes, in place."""
        if self.size > 1:
            dist.all_reduce(value)
        return value

    def any(self, wish: bool, device: torch.device) -> bool:
        """Whether any process has that wish."""
        return wish if self.size == 1 else bool(self.sum(torch.tensor(int(wish), device=device)))

    def sum_gradients(self, parameters: Iterable[Tensor]) -> None:
        """Of each parameter over all processes; one that only some have a gradient of gets it everywhere."""
        if self.size == 1:
            return
        known = [parameter for parameter in parameters if parameter.requires_grad]
        if not known:
            return
        device = known[0].device
        there = self.sum(torch.tensor([int(one.grad is not None) for one in known], device=device)).tolist()
        waiting: list[Tensor] = []
        for parameter, count in zip(known, there, strict=True):
            if not count:
                continue
            if parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
            waiting.append(parameter.grad)
            if sum(one.nbytes for one in waiting) >= FLAT_BYTES:
                self._sum_together(waiting)
                waiting = []
        self._sum_together(waiting)

    def _sum_together(self, gradients: list[Tensor]) -> None:
        if not gradients:
            return
        flat = self.sum(torch.cat([one.flatten() for one in gradients]))
        start = 0
        for one in gradients:
            one.copy_(flat[start : start + one.numel()].view_as(one))
            start += one.numel()


ALONE = Group()
WAIT = timedelta(days=7)
"""how long a process waits for the others: the first one prepares text and scores models meanwhile"""


def join(rank: int, size: int) -> Group:
    """Meet the other processes where the environment says (torchrun)."""
    if size > 1 and not dist.is_initialized():
        dist.init_process_group(rank=rank, world_size=size, timeout=WAIT)
    return Group(rank, size)


def leave(group: Group) -> None:
    """The end of what is done together."""
    if group.size > 1:
        dist.destroy_process_group()


def told(group: Group, word: str) -> str:
    """What the first process says, in every process."""
    words = [word]
    if group.size > 1:
        dist.broadcast_object_list(words, src=0)
    return words[0]
