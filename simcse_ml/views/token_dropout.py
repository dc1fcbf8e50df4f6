"""The sentence twice, each time with some of its tokens left out: dropout for models that have none."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcse_ml.ragged import Ragged
from simcse_ml.views.contract import ViewRequest
from simcse_ml.views.draws import token_keys, uniform


def leave_out(rows: Ragged, row_ids: NDArray[np.int64], *, rate: float, seed: int, epoch: int, stream: int) -> Ragged:
    """Each token of the body left out with probability `rate`; a row keeps at least the luckiest one."""
    if rate <= 0:
        return rows
    draws = uniform(token_keys(row_ids, rows.lengths), seed=seed, epoch=epoch, stream=stream)
    body = rows.body_mask()
    kept = ~body | (draws >= rate)
    return rows.keep(kept | _luckiest(rows, np.where(body, draws, -1.0)))


def _luckiest(rows: Ragged, draws: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(total,) true at the token with the highest draw of each row that has tokens."""
    luckiest = np.zeros(len(rows.ids), np.bool_)
    filled = rows.lengths > 0
    if filled.any():
        starts = rows.offsets[:-1][filled]
        highest = np.maximum.reduceat(draws, starts)
        luckiest = draws == np.repeat(highest, rows.lengths[filled])
    return luckiest


def token_dropout(request: ViewRequest) -> tuple[Ragged, Ragged]:
    """Two independent thinnings of each row."""
    first, second = (
        leave_out(
            request.rows, request.row_ids, rate=request.rate, seed=request.seed, epoch=request.epoch, stream=stream
        )
        for stream in (1, 2)
    )
    return first, second
