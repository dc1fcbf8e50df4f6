"""What a view maker gets and gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from simcse_ml.ragged import Ragged

Fill = Callable[[Ragged, NDArray[np.bool_], NDArray[np.float64]], NDArray[np.int32]]
"""Rows with mask tokens, where they stand (total,), a number in [0, 1) for each (masked,) -> ids (masked,)."""


@dataclass(frozen=True)
class Alphabet:
    """What a language model knows of tokens.  ordinary: ids that may be drawn: no special ones.  fill: draws tokens."""

    mask_id: int
    ordinary: NDArray[np.int32]
    fill: Fill


@dataclass(frozen=True)
class Frame:
    """Tokens that stand before and behind a sentence, (k,) each."""

    before: NDArray[np.int32]
    after: NDArray[np.int32]


@dataclass(frozen=True)
class Wording:
    """What a view of words needs.  texts: the sentences of ids (n,).  tokenize: as rows of the corpus are.
    synonyms: word, casefolded -> others.  frames: for a template, one a view.
    """

    texts: Callable[[NDArray[np.int64]], Sequence[str]]
    tokenize: Callable[[Sequence[str]], Ragged]
    synonyms: Mapping[str, Sequence[str]] = field(default_factory=dict)
    frames: tuple[Frame, ...] = ()


@dataclass(frozen=True)
class ViewRequest:
    """rows: the batch's token rows.  row_ids: (n,) their ids in the corpus.

    fetch: token rows of other ids.  next_ids: (n,) the sentence after each in its document, -1 where there is none.
    rate: share of tokens to leave out or to repeat.  seed, epoch: with row_ids all the randomness there is.
    max_tokens: the longest row the encoder takes; 0 for any.  alphabet, wording: where a view needs them.
    """

    rows: Ragged
    row_ids: NDArray[np.int64]
    fetch: Callable[[NDArray[np.int64]], Ragged]
    next_ids: NDArray[np.int64]
    rate: float
    seed: int
    epoch: int
    max_tokens: int = 0
    alphabet: Alphabet | None = None
    wording: Wording | None = None


ViewMaker = Callable[[ViewRequest], tuple[Ragged, Ragged]]
"""Two texts for each row, pure: the same request gives the same views."""
