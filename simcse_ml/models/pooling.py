"""How token states become one vector, and what sentence-transformers calls it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from torch import Tensor

Reduce = Literal["mean", "cls"]


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
    return states[:, 0].float()


REDUCERS: Mapping[Reduce, Callable[[Tensor, Tensor], Tensor]] = {"mean": mean_of_tokens, "cls": first_token}
