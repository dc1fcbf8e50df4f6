"""What an encoder is: token rows in, one vector a row out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from torch import Tensor, nn

from simcse_ml.ragged import Ragged


class TokenStates(NamedTuple):
    """ids (rows, length) int64, states (rows, length, dim), mask (rows, length) true at real tokens."""

    ids: Tensor
    states: Tensor
    mask: Tensor


class Encoder(nn.Module, ABC):
    """A backbone, a pooling and, in training only, a row-wise head.

    Depth one, because torch wants a Module: `BackboneEncoder` and `StaticEncoder` are its two kinds.
    """

    name: str
    dim: int
    max_tokens: int
    own_code: bool = False
    """whether code of the model's own folder runs, to which somebody has agreed"""

    @abstractmethod
    def tokenize(self, texts: Sequence[str]) -> Ragged:
        """Token rows as the saved model will see these texts: prompt, special tokens, truncation."""

    @abstractmethod
    def forward(self, rows: Ragged) -> TokenStates:
        """Token states of the layers that the pooling uses."""

    @abstractmethod
    def pool(self, tokens: TokenStates, *, in_training: bool = False) -> Tensor:
        """(rows, dim) float32.

        in_training: as losses read it: through the training-only head, and without a Normalize at the end.
        """

    def embed(self, rows: Ragged, *, in_training: bool = False) -> Tensor:
        """(rows, dim) float32; the same as pooling the token states."""
        return self.pool(self(rows), in_training=in_training)

    @abstractmethod
    def save(self, folder: Path) -> None:
        """Write sentence-transformers' layout into the existing, empty `folder`."""
