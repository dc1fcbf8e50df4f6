"""The sentence, and the sentence with some tokens left out (arXiv 2104.08821, table 1; there it costs 7 points)."""

from __future__ import annotations

from simcse_ml.ragged import Ragged
from simcse_ml.views.contract import ViewRequest
from simcse_ml.views.token_dropout import leave_out


def deletion(request: ViewRequest) -> tuple[Ragged, Ragged]:
    """The row, and the row with each token left out with probability `rate`; one is always kept."""
    rows = request.rows
    return rows, leave_out(rows, request.row_ids, rate=request.rate, seed=request.seed, epoch=request.epoch, stream=9)
