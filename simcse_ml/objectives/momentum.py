"""A copy of the encoder that follows it slowly (He et al. 2020, arXiv 1911.05722, equation 2)."""

from __future__ import annotations

import copy

import torch
from torch import nn


def shared_copy(encoder: nn.Module) -> nn.Module:
    """A copy that trains where the encoder does; what is frozen never moves, so it is shared and not copied."""
    shared = {id(parameter): parameter for parameter in encoder.parameters() if not parameter.requires_grad}
    copied: nn.Module = copy.deepcopy(encoder, dict(shared))
    return copied


def momentum_copy(encoder: nn.Module) -> nn.Module:
    """As shared_copy, without gradients."""
    return shared_copy(encoder).requires_grad_(False)


@torch.no_grad()
def follow(slow: nn.Module, fast: nn.Module, momentum: float) -> None:
    """Slow <- momentum * slow + (1 - momentum) * fast, for every parameter that trains; buffers are taken over."""
    for one, other in zip(slow.parameters(), fast.parameters(), strict=True):
        if other.requires_grad:
            one.lerp_(other, 1.0 - momentum)
    for kept, taken in zip(slow.buffers(), fast.buffers(), strict=True):
        kept.copy_(taken)
