"""builtin:static: pieces and their vectors, averaged. Trains from nothing in a minute, loads as StaticEmbedding."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor, nn

from simcse_ml.models.contract import Encoder, TokenStates
from simcse_ml.models.grams import Grams
from simcse_ml.models.padding import on_device, pad
from simcse_ml.models.pooling import mean_of_tokens
from simcse_ml.ragged import Ragged, from_lists

BANDS = 24
"""bands of gram frequency, each half as frequent as the one before: from every piece down to one in 8 million"""


class PlainTable(nn.Module):
    """One tensor: what a saved model has."""

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        self.weight = nn.Parameter(weight.clone())
        self.dim = int(weight.shape[1])

    def rows(self, pieces: Tensor) -> Tensor:
        """Ids (n,) -> vectors (n, dim)."""
        return self.weight[pieces]

    def folded(self) -> Tensor:
        """(pieces, dim) all vectors, without a graph."""
        return self.weight.detach()


class ComposedTable(nn.Module):
    """A piece is the sum of its grams, each a vector times a weight; vectors and weights are learnt.

    That is CHARAGRAM (Wieting et al. 2016, arXiv 1607.02789, equation 1) without its nonlinearity: rare pieces share
    what they have in common with frequent ones. Vectors start as random directions, which in many dimensions are nearly
    orthogonal (Johnson-Lindenstrauss), so an untrained table is a sketch of gram counts. The weight of a gram is
    exp(w), w piecewise linear in the logarithm of its frequency: BANDS numbers, all 0 at the start, so that training
    alone decides how much a frequent gram should count, and every gram gets the answer, however rare it is.

    rate: how far vectors move where weights move by 1, in units of their own length; 0 holds them.
    """

    def __init__(self, grams: Grams, dim: int, *, seed: int, rate: float) -> None:
        super().__init__()
        self.grams = grams
        self.dim = dim
        generator = torch.Generator().manual_seed(seed)
        self.scale = (rate or 1.0) / dim**0.5  # Adam moves every parameter alike, so its unit is the rate
        vectors = torch.randn(len(grams), dim, generator=generator) / (rate or 1.0)
        self.vectors = nn.Parameter(vectors, requires_grad=rate > 0)
        self.bands = nn.Parameter(torch.zeros(BANDS))
        place = np.clip(-np.log2(np.maximum(grams.frequency, 2.0**-BANDS)), 0, BANDS - 1)
        lower = np.minimum(np.floor(place), BANDS - 2)
        self.register_buffer("lower", torch.from_numpy(lower.astype(np.int64)), persistent=False)
        self.register_buffer("share", torch.from_numpy((place - lower).astype(np.float32)), persistent=False)

    lower: Tensor
    """(grams,) the band at or before each gram's frequency"""
    share: Tensor
    """(grams,) how far the gram is on the way to the next band, 0 to 1"""

    def rows(self, pieces: Tensor) -> Tensor:
        """Ids (n,) -> vectors (n, dim)."""
        flat, offsets = self.grams.of(pieces.cpu().numpy())
        grams = on_device(flat, self.vectors.device)
        starts = on_device(offsets[:-1].copy(), self.vectors.device)
        weights = self.scale * self.weights()[grams]
        rows: Tensor = torch.nn.functional.embedding_bag(
            grams, self.vectors, starts, mode="sum", per_sample_weights=weights
        )
        return rows

    def weights(self) -> Tensor:
        """(grams,) what each gram counts."""
        lower, upper = self.bands[self.lower], self.bands[self.lower + 1]
        return torch.exp(lower + self.share * (upper - lower))

    @torch.no_grad()
    def folded(self) -> Tensor:
        """(pieces, dim) all vectors, without a graph."""
        return self.rows(torch.arange(len(self.grams.offsets) - 1))


class StaticEncoder(Encoder):
    """A tokenizer and a table; a sentence is the plain mean of its pieces' vectors, zeros if it has none.

    There is no truncation, no prompt and no special token: sentence-transformers' StaticEmbedding knows none.
    """

    table: PlainTable | ComposedTable

    def __init__(
        self,
        tokenizer: Tokenizer,
        table: PlainTable | ComposedTable,
        *,
        name: str = "builtin:static",
        normalise: bool = False,
    ) -> None:
        super().__init__()
        tokenizer.no_padding()
        tokenizer.no_truncation()
        self.tokenizer = tokenizer
        self.table = table
        self.name = name
        self.dim = table.dim
        self.max_tokens = 0
        self.normalise = normalise

    def tokenize(self, texts: Sequence[str]) -> Ragged:
        encodings = self.tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        return from_lists([encoding.ids for encoding in encodings])

    def forward(self, rows: Ragged) -> TokenStates:
        device = next(self.parameters()).device
        ids, mask = pad(rows, pad_id=0, device=device)
        used, inverse = torch.unique(ids, return_inverse=True)
        return TokenStates(ids, self.table.rows(used)[inverse], mask)

    def pool(self, tokens: TokenStates, *, in_training: bool = False) -> Tensor:
        return self._finished(mean_of_tokens(tokens.states, tokens.mask), in_training)

    def _finished(self, vectors: Tensor, in_training: bool) -> Tensor:
        return torch.nn.functional.normalize(vectors, dim=-1) if self.normalise and not in_training else vectors

    def embed(self, rows: Ragged, *, in_training: bool = False) -> Tensor:
        """(rows, dim), without building the padded states; each distinct piece is looked up once."""
        device = next(self.parameters()).device
        used, inverse = np.unique(rows.ids, return_inverse=True)
        pieces = self.table.rows(on_device(used.astype(np.int64), device))
        ids = on_device(inverse.astype(np.int64), device)
        offsets = on_device(rows.offsets[:-1].copy(), device)
        if not len(used):
            return torch.zeros(len(rows), self.dim, device=device)
        vectors: Tensor = torch.nn.functional.embedding_bag(ids, pieces, offsets, mode="mean")
        return self._finished(vectors.float(), in_training)

    def save(self, folder: Path) -> None:
        from simcse_ml.models.layout import write_static

        write_static(self, folder)


@torch.inference_mode()
def take_common_direction(encoder: StaticEncoder, rows: Ragged, *, above: float) -> None:
    """Take the mean vector of `rows` from every piece, if their mean cosine with each other is over `above`.

    A sentence is a mean of its pieces, so what is taken from each is taken from it. Done once, at the end of a
    training: the table is an ordinary one afterwards.
    """
    vectors = encoder.embed(rows, in_training=True)  # (rows, dim), means of pieces
    cosine = torch.nn.functional.normalize(vectors, dim=-1).mean(0).square().sum()
    if float(cosine) > above:
        encoder.table = PlainTable(encoder.table.folded() - vectors.mean(0))
