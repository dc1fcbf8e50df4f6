"""The first and the second part of a sentence: what stands together means something together."""

from __future__ import annotations

import numpy as np

from simcse_ml.ragged import Ragged
from simcse_ml.views.contract import ViewRequest
from simcse_ml.views.draws import uniform
from simcse_ml.views.token_dropout import leave_out


def halves(request: ViewRequest) -> tuple[Ragged, Ragged]:
    """Each row cut once, between 40 % and 60 % of its body, then thinned by `rate`.

    A row of fewer than two tokens stands whole on both sides. Which half comes first is drawn.
    """
    rows = request.rows
    body = rows.lengths - rows.head - rows.tail  # (n,)
    draw = uniform(request.row_ids, seed=request.seed, epoch=request.epoch, stream=3)
    cut = np.clip(np.rint(body * (0.4 + 0.2 * draw)), 1, np.maximum(body - 1, 1)).astype(np.int64)
    inside = np.arange(len(rows.ids)) - np.repeat(rows.offsets[:-1], rows.lengths) - rows.head
    ours = ~rows.body_mask()
    short = np.repeat(body < 2, rows.lengths)
    early = inside < np.repeat(cut, rows.lengths)
    swap = uniform(request.row_ids, seed=request.seed, epoch=request.epoch, stream=4) < 0.5
    early = early ^ np.repeat(swap, rows.lengths)
    first, second = (
        leave_out(
            rows.keep(ours | short | side),
            request.row_ids,
            rate=request.rate,
            seed=request.seed,
            epoch=request.epoch,
            stream=stream,
        )
        for side, stream in ((early, 5), (~early, 6))
    )
    return first, second
