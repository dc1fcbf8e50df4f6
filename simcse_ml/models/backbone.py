"""Transformers' text encoders as our Encoder: what differs between their families is in families.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from torch import Tensor, nn

from simcse_ml.models.contract import Encoder, TokenStates
from simcse_ml.models.families import spare_padding, word_embedding
from simcse_ml.models.first_embedding import first_embedding
from simcse_ml.models.padding import pad
from simcse_ml.models.pooling import MEAN, REDUCERS, Pooling
from simcse_ml.models.prefixes import shared_ends
from simcse_ml.models.projection import Dense, Normalise
from simcse_ml.models.reading import NO_PROMPTS, Prompts
from simcse_ml.ragged import Ragged, from_lists

if TYPE_CHECKING:
    from transformers import PreTrainedModel

_PROBES = ("a 1", "あ。", "б!", "7 x", "ก ค")
"""Short texts that share neither their first nor their last character."""


@dataclass(frozen=True)
class Shape:
    """How a backbone is used: truncation in tokens (special tokens and prefix included), text in front, pooling.

    prompts: those of the folder it came from, kept for whoever uses the saved model.
    """

    max_tokens: int
    prefix: str = ""
    pooling: Pooling = MEAN
    mlp_head: bool = False
    prompts: Prompts = NO_PROMPTS


class Layers(NamedTuple):
    """ids, mask: (rows, length).  last, first: (rows, length, dim) states after the last and the first layer."""

    ids: Tensor
    mask: Tensor
    last: Tensor
    first: Tensor | None


class BackboneEncoder(Encoder):
    """A transformers model with its tokenizer, pooled.

    model: returns last_hidden_state and, with output_hidden_states, all layers.  tokenizer: with a padding token.
    after: what the vector goes through behind the pooling; trained and saved.  own_code: whether the folder's own code
    runs.  The head is the paper's: a dense layer with tanh, used in training and thrown away (arXiv 2104.08821,
    section 6.3).
    """

    def __init__(
        self,
        model: PreTrainedModel,
        tokenizer: Any,  # noqa: ANN401
        shape: Shape,
        *,
        name: str,
        after: Sequence[Dense | Normalise] = (),
        own_code: bool = False,
    ) -> None:
        super().__init__()
        self.model = model
        self.tokenizer = tokenizer
        self.shape = shape
        self.name = name
        self.own_code = own_code
        config: Any = model.config
        self.config = config
        self.width = int(config.hidden_size)
        """of a token's state; `dim` is that of a vector"""
        self.after = nn.ModuleList(after)
        self.dim = next((m.linear.out_features for m in reversed(after) if isinstance(m, Dense)), self.width)
        self.max_tokens = shape.max_tokens
        self.head: nn.Module | None = None
        self.language: object = None
        """models/language.py, where an objective or a view wants it; no part of the encoder"""
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
        spare = spare_padding(self.config)
        ids, mask = pad(rows, pad_id=self.tokenizer.pad_token_id or 0, device=device, spare=spare, most=self.max_tokens)
        wide = self.shape.pooling.first_last
        output = self.model(input_ids=ids, attention_mask=mask.long(), output_hidden_states=wide)
        return Layers(ids, mask, output.last_hidden_state, output.hidden_states[1] if wide else None)

    def last_states(self, rows: Ragged, *, first: Tensor | None = None) -> TokenStates:
        """Token states of the last layer, whatever the pooling reads.

        first: (rows, width) vectors in place of the embedding of each row's first token.
        """
        with first_embedding(self.model, first):
            layers = self.layers(rows)
        return TokenStates(layers.ids, layers.last, layers.mask)

    @property
    def embedding_width(self) -> int:
        """Of what the first layer gets; 0 where it cannot be replaced."""
        table = self.word_table()
        return int(table.shape[1]) if table is not None and hasattr(self.model, "embeddings") else 0

    def picked(self, layers: Layers) -> TokenStates:
        """The token states that this pooling reads, from a forward of the same weights."""
        states = layers.last
        if self.shape.pooling.first_last:
            assert layers.first is not None, "the forward was asked for the last layer only"
            states = (layers.first + layers.last) / 2
        return TokenStates(layers.ids, states, layers.mask)

    def pool(self, tokens: TokenStates, *, in_training: bool = False) -> Tensor:
        vectors = REDUCERS[self.shape.pooling.reduce](tokens.states, tokens.mask)  # (rows, dim)
        for place, module in enumerate(self.after, start=1):
            if in_training and place == len(self.after) and isinstance(module, Normalise):
                continue  # losses are written for what was pooled; those of cosines divide by its length themselves
            vectors = module(vectors)
        if in_training and self.head is not None:
            vectors = self.head(vectors)
        return vectors.float()

    def word_table(self) -> nn.Parameter | None:
        """(vocabulary, width) the word-embedding table; None where there is none (CANINE hashes characters)."""
        embedding = word_embedding(self.model)
        table: nn.Parameter | None = getattr(embedding, "weight", None)
        return table

    def save(self, folder: Path) -> None:
        from simcse_ml.models.layout import write_backbone

        write_backbone(self, folder)
