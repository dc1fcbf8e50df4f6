"""A vector in place of the first token's embedding: how DiffCSE's discriminator is told the sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor


@contextmanager
def first_embedding(model: Any, first: Tensor | None) -> Iterator[None]:  # noqa: ANN401
    """Within, `model.embeddings` gives first (rows, width) at position 0, behind its norm and dropout; gradients flow.

    None: nothing is changed.
    """
    if first is None:
        yield
        return

    def put(module: object, inputs: object, output: Tensor) -> Tensor:
        return torch.cat([first.to(output).unsqueeze(1), output[:, 1:]], dim=1)  # (rows, length, width)

    hook = model.embeddings.register_forward_hook(put)
    try:
        yield
    finally:
        hook.remove()
