"""A trained word table whose optimizer state and gradient cover the pieces that occur, not the whole vocabulary.

A row that no batch contains has no gradient, so AdamW without weight decay never moves it: training the other rows
alone is the same training. Of multilingual-e5-small's 250,037 pieces 146,657 lines of Japanese contain 13,879.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from simcse_ml.models.families import word_embedding

CHUNK = 1 << 20
"""ids that are looked at at once"""


class NarrowTable(nn.Module):
    """An embedding in two parts: `rows` (used, width) are trained, all others are read from `weight`, which is held."""

    places: Tensor

    def __init__(self, whole: nn.Embedding, used: NDArray[np.int64]) -> None:
        """used: the ids that are trained."""
        super().__init__()
        places = torch.full((whole.num_embeddings,), -1, dtype=torch.int64)
        places[torch.from_numpy(used)] = torch.arange(len(used))
        device = whole.weight.device
        self.whole = whole.requires_grad_(False)
        self.rows = nn.Parameter(whole.weight.detach()[torch.from_numpy(used).to(device)].clone())
        self.register_buffer("places", places.to(device), persistent=False)

    @property
    def weight(self) -> Tensor:
        """(vocabulary, width) the table as it was, without what was learnt."""
        return self.whole.weight

    def forward(self, ids: Tensor) -> Tensor:
        """Ids of any shape -> that shape and width."""
        places = self.places[ids]
        trained = nn.functional.embedding(places.clamp(min=0), self.rows)
        return torch.where((places >= 0).unsqueeze(-1), trained, self.whole(ids))

    @torch.no_grad()
    def folded(self) -> nn.Embedding:
        """The whole table with what was learnt, trainable as before."""
        used = self.places >= 0
        self.whole.weight[used] = self.rows[self.places[used]]
        return self.whole.requires_grad_(True)


def narrow(model: Any, texts: Sequence[NDArray[np.int32]]) -> int | None:  # noqa: ANN401
    """Train only those rows of `model`'s word table that stand in `texts`, (tokens,) each; they may be memory-mapped.

    Returns: how many; None where it has no plain table that is trained, and nothing was changed. The row of the padding
    has no gradient in torch either, and stays out.
    """
    whole = word_embedding(model)
    if type(whole) is not nn.Embedding or not whole.weight.requires_grad:
        return None
    seen = np.zeros(whole.num_embeddings, np.bool_)
    for ids in texts:
        for start in range(0, len(ids), CHUNK):
            seen[ids[start : start + CHUNK]] = True
    if whole.padding_idx is not None:
        seen[whole.padding_idx] = False
    used = np.flatnonzero(seen)
    model.set_input_embeddings(NarrowTable(whole, used))
    return len(used)


def widen(model: Any) -> None:  # noqa: ANN401
    """Put the whole table back, with what was learnt; nothing happens where it is there already."""
    table = word_embedding(model)
    if isinstance(table, NarrowTable):
        model.set_input_embeddings(table.folded())
