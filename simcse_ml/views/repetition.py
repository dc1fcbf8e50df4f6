"""The sentence, and the sentence with some tokens twice: equal length is no sign of equal meaning then (ESimCSE)."""

from __future__ import annotations

import numpy as np

from simcse_ml.ragged import Ragged
from simcse_ml.views.contract import ViewRequest
from simcse_ml.views.draws import token_keys, uniform

LEAST = 2
"""tokens that may be repeated however short a sentence is"""


def repetition(request: ViewRequest) -> tuple[Ragged, Ragged]:
    """The row, and the row with n of its tokens doubled, n drawn from 0 .. max(2, rate * length).

    Arxiv 2109.04380, section 3.1; the authors' code draws fewer. No row grows beyond the longest that is allowed.
    """
    rows = request.rows
    body = rows.lengths - rows.head - rows.tail  # (n,)
    most = np.minimum(np.maximum(LEAST, (request.rate * body).astype(np.int64)), body)
    if request.max_tokens:
        most = np.minimum(most, np.maximum(request.max_tokens - rows.lengths, 0))
    draw = uniform(request.row_ids, seed=request.seed, epoch=request.epoch, stream=11)
    count = (draw * (most + 1)).astype(np.int64)
    keys = uniform(token_keys(request.row_ids, rows.lengths), seed=request.seed, epoch=request.epoch, stream=12)
    row_of = np.repeat(np.arange(len(rows)), rows.lengths)
    order = np.lexsort((np.where(rows.body_mask(), keys, 2.0), row_of))  # in each row its body first, at random
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order)) - np.repeat(rows.offsets[:-1], rows.lengths)
    times = 1 + (rank < count[row_of])
    lengths = rows.lengths + count
    offsets = np.zeros(len(rows) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    return rows, Ragged(np.repeat(rows.ids, times), offsets, rows.head, rows.tail)
