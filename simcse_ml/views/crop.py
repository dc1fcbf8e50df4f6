"""The sentence, and a part of it that stands together (arXiv 2104.08821, table 1; for passages: arXiv 2508.03453)."""

from __future__ import annotations

import numpy as np

from simcse_ml.ragged import Ragged
from simcse_ml.views.contract import ViewRequest
from simcse_ml.views.draws import uniform


def crop(request: ViewRequest) -> tuple[Ragged, Ragged]:
    """The row, and a span of 1 - `rate` of its body (at least one token) that begins at a drawn place."""
    rows = request.rows
    body = rows.lengths - rows.head - rows.tail  # (n,)
    size = np.minimum(np.maximum(np.rint(body * (1.0 - request.rate)), 1), body).astype(np.int64)
    draw = uniform(request.row_ids, seed=request.seed, epoch=request.epoch, stream=10)
    start = (draw * (body - size + 1)).astype(np.int64)
    inside = np.arange(len(rows.ids)) - np.repeat(rows.offsets[:-1], rows.lengths) - rows.head
    span = (inside >= np.repeat(start, rows.lengths)) & (inside < np.repeat(start + size, rows.lengths))
    return rows, rows.keep(~rows.body_mask() | span)
