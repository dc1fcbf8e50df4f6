"""Altered copies of rows with a label for every token: what masked-language and replaced-token losses learn from."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcse_ml.ragged import Ragged
from simcse_ml.views.contract import Alphabet
from simcse_ml.views.draws import token_keys, uniform

IGNORED = -100
"""the label of a token that is no term of the loss"""


def masked(
    rows: Ragged, row_ids: NDArray[np.int64], alphabet: Alphabet, *, rate: float, seed: int, epoch: int, stream: int
) -> tuple[Ragged, Ragged]:
    """Each token of the body chosen with probability `rate`; of the chosen 80 % become the mask token, 10 % another
    token, 10 % stay (BERT, arXiv 1810.04805, appendix A.1).

    Returns: the copy, and its labels: the old token at chosen places.  Uses the streams stream .. stream + 2.
    """
    keys = token_keys(row_ids, rows.lengths)
    chosen, kind, other = (uniform(keys, seed=seed, epoch=epoch, stream=stream + n) for n in range(3))
    where = rows.body_mask() & (chosen < rate)
    random = alphabet.ordinary[(other * len(alphabet.ordinary)).astype(np.int64)]
    ids = np.where(where & (kind < 0.8), np.int32(alphabet.mask_id), rows.ids)
    ids = np.where(where & (kind >= 0.9), random, ids).astype(np.int32)
    return _like(rows, ids), _like(rows, np.where(where, rows.ids, np.int32(IGNORED)).astype(np.int32))


def replaced(
    rows: Ragged, row_ids: NDArray[np.int64], alphabet: Alphabet, *, rate: float, seed: int, epoch: int, stream: int
) -> tuple[Ragged, Ragged]:
    """Each token of the body masked with probability `rate` and filled again by the language model.

    Returns: the copy, and its labels: 1 where another token stands now, 0 elsewhere in the body. A place that was not
    masked, or got its old token, is not replaced.  Uses the streams stream and stream + 1.
    """
    keys = token_keys(row_ids, rows.lengths)
    chosen, draws = (uniform(keys, seed=seed, epoch=epoch, stream=stream + n) for n in range(2))
    body = rows.body_mask()
    where = body & (chosen < rate)
    ids = np.where(where, np.int32(alphabet.mask_id), rows.ids).astype(np.int32)
    ids[where] = alphabet.fill(_like(rows, ids), where, draws[where])
    labels = np.where(body, (ids != rows.ids) & where, np.int32(IGNORED)).astype(np.int32)
    return _like(rows, ids), _like(rows, labels)


def _like(rows: Ragged, ids: NDArray[np.int32]) -> Ragged:
    return Ragged(ids, rows.offsets, rows.head, rows.tail)
