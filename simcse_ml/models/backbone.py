"""Hugging Face encoders as our Encoder: BERT, XLM-R and what speaks like them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from simcse_ml.models.contract import Encoder, TokenStates
from simcse_ml.models.padding import pad
from simcse_ml.models.pooling import MEAN, REDUCERS, Pooling
from simcse_ml.models.prefixes import shared_ends
from simcse_ml.ragged import Ragged, from_lists

_PROBES = ("a 1", "あ。", "б!", "7 x", "ก ค")
"""Short texts that share neither their first nor their last character."""


@dataclass(frozen=True)
class Shape:
    """How a backbone is used: truncation in tokens (special tokens and prefix included), text in front, normalised?"""

    max_tokens: int
    prefix: str = ""
    pooling: Pooling = MEAN
    normalise: bool = False
    mlp_head: bool = False


class Layers(NamedTuple):
    """ids, mask: (rows, length).  last, first: (rows, length, dim) states after the last and the first layer."""

    ids: Tensor
    mask: Tensor
    last: Tensor
    first: Tensor | None


class BackboneEncoder(Encoder):
    """A transformers model with its tokenizer, pooled.

    model: returns last_hidden_state and, with output_hidden_states, all layers.  tokenizer: a fast tokenizer.
    The head is the paper's: a dense layer with tanh, used in training and thrown away (arXiv 2104.08821, section 6.3).
    """

    def __init__(self, model: nn.Module, tokenizer: Any, shape: Shape, *, name: str) -> None:  # noqa: ANN401
        super().__init__()
        self.model = model
        self.tokenizer = tokenizer
        self.shape = shape
        self.name = name
        config: Any = model.config
        self.config = config
        self.dim = int(config.hidden_size)
        self.max_tokens = shape.max_tokens
        self.head: nn.Module | None = None
        if shape.mlp_head:
            self.head = nn.Sequential(nn.Linear(self.dim, self.dim), nn.Tanh())
        self.head_tokens, self.tail_tokens = shared_ends(self._rows(_PROBES, 0, 0))

    def tokenize(self, texts: Sequence[str]) -> Ragged:
        return self._rows(texts, self.head_tokens, self.tail_tokens)

    def _rows(self, texts: Sequence[str], head: int, tail: int) -> Ragged:
        if not texts:
            return from_lists([], head, tail)
        encoded = self.tokenizer(
            [self.shape.prefix + text for text in texts],
            truncation=True,
            max_length=self.max_tokens,
            padding=False,
            return_attention_mask=False,
            return_token_type_ids=False,
        )
        return from_lists(encoded["input_ids"], head, tail)

    def forward(self, rows: Ragged) -> TokenStates:
        return self.picked(self.layers(rows))

    def layers(self, rows: Ragged) -> Layers:
        """One forward; the first layer is kept only where the pooling wants it."""
        device = next(self.model.parameters()).device
        ids, mask = pad(rows, pad_id=self.tokenizer.pad_token_id or 0, device=device)
        wide = self.shape.pooling.first_last
        output = self.model(input_ids=ids, attention_mask=mask.long(), output_hidden_states=wide)
        return Layers(ids, mask, output.last_hidden_state, output.hidden_states[1] if wide else None)

    def picked(self, layers: Layers) -> TokenStates:
        """The token states that this pooling reads, from a forward of the same weights."""
        states = layers.last
        if self.shape.pooling.first_last:
            assert layers.first is not None, "the forward was asked for the last layer only"
            states = (layers.first + layers.last) / 2
        return TokenStates(layers.ids, states, layers.mask)

    def pool(self, tokens: TokenStates, *, head: bool = False) -> Tensor:
        vectors = REDUCERS[self.shape.pooling.reduce](tokens.states, tokens.mask)  # (rows, dim)
        if head and self.head is not None:
            headed: Tensor = self.head(vectors)
            return headed.float()
        if self.shape.normalise:
            vectors = torch.nn.functional.normalize(vectors, dim=-1)
        return vectors

    def word_table(self) -> nn.Parameter:
        """(vocabulary, dim) the word-embedding table."""
        table: nn.Parameter = self.model.get_input_embeddings().weight  # type: ignore[operator]
        return table

    def save(self, folder: Path) -> None:
        from simcse_ml.models.layout import write_backbone

        write_backbone(self, folder)
