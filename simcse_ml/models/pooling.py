"""How token states become one vector, and what sentence-transformers calls it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

Reduce = Literal["mean", "cls", "last", "max", "weighted_mean", "mean_sqrt_len"]


@dataclass(frozen=True)
class Pooling:
    """reduce: over the tokens.  first_last: average the first and the last layer before that.

    layers: how many transformer layers are used, None for all ("any layer" is a shorter model).
    """

    reduce: Reduce = "mean"
    first_last: bool = False
    layers: int | None = None

    def __str__(self) -> str:
        parts: list[str] = ["first-last" if self.first_last else self.reduce]
        if self.layers is not None:
            parts.append(f"of layer {self.layers}")
        return " ".join(parts)


MEAN = Pooling()


def mean_of_tokens(states: Tensor, mask: Tensor) -> Tensor:
    """States (rows, length, dim), mask (rows, length) -> (rows, dim) float32; zeros for a row without tokens."""
    weights = mask.unsqueeze(-1).float()  # (rows, length, 1)
    return (states.float() * weights).sum(1) / weights.sum(1).clamp(min=1e-9)


def first_token(states: Tensor, mask: Tensor) -> Tensor:
    """States (rows, length, dim) -> (rows, dim) float32, the state of the first token ([CLS], <s>)."""
    return _picked(states, mask.int().argmax(1))


def last_token(states: Tensor, mask: Tensor) -> Tensor:
    """States (rows, length, dim) -> (rows, dim) float32, the state of the last token that is no padding."""
    return _picked(states, mask.shape[1] - 1 - mask.int().flip(1).argmax(1))


def maximum(states: Tensor, mask: Tensor) -> Tensor:
    """States (rows, length, dim) -> (rows, dim) float32, the greatest value of each dimension."""
    return states.float().masked_fill(~mask.bool().unsqueeze(-1), -torch.inf).amax(1)


def weighted_mean(states: Tensor, mask: Tensor) -> Tensor:
    """States (rows, length, dim) -> (rows, dim) float32, token k of a row weighted by k (SGPT, arXiv 2202.08904)."""
    place = mask.float().cumsum(1) * mask  # (rows, length) 1, 2, 3 ... wherever the padding is
    weights = place.unsqueeze(-1)
    return (states.float() * weights).sum(1) / weights.sum(1).clamp(min=1e-9)


def mean_by_root(states: Tensor, mask: Tensor) -> Tensor:
    """States (rows, length, dim) -> (rows, dim) float32, the sum divided by the square root of the length."""
    weights = mask.unsqueeze(-1).float()
    return (states.float() * weights).sum(1) / weights.sum(1).clamp(min=1e-9).sqrt()


def _picked(states: Tensor, places: Tensor) -> Tensor:
    return states[torch.arange(len(states), device=states.device), places].float()


REDUCERS: Mapping[Reduce, Callable[[Tensor, Tensor], Tensor]] = {
    "mean": mean_of_tokens,
    "cls": first_token,
    "last": last_token,
    "max": maximum,
    "weighted_mean": weighted_mean,
    "mean_sqrt_len": mean_by_root,
}

SAVED_KEYS: Mapping[Reduce, str] = {
    "cls": "pooling_mode_cls_token",
    "max": "pooling_mode_max_tokens",
    "mean": "pooling_mode_mean_tokens",
    "mean_sqrt_len": "pooling_mode_mean_sqrt_len_tokens",
    "weighted_mean": "pooling_mode_weightedmean_tokens",
    "last": "pooling_mode_lasttoken",
}
"""sentence-transformers' keys of 1_Pooling/config.json, one of them true."""

MODES: Mapping[str, Reduce] = {
    "cls": "cls",
    "max": "max",
    "mean": "mean",
    "mean_sqrt_len_tokens": "mean_sqrt_len",
    "weightedmean": "weighted_mean",
    "lasttoken": "last",
}
"""What newer versions write as pooling_mode."""
