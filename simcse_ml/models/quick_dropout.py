"""Dropout on a CPU: the same shares, drawn many times faster than torch does, and a byte kept for each mask entry.

torch draws a mask entry in 7 ns there and keeps it in four bytes (benchmarks/LOG.md). Here one number of torch's own
generator seeds NumPy's SFC64, which fills the mask from 32-bit words: whoever seeds torch decides these masks too.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn


def draw_kept(shape: torch.Size, rate: float) -> Tensor:
    """Uint8 of `shape`: 0 with probability `rate` (to 2^-32), else 1, each on its own."""
    seed = int(torch.randint(1 << 62, ()))
    count = shape.numel()
    words = np.random.Generator(np.random.SFC64(seed)).integers(1 << 64, size=(count + 1) // 2, dtype=np.uint64)
    kept = words.view(np.uint32)[:count] >= np.uint32(round(rate * (1 << 32)))
    return torch.from_numpy(kept.view(np.uint8)).view(shape)


class _Dropped(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, values: Tensor, rate: float) -> Tensor:  # noqa: ANN401
        kept = draw_kept(values.shape, rate)
        ctx.save_for_backward(kept)
        ctx.rate = rate
        return (values * kept).mul_(1 / (1 - rate))

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:  # noqa: ANN401
        (kept,) = ctx.saved_tensors
        return (gradient * kept).mul_(1 / (1 - ctx.rate)), None


class QuickDropout(nn.Module):
    """nn.Dropout's place in a model; on other devices than a CPU torch's own is used."""

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p

    def forward(self, values: Tensor) -> Tensor:
        if not self.training or self.p == 0.0:
            return values
        if values.device.type != "cpu":
            return nn.functional.dropout(values, self.p)
        dropped: Tensor = _Dropped.apply(values, self.p)  # type: ignore[no-untyped-call]
        return dropped

    def extra_repr(self) -> str:
        return f"p={self.p}"


def quicken(model: nn.Module) -> None:
    """Put QuickDropout in the place of every nn.Dropout of `model`."""
    for module in list(model.modules()):
        for name, child in list(module.named_children()):
            if type(child) is nn.Dropout:
                setattr(module, name, QuickDropout(child.p).train(child.training))
